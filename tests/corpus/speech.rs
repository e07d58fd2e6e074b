//! Speech by espeak-ng, sentence by sentence, so that the time of each is known.

use std::process::{Command, Stdio};

use anyhow::Context;
use novodial::audio::wav_read;
use novodial::language::Language;

use super::recognised::Words;
use super::sounds::Sound;

/// A sample this far from nought is no silence.
const AUDIBLE: i16 = 60;

/// Who speaks.
pub(super) struct Speaker {
    /// A variant of espeak-ng's voices.
    pub(super) voice: &'static str,
    /// Words a minute.
    pub(super) speed: u32,
}

impl Speaker {
    /// Says a text with its directions; the words and their times.
    pub(super) fn perform(
        &self,
        text: &str,
        breath_ms: u32,
        number: usize,
    ) -> anyhow::Result<(Sound, Words)> {
        let (mut sound, mut words) = (Sound::default(), Words::default());
        sound.silence(breath_ms);
        let mut rest = text.trim();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('[') {
                let (direction, after) = after.split_once(']').context("a direction's end")?;
                direct(direction, &mut sound)?;
                rest = after.trim_start();
                continue;
            }
            let end = rest.find('[').unwrap_or(rest.len());
            let (said, after) = rest.split_at(end);
            self.sentences(said, number, (&mut sound, &mut words))?;
            rest = after;
        }
        Ok((sound, words))
    }

    /// Sentences with the pauses that a reader makes between them.
    fn sentences(
        &self,
        text: &str,
        number: usize,
        (sound, words): (&mut Sound, &mut Words),
    ) -> anyhow::Result<()> {
        let sentences = text.split_inclusive(['.', '!', '?']).map(str::trim);
        for (at, sentence) in sentences.filter(|it| !it.is_empty()).enumerate() {
            if at > 0 {
                sound.silence(250 + 90 * u32::try_from((number + at) % 5)?);
            }
            let from = sound.length_ms();
            sound.add(&self.say(sentence)?);
            words.push(from, sound.length_ms(), sentence);
        }
        Ok(())
    }

    /// The samples of a text, without the silence around them.
    pub(super) fn say(&self, text: &str) -> anyhow::Result<Vec<i16>> {
        let language = match Language::of(text) {
            Language::Russian => "ru",
            Language::English => "en-us",
        };
        let output = Command::new("espeak-ng")
            .args(["-v", &format!("{language}+{}", self.voice)])
            .args(["-s", &self.speed.to_string(), "--stdout", text])
            .stderr(Stdio::null())
            .output()
            .context("espeak-ng cannot be run: apt install espeak-ng")?;
        let frames = wav_read::frames_of(&output.stdout)?;
        let samples: Vec<i16> = frames.iter().flat_map(|frame| frame.0).collect();
        let loud = |sample: &i16| sample.unsigned_abs() > AUDIBLE.unsigned_abs();
        let from = samples.iter().position(loud).unwrap_or(0);
        let to = samples
            .iter()
            .rposition(loud)
            .map_or(samples.len(), |at| at + 1);
        Ok(samples[from..to].to_vec())
    }
}

/// `600`: a pause; `beep 1000 400`.
fn direct(direction: &str, sound: &mut Sound) -> anyhow::Result<()> {
    let words: Vec<&str> = direction.split_whitespace().collect();
    match words[..] {
        ["beep", hz, ms] => sound.tone(hz.parse()?, ms.parse()?),
        [ms] => sound.silence(ms.parse()?),
        _ => anyhow::bail!("no such direction: [{direction}]"),
    }
    Ok(())
}
