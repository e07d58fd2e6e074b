//! Makes the corpus of greetings on which the telling of people from machines is measured.
//!
//! `cargo run --release --example greetings -- DIR` writes `DIR/tuned` and `DIR/held`, laid out as
//! `novodial amd tune` reads them: a folder for each who may answer, and beside each recording the
//! words that a recogniser hears in it, with their times and its errors. The two halves have other
//! texts (`greetings/*.txt`), other voices, speeds, tones and tunes. Needs `espeak-ng`.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a program that makes sound for measuring, not a part of the dialer"
)]

mod recognised;
mod sounds;
mod speech;

use std::fs;
use std::path::Path;

use anyhow::Context;

use recognised::Words;
use sounds::{Behind, Sound};
use speech::Speaker;

/// What is spoken: the form stands in the files.
const TUNED: &str = include_str!("greetings/tuned.txt");
const HELD: &str = include_str!("greetings/held.txt");
/// Each text is said so often, by another voice in another place.
const TAKES: usize = 3;
/// Before somebody who picked up speaks, in milliseconds; drawn from these in turn.
const BREATHS_MS: [u32; 4] = [250, 400, 600, 900];

/// One half of the corpus.
struct Half {
    name: &'static str,
    texts: &'static str,
    voices: &'static [&'static str],
    /// Words a minute.
    speeds: [u32; 3],
}

const HALVES: [Half; 2] = [
    Half {
        name: "tuned",
        texts: TUNED,
        voices: &["m1", "f1", "m3", "f2", "m5"],
        speeds: [130, 155, 180],
    },
    Half {
        name: "held",
        texts: HELD,
        voices: &["f3", "m2", "f4", "m4", "m7", "f5"],
        speeds: [140, 165, 190],
    },
];

fn main() -> anyhow::Result<()> {
    let folder = std::env::args()
        .nth(1)
        .context("cargo run --release --example greetings -- DIR")?;
    for half in &HALVES {
        half.make(&Path::new(&folder).join(half.name))?;
    }
    Ok(())
}

impl Half {
    fn make(&self, folder: &Path) -> anyhow::Result<()> {
        let lines = self.texts.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut number = 0;
        for line in lines {
            let (label, text) = line.split_once(' ').context("a label and a text")?;
            for take in 0..TAKES {
                number += 1;
                let (sound, words) = self.take(text, number, take)?;
                let path = folder.join(label).join(format!("{number:03}"));
                save(&path, &sound, words.errors(number).labels())?;
            }
        }
        for (label, name, sound) in sounds::without_words(self.name == "held") {
            save(&folder.join(label).join(name), &sound, String::new())?;
        }
        Ok(())
    }

    /// One text, said once.
    fn take(&self, text: &str, number: usize, take: usize) -> anyhow::Result<(Sound, Words)> {
        let voice = self.voices[(number + take) % self.voices.len()];
        let speaker = Speaker {
            voice,
            speed: self.speeds[(number + 2 * take) % 3],
        };
        let (behind, text) = match text.split_once("} ") {
            Some(("{tv", text)) => (Some(Behind::Television), text),
            Some(("{music", text)) => (Some(Behind::Music), text),
            _ => (None, text),
        };
        let breath = BREATHS_MS[number % BREATHS_MS.len()];
        let (mut sound, mut words) = speaker.perform(text, breath, number)?;
        // Who has answered waits for us.
        sound.silence(4_000);
        match behind {
            Some(behind) => {
                sound.behind(behind, &speaker)?;
                if behind == Behind::Television && number % 2 == 1 {
                    words.push(2_600, 4_100, "в эфире новости");
                }
            }
            None => sound.place((number + take) % 6, &speaker)?,
        }
        Ok((sound, words))
    }
}

fn save(path: &Path, sound: &Sound, words: String) -> anyhow::Result<()> {
    fs::create_dir_all(path.parent().context("a folder")?)?;
    fs::write(path.with_extension("wav"), sound.wav())?;
    if !words.is_empty() {
        fs::write(path.with_extension("txt"), words)?;
    }
    Ok(())
}
