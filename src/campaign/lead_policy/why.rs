//! Why a lead may not be rung now, or never: facts for code, one line for a person.

use std::fmt;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::history::Ending;
use super::limits::Span;
use crate::line::Disposition;

/// Whose attempts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// The lead's, at whichever of its numbers.
    Lead,
    /// The number's, whatever the campaign.
    Number,
}

/// Why not now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyLater {
    /// Somebody rings the number at this moment.
    BeingRung,
    /// The calling window is closed where the callee lives.
    Window,
    /// The list says not before.
    NotBefore,
    /// The consent is dated later than today.
    ConsentAhead(Date),
    /// The last attempt ended so, for the n-th time, and a repeat waits so long.
    Repeat {
        /// How it ended.
        ending: Ending,
        /// How often it ended so.
        times: u32,
        /// How long the rule waits.
        delay: SignedDuration,
    },
    /// The callee was promised this hour.
    Promised,
    /// The last call to the number is too fresh.
    Gap(SignedDuration),
    /// A limit was reached.
    Limit {
        /// Whose.
        whose: Whose,
        /// So many.
        limit: u32,
        /// In this time.
        span: Span,
    },
    /// So many calls today reached nobody, through no doing of the callee.
    Congested(u32),
    /// A repeat at another part of the day is likelier to reach somebody.
    OtherPartOfDay,
}

/// Why never, as things stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyNever {
    /// On the do-not-call list, and why.
    Forbidden(String),
    /// Reached; what the dialogue concluded.
    Settled(Option<String>),
    /// None of its numbers exists.
    Invalid,
    /// It ended so as often as the policy allows.
    Exhausted {
        /// How.
        ending: Ending,
        /// So often.
        limit: u32,
    },
    /// It was rung as often as the policy allows, however it ended.
    Attempts(u32),
    /// The purpose needs the callee's consent, and the list has none.
    NoConsent,
    /// The callee refused.
    ConsentRefused,
    /// The purpose needs the date of the consent.
    NoConsentDate,
    /// The time in which the list allows to ring is over.
    Expired,
    /// The zones in which the callee may live have no hour in common.
    NeverOpen,
    /// It ended in a way that is not repeated.
    NotRepeated(Disposition),
    /// The scenario cannot be said with what the list tells of it: found by a run, not by the policy.
    NoValue,
    /// The speech service does not take its first prompt: found by a run too.
    TextRefused,
    /// Its first prompt was not made, by no fault of the list: found by a run too.
    SpeechFault,
}

impl WhyLater {
    /// The word in JSON and in the ledger.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::BeingRung => "being_rung",
            Self::Window => "calling_window",
            Self::NotBefore => "not_before",
            Self::ConsentAhead(_) => "consent_ahead",
            Self::Repeat { .. } => "repeat",
            Self::Promised => "promised",
            Self::Gap(_) => "smallest_gap",
            Self::Limit { .. } => "limit",
            Self::Congested(_) => "congested",
            Self::OtherPartOfDay => "other_part_of_day",
        }
    }
}

impl WhyNever {
    /// The word in JSON and in the ledger.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Forbidden(_) => "do_not_call",
            Self::Settled(_) => "settled",
            Self::Invalid => "invalid_number",
            Self::Exhausted { .. } | Self::Attempts(_) => "exhausted",
            Self::NoConsent | Self::NoConsentDate => "no_consent",
            Self::ConsentRefused => "consent_refused",
            Self::Expired => "expired",
            Self::NeverOpen => "never_open",
            Self::NotRepeated(_) => "not_repeated",
            Self::NoValue => "no_value",
            Self::TextRefused => "text_refused",
            Self::SpeechFault => "speech_fault",
        }
    }

    /// Whether the attempts made it so, so that the lead is done; otherwise another list or another
    /// policy may still bring it back.
    pub fn is_done(&self) -> bool {
        matches!(
            self,
            Self::Settled(_) | Self::Invalid | Self::NotRepeated(_)
        )
    }
}

impl fmt::Display for WhyLater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeingRung => f.write_str("the number is being rung at this moment"),
            Self::Window => f.write_str("outside the calling window where the callee lives"),
            Self::NotBefore => f.write_str("the list says not_before"),
            Self::ConsentAhead(date) => write!(f, "the consent holds from {date} on"),
            Self::Repeat {
                ending,
                times,
                delay,
            } => {
                let (ending, delay) = (ending.as_str(), spoken(*delay));
                write!(
                    f,
                    "{ending} for the {} time, repeated after {delay}",
                    nth(*times)
                )
            }
            Self::Promised => f.write_str("the callee was promised this hour"),
            Self::Gap(gap) => write!(f, "the number was rung less than {} before", spoken(*gap)),
            Self::Limit { whose, limit, span } => {
                let whose = match whose {
                    Whose::Lead => "the lead",
                    Whose::Number => "the number",
                };
                write!(
                    f,
                    "{whose} was rung {limit} times in a {span}, which is the limit"
                )
            }
            Self::Congested(limit) => {
                write!(
                    f,
                    "{limit} calls did not get through today, which is the limit"
                )
            }
            Self::OtherPartOfDay => f.write_str("a repeat at another part of the day"),
        }
    }
}

impl fmt::Display for WhyNever {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forbidden(why) => write!(f, "on the do-not-call list: {why}"),
            Self::Settled(None) => f.write_str("reached"),
            Self::Settled(Some(outcome)) => write!(f, "reached: {outcome}"),
            Self::Invalid => f.write_str("no such number"),
            Self::Exhausted { ending, limit } => {
                write!(f, "{} {limit} times, which is the limit", ending.as_str())
            }
            Self::Attempts(limit) => write!(f, "rung {limit} times, which is the limit"),
            Self::NoConsent => f.write_str("no consent to such calls (column `consent`)"),
            Self::ConsentRefused => f.write_str("the callee refused such calls (column `consent`)"),
            Self::NoConsentDate => f.write_str("the consent has no date (column `consent_date`)"),
            Self::Expired => f.write_str("not_after is over"),
            Self::NeverOpen => f.write_str(
                "the zones it may live in have no calling hour in common (set the column `timezone`)",
            ),
            Self::NotRepeated(disposition) => write!(f, "{disposition}, which is not repeated"),
            Self::NoValue => f.write_str(
                "the list has no value, or none that fits, for something that the scenario says (mend the list, or give it a default in [variables])",
            ),
            Self::TextRefused => f.write_str(
                "the speech service refused to say its first prompt (mend what the list gives for it, or the scenario)",
            ),
            Self::SpeechFault => f.write_str(
                "the speech service and this program did not understand each other over its first prompt (the list is not at fault: the next run tries it again)",
            ),
        }
    }
}

fn nth(times: u32) -> String {
    let ending = match (times % 10, times % 100) {
        (1, rest) if rest != 11 => "st",
        (2, rest) if rest != 12 => "nd",
        (3, rest) if rest != 13 => "rd",
        _ => "th",
    };
    format!("{times}{ending}")
}

/// `2 h 30 min`, rounded to what a person needs.
fn spoken(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let parts = [(days, "d"), (hours, "h"), (minutes, "min")];
    let words: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if words.is_empty() {
        return format!("{seconds} s");
    }
    words.join(" ")
}

/// When a lead may be rung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Now.
    May,
    /// At this time, if nothing happens before, and what it waits for, in order.
    NotBefore(Timestamp, Vec<WhyLater>),
    /// Never, as things stand.
    Never(WhyNever),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::May => f.write_str("may be rung now"),
            Self::NotBefore(_, whys) => {
                let whys: Vec<String> = whys.iter().map(ToString::to_string).collect();
                f.write_str(&whys.join("; "))
            }
            Self::Never(why) => write!(f, "{why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        let ordinals: Vec<_> = [1, 2, 3, 4, 11, 12, 13, 21].map(nth).into();
        assert_eq!(
            ordinals,
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st"]
        );
        assert_eq!(spoken(SignedDuration::from_mins(90)), "1 h 30 min");
        assert_eq!(spoken(SignedDuration::from_secs(45)), "45 s");
        assert_eq!(spoken(SignedDuration::from_hours(48)), "2 d");
    }
}
