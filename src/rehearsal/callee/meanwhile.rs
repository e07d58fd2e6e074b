//! What a callee does while the bot speaks: interrupts, says "uh-huh", hangs up.

use super::ear::Ear;
use super::mind::Mind;
use super::part::Act;
use super::person::Meanwhile;
use crate::language::tokenize;

/// Something that is done now.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) acts: Vec<Act>,
    pub(super) takes_floor: bool,
}

/// Something that may be done in this turn; its place in the list, and when.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    at: usize,
    /// Once its words were heard, where it waits for words.
    due_ms: Option<u32>,
}

/// Watches the bot's turns.
#[derive(Debug, Default)]
pub(super) struct Watch {
    turns: u32,
    /// How often each was done.
    done: Vec<u32>,
    waiting: Vec<Waiting>,
    /// Whole words of this turn that were looked at.
    words_seen: usize,
}

impl Watch {
    pub(super) fn turn_began(&mut self, mind: &Mind, at_ms: u32) {
        self.turns += 1;
        self.words_seen = 0;
        let list = &mind.person().speech.meanwhile;
        self.done.resize(list.len(), 0);
        self.waiting = list
            .iter()
            .enumerate()
            .filter(|(at, meanwhile)| {
                meanwhile.turn.is_none_or(|turn| turn == self.turns)
                    && self.may_be_done(*at, meanwhile)
                    && mind.chances(*at, meanwhile, self.turns)
            })
            .map(|(at, meanwhile)| Waiting {
                at,
                due_ms: meanwhile
                    .heard
                    .is_empty()
                    .then(|| at_ms + mind.meanwhile_ms(at, meanwhile.after_ms, self.turns)),
            })
            .collect();
    }

    pub(super) fn turn_ended(&mut self) {
        self.waiting.clear();
    }

    /// What is done now. Who is speaking already does nothing but take the floor.
    pub(super) fn due(&mut self, mind: &Mind, ear: &Ear, now_ms: u32, is_busy: bool) -> Vec<Due> {
        if self.waiting.is_empty() {
            return Vec::new();
        }
        self.listen(mind, ear, now_ms);
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|waiting| waiting.due_ms.is_some_and(|due| now_ms >= due));
        self.waiting = later;
        let list = &mind.person().speech.meanwhile;
        let mut all = Vec::new();
        for waiting in due {
            let Some(meanwhile) = list.get(waiting.at) else {
                continue;
            };
            if meanwhile.takes_floor || !is_busy {
                all.push(self.take(mind, waiting.at, meanwhile));
            }
            self.put_off(mind, waiting.at, meanwhile, now_ms);
        }
        if all.iter().any(|due| due.takes_floor) {
            // The bot is expected to fall silent: nothing more of this turn.
            self.waiting.clear();
        }
        all
    }

    fn take(&mut self, mind: &Mind, at: usize, meanwhile: &Meanwhile) -> Due {
        let count = self.done.get_mut(at).map_or(0, |done| {
            *done += 1;
            *done
        });
        Due {
            acts: mind.meanwhile(at, meanwhile, count),
            takes_floor: meanwhile.takes_floor,
        }
    }

    /// Lets it wait for its next time in this turn, if there is one.
    fn put_off(&mut self, mind: &Mind, at: usize, meanwhile: &Meanwhile, now_ms: u32) {
        let Some(every) = meanwhile.every_ms else {
            return;
        };
        if self.may_be_done(at, meanwhile) {
            let count = self.done.get(at).copied().unwrap_or(0);
            let due_ms = Some(now_ms + mind.meanwhile_ms(at, every, 1_000 + count));
            self.waiting.push(Waiting { at, due_ms });
        }
    }

    fn may_be_done(&self, at: usize, meanwhile: &Meanwhile) -> bool {
        let done = self.done.get(at).copied().unwrap_or(0);
        meanwhile.times.is_none_or(|times| done < times)
    }

    /// Sets off what waits for words that are now heard whole.
    fn listen(&mut self, mind: &Mind, ear: &Ear, now_ms: u32) {
        let words = ear.whole_words();
        if words == self.words_seen || self.waiting.iter().all(|w| w.due_ms.is_some()) {
            return;
        }
        self.words_seen = words;
        let heard = tokenize(&ear.text_of(words));
        for waiting in self.waiting.iter_mut().filter(|w| w.due_ms.is_none()) {
            let list = &mind.person().speech.meanwhile;
            let Some(meanwhile) = list.get(waiting.at) else {
                continue;
            };
            if meanwhile.heard.iter().any(|phrase| phrase.is_in(&heard)) {
                let after = mind.meanwhile_ms(waiting.at, meanwhile.after_ms, self.turns);
                waiting.due_ms = Some(now_ms + after);
            }
        }
    }
}
