//! What a character says to what, from its file.

use serde::Deserialize;
use toml::Spanned;

use crate::rehearsal::callee::{Lines, Meanwhile, Phrase, Rule, Script, Speech, Spread};
use crate::rehearsal::written::{Texts, Written, WrittenError};

/// The words of a character in one language.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawSpeech {
    hello: Option<Spanned<Texts>>,
    when: Vec<RawRule>,
    sequence: Vec<Spanned<Texts>>,
    otherwise: Option<Spanned<Texts>>,
    not_understood: Option<Spanned<Texts>>,
    dead_air: Vec<Spanned<Texts>>,
    meanwhile: Vec<Spanned<RawMeanwhile>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    heard: Spanned<Texts>,
    say: Spanned<Texts>,
    times: Option<Spanned<u32>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMeanwhile {
    turn: Option<Spanned<u32>>,
    heard: Option<Spanned<Texts>>,
    after_ms: Option<Spread>,
    every_ms: Option<Spanned<Spread>>,
    times: Option<Spanned<u32>>,
    chance_percent: Option<Spanned<u32>>,
    takes_floor: Option<bool>,
    say: Spanned<Texts>,
}

/// Reads the words of one language.
pub(super) fn read(written: Written<'_>, raw: &RawSpeech) -> Result<Speech, WrittenError> {
    let optional = |texts: &Option<Spanned<Texts>>| {
        let lines = texts.as_ref().map(|texts| lines(written, texts));
        lines.transpose().map(Option::unwrap_or_default)
    };
    let list = |texts: &[Spanned<Texts>]| -> Result<Vec<Lines>, WrittenError> {
        texts.iter().map(|texts| lines(written, texts)).collect()
    };
    Ok(Speech {
        hello: optional(&raw.hello)?,
        rules: raw
            .when
            .iter()
            .map(|rule| read_rule(written, rule))
            .collect::<Result<_, _>>()?,
        sequence: list(&raw.sequence)?,
        otherwise: optional(&raw.otherwise)?,
        not_understood: optional(&raw.not_understood)?,
        dead_air: list(&raw.dead_air)?,
        meanwhile: raw
            .meanwhile
            .iter()
            .map(|meanwhile| read_meanwhile(written, meanwhile))
            .collect::<Result<_, _>>()?,
    })
}

fn read_rule(written: Written<'_>, raw: &RawRule) -> Result<Rule, WrittenError> {
    Ok(Rule {
        heard: phrases(written, &raw.heard)?,
        say: lines(written, &raw.say)?,
        times: positive(written, raw.times.as_ref())?,
    })
}

fn read_meanwhile(
    written: Written<'_>,
    spanned: &Spanned<RawMeanwhile>,
) -> Result<Meanwhile, WrittenError> {
    let raw = spanned.get_ref();
    let heard = raw.heard.as_ref().map(|heard| phrases(written, heard));
    let heard = heard.transpose()?.unwrap_or_default();
    let after_ms = match raw.after_ms {
        Some(after_ms) => after_ms,
        None if heard.is_empty() => {
            let message = "nothing says when";
            let hint = "give it `after_ms`, from the bot's first sound, or `heard`";
            return Err(written.error(spanned, message, hint));
        }
        None => Spread::always(0),
    };
    if let Some(every) = raw
        .every_ms
        .as_ref()
        .filter(|every| every.get_ref().least() < 100)
    {
        return Err(written.error(every, "too often to be said", "write 100 or more"));
    }
    let chance = raw.chance_percent.as_ref();
    if let Some(chance) = chance.filter(|chance| *chance.get_ref() > 100) {
        return Err(written.error(chance, "more than always", "write 0 to 100"));
    }
    Ok(Meanwhile {
        turn: positive(written, raw.turn.as_ref())?,
        heard,
        after_ms,
        every_ms: raw.every_ms.as_ref().map(|every| *every.get_ref()),
        times: positive(written, raw.times.as_ref())?,
        chance_percent: chance.map_or(100, |chance| *chance.get_ref()),
        takes_floor: raw.takes_floor.unwrap_or(true),
        say: lines(written, &raw.say)?,
    })
}

/// Texts of which one is drawn.
fn lines(written: Written<'_>, texts: &Spanned<Texts>) -> Result<Lines, WrittenError> {
    let all = texts.get_ref().spanned(&texts.span());
    if all.is_empty() {
        return Err(written.error(texts, "an empty list", "write a text, or leave it out"));
    }
    all.iter().map(|text| script(written, text)).collect()
}

/// One text with its directions.
pub(super) fn script(written: Written<'_>, text: &Spanned<String>) -> Result<Script, WrittenError> {
    Script::parse(text.get_ref()).map_err(|error| written.error(text, error.message, error.hint))
}

fn phrases(written: Written<'_>, texts: &Spanned<Texts>) -> Result<Vec<Phrase>, WrittenError> {
    let all = texts.get_ref().spanned(&texts.span());
    if all.is_empty() {
        let hint = "write words of the bot, or leave it out";
        return Err(written.error(texts, "an empty list", hint));
    }
    all.iter()
        .map(|text| {
            Phrase::new(text.get_ref())
                .ok_or_else(|| written.error(text, "no words to hear", "write words of the bot"))
        })
        .collect()
}

fn positive(
    written: Written<'_>,
    number: Option<&Spanned<u32>>,
) -> Result<Option<u32>, WrittenError> {
    match number {
        Some(number) if *number.get_ref() == 0 => {
            Err(written.error(number, "0 is never", "count from 1, or leave it out"))
        }
        _ => Ok(number.map(|number| *number.get_ref())),
    }
}
