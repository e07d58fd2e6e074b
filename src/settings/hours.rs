//! The hours in which it may ring, as written in the settings.

use std::fmt;

/// The callee's local hours in which it may ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallingHours {
    /// At any hour.
    Any,
    /// From the first minute of the day on, up to but without the second.
    Between {
        /// Minutes since midnight, 0..1440.
        from_minute: u16,
        /// Minutes since midnight, 1..=1440; greater than `from_minute`.
        to_minute: u16,
    },
}

impl CallingHours {
    /// Reads `08:00-22:00` or `any`; `24:00` is the end of the day.
    ///
    /// # Errors
    /// What is wrong with the text, for a message.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("any") {
            return Ok(Self::Any);
        }
        let (from, to) = text
            .split_once('-')
            .ok_or_else(|| format!("`{text}` is not a span of hours"))?;
        let minute = |part: &str| {
            minute_of_day(part.trim())
                .ok_or_else(|| format!("`{}` is not a time of day", part.trim()))
        };
        let (from_minute, to_minute) = (minute(from)?, minute(to)?);
        if from_minute >= to_minute {
            return Err(format!("`{text}` ends before it begins"));
        }
        Ok(Self::Between {
            from_minute,
            to_minute,
        })
    }
}

/// Minutes since midnight of `08:30`, at most 24:00.
fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |part: &str, digits: std::ops::RangeInclusive<usize>| {
        (digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<u16>().ok())
            .flatten()
    };
    let (hour, minute) = (number(hour, 1..=2)?, number(minute, 2..=2)?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= 24 * 60).then_some(total)
}

impl fmt::Display for CallingHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Between {
                from_minute,
                to_minute,
            } => write!(
                f,
                "{:02}:{:02}-{:02}:{:02}",
                from_minute / 60,
                from_minute % 60,
                to_minute / 60,
                to_minute % 60
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_spans_and_any() {
        for (text, shown) in [
            ("08:00-22:00", "08:00-22:00"),
            ("9:30 - 18:05", "09:30-18:05"),
            ("00:00-24:00", "00:00-24:00"),
            ("any", "any"),
        ] {
            assert_eq!(CallingHours::parse(text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn refuses_what_is_no_span() {
        for text in [
            "",
            "8-22",
            "22:00-08:00",
            "08:00-08:00",
            "08:60-09:00",
            "08:00-24:01",
            "+8:00-9:00",
            "always",
        ] {
            assert!(CallingHours::parse(text).is_err(), "{text}");
        }
    }
}
