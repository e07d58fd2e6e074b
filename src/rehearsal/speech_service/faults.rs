//! Faults of the service, put in at run time for all its users or for some.
//!
//! S1 to S14 break recognition, T1 to T10 synthesis. Sessions look a fault up at the moment it
//! matters, so one that is put in for all also reaches those that are open.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What goes wrong. Recognition faults concern recognition sessions, synthesis faults both the
/// sockets and the HTTP requests of synthesis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// S1: the handshake succeeds, then `auth_error`.
    RefuseAuth,
    /// S2: the handshake succeeds, `session_started` never comes.
    NeverStart,
    /// S2, and late: nothing is sent for so long after the handshake.
    LateStart(Duration),
    /// S3: closed with 1000 and no word after this much audio.
    CloseAfter(Duration),
    /// S4: the TCP connection is reset after this much audio.
    ResetAfter(Duration),
    /// S5: every commit is throttled.
    ThrottleCommits,
    /// S6: every committed text is empty.
    EmptyCommits,
    /// S7: the timed twin comes before the plain text.
    TwinFirst,
    /// S8 is the normal behaviour; this leaves the echo partial out.
    NoEcho,
    /// S9: every committed text comes this many times.
    RepeatCommits(usize),
    /// S10, S11: an error of this type at the next message from the client, then closed.
    RecognitionError(&'static str),
    /// S12: commits are never answered.
    DropCommits,
    /// S13: unknown messages, extra fields and other types in `config`.
    Strangers,
    /// S14: the service commits by itself after this much uncommitted audio.
    SelfCommitAfter(Duration),
    /// T1: the first audio takes this long.
    SlowFirstAudio(Duration),
    /// T2: the inactivity limit is this, whatever was asked for.
    InactivityAfter(Duration),
    /// T3: this many contexts at most.
    ContextLimit(usize),
    /// T4: audio of a context goes on after its final message.
    AudioAfterFinal,
    /// T5: every chunk has an odd number of bytes.
    OddChunks,
    /// T6, T9, T10: HTTP requests are answered by this. On a socket, by its handshake.
    Answer(Canned),
    /// T7: the TCP connection is lost after this much audio was sent.
    LoseAfter(Duration),
    /// T8: the final message never comes.
    NoFinal,
}

/// A fixed HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canned {
    /// HTTP status.
    pub status: u16,
    /// Value of `content-type`.
    pub content_type: String,
    /// The body.
    pub body: String,
}

impl Canned {
    /// A JSON answer.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            content_type: "application/json".to_owned(),
            body: body.to_string(),
        }
    }

    /// T9: an empty account in the older shape, under the status of a bad key.
    pub fn legacy_quota() -> Self {
        let message = "This request exceeds your quota of 10000. You have 0 credits remaining, \
                       while 91 credits are required for this request.";
        let detail = serde_json::json!({"status": "quota_exceeded", "message": message});
        Self::json(401, &serde_json::json!({ "detail": detail }))
    }

    /// T6: too many requests at once.
    pub fn too_many() -> Self {
        Self::json(429, &super::answer::too_many_body(2, "canned"))
    }

    /// T10: a proxy's error page.
    pub fn bad_gateway() -> Self {
        Self {
            status: 502,
            content_type: "text/html".to_owned(),
            body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>".to_owned(),
        }
    }
}

/// Whom a fault concerns. Recognition sessions are counted from 0, and so are syntheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All, those that are open now too.
    Every,
    /// The next ones, as many as this.
    Next(usize),
    /// The one with this number.
    Number(usize),
}

#[derive(Debug, Clone)]
struct Planned {
    fault: Fault,
    from: usize,
    until: usize,
}

/// The faults that were put in, each with its place in the order of putting in.
#[derive(Debug, Default)]
struct Book {
    count: usize,
    ranges: Vec<(usize, Planned)>,
    /// Those of a single session; there may be thousands, and each is asked for all the time.
    numbers: BTreeMap<usize, Vec<(usize, Fault)>>,
}

/// The faults in force, shared by all sessions.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults(Arc<Mutex<Book>>);

impl Faults {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a fault in; `next` is the number that the next session will have.
    pub(super) fn inject(&self, fault: Fault, scope: Scope, next: usize) {
        let mut book = self.book();
        book.count += 1;
        let place = book.count;
        let (from, until) = match scope {
            Scope::Every => (0, usize::MAX),
            Scope::Next(count) => (next, next.saturating_add(count)),
            Scope::Number(number) => {
                book.numbers.entry(number).or_default().push((place, fault));
                return;
            }
        };
        book.ranges.push((place, Planned { fault, from, until }));
    }

    pub(super) fn clear(&self) {
        *self.book() = Book::default();
    }

    /// What `pick` makes of the newest fault of session `number` that it knows.
    pub(super) fn find<T>(&self, number: usize, pick: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        let book = self.book();
        let ranges = book
            .ranges
            .iter()
            .filter(|(_, planned)| (planned.from..planned.until).contains(&number))
            .map(|(place, planned)| (*place, &planned.fault));
        let numbers = book.numbers.get(&number).into_iter().flatten();
        ranges
            .chain(numbers.map(|(place, fault)| (*place, fault)))
            .filter_map(|(place, fault)| Some((place, pick(fault)?)))
            .max_by_key(|(place, _)| *place)
            .map(|(_, picked)| picked)
    }

    pub(super) fn has(&self, number: usize, fault: &Fault) -> bool {
        self.find(number, |planned| (planned == fault).then_some(()))
            .is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_reaches_whom_it_names() {
        let faults = Faults::default();
        faults.inject(Fault::RefuseAuth, Scope::Next(2), 3);
        faults.inject(Fault::NoEcho, Scope::Number(1), 3);
        faults.inject(Fault::NoFinal, Scope::Every, 3);
        let with = |fault: &Fault| (0..7).filter(|n| faults.has(*n, fault)).collect::<Vec<_>>();
        assert_eq!(with(&Fault::RefuseAuth), [3, 4]);
        assert_eq!(with(&Fault::NoEcho), [1]);
        assert_eq!(with(&Fault::NoFinal).len(), 7);
        faults.clear();
        assert!(with(&Fault::NoFinal).is_empty());
    }

    #[test]
    fn the_newest_of_several_counts_however_it_was_put_in() {
        let faults = Faults::default();
        let limit = |fault: &Fault| {
            let Fault::ContextLimit(limit) = fault else {
                return None;
            };
            Some(*limit)
        };
        faults.inject(Fault::ContextLimit(1), Scope::Number(4), 0);
        faults.inject(Fault::ContextLimit(2), Scope::Every, 0);
        assert_eq!(faults.find(4, limit), Some(2));
        faults.inject(Fault::ContextLimit(3), Scope::Number(4), 0);
        assert_eq!(
            (faults.find(4, limit), faults.find(5, limit)),
            (Some(3), Some(2))
        );
    }
}
