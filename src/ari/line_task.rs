//! The task of one call: it reads the call's events, tells them to the driver, and sees to it
//! that the call ends exactly once and leaves nothing behind.
//!
//! It never waits for Asterisk or the driver: requests run beside it and report as events, and
//! what the driver does not take yet is kept. It ends the call when the driver drops its end,
//! when the audio is gone, and when an expected event does not come.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::event::Event;
use super::media::LegEnd;
use super::order::Ids;
use super::registry::{INBOX, Leg, Route};
use super::remove::{hang_up, look, remove};
use super::translate::Translator;
use super::{AriError, CallOrder, Shared};
use crate::line::{HangupReason, LineEvent};

/// How late an event may be before Asterisk is asked.
const PATIENCE: Duration = Duration::from_secs(5);
/// After so many fruitless looks the call is given up as lost.
const STRIKES: u32 = 4;
/// How long `ChannelDestroyed` may come after Asterisk has forgotten the channel.
const GRACE: Duration = Duration::from_millis(500);
/// How long a removal that failed waits before it is tried again.
const AGAIN: Duration = Duration::from_secs(2);
const EVENTS: usize = 64;

/// What the other parts of a call tell its task.
#[derive(Debug)]
pub(super) enum Ask {
    /// Asterisk has made this channel.
    Exists(Leg),
    /// `dial` is about to be sent.
    Dialled,
    /// We are about to hang up.
    HungUp,
    /// The call goes on without our audio, for so long at most.
    Joined(Duration),
    /// The audio is over.
    LegEnded(LegEnd),
    /// End everything now.
    Finish(HangupReason),
}

/// How the call stands, for those that wait for something.
#[derive(Debug, Clone, Default)]
pub(super) struct Status {
    pub(super) call_entered: bool,
    pub(super) media_entered: bool,
    /// Asterisk sent the call to the trunk.
    pub(super) dialled: bool,
    /// The terminal event.
    pub(super) ended: Option<LineEvent>,
    /// Nothing is left in Asterisk, or why something may be.
    pub(super) removed: Option<Result<(), AriError>>,
}

/// What the task hands to whoever starts it.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) events: mpsc::Receiver<LineEvent>,
    pub(super) asks: mpsc::Sender<Ask>,
    pub(super) status: watch::Receiver<Status>,
    /// Cancelled when the audio has no reason to go on.
    pub(super) media_stop: CancellationToken,
}

pub(super) struct LineTask {
    shared: Arc<Shared>,
    ids: Ids,
    routes: [Route; 2],
    inbox: mpsc::Receiver<(Leg, Event)>,
    asks: mpsc::Receiver<Ask>,
    out: mpsc::Sender<LineEvent>,
    kept: VecDeque<LineEvent>,
    said: Translator,
    status: watch::Sender<Status>,
    media_stop: CancellationToken,
    ring: Duration,
    longest: Duration,
    /// When Asterisk is asked, and how often it was asked in vain.
    look_at: Option<Instant>,
    strikes: u32,
    exists: bool,
    finishing: bool,
    /// The call needs no audio of ours any more.
    joined: bool,
}

/// Enters the ids of a call and starts its task. Nothing is asked of Asterisk yet.
pub(super) fn start(shared: &Arc<Shared>, order: &CallOrder) -> Started {
    let ids = Ids::new(&order.id);
    let (inbox_sender, inbox) = mpsc::channel(INBOX);
    let (out, events) = mpsc::channel(EVENTS);
    let (asks_sender, asks) = mpsc::channel(16);
    let (status_sender, status) = watch::channel(Status::default());
    let media_stop = CancellationToken::new();
    let task = LineTask {
        shared: Arc::clone(shared),
        routes: [
            shared.registry.route(&ids.call, Leg::Call, &inbox_sender),
            shared.registry.route(&ids.media, Leg::Media, &inbox_sender),
        ],
        ids,
        inbox,
        asks,
        out,
        kept: VecDeque::new(),
        said: Translator::default(),
        status: status_sender,
        media_stop: media_stop.clone(),
        ring: Duration::from_secs(order.ring_seconds()),
        longest: Duration::from_secs(order.absolute_seconds()),
        look_at: None,
        strikes: 0,
        exists: false,
        finishing: false,
        joined: false,
    };
    shared.lines.spawn(task.run());
    Started {
        events,
        asks: asks_sender,
        status,
        media_stop,
    }
}

impl LineTask {
    async fn run(mut self) {
        let closing = self.shared.closing.clone();
        while !self.said.ended {
            let look_at = self.look_at;
            tokio::select! {
                event = self.inbox.recv() => {
                    let Some((leg, event)) = event else { break };
                    self.on_event(leg, &event);
                }
                ask = self.asks.recv(), if !self.finishing => {
                    self.on_ask(&ask.unwrap_or(Ask::Finish(HangupReason::Failure)));
                }
                () = closing.cancelled(), if !self.finishing => {
                    self.finish(HangupReason::Normal);
                }
                permit = self.out.clone().reserve_owned(), if !self.kept.is_empty() => {
                    self.pass_on(permit.ok());
                }
                () = sleep_until(look_at.unwrap_or_else(Instant::now)), if look_at.is_some() => {
                    self.overdue();
                }
            }
        }
        self.end().await;
    }

    fn on_event(&mut self, leg: Leg, event: &Event) {
        match leg {
            Leg::Media => self.on_media_event(event),
            Leg::Call => {
                if *event == Event::Entered {
                    self.status.send_modify(|status| status.call_entered = true);
                }
                for said in self.said.translate(event) {
                    self.say(said);
                }
            }
        }
    }

    fn on_media_event(&mut self, event: &Event) {
        match event {
            Event::Entered => self
                .status
                .send_modify(|status| status.media_entered = true),
            // The leg ends, and with it the call: see `on_ask`.
            Event::Destroyed(_) | Event::Gone => self.media_stop.cancel(),
            Event::State(_)
            | Event::Dial(_)
            | Event::FarEndHungUp(_)
            | Event::Digit { .. }
            | Event::Media(_) => {}
        }
    }

    fn say(&mut self, event: LineEvent) {
        tracing::debug!(call = %self.ids.call, ?event, "line");
        let now = Instant::now();
        match &event {
            LineEvent::Dialled => self.status.send_modify(|status| status.dialled = true),
            LineEvent::Answered => {
                self.look_at = Some(now + self.longest + PATIENCE);
                self.strikes = 0;
            }
            LineEvent::FarEndHungUp(_) => self.look_at = Some(now + PATIENCE),
            LineEvent::Ringing
            | LineEvent::Progress
            | LineEvent::Digit { .. }
            | LineEvent::Released(_)
            | LineEvent::Lost => {}
        }
        self.kept.push_back(event);
    }

    fn on_ask(&mut self, ask: &Ask) {
        match ask {
            Ask::Exists(leg) => {
                let [call, media] = &self.routes;
                match leg {
                    Leg::Call => {
                        call.exists();
                        self.exists = true;
                    }
                    Leg::Media => media.exists(),
                }
            }
            Ask::Dialled => self.look_at = Some(Instant::now() + self.ring + PATIENCE),
            Ask::HungUp => self.look_at = Some(Instant::now() + PATIENCE),
            Ask::Joined(limit) => {
                self.joined = true;
                self.look_at = Some(Instant::now() + *limit + PATIENCE);
            }
            Ask::LegEnded(_) if self.joined => {}
            Ask::LegEnded(LegEnd::Ours) => self.hang_up(HangupReason::Normal),
            Ask::LegEnded(LegEnd::Broken) => self.hang_up(HangupReason::Failure),
            Ask::Finish(reason) => self.finish(*reason),
        }
    }

    /// Hangs up beside the task. A channel that is gone already does not mind.
    fn hang_up(&mut self, reason: HangupReason) {
        self.look_at = Some(Instant::now() + PATIENCE);
        let (shared, id) = (Arc::clone(&self.shared), self.ids.call.clone());
        tokio::spawn(async move {
            if let Err(error) = hang_up(&shared.http, &id, reason).await {
                tracing::warn!(call = id, %error, "the call could not be hung up");
            }
        });
    }

    /// Removes everything, and calls the call lost if Asterisk does not tell of its end.
    fn finish(&mut self, reason: HangupReason) {
        self.finishing = true;
        self.look_at = None;
        let (shared, ids) = (Arc::clone(&self.shared), self.ids.clone());
        let grace = if self.exists { GRACE } else { Duration::ZERO };
        tokio::spawn(async move {
            if let Err(error) = remove(&shared.http, &ids, reason).await {
                tracing::warn!(call = ids.call, %error, "the call could not be removed");
            }
            sleep(grace).await;
            shared.registry.deliver(&ids.call, Event::Gone);
        });
    }

    /// An event is late: asks Asterisk, which answers as an event; in the end gives up.
    fn overdue(&mut self) {
        self.strikes += 1;
        if self.strikes > STRIKES {
            tracing::warn!(call = %self.ids.call, "Asterisk tells nothing of the call any more");
            self.finish(HangupReason::Failure);
            return;
        }
        self.look_at = Some(Instant::now() + PATIENCE);
        let (shared, id) = (Arc::clone(&self.shared), self.ids.call.clone());
        let answered = self.said.answered;
        tokio::spawn(async move {
            match look(&shared.http, &id).await {
                Ok(None) => shared.registry.deliver(&id, Event::Gone),
                // The answer itself was missed.
                Ok(Some(channel)) if channel.is_up() && !answered => {
                    shared.registry.deliver(&id, Event::State(channel.state));
                }
                Ok(Some(_)) => {
                    let reason = if answered {
                        HangupReason::Normal
                    } else {
                        HangupReason::NoAnswer
                    };
                    if let Err(error) = hang_up(&shared.http, &id, reason).await {
                        tracing::warn!(call = id, %error, "an overdue call could not be ended");
                    }
                }
                Err(error) => tracing::warn!(call = id, %error, "an overdue call"),
            }
        });
    }

    fn pass_on(&mut self, permit: Option<mpsc::OwnedPermit<LineEvent>>) {
        match permit {
            Some(permit) => {
                if let Some(event) = self.kept.pop_front() {
                    permit.send(event);
                }
            }
            // Nobody listens any more; the end comes by the asks.
            None => self.kept.clear(),
        }
    }

    /// Tells the end and removes what is left. The end goes first: to a driver that hears of the
    /// lost audio before, a callee who hung up would look like a fault of ours.
    async fn end(mut self) {
        let ended = self.kept.back().cloned().unwrap_or(LineEvent::Lost);
        self.status.send_modify(|status| status.ended = Some(ended));
        let mut kept = std::mem::take(&mut self.kept);
        while let Some(event) = kept.pop_front() {
            // A driver that stalls gets the rest beside the removal, which does not wait for it.
            if let Err(mpsc::error::TrySendError::Full(event)) = self.out.try_send(event) {
                kept.push_front(event);
                break;
            }
        }
        self.media_stop.cancel();
        let tell = async {
            for event in kept {
                if self.out.send(event).await.is_err() {
                    break;
                }
            }
        };
        let clean = async {
            let removed = remove(&self.shared.http, &self.ids, HangupReason::Normal).await;
            if let Err(error) = &removed {
                let call = &self.ids.call;
                tracing::warn!(%call, %error, "a call may be left in Asterisk: it is tried again");
                let goes_on = until_removed(Arc::clone(&self.shared), self.ids.clone());
                self.shared.lines.spawn(goes_on);
            }
            self.status
                .send_modify(|status| status.removed = Some(removed));
        };
        tokio::join!(tell, clean);
    }
}

/// Goes on removing what could not be removed: nobody else knows of it any more. While it goes on
/// the connection does not count as closed.
async fn until_removed(shared: Arc<Shared>, ids: Ids) {
    loop {
        sleep(AGAIN).await;
        match remove(&shared.http, &ids, HangupReason::Failure).await {
            Ok(()) => {
                tracing::info!(call = ids.call, "a call that was left is removed");
                return;
            }
            Err(error) => tracing::debug!(call = ids.call, %error, "a call is still left"),
        }
    }
}
