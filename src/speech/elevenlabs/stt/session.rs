//! The task of one call's ear: keeps a session open, carries chunks out and reports in.
//!
//! Decides when to dial again and when to give up; what to send and what to report is
//! [`Hearing`]'s. It ends on `Close`, or when the call drops either end.

use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::hearing::Hearing;
use super::wire::{Report, read};
use crate::speech::elevenlabs::link::Link;
use crate::speech::elevenlabs::retry::steady_pause;
use crate::speech::elevenlabs::socket::{Closing, Incoming, Socket};
use crate::speech::{RecognizerCommand, RecognizerEvent, SpeechError};

/// Names this work in an error.
pub(super) const DOING: &str = "speech recognition";
/// How long a closing session waits for texts that are owed.
const FAREWELL: Duration = Duration::from_secs(1);
/// Pings a dead-peer limit: enough that one lost packet does not matter.
const PINGS: u32 = 4;

type Dialling = Pin<Box<dyn Future<Output = Result<Socket, SpeechError>> + Send>>;

/// Where the session stands.
enum Phase {
    Dialling(Dialling),
    Live(Live),
    /// Broken; dials again then.
    Resting(Instant),
    /// Given up; commits are answered with nothing.
    Failed,
}

struct Live {
    socket: Socket,
    since: Instant,
    last_seen: Instant,
    next_ping: Instant,
}

/// What the task woke up for.
enum Wake {
    Command(Option<RecognizerCommand>),
    Dialled(Result<Socket, SpeechError>),
    Heard(Incoming),
    Time,
}

pub(super) struct Session {
    link: Arc<Link>,
    address: Url,
    commands: mpsc::Receiver<RecognizerCommand>,
    events: mpsc::Sender<RecognizerEvent>,
    hearing: Hearing,
    phase: Phase,
    /// Sessions that failed in a row.
    failures: u32,
    closing: Option<Instant>,
}

/// Opens a socket and waits for `session_started`: an open socket proves nothing.
pub(super) async fn dial(
    link: &Link,
    address: &Url,
    limit: Duration,
) -> Result<Socket, SpeechError> {
    let started = async {
        let mut socket = Socket::open(link, address, DOING, limit).await?;
        loop {
            match socket.next().await {
                Incoming::Text(text) => match read(&text) {
                    Report::Started(id) => {
                        tracing::debug!(session = id, "recognition session started");
                        return Ok(socket);
                    }
                    Report::Ended(fault) => return Err(link.scrubbed(fault.into_error(DOING))),
                    Report::Complaint(text) => tracing::warn!(text, "recognition warns"),
                    Report::Partial(_) | Report::Committed { .. } | Report::Other => {}
                },
                Incoming::Alive => {}
                Incoming::Closed(closing) => return Err(closed(link, &closing)),
            }
        }
    };
    match tokio::time::timeout(limit, started).await {
        Ok(result) => result,
        Err(_) => Err(link.unreachable(DOING, "the session did not start in time")),
    }
}

/// A close frame may tell why; then it decides whether another session can do better.
fn closed(link: &Link, closing: &Closing) -> SpeechError {
    match closing.fault() {
        Some(fault) => link.scrubbed(fault.into_error(DOING)),
        None if closing.reason.is_empty() => {
            link.unreachable(DOING, "the service closed the session")
        }
        None => link.unreachable(DOING, &closing.reason),
    }
}

impl Session {
    pub(super) fn new(
        link: Arc<Link>,
        address: Url,
        commands: mpsc::Receiver<RecognizerCommand>,
        events: mpsc::Sender<RecognizerEvent>,
    ) -> Self {
        let limit = link.timing.connect;
        Self {
            hearing: Hearing::new(link.timing.clone()),
            phase: Phase::Dialling(dialling(&link, &address, limit)),
            link,
            address,
            commands,
            events,
            failures: 0,
            closing: None,
        }
    }

    pub(super) async fn run(mut self) {
        while !self.is_over() {
            let wake = self.wait().await;
            self.handle(wake);
            self.hearing.tick(Instant::now());
            self.watch_peer().await;
            self.speak().await;
            if !self.report().await {
                break;
            }
        }
        self.hearing.give_up();
        self.report().await;
        if let Phase::Live(live) = self.phase {
            live.socket.close().await;
        }
    }

    fn is_over(&self) -> bool {
        self.closing
            .is_some_and(|limit| Instant::now() >= limit || !self.hearing.is_waiting())
    }

    async fn wait(&mut self) -> Wake {
        let deadline = self.deadline();
        let closing = self.closing.is_some();
        tokio::select! {
            command = self.commands.recv(), if !closing => Wake::Command(command),
            wake = progress(&mut self.phase) => wake,
            () = until(deadline) => Wake::Time,
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let phase = match &self.phase {
            Phase::Live(live) => Some(live.next_ping),
            Phase::Resting(until) => Some(*until),
            Phase::Dialling(_) | Phase::Failed => None,
        };
        [self.hearing.deadline(), phase, self.closing]
            .into_iter()
            .flatten()
            .min()
    }

    fn handle(&mut self, wake: Wake) {
        let now = Instant::now();
        match wake {
            Wake::Command(command) => self.obey(command, now),
            Wake::Dialled(Ok(socket)) => {
                self.hearing.connected(now);
                self.phase = Phase::Live(Live {
                    socket,
                    since: now,
                    last_seen: now,
                    next_ping: now + self.link.timing.dead_peer / PINGS,
                });
            }
            Wake::Dialled(Err(error)) => self.mend(error),
            Wake::Heard(Incoming::Closed(closing)) => {
                let error = closed(&self.link, &closing);
                self.mend(error);
            }
            Wake::Heard(Incoming::Alive) => self.seen(now),
            Wake::Heard(Incoming::Text(text)) => {
                self.seen(now);
                self.hear(&text, now);
            }
            Wake::Time => {
                if matches!(&self.phase, Phase::Resting(until) if now >= *until) {
                    let limit = self.link.timing.reconnect;
                    self.phase = Phase::Dialling(dialling(&self.link, &self.address, limit));
                }
            }
        }
    }

    fn obey(&mut self, command: Option<RecognizerCommand>, now: Instant) {
        let failed = matches!(self.phase, Phase::Failed);
        match command {
            Some(RecognizerCommand::Audio(frames)) if !failed => {
                for frame in &frames {
                    self.hearing.audio(frame, now);
                }
            }
            Some(RecognizerCommand::Audio(_)) => {}
            Some(RecognizerCommand::Commit) => {
                self.hearing.commit(now);
                if failed {
                    self.hearing.give_up();
                }
            }
            Some(RecognizerCommand::Close) | None => self.closing = Some(now + FAREWELL),
        }
    }

    fn seen(&mut self, now: Instant) {
        if let Phase::Live(live) = &mut self.phase {
            live.last_seen = now;
        }
    }

    fn hear(&mut self, text: &str, now: Instant) {
        match read(text) {
            Report::Partial(text) => self.hearing.partial(text, now),
            Report::Committed { text, timed } => self.hearing.committed(text, timed, now),
            Report::Complaint(text) => tracing::warn!(text, "recognition warns"),
            Report::Ended(fault) => {
                let error = self.link.scrubbed(fault.into_error(DOING));
                self.mend(error);
            }
            Report::Started(_) | Report::Other => {}
        }
    }

    /// A session could not be had or broke: rests before the next, or gives up.
    fn mend(&mut self, error: SpeechError) {
        let now = Instant::now();
        let timing = &self.link.timing;
        let was_live = match &self.phase {
            Phase::Live(live) => {
                if now >= live.since + timing.healthy {
                    self.failures = 0;
                }
                true
            }
            Phase::Dialling(_) | Phase::Resting(_) | Phase::Failed => false,
        };
        self.hearing.broken();
        if error.is_fatal() || self.failures >= timing.reconnects {
            tracing::warn!(error = error.message, "recognition is lost for this call");
            self.hearing.give_up();
            self.hearing.push(RecognizerEvent::Failed(error));
            self.phase = Phase::Failed;
            return;
        }
        tracing::info!(error = error.message, "recognition is mended");
        if was_live {
            self.hearing.push(RecognizerEvent::Reconnecting);
        }
        self.phase = Phase::Resting(now + steady_pause(timing.backoff, self.failures));
        self.failures += 1;
    }

    /// A network that died silently still takes what is written: only pings tell.
    async fn watch_peer(&mut self) {
        let now = Instant::now();
        let limit = self.link.timing.dead_peer;
        let Phase::Live(live) = &mut self.phase else {
            return;
        };
        if now < live.next_ping {
            return;
        }
        live.next_ping = now + limit / PINGS;
        let silent = now >= live.last_seen + limit;
        let cause = match live.socket.ping().await {
            Ok(()) if silent => "the service fell silent".to_owned(),
            Ok(()) => return,
            Err(cause) => cause,
        };
        let error = self.link.unreachable(DOING, &cause);
        self.mend(error);
    }

    /// Sends all that is due.
    async fn speak(&mut self) {
        while let Phase::Live(live) = &mut self.phase
            && let Some(chunk) = self.hearing.next_chunk(Instant::now())
        {
            let sent = match chunk.to_json() {
                Ok(text) => live.socket.send(text).await,
                Err(error) => Err(error.to_string()),
            };
            if let Err(cause) = sent {
                let error = self.link.unreachable(DOING, &cause);
                self.mend(error);
            }
        }
    }

    /// Hands on what there is to report; false when nobody listens any more. A guess that finds
    /// the queue full is dropped: the next one replaces it anyway.
    async fn report(&mut self) -> bool {
        while let Some(event) = self.hearing.event() {
            let partial = matches!(event, RecognizerEvent::Partial(_));
            if partial && self.events.capacity() == 0 {
                continue;
            }
            if self.events.send(event).await.is_err() {
                return false;
            }
        }
        true
    }
}

fn dialling(link: &Arc<Link>, address: &Url, limit: Duration) -> Dialling {
    let link = Arc::clone(link);
    let address = address.clone();
    Box::pin(async move { dial(&link, &address, limit).await })
}

/// What the network brings next; cancel safe.
async fn progress(phase: &mut Phase) -> Wake {
    match phase {
        Phase::Dialling(dialling) => Wake::Dialled(dialling.await),
        Phase::Live(live) => Wake::Heard(live.socket.next().await),
        Phase::Resting(_) | Phase::Failed => pending().await,
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => sleep_until(at).await,
        None => pending().await,
    }
}
