//! The machine of one call: the one door, and what each phase makes of each event.
//!
//! Phases: `Dialling` until the answer, `Opening` until we begin, `Speaking` and `Listening` in
//! turn, `Closing` while the goodbye is heard, `HangingUp` until the release, `Finished`; on the
//! way to a person `Transferring` and `Joined`. Every phase but the last has a deadline. How
//! speech is answered stands in `talk.rs`, how prompts are said in `speaking.rs`, how a call is
//! handed over in `transfer.rs`, how it comes to its end in `ending.rs`.

use std::collections::{BTreeMap, VecDeque};

use super::advice::Asked;
use super::answerer::Judge;
use super::echo::OwnWords;
use super::last_words::Left;
use super::latency::Waiting;
use super::network::Network;
use super::seat::Seat;
use super::sequence::Item;
use super::switchboard::Switchboard;
use super::timer::Timers;
use super::transfer::Transfer;
use super::turn_taking::CalleeTurn;
use super::{CallAction, CallBack, CallEvent, CallTime, PromptId, StopReason, Timer};
use crate::dialogue::{Dialogue, Listen, Reply, Sound};
use crate::line::{EndedBy, HangupReason, LineEvent, Release};

/// Asterisk ends the ringing itself; this much later we do it.
const RINGING_GRACE_MS: u64 = 3_000;
/// How long a callee who says nothing is waited for (`after_hello`).
const HELLO_MS: u64 = 1_200;

/// When the first prompt begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Greet {
    /// After the callee's first words, or 1.2 s of silence.
    AfterHello,
    /// At the answer.
    AtOnce,
}

/// What to do when a machine answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnMachine {
    /// Hang up.
    HangUp,
    /// Leave the message after the beep; hang up where there is none to leave.
    Message,
    /// Talk as with a person.
    Talk,
}

/// What a call keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallRules {
    /// How long it may ring, in milliseconds.
    pub ring_timeout_ms: u64,
    /// How long the talk may last, in milliseconds.
    pub max_duration_ms: u64,
    /// When the first prompt begins.
    pub greet: Greet,
    /// What to do when a machine answers.
    pub on_machine: OnMachine,
    /// First words without a pause that last so long are a machine's, in milliseconds.
    pub longest_hello_ms: u64,
    /// How long a model is waited for that says what was meant where the rules find nothing, in
    /// milliseconds; `None`: nobody is asked.
    pub advice_ms: Option<u64>,
}

/// Where the call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Dialling,
    Opening,
    Speaking,
    Listening,
    Closing,
    /// A person is rung on the callee's behalf.
    Transferring,
    /// The callee talks with that person.
    Joined,
    /// A machine answered, and its beep is waited for.
    Beep,
    HangingUp,
    Finished,
}

/// A prompt that was asked for and has not ended.
#[derive(Debug, Clone)]
pub(super) struct Playing {
    pub(super) text: String,
    pub(super) state: String,
    pub(super) started: Option<CallTime>,
    pub(super) latency_ms: Option<u64>,
}

/// The machine of one call.
#[derive(Debug, Clone)]
pub struct CallMachine {
    pub(super) rules: CallRules,
    pub(super) dialogue: Dialogue,
    pub(super) phase: Phase,
    pub(super) timers: Timers,
    pub(super) turn: CalleeTurn,
    /// Turns that were left unanswered before their text came, the hello above all.
    pub(super) late: VecDeque<CalleeTurn>,
    pub(super) waiting: Waiting,
    pub(super) listen: Listen,
    pub(super) barge_in: bool,
    /// The prompt is held: the callee speaks over it, and it is not known yet whether it is meant.
    pub(super) held: bool,
    /// The callee's turn under way cut a prompt.
    pub(super) interrupted: bool,
    /// What was begun on a guess at the callee's words.
    pub(super) ahead: Option<Reply>,
    pub(super) prompts: BTreeMap<PromptId, Playing>,
    pub(super) current: Option<PromptId>,
    pub(super) next_prompt: u32,
    pub(super) queue: VecDeque<Item>,
    pub(super) own_words: OwnWords,
    /// What a model was asked about the turn under way.
    pub(super) asked: Asked,
    pub(super) key: Option<char>,
    pub(super) deaf: bool,
    pub(super) forbidden: bool,
    /// What is heard before the answer.
    pub(super) network: Network,
    /// Listens to whoever answered.
    pub(super) judge: Judge,
    pub(super) machine: bool,
    /// Nobody asks whether a machine answered: an exchange does, and greets as machines do.
    pub(super) machine_ignored: bool,
    /// What is left on a machine.
    pub(super) message: Option<String>,
    pub(super) outcome: Option<String>,
    pub(super) call_back: Option<CallBack>,
    pub(super) dialled: Option<CallTime>,
    pub(super) answered: Option<CallTime>,
    pub(super) rang: bool,
    pub(super) progress: bool,
    pub(super) far_end: Option<Release>,
    pub(super) ended_by: Option<EndedBy>,
    pub(super) left: Option<Left>,
    /// The conversation that is waited for.
    pub(super) seat: Option<Seat>,
    /// The exchange that answers for the callee.
    pub(super) switchboard: Option<Switchboard>,
    /// The call is being handed over.
    pub(super) transfer: Option<Transfer>,
}

impl CallMachine {
    /// A machine for a call that is about to be placed.
    pub fn new(rules: CallRules, dialogue: Dialogue) -> Self {
        let mut timers = Timers::default();
        timers.set(
            Timer::Ringing,
            CallTime(rules.ring_timeout_ms + 2 * RINGING_GRACE_MS),
        );
        Self {
            rules,
            dialogue,
            phase: Phase::Dialling,
            timers,
            turn: CalleeTurn::default(),
            late: VecDeque::new(),
            waiting: Waiting::default(),
            listen: Listen::default(),
            barge_in: false,
            held: false,
            interrupted: false,
            ahead: None,
            prompts: BTreeMap::new(),
            current: None,
            next_prompt: 0,
            queue: VecDeque::new(),
            own_words: OwnWords::default(),
            asked: Asked::default(),
            key: None,
            deaf: false,
            forbidden: false,
            network: Network::default(),
            judge: Judge::new(rules.longest_hello_ms),
            machine: false,
            machine_ignored: false,
            message: None,
            outcome: None,
            call_back: None,
            dialled: None,
            answered: None,
            rang: false,
            progress: false,
            far_end: None,
            ended_by: None,
            left: None,
            seat: None,
            switchboard: None,
            transfer: None,
        }
    }

    /// The same call, with a message for a machine.
    #[must_use]
    pub fn with_message(mut self, text: String) -> Self {
        self.message = Some(text).filter(|text| !text.trim().is_empty());
        self
    }

    /// What will be said, the first prompt first: to be prepared while the phone rings.
    pub fn prompts(&self) -> Vec<String> {
        let mut prompts = self.dialogue.prompts();
        prompts.extend(self.message.clone());
        prompts
    }

    /// A file that the scenario plays.
    pub fn sound(&self, file: &str) -> Option<&Sound> {
        self.dialogue.sound(file)
    }

    /// Whether somebody answered and the call is not over.
    pub fn is_talking(&self) -> bool {
        matches!(
            self.phase,
            Phase::Opening
                | Phase::Speaking
                | Phase::Listening
                | Phase::Closing
                | Phase::Beep
                | Phase::Transferring
        )
    }

    /// A word for the phase, for logs and live views.
    pub fn phase(&self) -> &'static str {
        match self.phase {
            Phase::Dialling if self.rang => "ringing",
            Phase::Dialling => "dialling",
            Phase::Opening => "answered",
            Phase::Speaking => "speaking",
            Phase::Listening => "listening",
            Phase::Closing => "closing",
            Phase::Transferring => "transferring",
            Phase::Joined => "joined",
            Phase::Beep => "machine",
            Phase::HangingUp => "hanging_up",
            Phase::Finished => "finished",
        }
    }

    /// The earliest deadline, and what it is for; `None` only when finished.
    pub fn deadline(&self) -> Option<(CallTime, Timer)> {
        self.timers.next()
    }

    /// Takes one event; appends what is to be done.
    pub fn handle(&mut self, now: CallTime, event: &CallEvent, out: &mut Vec<CallAction>) {
        if self.phase == Phase::Finished {
            return;
        }
        if !self.hear_network(now, event, out) {
            self.watch_answerer(now, event, out);
            self.obey(now, event, out);
        }
        self.set_time_of_judge(now);
    }

    fn obey(&mut self, now: CallTime, event: &CallEvent, out: &mut Vec<CallAction>) {
        match event {
            CallEvent::Line(event) => self.line(now, event, out),
            CallEvent::PlaceFailed { trunk } => self.place_failed(*trunk, now, out),
            CallEvent::SpeechStarted => self.speech_started(now, out),
            CallEvent::SpeechPaused => self.speech_paused(now, out),
            CallEvent::Beep => self.beep(now, out),
            CallEvent::Fax => self.fax(now, out),
            // They only tell who answered, or what the network says before the answer.
            CallEvent::InformationTones
            | CallEvent::Music
            | CallEvent::BusyTone
            | CallEvent::CongestionTone => {}
            CallEvent::EchoFound => self.own_words.expect_echo(),
            CallEvent::PartialText(text) => {
                self.partial_text(now, &self.without_echo(text), out);
            }
            CallEvent::FinalText(text) => {
                self.final_text(now, &self.without_echo(text), true, out);
            }
            CallEvent::UnaskedText(text) => {
                self.final_text(now, &self.without_echo(text), false, out);
            }
            CallEvent::Advised { question, intent } => {
                self.advised(now, (*question, intent.as_deref()), out);
            }
            CallEvent::RecognizerFailed => self.recognizer_failed(now, out),
            CallEvent::PromptStarted(id) => self.prompt_started(now, *id),
            CallEvent::PromptEnded {
                id,
                heard_ms,
                complete,
            } => {
                self.prompt_ended(now, (*id, *heard_ms, *complete), out);
            }
            CallEvent::PromptFailed(id) => self.prompt_failed(now, *id, out),
            CallEvent::Seated => self.seated(now, out),
            CallEvent::Dropped => self.dropped(now, out),
            CallEvent::OperatorReady => self.operator_ready(out),
            CallEvent::TransferFailed => self.transfer_failed(now, out),
            CallEvent::Joined => self.joined(now, out),
            CallEvent::OperatorLeft => self.operator_left(now, out),
            // We have left the two that talk with one another.
            CallEvent::MediaLost if self.phase == Phase::Joined => {}
            CallEvent::MediaLost | CallEvent::Stop(StopReason::Fault) => {
                self.stop(now, EndedBy::Fault, out);
            }
            CallEvent::Stop(StopReason::User) => self.stop(now, EndedBy::User, out),
            CallEvent::Timeout(timer) => {
                if self.timers.take(*timer, now) {
                    self.timeout(now, *timer, out);
                }
            }
        }
    }

    fn line(&mut self, now: CallTime, event: &LineEvent, out: &mut Vec<CallAction>) {
        match event {
            LineEvent::Dialled => {
                self.dialled.get_or_insert(now);
                if self.phase == Phase::Dialling {
                    let ms = self.rules.ring_timeout_ms + RINGING_GRACE_MS;
                    self.timers.set(Timer::Ringing, now.plus(ms));
                }
            }
            LineEvent::Ringing => self.rang = true,
            LineEvent::Progress => self.progress = true,
            LineEvent::Answered => self.answered(now, out),
            LineEvent::Digit { digit, .. } => self.digit(now, *digit, out),
            LineEvent::FarEndHungUp(release) => {
                self.far_end.get_or_insert(*release);
            }
            LineEvent::Released(release) => self.finish(now, Some(*release), out),
            LineEvent::Lost => self.finish(now, None, out),
        }
    }

    fn answered(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.phase != Phase::Dialling {
            return;
        }
        self.network_is_over(now, out);
        self.answered = Some(now);
        self.judge.answered(now);
        self.phase = Phase::Opening;
        self.turn = CalleeTurn::default();
        self.timers.clear(Timer::Ringing);
        self.timers
            .set(Timer::Duration, now.plus(self.rules.max_duration_ms));
        if self.key_in_extension(now, out) {
            return;
        }
        match self.rules.greet {
            Greet::AtOnce => {
                self.waiting.speech_ended(now);
                self.begin(now, out);
            }
            Greet::AfterHello => self.timers.set(Timer::Hello, now.plus(HELLO_MS)),
        }
    }

    fn timeout(&mut self, now: CallTime, timer: Timer, out: &mut Vec<CallAction>) {
        match timer {
            Timer::Ringing => self.hang_up(now, HangupReason::NoAnswer, EndedBy::RingTimeout, out),
            Timer::Hello => self.hello_is_over(now, out),
            Timer::LongGreeting => self.greeting_too_long(now, out),
            Timer::BargeIn => self.hold(out),
            Timer::Meant => self.interrupted_by_callee(now, out),
            Timer::GoOn => self.go_on(now, out),
            Timer::Guess => self.take_back_guess(out),
            Timer::Endpoint => self.endpoint(now, out),
            Timer::LongTurn => self.turn_too_long(now, out),
            Timer::Text => self.text_overdue(now, out),
            Timer::Advice => self.advice_overdue(now, out),
            Timer::Speak => self.speak(now, out),
            Timer::NoInput => self.no_input(now, out),
            Timer::Goodbye => self.hang_up(now, HangupReason::Normal, EndedBy::Talk, out),
            Timer::Duration => self.time_limit(now, out),
            Timer::Prompt => self.prompt_overdue(now, out),
            Timer::Release => self.finish(now, None, out),
            Timer::Beep => self.no_beep(now, out),
            Timer::Transfer => self.nobody_takes_it(now, out),
            Timer::LastWords => self.no_more_words(now, out),
        }
    }
}
