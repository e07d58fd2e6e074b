//! The state machine of a recognition session: no socket, no clock.
//!
//! Times count from the handshake. The client's frames go in, what the service sends comes out
//! when it is due; [`Session::deadline`] says when to look again.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::ear::Ear;
use super::messages::{self, Chunk};
use super::partials::Partials;
use super::settings::Settings;
use crate::rehearsal::speech_service::faults::{Fault, Faults};
use crate::rehearsal::speech_service::journal::{Journalist, RecognitionRecord};
use crate::rehearsal::speech_service::options::{Options, Timing};
use crate::rehearsal::speech_service::random::Random;
use crate::rehearsal::voice::HeardWord;

/// What the service does next.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Output {
    /// Sends a message.
    Send(Value),
    /// Closes with a code and a reason.
    Close(u16, String),
    /// Resets the connection.
    Reset,
}

/// Whose idea a commit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Commit {
    Asked,
    Own,
}

/// What sessions share with the service.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    pub(super) number: usize,
    pub(super) faults: Faults,
    pub(super) journal: Journalist,
}

/// One recognition session.
#[derive(Debug)]
pub(super) struct Session {
    settings: Settings,
    timing: Timing,
    around: Surroundings,
    max_chunk_bytes: usize,
    max_ahead: Duration,
    random: Random,
    ear: Ear,
    partials: Partials,
    uncommitted: Duration,
    chunks: u64,
    last_audio: Duration,
    /// When the newest commit will have been answered in full.
    answered: Duration,
    outbox: BTreeMap<(Duration, u64), Output>,
    queued: u64,
    /// Nothing is sent before.
    opens: Duration,
    closed: bool,
}

impl Session {
    /// Opens a session: the first messages are due at once.
    pub(super) fn new(settings: Settings, options: &Options, around: Surroundings) -> Self {
        let mut session = Self {
            ear: Ear::new(settings.format),
            partials: Partials::new(&options.timing),
            timing: options.timing,
            max_chunk_bytes: options.max_chunk_bytes,
            max_ahead: options.max_ahead,
            random: Random::new(options.seed, around.number),
            settings,
            around,
            uncommitted: Duration::ZERO,
            chunks: 0,
            last_audio: Duration::ZERO,
            answered: Duration::ZERO,
            outbox: BTreeMap::new(),
            queued: 0,
            opens: Duration::ZERO,
            closed: false,
        };
        session.opens = session.late_by();
        session.start();
        session
    }

    fn late_by(&self) -> Duration {
        let late = self.find(|fault| {
            let Fault::LateStart(late) = fault else {
                return None;
            };
            Some(*late)
        });
        late.unwrap_or_default()
    }

    fn start(&mut self) {
        if self.has(&Fault::NeverStart) {
            return;
        }
        let id = format!("rehearsal-{}", self.around.number);
        let mut first = vec![messages::started(&id, &self.settings)];
        if self.has(&Fault::Strangers) {
            first = vec![messages::strange_started(&id)];
            first.extend(messages::strangers());
        }
        if !self.settings.logging {
            first.push(messages::warning());
        }
        for message in first {
            self.send(Duration::ZERO, message);
        }
        let number = self.around.number;
        self.around
            .journal
            .recognition(number, |record| record.started = true);
    }

    /// A text frame of the client.
    pub(super) fn text(&mut self, now: Duration, text: &str) {
        if let Some(kind) = self.find(|fault| {
            let Fault::RecognitionError(kind) = fault else {
                return None;
            };
            Some(*kind)
        }) {
            self.send(now, messages::error(kind, &format!("Injected {kind}")));
            self.close(now, 1000, "");
            return;
        }
        match messages::parse(text) {
            Ok(chunk) => self.chunk(now, chunk),
            Err(error) => self.input_error(now, &error),
        }
    }

    /// A binary frame of the client, which the protocol does not know.
    pub(super) fn binary(&mut self, now: Duration) {
        self.input_error(now, "Message must be a valid protocol message");
    }

    fn chunk(&mut self, now: Duration, chunk: Chunk) {
        self.chunks += 1;
        if let Err(error) = self.check(&chunk) {
            return self.input_error(now, error);
        }
        if chunk.audio.len() > self.max_chunk_bytes {
            let text = format!("Audio chunk exceeds {} bytes", self.max_chunk_bytes);
            return self.fail(now, "chunk_size_exceeded", &text);
        }
        let Some(length) = self.ear.hear(&chunk.audio) else {
            return self.input_error(now, "PCM audio must have an even number of bytes");
        };
        self.uncommitted += length;
        self.last_audio = now;
        let total = self.ear.total();
        self.note(|record| {
            record.audio = total;
            record.messages += 1;
            record.previous_text = chunk.previous_text.or(record.previous_text.take());
        });
        if total > now + self.max_ahead {
            let text = "Audio arrives faster than it is processed";
            return self.fail(now, "queue_overflow", text);
        }
        if total >= self.timing.first_partial_audio {
            self.partials.heard(now, self.ear.text());
        }
        if chunk.commit {
            self.commit_asked(now);
        }
        self.commit_unasked(now);
        self.break_off(now, total);
    }

    /// What a chunk says besides its audio; the error is the text of an `input_error`.
    fn check(&self, chunk: &Chunk) -> Result<(), &'static str> {
        if chunk.previous_text.is_some() && self.chunks > 1 {
            return Err("previous_text is only allowed in the first chunk");
        }
        let rate = u64::from(self.settings.format.rate());
        if chunk.sample_rate.is_some_and(|given| given != rate) {
            return Err("sample_rate does not match audio_format");
        }
        Ok(())
    }

    fn commit_asked(&mut self, now: Duration) {
        self.note(|record| record.commits += 1);
        let enough = self.uncommitted >= self.timing.least_commit_audio;
        if enough && !self.has(&Fault::ThrottleCommits) {
            self.commit(now, Commit::Asked);
            return;
        }
        let text = format!(
            "Commit request ignored: only {:.2}s of uncommitted audio. You need at least 0.3s of \
             uncommitted audio before committing.",
            self.uncommitted.as_secs_f64()
        );
        if !enough {
            self.note(|record| record.violations.push(format!("commit_throttled: {text}")));
        }
        self.send(now, messages::error("commit_throttled", &text));
        self.close(now, 1000, "commit_throttled");
    }

    /// The service's own commits: too much audio, or its voice detector.
    fn commit_unasked(&mut self, now: Duration) {
        let limit = self.find(|fault| {
            let Fault::SelfCommitAfter(limit) = fault else {
                return None;
            };
            Some(*limit)
        });
        let full = self.uncommitted >= limit.unwrap_or(self.timing.self_commit_audio);
        let pause = self.settings.vad_silence + self.timing.vad_overhead;
        let paused = self.settings.vad && self.ear.silence_after_speech() >= pause;
        if full || (paused && self.uncommitted >= self.timing.least_commit_audio) {
            self.commit(now, Commit::Own);
        }
    }

    fn commit(&mut self, now: Duration, commit: Commit) {
        let words = self.ear.commit();
        self.uncommitted = Duration::ZERO;
        let texts: Vec<_> = words.iter().map(|word| word.text.as_str()).collect();
        let mut text = texts.join(" ");
        if self.has(&Fault::EmptyCommits) {
            text.clear();
        }
        let latency = self
            .random
            .around(self.timing.commit, self.timing.commit_jitter);
        let due = (now + latency).max(self.answered);
        self.note(|record| {
            record.self_commits += u64::from(commit == Commit::Own);
            record.committed.push(text.clone());
        });
        if self.has(&Fault::DropCommits) {
            self.partials.commit(now);
            return;
        }
        let words = if text.is_empty() {
            &[]
        } else {
            words.as_slice()
        };
        self.answered = self.answer(due, &text, words);
        self.partials.commit(self.answered);
    }

    /// Queues all messages of a committed text; when the last committed one is due.
    fn answer(&mut self, due: Duration, text: &str, words: &[HeardWord]) -> Duration {
        let plain = messages::transcript("committed_transcript", text);
        let mut last = due;
        if self.settings.has_twin() {
            let twin = messages::twin(text, words, &self.settings);
            last += Duration::from_millis(self.random.between(0, 300));
            let twin_first = self.random.next().is_multiple_of(2) || self.has(&Fault::TwinFirst);
            let (first, second) = if twin_first {
                (twin, plain)
            } else {
                (plain, twin)
            };
            self.send(due, first);
            self.send(last, second);
        } else {
            let times = self.find(|fault| {
                let Fault::RepeatCommits(times) = fault else {
                    return None;
                };
                Some(*times)
            });
            for _ in 0..times.unwrap_or(1) {
                self.send(due, plain.clone());
            }
        }
        if self.settings.entities.is_some() {
            self.send(last, messages::entities(text));
        }
        if !text.is_empty() && !self.has(&Fault::NoEcho) {
            let echo = last + Duration::from_millis(self.random.between(5, 50));
            self.send(echo, messages::transcript("partial_transcript", text));
        }
        last
    }

    /// The faults that break a session off after some audio.
    fn break_off(&mut self, now: Duration, total: Duration) {
        let close = self.find(|fault| {
            let (limit, output) = if let Fault::CloseAfter(limit) = fault {
                (limit, Output::Close(1000, String::new()))
            } else if let Fault::ResetAfter(limit) = fault {
                (limit, Output::Reset)
            } else {
                return None;
            };
            (total >= *limit).then_some(output)
        });
        if let Some(output) = close {
            self.queue(now, output);
            self.closed = true;
        }
    }

    fn input_error(&mut self, now: Duration, text: &str) {
        self.note(|record| record.violations.push(format!("input_error: {text}")));
        self.send(now, messages::error("input_error", text));
    }

    /// An error of the client's making that ends the session.
    fn fail(&mut self, now: Duration, kind: &str, text: &str) {
        self.note(|record| record.violations.push(format!("{kind}: {text}")));
        self.send(now, messages::error(kind, text));
        self.close(now, 1000, "");
    }

    fn send(&mut self, due: Duration, message: Value) {
        self.queue(due, Output::Send(message));
    }

    fn close(&mut self, due: Duration, code: u16, reason: &str) {
        self.queue(due, Output::Close(code, reason.to_owned()));
        self.closed = true;
    }

    fn queue(&mut self, due: Duration, output: Output) {
        if !self.closed {
            self.queued += 1;
            self.outbox
                .insert((due.max(self.opens), self.queued), output);
        }
    }

    fn idle_deadline(&self) -> Duration {
        self.last_audio + self.timing.idle_close
    }

    /// When to call [`Self::due`] next.
    pub(super) fn deadline(&self) -> Duration {
        let queued = self.outbox.keys().next().map(|(due, _)| *due);
        let partial = self.partials.deadline();
        [queued, partial, Some(self.idle_deadline())]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or_default()
    }

    /// What the service does by now, in order.
    pub(super) fn due(&mut self, now: Duration) -> Vec<Output> {
        if let Some(text) = self.partials.due(now).filter(|_| !self.closed) {
            self.note(|record| record.partials.push(text.clone()));
            self.send(now, messages::transcript("partial_transcript", &text));
        }
        if self.idle_deadline() <= now {
            self.close(now, 1000, "");
        }
        let later = self.outbox.split_off(&(now, u64::MAX));
        std::mem::replace(&mut self.outbox, later)
            .into_values()
            .collect()
    }

    fn find<T>(&self, pick: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        self.around.faults.find(self.around.number, pick)
    }

    fn has(&self, fault: &Fault) -> bool {
        self.around.faults.has(self.around.number, fault)
    }

    fn note(&self, change: impl FnOnce(&mut RecognitionRecord)) {
        self.around.journal.recognition(self.around.number, change);
    }
}
