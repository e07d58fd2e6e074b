//! Numbers in words and digits: «две с половиной тысячи», «twenty-five», «1 500».

use std::ops::Range;

use super::number_words::{NumberWord, Part, number_word};
use super::word::Word;
use crate::language::Quantity;

/// A number that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numeral {
    /// The words it stands in.
    pub range: Range<usize>,
    /// Its value.
    pub value: Quantity,
    /// Whether it is an ordinal: «пятого».
    pub ordinal: bool,
}

/// Every number of an utterance, from left to right; none within another.
pub fn numerals(words: &[Word]) -> Vec<Numeral> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match numeral_at(words, at) {
            Some(numeral) => {
                at = numeral.range.end.max(at + 1);
                found.push(numeral);
            }
            None => at += 1,
        }
    }
    found
}

/// A number that begins at this word.
fn numeral_at(words: &[Word], start: usize) -> Option<Numeral> {
    let first = &words.get(start)?.text;
    if ["минус", "minus"].contains(&first.as_str()) {
        let mut numeral = numeral_at(words, start + 1)?;
        numeral.range.start = start;
        numeral.value = numeral.value.times(-1)?;
        return Some(numeral);
    }
    if let Some(class) = inverted_class(first) {
        // «тысяч пять» is some five thousand.
        let mut numeral =
            numeral_at(words, start + 1).filter(|n| n.value < Quantity::whole(1000))?;
        numeral.range.start = start;
        numeral.value = numeral.value.times(class)?;
        return Some(numeral);
    }
    let mut builder = Builder {
        words,
        start,
        at: start,
        ..Builder::default()
    };
    while builder.step() {}
    builder.finish()
}

/// A class in the genitive plural, which stands before its number when that is a guess.
fn inverted_class(word: &str) -> Option<i64> {
    match word {
        "тысяч" | "тыщ" => Some(1000),
        "миллионов" => Some(1_000_000),
        "миллиардов" => Some(1_000_000_000),
        _ => None,
    }
}

/// A number in the making: what is complete, and what a class may still multiply.
#[derive(Debug, Default)]
struct Builder<'a> {
    words: &'a [Word],
    start: usize,
    at: usize,
    total: i64,
    /// The last class, which the next one must stay below.
    class: Option<i64>,
    current: Option<Current>,
    ordinal: bool,
    done: bool,
}

/// The part below a thousand, in thousandths, and the smallest value that was added to it.
#[derive(Debug, Clone, Copy)]
struct Current {
    thousandths: i64,
    smallest: i64,
}

impl<'a> Builder<'a> {
    fn word(&self, ahead: usize) -> Option<&'a str> {
        self.words
            .get(self.at + ahead)
            .map(|word| word.text.as_str())
    }

    /// Takes the next word into the number, if it belongs there.
    fn step(&mut self) -> bool {
        if self.done {
            return false;
        }
        let Some(word) = self.word(0) else {
            return false;
        };
        if let Some(taken) = self.part_of_class(word) {
            self.at += taken;
            return true;
        }
        if let Some(taken) = self.fraction(word).or_else(|| self.joint(word)) {
            self.at += taken;
            return true;
        }
        if let Some(value) = Quantity::parse(word).filter(|_| !word.starts_with('-')) {
            return self.digits(word.len(), value);
        }
        let Some(NumberWord { part, ordinal }) = number_word(word) else {
            return false;
        };
        // «К» is a preposition, and "grand" an adjective, unless digits stand before: «5 к».
        let after_digits =
            self.at > self.start && self.words.get(self.at - 1).is_some_and(Word::is_digits);
        let slang = ["к", "k"].contains(&word) && !after_digits;
        let adjective = word == "grand" && self.current.is_none();
        if slang || adjective || !self.take(part) {
            return false;
        }
        self.at += 1;
        if ordinal {
            self.ordinal = true;
            self.done = true;
        }
        true
    }

    fn digits(&mut self, length: usize, value: Quantity) -> bool {
        let groups = self.current.is_some_and(|current| {
            // «1 500»: a group of three after a number that begins with a group of one to three.
            length == 3 && current.smallest == 0 && self.class.is_none()
        });
        let thousandths = match self.current {
            Some(current) if groups => {
                let Some(shifted) = current.thousandths.checked_mul(1000) else {
                    return false;
                };
                shifted.saturating_add(value.thousandths())
            }
            Some(_) => return false,
            None => value.thousandths(),
        };
        let opens = groups || (length <= 3 && value.as_whole().is_some() && value.trunc() > 0);
        let smallest = i64::from(!opens);
        self.current = Some(Current {
            thousandths,
            smallest,
        });
        self.at += 1;
        true
    }

    fn take(&mut self, part: Part) -> bool {
        match part {
            Part::Zero => {
                let alone = self.at == self.start;
                self.current = self.current.or(Some(Current {
                    thousandths: 0,
                    smallest: 1,
                }));
                alone
            }
            Part::Unit(n) => self.add(n, 10),
            Part::Teen(n) | Part::Tens(n) => self.add(n, 100),
            Part::Hundreds(n) => self.add(n, 1000),
            Part::Whole(quantity) if self.current.is_some() => self.of_dozens(quantity),
            Part::Whole(quantity) => {
                let free = self.current.is_none() && self.class.is_none();
                self.current = self.current.or(Some(Current {
                    thousandths: quantity.thousandths(),
                    smallest: 1,
                }));
                free
            }
            Part::Half if self.current.is_none() && self.class.is_none() => {
                self.current = Some(Current {
                    thousandths: 500,
                    smallest: 1,
                });
                true
            }
            Part::Half => false,
            Part::Hundred => self.hundred(),
            Part::Class(class) => self.multiply(class),
        }
    }

    /// «Два десятка», "half a dozen": a count of a number that has a name.
    fn of_dozens(&mut self, quantity: Quantity) -> bool {
        let counted = quantity.as_whole().filter(|n| (10..=12).contains(n));
        let (Some(n), Some(current)) = (counted, self.current.as_mut()) else {
            return false;
        };
        if self.class.is_some() || !(1..100_000).contains(&current.thousandths) {
            return false;
        }
        current.thousandths *= n;
        current.smallest = 1;
        true
    }

    /// «Пол тысячи», «четверть миллиона», "a quarter of a million": the words before the class.
    fn part_of_class(&mut self, word: &str) -> Option<usize> {
        let thousandths = match word {
            "пол" => 500,
            "четверть" | "quarter" => 250,
            _ => return None,
        };
        if self.current.is_some() || self.class.is_some() {
            return None;
        }
        let mut taken = 1;
        while self
            .word(taken)
            .is_some_and(|word| ["of", "a"].contains(&word))
        {
            taken += 1;
        }
        let next = number_word(self.word(taken)?).filter(|next| !next.ordinal)?;
        if !matches!(next.part, Part::Class(_)) {
            return None;
        }
        self.current = Some(Current {
            thousandths,
            smallest: 1,
        });
        Some(taken)
    }

    /// Adds a value where everything before it is a multiple of `room`.
    fn add(&mut self, n: i64, room: i64) -> bool {
        let current = self.current.unwrap_or(Current {
            thousandths: 0,
            smallest: 1000,
        });
        if current.smallest < room {
            return false;
        }
        let smallest = if n >= 100 {
            100
        } else if n >= 20 {
            10
        } else {
            1
        };
        self.current = Some(Current {
            thousandths: current.thousandths + n * 1000,
            smallest,
        });
        true
    }

    /// "Two hundred", «пять сотен», "fifteen hundred"; "a hundred" alone too.
    fn hundred(&mut self) -> bool {
        let thousandths = self.current.map_or(1000, |current| current.thousandths);
        if thousandths >= 100_000 {
            return false;
        }
        self.current = Some(Current {
            thousandths: thousandths * 100,
            smallest: 100,
        });
        true
    }

    fn multiply(&mut self, class: i64) -> bool {
        if self.class.is_some_and(|last| last <= class) {
            return false;
        }
        let thousandths = self.current.map_or(1000, |current| current.thousandths);
        let Some(value) = thousandths.checked_mul(class) else {
            return false;
        };
        self.total = self.total.saturating_add(value);
        self.class = Some(class);
        self.current = None;
        true
    }

    /// «с половиной», "and a half", «целых пять десятых», "point five": how many words it takes.
    fn fraction(&mut self, word: &str) -> Option<usize> {
        let current = self.current;
        let unit = if current.is_some() { 1 } else { self.class? };
        let next = self.word(1).unwrap_or_default();
        let after = self.word(2).unwrap_or_default();
        let half = match (word, next) {
            ("с", "половиной" | "половинкой") | ("and", "half") => 2,
            ("and", "a") if after == "half" => 3,
            _ => return self.decimal(word),
        };
        match self.current.as_mut() {
            Some(current) => {
                current.thousandths = current.thousandths.checked_add(500)?;
                current.smallest = 1;
            }
            None => self.total = self.total.saturating_add(unit.checked_mul(500)?),
        }
        Some(half)
    }

    fn decimal(&mut self, word: &str) -> Option<usize> {
        let current = self.current?;
        let spelt = ["целых", "целая", "целые"].contains(&word);
        let point = ["point", "точка", "запятая"].contains(&word);
        if !(spelt || point) || current.thousandths % 1000 != 0 {
            return None;
        }
        if point && let Some(decimals) = self.places() {
            return Some(decimals);
        }
        let skip = 1 + usize::from(spelt && self.word(1) == Some("и"));
        let rest = numeral_at(self.words, self.at + skip)?;
        let count = rest
            .value
            .as_whole()
            .filter(|count| (0..1000).contains(count))?;
        let mut taken = rest.range.end - self.at;
        let parts = self.word(taken).unwrap_or_default();
        let parts = if parts.starts_with("десят") {
            10
        } else if parts.starts_with("сот") {
            100
        } else if parts.starts_with("тысячн") {
            1000
        } else if spelt {
            return None;
        } else {
            taken -= 1;
            10_i64.pow(u32::try_from(count.to_string().len()).ok()?)
        };
        let thousandths = current.thousandths.checked_add(count * 1000 / parts)?;
        self.current = Some(Current {
            thousandths,
            smallest: 1,
        });
        Some(taken + 1)
    }

    /// Decimal places said one by one: "point zero five".
    fn places(&mut self) -> Option<usize> {
        let mut places = String::new();
        while let Some(word) = self.word(1 + places.len()).and_then(number_word) {
            if word.part == Part::Zero {
                places.push('0');
            } else if let Part::Unit(n) = word.part
                && !word.ordinal
            {
                places.push_str(&n.to_string());
            } else {
                break;
            }
        }
        if !(1..=3).contains(&places.len()) {
            return None;
        }
        let taken = 1 + places.len();
        let thousandths: i64 = format!("{places:0<3}").parse().ok()?;
        let current = self.current.as_mut()?;
        current.thousandths = current.thousandths.checked_add(thousandths)?;
        current.smallest = 1;
        Some(taken)
    }

    /// "And" between the parts of an English number, "a" before a hundred or a thousand.
    fn joint(&self, word: &str) -> Option<usize> {
        let next = number_word(self.word(1)?)?;
        let class = matches!(next.part, Part::Hundred | Part::Class(_) | Part::Whole(_));
        let first = self.at == self.start;
        match word {
            "a" | "an"
                if class && (first || self.current.is_some_and(|c| c.thousandths == 500)) =>
            {
                Some(1)
            }
            "of" if !first && matches!(next.part, Part::Class(_) | Part::Hundred) => Some(1),
            "and" if !first && !matches!(next.part, Part::Half | Part::Zero | Part::Whole(_)) => {
                let below = self.current.map_or(1000, |current| current.smallest);
                (below >= 100 && self.class.is_some() || below == 100).then_some(1)
            }
            _ => None,
        }
    }

    fn finish(self) -> Option<Numeral> {
        if self.current.is_none() && self.class.is_none() {
            return None;
        }
        let rest = self.current.map_or(0, |current| current.thousandths);
        Some(Numeral {
            range: self.start..self.at,
            value: Quantity::from_thousandths(self.total.checked_add(rest)?),
            ordinal: self.ordinal,
        })
    }
}

#[cfg(test)]
mod tests;
