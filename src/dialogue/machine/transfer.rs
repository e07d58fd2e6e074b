//! Handing the call to a person: what that person is told, and what follows where nobody takes it.

use super::super::scenario::{StateName, Target, Transfer};
use super::travel::Step;
use super::{Action, Dialogue, Prompt, Reply};
use crate::language::Language;

/// What follows an apology: the call-back that was promised.
const CALL_BACK: &str = "call_later";

/// What the person hears unless the scenario says: who is on the line, and the last words.
fn whisper(language: Language) -> &'static str {
    match language {
        Language::Russian => {
            "Звонок от робота. {% if name %}Клиент: {{ name }}. {% endif %}\
             {% if said %}Было сказано: {{ said }}. {% endif %}Соединяю."
        }
        Language::English => {
            "A call from the robot. {% if name %}Customer: {{ name }}. {% endif %}\
             {% if said %}They said: {{ said }}. {% endif %}Connecting."
        }
    }
}

/// What the callee hears where nobody took the call and the scenario has no words for it.
fn apology(language: Language) -> &'static str {
    match language {
        Language::Russian => {
            "Извините, сейчас никто не может ответить. Мы вам перезвоним. До свидания!"
        }
        Language::English => {
            "I am sorry, nobody can take the call right now. We will call you back. Goodbye!"
        }
    }
}

impl Dialogue {
    /// The order to hand the call over; `None` where it cannot be told to whom.
    pub(super) fn transfer(&self, transfer: &Transfer) -> Option<Action> {
        let render = |text: &str| self.facts.render(&self.scenario, text).ok();
        let own = transfer.whisper.as_ref().and_then(|t| render(&t.text));
        let usual = || render(whisper(self.language()));
        Some(Action::Transfer {
            to: render(&transfer.to.text)?,
            whisper: own.or_else(usual).unwrap_or_default(),
            ring_s: transfer.ring_s,
            music: transfer.music,
        })
    }

    /// The apology of our own, where a transfer of the scenario has no state for it.
    pub(super) fn apology(&self) -> Option<String> {
        let mut transfers = self.scenario.states.values();
        let wanted =
            transfers.any(|state| matches!(&state.deeds.transfer, Some(to) if to.failed.is_none()));
        wanted.then(|| apology(self.language()).to_owned())
    }

    /// Nobody took the call.
    pub(super) fn transfer_failed(&mut self, from: StateName) -> Reply {
        let transfer = self.present().and_then(|s| s.deeds.transfer.clone());
        let mut step = Step::new(from, None);
        let Some(transfer) = transfer else {
            return self.reply(step);
        };
        step.taken.push(transfer.to.place);
        if let Some(failed) = transfer.failed {
            self.outcome = None;
            self.travel(Target::State(failed), &mut step);
            return self.reply(step);
        }
        self.outcome = Some(CALL_BACK.to_owned());
        step.actions.push(Action::CallBack { at: None });
        let mut reply = self.reply(step);
        reply.say.push(Prompt {
            state: self.state.clone(),
            text: apology(self.language()).to_owned(),
        });
        reply
    }
}
