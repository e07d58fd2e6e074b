//! Random days: two campaigns share numbers, two connections share the file, runs come and go.
//! Against a model of what was rung, the promises of design "ring nobody twice" are held.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::campaign::{CampaignId, LeadId, LeadState};

#[derive(Debug, Clone)]
enum Step {
    Claim { campaign: usize },
    Begin,
    Dial,
    End(Disposition),
    Release,
    Forbid(u32),
    NewRun,
    Single(u32),
    Import,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0usize..2).prop_map(|campaign| Step::Claim { campaign }),
        5 => Just(Step::Begin),
        5 => Just(Step::Dial),
        5 => prop::sample::select(Disposition::ALL.to_vec()).prop_map(Step::End),
        1 => Just(Step::Release),
        1 => (1u32..6).prop_map(Step::Forbid),
        2 => Just(Step::NewRun),
        1 => (1u32..6).prop_map(Step::Single),
        1 => Just(Step::Import),
    ]
}

/// What the model knows of an open attempt.
struct Open {
    number: PhoneNumber,
    lead: Option<LeadId>,
    dialled: bool,
}

struct Day {
    house: House,
    ledgers: [Ledger; 2],
    campaigns: [CampaignId; 2],
    /// The run of each connection.
    runs: [RunId; 2],
    clock: i64,
    claimed: Vec<(LeadRow, RunId)>,
    open: BTreeMap<AttemptId, Open>,
    states: BTreeMap<LeadId, LeadState>,
    /// Numbers that each run began to ring.
    begun: BTreeSet<(RunId, PhoneNumber)>,
    forbidden: BTreeSet<PhoneNumber>,
}

impl Day {
    fn new() -> Self {
        let house = House::with_leads(&[1, 2, 3, 4]);
        let ledgers = [house.ledger.clone(), house.reopened()];
        let other = ledgers[1]
            .open_campaign("autumn", "/lists/autumn.csv", None, at(0))
            .unwrap();
        ledgers[1]
            .import_leads(other.id, &[lead(3), lead(4), lead(5)], at(0))
            .unwrap();
        let second = house.later_run(0);
        Self {
            ledgers,
            campaigns: [house.campaign.id, other.id],
            runs: [house.run.id, second],
            house,
            clock: 10,
            claimed: Vec::new(),
            open: BTreeMap::new(),
            states: BTreeMap::new(),
            begun: BTreeSet::new(),
            forbidden: BTreeSet::new(),
        }
    }

    fn step(&mut self, step: &Step, side: usize) {
        self.clock += 1;
        match step {
            Step::Claim { campaign } => self.claim(side, *campaign),
            Step::Begin => self.begin(side),
            Step::Dial => self.dial(side),
            Step::End(disposition) => self.end(side, *disposition),
            Step::Release => {
                if let Some((lead, _)) = self.claimed.pop() {
                    self.ledgers[side].release_lead(lead.id).unwrap();
                }
            }
            Step::Forbid(last) => {
                let now = at(self.clock);
                self.ledgers[side]
                    .forbid(&number(*last), "asked", None, now)
                    .unwrap();
                self.forbidden.insert(number(*last));
            }
            Step::NewRun => self.runs[side] = self.house.later_run(self.clock),
            Step::Single(last) => self.try_begin(side, single(self.runs[side], &number(*last))),
            Step::Import => {
                let leads = [lead(1), lead(2), lead(3), lead(4)];
                let report = self.ledgers[side]
                    .import_leads(self.campaigns[0], &leads, at(0))
                    .unwrap();
                assert_eq!(report.unchanged, 4);
            }
        }
    }

    fn is_open(&self, number: &PhoneNumber) -> bool {
        self.open.values().any(|open| open.number == *number)
    }

    fn claim(&mut self, side: usize, campaign: usize) {
        let run = self.runs[side];
        let next = self.ledgers[side].next_lead(self.campaigns[campaign], run);
        let Some(row) = next.unwrap() else {
            return;
        };
        assert!(!self.is_open(&row.number), "being rung");
        assert!(!self.forbidden.contains(&row.number), "forbidden");
        assert!(
            !self.begun.contains(&(run, row.number.clone())),
            "rung by this run"
        );
        let taken = self
            .claimed
            .iter()
            .any(|(other, _)| other.number == row.number);
        assert!(!taken, "claimed twice");
        let state = self.states.get(&row.id);
        assert_ne!(state, Some(&LeadState::Done), "done");
        self.claimed.push((row, run));
    }

    fn begin(&mut self, side: usize) {
        if let Some((row, run)) = self.claimed.pop() {
            let attempt = attempt_of(&row, run);
            self.try_begin(side, attempt);
        }
    }

    fn try_begin(&mut self, side: usize, attempt: NewAttempt) {
        let result = self.ledgers[side].begin_attempt(&attempt);
        let forbidden = self.forbidden.contains(&attempt.number);
        let busy = self.is_open(&attempt.number);
        match result {
            Ok(id) => {
                assert!(!forbidden && !busy);
                self.begun.insert((attempt.run, attempt.number.clone()));
                let open = Open {
                    number: attempt.number,
                    lead: attempt.lead,
                    dialled: false,
                };
                self.open.insert(id, open);
                return;
            }
            Err(StoreError::Forbidden(_)) => assert!(forbidden),
            Err(StoreError::Busy { .. }) => assert!(busy),
            Err(other) => panic!("{other}"),
        }
        if let Some(lead) = attempt.lead {
            self.ledgers[side].release_lead(lead).unwrap();
        }
    }

    fn dial(&mut self, side: usize) {
        let Some((&id, open)) = self.open.iter_mut().next_back() else {
            return;
        };
        let now = at(self.clock);
        match self.ledgers[side].mark_dialled(id, now) {
            Ok(()) => {
                assert!(!open.dialled && !self.forbidden.contains(&open.number));
                open.dialled = true;
            }
            Err(StoreError::AlreadyDialled(_)) => assert!(open.dialled),
            Err(StoreError::Forbidden(_)) => assert!(self.forbidden.contains(&open.number)),
            Err(other) => panic!("{other}"),
        }
    }

    fn end(&mut self, side: usize, disposition: Disposition) {
        let Some((id, open)) = self.open.pop_first() else {
            return;
        };
        let end = AttemptEnd::new(id, disposition, at(self.clock));
        self.ledgers[side].end_attempt(&end).unwrap();
        if let Some(lead) = open.lead {
            self.states
                .insert(lead, LeadState::after(disposition, open.dialled));
        }
    }

    /// What the file says must be what the model says.
    fn compare(&self) {
        let ledger = self.house.reopened();
        let open: Vec<_> = ledger.open_attempts(None).unwrap();
        let ids: Vec<_> = open.iter().map(|attempt| attempt.id).collect();
        assert_eq!(ids, self.open.keys().copied().collect::<Vec<_>>());
        let done = self
            .states
            .values()
            .filter(|&&state| state == LeadState::Done);
        let counts = self.campaigns.map(|id| ledger.lead_counts(id).unwrap());
        assert_eq!(counts[0].done + counts[1].done, done.count() as u64);
        assert_eq!((counts[0].total(), counts[1].total()), (4, 3));
        let held = self.claimed.len() + self.open.values().filter(|o| o.lead.is_some()).count();
        assert_eq!(counts[0].in_call + counts[1].in_call, held as u64);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nobody_is_rung_twice_on_any_day(
        steps in prop::collection::vec((step(), 0usize..2), 1..80)
    ) {
        let mut day = Day::new();
        for (step, side) in &steps {
            day.step(step, *side);
        }
        day.compare();
    }
}
