//! The progress of a campaign: on a terminal a bar and a line for each call that goes on, a line a
//! minute where only one stream is a terminal, the last line where none is, nothing if quiet.
//!
//! The campaign's loop hands over a [`Snapshot`] whenever something changed and at least once a
//! second; what is drawn, and how often, is decided here.

use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use tokio::time::Instant;

use super::live::LiveLines;
use super::{LiveCall, Printer};

/// How often a line is written where there is no terminal.
const LINE_EVERY: Duration = Duration::from_mins(1);

/// Where a campaign stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Leads that need no more attempts in this run.
    pub done: u64,
    /// Leads of this run.
    pub total: u64,
    /// Calls under way.
    pub live: u64,
    /// Attempts that somebody answered.
    pub answered: u64,
    /// Leads that wait for their turn or their hours.
    pub waiting: u64,
    /// Ended attempts by disposition, in the order to show.
    pub per_disposition: Vec<(String, u64)>,
    /// The calls under way, the oldest first.
    pub calls: Vec<LiveCall>,
}

impl Snapshot {
    /// `12/200 done, 5 live, 40 % answered, 183 waiting; answered 5, busy 7`
    fn line(&self) -> String {
        format!("{}/{} done, {}", self.done, self.total, self.rest())
    }

    /// The line without its beginning, which a bar shows better.
    fn rest(&self) -> String {
        let attempts: u64 = self.per_disposition.iter().map(|(_, count)| count).sum();
        let percent = (self.answered * 100).checked_div(attempts).unwrap_or(0);
        let stand = format!(
            "{} live, {percent} % answered, {} waiting",
            self.live, self.waiting
        );
        let shown = self.per_disposition.iter().filter(|(_, count)| *count > 0);
        let ended: Vec<String> = shown
            .map(|(word, count)| format!("{word} {count}"))
            .collect();
        if ended.is_empty() {
            return stand;
        }
        format!("{stand}; {}", ended.join(", "))
    }
}

/// The progress of one campaign.
#[derive(Debug)]
pub struct Progress {
    printer: Printer,
    shown: Shown,
}

#[derive(Debug)]
enum Shown {
    Nothing,
    Bar(ProgressBar, LiveLines),
    Lines(Lines),
}

impl Progress {
    /// Starts to show the progress of `total` leads.
    pub fn campaign(printer: &Printer, total: u64) -> Self {
        let shown = if printer.draws_bars() {
            let bar = printer.bars().add(ProgressBar::new(total));
            let style = ProgressStyle::with_template(
                "{wide_bar} {pos}/{len} {elapsed} {prefix}\n{wide_msg}",
            );
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(500));
            Shown::Bar(bar, LiveLines::default())
        } else if printer.tells_progress() {
            Shown::Lines(Lines::new(Instant::now(), printer.is_watched()))
        } else {
            Shown::Nothing
        };
        Self {
            printer: printer.clone(),
            shown,
        }
    }

    /// Shows where the campaign stands now.
    pub fn update(&mut self, snapshot: &Snapshot) {
        match &mut self.shown {
            Shown::Nothing => {}
            Shown::Bar(bar, lines) => {
                lines.update(self.printer.bars(), &snapshot.calls);
                bar.set_length(snapshot.total);
                bar.set_position(snapshot.done);
                // Before anybody is done there is nothing to reckon with.
                let left =
                    (snapshot.done > 0).then(|| format!("eta {:#}", HumanDuration(bar.eta())));
                bar.set_prefix(left.unwrap_or_default());
                bar.set_message(snapshot.rest());
            }
            Shown::Lines(lines) => {
                if let Some(line) = lines.update(Instant::now(), snapshot) {
                    self.printer.message(&line);
                }
            }
        }
    }

    /// Says a line about one call above the bar; nothing where nobody looks on, as under cron.
    pub fn call(&self, text: &str) {
        if self.printer.is_watched() {
            self.printer.message(text);
        }
    }

    /// Says a line above the bar.
    pub fn line(&self, text: &str) {
        self.printer.message(text);
    }

    /// Ends the progress: the bar goes, a last line is written where there was none.
    pub fn finish(self) {
        match self.shown {
            Shown::Nothing => {}
            Shown::Bar(bar, mut lines) => {
                lines.clear(self.printer.bars());
                bar.finish_and_clear();
            }
            Shown::Lines(lines) => {
                if let Some(line) = lines.last() {
                    self.printer.message(&line);
                }
            }
        }
    }
}

/// Progress as lines, one a minute. Time is handed in.
#[derive(Debug)]
struct Lines {
    written_at: Instant,
    /// Whether a line is written before the end.
    watched: bool,
    unwritten: Option<Snapshot>,
}

impl Lines {
    fn new(now: Instant, watched: bool) -> Self {
        Self {
            written_at: now,
            watched,
            unwritten: None,
        }
    }

    /// The line to write now, if it is time for one.
    fn update(&mut self, now: Instant, snapshot: &Snapshot) -> Option<String> {
        if !self.watched || now.duration_since(self.written_at) < LINE_EVERY {
            self.unwritten = Some(snapshot.clone());
            return None;
        }
        self.written_at = now;
        self.unwritten = None;
        Some(snapshot.line())
    }

    /// The line of what was never written.
    fn last(self) -> Option<String> {
        self.unwritten.map(|snapshot| snapshot.line())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(done: u64) -> Snapshot {
        Snapshot {
            done,
            total: 200,
            live: 5,
            answered: 5,
            waiting: 183,
            per_disposition: vec![
                ("answered".to_owned(), 5),
                ("busy".to_owned(), 7),
                ("failed".to_owned(), 0),
            ],
            calls: Vec::new(),
        }
    }

    #[test]
    fn a_line_says_where_the_campaign_stands() {
        insta::assert_snapshot!(
            snapshot(12).line(),
            @"12/200 done, 5 live, 41 % answered, 183 waiting; answered 5, busy 7"
        );
        assert_eq!(
            Snapshot::default().line(),
            "0/0 done, 0 live, 0 % answered, 0 waiting"
        );
    }

    #[test]
    fn a_line_comes_once_a_minute_and_at_the_end() {
        let start = Instant::now();
        let mut lines = Lines::new(start, true);
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(lines.update(at(59), &snapshot(1)), None);
        assert!(
            lines
                .update(at(60), &snapshot(2))
                .unwrap()
                .starts_with("2/200")
        );
        assert_eq!(lines.update(at(61), &snapshot(3)), None);
        assert!(lines.last().unwrap().starts_with("3/200"));
        assert_eq!(Lines::new(start, true).last(), None);
        let mut alone = Lines::new(start, false);
        assert_eq!(alone.update(at(120), &snapshot(4)), None, "nobody looks on");
        assert!(alone.last().unwrap().starts_with("4/200"));
    }
}
