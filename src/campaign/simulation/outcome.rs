//! What a simulated run brought: by day, in all, and over many runs.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::Simulation;
use crate::line::Disposition;

/// One day of a simulated run, by the calendar of the campaign's own time zone.
#[derive(Debug, Clone, PartialEq)]
pub struct DayRow {
    /// Which.
    pub date: Date,
    /// Calls placed.
    pub attempts: u64,
    /// Calls answered, by people and machines.
    pub answers: u64,
    /// Talks with people that ended.
    pub conversations: u64,
    /// Answers that found no dialogue within 2 s.
    pub drops: u64,
    /// Leads not yet done at its end.
    pub left: u64,
    /// The time of all talks together, with machines too.
    pub talk_time: SignedDuration,
}

impl DayRow {
    fn new(date: Date, left: u64) -> Self {
        Self {
            date,
            attempts: 0,
            answers: 0,
            conversations: 0,
            drops: 0,
            left,
            talk_time: SignedDuration::ZERO,
        }
    }
}

/// What a simulated run brought.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedRun {
    /// Its days.
    pub days: Vec<DayRow>,
    /// When nobody was left to ring, if it came to that.
    pub exhausted: Option<Timestamp>,
}

impl SimulatedRun {
    /// The sum of a column over all days.
    pub fn total(&self, column: impl Fn(&DayRow) -> u64) -> u64 {
        self.days.iter().map(column).sum()
    }

    /// The share of answers that were dropped; 0 without answers.
    pub fn drop_rate(&self) -> f64 {
        let answers = self.total(|day| day.answers);
        if answers == 0 {
            return 0.0;
        }
        self.total(|day| day.drops) as f64 / answers as f64
    }
}

/// Writes down what happens, day by day.
#[derive(Debug)]
pub(super) struct Diary {
    zone: TimeZone,
    days: Vec<DayRow>,
    day_ends: Timestamp,
    left: u64,
}

impl Diary {
    pub(super) fn new(simulation: &Simulation) -> Self {
        let zone = simulation.limits.policy.default_timezone.clone();
        let mut diary = Self {
            zone,
            days: Vec::new(),
            day_ends: Timestamp::MIN,
            left: u64::from(simulation.leads),
        };
        diary.turn(simulation.from);
        diary
    }

    pub(super) fn attempt(&mut self, now: Timestamp) {
        self.day(now, |day| day.attempts += 1);
    }

    pub(super) fn answered(&mut self, now: Timestamp) {
        self.day(now, |day| day.answers += 1);
    }

    pub(super) fn dropped(&mut self, now: Timestamp) {
        self.day(now, |day| day.drops += 1);
    }

    pub(super) fn talked(&mut self, now: Timestamp, length: SignedDuration, with: Disposition) {
        self.day(now, |day| {
            day.conversations += u64::from(with == Disposition::Answered);
            day.talk_time += length;
        });
    }

    pub(super) fn done(&mut self, now: Timestamp) {
        self.left = self.left.saturating_sub(1);
        let left = self.left;
        self.day(now, |day| day.left = left);
    }

    pub(super) fn close(self, exhausted: Option<Timestamp>) -> SimulatedRun {
        SimulatedRun {
            days: self.days,
            exhausted,
        }
    }

    fn day(&mut self, now: Timestamp, note: impl Fn(&mut DayRow)) {
        if now >= self.day_ends {
            self.turn(now);
        }
        if let Some(day) = self.days.last_mut() {
            note(day);
        }
    }

    fn turn(&mut self, now: Timestamp) {
        let date = now.to_zoned(self.zone.clone()).date();
        let midnight = date
            .checked_add(1.day())
            .and_then(|next| next.to_zoned(self.zone.clone()));
        self.day_ends = midnight.map_or(Timestamp::MAX, |midnight| midnight.timestamp());
        self.days.push(DayRow::new(date, self.left));
    }
}

/// A number over many runs: the middle, and where nine of ten lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// One of twenty lies below.
    pub low: f64,
    /// Half lie below.
    pub middle: f64,
    /// One of twenty lies above.
    pub high: f64,
}

/// Placeholder until filled in below.
#[derive(Debug, Clone, PartialEq)]
pub struct Bands {
    /// Days.
    pub days: Vec<(Date, Band)>,
}
