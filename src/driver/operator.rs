//! The person to whom a call is handed over: rung beside the talk, told who is on the line, and
//! given to the talk when ready.
//!
//! A task of its own rings and whispers, so that the callee's side goes on meanwhile. Dropping an
//! [`Operator`] in whatever state hangs up at the person's.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use super::clock::CallClock;
use super::meter::Meter;
use super::mouth::Mouth;
use super::station::Station;
use crate::ari::media::MediaEvent;
use crate::ari::{CallLine, CallOrder, LineControl};
use crate::audio::{FRAME_MS, Played, VoiceChange, VoiceDetector};
use crate::call::{PromptId, TransferOrder};
use crate::line::LineEvent;
use crate::phone::{NumberRules, PhoneNumber};

/// Who answers and says nothing hears the whisper after this time.
const HELLO_MS: u64 = 1_200;
/// No whisper takes longer to be made and said.
const WHISPER_LIMIT: Duration = Duration::from_secs(18);
/// How long a person who was rung may be talked with before the two are joined.
const LONGEST_WAIT: Duration = Duration::from_mins(2);

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// The person is there and knows who is on the line.
    Ready,
    /// Nobody took the call.
    Failed,
    /// The person has hung up.
    Left,
}

/// A person who is rung, or has answered.
#[derive(Debug)]
pub(super) struct Operator {
    ringing: Option<Ringing>,
    line: Option<CallLine>,
}

#[derive(Debug)]
struct Ringing {
    ready: mpsc::Receiver<Option<CallLine>>,
    task: JoinHandle<()>,
}

impl Drop for Ringing {
    fn drop(&mut self) {
        // The line it may hold is dropped with it, and so removed.
        self.task.abort();
    }
}

impl Operator {
    /// Begins to ring.
    pub(super) fn ring(
        station: &Station,
        order: &TransferOrder,
        (callee, meter): (&PhoneNumber, &Meter),
    ) -> Self {
        let call = call_order(station, order, callee);
        let (station, whisper) = (station.clone(), (order.whisper.clone(), meter.clone()));
        let (told, ready) = mpsc::channel(1);
        let task = tokio::spawn(async move {
            let line = reach(&station, &call, whisper).await;
            if told.send(line).await.is_err() {
                tracing::trace!("the callee did not wait for the person");
            }
        });
        Self {
            ringing: Some(Ringing { ready, task }),
            line: None,
        }
    }

    /// The next that becomes of it.
    pub(super) async fn news(&mut self) -> News {
        if let Some(ringing) = &mut self.ringing {
            self.line = ringing.ready.recv().await.flatten();
            self.ringing = None;
            return if self.line.is_some() {
                News::Ready
            } else {
                News::Failed
            };
        }
        let Some(line) = &mut self.line else {
            return std::future::pending().await;
        };
        loop {
            tokio::select! {
                event = line.events.recv() => match event {
                    Some(LineEvent::Released(_) | LineEvent::Lost) | None => {
                        self.line = None;
                        return News::Left;
                    }
                    Some(_) => {}
                },
                // What the person says before the join is for nobody; after it there is none.
                Some(_) = line.media.events.recv() => {}
            }
        }
    }

    /// The person's line, where it was answered.
    pub(super) fn control(&self) -> Option<&LineControl> {
        self.line.as_ref().map(|line| &line.control)
    }

    /// Hangs up there, and waits until nothing of it is left.
    pub(super) async fn leave(mut self) {
        let Some(line) = self.line.take() else { return };
        if let Err(error) = line.control.cleanup().await {
            tracing::warn!(%error, "the channel of a person may be left in Asterisk");
        }
    }
}

/// The next news of a person who is rung; for ever none where nobody is.
pub(super) async fn news(operator: &mut Option<Operator>) -> News {
    match operator {
        Some(operator) => operator.news().await,
        None => std::future::pending().await,
    }
}

/// An endpoint is dialled as it is, and shown the callee's number; a number goes through the
/// trunk, which takes no caller id but ours.
fn call_order(station: &Station, order: &TransferOrder, callee: &PhoneNumber) -> CallOrder {
    let plan = &station.plan;
    let own = order.to.contains('/');
    let endpoint = if own {
        order.to.clone()
    } else {
        match PhoneNumber::parse(&order.to, &NumberRules::default()) {
            Ok(number) => plan.endpoint(&number),
            // An extension is no telephone number.
            Err(_) => plan.endpoint_of(&order.to),
        }
    };
    let caller_id = if own {
        Some(callee.e164().to_owned())
    } else {
        plan.caller_id.clone()
    };
    CallOrder {
        id: format!("{}-{}", station.run.app, station.next_channel()),
        endpoint,
        caller_id,
        codec: plan.codec,
        ring_timeout: Duration::from_millis(order.ring_ms),
        longest: LONGEST_WAIT,
        media: plan.media,
    }
}

/// Rings, waits for the answer and whispers; the line of a person who is ready.
async fn reach(
    station: &Station,
    order: &CallOrder,
    (whisper, meter): (String, Meter),
) -> Option<CallLine> {
    let mut line = match station.ari.prepare(order).await {
        Ok(line) => line,
        Err(error) => {
            tracing::warn!(%error, "nobody can be rung to take the call");
            return None;
        }
    };
    let silence = station.plan.codec.silence();
    let mut mouth = Mouth::new(line.media.commands.clone(), silence, meter);
    // It is made while the telephone rings.
    mouth.say(PromptId(0), &whisper, false, station);
    if let Err(error) = line.control.dial().await {
        tracing::warn!(%error, "nobody could be rung to take the call");
        return None;
    }
    let told = tell(&mut line, &mut mouth, station).await;
    told.then_some(line)
}

/// Waits for the answer, lets the person say hello, and whispers; whether the person is there.
async fn tell(line: &mut CallLine, mouth: &mut Mouth, station: &Station) -> bool {
    let clock = CallClock::start();
    let mut tick = interval(Duration::from_millis(FRAME_MS.into()));
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut voice = VoiceDetector::default();
    // When the whisper begins and is given up.
    let (mut begin, mut limit) = (None::<u64>, None::<u64>);
    loop {
        let now = clock.now().0;
        let mut facts = Vec::new();
        tokio::select! {
            event = line.events.recv() => match event {
                Some(LineEvent::Answered) => {
                    begin = Some(now + HELLO_MS);
                    let patience = u64::try_from(WHISPER_LIMIT.as_millis()).unwrap_or(u64::MAX);
                    limit = Some(now.saturating_add(patience));
                }
                Some(LineEvent::Released(_) | LineEvent::Lost) | None => return false,
                Some(_) => {}
            },
            Some(event) = line.media.events.recv() => match event {
                MediaEvent::Frame(bytes) if begin.is_some() => {
                    match voice.push(&station.plan.codec.decode(&bytes)) {
                        // The hello is heard out.
                        Some(VoiceChange::Started) => begin = begin.map(|at| at.max(now + 3_000)),
                        Some(VoiceChange::Paused) => begin = begin.map(|at| at.min(now + 300)),
                        None => {}
                    }
                }
                MediaEvent::Frame(_) => {}
                MediaEvent::Played(mark) => mouth.played(mark, now, &mut facts),
                MediaEvent::Closed { .. } => return false,
            },
            Some((id, piece)) = mouth.piece() => if let Some(error) = mouth.take(id, piece) {
                tracing::warn!(%error, "the person is told nothing of the callee");
                limit = limit.map(|_| now);
            },
            _ = tick.tick() => {}
        }
        if begin.is_some_and(|at| now >= at) {
            mouth.open();
        }
        mouth.pump(now, &mut facts).await;
        let told = |fact: &Played| matches!(fact, Played::Ended { .. });
        if facts.iter().any(told) || limit.is_some_and(|at| now >= at) {
            return true;
        }
    }
}
