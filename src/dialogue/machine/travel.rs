//! The way from one question to the next: states entered, what is said and done in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::scenario::{CallBack, Deeds, Place, StateName, Target, Way, Wordings, is_key};
use super::{Action, Dialogue, Evidence, Prompt, Reply};

/// How deep sub-dialogues may be nested; the oldest is forgotten beyond it.
const DEEPEST: usize = 16;

/// A sub-dialogue under way: where to go when it returns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::dialogue) struct Frame {
    /// Its first state.
    pub(in crate::dialogue) called: StateName,
    /// The question in hand when it was called.
    pub(in crate::dialogue) question: StateName,
    pub(in crate::dialogue) then: Option<StateName>,
}

/// A reply in the making.
#[derive(Debug)]
pub(super) struct Step {
    from: StateName,
    evidence: Option<Evidence>,
    say: Vec<Prompt>,
    do_not_call: bool,
    /// Whether every state that speaks may be interrupted.
    barge_in: bool,
    pub(super) actions: Vec<Action>,
    pub(super) taken: Vec<Place>,
    /// What the scenario asks for and cannot be done as it is written.
    faults: Vec<String>,
}

impl Step {
    pub(super) fn new(from: StateName, evidence: Option<Evidence>) -> Self {
        Self {
            from,
            evidence,
            say: Vec::new(),
            do_not_call: false,
            barge_in: true,
            actions: Vec::new(),
            taken: Vec::new(),
            faults: Vec::new(),
        }
    }
}

impl Dialogue {
    /// The first way whose condition holds.
    pub(super) fn open_way<'a>(&self, ways: &'a [Way]) -> Option<&'a Way> {
        let holds = |way: &&Way| way.guard.as_ref().is_none_or(|g| g.holds(&self.facts));
        ways.iter().find(holds)
    }

    /// Takes a way to where the dialogue waits again, or ends.
    pub(super) fn take_way(&mut self, way: &Way, step: &mut Step) {
        self.do_on_way(way, step);
        self.travel(way.target.clone(), step);
    }

    fn do_on_way(&mut self, way: &Way, step: &mut Step) {
        step.taken.push(way.place.clone());
        let scenario = Arc::clone(&self.scenario);
        for change in &way.changes {
            if let Some(value) = self.facts.change(&scenario, change) {
                let name = change.name.clone();
                step.actions.push(Action::Set { name, value });
            }
        }
        self.tag(&way.tags, step);
    }

    /// Goes to a target and on from it, through states that do not wait.
    pub(super) fn travel(&mut self, target: Target, step: &mut Step) {
        let scenario = Arc::clone(&self.scenario);
        self.facts.misses = 0;
        let mut target = target;
        // A circle of states that do not wait would never end: `scenario check` finds it, and
        // here it is left after each state was seen.
        for _ in 0..=scenario.states.len() + DEEPEST {
            let Some(name) = self.resolve(target, step) else {
                return;
            };
            self.arrive(&name, step);
            let Some(state) = scenario.states.get(&name) else {
                return;
            };
            let Some(way) = self.open_way(&state.next) else {
                // A way that leaves a sub-dialogue for good leaves nothing to return to.
                if !self.frames.is_empty() && !scenario.may_return(&name) {
                    self.frames.clear();
                }
                self.question = name;
                return;
            };
            self.do_on_way(way, step);
            target = way.target.clone();
        }
        let state = &self.state;
        let fault = format!("from state `{state}` the way leads round and round without waiting");
        step.faults.push(fault);
        // Once round is heard, and no more.
        let mut heard = BTreeSet::new();
        step.say.retain(|prompt| heard.insert(prompt.state.clone()));
    }

    /// The state that a target means; `None` where the question in hand was asked again.
    fn resolve(&mut self, target: Target, step: &mut Step) -> Option<StateName> {
        match target {
            Target::State(name) => return Some(name),
            Target::Call { state, then } => {
                // Asked for again while it is under way, it begins anew and returns once.
                let under_way = self.frames.iter().position(|frame| frame.called == state);
                if let Some(at) = under_way {
                    self.frames.truncate(at + 1);
                    return Some(state);
                }
                if self.frames.len() >= DEEPEST {
                    self.frames.remove(0);
                }
                let question = self.question.clone();
                let called = state.clone();
                self.frames.push(Frame {
                    called,
                    question,
                    then,
                });
                return Some(state);
            }
            Target::Return => {
                if let Some(frame) = self.frames.pop() {
                    if frame.then.is_some() {
                        return frame.then;
                    }
                    self.question = frame.question;
                }
            }
            Target::Back => {}
        }
        self.state = self.question.clone();
        self.say_again(step);
        None
    }

    /// Enters a state: sets what is to be set, speaks, and notes what is to be done.
    fn arrive(&mut self, name: &StateName, step: &mut Step) {
        let scenario = Arc::clone(&self.scenario);
        self.state = name.clone();
        *self.facts.visits.entry(name.clone()).or_default() += 1;
        let Some(state) = scenario.states.get(name) else {
            return;
        };
        for change in &state.deeds.changes {
            if let Some(value) = self.facts.change(&scenario, change) {
                let name = change.name.clone();
                step.actions.push(Action::Set { name, value });
            }
        }
        self.say(name, &state.say, step);
        self.act(&state.deeds, step);
        self.outcome.clone_from(&state.outcome);
        for (name, text) in &state.data {
            let value = self.facts.render(&scenario, &text.text);
            self.data
                .extend(value.ok().map(|value| (name.clone(), value)));
        }
    }

    fn act(&mut self, deeds: &Deeds, step: &mut Step) {
        self.tag(&deeds.tags, step);
        if deeds.do_not_call {
            step.do_not_call = true;
            step.actions.push(Action::DoNotCall);
        }
        if let Some(call_back) = &deeds.call_back {
            let at = match call_back {
                CallBack::Sometime => None,
                CallBack::At(name) => self.facts.variables.get(name).cloned(),
            };
            step.actions.push(Action::CallBack { at });
        }
        self.play(deeds, step);
        let scenario = Arc::clone(&self.scenario);
        let render = |text: &str| self.facts.render(&scenario, text).ok();
        if let Some(keys) = deeds.send_keys.as_ref().and_then(|t| render(&t.text)) {
            let after = step.say.len();
            // Columns write extensions as they like: `12-34`.
            let keys: String = keys.chars().filter(|key| is_key(*key)).collect();
            let state = self.state.clone();
            step.actions.push(Action::SendKeys { state, keys, after });
        }
        if let Some(transfer) = &deeds.transfer {
            step.actions.extend(self.transfer(transfer));
        }
    }

    fn play(&self, deeds: &Deeds, step: &mut Step) {
        if let Some(file) = &deeds.play {
            step.barge_in &= self.present().is_none_or(|state| state.barge_in);
            step.actions.push(Action::PlayFile {
                state: self.state.clone(),
                file: file.text.clone(),
                after: step.say.len(),
            });
        }
    }

    fn tag(&mut self, tags: &[String], step: &mut Step) {
        for tag in tags {
            if self.tags.insert(tag.clone()) {
                step.actions.push(Action::Tag(tag.clone()));
            }
        }
    }

    /// Says the question in hand again.
    pub(super) fn say_again(&mut self, step: &mut Step) {
        let scenario = Arc::clone(&self.scenario);
        let name = self.state.clone();
        let Some(state) = scenario.states.get(&name) else {
            return;
        };
        let wordings = if state.again.is_empty() {
            &state.say
        } else {
            &state.again
        };
        self.say(&name, wordings, step);
        if state.again.is_empty() {
            self.play(&state.deeds, step);
        }
    }

    /// The next wording of a prompt: they are taken in turn, so that none comes twice running.
    fn say(&mut self, name: &StateName, wordings: &Wordings, step: &mut Step) {
        let scenario = Arc::clone(&self.scenario);
        let texts = wordings.of(self.facts.language(&scenario));
        let Some(first) = texts.first() else {
            return;
        };
        let place = (name.clone(), first.place.line);
        let turn = self.asked.entry(place).or_default();
        let chosen = *turn;
        *turn = (chosen + 1) % texts.len();
        let in_turn = texts.iter().cycle().skip(chosen).take(texts.len());
        // What cannot be rendered is found before the call; here another wording may do.
        let mut rendered = in_turn.filter_map(|text| self.facts.render(&scenario, &text.text).ok());
        let text = if self.longest {
            rendered.max_by_key(|text| text.chars().count())
        } else {
            rendered.next()
        };
        let text = text.or_else(|| Some(self.instead(name, &first.text, step)));
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            let state = name.clone();
            step.say.push(Prompt { state, text });
            step.barge_in &= scenario.states.get(name).is_none_or(|state| state.barge_in);
        }
    }

    /// What is said where no wording can be: the question in other words, else the values as they
    /// are. Silence would leave the callee to wonder whether anybody is there.
    fn instead(&self, name: &StateName, text: &str, step: &mut Step) -> String {
        let scenario = &self.scenario;
        if let Err(error) = self.facts.render(scenario, text) {
            let fault = format!("state `{name}` has a text that cannot be said: {error}");
            step.faults.push(fault);
        }
        let again = scenario.states.get(name).map(|state| &state.again);
        let again = again.map_or(&[][..], |again| again.of(self.facts.language(scenario)));
        again
            .iter()
            .find_map(|text| self.facts.render(scenario, &text.text).ok())
            .unwrap_or_else(|| self.facts.render_anyhow(scenario, text))
    }

    pub(super) fn reply(&self, step: Step) -> Reply {
        let state = self.present();
        Reply {
            from: step.from,
            evidence: step.evidence,
            state: self.state.clone(),
            say: step.say,
            barge_in: step.barge_in && state.is_none_or(|state| !state.is_final()),
            listen: state.map(|state| state.listen).unwrap_or_default(),
            outcome: self.outcome.clone(),
            do_not_call: step.do_not_call,
            actions: step.actions,
            taken: step.taken,
            faults: step.faults,
        }
    }
}
