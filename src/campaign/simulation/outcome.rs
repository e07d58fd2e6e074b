//! What a simulated run brought: by day, in all, and over many runs.

use std::collections::VecDeque;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::Simulation;
use crate::campaign::planner::Pulse;
use crate::line::Disposition;

/// The worst drop rate is looked for over so many answers in a row.
const IN_A_ROW: usize = 1_000;

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
    /// All talks together, with machines too.
    pub talk_time: SignedDuration,
    /// How long at least one call went on.
    pub calling_time: SignedDuration,
}

/// What a simulated run brought.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedRun {
    /// Its days.
    pub days: Vec<DayRow>,
    /// When nobody was left to ring, if it came to that.
    pub exhausted: Option<Timestamp>,
    /// The most calls that went on at once.
    pub most_calls: usize,
    /// The most conversations at once.
    pub most_conversations: usize,
    /// The share of drops in the worst thousand answers in a row; of all, if there were fewer.
    pub worst_drop_rate: f64,
}

impl SimulatedRun {
    /// The sum of a column over all days.
    pub fn total(&self, column: impl Fn(&DayRow) -> u64) -> u64 {
        self.days.iter().map(column).sum()
    }

    /// The share of answers that were dropped; 0 without answers.
    pub fn drop_rate(&self) -> f64 {
        share(
            self.total(|day| day.drops) as f64,
            self.total(|day| day.answers) as f64,
        )
    }

    /// Conversations an hour, over the time in which calls went on.
    pub fn conversations_per_hour(&self) -> f64 {
        let conversations = self.total(|day| day.conversations) as f64;
        share(
            conversations * 3_600.0,
            self.seconds(|day| day.calling_time),
        )
    }

    /// The share of its time that a conversation slot was talked in, of so many slots.
    pub fn occupancy(&self, slots: u32) -> f64 {
        let talked = self.seconds(|day| day.talk_time);
        share(
            talked,
            self.seconds(|day| day.calling_time) * f64::from(slots),
        )
    }

    fn seconds(&self, column: impl Fn(&DayRow) -> SignedDuration) -> f64 {
        self.days.iter().map(|day| column(day).as_secs_f64()).sum()
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Writes down what happens, day by day.
#[derive(Debug)]
pub(super) struct Diary {
    zone: TimeZone,
    run: SimulatedRun,
    day_ends: Timestamp,
    /// Since when at least one call goes on.
    calls_since: Option<Timestamp>,
    left: u64,
    /// The last answers, true where dropped, and how many were.
    row: VecDeque<bool>,
    dropped: usize,
}

impl Diary {
    pub(super) fn new(simulation: &Simulation) -> Self {
        Self {
            zone: simulation.limits.zone.clone(),
            run: SimulatedRun {
                days: Vec::new(),
                exhausted: None,
                most_calls: 0,
                most_conversations: 0,
                worst_drop_rate: 0.0,
            },
            day_ends: Timestamp::MIN,
            calls_since: None,
            left: u64::from(simulation.leads),
            row: VecDeque::with_capacity(IN_A_ROW),
            dropped: 0,
        }
    }

    pub(super) fn attempt(&mut self, now: Timestamp, pulse: &Pulse) {
        self.run.most_calls = self.run.most_calls.max(pulse.live);
        self.calls_since.get_or_insert(now);
        if let Some(day) = self.today(now) {
            day.attempts += 1;
        }
    }

    /// A call is over; whether it was the last that went on.
    pub(super) fn ended(&mut self, now: Timestamp, last: bool) {
        let since = if last { self.calls_since.take() } else { None };
        // A day begins with what happens in it, not with a look at it.
        if let Some(since) = since
            && let Some(day) = self.today(now)
        {
            day.calling_time += now.duration_since(since);
        }
    }

    pub(super) fn answered(&mut self, now: Timestamp) {
        if let Some(day) = self.today(now) {
            day.answers += 1;
        }
    }

    /// An answered call got a conversation, or was dropped.
    pub(super) fn seated(&mut self, now: Timestamp, dropped: bool, pulse: &Pulse) {
        self.run.most_conversations = self.run.most_conversations.max(pulse.talking);
        if let Some(day) = self.today(now) {
            day.drops += u64::from(dropped);
        }
        self.row.push_back(dropped);
        self.dropped += usize::from(dropped);
        if self.row.len() > IN_A_ROW && self.row.pop_front() == Some(true) {
            self.dropped -= 1;
        }
        if self.row.len() == IN_A_ROW {
            let rate = self.dropped as f64 / IN_A_ROW as f64;
            self.run.worst_drop_rate = self.run.worst_drop_rate.max(rate);
        }
    }

    pub(super) fn talked(&mut self, now: Timestamp, length: SignedDuration, with: Disposition) {
        if let Some(day) = self.today(now) {
            day.conversations += u64::from(with == Disposition::Answered);
            day.talk_time += length;
        }
    }

    pub(super) fn done(&mut self, now: Timestamp) {
        self.left = self.left.saturating_sub(1);
        let left = self.left;
        if let Some(day) = self.today(now) {
            day.left = left;
        }
    }

    pub(super) fn close(mut self, now: Timestamp, exhausted: bool) -> SimulatedRun {
        let exhausted = exhausted.then_some(now);
        // What goes on at the end belongs to the last day: no other begins.
        if let (Some(since), Some(day)) = (self.calls_since.take(), self.run.days.last_mut()) {
            day.calling_time += now.duration_since(since);
        }
        self.run.exhausted = exhausted;
        if self.row.len() < IN_A_ROW {
            self.run.worst_drop_rate = self.run.drop_rate();
        }
        self.run
    }

    fn today(&mut self, now: Timestamp) -> Option<&mut DayRow> {
        if now >= self.day_ends {
            self.turn(now);
        }
        self.run.days.last_mut()
    }

    fn turn(&mut self, now: Timestamp) {
        let date = now.to_zoned(self.zone.clone()).date();
        let midnight = date
            .checked_add(1.day())
            .and_then(|next| next.to_zoned(self.zone.clone()));
        self.day_ends = midnight.map_or(Timestamp::MAX, |midnight| midnight.timestamp());
        self.run.days.push(DayRow {
            date,
            attempts: 0,
            answers: 0,
            conversations: 0,
            drops: 0,
            left: self.left,
            talk_time: SignedDuration::ZERO,
            calling_time: SignedDuration::ZERO,
        });
    }
}
