//! A rehearsed month: 10,000 attempts, and what a provider might make of them. The month is made by
//! its own story, not by the matcher's rules: people, talks, clocks that drift and are set right,
//! rows that get lost, rows of others.

use super::*;

/// A stream of numbers that its seed fixes (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.roll((high - low + 1).unsigned_abs())).unwrap()
    }

    fn chance(&mut self, of_thousand: u64) -> bool {
        self.roll(1000) < of_thousand
    }
}

const ATTEMPTS: i64 = 10_000;
const OURS: [&str; 3] = ["74950000000", "74950000001", "74950000002"];

struct Month {
    attempts: Vec<RungAttempt>,
    legs: Vec<ProviderLeg>,
    /// The session of each attempt; absent where the provider's rows were lost.
    truth: BTreeMap<AttemptId, String>,
}

/// The provider's clock against ours: it runs ahead by a second a day, and twice somebody sets ours.
fn clock_error(day: i64) -> i64 {
    match day {
        ..9 => 35 + day,
        9..20 => -140 + day,
        _ => 2 + day,
    }
}

impl Month {
    fn rehearse(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let mut month = Self {
            attempts: Vec::new(),
            legs: Vec::new(),
            truth: BTreeMap::new(),
        };
        let first = at("2026-10-01T06:00:00Z").as_second();
        // Nobody is rung again within a quarter of an hour.
        let mut rung: BTreeMap<i64, i64> = BTreeMap::new();
        let (mut second, mut day) = (first, 0);
        for id in 1..=ATTEMPTS {
            second += dice.between(1, 190);
            if second > first + day * 86_400 + 12 * 3600 {
                day += 1;
                second = first + day * 86_400;
            }
            let person = loop {
                let person = dice.between(1, 6000);
                if rung.get(&person).is_none_or(|last| second - last >= 900) {
                    break person;
                }
            };
            rung.insert(person, second);
            month.ring(id, (person, second, day), &mut dice);
        }
        month.others(first, &mut dice);
        month
    }

    fn ring(&mut self, id: i64, (person, second, day): (i64, i64, i64), dice: &mut Dice) {
        let talk = if dice.chance(380) {
            dice.between(1, 240)
        } else {
            0
        };
        let caller_id = OURS[usize::try_from(dice.roll(3)).unwrap()];
        let called = format!("7900{person:07}");
        // In a few cases this program died before the end.
        let talked = (!dice.chance(5)).then(|| u32::try_from(talk).unwrap());
        self.attempts.push(RungAttempt {
            id: AttemptId(id),
            at: Timestamp::from_millisecond(second * 1000 + dice.between(0, 999)).unwrap(),
            called: called.clone(),
            caller_id: Some(caller_id.to_owned()),
            talked,
        });
        // The call never came as far as the provider, or its rows got lost.
        if dice.chance(30) {
            return;
        }
        let session = format!("s{id}");
        let late = if dice.chance(10) {
            dice.between(3, 6)
        } else {
            dice.between(0, 2)
        };
        let at = Timestamp::from_second(second + clock_error(day) + late).unwrap();
        let heard = if talk > 0 {
            (talk + dice.between(-1, 2)).max(1)
        } else {
            0
        };
        let mut leg = ProviderLeg {
            id: format!("{id}-2"),
            session: Some(session.clone()),
            at,
            calling: caller_id.to_owned(),
            called,
            talked: Some(u32::try_from(heard).unwrap()),
            charged_seconds: None,
            direction: Some("mobile".to_owned()),
            per_minute: Some(Money(25_000)),
            charge: None,
            finish: None,
        };
        // The row of the charge is missing now and then: a gap.
        if heard > 0 && !dice.chance(15) {
            let minutes = (heard + 59) / 60;
            leg.charged_seconds = u32::try_from(minutes * 60).ok();
            leg.charge = Some(Money(minutes * 25_000));
        }
        // The leg from our exchange, under the line's login.
        if dice.chance(600) {
            self.legs.push(ProviderLeg {
                id: format!("{id}-1"),
                calling: "0012345".to_owned(),
                charge: None,
                charged_seconds: None,
                ..leg.clone()
            });
        }
        self.legs.push(leg);
        self.truth.insert(AttemptId(id), session);
    }

    /// Calls of people at desks: to anybody, to our callees from other numbers, and to our callees
    /// with our own numbers, some of them minutes before or after ours.
    fn others(&mut self, first: i64, dice: &mut Dice) {
        for n in 0..1500 {
            let ours = self.attempts
                [usize::try_from(dice.roll(self.attempts.len() as u64)).unwrap()]
            .clone();
            let own_number = OURS[usize::try_from(dice.roll(3)).unwrap()].to_owned();
            let (called, calling, second) = match n % 3 {
                0 => {
                    let any = dice.between(0, 30 * 86_400);
                    (
                        format!("7901{:07}", dice.between(1, 9000)),
                        own_number,
                        first + any,
                    )
                }
                1 => {
                    let near = ours.at.as_second() + dice.between(-400, 400);
                    (ours.called, "74959999999".to_owned(), near)
                }
                _ => {
                    let way = if dice.chance(500) { 1 } else { -1 };
                    let away = way * dice.between(240, 5 * 86_400);
                    (ours.called, own_number, ours.at.as_second() + away)
                }
            };
            self.legs.push(ProviderLeg {
                id: format!("other-{n}"),
                session: Some(format!("o{n}")),
                at: Timestamp::from_second(second).unwrap(),
                calling,
                called,
                talked: Some(u32::try_from(dice.between(0, 200)).unwrap()),
                charged_seconds: Some(60),
                direction: Some("mobile".to_owned()),
                per_minute: Some(Money(25_000)),
                charge: Some(Money(25_000)),
                finish: None,
            });
        }
    }
}

/// How many are matched rightly, how many wrongly, of how many.
fn judge(month: &Month) -> (usize, usize, usize) {
    let calls = calls(&month.legs);
    let found = reconcile(&month.attempts, &calls, &BTreeSet::new());
    let legs = month.legs.iter();
    let sessions: BTreeMap<&str, &Option<String>> =
        legs.map(|leg| (leg.id.as_str(), &leg.session)).collect();
    let session_of = |call: &ProviderCall| sessions[call.legs[0].as_str()].clone();
    let (mut right, mut wrong) = (0, 0);
    for (id, call) in &found.pairs {
        if month.truth.get(id).cloned() == session_of(call) {
            right += 1;
        } else {
            wrong += 1;
        }
    }
    let sides = found.pairs.len() + found.only_here.len();
    assert_eq!(
        sides,
        month.attempts.len(),
        "each attempt stands on one side"
    );
    let theirs = found.pairs.len() + found.only_there.len() + found.doubtful.len();
    assert_eq!(theirs, calls.len(), "each call stands on one side");
    (right, wrong, month.truth.len())
}

#[test]
fn of_a_month_of_ten_thousand_at_least_99_percent_are_matched_and_none_wrongly() {
    for seed in [7, 20_261_122, 0x5EED] {
        let month = Month::rehearse(seed);
        assert_eq!(month.attempts.len(), 10_000);
        assert!(month.truth.len() < month.attempts.len(), "some are lost");
        let (right, wrong, all) = judge(&month);
        assert_eq!(wrong, 0, "seed {seed}");
        assert!(right * 100 >= all * 99, "seed {seed}: {right} of {all}");
    }
}

#[test]
fn a_month_is_matched_alike_in_any_order_and_again() {
    let month = Month::rehearse(3);
    let calls = calls(&month.legs);
    let found = reconcile(&month.attempts, &calls, &BTreeSet::new());
    let mut turned = month.attempts.clone();
    turned.reverse();
    assert_eq!(reconcile(&turned, &calls, &BTreeSet::new()), found);
}
