//! A whole call without a socket and without waiting: the production machine and voice detector
//! on one side, a character on the other, G.711 between them, and a clock of frames.
//!
//! It stands for the driver and the outside world: recognition is the ear of the voice with the
//! latencies of the real service, synthesis its mouth.

use std::collections::VecDeque;
use std::sync::Arc;

use super::super::Character;
use crate::audio::{FRAME_MS, FRAME_SAMPLES, Frame, G711, VoiceChange, VoiceDetector};
use crate::call::{
    CallAction, CallEnd, CallEvent, CallMachine, CallRules, CallTime, Greet, OnMachine, PromptId,
    Speaker,
};
use crate::dialogue::{Dialogue, Scenario, Variables};
use crate::line::{Cause, LineEvent, Release};
use crate::rehearsal::callee::{Callee, Measured, Side};
use crate::rehearsal::voice::{Listener, speak};

/// From a commit to its text.
const COMMIT_MS: u64 = 320;
/// Between two partial texts, and the audio that a session needs before its first.
const PARTIAL_MS: u64 = 300;
const FIRST_PARTIAL_MS: u64 = 2_000;
/// From a prompt being wanted to its first sound: it lies ready.
const PROMPT_MS: u64 = 60;

/// A prompt on its way out.
struct Playing {
    id: PromptId,
    begins_at: u64,
    rest: VecDeque<i16>,
    heard_ms: u32,
    held: bool,
}

/// The call.
pub(super) struct VirtualCall {
    machine: CallMachine,
    callee: Callee,
    now: u64,
    detector: VoiceDetector,
    ear: Listener,
    texts: VecDeque<(u64, String)>,
    last_partial: String,
    playing: Option<Playing>,
    hung_up: Option<Side>,
    pub(super) end: Option<CallEnd>,
    /// The turns of both sides, as they are kept: `bot: …` and `callee: …`.
    pub(super) turns: Vec<(u64, String)>,
    pub(super) forbidden: bool,
    /// A person was to be rung: there is none.
    nobody_there: bool,
}

/// What is left of a call.
pub(super) struct Left {
    pub(super) end: CallEnd,
    pub(super) turns: Vec<String>,
    pub(super) forbidden: bool,
    pub(super) measured: Measured,
}

/// Runs a call to its end; the character answers at once.
pub(super) fn ring(source: &str, character: &Character, seed: u64) -> Left {
    let scenario = Arc::new(Scenario::parse(source).unwrap());
    let language = scenario.language;
    let fields = Variables::from([("name".to_owned(), "Анна".to_owned())]);
    let dialogue = Dialogue::new(scenario, &fields).unwrap();
    let callee = character.pick_up(language, ("74950000001", "79000000001"), seed);
    let mut call = VirtualCall {
        machine: CallMachine::new(
            CallRules {
                advice_ms: None,
                ring_timeout_ms: 45_000,
                max_duration_ms: 300_000,
                greet: Greet::AfterHello,
                on_machine: OnMachine::HangUp,
                longest_hello_ms: 5_000,
            },
            dialogue,
        ),
        callee,
        now: 0,
        detector: VoiceDetector::default(),
        ear: Listener::new(),
        texts: VecDeque::new(),
        last_partial: String::new(),
        playing: None,
        hung_up: None,
        end: None,
        turns: Vec::new(),
        forbidden: false,
        nobody_there: false,
    };
    for event in [LineEvent::Dialled, LineEvent::Ringing, LineEvent::Answered] {
        call.take(&CallEvent::Line(event));
    }
    while call.end.is_none() {
        assert!(call.now < 400_000, "no end: {:#?}", call.turns);
        call.tick();
    }
    call.turns.sort_by_key(|(at, _)| *at);
    Left {
        end: call.end.unwrap(),
        turns: call.turns.into_iter().map(|(_, line)| line).collect(),
        forbidden: call.forbidden,
        measured: call.callee.released(call.hung_up.unwrap()),
    }
}

impl VirtualCall {
    fn tick(&mut self) {
        self.now += u64::from(FRAME_MS);
        if std::mem::take(&mut self.nobody_there) {
            self.take(&CallEvent::TransferFailed);
        }
        let frame = self.bot_frame();
        self.callee
            .frame_in(frame.as_ref().map(through_the_trunk).as_ref());
        let said = through_the_trunk(&self.callee.frame_out());
        self.hear(&said);
        if let Some(digit) = self.callee.wants_digit() {
            let key = LineEvent::Digit {
                digit,
                duration_ms: 120,
            };
            self.take(&CallEvent::Line(key));
        }
        if self.callee.wants_hangup() && self.hung_up.is_none() {
            self.release(Side::Callee);
        }
        while let Some((_, text)) = self.texts.pop_front_if(|(due, _)| *due <= self.now) {
            self.take(&CallEvent::FinalText(text));
        }
        while let Some((at, timer)) = self.machine.deadline().filter(|_| self.end.is_none())
            && at.0 <= self.now
        {
            self.take(&CallEvent::Timeout(timer));
        }
    }

    /// The callee's sound reaches the detector and the recogniser.
    fn hear(&mut self, frame: &Frame) {
        self.ear.push(&frame.0);
        match self.detector.push(frame) {
            Some(VoiceChange::Started) => self.take(&CallEvent::SpeechStarted),
            Some(VoiceChange::Paused) => self.take(&CallEvent::SpeechPaused),
            None => {}
        }
        if self.now >= FIRST_PARTIAL_MS && self.now.is_multiple_of(PARTIAL_MS) {
            let text = self.ear.text();
            if text != self.last_partial && !text.is_empty() {
                self.last_partial.clone_from(&text);
                self.take(&CallEvent::PartialText(text));
            }
        }
    }

    /// 20 ms of the prompt under way; nothing is sent where there is nothing to say.
    fn bot_frame(&mut self) -> Option<Frame> {
        let now = self.now;
        let playing = self.playing.as_mut()?;
        if playing.held || playing.begins_at > now {
            return None;
        }
        let id = playing.id;
        let begins = playing.heard_ms == 0;
        let count = playing.rest.len().min(FRAME_SAMPLES);
        let mut frame = Frame::SILENCE;
        for (place, sample) in frame.0.iter_mut().zip(playing.rest.drain(..count)) {
            *place = sample;
        }
        playing.heard_ms += FRAME_MS;
        let is_over = playing.rest.is_empty();
        if begins {
            self.take(&CallEvent::PromptStarted(id));
        }
        if is_over {
            self.prompt_ended(true);
        }
        Some(frame)
    }

    fn prompt_ended(&mut self, complete: bool) {
        if let Some(playing) = self.playing.take() {
            self.take(&CallEvent::PromptEnded {
                id: playing.id,
                heard_ms: playing.heard_ms,
                complete,
            });
        }
    }

    fn release(&mut self, by: Side) {
        self.hung_up = Some(by);
        let release = Release {
            cause: Cause(16),
            sip: None,
        };
        if by == Side::Callee {
            self.take(&CallEvent::Line(LineEvent::FarEndHungUp(release)));
        }
        self.take(&CallEvent::Line(LineEvent::Released(release)));
    }

    fn take(&mut self, event: &CallEvent) {
        let mut actions = Vec::new();
        self.machine.handle(CallTime(self.now), event, &mut actions);
        for action in actions {
            self.act(action);
        }
    }

    fn act(&mut self, action: CallAction) {
        match action {
            CallAction::Play { id, text } => {
                self.playing = Some(Playing {
                    id,
                    begins_at: self.now + PROMPT_MS,
                    rest: speak(&text).into(),
                    heard_ms: 0,
                    held: false,
                });
            }
            CallAction::PlayFile { id, .. } => {
                self.playing = Some(Playing {
                    id,
                    begins_at: self.now,
                    rest: VecDeque::new(),
                    heard_ms: 0,
                    held: false,
                });
            }
            CallAction::HoldPlaying => self.hold(true),
            CallAction::GoOnPlaying => self.hold(false),
            CallAction::StopPlaying => self.prompt_ended(false),
            CallAction::Commit => {
                let text = self.ear.take();
                self.last_partial.clear();
                self.texts.push_back((self.now + COMMIT_MS, text));
            }
            CallAction::DoNotCall => self.forbidden = true,
            CallAction::Record(turn) => {
                let who = match turn.speaker {
                    Speaker::Bot => "bot",
                    Speaker::Callee => "callee",
                };
                let cut = if turn.cut { " (cut)" } else { "" };
                let seconds = turn.at.0 as f64 / 1_000.0;
                let line = format!("{seconds:>5.1} s  {who}: {}{cut}", turn.text);
                self.turns.push((turn.at.0, line));
            }
            CallAction::Hangup(_) if self.hung_up.is_none() => self.release(Side::Caller),
            CallAction::Transfer(_) => self.nobody_there = true,
            CallAction::Hangup(_)
            | CallAction::Conclude { .. }
            | CallAction::Judged(_)
            | CallAction::ListenForBeep
            | CallAction::Ask { .. }
            | CallAction::PlayMusic(_)
            | CallAction::SendKeys(_)
            | CallAction::Join
            | CallAction::GiveUpTransfer => {}
            CallAction::Finish(end) => self.end = Some(end),
        }
    }

    fn hold(&mut self, held: bool) {
        if let Some(playing) = &mut self.playing {
            playing.held = held;
        }
    }
}

/// What A-law leaves of a frame.
fn through_the_trunk(frame: &Frame) -> Frame {
    G711::Alaw.decode(&G711::Alaw.encode(frame))
}
