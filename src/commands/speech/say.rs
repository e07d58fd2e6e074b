//! `novodial speech say`: a text as the callee would hear it.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::check::language_of;
use super::player;
use crate::audio::wav;
use crate::cli::SpeechSayArgs;
use crate::commands::written::counted;
use crate::commands::{Desk, written};
use crate::driver;
use crate::output::{Envelope, ExitStatus, UserError};
use crate::settings::Flag;
use crate::speech::Synthesizer;

/// Samples of a millisecond.
const SAMPLES_A_MS: usize = 8;

/// What was said.
struct Said {
    samples: Vec<i16>,
    /// Characters that the service was paid for; none for what it had said before.
    paid: usize,
}

pub(super) fn say(arguments: &SpeechSayArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    if arguments.text.trim().is_empty() {
        return Err(
            UserError::new(ExitStatus::Usage, "bad_argument", "there is nothing to say")
                .hint("write a text: novodial speech say \"Добрый день!\"")
                .into(),
        );
    }
    let said = speak(arguments, desk)?;
    let (file, is_kept) = match &arguments.out {
        Some(path) => (desk.path(path), true),
        None => (passing_file(), false),
    };
    let shown = arguments.out.as_deref().unwrap_or(&file);
    std::fs::write(&file, wav_file(&said.samples)).map_err(|error| not_written(shown, &error))?;
    let played = if is_kept {
        None
    } else {
        let played = player::play(&file);
        if let Err(error) = std::fs::remove_file(&file) {
            tracing::debug!(%error, "a passing file stays behind");
        }
        Some(played?)
    };
    report(arguments, &said, played, desk)?;
    Ok(ExitStatus::Success)
}

fn speak(arguments: &SpeechSayArgs, desk: &Desk<'_>) -> anyhow::Result<Said> {
    let flags = [
        ("elevenlabs.voice_id", "--voice", &arguments.voice),
        ("elevenlabs.tts_model", "--model", &arguments.model),
    ];
    let flags = flags.into_iter().filter_map(|(key, flag, text)| {
        let text = text.clone()?;
        Some(Flag { key, flag, text })
    });
    let settings = desk.settings_with(flags.collect())?;
    let speech = driver::speech(&settings, language_of(&settings))?;
    desk.block_on(async {
        let spoken = speech.spoken(&arguments.text).await?;
        let samples = spoken.audio.iter();
        Ok(Said {
            samples: samples.map(|byte| driver::SPOKEN.expand(*byte)).collect(),
            paid: spoken.paid_characters,
        })
    })
}

/// The same on both sides.
fn wav_file(samples: &[i16]) -> Vec<u8> {
    let data = wav::interleave(samples, samples);
    let mut file = wav::header(u32::try_from(data.len()).unwrap_or(u32::MAX)).to_vec();
    file.extend(data);
    file
}

fn passing_file() -> PathBuf {
    std::env::temp_dir().join(format!("novodial-{}.wav", std::process::id()))
}

fn not_written(path: &Path, error: &std::io::Error) -> UserError {
    let message = format!("{}: cannot be written: {error}", path.display());
    UserError::new(ExitStatus::Outside, "not_writable", message).hint("give a folder that is yours")
}

fn report(
    arguments: &SpeechSayArgs,
    said: &Said,
    played: Option<&str>,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let ms = i64::try_from(said.samples.len() / SAMPLES_A_MS).unwrap_or(i64::MAX);
    let file = arguments
        .out
        .as_ref()
        .map(|path| path.display().to_string());
    if desk.printer.is_json() {
        let body = json!({
            "duration_ms": ms, "characters_paid": said.paid, "file": file, "player": played,
        });
        return desk
            .printer
            .json(&Envelope::new("novodial.speech_say/1", body));
    }
    let place = match (file, played) {
        (Some(file), _) => format!("in {file}"),
        (None, Some(player)) => format!("played by {player}"),
        (None, None) => String::new(),
    };
    desk.printer.data(&format!(
        "{} {place}, {} paid",
        written::seconds(ms),
        counted(said.paid, "character")
    ))
}
