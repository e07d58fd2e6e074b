//! What can be done with one call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout};

use super::event::{Event, playback_key, recording_key};
use super::http::Request;
use super::line_task::{Ask, Started, Status};
use super::model::{StateAnswer, VariableAnswer};
use super::order::Ids;
use super::registry::{Leg, Route};
use super::remove::hang_up;
use super::{AriError, CallOrder, DialError, Shared};
use crate::line::HangupReason;

/// How long [`LineControl::cleanup`] waits: longer than all of its requests together may take.
const CLEANUP_LIMIT: Duration = Duration::from_secs(25);
/// How long the first event of a `dial` without an answer is waited for.
const DIALLED_LIMIT: Duration = Duration::from_secs(1);

/// How a playback ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlayEnd {
    /// It was played, or stopped.
    Done,
    /// It could not be played (no such file), or the call ended in it.
    Failed,
}

/// One call's controls. Dropping them hangs the call up and removes it, without waiting.
#[derive(Debug)]
pub struct LineControl {
    pub(super) shared: Arc<Shared>,
    pub(super) ids: Ids,
    pub(super) asks: mpsc::Sender<Ask>,
    pub(super) status: watch::Receiver<Status>,
    ring_seconds: u64,
    /// When Asterisk ends the call by itself.
    pub(super) ends: Instant,
    dialled: AtomicBool,
    playbacks: AtomicU32,
}

impl LineControl {
    pub(super) fn new(shared: &Arc<Shared>, order: &CallOrder, started: &Started) -> Self {
        Self {
            shared: Arc::clone(shared),
            ids: Ids::new(&order.id),
            asks: started.asks.clone(),
            status: started.status.clone(),
            ring_seconds: order.ring_seconds(),
            ends: Instant::now() + Duration::from_secs(order.absolute_seconds()),
            dialled: AtomicBool::new(false),
            playbacks: AtomicU32::new(0),
        }
    }

    /// Controls for a part of this room that works on a call of somebody else.
    pub(super) fn borrowed(
        shared: Arc<Shared>,
        ids: Ids,
        asks: mpsc::Sender<Ask>,
        status: watch::Receiver<Status>,
    ) -> Self {
        let (dialled, playbacks) = (AtomicBool::new(true), AtomicU32::new(0));
        Self {
            shared,
            ids,
            asks,
            status,
            ring_seconds: 1,
            ends: Instant::now(),
            dialled,
            playbacks,
        }
    }

    /// The id of the call's channel.
    pub fn id(&self) -> &str {
        &self.ids.call
    }

    /// Rings the phone. It is sent once in the life of a call, whatever became of the first.
    ///
    /// # Errors
    /// [`DialError::NotRung`]: nobody was rung. [`DialError::OutcomeUnknown`]: the phone may ring;
    /// the events tell. [`DialError::Already`]: it was called before.
    pub async fn dial(&self) -> Result<(), DialError> {
        if self.dialled.swap(true, Ordering::AcqRel) {
            return Err(DialError::Already);
        }
        self.ask(Ask::Dialled).await;
        let request = Request::post(&["channels", &self.ids.call, "dial"])
            .query("timeout", self.ring_seconds.to_string());
        match self.shared.http.send(request).await {
            Ok(()) => Ok(()),
            Err(error) if error.may_have_rung() => self.was_dialled(error).await,
            Err(error) => Err(DialError::NotRung(error)),
        }
    }

    /// Marks the call as dialled by the request that made it.
    pub(super) async fn dialled_by_originate(&self) {
        self.dialled.store(true, Ordering::Release);
        self.ask(Ask::Dialled).await;
    }

    async fn was_dialled(&self, error: AriError) -> Result<(), DialError> {
        let mut status = self.status.clone();
        let dialled = status.wait_for(|status| status.dialled || status.ended.is_some());
        match timeout(DIALLED_LIMIT, dialled).await {
            Ok(Ok(status)) if status.dialled => Ok(()),
            _ => Err(DialError::OutcomeUnknown(error)),
        }
    }

    /// Hangs up. `Released` follows; a call that is gone already is fine.
    pub async fn hangup(&self, reason: HangupReason) -> Result<(), AriError> {
        self.ask(Ask::HungUp).await;
        hang_up(&self.shared.http, &self.ids.call, reason).await
    }

    /// Answers a channel that came in; one that we dialled is answered by the callee.
    pub async fn answer(&self) -> Result<(), AriError> {
        self.shared
            .http
            .send(Request::post(&["channels", &self.ids.call, "answer"]))
            .await
    }

    /// Presses keys for the callee's side to hear: `0`-`9`, `*`, `#`, `A`-`D`.
    pub async fn send_dtmf(&self, digits: &str) -> Result<(), AriError> {
        let request = Request::post(&["channels", &self.ids.call, "dtmf"]).query("dtmf", digits);
        self.shared.http.send(request).await
    }

    /// Plays what Asterisk has (`sound:hello-world`, `tone:…`, `digits:12`) and waits for its end.
    pub async fn play(&self, media: &str) -> Result<PlayEnd, AriError> {
        let count = self.playbacks.fetch_add(1, Ordering::Relaxed);
        let id = format!("{}-p{count}", self.ids.call);
        let (_route, inbox) = self.listen(&playback_key(&id));
        let path = ["channels", &self.ids.call, "play", &id];
        let request = Request::post(&path).query("media", media);
        let _queued: StateAnswer = self.shared.http.read(request).await?;
        Ok(self.media_end(inbox).await)
    }

    /// Stops the playback that [`Self::play`] began last, if it still plays.
    pub async fn stop_play(&self) -> Result<(), AriError> {
        let Some(last) = self.playbacks.load(Ordering::Relaxed).checked_sub(1) else {
            return Ok(());
        };
        let id = format!("{}-p{last}", self.ids.call);
        match self
            .shared
            .http
            .send(Request::delete(&["playbacks", &id]))
            .await
        {
            Err(AriError::NotFound { .. }) => Ok(()),
            other => other,
        }
    }

    /// Records both sides, mixed, in Asterisk (`format`: `wav`, `alaw` …) under a name that is
    /// not taken, until [`Self::stop_record`] or the end of the call.
    pub async fn record(&self, name: &str, format: &str) -> Result<(), AriError> {
        // A channel in a bridge cannot be recorded itself.
        let path = ["bridges", &self.ids.bridge, "record"];
        let request = Request::post(&path)
            .query("name", name)
            .query("format", format);
        let answer: StateAnswer = self.shared.http.read(request).await?;
        if answer.state == "failed" {
            return Err(AriError::Conflict {
                what: "the recording".to_owned(),
                message: "Asterisk did not start it".to_owned(),
            });
        }
        Ok(())
    }

    /// Ends a recording and waits until its file is written.
    pub async fn stop_record(&self, name: &str) -> Result<PlayEnd, AriError> {
        let (_route, inbox) = self.listen(&recording_key(name));
        let request = Request::post(&["recordings", "live", name, "stop"]);
        self.shared.http.send(request).await?;
        Ok(self.media_end(inbox).await)
    }

    /// A variable or function of the channel, such as `CHANNEL(audionativeformat)`.
    pub async fn variable(&self, name: &str) -> Result<String, AriError> {
        let request =
            Request::get(&["channels", &self.ids.call, "variable"]).query("variable", name);
        let answer: VariableAnswer = self.shared.http.read(request).await?;
        Ok(answer.value)
    }

    /// Sets a variable or function of the channel.
    pub async fn set_variable(&self, name: &str, value: &str) -> Result<(), AriError> {
        let request = Request::post(&["channels", &self.ids.call, "variable"])
            .json(json!({"variable": name, "value": value}));
        self.shared.http.send(request).await
    }

    /// Ends the call in whatever state it is and waits (bounded) until neither channel nor
    /// bridge of it is left.
    ///
    /// # Errors
    /// Something may be left; the error says why. Asterisk ends the call itself in time.
    pub async fn cleanup(self) -> Result<(), AriError> {
        self.ask(Ask::Finish(HangupReason::Normal)).await;
        let mut status = self.status.clone();
        let removed = timeout(
            CLEANUP_LIMIT,
            status.wait_for(|status| status.removed.is_some()),
        );
        match removed.await {
            Ok(Ok(status)) => status.removed.clone().unwrap_or(Ok(())),
            _ => Err(AriError::OutcomeUnknown {
                what: format!("the removal of the call `{}`", self.ids.call),
                cause: "it takes too long".to_owned(),
            }),
        }
    }

    /// A task that has ended needs no telling.
    pub(super) async fn ask(&self, ask: Ask) {
        if let Err(error) = self.asks.send(ask).await {
            tracing::trace!(call = %self.ids.call, %error, "the call is over");
        }
    }

    fn listen(&self, key: &str) -> (Route, mpsc::Receiver<(Leg, Event)>) {
        let (sender, inbox) = mpsc::channel(4);
        (self.shared.registry.route(key, Leg::Media, &sender), inbox)
    }

    async fn media_end(&self, mut inbox: mpsc::Receiver<(Leg, Event)>) -> PlayEnd {
        let mut status = self.status.clone();
        tokio::select! {
            event = inbox.recv() => match event {
                Some((_, Event::Media(state))) if state == "done" => PlayEnd::Done,
                _ => PlayEnd::Failed,
            },
            _ = status.wait_for(|status| status.ended.is_some()) => PlayEnd::Failed,
        }
    }
}
