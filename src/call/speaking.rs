//! Our side of turn-taking: prompts said one after another, stopped, and accounted for.

use std::collections::VecDeque;

use super::machine::{CallMachine, Phase, Playing};
use super::sequence::{Item, sequence};
use super::transfer::order;
use super::{CallAction, CallBack, CallTime, PromptId, Speaker, Timer, Turn};
use crate::dialogue::{Action, KEYS_LATE_MS, Prompt, Reply, StateName, keys_ms};

/// No prompt takes longer to be said.
const LONGEST_PROMPT_MS: u64 = 90_000;
/// The first sound of a prompt comes within this time, or the callee is let go with words that are
/// at hand: nobody stays on a line that is silent.
const FIRST_SOUND_MS: u64 = 5_000;
/// From the last frame leaving Asterisk to the callee's ear.
const GOODBYE_TAIL_MS: u64 = 250;

/// The call that an action promises.
fn promise(action: &Action) -> Option<CallBack> {
    let Action::CallBack { at } = action else {
        return None;
    };
    Some(CallBack::parse(at.as_deref()))
}

impl CallMachine {
    /// Says a reply; its prompts follow one another.
    pub(super) fn say(&mut self, now: CallTime, reply: Reply, out: &mut Vec<CallAction>) {
        self.queue = self.enter(now, reply, out);
        self.play_next(now, out);
    }

    /// Takes over what a reply decides; gives back what is to be said, played and pressed.
    pub(super) fn enter(
        &mut self,
        now: CallTime,
        reply: Reply,
        out: &mut Vec<CallAction>,
    ) -> VecDeque<Item> {
        if reply.do_not_call && !self.forbidden {
            self.forbidden = true;
            out.push(CallAction::DoNotCall);
        }
        let promised = reply.actions.iter().rev().find_map(promise);
        self.call_back = promised.or(self.call_back);
        let handed_over = reply.actions.iter().any(|action| order(action).is_some());
        if (reply.outcome.is_some() || promised.is_some()) && !handed_over {
            out.push(CallAction::Conclude {
                outcome: reply.outcome.clone(),
                call_back: promised,
                data: self.dialogue.data(),
            });
        }
        self.interrupted = false;
        self.listen = reply.listen;
        self.barge_in = reply.barge_in;
        let items = sequence(reply.say, &reply.actions);
        let transfer = reply.actions.iter().find_map(order);
        if let Some((order, music)) = transfer {
            self.hand_over(now, (order, music), reply.outcome, out);
            return items;
        }
        self.phase = if reply.outcome.is_some() {
            Phase::Closing
        } else {
            Phase::Speaking
        };
        if reply.outcome.is_some() {
            self.outcome = reply.outcome;
        }
        items
    }

    /// The pause before a prompt is over.
    pub(super) fn speak(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        // A prompt that is held goes on, or ends, by what the callee says over it.
        if self.current.is_none() && !self.held {
            self.play_next(now, out);
        }
    }

    pub(super) fn play_next(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        match self.queue.pop_front() {
            None => self.prompts_are_over(now, out),
            Some(Item::Words(Prompt { state, text })) => {
                let id = self.begin_prompt(now, state, text.clone());
                self.own_words.say(&text);
                out.push(CallAction::Play { id, text });
            }
            Some(Item::File { state, file }) => {
                let id = self.begin_prompt(now, state, format!("[{file}]"));
                out.push(CallAction::PlayFile { id, file });
            }
            Some(Item::Keys { state, keys }) => self.press_keys(now, state, keys, out),
        }
    }

    fn begin_prompt(&mut self, now: CallTime, state: StateName, text: String) -> PromptId {
        let id = PromptId(self.next_prompt);
        self.next_prompt += 1;
        let playing = Playing {
            text,
            state: state.0,
            started: None,
            latency_ms: None,
        };
        self.prompts.insert(id, playing);
        self.current = Some(id);
        self.timers.set(Timer::Prompt, now.plus(FIRST_SOUND_MS));
        id
    }

    /// Sends keys; what follows them waits until they are through.
    fn press_keys(
        &mut self,
        now: CallTime,
        state: StateName,
        keys: String,
        out: &mut Vec<CallAction>,
    ) {
        let through = now.plus(keys_ms(&keys) + KEYS_LATE_MS);
        self.timers.set(Timer::Speak, through);
        out.push(CallAction::Record(pressed(now, state, &keys)));
        out.push(CallAction::SendKeys(keys));
    }

    pub(super) fn prompt_started(&mut self, now: CallTime, id: PromptId) {
        if let Some(playing) = self.prompts.get_mut(&id) {
            self.own_words.began(now);
            playing.started = Some(now);
            if self.current == Some(id) {
                self.timers.set(Timer::Prompt, now.plus(LONGEST_PROMPT_MS));
            }
            playing.latency_ms = self.waiting.we_spoke(now);
        }
    }

    pub(super) fn prompt_ended(
        &mut self,
        now: CallTime,
        (id, heard_ms, complete): (PromptId, u32, bool),
        out: &mut Vec<CallAction>,
    ) {
        if let Some(playing) = self.prompts.remove(&id) {
            self.own_words.ended(now);
            record_bot(playing, heard_ms, complete, out);
        }
        if self.current == Some(id) {
            self.current = None;
            self.timers.clear(Timer::Prompt);
            if !self.held {
                self.play_next(now, out);
            }
        }
    }

    /// We have said what we had to say.
    pub(super) fn prompts_are_over(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        for timer in [Timer::BargeIn, Timer::Meant] {
            self.timers.clear(timer);
        }
        match self.phase {
            Phase::Closing => self.timers.set(Timer::Goodbye, now.plus(GOODBYE_TAIL_MS)),
            Phase::Speaking if self.deaf => self.cut_short(now, out),
            Phase::Speaking => self.yield_floor(now, out),
            Phase::Opening => self.begin_in_silence(now, out),
            Phase::Transferring => self.wait_for_person(now, out),
            Phase::Dialling
            | Phase::Listening
            | Phase::Joined
            | Phase::Beep
            | Phase::HangingUp
            | Phase::Finished => {}
        }
    }

    /// Stops the prompt under way and those that were to follow it.
    pub(super) fn fall_silent(&mut self, out: &mut Vec<CallAction>) {
        self.queue.clear();
        self.held = false;
        self.ahead = None;
        for timer in [
            Timer::BargeIn,
            Timer::Meant,
            Timer::GoOn,
            Timer::Guess,
            Timer::Speak,
            Timer::Prompt,
        ] {
            self.timers.clear(timer);
        }
        if self.current.take().is_some() {
            out.push(CallAction::StopPlaying);
        }
    }
}

/// Keys as the history tells of them.
pub(super) fn pressed(now: CallTime, state: StateName, keys: &str) -> Turn {
    Turn {
        speaker: Speaker::Bot,
        text: format!("[keys {keys}]"),
        state: Some(state.0),
        intent: None,
        advised: false,
        at: now,
        duration_ms: keys_ms(keys),
        latency_ms: None,
        cut: false,
    }
}

/// Records a prompt of which something was heard.
pub(super) fn record_bot(
    playing: Playing,
    heard_ms: u32,
    complete: bool,
    out: &mut Vec<CallAction>,
) {
    let Some(at) = playing.started else { return };
    out.push(CallAction::Record(Turn {
        speaker: Speaker::Bot,
        text: playing.text,
        state: Some(playing.state),
        intent: None,
        advised: false,
        at,
        duration_ms: heard_ms.into(),
        latency_ms: playing.latency_ms,
        cut: !complete,
    }));
}
