//! One callee on one line: frames in, frames out, a tick every 20 ms.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};
use tracing::debug;

use super::wire::{self, Message};
use crate::audio::{FRAME_MS, FRAME_SAMPLES, Frame};
use crate::rehearsal::callee::{Callee, Measured, Side};

/// Ticks for which a call may be away while the dialplan presses a key.
const AWAY_TICKS: u32 = 150;
/// Frames that may wait to be heard; more means that our clock is behind, and quiet ones go.
const BACKLOG: usize = 2;
/// Samples of this height are no speech.
const QUIET: u16 = 64;

/// The line as it stands.
struct Line {
    socket: Option<OwnedWriteHalf>,
    messages: mpsc::Receiver<Message>,
    /// Samples heard and not yet given to the callee.
    heard: VecDeque<i16>,
    ticks_away: u32,
}

/// Plays the callee until one side hangs up. `returning` brings the call back after a key.
pub(super) async fn converse(
    mut callee: Callee,
    socket: TcpStream,
    mut returning: mpsc::Receiver<TcpStream>,
) -> Measured {
    let mut line = Line::open(socket);
    let mut ticker = interval(Duration::from_millis(u64::from(FRAME_MS)));
    ticker.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        tokio::select! {
            _ = ticker.tick() => {
                if let Some(side) = line.tick(&mut callee).await {
                    return callee.released(side);
                }
            }
            Some(message) = line.messages.recv(), if line.socket.is_some() => match message {
                Message::Audio(samples) => line.heard.extend(samples),
                Message::Key(key) => callee.key_in(key),
                Message::HangUp => {
                    line.let_callee_hear_the_rest(&mut callee);
                    return callee.released(Side::Caller);
                }
            },
            Some(socket) = returning.recv() => line.come_back(socket),
        }
    }
}

impl Line {
    fn open(socket: TcpStream) -> Self {
        if let Err(error) = socket.set_nodelay(true) {
            debug!(%error, "callees: frames may be late");
        }
        let (reader, writer) = socket.into_split();
        let (sender, messages) = mpsc::channel(64);
        tokio::spawn(listen(reader, sender));
        Self {
            socket: Some(writer),
            messages,
            heard: VecDeque::new(),
            ticks_away: 0,
        }
    }

    fn come_back(&mut self, socket: TcpStream) {
        *self = Self::open(socket);
    }

    /// 20 ms both ways; the side that ended the call, if one did.
    async fn tick(&mut self, callee: &mut Callee) -> Option<Side> {
        let frame = self.next_heard();
        callee.frame_in(frame.as_ref());
        let frame = callee.frame_out();
        if callee.wants_hangup() {
            self.let_go().await;
            return Some(Side::Callee);
        }
        if callee.wants_digit().is_some() {
            // Which key it is stands in the dialplan.
            self.let_go().await;
            return None;
        }
        let Some(socket) = self.socket.as_mut() else {
            self.ticks_away += 1;
            return (self.ticks_away > AWAY_TICKS).then_some(Side::Caller);
        };
        match wire::write_frame(socket, &frame).await {
            Ok(()) => None,
            Err(_) => Some(Side::Caller),
        }
    }

    async fn let_go(&mut self) {
        if let Some(mut socket) = self.socket.take()
            && let Err(error) = wire::write_hang_up(&mut socket).await
        {
            debug!(%error, "callees: the line had gone already");
        }
        self.heard.clear();
    }

    /// The next 20 ms that came from the line, if so much has come.
    fn next_heard(&mut self) -> Option<Frame> {
        while self.heard.len() > (BACKLOG + 1) * FRAME_SAMPLES
            && self
                .heard
                .iter()
                .take(FRAME_SAMPLES)
                .all(|s| s.unsigned_abs() <= QUIET)
        {
            self.heard.drain(..FRAME_SAMPLES);
        }
        if self.heard.len() < FRAME_SAMPLES {
            return None;
        }
        let mut frame = Frame::SILENCE;
        for (place, sample) in frame.0.iter_mut().zip(self.heard.drain(..FRAME_SAMPLES)) {
            *place = sample;
        }
        Some(frame)
    }

    /// What came before the hang-up was heard, if not yet by the callee.
    fn let_callee_hear_the_rest(&mut self, callee: &mut Callee) {
        while let Some(frame) = self.next_heard() {
            callee.frame_in(Some(&frame));
            // Nobody hears what the callee says to it.
            callee.frame_out();
        }
    }
}

async fn listen(mut reader: OwnedReadHalf, sender: mpsc::Sender<Message>) {
    loop {
        let message = wire::read(&mut reader).await;
        let is_last = matches!(message, Message::HangUp);
        if sender.send(message).await.is_err() || is_last {
            return;
        }
    }
}
