//! The callee's audio on its way to the recogniser: gaps filled, voice detected.

use tokio::sync::mpsc;

use crate::audio::{EchoGuard, FRAME_MS, Frame, G711, VoiceChange, VoiceDetector};
use crate::call::CallEvent;
use crate::speech::{RecognizerCommand, RecognizerSession};

/// A gap is a gap when nothing came for this long; shorter ones are jitter.
const GAP_MS: u64 = 80;

/// One call's ear.
#[derive(Debug)]
pub(super) struct Ear {
    session: RecognizerSession,
    detector: VoiceDetector,
    echo: EchoGuard,
    /// Whether the machine was told that this line returns our voice.
    echo_told: bool,
    /// Up to when the recogniser has audio, in milliseconds of the call; set at the answer.
    fed_ms: Option<u64>,
    dropped: u64,
}

impl Ear {
    pub(super) fn new(session: RecognizerSession) -> Self {
        Self {
            session,
            detector: VoiceDetector::default(),
            echo: EchoGuard::default(),
            echo_told: false,
            fed_ms: None,
            dropped: 0,
        }
    }

    /// What the recogniser reports.
    pub(super) fn events(&mut self) -> &mut mpsc::Receiver<crate::speech::RecognizerEvent> {
        &mut self.session.events
    }

    /// From now on the audio is the callee's.
    pub(super) fn open(&mut self, now_ms: u64) {
        self.fed_ms = Some(now_ms);
        self.detector = VoiceDetector::default();
    }

    pub(super) fn is_open(&self) -> bool {
        self.fed_ms.is_some()
    }

    /// This much of our own voice has just left; it may come back.
    pub(super) fn sent(&mut self, codec: G711, bytes: &[u8]) {
        let samples: Vec<i16> = bytes.iter().map(|byte| codec.expand(*byte)).collect();
        self.echo.sent(&samples);
    }

    /// A frame came.
    pub(super) fn frame(&mut self, frame: &Frame, now_ms: u64, out: &mut Vec<CallEvent>) {
        let Some(fed) = self.fed_ms else { return };
        self.fed_ms = Some((fed + u64::from(FRAME_MS)).max(now_ms.saturating_sub(GAP_MS)));
        self.feed(frame, out);
    }

    /// Time passed: what did not come is silence.
    pub(super) fn tick(&mut self, now_ms: u64, out: &mut Vec<CallEvent>) {
        while let Some(fed) = self.fed_ms.filter(|fed| fed + GAP_MS < now_ms) {
            self.fed_ms = Some(fed + u64::from(FRAME_MS));
            self.feed(&Frame::SILENCE, out);
        }
    }

    /// Asks for the text of what was heard.
    pub(super) async fn commit(&self) {
        if self
            .session
            .commands
            .send(RecognizerCommand::Commit)
            .await
            .is_err()
        {
            tracing::debug!("a commit after the recogniser was gone");
        }
    }

    /// No more audio comes.
    pub(super) async fn close(&self) {
        if self
            .session
            .commands
            .send(RecognizerCommand::Close)
            .await
            .is_err()
        {
            tracing::trace!("the recogniser was gone already");
        }
        if self.dropped > 0 {
            tracing::warn!(frames = self.dropped, "the recogniser could not keep up");
        }
    }

    fn feed(&mut self, frame: &Frame, out: &mut Vec<CallEvent>) {
        let is_echo = self.echo.is_echo(frame);
        if self.echo.has_echo() && !self.echo_told {
            self.echo_told = true;
            out.push(CallEvent::EchoFound);
        }
        let (frame, change) = if is_echo {
            (&Frame::SILENCE, self.detector.pass())
        } else {
            (frame, self.detector.push(frame))
        };
        match change {
            Some(VoiceChange::Started) => out.push(CallEvent::SpeechStarted),
            Some(VoiceChange::Paused) => out.push(CallEvent::SpeechPaused),
            None => {}
        }
        // The audio of a call never waits for the network.
        if self
            .session
            .commands
            .try_send(RecognizerCommand::Audio(Box::new(*frame)))
            .is_err()
        {
            self.dropped += 1;
        }
    }
}
