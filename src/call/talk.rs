//! The callee's side of turn-taking: when a turn is over, what it meant, who holds the floor.

use super::advice::Advice;
use super::machine::{CallMachine, Phase};
use super::turn_taking::{CalleeTurn, ONSET_MS, is_backchannel, is_open, may_be_backchannel};
use super::{CallAction, CallTime, Speaker, Timer, Turn};
use crate::dialogue::{By, Evidence, Heard};

/// Voice over a prompt for this long holds the prompt.
const HOLD_MS: u64 = 180;
/// Voice over a prompt for this long is meant as an interruption.
const MEANT_MS: u64 = 500;
/// A held prompt goes on when no word has come this long after the voice fell silent.
const GO_ON_MS: u64 = 450;
/// An utterance this long ago was another one.
const APART_MS: u64 = 1_000;
/// The pause that ends the callee's first words.
const HELLO_PAUSE_MS: u64 = 350;
/// What was said so far makes no sense yet: wait this long for the rest.
const PATIENCE_MS: u64 = 1_300;
/// From a key to our answer: who has pressed it brings the telephone back to the ear.
const KEY_PAUSE_MS: u64 = 300;
/// The recogniser answers a commit within this time or not at all.
pub(super) const TEXT_MS: u64 = 3_000;
/// An answer given while the last words of the question were still to come counts.
const EARLY_ANSWER_MS: u64 = 800;

impl CallMachine {
    /// We begin: the callee said hello, or nothing.
    pub(super) fn begin(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.phase != Phase::Opening || self.current.is_some() {
            return;
        }
        self.timers.clear_hello();
        self.switchboard = None;
        self.let_go_of_turn(out);
        if self.must_wait(now, out) {
            return;
        }
        let reply = self.dialogue.begin();
        self.say(now, reply, out);
    }

    pub(super) fn speech_started(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if !self.is_talking() {
            return;
        }
        let apart = self
            .turn
            .paused
            .is_some_and(|end| now.since(end) > APART_MS);
        if apart && matches!(self.phase, Phase::Speaking | Phase::Closing) {
            self.let_go_of_turn(out);
        }
        let ours = self.may_echo(now);
        self.turn.speech_started(now, !ours);
        let onset = self.turn.began.unwrap_or(now);
        match self.phase {
            Phase::Opening if self.is_switchboard(onset) => {}
            Phase::Opening => {
                self.timers.clear(Timer::Hello);
                self.timers.clear(Timer::Endpoint);
            }
            Phase::Speaking if self.barge_in => {
                self.timers.clear(Timer::GoOn);
                self.timers
                    .set(Timer::BargeIn, now.plus(HOLD_MS - ONSET_MS));
                self.timers.set(Timer::Meant, now.plus(MEANT_MS - ONSET_MS));
            }
            Phase::Listening => {
                self.take_back_guess(out);
                self.waiting.speech_goes_on();
                self.hold_floor(onset);
            }
            Phase::Beep => self.wait_for_beep(now),
            Phase::Dialling
            | Phase::Speaking
            | Phase::Closing
            | Phase::Transferring
            | Phase::Joined
            | Phase::HangingUp
            | Phase::Finished => {}
        }
    }

    pub(super) fn speech_paused(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if !self.is_talking() || !self.turn.speaking {
            return;
        }
        self.turn.speech_paused(now);
        out.push(CallAction::Commit);
        self.timers.clear(Timer::BargeIn);
        self.timers.clear(Timer::Meant);
        let paused = self.turn.paused.unwrap_or(now);
        match self.phase {
            Phase::Opening if self.is_switchboard(self.turn.began.unwrap_or(now)) => {
                self.let_go_of_turn(out);
            }
            Phase::Opening => {
                self.waiting.speech_ended(paused);
                self.timers
                    .set(Timer::Endpoint, paused.plus(HELLO_PAUSE_MS));
            }
            Phase::Listening => {
                self.waiting.speech_ended(paused);
                self.timers
                    .set(Timer::Endpoint, paused.plus(self.listen.endpoint_ms.into()));
            }
            Phase::Speaking if self.held => self.timers.set(Timer::GoOn, paused.plus(GO_ON_MS)),
            Phase::Beep => self.wait_for_beep(now),
            Phase::Dialling
            | Phase::Speaking
            | Phase::Closing
            | Phase::Transferring
            | Phase::Joined
            | Phase::HangingUp
            | Phase::Finished => {}
        }
    }

    pub(super) fn partial_text(&mut self, now: CallTime, text: &str, out: &mut Vec<CallAction>) {
        if !self.is_talking() || !self.late.is_empty() {
            return;
        }
        self.turn.partial(text.to_owned());
        let guess = self.turn.guess();
        if self.held && !may_be_backchannel(&guess) {
            self.interrupted_by_callee(now, out);
        }
    }

    pub(super) fn final_text(
        &mut self,
        now: CallTime,
        text: &str,
        asked: bool,
        out: &mut Vec<CallAction>,
    ) {
        if self.phase == Phase::HangingUp {
            self.last_words(now, text, asked, out);
            return;
        }
        if !self.late.is_empty() {
            self.late_text(now, text, asked, out);
            return;
        }
        self.turn.text_came(text, asked);
        if !self.is_talking() {
            return;
        }
        self.heed_opt_out(out);
        match self.phase {
            Phase::Listening if !self.turn.speaking && self.endpoint_passed() => {
                self.answer_if_complete(now, out);
            }
            Phase::Opening if self.is_desk_heard() && self.endpoint_passed() => {
                self.meet_desk(now, out);
            }
            Phase::Speaking if self.barge_in && !self.turn.speaking && self.is_meant() => {
                self.interrupted_by_callee(now, out);
                self.answer_if_complete(now, out);
            }
            Phase::Speaking if self.held && !self.turn.speaking && !self.turn.is_owed() => {
                self.go_on(now, out);
            }
            Phase::Closing
                if self.dialogue.opts_out(self.turn.text()) && !self.dialogue.has_opted_out() =>
            {
                self.fall_silent(out);
                self.answer(now, out);
            }
            Phase::Dialling
            | Phase::Opening
            | Phase::Speaking
            | Phase::Listening
            | Phase::Closing
            | Phase::Transferring
            | Phase::Joined
            | Phase::Beep
            | Phase::HangingUp
            | Phase::Finished => {}
        }
    }

    /// The pause was long enough: answer, or wait for the text that is owed. An announcement before
    /// the answer has said what there is to say.
    pub(super) fn endpoint(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        match self.phase {
            Phase::Opening if self.switchboard.is_some() => self.meet_desk(now, out),
            Phase::Opening => self.begin(now, out),
            Phase::Listening => self.answer_if_complete(now, out),
            Phase::Dialling => self.leave_if_said(now, out),
            Phase::Speaking
            | Phase::Closing
            | Phase::Transferring
            | Phase::Joined
            | Phase::Beep
            | Phase::HangingUp
            | Phase::Finished => {}
        }
    }

    pub(super) fn answer_if_complete(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.turn.is_owed() {
            self.timers.set(Timer::Text, now.plus(TEXT_MS));
            self.guess(now, out);
            return;
        }
        self.timers.clear(Timer::Text);
        let text = self.turn.text().to_owned();
        let paused = self.turn.paused.unwrap_or(now);
        let patient = paused.plus(PATIENCE_MS.max(self.listen.endpoint_ms.into()));
        let advice = match self.dialogue.understand(&text) {
            Some(_) => Advice::NotNeeded,
            None => self.advice_on(&text, now, out),
        };
        let meant = matches!(advice, Advice::NotNeeded | Advice::Given);
        let sense = !is_open(&text) && meant;
        if !sense && !text.is_empty() && now < patient {
            self.take_back_guess(out);
            self.timers.set(Timer::Endpoint, patient);
        } else if advice != Advice::UnderWay {
            self.answer(now, out);
        }
    }

    pub(super) fn text_overdue(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        self.turn.give_up_waiting();
        if self.phase == Phase::Listening && !self.turn.speaking {
            self.answer(now, out);
        } else if self.is_desk_heard() && self.turn.text().is_empty() {
            // Somebody has spoken; what was said is not to be known.
            self.begin(now, out);
        } else if self.is_desk_heard() {
            self.meet_desk(now, out);
        }
    }

    /// Somebody reads a book to us: take what was said so far.
    pub(super) fn turn_too_long(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.phase == Phase::Listening && self.turn.speaking {
            self.turn.speech_paused(now);
            out.push(CallAction::Commit);
            self.timers.set(Timer::Text, now.plus(TEXT_MS));
        }
    }

    /// Ends the callee's turn and says what follows from it.
    fn answer(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        self.timers.clear_turn();
        let turn = self.turn.take();
        if turn.text().is_empty() {
            // A cough, or noise: nothing was said, go on listening.
            self.take_back_guess(out);
            self.timers
                .set(Timer::NoInput, now.plus(self.listen.no_input_ms.into()));
            return;
        }
        let advised = self.advice_taken(turn.text());
        let reply = if self.interrupted && is_backchannel(turn.text()) {
            // It only sounded like an interruption; nobody agreed to half a question.
            self.dialogue.again()
        } else {
            self.dialogue.hear(&advised)
        };
        let state = Some(reply.from.0.clone());
        Self::record_callee(&turn, state, reply.evidence.as_ref(), out);
        if self.guess_was_right(&reply) {
            self.adopt_guess(now, reply, out);
        } else {
            self.take_back_guess(out);
            self.say(now, reply, out);
        }
    }

    pub(super) fn no_input(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.phase == Phase::Listening && !self.turn.speaking {
            let reply = self.dialogue.hear(&Heard::Silence);
            self.say(now, reply, out);
        }
    }

    pub(super) fn digit(&mut self, now: CallTime, digit: char, out: &mut Vec<CallAction>) {
        match self.phase {
            Phase::Speaking if !self.barge_in => self.key = Some(digit),
            Phase::Speaking => {
                self.fall_silent(out);
                self.press(now, digit, out);
            }
            Phase::Listening => self.press(now, digit, out),
            Phase::Dialling
            | Phase::Opening
            | Phase::Closing
            | Phase::Transferring
            | Phase::Joined
            | Phase::Beep
            | Phase::HangingUp
            | Phase::Finished => {}
        }
    }

    fn press(&mut self, now: CallTime, digit: char, out: &mut Vec<CallAction>) {
        self.take_back_guess(out);
        self.let_go_of_turn(out);
        let turn = CalleeTurn::of_key(now, digit);
        let reply = self.dialogue.hear(&Heard::Key(digit));
        Self::record_callee(&turn, Some(reply.from.0.clone()), None, out);
        self.timers.clear_turn();
        self.waiting.speech_ended(now);
        self.queue = self.enter(now, reply, out);
        self.timers.set(Timer::Speak, now.plus(KEY_PAUSE_MS));
    }

    /// The callee speaks over our prompt: hold it until we know whether it is meant.
    pub(super) fn hold(&mut self, out: &mut Vec<CallAction>) {
        if self.phase == Phase::Speaking && self.turn.speaking && !self.held {
            self.held = true;
            out.push(CallAction::HoldPlaying);
        }
    }

    /// It was not meant: go on where we held.
    pub(super) fn go_on(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.phase != Phase::Speaking || self.turn.speaking || !self.held {
            return;
        }
        self.held = false;
        self.timers.clear(Timer::GoOn);
        self.timers.clear(Timer::Meant);
        self.own_words.began(now);
        out.push(CallAction::GoOnPlaying);
        if self.current.is_none() {
            self.play_next(now, out);
        }
    }

    /// The callee speaks over our prompt and means it: we fall silent and listen.
    pub(super) fn interrupted_by_callee(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.phase != Phase::Speaking {
            return;
        }
        self.fall_silent(out);
        self.interrupted = true;
        self.phase = Phase::Listening;
        if self.turn.speaking {
            self.hold_floor(now);
        } else {
            self.waiting.speech_ended(self.turn.paused.unwrap_or(now));
        }
    }

    /// The floor is the callee's; what was said over our prompt may already be the answer.
    pub(super) fn yield_floor(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        self.phase = Phase::Listening;
        if let Some(digit) = self.key.take() {
            self.press(now, digit, out);
            return;
        }
        let Some(paused) = self.turn.paused else {
            if self.turn.speaking {
                self.hold_floor(now);
            } else {
                self.timers
                    .set(Timer::NoInput, now.plus(self.listen.no_input_ms.into()));
            }
            return;
        };
        if now.since(paused) <= EARLY_ANSWER_MS || self.is_meant() {
            self.waiting.speech_ended(paused);
            self.timers.set(
                Timer::Endpoint,
                now.max(paused.plus(self.listen.endpoint_ms.into())),
            );
        } else {
            self.let_go_of_turn(out);
            self.timers
                .set(Timer::NoInput, now.plus(self.listen.no_input_ms.into()));
        }
    }

    /// The callee is speaking in our silence.
    fn hold_floor(&mut self, onset: CallTime) {
        for timer in [Timer::NoInput, Timer::Endpoint, Timer::Text] {
            self.timers.clear(timer);
        }
        self.timers
            .set(Timer::LongTurn, onset.plus(self.listen.max_turn_ms.into()));
    }

    /// Puts the turn aside unanswered; it is recorded once its text is there.
    pub(super) fn let_go_of_turn(&mut self, out: &mut Vec<CallAction>) {
        let turn = self.turn.take();
        if turn.is_owed() {
            self.late.push_back(turn);
        } else {
            Self::record_callee(&turn, None, None, out);
        }
    }

    fn late_text(&mut self, now: CallTime, text: &str, asked: bool, out: &mut Vec<CallAction>) {
        let Some(late) = self.late.front_mut() else {
            return;
        };
        late.text_came(text, asked);
        if late.is_owed() {
            return;
        }
        let Some(late) = self.late.pop_front() else {
            return;
        };
        Self::record_callee(&late, None, None, out);
        if self.is_talking() && !self.machine && self.dialogue.opts_out(late.text()) {
            // Said before we began, and still a wish to be respected at once.
            self.fall_silent(out);
            let reply = self.dialogue.hear(&Heard::Words(late.text().to_owned()));
            self.say(now, reply, out);
        }
    }

    /// The opt-out is written the moment it is understood, whatever is said about it later.
    pub(super) fn heed_opt_out(&mut self, out: &mut Vec<CallAction>) {
        if !self.forbidden && self.dialogue.opts_out(self.turn.text()) {
            self.forbidden = true;
            out.push(CallAction::DoNotCall);
        }
    }

    /// Whether the words over our prompt are an answer, and not a sign of listening.
    fn is_meant(&self) -> bool {
        let text = self.turn.text();
        let word = self.held && !text.is_empty();
        !is_backchannel(text) && (word || self.dialogue.understand(text).is_some())
    }

    fn endpoint_passed(&self) -> bool {
        !self.timers.is_set(Timer::Endpoint)
    }

    pub(super) fn record_callee(
        turn: &CalleeTurn,
        state: Option<String>,
        evidence: Option<&Evidence>,
        out: &mut Vec<CallAction>,
    ) {
        let (Some(at), text) = (turn.began, turn.guess()) else {
            return;
        };
        if text.is_empty() {
            return;
        }
        out.push(CallAction::Record(Turn {
            speaker: Speaker::Callee,
            text,
            state,
            intent: evidence.map(|evidence| evidence.intent.clone()),
            advised: evidence.is_some_and(|evidence| evidence.by == By::Model),
            at,
            duration_ms: turn.paused.map_or(0, |end| end.since(at)),
            latency_ms: None,
            cut: false,
        }));
    }
}
