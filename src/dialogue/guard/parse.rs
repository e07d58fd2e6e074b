//! Reads a guard. The grammar, loosest first: `or`, `and`, `not`, a comparison or `in`, `+` and
//! `-`, then a name, a number, a text in quotes, `true`, `false` or brackets.

use super::{Comparison, Expression};

/// A text that is no condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(in crate::dialogue) struct GuardError {
    /// Where, in characters from the beginning of the text.
    pub(in crate::dialogue) at: usize,
    /// What is wrong.
    pub(in crate::dialogue) message: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Sign {
    Name(String),
    Text(String),
    Number(f64),
    Mark(&'static str),
}

/// Longer marks first, so that `<=` is not read as `<`.
const MARKS: [&str; 13] = [
    "==", "!=", "<=", ">=", "<", ">", "+", "-", "(", ")", "[", "]", ",",
];
/// How deep brackets may be nested; a guard is a line, not a program.
const DEEPEST: usize = 32;

pub(super) fn parse(text: &str) -> Result<Expression, GuardError> {
    let mut reader = Reader {
        signs: signs(text)?,
        at: 0,
        end: text.chars().count(),
        depth: 0,
    };
    let root = reader.any()?;
    match reader.signs.get(reader.at) {
        None => Ok(root),
        Some((at, sign)) => Err(unexpected(*at, sign)),
    }
}

fn signs(text: &str) -> Result<Vec<(usize, Sign)>, GuardError> {
    let chars: Vec<char> = text.chars().collect();
    let mut signs = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at).copied() {
        let rest = chars.get(at..).unwrap_or_default();
        let (sign, length) = if c.is_whitespace() {
            at += 1;
            continue;
        } else if c == '"' || c == '\'' {
            quoted(rest, c).ok_or_else(|| GuardError {
                at,
                message: "a text without its closing quote".to_owned(),
            })?
        } else if c.is_ascii_digit() {
            number(rest).ok_or_else(|| GuardError {
                at,
                message: "not a number".to_owned(),
            })?
        } else if c.is_alphabetic() || c == '_' {
            let word = take(rest, |c| c.is_alphanumeric() || c == '_' || c == '.');
            let length = word.chars().count();
            (Sign::Name(word), length)
        } else {
            let mark = MARKS.into_iter().find(|mark| begins(rest, mark));
            let mark = mark.ok_or_else(|| GuardError {
                at,
                message: format!("`{c}` has no meaning in a condition"),
            })?;
            (Sign::Mark(mark), mark.len())
        };
        signs.push((at, sign));
        at += length;
    }
    Ok(signs)
}

fn begins(chars: &[char], text: &str) -> bool {
    text.chars()
        .enumerate()
        .all(|(i, c)| chars.get(i) == Some(&c))
}

fn take(chars: &[char], keep: impl Fn(char) -> bool) -> String {
    chars.iter().copied().take_while(|c| keep(*c)).collect()
}

fn quoted(chars: &[char], quote: char) -> Option<(Sign, usize)> {
    let inside = take(chars.get(1..)?, |c| c != quote);
    let length = inside.chars().count() + 2;
    chars.get(length - 1)?;
    Some((Sign::Text(inside), length))
}

fn number(chars: &[char]) -> Option<(Sign, usize)> {
    let text = take(chars, |c| c.is_ascii_digit() || c == '.' || c == '_');
    let number = text.replace('_', "").parse().ok()?;
    Some((Sign::Number(number), text.len()))
}

fn unexpected(at: usize, sign: &Sign) -> GuardError {
    let shown = match sign {
        Sign::Name(name) => format!("`{name}`"),
        Sign::Text(text) => format!("\"{text}\""),
        Sign::Number(number) => format!("`{number}`"),
        Sign::Mark(mark) => format!("`{mark}`"),
    };
    GuardError {
        at,
        message: format!("{shown} does not belong here"),
    }
}

struct Reader {
    signs: Vec<(usize, Sign)>,
    at: usize,
    end: usize,
    depth: usize,
}

impl Reader {
    fn any(&mut self) -> Result<Expression, GuardError> {
        let mut left = self.all()?;
        while self.word("or") {
            left = Expression::Or(Box::new(left), Box::new(self.all()?));
        }
        Ok(left)
    }

    fn all(&mut self) -> Result<Expression, GuardError> {
        let mut left = self.not()?;
        while self.word("and") {
            left = Expression::And(Box::new(left), Box::new(self.not()?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Expression, GuardError> {
        if self.word("not") {
            self.deeper()?;
            let inner = self.not()?;
            self.depth -= 1;
            return Ok(Expression::Not(Box::new(inner)));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Expression, GuardError> {
        let left = self.sum()?;
        let negated = matches!(self.peek_word(1), Some("in")) && self.word("not");
        if self.word("in") {
            let found = Expression::In(Box::new(left), self.list()?);
            return Ok(if negated {
                Expression::Not(Box::new(found))
            } else {
                found
            });
        }
        for (mark, how) in [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ] {
            if self.mark(mark) {
                return Ok(Expression::Compare(
                    Box::new(left),
                    how,
                    Box::new(self.sum()?),
                ));
            }
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Expression, GuardError> {
        let mut left = self.atom()?;
        loop {
            let sign = if self.mark("+") {
                1.0
            } else if self.mark("-") {
                -1.0
            } else {
                return Ok(left);
            };
            left = Expression::Sum(Box::new(left), sign, Box::new(self.atom()?));
        }
    }

    fn atom(&mut self) -> Result<Expression, GuardError> {
        if self.mark("(") {
            self.deeper()?;
            let inner = self.any()?;
            self.depth -= 1;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.mark("-") {
            self.deeper()?;
            let inner = self.atom()?;
            self.depth -= 1;
            let zero = Expression::Number(0.0);
            return Ok(Expression::Sum(Box::new(zero), -1.0, Box::new(inner)));
        }
        let Some((at, sign)) = self.signs.get(self.at).cloned() else {
            return Err(GuardError {
                at: self.end,
                message: "the condition breaks off".to_owned(),
            });
        };
        self.at += 1;
        match sign {
            Sign::Text(text) => Ok(Expression::Text(text)),
            Sign::Number(number) => Ok(Expression::Number(number)),
            Sign::Name(name) => match name.as_str() {
                "true" => Ok(Expression::Flag(true)),
                "false" => Ok(Expression::Flag(false)),
                "and" | "or" | "not" | "in" => Err(unexpected(at, &Sign::Name(name))),
                _ => Ok(Expression::Name(name)),
            },
            Sign::Mark(_) => Err(unexpected(at, &sign)),
        }
    }

    fn list(&mut self) -> Result<Vec<Expression>, GuardError> {
        self.expect("[")?;
        let mut items = Vec::new();
        while !self.mark("]") {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(self.sum()?);
        }
        Ok(items)
    }

    fn deeper(&mut self) -> Result<(), GuardError> {
        self.depth += 1;
        if self.depth <= DEEPEST {
            return Ok(());
        }
        Err(GuardError {
            at: 0,
            message: "too many brackets".to_owned(),
        })
    }

    fn peek_word(&self, ahead: usize) -> Option<&str> {
        match self.signs.get(self.at + ahead) {
            Some((_, Sign::Name(name))) => Some(name),
            _ => None,
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.peek_word(0) == Some(word);
        self.at += usize::from(found);
        found
    }

    fn mark(&mut self, mark: &str) -> bool {
        let found = matches!(self.signs.get(self.at), Some((_, Sign::Mark(m))) if *m == mark);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, mark: &'static str) -> Result<(), GuardError> {
        if self.mark(mark) {
            return Ok(());
        }
        let at = self.signs.get(self.at).map_or(self.end, |(at, _)| *at);
        Err(GuardError {
            at,
            message: format!("`{mark}` is missing"),
        })
    }
}
