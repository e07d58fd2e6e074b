//! What the clients did, for tests to assert on.
//!
//! Sessions write their records as they go; a test reads a copy, or waits until it is as
//! expected. Keys and tokens are never written down.

use std::time::Duration;

use tokio::sync::watch;

/// Everything that happened since the start.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    /// Recognition sessions in the order of their handshakes.
    pub recognition: Vec<RecognitionRecord>,
    /// Syntheses, sockets and HTTP requests alike, in the order of arrival.
    pub synthesis: Vec<SynthesisRecord>,
    /// Method and path of every request, with its HTTP status.
    pub requests: Vec<(String, u16)>,
}

impl Journal {
    /// Everything that a correct client does not do, from all sessions.
    pub fn violations(&self) -> Vec<String> {
        let recognition = self.recognition.iter().flat_map(|r| r.violations.iter());
        let synthesis = self.synthesis.iter().flat_map(|s| s.violations.iter());
        recognition.chain(synthesis).cloned().collect()
    }

    /// Texts that recognition has committed, of all sessions, without the empty ones.
    pub fn recognised(&self) -> Vec<String> {
        let texts = self.recognition.iter().flat_map(|r| r.committed.iter());
        texts.filter(|text| !text.is_empty()).cloned().collect()
    }

    /// Texts that were synthesised, by all sessions and requests.
    pub fn synthesised(&self) -> Vec<String> {
        let texts = self.synthesis.iter().flat_map(|s| s.texts.iter());
        texts.cloned().collect()
    }
}

/// One recognition session.
#[derive(Debug, Clone, Default)]
pub struct RecognitionRecord {
    /// The query of its URL, without tokens.
    pub query: Vec<(String, String)>,
    /// `session_started` was sent.
    pub started: bool,
    /// Audio received.
    pub audio: Duration,
    /// Audio messages received, empty ones too.
    pub messages: u64,
    /// Commits that the client asked for.
    pub commits: u64,
    /// Commits that the service made by itself.
    pub self_commits: u64,
    /// Partial texts sent.
    pub partials: Vec<String>,
    /// Committed texts in the order of their commits, empty ones too.
    pub committed: Vec<String>,
    /// `previous_text` of the first message.
    pub previous_text: Option<String>,
    /// What a correct client does not do.
    pub violations: Vec<String>,
    /// How it ended; `None` while it is open.
    pub ended: Option<Ended>,
}

/// One synthesis socket or HTTP request.
#[derive(Debug, Clone, Default)]
pub struct SynthesisRecord {
    /// Path of the request.
    pub path: String,
    /// The query of its URL, without keys and tokens.
    pub query: Vec<(String, String)>,
    /// Texts handed to the engine, in order.
    pub texts: Vec<String>,
    /// Contexts opened, by id.
    pub contexts: Vec<String>,
    /// Contexts that the client closed, by id.
    pub closed_contexts: Vec<String>,
    /// Audio sent.
    pub audio: Duration,
    /// What a correct client does not do.
    pub violations: Vec<String>,
    /// How it ended; `None` while it is open.
    pub ended: Option<Ended>,
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The client closed it, with this code if it gave one.
    ByClient(Option<u16>),
    /// The connection broke off without a closing handshake.
    Broken,
    /// The service closed it, with this code and reason.
    ByService(u16, String),
    /// The service reset the connection, as a fault asked.
    Reset,
    /// An HTTP request was answered with this status.
    Answered(u16),
    /// The service was stopped.
    Stopped,
}

/// The journal as the sessions write it; readers may wait for what they expect.
#[derive(Debug, Clone)]
pub(super) struct Journalist(watch::Sender<Journal>);

impl Journalist {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Journal::default()))
    }

    pub(super) fn read(&self) -> Journal {
        self.0.borrow().clone()
    }

    /// Waits until the journal satisfies `expected`.
    pub(super) async fn until(&self, expected: impl Fn(&Journal) -> bool) -> Journal {
        let mut changes = self.0.subscribe();
        match changes.wait_for(expected).await {
            Ok(journal) => journal.clone(),
            // The sender lives in self; this cannot happen while we wait.
            Err(_) => self.read(),
        }
    }

    pub(super) fn write<T>(&self, change: impl FnOnce(&mut Journal) -> T) -> Option<T> {
        let mut result = None;
        self.0.send_modify(|journal| result = Some(change(journal)));
        result
    }

    /// Opens a record; its number is the session's.
    pub(super) fn open_recognition(&self, record: RecognitionRecord) -> usize {
        self.write(|journal| {
            journal.recognition.push(record);
            journal.recognition.len() - 1
        })
        .unwrap_or(0)
    }

    pub(super) fn open_synthesis(&self, record: SynthesisRecord) -> usize {
        self.write(|journal| {
            journal.synthesis.push(record);
            journal.synthesis.len() - 1
        })
        .unwrap_or(0)
    }

    pub(super) fn recognition(&self, number: usize, change: impl FnOnce(&mut RecognitionRecord)) {
        self.write(|journal| journal.recognition.get_mut(number).map(change));
    }

    pub(super) fn synthesis(&self, number: usize, change: impl FnOnce(&mut SynthesisRecord)) {
        self.write(|journal| journal.synthesis.get_mut(number).map(change));
    }
}
