//! Many runs side by side: what one seed tells is luck, what all tell is not.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::outcome::{DayRow, SimulatedRun};

/// A number over all runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// The least of any run.
    pub least: f64,
    /// Half of the runs are at or below.
    pub middle: f64,
    /// The most of any run.
    pub most: f64,
}

impl Band {
    /// The band of some numbers; nothing of none.
    pub fn of(numbers: impl Iterator<Item = f64>) -> Option<Self> {
        let mut numbers: Vec<_> = numbers.collect();
        numbers.sort_by(f64::total_cmp);
        Some(Self {
            least: *numbers.first()?,
            middle: *numbers.get(numbers.len() / 2)?,
            most: *numbers.last()?,
        })
    }
}

/// One day over all runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayBands {
    /// Which.
    pub date: Date,
    /// Calls placed.
    pub attempts: Band,
    /// Calls answered, by people and machines.
    pub answers: Band,
    /// Talks with people.
    pub conversations: Band,
    /// Answers that found no dialogue within 2 s.
    pub drops: Band,
    /// Leads not yet done at its end.
    pub left: Band,
}

/// When nobody is left to ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhaustion {
    /// In how many runs it came to that.
    pub runs: usize,
    /// In the first of them.
    pub earliest: Timestamp,
    /// In half of them.
    pub middle: Timestamp,
    /// In the last.
    pub latest: Timestamp,
}

/// Many runs of one simulation.
#[derive(Debug, Clone, PartialEq)]
pub struct Bands {
    /// How many.
    pub runs: usize,
    /// Every day that any of them had.
    pub days: Vec<DayBands>,
    /// When nobody was left to ring; `None` where it came to that in no run.
    pub exhausted: Option<Exhaustion>,
    /// Calls in all.
    pub attempts: Band,
    /// Talks with people in all.
    pub conversations: Band,
    /// The same an hour, over the time in which calls went on.
    pub conversations_per_hour: Band,
    /// The share of its time that a conversation slot was talked in.
    pub occupancy: Band,
    /// The share of answers that were dropped.
    pub drop_rate: Band,
    /// The same over the worst thousand answers in a row.
    pub worst_drop_rate: Band,
}

impl Bands {
    /// Sums up runs of a campaign with so many conversation slots; `None` without any run.
    pub fn over(runs: &[SimulatedRun], slots: u32) -> Option<Self> {
        let band = |number: &dyn Fn(&SimulatedRun) -> f64| Band::of(runs.iter().map(number));
        Some(Self {
            runs: runs.len(),
            days: days(runs),
            exhausted: exhausted(runs),
            attempts: band(&|run| run.total(|day| day.attempts) as f64)?,
            conversations: band(&|run| run.total(|day| day.conversations) as f64)?,
            conversations_per_hour: band(&SimulatedRun::conversations_per_hour)?,
            occupancy: band(&|run| run.occupancy(slots))?,
            drop_rate: band(&SimulatedRun::drop_rate)?,
            worst_drop_rate: band(&|run| run.worst_drop_rate)?,
        })
    }
}

fn days(runs: &[SimulatedRun]) -> Vec<DayBands> {
    let mut dates: Vec<_> = runs
        .iter()
        .flat_map(|run| run.days.iter().map(|day| day.date))
        .collect();
    dates.sort_unstable();
    dates.dedup();
    let by_date: Vec<BTreeMap<Date, &DayRow>> = runs
        .iter()
        .map(|run| run.days.iter().map(|day| (day.date, day)).collect())
        .collect();
    let of = |date: Date| {
        let band = |number: &dyn Fn(&DayRow) -> u64| {
            let numbers = by_date.iter().map(|days| days.get(&date));
            Band::of(numbers.map(|day| day.map_or(0.0, |day| number(day) as f64)))
        };
        // On a day without a call as many are left as were before.
        let left = by_date.iter().map(|days| {
            let day = days.range(..=date).next_back();
            day.map_or(0.0, |(_, day)| day.left as f64)
        });
        Some(DayBands {
            date,
            attempts: band(&|day| day.attempts)?,
            answers: band(&|day| day.answers)?,
            conversations: band(&|day| day.conversations)?,
            drops: band(&|day| day.drops)?,
            left: Band::of(left)?,
        })
    };
    dates.into_iter().filter_map(of).collect()
}

fn exhausted(runs: &[SimulatedRun]) -> Option<Exhaustion> {
    let mut ends: Vec<_> = runs.iter().filter_map(|run| run.exhausted).collect();
    ends.sort_unstable();
    Some(Exhaustion {
        runs: ends.len(),
        earliest: *ends.first()?,
        middle: *ends.get(ends.len() / 2)?,
        latest: *ends.last()?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn day(date: &str, attempts: u64, left: u64) -> DayRow {
        DayRow {
            date: date.parse().unwrap(),
            attempts,
            answers: attempts / 2,
            conversations: attempts / 4,
            drops: 1,
            left,
            talk_time: SignedDuration::from_secs(1_800),
            calling_time: SignedDuration::from_hours(1),
        }
    }

    fn run(days: Vec<DayRow>, exhausted: Option<&str>) -> SimulatedRun {
        SimulatedRun {
            days,
            exhausted: exhausted.map(|at| at.parse().unwrap()),
            most_calls: 9,
            most_conversations: 3,
            worst_drop_rate: 0.02,
        }
    }

    #[test]
    fn a_run_that_ended_sooner_counts_as_done_on_the_days_after() {
        let (first, second) = ("2026-11-23", "2026-11-24");
        let runs = [
            run(vec![day(first, 40, 0)], Some("2026-11-23T15:00:00Z")),
            run(
                vec![day(first, 20, 30), day(second, 20, 10)],
                Some("2026-11-24T09:00:00Z"),
            ),
            run(vec![day(first, 24, 26), day(second, 8, 5)], None),
        ];
        let bands = Bands::over(&runs, 2).unwrap();
        let band = |least, middle, most| Band {
            least,
            middle,
            most,
        };
        assert_eq!(bands.days.len(), 2);
        assert_eq!(bands.days[0].attempts, band(20.0, 24.0, 40.0));
        assert_eq!(bands.days[1].attempts, band(0.0, 8.0, 20.0));
        assert_eq!(bands.days[1].left, band(0.0, 5.0, 10.0));
        assert_eq!(bands.attempts, band(32.0, 40.0, 40.0));
        assert!((bands.conversations_per_hour.most - 10.0).abs() < 1e-9);
        assert_eq!(bands.occupancy, band(0.25, 0.25, 0.25));
        let exhausted = bands.exhausted.unwrap();
        assert_eq!(exhausted.runs, 2);
        assert_eq!(exhausted.latest.to_string(), "2026-11-24T09:00:00Z");
        assert_eq!(Bands::over(&[], 2), None);
    }
}
