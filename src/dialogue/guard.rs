//! Guards: small conditions on variables, slots and counters.
//!
//! `score >= 4 and not email`, `city in ["Москва", "Казань"]`, `visits.price > 1`. Values are texts
//! as leads and callees bring them; where both sides are numbers they are compared as numbers,
//! where both are moments as moments, else as words whatever their case; what is added to a moment
//! is days. A name without a value is
//! false and smaller than nothing.

use std::collections::BTreeSet;

use jiff::Span;
use jiff::civil::DateTime;

use super::template::filters::moment_of;

mod parse;
mod spoken;

pub(super) use parse::GuardError;

/// What a name stands for when a guard is judged.
pub(super) trait Known {
    /// The value of a name; `None` where it has none.
    fn value(&self, name: &str) -> Option<String>;
}

/// A condition, as it was written and as it is judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Guard {
    text: String,
    root: Expression,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, PartialEq)]
enum Expression {
    Text(String),
    Number(f64),
    Flag(bool),
    Name(String),
    Sum(Box<Self>, f64, Box<Self>),
    Compare(Box<Self>, Comparison, Box<Self>),
    In(Box<Self>, Vec<Self>),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
}

#[derive(Debug, Clone, PartialEq)]
enum Value {
    Text(String),
    Number(f64),
    Flag(bool),
    Nothing,
}

impl Value {
    fn of(text: &str) -> Self {
        match text.trim() {
            "" => Self::Nothing,
            "true" => Self::Flag(true),
            "false" => Self::Flag(false),
            trimmed => trimmed
                .parse()
                .ok()
                .filter(|number: &f64| number.is_finite())
                .map_or_else(|| Self::Text(text.to_owned()), Self::Number),
        }
    }

    fn holds(&self) -> bool {
        match self {
            Self::Flag(flag) => *flag,
            Self::Nothing => false,
            Self::Text(_) | Self::Number(_) => true,
        }
    }

    fn order(&self, other: &Self) -> Option<std::cmp::Ordering> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (Self::Nothing, Self::Nothing) => Some(std::cmp::Ordering::Equal),
            (Self::Nothing, _) | (_, Self::Nothing) => None,
            _ => match (self.moment(), other.moment()) {
                (Some(a), Some(b)) => Some(a.cmp(&b)),
                _ => Some(self.word().cmp(&other.word())),
            },
        }
    }

    fn moment(&self) -> Option<DateTime> {
        let Self::Text(text) = self else {
            return None;
        };
        moment_of(text)
    }

    /// A moment so many whole days later; `None` of what is no moment.
    fn days_on(&self, days: f64) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a cast saturates, and fractions are refused"
        )]
        let whole = days as i64;
        let span = Span::new()
            .try_days(whole)
            .ok()
            .filter(|_| days.fract() == 0.0)?;
        let at = self.moment()?.checked_add(span).ok()?;
        Some(Self::Text(at.to_string()))
    }

    fn word(&self) -> String {
        match self {
            Self::Text(text) => text.trim().to_lowercase(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Nothing => String::new(),
        }
    }
}

impl Guard {
    /// Reads a condition.
    ///
    /// # Errors
    /// Where it is no condition, counted in characters from its beginning, and why.
    pub(super) fn parse(text: &str) -> Result<Self, GuardError> {
        Ok(Self {
            text: text.to_owned(),
            root: parse::parse(text)?,
        })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it holds.
    pub(super) fn holds(&self, known: &dyn Known) -> bool {
        self.root.value(known).holds()
    }

    /// The names it asks for.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        self.root.names()
    }

    /// Names that certainly have a value where the guard holds, or where it does not: `date` where
    /// `date and score > 2` holds, or where `not date` does not.
    pub(super) fn grants(&self, holds: bool) -> BTreeSet<&str> {
        self.root.grants(holds)
    }

    /// Values of `name` that tell the guard's answers apart: those it is compared with, and for
    /// numbers their neighbours.
    pub(super) fn telling(&self, name: &str) -> BTreeSet<String> {
        let mut values = BTreeSet::new();
        for other in self.compared(name) {
            if let Expression::Text(text) = other {
                values.insert(text.clone());
            } else if let Expression::Flag(flag) = other {
                values.insert(flag.to_string());
            } else if let Expression::Number(number) = other {
                values.extend([number - 1.0, *number, number + 1.0].map(|n| n.to_string()));
            }
        }
        values
    }

    /// The texts that a name is compared with.
    pub(super) fn texts(&self, name: &str) -> BTreeSet<String> {
        let mut texts = BTreeSet::new();
        for other in self.compared(name) {
            if let Expression::Text(text) = other
                && !text.trim().is_empty()
            {
                texts.insert(text.clone());
            }
        }
        texts
    }

    /// What a name is compared with.
    fn compared(&self, name: &str) -> Vec<&Expression> {
        let mut others: Vec<&Expression> = Vec::new();
        self.root.walk(&mut |expression| {
            if let Expression::Compare(a, _, b) = expression {
                if a.mentions(name) {
                    others.push(b);
                } else if b.mentions(name) {
                    others.push(a);
                }
            } else if let Expression::In(a, list) = expression
                && a.mentions(name)
            {
                others.extend(list);
            }
        });
        others
    }
}

impl Expression {
    fn value(&self, known: &dyn Known) -> Value {
        match self {
            Self::Text(text) => Value::of(text),
            Self::Number(number) => Value::Number(*number),
            Self::Flag(flag) => Value::Flag(*flag),
            Self::Name(name) => known
                .value(name)
                .map_or(Value::Nothing, |text| Value::of(&text)),
            Self::Sum(a, sign, b) => match (a.value(known), b.value(known)) {
                (Value::Number(a), Value::Number(b)) => Value::Number(a + sign * b),
                (at, Value::Number(days)) => at.days_on(sign * days).unwrap_or(Value::Nothing),
                _ => Value::Nothing,
            },
            Self::Compare(a, how @ (Comparison::Equal | Comparison::NotEqual), b) => {
                Value::Flag(how.fits(a.order(b, known)))
            }
            Self::Compare(a, how, b) => {
                let order = a.value(known).order(&b.value(known));
                Value::Flag(how.fits(order))
            }
            Self::In(a, list) => {
                let wanted = a.value(known);
                let same = |item: &Self| item.value(known).order(&wanted);
                Value::Flag(list.iter().any(|item| same(item) == Some(EQUAL)))
            }
            Self::Not(a) => Value::Flag(!a.value(known).holds()),
            Self::And(a, b) => Value::Flag(a.value(known).holds() && b.value(known).holds()),
            Self::Or(a, b) => Value::Flag(a.value(known).holds() || b.value(known).holds()),
        }
    }

    /// How two sides compare; what a callee said is the same as far as it was said.
    fn order(&self, other: &Self, known: &dyn Known) -> Option<std::cmp::Ordering> {
        let (a, b) = (self.value(known), other.value(known));
        let said = |side: &Self, at: &Value, other: &Value| {
            let Self::Name(name) = side else {
                return false;
            };
            let moments = at.moment().zip(other.moment());
            moments.is_some_and(|(said, at)| spoken::tells(name, said, at, known))
        };
        if said(self, &a, &b) || said(other, &b, &a) {
            return Some(EQUAL);
        }
        a.order(&b)
    }

    fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        match self {
            Self::Sum(a, _, b) | Self::Compare(a, _, b) | Self::And(a, b) | Self::Or(a, b) => {
                a.walk(visit);
                b.walk(visit);
            }
            Self::In(a, list) => {
                a.walk(visit);
                for item in list {
                    item.walk(visit);
                }
            }
            Self::Not(a) => a.walk(visit),
            Self::Text(_) | Self::Number(_) | Self::Flag(_) | Self::Name(_) => {}
        }
    }

    fn mentions(&self, name: &str) -> bool {
        let mut found = false;
        self.walk(&mut |expression| found |= matches!(expression, Self::Name(n) if n == name));
        found
    }

    fn grants(&self, holds: bool) -> BTreeSet<&str> {
        match self {
            Self::Name(name) if holds => BTreeSet::from([name.as_str()]),
            Self::Not(a) => a.grants(!holds),
            Self::And(a, b) | Self::Or(a, b) => {
                let (a, mut b) = (a.grants(holds), b.grants(holds));
                // Both halves of an `and` that holds do, and both of an `or` that fails.
                if matches!(self, Self::And(..)) == holds {
                    b.extend(a);
                    return b;
                }
                a.intersection(&b).copied().collect()
            }
            Self::Compare(a, how, b) if how.demands_values(a, b, holds) => {
                let mut names = a.names();
                names.extend(b.names());
                names
            }
            Self::In(a, list) if holds && list.iter().all(Self::is_value) => a.names(),
            Self::Compare(..)
            | Self::In(..)
            | Self::Name(_)
            | Self::Sum(..)
            | Self::Text(_)
            | Self::Number(_)
            | Self::Flag(_) => BTreeSet::new(),
        }
    }

    fn names(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.walk(&mut |expression| {
            if let Self::Name(name) = expression {
                names.insert(name.as_str());
            }
        });
        names
    }

    /// Whether it is written down and is not nothing.
    fn is_value(&self) -> bool {
        match self {
            Self::Text(text) => !text.trim().is_empty(),
            Self::Number(_) | Self::Flag(_) => true,
            Self::Name(_)
            | Self::Sum(..)
            | Self::Not(_)
            | Self::And(..)
            | Self::Or(..)
            | Self::Compare(..)
            | Self::In(..) => false,
        }
    }
}

const EQUAL: std::cmp::Ordering = std::cmp::Ordering::Equal;

impl Comparison {
    /// Whether both sides must have values for this to hold, or not to hold.
    fn demands_values(self, a: &Expression, b: &Expression, holds: bool) -> bool {
        let written = a.is_value() || b.is_value();
        let is_empty = |e: &Expression| matches!(e, Expression::Text(t) if t.trim().is_empty());
        let against_empty = is_empty(a) || is_empty(b);
        match self {
            Self::Equal if holds => written,
            Self::NotEqual if !holds => written,
            Self::Equal | Self::NotEqual => against_empty,
            Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => holds,
        }
    }

    fn fits(self, order: Option<std::cmp::Ordering>) -> bool {
        match self {
            Self::Equal => order == Some(EQUAL),
            Self::NotEqual => order != Some(EQUAL),
            Self::Less => order.is_some_and(std::cmp::Ordering::is_lt),
            Self::LessOrEqual => order.is_some_and(std::cmp::Ordering::is_le),
            Self::Greater => order.is_some_and(std::cmp::Ordering::is_gt),
            Self::GreaterOrEqual => order.is_some_and(std::cmp::Ordering::is_ge),
        }
    }
}

#[cfg(test)]
mod tests;
