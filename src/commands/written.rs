//! Times, durations and counts as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::output::plain;

/// `2026-11-20 15:04:05 MSK`, in the zone of the settings: it need not be that of the shell.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M:%S %Z")
        .to_string()
}

/// RFC 3339 with the offset of the zone, for JSON: `2026-11-20T15:04:05.123+03:00`.
pub(super) fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    let offset = zone.to_offset(at);
    at.display_with_offset(offset).to_string()
}

/// `12.3 s`
pub(super) fn seconds(ms: i64) -> String {
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

/// `01:02.3`, from the originate on.
pub(super) fn clock(ms: i64) -> String {
    format!(
        "{:02}:{:02}.{}",
        ms / 60_000,
        ms / 1000 % 60,
        ms % 1000 / 100
    )
}

/// `1 lead`, `2 leads`; the noun comes last: `1 bad row`, `2 bad rows`.
pub(super) fn counted(count: impl TryInto<u64>, noun: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    if count == 1 {
        return format!("1 {noun}");
    }
    if let Some(before) = noun.strip_suffix("person") {
        return format!("{count} {before}people");
    }
    let consonant = |stem: &str| !stem.ends_with(['a', 'e', 'i', 'o', 'u']);
    match noun.strip_suffix('y').filter(|stem| consonant(stem)) {
        Some(stem) => format!("{count} {stem}ies"),
        None => format!("{count} {noun}s"),
    }
}

/// A word of a command as a shell is to be given it: in quotes where it would not be one word
/// otherwise. Nothing in it moves the cursor of a terminal.
pub(super) fn shell_word(word: &str) -> String {
    let word = plain(word);
    let is_safe = |sign: char| sign.is_alphanumeric() || "-_./,:=+@%".contains(sign);
    if !word.is_empty() && word.chars().all(is_safe) {
        return word.into_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_a_shell_is_quoted_where_it_must_be() {
        for (word, written) in [
            ("/lists/весна.csv", "/lists/весна.csv"),
            ("my list", "'my list'"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
            ("", "''"),
        ] {
            assert_eq!(shell_word(word), written);
        }
    }

    #[test]
    fn a_noun_is_plural_but_for_one() {
        assert_eq!(counted(1_u64, "lead"), "1 lead");
        assert_eq!(counted(0_usize, "lead"), "0 leads");
        assert_eq!(counted(2_u64, "bad row"), "2 bad rows");
        assert_eq!(counted(1_u64, "person"), "1 person");
        assert_eq!(counted(3_u64, "person"), "3 people");
        assert_eq!(counted(2_u64, "entry"), "2 entries");
        assert_eq!(counted(2_u64, "day"), "2 days");
    }

    #[test]
    fn times_are_short_and_whole() {
        assert_eq!(seconds(12_345), "12.3 s");
        assert_eq!(clock(62_300), "01:02.3");
        let at: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        assert_eq!(moment(at, &zone), "2026-11-20 15:00:00 MSK");
        assert_eq!(rfc3339(at, &zone), "2026-11-20T15:00:00+03:00");
    }
}
