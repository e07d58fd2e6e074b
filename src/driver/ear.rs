//! The callee's audio on its way to the recogniser: gaps filled, voice detected. Before the answer it
//! is the network's, and little of it goes there.

mod early;

use tokio::sync::mpsc::error::TrySendError;

use crate::audio::{
    EchoGuard, FRAME_MS, Frame, KeyDetector, MelodyDetector, Signal, SignalDetector, VoiceChange,
    VoiceDetector,
};
use crate::call::CallEvent;
use crate::line::LineEvent;

use super::trunk_keys::TrunkKeys;
use crate::speech::{RecognizerCommand, RecognizerEvent, RecognizerSession};
use early::EarlyEar;

/// A gap is a gap when nothing came for this long; shorter ones are jitter.
const GAP_MS: u64 = 80;
/// A fax, a beep or music tell who answered within this time of the answer.
const FAX_MS: u64 = 20_000;
/// Nobody waits for a beep yet: only one of this length is told.
const BEEP_MS: u32 = 200;
/// Frames that go to the recogniser together: its messages are as long, and each wakes a task.
const TOGETHER: usize = 5;
/// As many where the callee has said nothing for a while: nobody waits for the text of silence.
const TOGETHER_IN_SILENCE: usize = 20;
/// So much is kept for a recogniser that is not there yet, some four seconds: what a callee says
/// who waits for a conversation.
const KEPT: usize = 200 / TOGETHER;

/// One call's ear.
#[derive(Debug)]
pub(super) struct Ear {
    session: Option<RecognizerSession>,
    /// Frames that wait for those they go with.
    gathered: Vec<Frame>,
    /// What there is for a recogniser that is not there yet.
    kept: Vec<RecognizerCommand>,
    /// Hears what the network plays before the answer, once it plays something.
    early: Option<Box<EarlyEar>>,
    detector: VoiceDetector,
    signals: SignalDetector,
    melody: MelodyDetector,
    /// Whether a beep is waited for.
    beep: bool,
    /// Up to when a fax may tell itself, in milliseconds of the call.
    fax_until_ms: u64,
    keys: KeyDetector,
    trunk_keys: TrunkKeys,
    echo: EchoGuard,
    /// Whether the machine was told that this line returns our voice.
    echo_told: bool,
    /// Up to when the recogniser has audio, in milliseconds of the call; set at the answer.
    fed_ms: Option<u64>,
    dropped: u64,
    /// Frames that the recogniser was given.
    frames: u64,
}

impl Ear {
    /// An ear that hears voice, and keeps the words until it gets a recogniser.
    pub(super) fn without_recognizer() -> Self {
        Self {
            session: None,
            gathered: Vec::with_capacity(TOGETHER),
            kept: Vec::new(),
            early: None,
            detector: VoiceDetector::default(),
            signals: SignalDetector::default(),
            melody: MelodyDetector::default(),
            beep: false,
            fax_until_ms: 0,
            keys: KeyDetector::default(),
            trunk_keys: TrunkKeys::default(),
            echo: EchoGuard::default(),
            echo_told: false,
            fed_ms: None,
            dropped: 0,
            frames: 0,
        }
    }

    pub(super) fn new(session: RecognizerSession) -> Self {
        let mut ear = Self::without_recognizer();
        ear.connect(session);
        ear
    }

    /// From now on there is a recogniser; what was kept for it comes first.
    pub(super) fn connect(&mut self, session: RecognizerSession) {
        self.session = Some(session);
        for command in std::mem::take(&mut self.kept) {
            self.send(command);
        }
    }

    /// Whether the callee has spoken into an ear that has no recogniser yet.
    pub(super) fn heard_voice(&self) -> bool {
        self.kept
            .iter()
            .any(|kept| matches!(kept, RecognizerCommand::Commit))
            || self.detector.is_speaking()
    }

    /// What the recogniser reports; `None` when it is gone.
    pub(super) async fn event(&mut self) -> Option<RecognizerEvent> {
        match &mut self.session {
            Some(session) => session.events.recv().await,
            None => std::future::pending().await,
        }
    }

    /// From now on the audio is the callee's.
    pub(super) fn open(&mut self, now_ms: u64) {
        self.early = None;
        self.fed_ms = Some(now_ms);
        self.fax_until_ms = now_ms + FAX_MS;
        self.detector = VoiceDetector::default();
    }

    pub(super) fn is_open(&self) -> bool {
        self.fed_ms.is_some()
    }

    /// This much of our own voice has just left; it may come back.
    pub(super) fn sent(&mut self, samples: &[i16]) {
        self.echo.sent(samples);
    }

    /// A frame came.
    pub(super) fn frame(&mut self, frame: &Frame, now_ms: u64, out: &mut Vec<CallEvent>) {
        let Some(fed) = self.fed_ms else {
            self.early_frame(frame, now_ms, out);
            return;
        };
        self.fed_ms = Some((fed + u64::from(FRAME_MS)).max(now_ms.saturating_sub(GAP_MS)));
        self.feed(frame, out);
    }

    /// Time passed: what did not come is silence.
    pub(super) fn tick(&mut self, now_ms: u64, out: &mut Vec<CallEvent>) {
        if let Some(early) = &mut self.early {
            let fed = self.session.is_some().then_some(&mut self.gathered);
            early.tick(now_ms, fed, out);
            self.hand_on_early();
        }
        while let Some(fed) = self.fed_ms.filter(|fed| fed + GAP_MS < now_ms) {
            self.fed_ms = Some(fed + u64::from(FRAME_MS));
            self.feed(&Frame::SILENCE, out);
        }
    }

    /// A frame came before the answer. A call without a recogniser is only told tones: it gets one
    /// when somebody has answered, and nothing else is kept for it.
    fn early_frame(&mut self, frame: &Frame, now_ms: u64, out: &mut Vec<CallEvent>) {
        let begins = || Box::new(EarlyEar::new(now_ms));
        let early = self.early.get_or_insert_with(begins);
        let fed = self.session.is_some().then_some(&mut self.gathered);
        early.frame((frame, now_ms), fed, out);
        self.hand_on_early();
    }

    fn hand_on_early(&mut self) {
        if self.gathered.len() >= TOGETHER {
            self.hand_on();
        }
    }

    /// Asks for the text of what was heard.
    pub(super) async fn commit(&mut self) {
        self.hand_on();
        let Some(session) = &self.session else {
            self.kept.push(RecognizerCommand::Commit);
            return;
        };
        let sent = session.commands.send(RecognizerCommand::Commit).await;
        if sent.is_err() {
            tracing::debug!("a commit after the recogniser was gone");
        }
    }

    /// No more audio comes.
    pub(super) async fn close(&mut self) {
        self.fed_ms = None;
        if let Some(session) = &self.session
            && session
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

    /// A beep is waited for.
    pub(super) fn listen_for_beep(&mut self) {
        self.beep = true;
        self.signals = SignalDetector::default();
    }

    /// The trunk told of a key; whether it is not known already from its sound.
    pub(super) fn trunk_key(&mut self, digit: char) -> bool {
        self.trunk_keys.told(digit, self.fed_ms.unwrap_or(0))
    }

    /// Sounds that are no speech and mean something.
    fn signs(&mut self, frame: &Frame, out: &mut Vec<CallEvent>) {
        let now_ms = self.fed_ms.unwrap_or(0);
        let watched = self.beep || now_ms < self.fax_until_ms;
        match watched.then(|| self.signals.push(frame)).flatten() {
            Some(Signal::BeepEnded(ms)) if self.beep || ms >= BEEP_MS => {
                out.push(CallEvent::Beep);
            }
            Some(Signal::BeepEnded(_)) | None => {}
            Some(Signal::Fax) => out.push(CallEvent::Fax),
            Some(Signal::Information) => out.push(CallEvent::InformationTones),
        }
        if watched && self.melody.push(frame, &self.detector) {
            out.push(CallEvent::Music);
        }
        if let Some(digit) = self.keys.push(frame)
            && self.trunk_keys.heard(digit, now_ms)
        {
            let duration_ms = 2 * FRAME_MS;
            out.push(CallEvent::Line(LineEvent::Digit { digit, duration_ms }));
        }
    }

    fn feed(&mut self, frame: &Frame, out: &mut Vec<CallEvent>) {
        self.signs(frame, out);
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
        self.gathered.push(*frame);
        let together = if self.session.is_some() && self.detector.is_silent() {
            TOGETHER_IN_SILENCE
        } else {
            TOGETHER
        };
        if self.gathered.len() >= together {
            self.hand_on();
        }
    }

    /// Hands on what was gathered for the recogniser.
    fn hand_on(&mut self) {
        if !self.gathered.is_empty() {
            let next = Vec::with_capacity(TOGETHER);
            let frames = std::mem::replace(&mut self.gathered, next);
            self.send(RecognizerCommand::Audio(frames));
        }
    }

    /// The audio of a call never waits for the network.
    fn send(&mut self, command: RecognizerCommand) {
        let Some(session) = &self.session else {
            self.keep(command);
            return;
        };
        let frames = match &command {
            RecognizerCommand::Audio(frames) => frames.len() as u64,
            RecognizerCommand::Commit | RecognizerCommand::Close => 0,
        };
        match session.commands.try_send(command) {
            Ok(()) => self.frames += frames,
            Err(TrySendError::Full(_) | TrySendError::Closed(_)) => self.dropped += frames,
        }
    }

    /// How much sound the recogniser was given, in milliseconds.
    pub(super) fn recognised_ms(&self) -> u64 {
        self.frames * u64::from(FRAME_MS)
    }

    /// Keeps the last seconds. A commit stays: each is owed a text.
    fn keep(&mut self, command: RecognizerCommand) {
        if self.kept.len() >= KEPT {
            let audio = |kept: &RecognizerCommand| matches!(kept, RecognizerCommand::Audio(_));
            if let Some(oldest) = self.kept.iter().position(audio) {
                self.kept.remove(oldest);
            }
        }
        self.kept.push(command);
    }
}

/// What an ear reports of a call whose audio is known beforehand, from the answer on: each event
/// with its time in milliseconds.
pub fn heard_in(frames: impl IntoIterator<Item = Frame>) -> Vec<(u64, CallEvent)> {
    let (mut ear, mut now_ms) = (Ear::without_recognizer(), 0);
    ear.open(now_ms);
    let (mut heard, mut events) = (Vec::new(), Vec::new());
    for frame in frames {
        now_ms += u64::from(FRAME_MS);
        ear.frame(&frame, now_ms, &mut events);
        heard.extend(events.drain(..).map(|event| (now_ms, event)));
    }
    heard
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn what_was_said_before_the_recogniser_is_there_is_kept_for_it() {
        let mut ear = Ear::without_recognizer();
        ear.open(0);
        let mut out = Vec::new();
        for at in 0..10 {
            ear.frame(&Frame::SILENCE, at * 20, &mut out);
        }
        ear.commit().await;
        let (commands, mut taken) = mpsc::channel(256);
        let (events, receiver) = mpsc::channel(4);
        let waits = std::time::Duration::from_millis(10);
        assert!(tokio::time::timeout(waits, ear.event()).await.is_err());
        ear.connect(RecognizerSession {
            commands,
            events: receiver,
        });
        ear.frame(&Frame::SILENCE, 200, &mut out);
        ear.commit().await;
        let mut told = Vec::new();
        while let Ok(command) = taken.try_recv() {
            let RecognizerCommand::Audio(frames) = command else {
                told.push(0);
                continue;
            };
            told.push(frames.len());
        }
        assert_eq!(told, [5, 5, 0, 1, 0], "frames, and a nought for a commit");
        assert_eq!(ear.recognised_ms(), 11 * 20);
        events.send(RecognizerEvent::Ready).await.unwrap();
        assert_eq!(ear.event().await, Some(RecognizerEvent::Ready));
    }

    fn spoken(text: &str) -> Vec<Frame> {
        let samples = crate::rehearsal::voice::speak(text);
        let frames = samples.chunks_exact(160);
        let frame = |samples: &[i16]| Frame(std::array::from_fn(|at| samples[at]));
        frames.map(frame).chain([Frame::SILENCE; 10]).collect()
    }

    #[tokio::test]
    async fn before_the_answer_a_recogniser_hears_voice_alone_and_one_to_come_nothing() {
        let (commands, mut taken) = mpsc::channel(256);
        let (_events, receiver) = mpsc::channel(4);
        let session = RecognizerSession {
            commands,
            events: receiver,
        };
        let (mut ear, mut waiting) = (Ear::new(session), Ear::without_recognizer());
        let (mut out, mut nothing) = (Vec::new(), Vec::new());
        let words = spoken("абонент недоступен");
        let frames = [vec![Frame::SILENCE; 100], words.clone()].concat();
        for (at, frame) in frames.iter().enumerate() {
            ear.frame(frame, at as u64 * 20, &mut out);
            waiting.frame(frame, at as u64 * 20, &mut nothing);
        }
        assert_eq!(out, [CallEvent::SpeechStarted, CallEvent::SpeechPaused]);
        ear.commit().await;
        let mut recognised = 0;
        while let Ok(command) = taken.try_recv() {
            match command {
                RecognizerCommand::Audio(frames) => recognised += frames.len(),
                RecognizerCommand::Commit => break,
                RecognizerCommand::Close => panic!("it is not over"),
            }
        }
        assert_eq!(recognised as u64 * 20, ear.recognised_ms());
        assert!((words.len() - 10..words.len() + 10).contains(&recognised));
        assert!(nothing.is_empty() && waiting.kept.is_empty() && waiting.gathered.is_empty());
        // The answer begins anew.
        ear.open(10_000);
        assert!(ear.is_open() && !ear.heard_voice() && ear.gathered.is_empty());
    }

    #[test]
    fn only_the_last_seconds_are_kept_and_every_commit() {
        let mut ear = Ear::without_recognizer();
        ear.keep(RecognizerCommand::Commit);
        for _ in 0..500 {
            ear.keep(RecognizerCommand::Audio(vec![Frame::SILENCE; TOGETHER]));
        }
        assert_eq!(ear.kept.len(), KEPT);
        assert!(matches!(ear.kept[0], RecognizerCommand::Commit));
    }
}
