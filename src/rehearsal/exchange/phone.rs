//! The far side of a trunk channel: a [`Line`] played step by step, and the callee who picks up.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use super::clock::Clocked;
use super::core::Core;
use super::line::{Line, Step};
use super::sound::{Ear, Inbox, Port, Sound, lock};
use crate::audio::{FRAME_MS, FRAME_SAMPLES, Frame, SAMPLE_RATE};
use crate::rehearsal::callee::{Announcement, Callee, Measured, Side};
use crate::rehearsal::trouble::Gaps;

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

/// One telephone, while it is being rung and talked with.
#[derive(Debug)]
pub(super) struct Phone {
    core: Weak<Core>,
    port: Arc<Port>,
    channel: String,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    steps: VecDeque<Step>,
    /// Ticks until the next step.
    wait: u32,
    sound: Voice,
    gaps: Option<BothWays>,
    over: bool,
}

/// What is lost on the trunk, each way.
#[derive(Debug)]
pub(super) struct BothWays {
    pub(super) to_callee: Gaps,
    pub(super) from_callee: Gaps,
}

#[derive(Debug)]
enum Voice {
    Silent,
    /// For so many ticks.
    RingBack(u32),
    Early(Announcement),
    Talk(Box<Callee>),
}

impl Phone {
    pub(super) fn new(
        core: &Arc<Core>,
        channel: &str,
        port: Arc<Port>,
        line: Line,
        gaps: Option<BothWays>,
    ) -> Self {
        Self {
            core: Arc::downgrade(core),
            channel: channel.to_owned(),
            port,
            state: Mutex::new(State {
                steps: line.steps.into(),
                wait: 0,
                sound: Voice::Silent,
                gaps,
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
        while state.wait == 0 && !state.over {
            let Some(step) = state.steps.pop_front() else {
                break;
            };
            self.step(state, step, happened);
        }
        state.wait = state.wait.saturating_sub(1);
        self.voice(state, happened);
    }

    fn step(&self, state: &mut State, step: Step, happened: &mut Vec<Happened>) {
        match step {
            Step::Wait(time) => state.wait = ticks(time),
            Step::Ring => {
                state.sound = Voice::RingBack(0);
                happened.push(Happened::Rings);
            }
            Step::Sound(sound) => {
                state.sound = Voice::Early(sound);
                happened.push(Happened::Progress);
            }
            Step::Answer(callee) => {
                self.port.set_ear(Ear::Phone(Inbox::default()));
                state.sound = Voice::Talk(callee);
                state.steps.clear();
                happened.push(Happened::Answered);
            }
            Step::Refuse(sip) => {
                state.over = true;
                happened.push(Happened::Refused(sip));
            }
        }
    }

    fn voice(&self, state: &mut State, happened: &mut Vec<Happened>) {
        let gaps = state.gaps.as_mut();
        let (lost_in, lost_out) = gaps.map_or((false, false), |gaps| {
            (gaps.to_callee.is_lost(), gaps.from_callee.is_lost())
        });
        let frame = match &mut state.sound {
            Voice::Silent => return,
            Voice::RingBack(tick) => {
                *tick += 1;
                // The exchange makes it itself: nothing of it can be lost.
                let sound = Sound::of(&ring_back(*tick - 1), self.port.law);
                return self.port.say(&sound, true);
            }
            Voice::Early(sound) => sound.next_frame().unwrap_or(Frame::SILENCE),
            Voice::Talk(callee) => {
                let heard = self.port.next_for_phone().filter(|_| !lost_in);
                callee.frame_in(heard.map(|sound| sound.frame()).as_ref());
                let frame = callee.frame_out();
                happened.extend(callee.wants_digit().map(Happened::Pressed));
                if callee.wants_hangup() {
                    state.over = true;
                    happened.push(Happened::HungUp);
                }
                frame
            }
        };
        if !lost_out {
            self.port.say(&Sound::of(&frame, self.port.law), true);
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
                core.line_reports(&self.channel, what);
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
