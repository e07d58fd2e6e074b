//! What a dialled number does: silence, ringing, early media, an answer or a refusal.
//!
//! A [`Line`] is to the exchange what a dialplan is to a carrier: steps, one after the other. Who
//! picks up is a [`Part`]; which number has which line is the business of whoever starts the
//! exchange ([`Callees`]).

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::rehearsal::callee::{Act, Part};

/// One thing that the network or the callee's telephone does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing new for so long.
    Wait(Duration),
    /// The phone rings (180): the exchange itself makes the ring-back.
    Ring,
    /// Early media (183): what the part says is heard before the answer. Its replies too, should
    /// somebody speak to it.
    Sound(Part),
    /// Somebody picks up; nothing follows.
    Answer(Part),
    /// The call ends with this SIP status; nothing follows.
    Refuse(u16),
}

/// What happens when a number is rung. After its last step nothing happens any more: it rings, or
/// keeps silent, until the caller gives up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// In their order.
    pub steps: Vec<Step>,
}

impl Line {
    /// Rings and is answered.
    pub fn answered(ring: Duration, part: Part) -> Self {
        Self {
            steps: vec![Step::Ring, Step::Wait(ring), Step::Answer(part)],
        }
    }

    /// Rings for ever.
    pub fn unanswered() -> Self {
        Self {
            steps: vec![Step::Ring],
        }
    }

    /// Ends with a SIP status; where `ring` is given, after having rung for so long (busy 486,
    /// declined 603), else at once (404, 480, 503).
    pub fn refused(ring: Option<Duration>, sip: u16) -> Self {
        let mut steps = Vec::new();
        if let Some(ring) = ring {
            steps.extend([Step::Ring, Step::Wait(ring)]);
        }
        steps.push(Step::Refuse(sip));
        Self { steps }
    }

    /// An announcement in early media, after which the network ends the call with a SIP status.
    pub fn announced(text: &str, lasts: Duration, sip: u16) -> Self {
        Self {
            steps: vec![
                Step::Sound(network(vec![Act::Say(text.to_owned())])),
                Step::Wait(lasts),
                Step::Refuse(sip),
            ],
        }
    }

    /// No such number: 404.
    pub fn unknown_number() -> Self {
        Self::refused(None, 404)
    }
}

/// A voice or a tone of the network itself: it says its acts at once, whoever speaks.
pub fn network(acts: Vec<Act>) -> Part {
    Part {
        name: "network".to_owned(),
        numbers: Vec::new(),
        greeting: acts,
        speaks_over: true,
        greeting_after_ms: 0,
        replies: Vec::new(),
        patience_ms: 500,
        reply_after_ms: 200,
        during: Vec::new(),
        stay_ms: u32::MAX,
    }
}

/// A call that the trunk has been asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calling {
    /// The number as dialled, `PJSIP/<this>@trunk`.
    pub number: String,
    /// The caller id shown; empty where the call is anonymous.
    pub caller: String,
    /// How many calls to this number came before.
    pub before: usize,
    /// The channel's id, as its owner chose it.
    pub channel: String,
    /// The variables set on the channel.
    pub variables: BTreeMap<String, String>,
}

impl Calling {
    /// The number's digits.
    pub fn digits(&self) -> String {
        digits(&self.number)
    }
}

pub(super) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// Who has which number.
pub trait Callees: fmt::Debug + Send + Sync {
    /// The line of the number that is being rung.
    fn line(&self, calling: &Calling) -> Line;
}

/// The parts of the telephone lab and their numbers; what its dialplan does besides, too.
#[derive(Debug, Clone)]
pub struct LabCallees {
    parts: Vec<Part>,
}

impl LabCallees {
    /// `parts` tell their numbers themselves.
    pub fn new(parts: Vec<Part>) -> Self {
        Self { parts }
    }
}

impl Callees for LabCallees {
    fn line(&self, calling: &Calling) -> Line {
        let digits = calling.digits();
        let short = Some(Duration::from_millis(300));
        // The numbers of tests/lab/carrier/extensions.conf.
        match digits.as_str() {
            "79000000051" => return Line::refused(short, 486),
            "79000000052" => return Line::unanswered(),
            "79000000053" => return Line::refused(short, 603),
            "79000000054" => return Line::refused(None, 403),
            "79000000055" => return Line::refused(None, 404),
            "79000000056" => return Line::refused(None, 503),
            "79000000057" => return Line::refused(None, 480),
            _ => {}
        }
        let owns = |part: &&Part| part.numbers.contains(&digits);
        let Some(part) = self.parts.iter().find(owns).cloned() else {
            return Line::unknown_number();
        };
        if digits == "79000000061" {
            return early(part);
        }
        Line::answered(Duration::from_millis(500), part)
    }
}

/// The carrier's own ring-back as early media, then the answer.
fn early(part: Part) -> Line {
    let ring_back = network(vec![Act::Beep { hz: 425, ms: 1_000 }, Act::PauseMs(4_000)]);
    Line {
        steps: vec![
            Step::Sound(ring_back),
            Step::Wait(Duration::from_millis(2_500)),
            Step::Answer(part),
        ],
    }
}
