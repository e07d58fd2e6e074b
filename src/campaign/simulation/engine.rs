//! The virtual clock: what happens next, and the planner's word on it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jiff::{SignedDuration, Timestamp};

use super::Simulation;
use super::lead::{Known, Outcome, SimulatedCall, SimulatedLead};
use super::outcome::{Diary, SimulatedRun};
use super::people::{Fate, People};
use super::places::Places;
use super::queue::Queue;
use super::random::Random;
use crate::campaign::pacing::BadRate;
use crate::campaign::planner::{Plan, Planner, Seat, Situation};
use crate::campaign::{LeadId, Supply, Terms, Verdict};
use crate::line::Disposition;
use crate::phone::PhoneNumber;

/// How long a dropped callee is spoken to before we hang up.
const FAREWELL: SignedDuration = SignedDuration::from_secs(4);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// The call is over.
    Ends,
    Answers,
}

/// One run of a simulation.
pub(super) struct Engine<'a> {
    simulation: &'a Simulation,
    people: &'a People,
    planner: Planner,
    leads: Vec<SimulatedLead>,
    queue: Queue,
    places: Places<'a>,
    /// What is to come: when, in which order, what, to whom.
    events: BinaryHeap<Reverse<(Timestamp, u64, Event, u32)>>,
    scheduled: u64,
    random: Random,
    diary: Diary,
    now: Timestamp,
    /// The number of every lead, as far as the policy asks for one.
    number: Option<PhoneNumber>,
    /// The terms of leads that have none of their own.
    no_terms: Terms,
}

impl<'a> Engine<'a> {
    pub(super) fn new(
        simulation: &'a Simulation,
        people: &'a People,
        seed: u64,
    ) -> Result<Self, BadRate> {
        let mut random = Random::new(seed);
        let leads = (0..simulation.leads).map(|lead| {
            let before = simulation.before.get(&lead);
            let before = before.map_or(&[][..], Vec::as_slice);
            SimulatedLead::new(people.person(before, &mut random))
        });
        let leads = leads.collect();
        let policy = &simulation.policy;
        let mut engine = Self {
            planner: Planner::new(simulation.limits.clone())?,
            leads,
            queue: Queue::new(policy.priority_step),
            places: Places::new(
                &policy.window,
                &simulation.places,
                &simulation.place_of_lead,
            ),
            events: BinaryHeap::new(),
            scheduled: 0,
            random,
            diary: Diary::new(simulation),
            now: simulation.from,
            number: PhoneNumber::from_e164("+79000000000").ok(),
            no_terms: Terms::default(),
            simulation,
            people,
        };
        for lead in 0..simulation.leads {
            if simulation.terms.contains_key(&lead)
                || simulation.before.contains_key(&lead)
                || simulation.promised.contains_key(&lead)
            {
                engine.requeue(lead);
            } else {
                engine.queue.put(lead, 0, simulation.from);
            }
        }
        Ok(engine)
    }

    pub(super) fn run(mut self) -> SimulatedRun {
        let end = self.simulation.from.checked_add(self.simulation.lasts);
        let end = end.unwrap_or(Timestamp::MAX);
        loop {
            self.seat();
            let supply = self.queue.supply(&mut self.places, self.now);
            let situation = Situation {
                now: self.now,
                supply,
            };
            let until = match self.planner.plan(&situation) {
                Plan::Call(caller_id) => {
                    if let Some(lead) = self.queue.take() {
                        self.planner.placed(id(lead), caller_id, self.now);
                        self.place(lead);
                    }
                    continue;
                }
                Plan::Ask(_) => {
                    self.planner.asked(Ok(()), self.now);
                    continue;
                }
                Plan::WaitUntil(until, _) => until,
                Plan::WaitForCall(_) => Timestamp::MAX,
                Plan::Drained(_) => break,
            };
            let next = self.events.peek().map(|Reverse((at, ..))| *at);
            self.now = next.map_or(until, |next| next.min(until)).max(self.now);
            if self.now >= end || (next.is_none() && until == Timestamp::MAX) {
                self.now = end;
                break;
            }
            self.happen();
        }
        let waits = self.queue.supply(&mut self.places, self.now) != Supply::Exhausted;
        let exhausted = !waits && self.events.is_empty();
        self.diary.close(self.now, exhausted)
    }

    /// Everything that is due happens.
    fn happen(&mut self) {
        while let Some(&Reverse((at, _, event, lead))) = self.events.peek() {
            if at > self.now {
                return;
            }
            self.events.pop();
            match event {
                Event::Answers => {
                    self.diary.answered(self.now);
                    self.planner.answered(id(lead), self.now);
                }
                Event::Ends => self.end(lead),
            }
        }
    }

    fn place(&mut self, lead: u32) {
        let hour = self.places.hour(lead, self.now);
        let Some(state) = self.leads.get_mut(lead as usize) else {
            return;
        };
        let timeout = self.simulation.limits.ring_timeout;
        let fate = self
            .people
            .fate(state.person, hour, timeout, &mut self.random);
        state.call = Some(SimulatedCall {
            placed: self.now,
            fate,
            dropped: false,
            talks_since: None,
        });
        self.diary.attempt(self.now, &self.planner.pulse());
        match fate {
            Fate::Answered { after, .. } => self.later(after, Event::Answers, lead),
            Fate::Missed { after, .. } => self.later(after, Event::Ends, lead),
        }
    }

    /// Lets those who answered in or go.
    fn seat(&mut self) {
        while let Some(seat) = self.planner.seat(self.now) {
            let (Seat::Talk(LeadId(lead)) | Seat::Drop(LeadId(lead))) = seat;
            let dropped = matches!(seat, Seat::Drop(_));
            self.diary.seated(self.now, dropped, &self.planner.pulse());
            let Ok(lead) = u32::try_from(lead) else {
                continue;
            };
            let state = self.leads.get_mut(lead as usize);
            let Some(call) = state.and_then(|state| state.call.as_mut()) else {
                continue;
            };
            call.dropped = dropped;
            let lasts = match call.fate {
                Fate::Answered { talk, .. } if !dropped => {
                    call.talks_since = Some(self.now);
                    talk
                }
                Fate::Answered { .. } | Fate::Missed { .. } => FAREWELL,
            };
            self.later(lasts, Event::Ends, lead);
        }
    }

    fn end(&mut self, lead: u32) {
        let Some(state) = self.leads.get_mut(lead as usize) else {
            return;
        };
        let Some(call) = state.call.take() else {
            return;
        };
        let (disposition, talked) = match call.fate {
            Fate::Answered { machine: true, .. } => {
                (Disposition::Machine, Outcome::Line(Disposition::Machine))
            }
            Fate::Answered { later: true, .. } => (Disposition::Answered, Outcome::CallLater),
            Fate::Answered { .. } => (Disposition::Answered, Outcome::Settled),
            Fate::Missed { disposition, .. } => (disposition, Outcome::Line(disposition)),
        };
        let outcome = if call.dropped {
            Outcome::Dropped
        } else {
            talked
        };
        state.was_called(&call, outcome, self.now);
        self.planner.ended(id(lead), disposition, self.now);
        let last = self.planner.pulse().live == 0;
        self.diary.ended(self.now, last);
        if let Some(since) = call.talks_since {
            let length = self.now.duration_since(since);
            self.diary.talked(self.now, length, disposition);
        }
        self.requeue(lead);
    }

    /// Puts a lead where the policy wants it.
    fn requeue(&mut self, lead: u32) {
        let (Some(state), Some(number)) = (self.leads.get_mut(lead as usize), &self.number) else {
            return;
        };
        let several = self.simulation.numbers.get(&lead);
        let terms = self.simulation.terms.get(&lead).unwrap_or(&self.no_terms);
        let before = self.simulation.before.get(&lead);
        let before = before.map_or(&[][..], Vec::as_slice);
        let mut known = Known {
            terms,
            zones: &[],
            number,
            numbers: several.map_or(&[][..], |several| &several.cells),
            before,
            promised_at: self.simulation.promised.get(&lead).copied(),
        };
        let next = state.turn(&known);
        if let (Some(several), Some(next)) = (several, next) {
            let place = several.places.get(next).copied();
            self.places.moves(lead, place.unwrap_or(0));
        }
        known.zones = self.places.zones(lead);
        match state.verdict(&self.simulation.policy, &known, self.now) {
            Verdict::May => self.queue.put(lead, terms.priority, self.now),
            Verdict::NotBefore(due, _) => self.queue.put(lead, terms.priority, due),
            Verdict::Never(_) => self.diary.done(self.now),
        }
    }

    fn later(&mut self, after: SignedDuration, event: Event, lead: u32) {
        let at = self.now.checked_add(after).unwrap_or(Timestamp::MAX);
        self.scheduled += 1;
        self.events.push(Reverse((at, self.scheduled, event, lead)));
    }
}

fn id(lead: u32) -> LeadId {
    LeadId(i64::from(lead))
}
