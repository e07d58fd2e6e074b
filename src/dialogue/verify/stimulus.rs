//! What a callee may do in a state, and the values that tell conditions apart.

use std::collections::{BTreeMap, BTreeSet};

use super::super::intent::Evidence;
use super::super::lint::accepted;
use super::super::machine::{Filled, MARKS, Meaning, stand_ins};
use super::super::scenario::{Scenario, State};
use super::super::slot::SlotKind;
use super::explore::Move;

/// The values that conditions tell apart, by name.
#[derive(Debug, Default)]
pub(super) struct Telling<'a> {
    /// Names that conditions ask for, with the values they are compared with.
    pub(super) names: BTreeMap<&'a str, BTreeSet<String>>,
}

impl<'a> Telling<'a> {
    pub(super) fn of(scenario: &'a Scenario) -> Self {
        let mut names: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for guard in scenario.all_ways().filter_map(|way| way.guard.as_ref()) {
            for name in guard.names() {
                names.entry(name).or_default().extend(guard.telling(name));
            }
        }
        Self { names }
    }

    /// The value as conditions see it: a count beyond every comparison is like the one after the
    /// last.
    pub(super) fn seen(&self, name: &str, value: String) -> String {
        let Ok(number) = value.parse::<f64>() else {
            return value;
        };
        let compared = self.names.get(name).into_iter().flatten();
        let highest = compared
            .filter_map(|value| value.parse::<f64>().ok())
            .fold(0.0, f64::max);
        if number > highest {
            format!("more than {highest}")
        } else {
            value
        }
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &String> {
        self.names.get(name).into_iter().flatten()
    }
}

/// Everything that a callee may do in a state.
pub(super) fn moves(scenario: &Scenario, state: &State, telling: &Telling<'_>) -> Vec<Move> {
    let mut moves = vec![Move::Silence, Move::Nothing];
    for intent in accepted(scenario, state) {
        moves.push(Move::Intent(intent.to_owned()));
        let global = scenario.global.on.get(intent);
        let ways = state.on.get(intent).into_iter().chain(global).flatten();
        let slots: BTreeSet<&String> = ways.flat_map(|way| &way.collect).collect();
        for slot in slots {
            for filled in fillings(scenario, slot, telling) {
                moves.push(Move::IntentWith(intent.to_owned(), filled));
            }
        }
    }
    for (slot, _) in &state.slots {
        let filled = fillings(scenario, slot, telling);
        moves.extend(filled.into_iter().map(Move::Slot));
    }
    let keys: BTreeSet<char> = state
        .keys
        .keys()
        .chain(scenario.global.keys.keys())
        .copied()
        .collect();
    moves.extend(keys.into_iter().map(Move::Key));
    moves
}

/// A day that is ahead in the talks that are tried; the one that stands for all is past.
const AHEAD: &str = "2026-02-02";

/// A slot with each value that conditions tell apart, and one that they do not.
fn fillings(scenario: &Scenario, slot: &str, telling: &Telling<'_>) -> Vec<Filled> {
    let Some(spec) = scenario.slots.get(slot) else {
        return Vec::new();
    };
    let mut values: BTreeSet<String> = match &spec.kind {
        SlotKind::Choice(options) => options.iter().map(|option| option.value.clone()).collect(),
        SlotKind::YesNo => ["yes", "no"].map(str::to_owned).into(),
        SlotKind::Number | SlotKind::Money => {
            let fits = |value: &&String| {
                let number: f64 = value.parse().unwrap_or_default();
                spec.min.is_none_or(|min| number >= min as f64)
                    && spec.max.is_none_or(|max| number <= max as f64)
            };
            let mut values: BTreeSet<String> = telling.values(slot).filter(fits).cloned().collect();
            let usual = spec.min.or(spec.max).unwrap_or(100);
            values.insert(usual.to_string());
            values
        }
        SlotKind::Date
        | SlotKind::Time
        | SlotKind::Moment
        | SlotKind::Name
        | SlotKind::Phone
        | SlotKind::Email
        | SlotKind::Text => {
            let mut values: BTreeSet<String> = telling.values(slot).cloned().collect();
            values.extend(stand_ins(scenario).remove(slot));
            // A day that conditions ask after may be past or ahead.
            if spec.kind == SlotKind::Date && telling.names.contains_key(slot) {
                values.insert(AHEAD.to_owned());
            }
            values
        }
    };
    values.retain(|value| !value.is_empty());
    let asked = MARKS.map(|mark| {
        telling
            .names
            .contains_key(format!("{slot}.{mark}").as_str())
    });
    let marked = asked.contains(&true);
    let fill = |value: &String, marks: Vec<&'static str>| Filled {
        slot: slot.to_owned(),
        value: value.clone(),
        said: value.clone(),
        marks,
        until: None,
    };
    let mut filled: Vec<Filled> = values.iter().map(|v| fill(v, MARKS.to_vec())).collect();
    if marked {
        // A day without an hour, an hour without a day, and a part of a day.
        let partial: [Vec<&'static str>; 3] = [
            vec!["dated"],
            vec!["timed", "exact"],
            vec!["dated", "timed"],
        ];
        for marks in partial {
            filled.extend(values.iter().map(|value| fill(value, marks.clone())));
        }
    }
    filled
}

impl Move {
    /// As the machine takes it.
    pub(super) fn meaning(&self) -> Meaning {
        match self {
            Self::Intent(intent) => Meaning::Intent {
                evidence: Evidence::certain(intent, ""),
                filled: Vec::new(),
            },
            Self::IntentWith(intent, filled) => Meaning::Intent {
                evidence: Evidence::certain(intent, ""),
                filled: vec![filled.clone()],
            },
            Self::Slot(filled) => Meaning::Slots {
                filled: vec![filled.clone()],
                evidence: Evidence::certain(&filled.slot, &filled.said),
            },
            Self::Key(key) => Meaning::Key(*key),
            Self::Silence => Meaning::Silence,
            Self::Nothing => Meaning::Nothing,
            Self::TransferFailed => Meaning::TransferFailed,
        }
    }

    /// As a person reads it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Intent(intent) => format!("({intent})"),
            Self::IntentWith(intent, filled) => {
                format!("({intent}, {} = {})", filled.slot, filled.value)
            }
            Self::Slot(filled) => format!("({} = {})", filled.slot, filled.value),
            Self::Key(key) => format!("[{key}]"),
            Self::Silence => "(silence)".to_owned(),
            Self::Nothing => "(something else)".to_owned(),
            Self::TransferFailed => "(nobody takes the call)".to_owned(),
        }
    }

    /// How long the callee takes for it, in milliseconds: an answer is some two and a half
    /// seconds long.
    pub(super) fn takes_ms(&self, listen: super::super::scenario::Listen) -> u64 {
        const ANSWER_MS: u64 = 2_500;
        const RINGING_MS: u64 = 20_000;
        match self {
            Self::Silence => listen.no_input_ms.into(),
            Self::Key(_) => 1_000,
            Self::TransferFailed => RINGING_MS,
            Self::Intent(_) | Self::IntentWith(..) | Self::Slot(_) | Self::Nothing => {
                ANSWER_MS + u64::from(listen.endpoint_ms)
            }
        }
    }
}
