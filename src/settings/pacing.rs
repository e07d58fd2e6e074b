//! The pacing part of `[campaign]`: how many lines ring, with which numbers, and when to pause.

use jiff::SignedDuration;

use super::error::SettingsError;
use super::reader::Reader;
use super::value;
use crate::campaign::{BreakerLimits, CallerIdLimits, Mode, Ramp};

const SECTION: &str = "campaign";

/// The pacing part of `[campaign]`.
#[derive(Debug, Clone, PartialEq)]
pub struct PacingSettings {
    /// How many lines ring beside the talks.
    pub mode: Mode,
    /// Conversations at once, 1..=1000; `None` where it was left open.
    pub max_conversations: Option<u32>,
    /// How the rate is reached.
    pub ramp: Ramp,
    /// The numbers that callees see, in turns; none leaves it to `[asterisk] caller_id`.
    pub caller_ids: Vec<CallerIdLimits>,
    /// When to pause for a trouble outside.
    pub breaker: BreakerLimits,
    /// What callees hear who have to wait for a conversation.
    pub greeting: Option<String>,
    /// What they hear who have waited in vain.
    pub farewell: Option<String>,
}

impl PacingSettings {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, SettingsError> {
        let max_drop = reader.required(SECTION, "max_drop", share)?;
        let over = reader.required(SECTION, "ramp_up", value::delay)?;
        let daily = reader.required(SECTION, "caller_id_per_day", value::limit)?;
        let rate = reader.optional(SECTION, "caller_id_per_second", value::rate)?;
        let caller_ids = reader.optional(SECTION, "caller_ids", caller_ids)?;
        let limits = |(number, own): (String, Option<u32>)| CallerIdLimits {
            daily: own.or((daily > 0).then_some(daily)),
            calls_per_second: rate,
            ..CallerIdLimits::new(number)
        };
        Ok(Self {
            mode: reader.required(SECTION, "mode", |text| mode(text, max_drop))?,
            max_conversations: reader.optional(SECTION, "max_conversations", value::count)?,
            ramp: ramp(over),
            caller_ids: caller_ids.into_iter().flatten().map(limits).collect(),
            breaker: breaker(reader)?,
            greeting: reader.optional(SECTION, "greeting", value::text)?,
            farewell: reader.optional(SECTION, "farewell", value::text)?,
        })
    }
}

fn breaker(reader: &Reader<'_>) -> Result<BreakerLimits, SettingsError> {
    let failures = reader.required(SECTION, "breaker_failures", value::count)?;
    let pause = reader.required(SECTION, "breaker_pause", value::duration)?;
    let usual = BreakerLimits::default();
    Ok(BreakerLimits {
        failures,
        recent: usual.recent.max(failures),
        pause: SignedDuration::try_from(pause).unwrap_or(usual.pause),
        pauses: reader.required(SECTION, "breaker_pauses", value::count)?,
    })
}

/// From a call a second to the whole rate in this time.
fn ramp(over: SignedDuration) -> Ramp {
    if over.is_zero() {
        Ramp::NONE
    } else {
        Ramp {
            over,
            ..Ramp::default()
        }
    }
}

fn mode(text: &str, max_drop: f64) -> Result<Mode, String> {
    match text {
        "progressive" => Ok(Mode::Progressive),
        "adaptive" => Ok(Mode::Adaptive { max_drop }),
        _ => Err(format!("`{text}` is neither progressive nor adaptive")),
    }
}

/// Reads `3%` or `0.03`; above a tenth it is no pacing any more.
fn share(text: &str) -> Result<f64, String> {
    let (number, whole) = match text.strip_suffix('%') {
        Some(number) => (number.trim_end(), 100.0),
        None => (text, 1.0),
    };
    let share = number.parse::<f64>().ok().map(|number| number / whole);
    share
        .filter(|share| (0.0..=0.1).contains(share))
        .ok_or_else(|| format!("`{text}` is not a share from 0% to 10%"))
}

/// Reads `+74950000001,+74950000002=150`: numbers, some with their own limit a day.
fn caller_ids(text: &str) -> Result<Vec<(String, Option<u32>)>, String> {
    let mut ids: Vec<(String, Option<u32>)> = Vec::new();
    for word in text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
    {
        let (number, daily) = match word.split_once('=') {
            Some((number, daily)) => (number.trim(), Some(per_day(daily.trim())?)),
            None => (word, None),
        };
        let number = value::caller_id(number)?;
        if ids.iter().any(|(known, _)| *known == number) {
            return Err(format!("`{number}` stands there twice"));
        }
        ids.push((number, daily));
    }
    Ok(ids)
}

fn per_day(text: &str) -> Result<u32, String> {
    text.parse()
        .ok()
        .filter(|daily| (1..=100_000).contains(daily))
        .ok_or_else(|| format!("`{text}` is no number of calls a day"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_small_and_numbers_may_have_a_limit_of_their_own() {
        for (text, expected) in [("3%", 0.03), ("0.03", 0.03), ("2.5 %", 0.025), ("0", 0.0)] {
            assert!((share(text).unwrap() - expected).abs() < 1e-12, "{text}");
        }
        for text in ["", "3", "-1%", "11%", "NaN", "few"] {
            assert!(share(text).is_err(), "{text}");
        }
        let ids = caller_ids("+74950000001, 74950000002=150,").unwrap();
        let expected = [
            ("+74950000001".to_owned(), None),
            ("74950000002".to_owned(), Some(150)),
        ];
        assert_eq!(ids, expected);
        for text in ["home", "+7495=none", "+7495=0", "+7495,+7495", "+", "=5"] {
            assert!(caller_ids(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_rate_is_reached_in_the_time_given_or_at_once() {
        assert_eq!(ramp(SignedDuration::ZERO), Ramp::NONE);
        let slow = ramp(SignedDuration::from_mins(2));
        assert_eq!((slow.from, slow.over.as_secs()), (1.0, 120));
    }
}
