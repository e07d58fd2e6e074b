//! The far side of a trunk channel: a [`Line`] played step by step, and the callee who picks up.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use super::clock::Clocked;
use super::core::Core;
use super::line::{Calling, Line, Step};
use super::sound::{Ear, Inbox, Port, Sound, lock};
use crate::audio::{FRAME_MS, FRAME_SAMPLES, Frame, SAMPLE_RATE};
use crate::rehearsal::callee::{Callee, Measured, Side};

/// The ring-back of the country: 425 Hz, a second in five.
const RING_BACK_HZ: f32 = 425.0;
const RING_BACK_ON: u32 = 50;
const RING_BACK_CYCLE: u32 = 250;
/// Half of full scale at -13 dBm0 or so, as indications are.
const RING_BACK_LEVEL: f32 = 4_000.0;

/// What the network reports of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happened {
    Rings,
    Progress,
    Answered,
    /// With this SIP status.
    Refused(u16),
    /// The callee hung up.
    HungUp,
    Pressed(char),
}

/// Sound that is lost on the trunk: so many ticks of each so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) every: u32,
    pub(super) lasts: u32,
}

/// One telephone, while it is being rung and talked with.
#[derive(Debug)]
pub(super) struct Phone {
    core: Weak<Core>,
    port: Arc<Port>,
    calling: Calling,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    steps: VecDeque<Step>,
    /// Ticks until the next step.
    wait: u32,
    sound: Voice,
    ticks: u32,
    over: bool,
}

#[derive(Debug)]
enum Voice {
    Silent,
    /// For so many ticks.
    RingBack(u32),
    Early(Box<Callee>),
    Talk(Box<Callee>),
}

impl Phone {
    pub(super) fn new(core: &Arc<Core>, port: Arc<Port>, calling: Calling, line: Line) -> Self {
        Self {
            core: Arc::downgrade(core),
            port,
            calling,
            state: Mutex::new(State {
                steps: line.steps.into(),
                wait: 0,
                sound: Voice::Silent,
                ticks: 0,
                over: false,
            }),
        }
    }

    /// The line is gone; what the callee measured, if somebody had picked up.
    pub(super) fn end(&self, by: Side) -> Option<Measured> {
        let mut state = lock(&self.state);
        state.over = true;
        self.port.set_ear(Ear::Deaf);
        match std::mem::replace(&mut state.sound, Voice::Silent) {
            Voice::Talk(callee) => Some(callee.released(by)),
            Voice::Silent | Voice::RingBack(_) | Voice::Early(_) => None,
        }
    }

    /// Steps that are due now, then 20 ms of sound both ways.
    fn advance(&self, state: &mut State, happened: &mut Vec<Happened>) {
        state.ticks += 1;
        while state.wait == 0 && !state.over {
            let Some(step) = state.steps.pop_front() else {
                break;
            };
            self.step(state, step, happened);
        }
        state.wait = state.wait.saturating_sub(1);
        let lost = self.core.upgrade().and_then(|core| core.gap());
        let lost = lost.is_some_and(|gap| state.ticks % gap.every.max(1) < gap.lasts);
        self.voice(state, lost, happened);
    }

    fn step(&self, state: &mut State, step: Step, happened: &mut Vec<Happened>) {
        match step {
            Step::Wait(time) => state.wait = ticks(time),
            Step::Ring => {
                state.sound = Voice::RingBack(0);
                happened.push(Happened::Rings);
            }
            Step::Sound(part) => {
                state.sound = Voice::Early(self.callee(&part));
                happened.push(Happened::Progress);
            }
            Step::Answer(part) => {
                state.sound = Voice::Talk(self.callee(&part));
                state.steps.clear();
                happened.push(Happened::Answered);
            }
            Step::Refuse(sip) => {
                state.over = true;
                happened.push(Happened::Refused(sip));
            }
        }
    }

    fn callee(&self, part: &crate::rehearsal::callee::Part) -> Box<Callee> {
        self.port.set_ear(Ear::Phone(Inbox::default()));
        let caller = super::line::digits(&self.calling.caller);
        Box::new(Callee::new(part, &caller, &self.calling.digits()))
    }

    fn voice(&self, state: &mut State, lost: bool, happened: &mut Vec<Happened>) {
        let callee = match &mut state.sound {
            Voice::Silent => return,
            Voice::RingBack(tick) => {
                let sound = Sound::of(&ring_back(*tick), self.port.law);
                *tick += 1;
                return self.port.say(&sound, true);
            }
            Voice::Early(callee) | Voice::Talk(callee) => callee,
        };
        let heard = self.port.next_for_phone().filter(|_| !lost);
        callee.frame_in(heard.map(|sound| sound.frame()).as_ref());
        let frame = callee.frame_out();
        if !lost {
            self.port.say(&Sound::of(&frame, self.port.law), true);
        }
        if let Some(key) = callee.wants_digit() {
            happened.push(Happened::Pressed(key));
        }
        if callee.wants_hangup() && matches!(state.sound, Voice::Talk(_)) {
            state.over = true;
            happened.push(Happened::HungUp);
        }
    }
}

impl Clocked for Phone {
    fn tick(&self) -> bool {
        let mut happened = Vec::new();
        let goes_on = {
            let mut state = lock(&self.state);
            if state.over {
                return false;
            }
            self.advance(&mut state, &mut happened);
            !state.over
        };
        // Out of the lock: an end takes it.
        if let Some(core) = self.core.upgrade() {
            for what in happened {
                core.line_reports(&self.calling.channel, what);
            }
        }
        goes_on
    }
}

fn ticks(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX) / FRAME_MS
}

fn ring_back(tick: u32) -> Frame {
    let mut frame = Frame::SILENCE;
    let at = tick % RING_BACK_CYCLE;
    if at < RING_BACK_ON {
        let first = at as usize * FRAME_SAMPLES;
        let step = std::f32::consts::TAU * RING_BACK_HZ / SAMPLE_RATE as f32;
        for (sample, n) in frame.0.iter_mut().zip(first..) {
            *sample = amplitude((n as f32 * step).sin());
        }
    }
    frame
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the level is far below the limit of 16 bits"
)]
fn amplitude(share: f32) -> i16 {
    (share * RING_BACK_LEVEL) as i16
}
