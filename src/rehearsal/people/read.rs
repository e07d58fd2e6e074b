//! A character from its file: the line and the manners. Its words are read in [`super::speech`].

use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::character::Character;
use super::line::{Fate, Line};
use super::speech::{self, RawSpeech};
use crate::rehearsal::callee::{Echo, Manner, Person, Sound, Speech, Spread};
use crate::rehearsal::written::{Written, WrittenError};

/// From dialling to the ringing of a phone, as networks take it.
const SETUP_MS: Spread = Spread::triangle(600, 1_500, 4_000);
/// Refusals that need no phone come sooner.
const REFUSED_MS: Spread = Spread::triangle(300, 700, 2_000);
/// People take this long to pick up.
const RING_MS: Spread = Spread::triangle(1_500, 6_000, 20_000);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCharacter {
    about: Spanned<String>,
    line: Option<RawLine>,
    person: Option<Spanned<RawPerson>>,
    ru: Option<Spanned<RawSpeech>>,
    en: Option<Spanned<RawSpeech>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLine {
    does: Option<Spanned<String>>,
    setup_ms: Option<Spread>,
    ring_ms: Option<Spanned<Spread>>,
    early_media: Option<Spanned<String>>,
    early_media_repeats: Option<Spanned<bool>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPerson {
    hello_ms: Option<Spread>,
    turn_end_ms: Option<Spanned<u32>>,
    reaction_ms: Option<Spread>,
    machine: Option<bool>,
    patience_ms: Option<Spread>,
    stay_ms: Option<u32>,
    mishears_percent: Option<Spanned<u32>>,
    voice_db: Option<Spanned<i32>>,
    noise_dbfs: Option<Spanned<i32>>,
    echo: Option<RawEcho>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEcho {
    db: Spanned<i32>,
    delay_ms: Spanned<u32>,
}

/// Reads a character; `name` is its own, `file` that of its file for messages.
///
/// # Errors
/// The first mistake, with its place.
pub(super) fn character(name: &str, file: &str, text: &str) -> Result<Character, WrittenError> {
    let written = Written { file, text };
    let raw: RawCharacter = written.read()?;
    if raw.about.get_ref().trim().is_empty() {
        return Err(written.error(&raw.about, "`about` is empty", "say in a line what it does"));
    }
    let line = read_line(written, raw.line.unwrap_or_default())?;
    if line.fate != Fate::Answers {
        nobody_answers(written, raw.person.as_ref(), [&raw.ru, &raw.en])?;
    }
    let person = raw.person.map(Spanned::into_inner).unwrap_or_default();
    let manner = read_manner(written, &person)?;
    let person = |speech: Speech| {
        Arc::new(Person {
            name: name.to_owned(),
            manner: manner.clone(),
            speech,
        })
    };
    let read_speech = |raw: Option<Spanned<RawSpeech>>| {
        raw.map(|raw| speech::read(written, raw.get_ref()))
            .transpose()
    };
    Ok(Character {
        name: name.to_owned(),
        about: raw.about.into_inner(),
        line,
        russian: person(read_speech(raw.ru)?.unwrap_or_default()),
        english: read_speech(raw.en)?.map(person),
    })
}

/// What would never be used is a mistake of who wrote it.
fn nobody_answers(
    written: Written<'_>,
    person: Option<&Spanned<RawPerson>>,
    speeches: [&Option<Spanned<RawSpeech>>; 2],
) -> Result<(), WrittenError> {
    let message = "nobody answers on this line";
    let hint = "leave this section out, or write does = \"answers\" in [line]";
    if let Some(person) = person {
        return Err(written.error(person, message, hint));
    }
    match speeches.into_iter().flatten().next() {
        Some(speech) => Err(written.error(speech, message, hint)),
        None => Ok(()),
    }
}

fn read_line(written: Written<'_>, raw: RawLine) -> Result<Line, WrittenError> {
    let fate = match &raw.does {
        None => Fate::Answers,
        Some(word) => Fate::ALL
            .iter()
            .find(|(known, _)| known == word.get_ref())
            .map(|(_, fate)| *fate)
            .ok_or_else(|| {
                let known = Fate::ALL.iter().map(|(known, _)| *known);
                written.unknown(word, "end of a call", known)
            })?,
    };
    if let (Fate::RingsOut, Some(ring)) = (fate, &raw.ring_ms) {
        let hint = "leave it out: it rings until the caller gives up";
        return Err(written.error(
            ring,
            "`ring_ms` ends the ringing of a line that rings out",
            hint,
        ));
    }
    let early_media = raw
        .early_media
        .as_ref()
        .map(|text| speech::script(written, text));
    let repeats = raw.early_media_repeats;
    if let (None, Some(repeats)) = (&early_media, &repeats) {
        let hint = "write early_media = \"…\" above it";
        return Err(written.error(repeats, "there is no `early_media` to repeat", hint));
    }
    let waits = matches!(fate, Fate::Answers | Fate::RingsOut | Fate::Declines);
    let rings = matches!(fate, Fate::Answers | Fate::Declines);
    Ok(Line {
        fate,
        setup_ms: raw
            .setup_ms
            .unwrap_or(if waits { SETUP_MS } else { REFUSED_MS }),
        ring_ms: raw
            .ring_ms
            .map(Spanned::into_inner)
            .or(rings.then_some(RING_MS)),
        early_media: early_media.transpose()?,
        early_media_repeats: repeats.is_some_and(Spanned::into_inner),
    })
}

fn read_manner(written: Written<'_>, raw: &RawPerson) -> Result<Manner, WrittenError> {
    let usual = Manner::default();
    let turn_end_ms = within(written, raw.turn_end_ms.as_ref(), 100, 5_000)?;
    let mishears_percent = within(written, raw.mishears_percent.as_ref(), 0, 100)?;
    Ok(Manner {
        hello_ms: raw.hello_ms.unwrap_or(usual.hello_ms),
        turn_end_ms: turn_end_ms.unwrap_or(usual.turn_end_ms),
        reaction_ms: raw.reaction_ms.unwrap_or(usual.reaction_ms),
        machine: raw.machine.unwrap_or(usual.machine),
        patience_ms: raw.patience_ms,
        stay_ms: raw.stay_ms.unwrap_or(usual.stay_ms),
        mishears_percent: mishears_percent.unwrap_or(usual.mishears_percent),
        sound: Sound {
            voice_db: within(written, raw.voice_db.as_ref(), -40, 12)?.unwrap_or(0),
            noise_dbfs: within(written, raw.noise_dbfs.as_ref(), -90, -20)?,
            echo: raw
                .echo
                .as_ref()
                .map(|echo| read_echo(written, echo))
                .transpose()?,
        },
    })
}

fn read_echo(written: Written<'_>, raw: &RawEcho) -> Result<Echo, WrittenError> {
    Ok(Echo {
        db: within(written, Some(&raw.db), -60, -1)?.unwrap_or(-1),
        delay_ms: within(written, Some(&raw.delay_ms), 0, 2_000)?.unwrap_or(0),
    })
}

/// The number, if it is one that makes sense.
fn within<T: Copy + PartialOrd + std::fmt::Display>(
    written: Written<'_>,
    number: Option<&Spanned<T>>,
    least: T,
    most: T,
) -> Result<Option<T>, WrittenError> {
    match number {
        Some(number) if *number.get_ref() < least || *number.get_ref() > most => {
            let message = format!("{} makes no sense here", number.get_ref());
            Err(written.error(number, message, format!("write {least} to {most}")))
        }
        _ => Ok(number.map(|number| *number.get_ref())),
    }
}
