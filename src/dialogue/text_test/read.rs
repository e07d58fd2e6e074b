//! Reads dialogues written as text.

use jiff::civil::DateTime;

use super::super::machine::Heard;
use super::super::scenario::place::nearest;
use super::super::template::Variables;

/// Monday, ten in the morning: the time of a dialogue that names none.
const USUAL: DateTime = DateTime::constant(2026, 11, 23, 10, 0, 0, 0);
const WORDS: [&str; 11] = [
    "scenario", "now", "lead", "bot", "callee", "state", "intent", "outcome", "slot", "tag", "do",
];

/// A file of dialogues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialogues {
    /// The scenario named at the top, relative to the file.
    pub scenario: Option<String>,
    /// The dialogues.
    pub cases: Vec<Case>,
}

/// One dialogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// What stands after `==`.
    pub name: String,
    /// Its line.
    pub line: usize,
    /// The lead's fields.
    pub lead: Variables,
    /// The callee's local time.
    pub now: DateTime,
    /// Its lines, with their numbers.
    pub steps: Vec<(usize, Step)>,
}

/// One line of a dialogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// We say this.
    Bot(String),
    /// The callee does this.
    Callee(Heard),
    /// The dialogue is in this state.
    State(String),
    /// This intent or slot was understood; `none` for nothing.
    Intent(String),
    /// The talk is over with this outcome; `none` while it goes on.
    Outcome(String),
    /// A slot, or what is kept with the outcome, has this value.
    Value(String, String),
    /// The lead is marked with this.
    Tag(String),
    /// This was to be done after the last line of the callee.
    Deed(String),
}

/// A file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct TextError {
    /// Counted from one.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

fn wrong(line: usize, message: String, hint: impl Into<String>) -> TextError {
    TextError {
        line,
        message,
        hint: hint.into(),
    }
}

impl Dialogues {
    /// Reads a file.
    ///
    /// # Errors
    /// The first line that is not understood.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let mut dialogues = Self {
            scenario: None,
            cases: Vec::new(),
        };
        let (mut lead, mut now) = (Variables::new(), USUAL);
        for (index, written) in text.lines().enumerate() {
            let (line, written) = (index + 1, written.trim());
            if written.is_empty() || written.starts_with('#') {
                continue;
            }
            if let Some(name) = written.strip_prefix("==") {
                dialogues.cases.push(Case {
                    name: name.trim().to_owned(),
                    line,
                    lead: lead.clone(),
                    now,
                    steps: Vec::new(),
                });
                continue;
            }
            let (word, rest) = written.split_once(':').ok_or_else(|| {
                let hint = "write `bot: …`, `callee: …`, or `== a name` for a new dialogue";
                wrong(line, format!("`{written}` is no line of a dialogue"), hint)
            })?;
            let (word, rest) = (word.trim(), rest.trim());
            let case = dialogues.cases.last_mut();
            match (word, case) {
                ("scenario", None) => dialogues.scenario = Some(rest.to_owned()),
                ("now", case) => *case.map_or(&mut now, |case| &mut case.now) = time(line, rest)?,
                ("lead", case) => {
                    let (name, value) = assigned(line, rest)?;
                    case.map_or(&mut lead, |case| &mut case.lead)
                        .insert(name, value);
                }
                (_, None) => {
                    let message = format!("`{word}` stands before the first dialogue");
                    return Err(wrong(line, message, "begin one with `== a name`"));
                }
                (word, Some(case)) => case.steps.push((line, step(line, word, rest)?)),
            }
        }
        Ok(dialogues)
    }
}

fn step(line: usize, word: &str, rest: &str) -> Result<Step, TextError> {
    let text = rest.to_owned();
    Ok(match word {
        "bot" => Step::Bot(text),
        "callee" => Step::Callee(heard(rest).map_err(|error| TextError { line, ..error })?),
        "state" => Step::State(text),
        "intent" => Step::Intent(text),
        "outcome" => Step::Outcome(text),
        "slot" => {
            let (name, value) = assigned(line, rest)?;
            Step::Value(name, value)
        }
        "tag" => Step::Tag(text),
        "do" => Step::Deed(text),
        _ => {
            let hint = nearest(word, WORDS);
            return Err(wrong(line, format!("no such word: `{word}`"), hint));
        }
    })
}

const SILENCE: &str = "(silence)";
const NOBODY: &str = "(nobody takes the call)";

/// What a callee does, as people write it: words, `[1]`, `(silence)`.
///
/// # Errors
/// Something in brackets that is none of these: nobody speaks in brackets. Its line is 1.
pub fn heard(text: &str) -> Result<Heard, TextError> {
    let text = text.trim();
    let inside = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    if let Some(key) = inside('[', ']') {
        let pressed = (key.chars().next(), key.chars().count());
        if let (Some(key @ ('0'..='9' | '*' | '#')), 1) = pressed {
            return Ok(Heard::Key(key));
        }
        let hint = "keys are 0 to 9, * and #, one to a line: [1]";
        return Err(wrong(1, format!("no such key: `{text}`"), hint));
    }
    match text {
        "" | SILENCE => Ok(Heard::Silence),
        NOBODY => Ok(Heard::TransferFailed),
        _ if inside('(', ')').is_some() => {
            let hint = format!("write {SILENCE}, {NOBODY}, or the words without brackets");
            Err(wrong(1, format!("`{text}` is nothing a callee does"), hint))
        }
        words => Ok(Heard::Words(words.to_owned())),
    }
}

fn assigned(line: usize, text: &str) -> Result<(String, String), TextError> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| wrong(line, format!("`{text}` has no value"), "write name = value"))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn time(line: usize, text: &str) -> Result<DateTime, TextError> {
    let hint = "write it as 2026-11-23T10:00";
    DateTime::strptime("%Y-%m-%d %H:%M", text)
        .or_else(|_| text.parse())
        .map_err(|_| wrong(line, format!("`{text}` is no time"), hint))
}
