//! What a dialled number does: silence, ringing, early media, an answer or a refusal.
//!
//! A [`Line`] is to the exchange what a dialplan is to a carrier: steps, one after the other. Which
//! number has which line is the business of whoever starts the exchange ([`Callees`]).

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::rehearsal::callee::{Act, Announcement, Callee, Part};
use crate::rehearsal::people::{LineEnd, LinePlan};

/// What the network says of a phone that is off, in the telephone lab.
pub const ANNOUNCEMENT: &str = "абонент недоступен";

/// One thing that the network or the callee's telephone does.
#[derive(Debug)]
pub enum Step {
    /// Nothing new for so long.
    Wait(Duration),
    /// The phone rings (180): the exchange itself makes the ring-back.
    Ring,
    /// Early media (183): it is heard before the answer.
    Sound(Announcement),
    /// Somebody picks up; nothing follows.
    Answer(Box<Callee>),
    /// The call ends with this SIP status; nothing follows.
    Refuse(u16),
}

/// What happens when a number is rung. After its last step nothing happens any more: it rings, or
/// keeps silent, until the caller gives up.
#[derive(Debug, Default)]
pub struct Line {
    /// In their order.
    pub steps: Vec<Step>,
}

impl Line {
    /// Rings and is answered.
    pub fn answered(ring: Duration, callee: Callee) -> Self {
        Self {
            steps: vec![Step::Ring, Step::Wait(ring), Step::Answer(Box::new(callee))],
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

    /// No such number: 404.
    pub fn unknown_number() -> Self {
        Self::refused(None, 404)
    }

    /// What a character's line does in one call, and who answers it.
    pub fn planned(plan: &LinePlan, callee: impl FnOnce() -> Callee) -> Self {
        let mut steps = Vec::new();
        let mut now_ms = 0;
        let mut wait_until = |at_ms: u32, steps: &mut Vec<Step>| {
            let wait = at_ms.saturating_sub(now_ms);
            now_ms = now_ms.max(at_ms);
            steps.push(Step::Wait(Duration::from_millis(wait.into())));
        };
        if let Some(at_ms) = plan.rings_at_ms {
            wait_until(at_ms, &mut steps);
            steps.push(Step::Ring);
        }
        if let Some(early) = &plan.early_media {
            wait_until(early.at_ms, &mut steps);
            steps.push(Step::Sound(early.sound()));
        }
        if let Some((at_ms, end)) = plan.end {
            wait_until(at_ms, &mut steps);
            steps.push(match end {
                LineEnd::Answered => Step::Answer(Box::new(callee())),
                LineEnd::Refused(refusal) => Step::Refuse(refusal.sip),
            });
        }
        Self { steps }
    }
}

/// A call that the trunk has been asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calling {
    /// Which call of this exchange it is, from 1, in the order of dialling.
    pub sequence: u32,
    /// Which call to this number it is, from 1.
    pub attempt: u32,
    /// The number as dialled, `PJSIP/<this>@trunk`.
    pub number: String,
    /// The caller id shown; empty where the call is anonymous.
    pub caller: String,
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

    /// The caller's digits.
    pub fn caller_digits(&self) -> String {
        digits(&self.caller)
    }
}

fn digits(number: &str) -> String {
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
            "79000000062" => return said(&[Act::Say(ANNOUNCEMENT.to_owned())], false),
            "79000000063" => {
                let tone = Act::Beep { hz: 425, ms: 350 };
                return said(&[tone, Act::PauseMs(350)], true);
            }
            _ => {}
        }
        let owns = |part: &&Part| part.numbers.contains(&digits);
        let Some(part) = self.parts.iter().find(owns) else {
            return Line::unknown_number();
        };
        let callee = Callee::new(part, &calling.caller_digits(), &digits);
        if digits == "79000000061" {
            return early(callee);
        }
        Line::answered(Duration::from_millis(500), callee)
    }
}

/// What the network says why nobody will answer; ten seconds later it declines.
fn said(acts: &[Act], repeats: bool) -> Line {
    Line {
        steps: vec![
            Step::Wait(Duration::from_millis(300)),
            Step::Sound(Announcement::new(acts, repeats)),
            Step::Wait(Duration::from_secs(10)),
            Step::Refuse(603),
        ],
    }
}

/// The carrier's own ring-back as early media, then the answer.
fn early(callee: Callee) -> Line {
    let ring_back = [Act::Beep { hz: 425, ms: 1_000 }, Act::PauseMs(4_000)];
    Line {
        steps: vec![
            Step::Sound(Announcement::new(&ring_back, true)),
            Step::Wait(Duration::from_millis(2_500)),
            Step::Answer(Box::new(callee)),
        ],
    }
}
