//! The state machine of a synthesis socket: no socket, no clock.
//!
//! `stream-input` is one context that nobody names; `multi-stream-input` has up to five at a
//! time. Times count from the handshake.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;

use super::context::Context;
use super::messages::{self, Incoming, Refusal};
use super::parameters::Parameters;
use super::utterance::{Utterance, alignment};
use crate::rehearsal::speech_service::account::Account;
use crate::rehearsal::speech_service::answer::quota_text;
use crate::rehearsal::speech_service::faults::{Fault, Faults};
use crate::rehearsal::speech_service::journal::{Journalist, SynthesisRecord};
use crate::rehearsal::speech_service::models;
use crate::rehearsal::speech_service::options::{Options, Timing};
use crate::rehearsal::speech_service::random::Random;

/// Contexts that may be open at once.
const CONTEXTS: usize = 5;
/// The context of messages that name none.
const DEFAULT_CONTEXT: &str = "default";

/// Which of the two sockets it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rehearsal::speech_service) enum Kind {
    /// `stream-input`
    Single,
    /// `multi-stream-input`
    Multi,
}

/// What the service does next.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Output {
    /// Sends a message.
    Send(Value),
    /// Sends audio that lasts this long.
    Audio(Value, Duration),
    /// A synthesis is complete: its place is free again.
    Release(u64),
    /// Closes with a code and a reason.
    Close(u16, String),
    /// Resets the connection.
    Reset,
}

/// What sessions share with the service.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    pub(super) number: usize,
    pub(super) faults: Faults,
    pub(super) journal: Journalist,
    pub(super) account: Arc<Account>,
}

/// One synthesis socket.
#[derive(Debug)]
pub(super) struct Session {
    kind: Kind,
    parameters: Parameters,
    timing: Timing,
    snake_case: bool,
    flush_done: bool,
    around: Surroundings,
    random: Random,
    authenticated: bool,
    contexts: HashMap<String, Context>,
    /// Until when the audio of a context is being sent; contexts that are closing too.
    busy: HashMap<String, Duration>,
    places: HashMap<u64, OwnedSemaphorePermit>,
    last_message: Duration,
    sent: Duration,
    outbox: BTreeMap<(Duration, u64), Output>,
    queued: u64,
    closed: bool,
}

impl Session {
    pub(super) fn new(
        kind: Kind,
        parameters: Parameters,
        options: &Options,
        around: Surroundings,
        authenticated: bool,
    ) -> Self {
        Self {
            kind,
            parameters,
            timing: options.timing,
            snake_case: options.snake_case,
            flush_done: options.flush_done,
            random: Random::new(options.seed.rotate_left(7), around.number),
            around,
            authenticated,
            contexts: HashMap::new(),
            busy: HashMap::new(),
            places: HashMap::new(),
            last_message: Duration::ZERO,
            sent: Duration::ZERO,
            outbox: BTreeMap::new(),
            queued: 0,
            closed: false,
        }
    }

    /// A text frame of the client.
    pub(super) fn text(&mut self, now: Duration, text: &str) {
        if self.closed {
            return;
        }
        self.last_message = now;
        if let Err(refusal) = self.handle(now, text) {
            self.refuse(now, &refusal);
        }
    }

    /// A binary frame of the client, which the protocol does not know.
    pub(super) fn binary(&mut self, now: Duration) {
        self.text(now, "");
    }

    fn handle(&mut self, now: Duration, text: &str) -> Result<(), Refusal> {
        let message = messages::parse(text)?;
        self.authenticate(&message)?;
        self.check_model()?;
        match self.kind {
            Kind::Single => self.single(now, &message),
            Kind::Multi => self.multi(now, &message),
        }
    }

    fn authenticate(&mut self, message: &Incoming) -> Result<(), Refusal> {
        let key = message.key.as_deref();
        self.authenticated |= key.is_some_and(|key| self.around.account.knows(key));
        if self.authenticated {
            Ok(())
        } else {
            Err(Refusal::new("invalid_api_key", "Invalid API key"))
        }
    }

    fn check_model(&self) -> Result<(), Refusal> {
        let id = &self.parameters.model;
        if models::find(id).is_some_and(|model| model.streams_input) {
            return Ok(());
        }
        let text = format!("The model {id} cannot be used with this endpoint.");
        Err(Refusal::new("unsupported_model", text))
    }

    fn single(&mut self, now: Duration, message: &Incoming) -> Result<(), Refusal> {
        let Some(text) = &message.text else {
            return self.speak_in(now, DEFAULT_CONTEXT, message);
        };
        if !text.is_empty() {
            return self.speak_in(now, DEFAULT_CONTEXT, message);
        }
        let rest = self
            .contexts
            .get_mut(DEFAULT_CONTEXT)
            .and_then(Context::take_all);
        if let Some(rest) = rest {
            self.generate(now, DEFAULT_CONTEXT, &rest)?;
        }
        let end = self.finish(now, DEFAULT_CONTEXT);
        self.close(end, 1000, "");
        Ok(())
    }

    fn multi(&mut self, now: Duration, message: &Incoming) -> Result<(), Refusal> {
        if message.close_socket {
            return self.close_socket(now);
        }
        let id = message.context.as_deref().unwrap_or(DEFAULT_CONTEXT);
        if message.close_context {
            self.close_context(now, id);
            return Ok(());
        }
        let silent = message.text.as_deref().is_none_or(str::is_empty);
        let keeps_socket = silent && !message.flush && message.context.is_none();
        if keeps_socket && !self.contexts.contains_key(id) {
            return Ok(());
        }
        self.speak_in(now, id, message)
    }

    /// Text, a flush or a sign of life for a context, which the first message opens.
    fn speak_in(&mut self, now: Duration, id: &str, message: &Incoming) -> Result<(), Refusal> {
        if !self.contexts.contains_key(id) {
            self.open_context(now, id, message)?;
        }
        let auto_mode = self.parameters.auto_mode;
        let Some(context) = self.contexts.get_mut(id) else {
            return Ok(());
        };
        context.check(message)?;
        context.last_message = now;
        if let Some(text) = context.add(message, auto_mode) {
            self.generate(now, id, &text)?;
        }
        if message.flush && self.flush_done {
            let done = self.busy.get(id).copied().unwrap_or(now);
            self.queue(done, Output::Send(json!({"type": "flush_done"})));
        }
        Ok(())
    }

    fn open_context(&mut self, now: Duration, id: &str, first: &Incoming) -> Result<(), Refusal> {
        let limit = self.find(|fault| {
            let Fault::ContextLimit(limit) = fault else {
                return None;
            };
            Some(*limit)
        });
        if self.contexts.len() >= limit.unwrap_or(CONTEXTS) {
            let text = "Maximum simultaneous contexts exceeded";
            return Err(Refusal::new("max_contexts_exceeded", text));
        }
        self.contexts
            .insert(id.to_owned(), Context::new(now, first));
        self.note(|record| record.contexts.push(id.to_owned()));
        Ok(())
    }

    fn close_context(&mut self, now: Duration, id: &str) {
        let Some(context) = self.contexts.remove(id) else {
            return;
        };
        self.note(|record| record.closed_contexts.push(id.to_owned()));
        if context.has_text() {
            tracing::debug!(id, "text that was not flushed is dropped with its context");
        }
        let end = self.finish(now, id);
        if self.has(&Fault::AudioAfterFinal) {
            let stray = Utterance::new("призрак", self.parameters.format);
            let message = self.audio(id, &stray.bytes, &Value::Null);
            self.queue(end, Output::Audio(message, self.length(stray.bytes.len())));
        }
    }

    fn close_socket(&mut self, now: Duration) -> Result<(), Refusal> {
        let mut ids: Vec<_> = self.contexts.keys().cloned().collect();
        ids.sort();
        let mut end = now;
        for id in ids {
            let rest = self.contexts.get_mut(&id).and_then(Context::take_all);
            if let Some(rest) = rest {
                self.generate(now, &id, &rest)?;
            }
            self.contexts.remove(&id);
            end = end.max(self.finish(now, &id));
        }
        let last = self.busy.values().copied().max().unwrap_or(end);
        self.close(end.max(last), 1000, "");
        Ok(())
    }

    /// Queues the final message of a context after all its audio; when it is due.
    fn finish(&mut self, now: Duration, id: &str) -> Duration {
        let end = self.busy.remove(id).unwrap_or(now).max(now);
        if !self.has(&Fault::NoFinal) {
            let mut message = json!({"audio": null, "isFinal": true});
            self.name_context(&mut message, id);
            self.queue(end, Output::Send(message));
        }
        end
    }

    /// Pays for a text and queues its audio.
    fn generate(&mut self, now: Duration, id: &str, text: &str) -> Result<(), Refusal> {
        let characters = text.chars().count();
        let paid = self
            .around
            .account
            .charge(characters, &self.parameters.model);
        paid.map_err(|none| {
            let text = quota_text(none.total, none.left, none.needed);
            Refusal::new("quota_exceeded", text)
        })?;
        let place = self.around.account.try_place().ok_or_else(|| {
            let limit = self.around.account.limit();
            let text = format!(
                "Too many concurrent requests. Your current subscription is associated with a \
                 maximum of {limit} concurrent requests (running in parallel)."
            );
            Refusal::new("too_many_concurrent_requests", text)
        })?;
        self.note(|record| record.texts.push(text.trim().to_owned()));
        let end = self.queue_audio(now, id, text);
        self.queued += 1;
        self.places.insert(self.queued, place);
        self.outbox
            .insert((end, self.queued), Output::Release(self.queued));
        Ok(())
    }

    /// When the last chunk is due.
    fn queue_audio(&mut self, now: Duration, id: &str, text: &str) -> Duration {
        let utterance = Utterance::new(text, self.parameters.format);
        let odd = self.has(&Fault::OddChunks);
        let slow = self.find(|fault| {
            let Fault::SlowFirstAudio(latency) = fault else {
                return None;
            };
            Some(*latency)
        });
        let latency = slow.unwrap_or_else(|| {
            let Timing {
                first_audio,
                first_audio_jitter,
                ..
            } = self.timing;
            self.random.around(first_audio, first_audio_jitter)
        });
        let mut due = self.busy.get(id).copied().unwrap_or(now).max(now + latency);
        let mut first = true;
        for chunk in utterance.chunks(&mut self.random, odd) {
            let timed = if self.parameters.sync_alignment {
                alignment(&chunk.letters)
            } else if first {
                // As seen on the wire: the whole piece is timed on its first message.
                alignment(&utterance.letters)
            } else {
                Value::Null
            };
            first = false;
            let length = self.length(chunk.bytes.len());
            let message = self.audio(id, &chunk.bytes, &timed);
            self.queue(due, Output::Audio(message, length));
            due += length / self.timing.burst.max(1);
        }
        self.busy.insert(id.to_owned(), due);
        due
    }

    fn audio(&self, id: &str, bytes: &[u8], alignment: &Value) -> Value {
        let mut message = json!({
            "audio": STANDARD.encode(bytes), "isFinal": null,
            "alignment": alignment, "normalizedAlignment": alignment,
        });
        self.name_context(&mut message, id);
        message
    }

    fn name_context(&self, message: &mut Value, id: &str) {
        let name = if self.snake_case {
            "context_id"
        } else {
            "contextId"
        };
        if let (Kind::Multi, Some(fields)) = (self.kind, message.as_object_mut()) {
            fields.insert(name.to_owned(), Value::from(id));
        }
    }

    fn length(&self, bytes: usize) -> Duration {
        self.parameters.format.length(bytes)
    }

    fn refuse(&mut self, now: Duration, refusal: &Refusal) {
        let text = format!("{}: {}", refusal.code, refusal.message);
        self.note(|record| record.violations.push(text));
        // Nothing that waits is sent any more.
        self.outbox.clear();
        self.places.clear();
        self.queue(now, Output::Send(refusal.frame()));
        self.close(now, 1008, &refusal.reason());
    }

    fn close(&mut self, due: Duration, code: u16, reason: &str) {
        self.queue(due, Output::Close(code, reason.to_owned()));
        self.closed = true;
    }

    fn queue(&mut self, due: Duration, output: Output) {
        if !self.closed {
            self.queued += 1;
            self.outbox.insert((due, self.queued), output);
        }
    }

    /// The first moment at which something has been silent for too long.
    fn inactive_at(&self) -> Option<Duration> {
        if self.closed {
            return None;
        }
        let limit = self.find(|fault| {
            let Fault::InactivityAfter(limit) = fault else {
                return None;
            };
            Some(*limit)
        });
        let limit = limit.unwrap_or(self.parameters.inactivity);
        let oldest = self
            .contexts
            .values()
            .map(|context| context.last_message)
            .min();
        Some(oldest.unwrap_or(self.last_message) + limit)
    }

    /// When to call [`Self::due`] next; `None` if only the client can move it.
    pub(super) fn deadline(&self) -> Option<Duration> {
        let queued = self.outbox.keys().next().map(|(due, _)| *due);
        [queued, self.inactive_at()].into_iter().flatten().min()
    }

    /// What the service does by now, in order.
    pub(super) fn due(&mut self, now: Duration) -> Vec<Output> {
        if self.inactive_at().is_some_and(|limit| limit <= now) {
            let text = format!(
                "Have not received a new text input within the timeout of {} seconds. Streaming \
                 input terminated. Please make sure to either feed the input in the timely \
                 manner, or to send the end of input text (empty string \"\") when done.",
                self.parameters.inactivity.as_secs()
            );
            self.refuse(now, &Refusal::new("input_timeout_exceeded", text));
        }
        let later = self.outbox.split_off(&(now, u64::MAX));
        let ready = std::mem::replace(&mut self.outbox, later).into_values();
        ready.filter_map(|output| self.pass(output)).collect()
    }

    /// Counts what goes out, and loses the connection where a fault asks for it.
    fn pass(&mut self, output: Output) -> Option<Output> {
        match output {
            Output::Release(place) => {
                self.places.remove(&place);
                None
            }
            Output::Audio(message, length) => {
                self.sent += length;
                self.note(|record| record.audio += length);
                let sent = self.sent;
                let lost = self.find(|fault| {
                    let Fault::LoseAfter(limit) = fault else {
                        return None;
                    };
                    (sent >= *limit).then_some(())
                });
                Some(lost.map_or(Output::Audio(message, length), |()| Output::Reset))
            }
            Output::Send(_) | Output::Close(..) | Output::Reset => Some(output),
        }
    }

    fn find<T>(&self, pick: impl Fn(&Fault) -> Option<T>) -> Option<T> {
        self.around.faults.find(self.around.number, pick)
    }

    fn has(&self, fault: &Fault) -> bool {
        self.around.faults.has(self.around.number, fault)
    }

    fn note(&self, change: impl FnOnce(&mut SynthesisRecord)) {
        self.around.journal.synthesis(self.around.number, change);
    }
}
