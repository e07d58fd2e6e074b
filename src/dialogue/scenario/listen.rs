//! How to listen after a prompt.

use crate::dialogue::slot::SlotKind;

/// The kind of answer that is expected, and with it how patiently its end is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expect {
    /// A word or two: yes, no, an intent.
    #[default]
    Short,
    /// A number, a sum, a name, a choice: a breath may be taken before it.
    Value,
    /// A date or a time: thought about while it is said.
    Moment,
    /// Something spelt out in groups: a phone number, an address.
    Spelt,
    /// An answer in one's own words.
    Open,
}

impl Expect {
    /// The kind behind a word of the language: `short` or a kind of slot.
    pub(in crate::dialogue) fn parse(word: &str) -> Option<Self> {
        match word {
            "short" => Some(Self::Short),
            "choice" => Some(Self::Value),
            kind => SlotKind::named(kind).map(|kind| Self::of(&kind)),
        }
    }

    /// The kind of answer that a slot asks for.
    pub(super) fn of(kind: &SlotKind) -> Self {
        match kind {
            SlotKind::YesNo => Self::Short,
            SlotKind::Number | SlotKind::Money | SlotKind::Name | SlotKind::Choice(_) => {
                Self::Value
            }
            SlotKind::Date | SlotKind::Time | SlotKind::Moment => Self::Moment,
            SlotKind::Phone | SlotKind::Email => Self::Spelt,
            SlotKind::Text => Self::Open,
        }
    }

    /// Silence that ends such an answer, in milliseconds. Between the groups of a phone number
    /// people pause for up to a second, in an open answer they search for words.
    pub(super) fn endpoint_ms(self) -> u32 {
        match self {
            Self::Short => 380,
            Self::Value => 700,
            Self::Moment => 800,
            Self::Spelt => 1_300,
            Self::Open => 1_200,
        }
    }
}

/// How long to listen, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen {
    /// Silence after a prompt that counts as no input.
    pub no_input_ms: u32,
    /// Silence after speech that ends the callee's turn.
    pub endpoint_ms: u32,
    /// The longest turn of the callee.
    pub max_turn_ms: u32,
    /// The kind of answer.
    pub expect: Expect,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            no_input_ms: 6_000,
            endpoint_ms: Expect::Short.endpoint_ms(),
            max_turn_ms: 20_000,
            expect: Expect::Short,
        }
    }
}

/// What is written about listening in one place; what is not said is taken from elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wish {
    pub(super) no_input_ms: Option<u32>,
    pub(super) endpoint_ms: Option<u32>,
    pub(super) max_turn_ms: Option<u32>,
    pub(super) expect: Option<Expect>,
    pub(super) barge_in: Option<bool>,
}

impl Wish {
    /// This wish, and what `other` says where it says nothing.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            no_input_ms: self.no_input_ms.or(other.no_input_ms),
            endpoint_ms: self.endpoint_ms.or(other.endpoint_ms),
            max_turn_ms: self.max_turn_ms.or(other.max_turn_ms),
            expect: self.expect.or(other.expect),
            barge_in: self.barge_in.or(other.barge_in),
        }
    }

    /// The limits, for a state that listens for slots of the kind `asked`.
    pub(super) fn listen(self, asked: Option<Expect>) -> Listen {
        let usual = Listen::default();
        let expect = self.expect.or(asked).unwrap_or_default();
        Listen {
            no_input_ms: self.no_input_ms.unwrap_or(usual.no_input_ms),
            endpoint_ms: self.endpoint_ms.unwrap_or(expect.endpoint_ms()),
            max_turn_ms: self.max_turn_ms.unwrap_or(usual.max_turn_ms),
            expect,
        }
    }
}
