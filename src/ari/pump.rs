//! The task of one media leg: between the driver's queues and whatever carries the audio.
//!
//! It always drains the carrier, whether the driver reads or not: an Asterisk that cannot write
//! freezes the channel. What the driver does not take is kept for two seconds, then the oldest
//! frames are dropped.

use std::collections::VecDeque;

use async_trait::async_trait;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::media::{Mark, MediaCommand, MediaEvent, MediaLeg};
use crate::audio::FRAME_SAMPLES;

/// Commands that wait for the leg.
const COMMANDS: usize = 64;
/// Events in the driver's queue; the rest waits where the oldest can be dropped.
const EVENTS: usize = 8;
/// Frames kept for a driver that stalls: two seconds.
const KEPT: usize = 100;
/// Frames in one message: 200 ms, 1600 bytes. More in one piece may end the channel.
const FRAMES_PER_MESSAGE: usize = 10;

/// Carries audio to and from Asterisk.
#[async_trait]
pub(in crate::ari) trait MediaTransport: Send {
    /// What it is, for the log.
    fn name(&self) -> &'static str;
    /// Queues whole frames, at most ten of them. Never waits.
    fn send(&mut self, mark: Option<Mark>, audio: Vec<u8>) -> Result<(), String>;
    /// Drops what has not left yet, and its marks. Never waits.
    fn flush(&mut self) -> Result<(), String>;
    /// The next thing heard. May be dropped at any await without losing anything.
    async fn next(&mut self) -> Heard;
    /// Ends it.
    async fn close(&mut self);
}

/// What a transport reports.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::ari) enum Heard {
    /// Bytes of the callee, of any length.
    Audio(Vec<u8>),
    /// Everything up to this mark has left.
    Played(Mark),
    /// It broke.
    Closed(String),
}

/// How a leg ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ari) enum LegEnd {
    /// The driver or the end of the call ended it.
    Ours,
    /// The carrier broke.
    Broken,
}

/// The task's ends of a leg's queues.
#[derive(Debug)]
pub(in crate::ari) struct LegQueues {
    commands: mpsc::Receiver<MediaCommand>,
    events: mpsc::Sender<MediaEvent>,
}

/// A leg's queues; nothing moves in them until [`pump`] runs.
pub(in crate::ari) fn leg() -> (MediaLeg, LegQueues) {
    let (command_sender, commands) = mpsc::channel(COMMANDS);
    let (events, event_receiver) = mpsc::channel(EVENTS);
    (
        MediaLeg {
            commands: command_sender,
            events: event_receiver,
        },
        LegQueues { commands, events },
    )
}

/// Carries audio until one side ends it.
pub(in crate::ari) async fn pump(
    mut transport: Box<dyn MediaTransport>,
    mut queues: LegQueues,
    stop: CancellationToken,
) -> LegEnd {
    let mut inbound = Inbound::default();
    // Once for the whole leg: to begin to wait takes a lock.
    let stopped = stop.cancelled();
    tokio::pin!(stopped);
    let (end, reason) = loop {
        inbound.hand_on(&queues.events);
        tokio::select! {
            () = &mut stopped => break (LegEnd::Ours, "the call is over".to_owned()),
            command = queues.commands.recv() => match obey(transport.as_mut(), command) {
                Ok(true) => {}
                Ok(false) => break (LegEnd::Ours, "closed by us".to_owned()),
                Err(cause) => break (LegEnd::Broken, cause),
            },
            heard = transport.next() => match heard {
                Heard::Audio(bytes) => inbound.audio(&bytes),
                Heard::Played(mark) => inbound.keep(MediaEvent::Played(mark)),
                Heard::Closed(cause) => break (LegEnd::Broken, cause),
            },
            permit = queues.events.reserve(), if !inbound.kept.is_empty() => match permit {
                Ok(permit) => {
                    if let Some(event) = inbound.kept.pop_front() {
                        permit.send(event);
                    }
                }
                Err(_) => break (LegEnd::Ours, "nobody listens".to_owned()),
            },
        }
    };
    transport.close().await;
    tracing::debug!(
        transport = transport.name(),
        reason,
        dropped = inbound.dropped,
        "audio ended"
    );
    inbound.keep(MediaEvent::Closed { reason });
    // The rest goes to a driver that still reads; one that stalls does not hold the task.
    for event in inbound.kept {
        let sent =
            tokio::time::timeout(std::time::Duration::from_secs(2), queues.events.send(event));
        if !matches!(sent.await, Ok(Ok(()))) {
            break;
        }
    }
    end
}

/// Carries a command out; `false` ends the leg.
fn obey(transport: &mut dyn MediaTransport, command: Option<MediaCommand>) -> Result<bool, String> {
    match command {
        Some(MediaCommand::Send { mark, audio }) => {
            for (mark, message) in messages(mark, audio) {
                transport.send(mark, message)?;
            }
        }
        Some(MediaCommand::Flush) => transport.flush()?,
        None => return Ok(false),
    }
    Ok(true)
}

/// Audio as messages of whole frames, the mark behind the last.
fn messages(mark: Mark, mut audio: Vec<u8>) -> Vec<(Option<Mark>, Vec<u8>)> {
    let missing = audio.len().next_multiple_of(FRAME_SAMPLES) - audio.len();
    if missing > 0 {
        tracing::debug!(missing, "a short frame is filled up");
        // Repeating the last byte makes no click, whatever the codec.
        let last = audio.last().copied().unwrap_or_default();
        audio.extend(std::iter::repeat_n(last, missing));
    }
    let size = FRAMES_PER_MESSAGE * FRAME_SAMPLES;
    let mut messages: Vec<_> = audio
        .chunks(size)
        .map(|part| (None, part.to_vec()))
        .collect();
    match messages.last_mut() {
        Some((last, _)) => *last = Some(mark),
        None => messages.push((Some(mark), Vec::new())),
    }
    messages
}

/// What waits for the driver.
#[derive(Debug, Default)]
struct Inbound {
    kept: VecDeque<MediaEvent>,
    partial: Vec<u8>,
    dropped: u64,
}

impl Inbound {
    fn audio(&mut self, bytes: &[u8]) {
        if self.partial.is_empty() {
            let (frames, rest) = bytes.as_chunks::<FRAME_SAMPLES>();
            for frame in frames {
                self.keep(MediaEvent::Frame(*frame));
            }
            self.partial.extend_from_slice(rest);
            return;
        }
        let mut joined = std::mem::take(&mut self.partial);
        joined.extend_from_slice(bytes);
        self.audio(&joined);
    }

    fn keep(&mut self, event: MediaEvent) {
        if self.kept.len() >= KEPT {
            self.drop_oldest_frame();
        }
        self.kept.push_back(event);
    }

    /// Gives the driver what its queue has room for.
    fn hand_on(&mut self, events: &mpsc::Sender<MediaEvent>) {
        while !self.kept.is_empty()
            && let Ok(permit) = events.try_reserve()
            && let Some(event) = self.kept.pop_front()
        {
            permit.send(event);
        }
    }

    fn drop_oldest_frame(&mut self) {
        let oldest = self
            .kept
            .iter()
            .position(|event| matches!(event, MediaEvent::Frame(_)));
        if oldest.and_then(|index| self.kept.remove(index)).is_some() {
            self.dropped += 1;
            if self.dropped.is_power_of_two() {
                tracing::warn!(
                    dropped = self.dropped,
                    "frames of the callee were dropped: nobody took them"
                );
            }
        }
    }
}

#[cfg(test)]
#[path = "pump_tests.rs"]
mod tests;
