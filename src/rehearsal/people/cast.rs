//! The cast: all characters there are, and who answers which attempt.
//!
//! Behind each number lives one person, or the number is dead: that is drawn by the lead alone and
//! stays. Whether the person is reached is drawn anew with each attempt.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::character::Character;
use super::{read, shipped};
use crate::rehearsal::random::Random;
use crate::rehearsal::written::{Written, WrittenError, meant};

/// The file of the weights in a folder of characters.
const WEIGHTS: &str = "cast.toml";
/// In `[attempt]`: the person who lives behind the number picks up.
const PERSON: &str = "person";

/// A cast that cannot be made, or a character that is not in it.
#[derive(Debug, thiserror::Error)]
pub enum CastError {
    /// Nobody is called so.
    #[error("no such callee: `{name}`")]
    Unknown {
        /// What was asked for.
        name: String,
        /// Who was probably meant.
        hint: String,
    },
    /// A folder or file cannot be read.
    #[error("{}: cannot be read: {cause}", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// Why not.
        cause: io::Error,
    },
    /// A file has a mistake.
    #[error(transparent)]
    Wrong(#[from] WrittenError),
}

impl CastError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Unknown { hint, .. } => Some(hint),
            Self::Unreadable { .. } => Some("name a folder of .toml files in UTF-8"),
            Self::Wrong(error) => error.hint.as_deref(),
        }
    }
}

/// All characters there are, and how often each is met.
#[derive(Debug, Clone)]
pub struct Cast {
    characters: Characters,
    weights: Weights,
}

type Characters = BTreeMap<String, Arc<Character>>;

/// How often each is met.
#[derive(Debug, Clone)]
struct Weights {
    /// Numbers that are always so, out of 100; the others have a person.
    number: Vec<(Arc<Character>, f64)>,
    /// Who lives behind the other numbers.
    people: Scale<Arc<Character>>,
    /// What an attempt meets; nothing is the person who lives there.
    attempt: Scale<Option<Arc<Character>>>,
}

/// Things to pick by weight; never empty.
#[derive(Debug, Clone)]
struct Scale<T> {
    items: Vec<(T, f64)>,
    /// For the point at the very end, which rounding may reach.
    last: T,
}

impl<T: Clone> Scale<T> {
    /// `None` if nothing has a weight.
    fn new(mut items: Vec<(T, f64)>) -> Option<Self> {
        items.retain(|(_, weight)| *weight > 0.0);
        let last = items.last()?.0.clone();
        Some(Self { items, last })
    }

    /// A thing by its weight; the share is 0 to 1.
    fn pick(&self, share: f64) -> &T {
        let sum: f64 = self.items.iter().map(|(_, weight)| weight).sum();
        at(&self.items, share * sum).unwrap_or(&self.last)
    }
}

/// The thing in whose part of the scale the point lies, if it lies in one.
fn at<T>(items: &[(T, f64)], mut point: f64) -> Option<&T> {
    for (thing, weight) in items {
        if point < *weight {
            return Some(thing);
        }
        point -= weight;
    }
    None
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWeights {
    number: BTreeMap<Spanned<String>, Spanned<f64>>,
    people: BTreeMap<Spanned<String>, Spanned<f64>>,
    attempt: BTreeMap<Spanned<String>, Spanned<f64>>,
}

impl Cast {
    /// The characters that are built in.
    ///
    /// # Errors
    /// Never: a test reads them all.
    pub fn shipped() -> Result<Self, CastError> {
        let mut characters = Characters::new();
        for (name, text) in shipped::CHARACTERS {
            let character = read::character(name, &format!("{name}.toml"), text)?;
            characters.insert(character.name.clone(), Arc::new(character));
        }
        let weights = read_weights(WEIGHTS, shipped::CAST, &characters)?;
        Ok(Self {
            characters,
            weights,
        })
    }

    /// The built-in characters and those of a folder, which stand over the built-in ones of the
    /// same name. A `cast.toml` in it replaces the weights.
    ///
    /// # Errors
    /// A folder or file that cannot be read, or the first mistake in a file, with its place.
    pub fn load(folder: Option<&Path>) -> Result<Self, CastError> {
        let mut cast = Self::shipped()?;
        let Some(folder) = folder else {
            return Ok(cast);
        };
        let mut weights = None;
        for path in toml_files(folder)? {
            let text = read_file(&path)?;
            let file = path.display().to_string();
            match path.file_stem().and_then(|stem| stem.to_str()) {
                _ if path.ends_with(WEIGHTS) => weights = Some((file, text)),
                Some(name) => {
                    let character = read::character(name, &file, &text)?;
                    cast.characters.insert(name.to_owned(), Arc::new(character));
                }
                None => {}
            }
        }
        if let Some((file, text)) = weights {
            cast.weights = read_weights(&file, &text, &cast.characters)?;
        }
        Ok(cast)
    }

    /// All characters, by name.
    pub fn characters(&self) -> impl Iterator<Item = &Arc<Character>> {
        self.characters.values()
    }

    /// A character by its name, as a lead's column `callee` gives it.
    ///
    /// # Errors
    /// Nobody is called so; the hint has the nearest name.
    pub fn named(&self, name: &str) -> Result<Arc<Character>, CastError> {
        let found = self.characters.get(name.trim()).map(Arc::clone);
        found.ok_or_else(|| CastError::Unknown {
            name: name.to_owned(),
            hint: meant(name, self.characters.keys().map(String::as_str)),
        })
    }

    /// Whom the given attempt, from 1, at a lead meets. The lead is any text that tells it from
    /// others, its number for instance.
    pub fn draw(&self, seed: u64, lead: &str, attempt: u32) -> Arc<Character> {
        let share = |what: &str| Random::named(seed, &format!("{what} {lead}")).share();
        if let Some(character) = at(&self.weights.number, share("number") * 100.0) {
            return Arc::clone(character);
        }
        let met = self
            .weights
            .attempt
            .pick(share(&format!("attempt {attempt}")));
        let met = met.as_ref();
        Arc::clone(met.unwrap_or_else(|| self.weights.people.pick(share("person"))))
    }
}

/// The seed of one call: the rehearsal's, the lead and the attempt.
pub fn call_seed(seed: u64, lead: &str, attempt: u32) -> u64 {
    Random::named(seed, &format!("call {attempt} {lead}")).next()
}

fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, CastError> {
    let unreadable = |cause| CastError::Unreadable {
        path: folder.to_path_buf(),
        cause,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read_file(path: &Path) -> Result<String, CastError> {
    std::fs::read_to_string(path).map_err(|cause| CastError::Unreadable {
        path: path.to_path_buf(),
        cause,
    })
}

fn read_weights(file: &str, text: &str, characters: &Characters) -> Result<Weights, WrittenError> {
    let written = Written { file, text };
    let raw: RawWeights = written.read()?;
    let known = |name: &str| characters.get(name).map(Arc::clone);
    let attempt = read_section(written, &raw.attempt, characters, |name| {
        if name == PERSON {
            Some(None)
        } else {
            known(name).map(Some)
        }
    })?;
    let people = read_section(written, &raw.people, characters, known)?;
    let number = read_section(written, &raw.number, characters, known)?;
    let sum: f64 = number.iter().map(|(_, weight)| weight).sum();
    if sum > 100.0 {
        let message = "has more than 100 of 100 numbers";
        return Err(wrong(written, "[number]", message, "leave room for people"));
    }
    let empty = |section| {
        let hint = "give at least one name a weight";
        wrong(written, section, "has no weight above 0", hint)
    };
    Ok(Weights {
        number,
        people: Scale::new(people).ok_or_else(|| empty("[people]"))?,
        attempt: Scale::new(attempt).ok_or_else(|| empty("[attempt]"))?,
    })
}

fn read_section<T>(
    written: Written<'_>,
    raw: &BTreeMap<Spanned<String>, Spanned<f64>>,
    characters: &Characters,
    find: impl Fn(&str) -> Option<T>,
) -> Result<Vec<(T, f64)>, WrittenError> {
    let read = |(name, weight): (&Spanned<String>, &Spanned<f64>)| {
        let found = find(name.get_ref()).ok_or_else(|| {
            let names = characters.keys().map(String::as_str);
            written.unknown(name, "callee", names.chain([PERSON]))
        })?;
        if !(0.0..=1e6).contains(weight.get_ref()) {
            let message = format!("{} is no weight", weight.get_ref());
            return Err(written.error(weight, message, "write 0 or more"));
        }
        Ok((found, *weight.get_ref()))
    };
    raw.iter().map(read).collect()
}

fn wrong(written: Written<'_>, section: &str, message: &str, hint: &str) -> WrittenError {
    let at = written.text.find(section).unwrap_or(0);
    let message = format!("{section} {message}");
    written.at(at..at, message, Some(hint.to_owned()))
}
