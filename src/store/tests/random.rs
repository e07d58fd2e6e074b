//! Random days: two campaigns share numbers, two connections share the file, runs come and go, people
//! opt out, hours pass. Against a model that looks at the callee's clock by itself, the promises are
//! held: never outside a window, never a forbidden number, never above a limit, never within the
//! smallest gap, never one number twice at once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::campaign::{CALL_LATER, Calendar, CallingWindow, CampaignId, LeadId, Quota, Zone};
use crate::phone::CellNumber;

#[derive(Debug, Clone)]
enum Step {
    /// So many minutes pass.
    Pass(i64),
    Claim {
        campaign: usize,
    },
    Dial,
    End(Disposition, Talk),
    Release,
    Forbid(u32),
    Allow(u32),
    NewRun,
    Single(u32),
    Import,
    Promise(i64),
}

/// What the dialogue concluded.
#[derive(Debug, Clone, Copy)]
enum Talk {
    Settled,
    Later,
    /// In so many minutes.
    Promised(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let talk = prop_oneof![
        2 => Just(Talk::Settled),
        2 => Just(Talk::Later),
        1 => (1i64..3000).prop_map(Talk::Promised),
    ];
    let disposition = prop::sample::select(Disposition::ALL.to_vec());
    prop_oneof![
        4 => (0i64..40).prop_map(Step::Pass),
        3 => (0i64..24 * 60).prop_map(Step::Pass),
        12 => (0usize..2).prop_map(|campaign| Step::Claim { campaign }),
        10 => Just(Step::Dial),
        9 => (disposition, talk).prop_map(|(end, talk)| Step::End(end, talk)),
        1 => Just(Step::Release),
        1 => (1u32..7).prop_map(Step::Forbid),
        1 => (1u32..7).prop_map(Step::Allow),
        1 => Just(Step::NewRun),
        1 => (1u32..7).prop_map(Step::Single),
        1 => Just(Step::Import),
        1 => (0i64..2000).prop_map(Step::Promise),
    ]
}

/// What the model knows of an open attempt.
struct Open {
    number: PhoneNumber,
    /// The lead and its zone; none for a call by hand.
    lead: Option<(LeadId, TimeZone)>,
    /// When it rang.
    dialled: Option<Timestamp>,
}

/// A call that was dialled.
struct Rung {
    at: Timestamp,
    ended_at: Timestamp,
    reached: bool,
}

struct Day {
    house: House,
    ledgers: [Ledger; 2],
    campaigns: [CampaignId; 2],
    /// The run of each connection.
    runs: [RunId; 2],
    now: Timestamp,
    claimed: Vec<(LeadRow, RunId)>,
    open: BTreeMap<AttemptId, Open>,
    rung: BTreeMap<PhoneNumber, Vec<Rung>>,
    settled: BTreeSet<LeadId>,
    forbidden: BTreeSet<PhoneNumber>,
    dialled: usize,
}

const GAP_MINUTES: i64 = 20;
const PER_DAY: usize = 2;
const PER_WEEK: usize = 5;

fn leads() -> Vec<Lead> {
    let with = |last, zone: Option<&str>| {
        let mut lead = lead(last);
        lead.terms.timezone = zone.and_then(|zone| Zone::parse(zone).ok());
        lead
    };
    let mut leads = vec![
        with(1, None),
        with(2, Some("Asia/Vladivostok")),
        with(3, None),
        with(4, Some("Europe/Kaliningrad")),
    ];
    leads[0].alternates.push(CellNumber {
        number: number(6),
        extension: None,
    });
    leads
}

fn zone_of(lead: &LeadRow) -> TimeZone {
    let own = lead
        .terms
        .timezone
        .as_ref()
        .map(|zone| zone.time_zone().clone());
    own.unwrap_or_else(|| TimeZone::get("Europe/Moscow").unwrap())
}

impl Day {
    fn new() -> Self {
        let mut house = House::with_leads(&[]);
        house.policy.window = CallingWindow {
            hours: "Mon-Fri 09:00-20:00, Sat 10:00-18:00".parse().unwrap(),
            holidays: Calendar::shipped("ru"),
        };
        house.policy.default_zone = TimeZone::get("Europe/Moscow").unwrap();
        house.policy.limits.smallest_gap = jiff::SignedDuration::from_mins(GAP_MINUTES);
        house.policy.limits.number = Quota {
            day: Some(2),
            week: Some(5),
            month: None,
        };
        let ledgers = [house.ledger.clone(), house.reopened()];
        let other = ledgers[1]
            .open_campaign("autumn", "/lists/autumn.csv", None, at(0))
            .unwrap();
        house.import(&leads(), 0);
        let shared = [leads()[2].clone(), leads()[3].clone(), lead(5)];
        ledgers[1].import_leads(other.id, &shared, at(0)).unwrap();
        let second = house.later_run(0);
        Self {
            ledgers,
            campaigns: [house.campaign.id, other.id],
            runs: [house.run.id, second],
            house,
            // A Thursday before the holidays, noon in Moscow.
            now: "2026-12-24T09:00:00Z".parse().unwrap(),
            claimed: Vec::new(),
            open: BTreeMap::new(),
            rung: BTreeMap::new(),
            settled: BTreeSet::new(),
            forbidden: BTreeSet::new(),
            dialled: 0,
        }
    }

    fn step(&mut self, step: &Step, side: usize) {
        let ledger = self.ledgers[side].clone();
        match step {
            Step::Pass(minutes) => {
                // Between claim and call there are moments, not hours.
                while let Some((lead, _)) = self.claimed.pop() {
                    ledger.release_lead(lead.id).unwrap();
                }
                self.now += minutes.minutes();
            }
            Step::Claim { campaign } => self.claim(side, *campaign),
            Step::Dial => self.dial(&ledger),
            Step::End(disposition, talk) => self.end(&ledger, *disposition, *talk),
            Step::Release => {
                if let Some((lead, _)) = self.claimed.pop() {
                    ledger.release_lead(lead.id).unwrap();
                }
            }
            Step::Forbid(last) => {
                ledger
                    .forbid(&number(*last), "asked", None, self.now)
                    .unwrap();
                self.forbidden.insert(number(*last));
            }
            Step::Allow(last) => {
                ledger.allow(&number(*last)).unwrap();
                self.forbidden.remove(&number(*last));
            }
            Step::NewRun => self.runs[side] = self.house.later_run(0),
            Step::Single(last) => {
                let attempt = single(self.runs[side], &number(*last));
                self.begin(&ledger, attempt, None);
            }
            Step::Import => {
                let report = ledger
                    .import_leads(self.campaigns[0], &leads(), self.now)
                    .unwrap();
                assert_eq!(report.unchanged, 4);
            }
            Step::Promise(minutes) => {
                if let Some(lead) = self.settled.pop_first() {
                    ledger.promise(lead, self.now + minutes.minutes()).unwrap();
                }
            }
        }
    }

    fn is_open(&self, number: &PhoneNumber) -> bool {
        self.open.values().any(|open| open.number == *number)
    }

    fn claim(&mut self, side: usize, campaign: usize) {
        let run = self.runs[side];
        let ledger = &self.ledgers[side];
        let campaign = self.campaigns[campaign];
        let quick = ledger
            .next_due(campaign, &self.house.policy, self.now)
            .unwrap();
        let claim = ledger
            .next_lead(campaign, run, &self.house.policy, self.now)
            .unwrap();
        match &claim {
            Claim::Later(until, _) => {
                assert!(*until >= self.now);
                assert!(
                    quick.is_some_and(|quick| quick <= *until),
                    "{quick:?} {until}"
                );
            }
            Claim::Lead(_) => assert!(quick.is_some_and(|quick| quick <= self.now), "{quick:?}"),
            Claim::Exhausted => {}
            Claim::Closed(_) => panic!("open"),
        }
        let Some(row) = claim.lead() else {
            return;
        };
        assert!(!self.is_open(&row.number), "being rung");
        assert!(!self.forbidden.contains(&row.number), "forbidden");
        assert!(!self.settled.contains(&row.id), "settled");
        let taken = self
            .claimed
            .iter()
            .any(|(other, _)| other.number == row.number);
        assert!(!taken, "claimed twice");
        self.claimed.push((row, run));
    }

    fn dial(&mut self, ledger: &Ledger) {
        let Some((row, run)) = self.claimed.pop() else {
            return;
        };
        let lead = Some((row.id, zone_of(&row)));
        let Some(id) = self.begin(ledger, attempt_of(&row, run), lead) else {
            ledger.release_lead(row.id).unwrap();
            return;
        };
        self.check(&row);
        ledger.mark_dialled(id, self.now).unwrap();
        self.open.get_mut(&id).unwrap().dialled = Some(self.now);
        self.dialled += 1;
    }

    fn begin(
        &mut self,
        ledger: &Ledger,
        mut attempt: NewAttempt,
        lead: Option<(LeadId, TimeZone)>,
    ) -> Option<AttemptId> {
        attempt.at = self.now;
        let forbidden = self.forbidden.contains(&attempt.number);
        let busy = self.is_open(&attempt.number);
        match ledger.begin_attempt(&attempt) {
            Ok(id) => {
                assert!(!forbidden && !busy);
                let (number, dialled) = (attempt.number, None);
                self.open.insert(
                    id,
                    Open {
                        number,
                        lead,
                        dialled,
                    },
                );
                return Some(id);
            }
            Err(StoreError::Forbidden(_)) => assert!(forbidden),
            Err(StoreError::Busy { .. }) => assert!(busy),
            Err(StoreError::Claimed(_)) => {
                assert!(
                    self.claimed
                        .iter()
                        .any(|(row, _)| row.number == attempt.number)
                );
            }
            Err(other) => panic!("{other}"),
        }
        None
    }

    /// What the policy promises, looked at by other means.
    fn check(&self, row: &LeadRow) {
        let local = self.now.to_zoned(zone_of(row));
        let open = match local.weekday().to_monday_one_offset() {
            7 => 0..0,
            6 => 10..18,
            _ => 9..20,
        };
        assert!(open.contains(&local.hour()), "outside the window: {local}");
        let (month, day) = (local.month(), local.day());
        let holiday = (month, day) == (12, 31) || month == 1 && day <= 8;
        assert!(!holiday, "on a holiday: {local}");
        let Some(rung) = self.rung.get(&row.number) else {
            return;
        };
        let last = rung.iter().map(|call| call.ended_at).max().unwrap();
        let rest = self.now.duration_since(last).as_mins();
        assert!(rest >= GAP_MINUTES, "{rest} minutes after the last call");
        let today = local.date();
        let date = |call: &Rung| call.at.to_zoned(zone_of(row)).date();
        let since = |days: i64| today.checked_sub((days - 1).days()).unwrap();
        let calls = |days: i64| {
            let reached = rung.iter().filter(|call| call.reached);
            reached.filter(|call| date(call) >= since(days)).count()
        };
        assert!(calls(1) < PER_DAY, "{} calls today", calls(1));
        assert!(calls(7) < PER_WEEK, "{} calls this week", calls(7));
    }

    fn end(&mut self, ledger: &Ledger, disposition: Disposition, talk: Talk) {
        let Some((id, open)) = self.open.pop_first() else {
            return;
        };
        let mut end = AttemptEnd::new(id, disposition, self.now);
        let answered = open.dialled.is_some() && disposition == Disposition::Answered;
        match talk {
            Talk::Later => end.outcome = Some(CALL_LATER.to_owned()),
            Talk::Promised(minutes) if answered => {
                end.call_back_at = Some(self.now + minutes.minutes());
            }
            Talk::Settled | Talk::Promised(_) => {}
        }
        let settled = answered && matches!(talk, Talk::Settled);
        // Half of the ends are recorded without a word to the policy.
        if id.0 % 2 == 0 {
            ledger.end_attempt_under(&end, &self.house.policy).unwrap();
        } else {
            ledger.end_attempt(&end).unwrap();
        }
        if let Some(at) = open.dialled {
            let reached = !matches!(
                disposition,
                Disposition::Congestion
                    | Disposition::TrunkRefused
                    | Disposition::TrunkUnreachable
                    | Disposition::Blocked
                    | Disposition::Failed
            );
            let rung = self.rung.entry(open.number).or_default();
            rung.push(Rung {
                at,
                ended_at: self.now,
                reached,
            });
        }
        if let Some((lead, _)) = open.lead.filter(|_| settled) {
            self.settled.insert(lead);
        }
    }

    /// What the file says must be what the model says.
    fn compare(&self) {
        let ledger = self.house.reopened();
        let open: Vec<_> = ledger.open_attempts(None).unwrap();
        let ids: Vec<_> = open.iter().map(|attempt| attempt.id).collect();
        assert_eq!(ids, self.open.keys().copied().collect::<Vec<_>>());
        let counts = self.campaigns.map(|id| ledger.lead_counts(id).unwrap());
        assert_eq!((counts[0].total(), counts[1].total()), (4, 3));
        assert!(counts[0].done + counts[1].done >= self.settled.len() as u64);
        let held = self.claimed.len() + self.open.values().filter(|o| o.lead.is_some()).count();
        assert_eq!(counts[0].in_call + counts[1].in_call, held as u64);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_random_day_breaks_a_promise(
        steps in prop::collection::vec((step(), 0usize..2), 1..200)
    ) {
        let mut day = Day::new();
        for (step, side) in &steps {
            day.step(step, *side);
        }
        day.compare();
    }
}

#[test]
fn a_random_fortnight_rings_people_at_all() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let steps = prop::collection::vec((step(), 0usize..2), 400..401);
    let steps = steps.new_tree(&mut runner).unwrap().current();
    let mut day = Day::new();
    for (step, side) in &steps {
        day.step(step, *side);
    }
    assert!(
        day.dialled > 10,
        "only {} calls: the test proves little",
        day.dialled
    );
}
