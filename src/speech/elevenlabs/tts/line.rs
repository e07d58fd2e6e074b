//! One `multi-stream-input` socket, shared by up to five utterances of any calls.
//!
//! Opened for the first utterance, kept alive a while for the next, closed when idle. An
//! utterance that is no longer wanted (barge-in) has its audio dropped here.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::wire::{Report, close_socket, keepalive, read, utterance};
use super::{DOING, wire};
use crate::speech::SpeechError;
use crate::speech::elevenlabs::fault::Fault;
use crate::speech::elevenlabs::link::Link;
use crate::speech::elevenlabs::socket::{Closing, Incoming, Socket};

/// The service closes a socket with more contexts than this.
pub(super) const CONTEXTS: usize = 5;
/// Pause between two signs of life on a quiet socket.
const KEEPALIVE: Duration = Duration::from_secs(10);
/// A socket without work is closed after this.
const IDLE: Duration = Duration::from_mins(1);
/// Pieces of audio that may wait for one utterance's listener.
const PIECES: usize = 4_096;

/// What becomes of an utterance.
#[derive(Debug)]
pub(super) enum Part {
    /// Some audio and how many characters it says.
    Audio(Bytes, usize),
    Done,
    Broken(SpeechError),
}

/// A text to say and where its audio goes.
#[derive(Debug)]
struct Say {
    text: String,
    parts: mpsc::Sender<Part>,
}

/// The handle of a line.
#[derive(Debug)]
pub(super) struct Line {
    requests: mpsc::Sender<Say>,
    load: Arc<AtomicUsize>,
    /// Takes no new utterance: broken, closing, or a context of it was never ended.
    worn: Arc<AtomicBool>,
}

/// An utterance under way.
#[derive(Debug)]
pub(super) struct Utterance {
    pub(super) parts: mpsc::Receiver<Part>,
    worn: Arc<AtomicBool>,
}

impl Utterance {
    /// The service did not end this one: its context may count for ever.
    pub(super) fn wear_out(&self) {
        self.worn.store(true, Ordering::Relaxed);
    }
}

impl Line {
    /// Starts a line; it connects at once.
    pub(super) fn start(link: &Arc<Link>, address: Url) -> Self {
        let (requests, receiver) = mpsc::channel(CONTEXTS);
        let line = Self {
            requests,
            load: Arc::default(),
            worn: Arc::default(),
        };
        let task = Task {
            link: Arc::clone(link),
            address,
            requests: receiver,
            load: Arc::clone(&line.load),
            worn: Arc::clone(&line.worn),
            contexts: HashMap::new(),
            named: 0,
        };
        tokio::spawn(task.run());
        line
    }

    /// Whether it still serves.
    pub(super) fn is_fresh(&self) -> bool {
        !self.worn.load(Ordering::Relaxed) && !self.requests.is_closed()
    }

    /// Says a text, if there is room.
    pub(super) fn say(&self, text: &str) -> Option<Utterance> {
        let room = |load: usize| (load < CONTEXTS).then_some(load + 1);
        if !self.is_fresh()
            || self
                .load
                .fetch_update(Ordering::AcqRel, Ordering::Acquire, room)
                .is_err()
        {
            return None;
        }
        let (parts, receiver) = mpsc::channel(PIECES);
        let say = Say {
            text: text.to_owned(),
            parts,
        };
        if self.requests.try_send(say).is_err() {
            self.load.fetch_sub(1, Ordering::AcqRel);
            return None;
        }
        Some(Utterance {
            parts: receiver,
            worn: Arc::clone(&self.worn),
        })
    }
}

struct Task {
    link: Arc<Link>,
    address: Url,
    requests: mpsc::Receiver<Say>,
    load: Arc<AtomicUsize>,
    worn: Arc<AtomicBool>,
    contexts: HashMap<String, mpsc::Sender<Part>>,
    named: u64,
}

impl Task {
    async fn run(mut self) {
        let limit = self.link.timing.connect;
        let ended = match Socket::open(&self.link, &self.address, DOING, limit).await {
            Ok(socket) => self.serve(socket).await,
            Err(error) => Err(error),
        };
        self.worn.store(true, Ordering::Relaxed);
        self.requests.close();
        let error = match ended {
            Ok(()) => self.link.unreachable(DOING, "the socket was closed"),
            Err(error) => error,
        };
        // Those who came too late are told as well: they take another way.
        while let Some(say) = self.requests.recv().await {
            tell(&say.parts, Part::Broken(error.clone()));
        }
        for parts in self.contexts.values() {
            tell(parts, Part::Broken(error.clone()));
        }
    }

    async fn serve(&mut self, mut socket: Socket) -> Result<(), SpeechError> {
        let mut last_sent = Instant::now();
        let mut idle_since = Instant::now();
        loop {
            let busy = !self.contexts.is_empty();
            if busy {
                idle_since = Instant::now();
            } else if self.worn.load(Ordering::Relaxed) || idle_since.elapsed() >= IDLE {
                return self.end(socket).await;
            }
            tokio::select! {
                say = self.requests.recv() => match say {
                    Some(say) => self.begin(&mut socket, say).await?,
                    // Nobody can ask any more; those under way are finished.
                    None => self.worn.store(true, Ordering::Relaxed),
                },
                incoming = socket.next() => {
                    self.take(incoming)?;
                    continue;
                }
                () = sleep_until(last_sent + KEEPALIVE) => {
                    self.send(&mut socket, keepalive()).await?;
                }
            }
            last_sent = Instant::now();
        }
    }

    async fn begin(&mut self, socket: &mut Socket, say: Say) -> Result<(), SpeechError> {
        if say.parts.is_closed() {
            self.load.fetch_sub(1, Ordering::AcqRel);
            return Ok(());
        }
        self.named += 1;
        let context = format!("u{}", self.named);
        self.contexts.insert(context.clone(), say.parts);
        for message in utterance(&context, &say.text) {
            self.send(socket, message).await?;
        }
        Ok(())
    }

    async fn send(&self, socket: &mut Socket, message: String) -> Result<(), SpeechError> {
        let sent = socket.send(message).await;
        sent.map_err(|cause| self.link.unreachable(DOING, &cause))
    }

    /// Hands audio to its utterance; of a context that is unknown or not listened to, drops it.
    fn take(&mut self, incoming: Incoming) -> Result<(), SpeechError> {
        let text = match incoming {
            Incoming::Text(text) => text,
            Incoming::Alive => return Ok(()),
            Incoming::Closed(closing) => return Err(self.closed(&closing)),
        };
        match read(&text) {
            Report::Audio {
                context,
                audio,
                chars,
                last,
            } => {
                if let Some(parts) = self.contexts.get(&context) {
                    if !audio.is_empty() {
                        tell(parts, Part::Audio(audio, chars));
                    }
                    if last {
                        tell(parts, Part::Done);
                        self.contexts.remove(&context);
                        self.load.fetch_sub(1, Ordering::AcqRel);
                    }
                }
                Ok(())
            }
            Report::Failed(fault) => Err(self.link.scrubbed(fault.into_error(DOING))),
            Report::Other => Ok(()),
        }
    }

    /// An idle context is closed with the code of a refusal too, so that only the reason tells.
    fn closed(&self, closing: &Closing) -> SpeechError {
        match Fault::of_close(&closing.reason, false) {
            Some(fault) => self.link.scrubbed(fault.into_error(DOING)),
            None if closing.reason.is_empty() => self
                .link
                .unreachable(DOING, "the service closed the socket"),
            None => self.link.unreachable(DOING, &closing.reason),
        }
    }

    async fn end(&self, mut socket: Socket) -> Result<(), SpeechError> {
        // From here on `say` must find it closed.
        self.worn.store(true, Ordering::Relaxed);
        self.send(&mut socket, close_socket()).await?;
        socket.close().await;
        Ok(())
    }
}

/// Hands over a part; a listener that left or stalls that long gets no more.
fn tell(parts: &mpsc::Sender<Part>, part: Part) {
    if let Err(error) = parts.try_send(part) {
        tracing::trace!(%error, "audio that nobody listens to");
    }
}

/// The pool's address of a line.
pub(super) fn address(link: &Link, voice: &super::Voice) -> Url {
    wire::address(link, voice)
}
