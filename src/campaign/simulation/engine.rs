//! The virtual clock: what happens next, and the planner's word on it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jiff::{SignedDuration, Timestamp};

use super::Simulation;
use super::outcome::{Diary, SimulatedRun};
use super::people::{Fate, Person};
use super::places::Places;
use super::queue::{End, Queue};
use super::random::Random;
use crate::campaign::pacing::BadRate;
use crate::campaign::planner::{Plan, Planner, Seat, Situation};
use crate::campaign::{CallingHours, LeadId, Supply};
use crate::line::Disposition;

/// How long a dropped callee is spoken to before we hang up.
const FAREWELL: SignedDuration = SignedDuration::from_secs(4);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// The call is over.
    Ends,
    Answers,
}

#[derive(Debug, Clone, Copy)]
struct SimulatedLead {
    person: Person,
    attempts: u32,
    /// Its call, while there is one.
    call: Option<SimulatedCall>,
}

#[derive(Debug, Clone, Copy)]
struct SimulatedCall {
    /// How it goes, if it is let go on.
    fate: Fate,
    /// Answered, and there was no conversation for it.
    dropped: bool,
    talks_since: Option<Timestamp>,
}

/// One run of a simulation.
pub(super) struct Engine<'a> {
    simulation: &'a Simulation,
    planner: Planner,
    leads: Vec<SimulatedLead>,
    queue: Queue,
    places: Places,
    /// What is to come: when, in which order, what, to whom.
    events: BinaryHeap<Reverse<(Timestamp, u64, Event, u32)>>,
    scheduled: u64,
    random: Random,
    diary: Diary,
    now: Timestamp,
}

impl<'a> Engine<'a> {
    pub(super) fn new(simulation: &'a Simulation, seed: u64) -> Result<Self, BadRate> {
        let mut random = Random::new(seed);
        let people = &simulation.people;
        let leads = (0..simulation.leads).map(|_| SimulatedLead {
            person: people.person(&mut random),
            attempts: 0,
            call: None,
        });
        let leads: Vec<_> = leads.collect();
        let (from, hours) = (simulation.from, simulation.limits.policy.hours);
        let mut limits = simulation.limits.clone();
        // The queue holds the hours, in each lead's own time.
        limits.policy.hours = CallingHours::Any;
        Ok(Self {
            planner: Planner::new(limits)?,
            leads,
            queue: Queue::new(simulation.leads, from, hours),
            places: Places::new(&simulation.places, simulation.place_of_lead.clone()),
            events: BinaryHeap::new(),
            scheduled: 0,
            random,
            diary: Diary::new(simulation),
            now: from,
            simulation,
        })
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
        let hours = self.simulation.limits.policy.hours;
        let hour = self.places.hour(lead, hours, self.now);
        let Some(state) = self.leads.get_mut(lead as usize) else {
            return;
        };
        let timeout = self.simulation.limits.ring_timeout;
        let people = &self.simulation.people;
        let fate = people.fate(state.person, hour, timeout, &mut self.random);
        // The network's fault is not the lead's.
        let costs = !matches!(
            fate,
            Fate::Missed {
                disposition: Disposition::Congestion,
                ..
            }
        );
        state.attempts += u32::from(costs);
        state.call = Some(SimulatedCall {
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
        let (attempts, Some(call)) = (state.attempts, state.call.take()) else {
            return;
        };
        let disposition = match call.fate {
            Fate::Answered { machine: true, .. } => Disposition::Machine,
            Fate::Answered { .. } => Disposition::Answered,
            Fate::Missed { disposition, .. } => disposition,
        };
        self.planner.ended(id(lead), disposition, self.now);
        let last = self.planner.pulse().live == 0;
        self.diary.ended(self.now, last);
        if let Some(since) = call.talks_since {
            let length = self.now.duration_since(since);
            self.diary.talked(self.now, length, disposition);
        }
        let end = if call.dropped {
            End::Dropped
        } else {
            End::Line(disposition)
        };
        match self.simulation.retries.after(end, attempts) {
            Some(wait) => {
                let due = self.now.checked_add(wait).unwrap_or(Timestamp::MAX);
                self.queue.put(lead, due);
            }
            None => self.diary.done(self.now),
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
