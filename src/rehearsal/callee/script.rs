//! What is said and done at one go: a text with stage directions in brackets.
//!
//! `Ну, я [pause 700] да, согласен. [hang up]` says something, keeps the floor in silence, says
//! the rest and hangs up. The directions: `[pause MS]`, `[pause LEAST..MOST]`, `[beep]`,
//! `[tone HZ MS]`, `[noise MS]`, `[press KEYS]`, `[hang up]`, and `[silence]` for nothing at all.

use super::part::Act;
use super::spread::Spread;
use crate::rehearsal::random::Random;
use crate::rehearsal::voice::audible;
use crate::rehearsal::written::meant;

/// Pause between two keys of one `[press]`: fingers are no faster.
const BETWEEN_KEYS_MS: u32 = 300;
/// The beep of a voicemail.
const BEEP: Act = Act::Beep { hz: 1_000, ms: 400 };
const DIRECTIONS: [&str; 7] = [
    "pause", "beep", "tone", "noise", "press", "hang up", "silence",
];

/// A part of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cue {
    Do(Act),
    /// A pause that is drawn.
    Pause(Spread),
}

/// What is said and done at one go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script(Vec<Cue>);

/// A text that is no script: what is wrong, and a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rehearsal) struct ScriptError {
    pub(in crate::rehearsal) message: String,
    pub(in crate::rehearsal) hint: String,
}

impl ScriptError {
    fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
        }
    }
}

impl Script {
    /// Acts without anything drawn.
    pub fn of(acts: &[Act]) -> Self {
        Self(acts.iter().cloned().map(Cue::Do).collect())
    }

    /// Reads a text with its directions.
    pub(in crate::rehearsal) fn parse(text: &str) -> Result<Self, ScriptError> {
        let mut cues = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('[') {
            say(words, &mut cues)?;
            let (direction, after) = after.split_once(']').ok_or_else(|| {
                ScriptError::new("a direction without its end", "close it with ]")
            })?;
            direct(direction.trim(), &mut cues)?;
            rest = after;
        }
        say(rest, &mut cues)?;
        if cues.is_empty() && !text.contains('[') {
            return Err(ScriptError::new(
                "an empty text",
                "write what is said, or [silence]",
            ));
        }
        Ok(Self(cues))
    }

    /// The acts of one performance.
    pub(in crate::rehearsal) fn perform(&self, random: &mut Random) -> Vec<Act> {
        self.0
            .iter()
            .map(|cue| match cue {
                Cue::Do(act) => act.clone(),
                Cue::Pause(spread) => Act::PauseMs(spread.draw(random)),
            })
            .collect()
    }

    /// The words, without directions.
    pub fn words(&self) -> String {
        let words: Vec<&str> = self.0.iter().filter_map(words_of).collect();
        words.join(" ")
    }

    /// Whether nothing is done at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn words_of(cue: &Cue) -> Option<&str> {
    match cue {
        Cue::Do(Act::Say(text)) => Some(text),
        Cue::Do(
            Act::PauseMs(_) | Act::Beep { .. } | Act::NoiseMs(_) | Act::Press(_) | Act::HangUp,
        )
        | Cue::Pause(_) => None,
    }
}

fn say(words: &str, cues: &mut Vec<Cue>) -> Result<(), ScriptError> {
    let words = words.trim();
    if words.is_empty() {
        return Ok(());
    }
    if audible(words).is_empty() {
        return Err(ScriptError::new(
            format!("`{words}` cannot be said"),
            "write letters, digits and plain punctuation",
        ));
    }
    cues.push(Cue::Do(Act::Say(words.to_owned())));
    Ok(())
}

fn direct(direction: &str, cues: &mut Vec<Cue>) -> Result<(), ScriptError> {
    let (name, values) = direction.split_once(' ').unwrap_or((direction, ""));
    let values = values.trim();
    match (name, values) {
        ("silence", "") => {}
        ("beep", "") => cues.push(Cue::Do(BEEP)),
        ("hang", "up") => cues.push(Cue::Do(Act::HangUp)),
        ("pause", _) => cues.push(Cue::Pause(pause(values)?)),
        ("tone", _) => cues.push(Cue::Do(tone(values)?)),
        ("noise", _) => cues.push(Cue::Do(noise(values)?)),
        ("press", _) => press(values, cues)?,
        _ => {
            let message = format!("no such direction: [{direction}]");
            return Err(ScriptError::new(
                message,
                meant(
                    direction.trim_end_matches(|c: char| !c.is_alphabetic()),
                    DIRECTIONS,
                ),
            ));
        }
    }
    Ok(())
}

fn pause(values: &str) -> Result<Spread, ScriptError> {
    let numbers: Result<Vec<u32>, _> = values.split("..").map(|n| n.trim().parse()).collect();
    numbers
        .ok()
        .filter(|numbers| numbers.len() <= 2)
        .and_then(|numbers| Spread::of(&numbers))
        .ok_or_else(|| {
            ScriptError::new(
                format!("[pause {values}] has no length"),
                "write milliseconds: [pause 700] or [pause 500..900]",
            )
        })
}

fn tone(values: &str) -> Result<Act, ScriptError> {
    let mut numbers = values.split_whitespace().map(str::parse);
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(hz @ 50..=3_500)), Some(Ok(ms)), None) => Ok(Act::Beep { hz, ms }),
        _ => Err(ScriptError::new(
            format!("[tone {values}] is no tone"),
            "write hertz (50 to 3500) and milliseconds: [tone 425 1000]",
        )),
    }
}

fn noise(values: &str) -> Result<Act, ScriptError> {
    values.parse().map(Act::NoiseMs).map_err(|_| {
        ScriptError::new(
            format!("[noise {values}] has no length"),
            "write milliseconds: [noise 250]",
        )
    })
}

fn press(keys: &str, cues: &mut Vec<Cue>) -> Result<(), ScriptError> {
    if keys.is_empty() || !keys.chars().all(|key| "0123456789*#".contains(key)) {
        return Err(ScriptError::new(
            format!("[press {keys}] presses no key"),
            "keys are 0 to 9, * and #: [press 1]",
        ));
    }
    for (at, key) in keys.chars().enumerate() {
        if at > 0 {
            cues.push(Cue::Do(Act::PauseMs(BETWEEN_KEYS_MS)));
        }
        cues.push(Cue::Do(Act::Press(key)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn acts(text: &str) -> Vec<Act> {
        let mut random = Random::named(1, "script");
        Script::parse(text).unwrap().perform(&mut random)
    }

    #[test]
    fn words_and_directions_follow_one_another() {
        assert_eq!(
            acts("Ну, я [pause 700] да. [press 1#][hang up]"),
            [
                Act::Say("Ну, я".into()),
                Act::PauseMs(700),
                Act::Say("да.".into()),
                Act::Press('1'),
                Act::PauseMs(300),
                Act::Press('#'),
                Act::HangUp,
            ]
        );
        assert_eq!(acts("[tone 425 1000]"), [Act::Beep { hz: 425, ms: 1_000 }]);
        assert_eq!(acts("[noise 250]"), [Act::NoiseMs(250)]);
        assert_eq!(acts("[silence]"), []);
        assert_eq!(Script::parse("да [pause 5] нет").unwrap().words(), "да нет");
    }

    #[test]
    fn a_pause_with_two_numbers_is_drawn() {
        let script = Script::parse("[pause 500..900]").unwrap();
        let mut random = Random::named(1, "script");
        let drawn: Vec<_> = (0..50).map(|_| script.perform(&mut random)).collect();
        assert!(
            drawn
                .iter()
                .all(|acts| matches!(acts[..], [Act::PauseMs(500..=900)]))
        );
        assert!(drawn.iter().any(|acts| *acts != drawn[0]));
    }

    #[rstest]
    #[case(
        "[puase 700] да",
        "no such direction: [puase 700]",
        "did you mean `pause`?"
    )]
    #[case(
        "[pause long]",
        "[pause long] has no length",
        "write milliseconds: [pause 700] or [pause 500..900]"
    )]
    #[case(
        "[pause 9..5]",
        "[pause 9..5] has no length",
        "write milliseconds: [pause 700] or [pause 500..900]"
    )]
    #[case(
        "[press A]",
        "[press A] presses no key",
        "keys are 0 to 9, * and #: [press 1]"
    )]
    #[case(
        "[tone 425]",
        "[tone 425] is no tone",
        "write hertz (50 to 3500) and milliseconds: [tone 425 1000]"
    )]
    #[case("да [pause 5", "a direction without its end", "close it with ]")]
    #[case("  ", "an empty text", "write what is said, or [silence]")]
    #[case(
        "☎",
        "`☎` cannot be said",
        "write letters, digits and plain punctuation"
    )]
    #[case("[hang on]", "no such direction: [hang on]", "did you mean `hang up`?")]
    fn what_is_wrong_is_told(#[case] text: &str, #[case] message: &str, #[case] hint: &str) {
        assert_eq!(Script::parse(text), Err(ScriptError::new(message, hint)));
    }
}
