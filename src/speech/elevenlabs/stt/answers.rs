//! Telling an answer of the service from its repetitions: twins, duplicates and echoes.

use std::time::Duration;

use tokio::time::Instant;

/// A partial that repeats a final within this is its echo (seen 5–50 ms behind it).
const ECHO: Duration = Duration::from_millis(250);
/// A final that repeats the one before within this, with no commit to answer, is a duplicate.
const DUPLICATE: Duration = Duration::from_secs(1);
/// The same while a commit waits that is too young to be answered: duplicates come in a row.
const DUPLICATE_IN_A_ROW: Duration = Duration::from_millis(200);

/// What the service has answered in the present session.
#[derive(Debug, Default)]
pub(super) struct Answers {
    plain: u64,
    timed: u64,
    last: Option<Answer>,
}

#[derive(Debug)]
struct Answer {
    text: String,
    at: Instant,
    timed: bool,
    echo_due: bool,
}

/// What a message that closes a segment may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaited {
    /// No commit waits.
    Nothing,
    /// One waits, but for too short a time to be answered yet.
    Soon,
    /// One waits.
    Now,
}

impl Answers {
    /// Whether a message is news; if so it is noted.
    pub(super) fn is_news(
        &mut self,
        text: &str,
        timed: bool,
        awaited: Awaited,
        now: Instant,
    ) -> bool {
        if self.is_duplicate(text, timed, awaited, now) {
            return false;
        }
        // Plain and timed answers come in pairs, in any order: the second of a pair is no news.
        let (mine, other) = if timed {
            (&mut self.timed, self.plain)
        } else {
            (&mut self.plain, self.timed)
        };
        *mine += 1;
        if *mine <= other {
            return false;
        }
        self.last = Some(Answer {
            echo_due: !text.is_empty(),
            text: text.to_owned(),
            at: now,
            timed,
        });
        true
    }

    fn is_duplicate(&self, text: &str, timed: bool, awaited: Awaited, now: Instant) -> bool {
        let limit = match awaited {
            Awaited::Nothing => DUPLICATE,
            Awaited::Soon => DUPLICATE_IN_A_ROW,
            Awaited::Now => return false,
        };
        self.last.as_ref().is_some_and(|last| {
            !text.is_empty() && last.text == text && last.timed == timed && now < last.at + limit
        })
    }

    /// Whether a partial only repeats the last answer; true once an answer.
    pub(super) fn is_echo(&mut self, text: &str, now: Instant) -> bool {
        let Some(last) = &mut self.last else {
            return false;
        };
        let echo = last.echo_due && last.text == text && now < last.at + ECHO;
        last.echo_due &= !echo;
        echo
    }
}
