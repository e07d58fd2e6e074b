//! How likely a call that rings is answered, and how soon: learnt from recent attempts.
//!
//! A share of calls is answered (by the hour, of late), and those that are, are answered after
//! other times than those that are not come to their ends. A call that has rung for 5 s is
//! therefore another bet than a fresh one: the busy and the switched-off have gone by then; after
//! 25 s hardly anybody answers any more.

use jiff::SignedDuration;

use super::times::Times;

/// Attempts of late that count for the share: it follows a change within some minutes of a busy
/// campaign, and its own noise is some two points of a hundred.
const RECENT: f64 = 250.0;
/// Attempts that count for an hour of the day: some days of it.
const HOURLY: f64 = 4_000.0;
/// Before the first attempt half of all calls count as answered: too many, so that few lines ring.
const FIRST_GUESS: f64 = 0.5;
/// For how many attempts that guess stands.
const GUESSES: f64 = 20.0;
/// For how many attempts the hour's own past stands against what is seen now.
const HOUR_STANDS_FOR: f64 = 60.0;
/// When a new hour begins, what was seen in the last one counts this much.
const CARRIED_OVER: f64 = 0.3;

/// Answered attempts among attempts, fading.
#[derive(Debug, Clone, Copy)]
struct Tally {
    answered: f64,
    attempts: f64,
}

impl Tally {
    fn takes(&mut self, answered: bool, memory: f64) {
        let fade = 1.0 - 1.0 / memory;
        self.answered = self.answered * fade + f64::from(u8::from(answered));
        self.attempts = self.attempts * fade + 1.0;
    }

    /// The share, with a prior that stands for so many attempts.
    fn share(&self, prior: f64, stands_for: f64) -> f64 {
        (self.answered + prior * stands_for) / (self.attempts + stands_for)
    }
}

/// What is known of answers.
#[derive(Debug, Clone)]
pub(super) struct Answers {
    recent: Tally,
    hours: [Tally; 24],
    hour: i8,
    /// The share at this hour, kept since it is asked for far more often than it changes.
    chance: f64,
    answered_after: Times,
    ended_after: Times,
}

impl Answers {
    /// Nothing is known yet. No call rings longer than `ring_timeout`.
    pub(super) fn new(ring_timeout: SignedDuration) -> Self {
        let longest = i64::try_from(ring_timeout.as_millis()).unwrap_or(60_000);
        let longest_s = longest as f64 / 1_000.0;
        let none = Tally {
            answered: 0.0,
            attempts: 0.0,
        };
        Self {
            recent: Tally {
                answered: FIRST_GUESS * GUESSES,
                attempts: GUESSES,
            },
            hours: [none; 24],
            hour: -1,
            chance: FIRST_GUESS,
            // People take some 4 to 20 s to answer.
            answered_after: Times::new(longest + 1_000, 300.0, 20.0, |s| {
                ((s - 3.0) / (20_f64.min(longest_s) - 3.0).max(1.0)).clamp(0.0, 1.0)
            }),
            // A third of what is not answered ends soon, the rest rings to the end.
            ended_after: Times::new(longest + 1_000, 300.0, 20.0, |s| (s / 10.0).min(1.0) / 3.0),
        }
    }

    /// The hour of the day, 0 to 23, in which it rings now.
    pub(super) fn at_hour(&mut self, hour: i8) {
        if hour == self.hour {
            return;
        }
        if self.hour >= 0 {
            self.recent.answered *= CARRIED_OVER;
            self.recent.attempts *= CARRIED_OVER;
        }
        self.hour = hour;
        self.reckon();
    }

    /// A call was answered; after how long, where that is known.
    pub(super) fn answered(&mut self, after_ms: Option<i64>) {
        if let Some(ms) = after_ms {
            self.answered_after.took(ms);
        }
        self.takes(true);
    }

    /// A call ended after so long and nobody had answered.
    pub(super) fn missed(&mut self, after_ms: i64) {
        self.ended_after.took(after_ms);
        self.takes(false);
    }

    /// The chance that a fresh call is answered.
    pub(super) fn chance(&self) -> f64 {
        self.chance
    }

    /// A call that has rung for so long, of whose answer the chances are asked.
    pub(super) fn ringing(&self, age_ms: i64) -> Ringing<'_> {
        let answered_by_now = self.answered_after.share_by(age_ms);
        let answers_later = self.chance * (1.0 - answered_by_now);
        let ends_later = (1.0 - self.chance) * (1.0 - self.ended_after.share_by(age_ms));
        Ringing {
            answers: self,
            age_ms,
            answered_by_now,
            still_rings: (answers_later + ends_later).max(1e-9),
        }
    }

    fn takes(&mut self, answered: bool) {
        self.recent.takes(answered, RECENT);
        if let Some(hour) = usize::try_from(self.hour)
            .ok()
            .and_then(|hour| self.hours.get_mut(hour))
        {
            hour.takes(answered, HOURLY);
        }
        self.reckon();
    }

    fn reckon(&mut self) {
        let now = self.recent.share(FIRST_GUESS, 1e-9);
        let hour = usize::try_from(self.hour)
            .ok()
            .and_then(|hour| self.hours.get(hour));
        let usual = hour.map_or(now, |hour| hour.share(now, HOUR_STANDS_FOR));
        self.chance = self
            .recent
            .share(usual, HOUR_STANDS_FOR)
            .clamp(0.001, 0.999);
    }
}

/// A call that rings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ringing<'a> {
    answers: &'a Answers,
    age_ms: i64,
    answered_by_now: f64,
    /// The chance that a call still rings at this age.
    still_rings: f64,
}

impl Ringing<'_> {
    /// The chance that it is answered within the next so many milliseconds.
    pub(super) fn answered_within(&self, ms: i64) -> f64 {
        let by_then = self.answers.answered_after.share_by(self.age_ms + ms);
        let answered = self.answers.chance * (by_then - self.answered_by_now);
        (answered / self.still_rings).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fifth is answered after 8 to 12 s; a tenth ends after 3 s; the rest rings for 30 s.
    fn taught(attempts: i64) -> Answers {
        let mut answers = Answers::new(SignedDuration::from_secs(30));
        answers.at_hour(12);
        for attempt in 0..attempts {
            match attempt % 10 {
                0 | 5 => answers.answered(Some(8_000 + attempt * 13 % 4_000)),
                3 => answers.missed(3_000),
                _ => answers.missed(30_000),
            }
        }
        answers
    }

    #[test]
    fn the_first_guess_is_high_and_is_given_up_soon() {
        assert!((taught(0).chance() - 0.5).abs() < 1e-9);
        assert!((taught(2_000).chance() - 0.2).abs() < 0.01);
        assert!(taught(60).chance() > 0.2, "from above");
    }

    #[test]
    fn a_call_that_has_rung_for_a_while_is_another_bet_than_a_fresh_one() {
        let answers = taught(3_000);
        let ever = |age| answers.ringing(age).answered_within(40_000);
        assert!((ever(0) - 0.2).abs() < 0.01);
        assert!(ever(6_000) > 0.215, "the tenth that ends early has gone");
        assert!(ever(14_000) < 0.01, "whoever answers has answered");
        let soon = answers.ringing(7_000).answered_within(1_000);
        assert!(soon < 0.01, "nobody answers yet: {soon}");
    }

    #[test]
    fn an_hour_is_remembered_on_the_next_day() {
        let mut answers = taught(1_000);
        answers.at_hour(19);
        for attempt in 0..1_000 {
            if attempt % 2 == 0 {
                answers.answered(Some(9_000));
            } else {
                answers.missed(30_000);
            }
        }
        assert!((answers.chance() - 0.5).abs() < 0.05);
        answers.at_hour(12);
        let before_any_attempt = answers.chance();
        assert!(before_any_attempt < 0.4, "{before_any_attempt}");
        answers.at_hour(12);
        assert!((answers.chance() - before_any_attempt).abs() < 1e-12);
    }
}
