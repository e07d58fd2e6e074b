//! Text to sound: letters of 60 ms, words parted by pauses of 60 ms.
//!
//! [`speak`] makes the sound, [`spell`] says where each character lies in it, and [`audible`]
//! what a perfect ear would write down; the three agree by construction.

use super::alphabet;
use super::symbol::{SYMBOL_SAMPLES, waveform};

/// Root mean square of a loud letter, some -19 dBFS, so that a sentence has about -20.
const LEVEL: f32 = 3_900.0;

/// Where a character of the text lies in its sound, in samples; characters that cannot be said
/// are no longer than a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    /// The character as it stood in the text.
    pub character: char,
    /// First sample.
    pub start: usize,
    /// One past the last sample.
    pub end: usize,
}

/// What a perfect ear hears of a text: lower case, single blanks, nothing that cannot be said.
pub fn audible(text: &str) -> String {
    let words = text
        .split_whitespace()
        .map(|word| word.chars().filter_map(alphabet::fold).collect::<String>());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Says a text: 8 kHz mono, some 60 ms a character, with a short pause at the end so that
/// utterances may follow one another. Empty if nothing in the text can be said.
pub fn speak(text: &str) -> Vec<i16> {
    let mut sound = Vec::with_capacity(text.len() * SYMBOL_SAMPLES);
    for letter in audible(text).chars() {
        say(letter, &mut sound);
    }
    if !sound.is_empty() {
        sound.resize(sound.len() + SYMBOL_SAMPLES, 0);
    }
    sound
}

/// Where each character of a text lies in the sound that [`speak`] makes of it. The pause after
/// a word belongs to the first blank that follows it.
pub fn spell(text: &str) -> Vec<Letter> {
    let mut at = 0;
    let mut word_open = false;
    let mut letters: Vec<Letter> = Vec::new();
    for character in text.chars() {
        let start = at;
        if alphabet::fold(character).is_some() {
            at += SYMBOL_SAMPLES;
            word_open = true;
        } else if character.is_whitespace() && word_open {
            at += SYMBOL_SAMPLES;
            word_open = false;
        }
        letters.push(Letter {
            character,
            start,
            end: at,
        });
    }
    letters
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "float to integer casts saturate, and peaks stay far below"
)]
fn say(letter: char, sound: &mut Vec<i16>) {
    match alphabet::formants(letter) {
        Some(formants) => {
            let level = LEVEL * alphabet::loudness(letter);
            sound.extend(waveform(formants).iter().map(|part| (part * level) as i16));
        }
        None => sound.resize(sound.len() + SYMBOL_SAMPLES, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCE: &str = "Здравствуйте! Меня зовут Анна, я звоню из компании Ромашка.";

    #[test]
    fn the_level_is_that_of_speech() {
        let sound = speak(SENTENCE);
        let square: f64 = sound.iter().map(|s| f64::from(*s).powi(2)).sum();
        let dbfs = 20.0 * ((square / sound.len() as f64).sqrt() / 32_768.0).log10();
        assert!((-22.0..=-18.5).contains(&dbfs), "{dbfs}");
        let peak = sound.iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!(peak < 23_197, "{peak} is over -3 dBFS");
    }

    #[test]
    fn spelling_covers_the_sound() {
        let letters = spell("Да, ☎ нет");
        assert_eq!(letters.len(), 9);
        assert_eq!(
            letters.last().unwrap().end + SYMBOL_SAMPLES,
            speak("Да, ☎ нет").len()
        );
        assert!(letters.windows(2).all(|pair| pair[0].end == pair[1].start));
    }

    #[test]
    fn nothing_to_say_is_no_sound() {
        assert!(speak(" \n☎ ").is_empty());
    }
}
