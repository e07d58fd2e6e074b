//! Telephone numbers, said in digits and in groups: «восемь девятьсот шестнадцать …».

use super::{Slot, SlotValue};
use crate::language::heard::{Numeral, Word, numerals, said, words};

/// The digits that a full number has, the country's code included.
const LENGTHS: std::ops::RangeInclusive<usize> = 10..=15;

/// A telephone number, if enough digits follow one another.
pub(super) fn phone(text: &str) -> Option<Slot> {
    let words = words(text);
    let mut best: Option<Run> = None;
    for run in runs(&words).into_iter().map(Run::settled) {
        if best
            .as_ref()
            .is_none_or(|best| run.digits.len() > best.digits.len())
        {
            best = Some(run);
        }
    }
    let run = best.filter(|run| LENGTHS.contains(&run.digits.len()))?;
    let latin = text.chars().any(|c| c.is_ascii_alphabetic());
    // Of «восемь восемьсот …» a digit is missing: better asked again than rung wrong.
    if run.digits.len() == 10 && run.digits.starts_with("88") && !run.plus && !latin {
        return None;
    }
    let value = SlotValue::Phone(international(&run, latin));
    Some(Slot {
        value,
        evidence: said(&words, run.first..run.end),
    })
}

/// Digits that follow one another.
#[derive(Debug, Default)]
struct Run {
    digits: String,
    /// Its groups, and how else each may be meant: «восемьсот пять» is 805, or 800 and 5.
    groups: Vec<(String, Option<String>)>,
    plus: bool,
    first: usize,
    end: usize,
}

/// So many groups are tried both ways.
const MOST_SPLITS: usize = 8;

impl Run {
    /// The digits: with the groups as they were composed, or, where only that makes a full Russian
    /// number, with the fewest of them parted.
    fn settled(mut self) -> Self {
        let split: Vec<usize> = self
            .groups
            .iter()
            .enumerate()
            .filter(|(_, (_, other))| other.is_some())
            .map(|(at, _)| at)
            .take(MOST_SPLITS)
            .collect();
        let mut masks: Vec<u32> = (0..1_u32 << split.len()).collect();
        masks.sort_by_key(|mask| mask.count_ones());
        let read = |mask: u32| -> String {
            let parted = |at: usize| {
                let bit = split.iter().position(|split| *split == at);
                bit.is_some_and(|bit| (mask >> bit) & 1 == 1)
            };
            let groups = self.groups.iter().enumerate();
            let texts = groups.map(|(at, (whole, other))| match other {
                Some(other) if parted(at) => other.as_str(),
                Some(_) | None => whole.as_str(),
            });
            texts.collect()
        };
        let full = |digits: &String| {
            let known = ["73", "74", "78", "79", "83", "84", "88", "89"];
            digits.len() == 11 && known.iter().any(|start| digits.starts_with(start))
        };
        let composed = read(0);
        // A number without its eight begins with a code of three digits said as one: 916, 843.
        let code = |(whole, _): &(String, Option<String>)| whole.len() == 3;
        let coded = self.groups.first().is_some_and(code) || composed.starts_with('9');
        let keeps = self.plus
            || (composed.len() == 10 && coded && composed.starts_with(['3', '4', '8', '9']));
        let found = masks.into_iter().map(read).find(full).filter(|_| !keeps);
        self.digits = found.unwrap_or(composed);
        self
    }
}

/// With a plus, where the number shows its country: eleven digits from 7 or 8 and ten from 3, 4,
/// 8 or 9 are Russian, ten said in English are North American.
fn international(run: &Run, english: bool) -> String {
    let digits = &run.digits;
    match (digits.len(), digits.chars().next()) {
        _ if run.plus => format!("+{digits}"),
        (11, Some('7' | '8')) if !english || digits.starts_with('7') => {
            format!("+7{}", digits.get(1..).unwrap_or_default())
        }
        (11, Some('1')) => format!("+{digits}"),
        (10, Some('2'..='9')) if english => format!("+1{digits}"),
        (10, Some('3' | '4' | '8' | '9')) => format!("+7{digits}"),
        _ => digits.clone(),
    }
}

fn runs(words: &[Word]) -> Vec<Run> {
    let spoken: Vec<Numeral> = numerals(words);
    let mut runs: Vec<Run> = Vec::new();
    let mut open = false;
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let run_before = if open { runs.last() } else { None };
        let group = group(words, &spoken, at, run_before.is_some());
        if let Some((digits, end)) = group {
            if !open {
                runs.push(Run {
                    first: at,
                    ..Run::default()
                });
            }
            if let Some(run) = runs.last_mut() {
                let other = parted(&spoken, at, end);
                run.groups.push((digits, other));
                run.end = end;
            }
            open = true;
            at = end;
            continue;
        }
        if ["+", "плюс", "plus"].contains(&word.text.as_str()) {
            runs.push(Run {
                plus: true,
                first: at,
                end: at + 1,
                ..Run::default()
            });
            open = true;
        } else if !is_pause(&word.text) {
            open = false;
        }
        at += 1;
    }
    runs
}

/// The hundreds of a spoken group and the rest of it one after the other.
fn parted(spoken: &[Numeral], at: usize, end: usize) -> Option<String> {
    let numeral = spoken.iter().find(|numeral| numeral.range == (at..end))?;
    let value = numeral.value.as_whole().filter(|_| at + 1 < end)?;
    let (hundreds, rest) = (value / 100 * 100, value % 100);
    ((100..1000).contains(&value) && rest > 0).then(|| format!("{hundreds}{rest}"))
}

/// What people say between the groups.
fn is_pause(word: &str) -> bool {
    let pauses = [
        "и",
        "так",
        "дальше",
        "потом",
        "тире",
        "дефис",
        "э",
        "эм",
        "and",
        "then",
        "dash",
        "uh",
    ];
    pauses.contains(&word)
}

/// One group of digits and where it ends: «916», «девятьсот шестнадцать», «два нуля», "double
/// five". `within` says that a run is under way.
fn group(words: &[Word], spoken: &[Numeral], at: usize, within: bool) -> Option<(String, usize)> {
    let word = words.get(at)?;
    if word.is_digits() {
        return Some((word.text.clone(), at + 1));
    }
    let times = match word.text.as_str() {
        "double" => Some(2),
        "triple" => Some(3),
        _ => None,
    };
    if let (Some(times), Some((digit, end))) = (times, group(words, spoken, at + 1, true)) {
        return (digit.len() == 1).then(|| (digit.repeat(times), end));
    }
    if within && ["oh", "o", "о"].contains(&word.text.as_str()) {
        return Some(("0".to_owned(), at + 1));
    }
    let numeral = spoken.iter().find(|numeral| numeral.range.contains(&at))?;
    let value = numeral.value.as_whole().filter(|_| !numeral.ordinal)?;
    let noun = words
        .get(numeral.range.end)
        .and_then(|word| repeated(&word.text));
    if let (Some(digit), 2..=4) = (noun, value % 10) {
        // «девятьсот три нуля»: the last word counts the nouns, what is before it is a group.
        if numeral.range.len() > 1 && at == numeral.range.start {
            return Some(((value - value % 10).to_string(), numeral.range.end - 1));
        }
        let times = usize::try_from(value % 10).ok()?;
        return Some((digit.to_string().repeat(times), numeral.range.end + 1));
    }
    (0..1000)
        .contains(&value)
        .then(|| (value.to_string(), numeral.range.end))
}

/// «нуля», «семёрки»: a digit as a noun, which a count stands before.
fn repeated(word: &str) -> Option<char> {
    let nouns = [
        ("нул", '0'),
        ("нол", '0'),
        ("единиц", '1'),
        ("двойк", '2'),
        ("тройк", '3'),
        ("четверк", '4'),
        ("пятерк", '5'),
        ("шестерк", '6'),
        ("семерк", '7'),
        ("восьмерк", '8'),
        ("девятк", '9'),
    ];
    let plural = !["ноль", "нуль"].contains(&word);
    let known = nouns.iter().find(|(stem, _)| word.starts_with(stem));
    known.filter(|_| plural).map(|(_, digit)| *digit)
}
