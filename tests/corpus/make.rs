//! Makes the corpus of greetings on which the telling of people from machines is measured.
//!
//! `cargo run --release --example greetings -- DIR` writes `DIR/tuned` and `DIR/held`, laid out as
//! `novodial amd tune` reads them: a folder for each who may answer, and beside each recording the
//! words that a recogniser hears in it, with their times and its errors. `-- learn` makes the dialer's table
//! of words from the tuned texts and many more. The two halves have other
//! texts (`greetings/*.txt`), other voices, speeds, tones and tunes. Needs `espeak-ng`.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a program that makes sound for measuring, not a part of the dialer"
)]

mod learn;
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

/// More texts, for the words alone.
const USUAL: &str = include_str!("greetings/usual.txt");
const ODD: &str = include_str!("greetings/odd.txt");
/// What people say later in a talk.
const REPLIES: [&str; 4] = [
    include_str!("../utterances/ru.dev.tsv"),
    include_str!("../utterances/ru.hostile.tsv"),
    include_str!("../utterances/en.dev.tsv"),
    include_str!("../utterances/en.hostile.tsv"),
];
/// What is learned from, and how much each text counts.
const GREETINGS: [(&str, f64); 3] = [(TUNED, 3.0), (USUAL, 1.0), (ODD, 0.5)];
/// Where the dialer has what was learned.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/call/answerer/words.tsv");

fn main() -> anyhow::Result<()> {
    let folder = std::env::args()
        .nth(1)
        .context("cargo run --release --example greetings -- DIR, or `learn`")?;
    if folder == "learn" {
        fs::write(TABLE, learn::table(&GREETINGS, (&REPLIES, 0.3)))?;
        return Ok(());
    }
    for half in &HALVES {
        half.make(&Path::new(&folder).join(half.name))?;
    }
    Ok(())
}

impl Half {
    fn make(&self, folder: &Path) -> anyhow::Result<()> {
        let mut number = 0;
        for line in lines(self.texts) {
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

/// The lines that say something.
fn lines(file: &str) -> impl Iterator<Item = &str> {
    let lines = file.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The words of a text, without what is done between them.
fn spoken(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['[', '{']) {
        words.push_str(&rest[..at]);
        words.push(' ');
        let end = rest[at..]
            .find([']', '}'])
            .map_or(rest.len(), |end| at + end + 1);
        rest = &rest[end..];
    }
    words + rest
}

fn save(path: &Path, sound: &Sound, words: String) -> anyhow::Result<()> {
    fs::create_dir_all(path.parent().context("a folder")?)?;
    fs::write(path.with_extension("wav"), sound.wav())?;
    if !words.is_empty() {
        fs::write(path.with_extension("txt"), words)?;
    }
    Ok(())
}
