//! A list that is read while it is worked through: a file that grows, or a pipe.
//!
//! A thread of its own reads it into the ledger, which the run takes its leads from. It reads no
//! more while enough leads may be rung now, so that whoever writes into the pipe is held up as long
//! as the calls need. Leads that live where the window is closed hold up nobody behind them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::watch;

use super::intake::{Intake, IntoLedger};
use super::list_report::ListReport;
use super::rejected_file::RejectedFile;
use super::source::{ListRules, Pace, Source};
use crate::campaign::{CampaignId, LeadPolicy, Misspelt};
use crate::driver::{self, ListNews};
use crate::output::{ExitStatus, Printer};
use crate::phone::{NumberRules, Numbering};
use crate::store::{Campaign, Ledger, StoreError};

/// No more is read while so many leads may be rung now.
const ENOUGH: u32 = 1_000;
/// So often a piece is tried again that found the ledger locked, each time after the ledger's own
/// wait for it: ten minutes.
const TRIES: u32 = 60;
/// How soon to look again whether there is room, or more to read.
const MOMENT: Duration = Duration::from_millis(300);

/// What a list is followed with.
pub(super) struct FeedPlan {
    pub(super) source: Source,
    pub(super) number_column: Option<String>,
    pub(super) numbers: NumberRules,
    pub(super) numbering: Arc<Numbering>,
    pub(super) campaign: Campaign,
    pub(super) policy: LeadPolicy,
    pub(super) rejected: PathBuf,
    pub(super) ledger: Ledger,
}

/// What the beginning of a list tells of it. Rows may lack a value, now as later: their leads are put
/// aside, and the others are rung.
pub(super) struct FirstRows {
    /// The variables that its first line names.
    pub(super) columns: BTreeSet<String>,
    /// Columns that are written nearly like reserved ones.
    pub(super) misspelt: Vec<Misspelt>,
}

impl FirstRows {
    fn of(list: &ListReport) -> Self {
        let columns = list.variables.iter().chain(list.empty.keys());
        Self {
            columns: columns.cloned().collect(),
            misspelt: list.misspelt.clone(),
        }
    }
}

/// A list that is being read.
pub(super) struct Feed {
    /// Changes with every piece that was read; closed when no more will be.
    pub(super) news: watch::Receiver<ListNews>,
    begun: Receiver<FirstRows>,
    thread: JoinHandle<anyhow::Result<Intake>>,
    is_read_once: bool,
    /// Dropped to end it: its reading, and its patience with a ledger that is locked.
    go_on: [Sender<()>; 2],
}

impl Feed {
    /// Begins to read.
    ///
    /// # Errors
    /// No thread can be had.
    pub(super) fn start(plan: FeedPlan) -> anyhow::Result<Self> {
        let (told, news) = watch::channel(ListNews::default());
        let (first, begun) = channel();
        let ((go_on, asked), (patient, patience)) = (channel(), channel());
        let is_read_once = plan.source.is_read_once();
        let pace = Steps {
            ledger: plan.ledger.clone(),
            campaign: plan.campaign.id,
            policy: plan.policy.clone(),
            asked,
            told: told.clone(),
            first: Some(first),
        };
        let thread = std::thread::Builder::new()
            .name("lead list".to_owned())
            .spawn(move || {
                let read = follow(plan, pace, patience);
                if let Err(error) = &read {
                    let why = format!("{error:#}");
                    told.send_modify(|news| news.failed = Some(why));
                }
                read
            })
            .context("no thread can be had to read the list")?;
        Ok(Self {
            news,
            begun,
            thread,
            is_read_once,
            go_on: [go_on, patient],
        })
    }

    /// Waits for the first line; what it tells.
    ///
    /// # Errors
    /// The list cannot be read.
    pub(super) fn first_rows(self) -> anyhow::Result<(Self, FirstRows)> {
        if let Ok(first) = self.begun.recv() {
            return Ok((self, first));
        }
        // It ended before anything came: it failed, or was empty.
        match self.thread.join() {
            Ok(Ok(intake)) => {
                let first = FirstRows::of(&intake.list);
                let thread = std::thread::spawn(|| Ok(intake));
                Ok((Self { thread, ..self }, first))
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(anyhow::anyhow!("the reader of the list panicked")),
        }
    }

    /// Ends it; what was read, unless it still waits for somebody to write.
    ///
    /// # Errors
    /// The list could not be read to its end.
    pub(super) fn end(self) -> anyhow::Result<Option<Intake>> {
        drop(self.go_on);
        // Nobody can be kept from waiting for somebody who writes into a pipe.
        if self.is_read_once && !self.thread.is_finished() {
            return Ok(None);
        }
        match self.thread.join() {
            Ok(read) => read.map(Some),
            Err(_) => Err(anyhow::anyhow!("the reader of the list panicked")),
        }
    }

    /// Ends it after a run that ended so. One that was stopped is told by its own exit code, whatever
    /// became of the list.
    ///
    /// # Errors
    /// As of [`end`](Self::end), unless the run was stopped.
    pub(super) fn end_after(
        self,
        status: ExitStatus,
        printer: &Printer,
    ) -> anyhow::Result<Option<Intake>> {
        let stopped = matches!(status, ExitStatus::Interrupted | ExitStatus::Terminated);
        match self.end() {
            Err(error) if stopped => {
                printer.warning(&format!("the list was not read to its end: {error:#}"));
                Ok(None)
            }
            ended => ended,
        }
    }
}

/// Whether a piece that found the ledger locked so often is tried again: not for ever, and not once
/// the run is over.
fn is_patient(tried: u32, asked: &Receiver<()>) -> bool {
    tried < TRIES && asked.try_recv() != Err(TryRecvError::Disconnected)
}

fn follow(plan: FeedPlan, mut pace: Steps, asked: Receiver<()>) -> anyhow::Result<Intake> {
    let rules = ListRules {
        number_column: plan.number_column.as_deref(),
        numbers: &plan.numbers,
        numbering: Arc::clone(&plan.numbering),
    };
    let into = (&plan.campaign, &plan.policy);
    let rejected = RejectedFile::new(plan.rejected);
    let again = move |tried| {
        tracing::warn!("another process holds the ledger: the list is read on when it is free");
        is_patient(tried, &asked)
    };
    let taker = IntoLedger::new(&plan.ledger, into, &plan.numbering, rejected)?;
    let mut taker = taker.patient(again);
    let list = plan.source.follow(&rules, &mut taker, &mut pace)?;
    taker.end(list, into)
}

/// Reads step by step: only while there is room.
struct Steps {
    ledger: Ledger,
    campaign: CampaignId,
    policy: LeadPolicy,
    asked: Receiver<()>,
    told: watch::Sender<ListNews>,
    first: Option<Sender<FirstRows>>,
}

impl Steps {
    /// Waits a moment; `false`: the run is over.
    fn moment(&self) -> bool {
        self.asked.recv_timeout(MOMENT) == Err(RecvTimeoutError::Timeout)
    }
}

impl Pace for Steps {
    fn goes_on(&mut self) -> anyhow::Result<bool> {
        loop {
            if self.asked.try_recv() == Err(TryRecvError::Disconnected) {
                return Ok(false);
            }
            let asked = (driver::now(), ENOUGH);
            let callable = self
                .ledger
                .callable_leads(self.campaign, &self.policy, asked);
            match callable {
                Ok(callable) if callable < u64::from(ENOUGH) => return Ok(true),
                // Whoever holds the ledger lets it go: nothing is read meanwhile.
                Ok(_) | Err(StoreError::Locked) => {}
                Err(error) => return Err(error.into()),
            }
            if !self.moment() {
                return Ok(false);
            }
        }
    }

    fn rest(&mut self) {
        // Whether the run is over is asked before the next step.
        self.moment();
    }

    fn read(&mut self, report: &ListReport) {
        if !report.titles.is_empty()
            && let Some(first) = self.first.take()
            && first.send(FirstRows::of(report)).is_err()
        {
            tracing::trace!("nobody waits for the first rows");
        }
        self.told.send_modify(|news| news.pieces += 1);
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::campaign::{CallingWindow, Lead, Zone};
    use crate::commands::campaign::source::Taker;
    use crate::phone::PhoneNumber;

    /// Hours that are open now in UTC, and closed where it is twelve hours later.
    fn around_now() -> CallingWindow {
        let hour = driver::now().to_zoned(TimeZone::UTC).hour();
        let clock = |hours: i8| (hour + hours).rem_euclid(24);
        let hours = format!("{:02}:00-{:02}:59", clock(-2), clock(3));
        CallingWindow {
            hours: hours.parse().unwrap(),
            holidays: None,
        }
    }

    #[test]
    fn leads_who_sleep_hold_up_nobody_behind_them() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("novodial.db")).unwrap();
        let campaign = ledger.open_campaign("spring", "spring.csv", None, driver::now());
        let campaign = campaign.unwrap().id;
        let asleep = |line: u32| {
            let number = PhoneNumber::from_e164(&format!("+7900000{line:04}")).unwrap();
            let mut lead = Lead::new(number, u64::from(line));
            lead.terms.timezone = Zone::parse("Asia/Kamchatka").ok();
            lead
        };
        let sleepers: Vec<Lead> = (0..ENOUGH).map(asleep).collect();
        ledger
            .import_leads(campaign, &sleepers, driver::now())
            .unwrap();
        let (go_on, asked) = channel();
        let mut pace = Steps {
            ledger,
            campaign,
            policy: LeadPolicy {
                window: around_now(),
                default_zone: TimeZone::UTC,
                ..LeadPolicy::default()
            },
            asked,
            told: watch::channel(ListNews::default()).0,
            first: None,
        };
        let (answer, answered) = channel();
        let reader = std::thread::spawn(move || answer.send(pace.goes_on().unwrap()));
        // A reader that waits for the sleepers answers only when it is told to end.
        let answer = answered.recv_timeout(Duration::from_secs(20));
        drop(go_on);
        reader.join().unwrap().unwrap();
        assert_eq!(answer, Ok(true));
    }

    #[test]
    fn a_ledger_that_others_hold_for_long_costs_no_lead_of_the_list() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("novodial.db");
        let ledger = Ledger::open(&path).unwrap();
        ledger.wait_at_most(Duration::from_millis(20));
        let campaign = ledger.open_campaign("spring", "spring.csv", None, driver::now());
        let campaign = campaign.unwrap();
        let (policy, numbering) = (LeadPolicy::default(), Numbering::default());
        let leads = || {
            vec![Lead::new(
                PhoneNumber::from_e164("+79000000001").unwrap(),
                2,
            )]
        };
        let taker = || {
            let rejected = RejectedFile::nowhere();
            IntoLedger::new(&ledger, (&campaign, &policy), &numbering, rejected).unwrap()
        };
        let lock = || {
            let other = rusqlite::Connection::open(&path).unwrap();
            other.execute_batch("BEGIN IMMEDIATE").unwrap();
            other
        };
        let (mut hasty, mut patient) = (taker(), taker());
        let other = lock();
        assert!(hasty.leads(leads()).is_err());
        drop(other);
        let mut others = Some(lock());
        let (tell, told) = channel();
        patient = patient.patient(move |tried| {
            tell.send(tried).unwrap();
            others.take().is_some()
        });
        patient.leads(leads()).unwrap();
        let counts = ledger.lead_counts(campaign.id).unwrap();
        assert_eq!(counts.total(), 1);
        // A run of weeks meets many locks: each piece begins to count anew.
        let other = lock();
        assert!(patient.leads(leads()).is_err());
        drop(other);
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [1, 1]);
    }

    #[test]
    fn patience_ends_after_so_many_tries_and_with_the_run() {
        let (go_on, asked) = channel();
        assert!(is_patient(1, &asked) && is_patient(TRIES - 1, &asked));
        assert!(!is_patient(TRIES, &asked));
        drop(go_on);
        assert!(!is_patient(1, &asked));
    }

    /// A ledger, and what is needed to follow a list into it.
    fn plan(folder: &std::path::Path, source: Source) -> FeedPlan {
        let ledger = Ledger::open(&folder.join("novodial.db")).unwrap();
        let campaign = ledger.open_campaign("spring", "spring.csv", None, driver::now());
        FeedPlan {
            source,
            number_column: None,
            numbers: NumberRules::default(),
            numbering: Arc::default(),
            campaign: campaign.unwrap(),
            policy: LeadPolicy::default(),
            rejected: folder.join("spring.rejected.csv"),
            ledger,
        }
    }

    #[test]
    fn an_empty_cell_in_the_first_piece_is_no_missing_column() {
        for list in [
            "phone,name,when\n89000000001,,today\n",
            "phone,name,when\n12,,\n",
            "phone,name,when\n",
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("spring.csv");
            std::fs::write(&path, list).unwrap();
            let source = Source::File("spring.csv".to_owned(), path);
            let feed = Feed::start(plan(folder.path(), source)).unwrap();
            let (feed, first) = feed.first_rows().unwrap();
            let columns: Vec<&str> = first.columns.iter().map(String::as_str).collect();
            assert_eq!(columns, ["name", "when"], "{list}");
            assert!(feed.end().unwrap().is_some(), "a file is read to its end");
        }
    }

    #[test]
    fn a_run_that_was_stopped_ends_as_such_though_its_list_failed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spring.csv");
        std::fs::write(&path, "phone\n89000000001\n").unwrap();
        let source = Source::File("spring.csv".to_owned(), path);
        let plan = |source| {
            let plan = plan(folder.path(), source);
            plan.ledger.wait_at_most(Duration::from_millis(20));
            plan
        };
        let plans = [plan(source.clone()), plan(source)];
        let other = rusqlite::Connection::open(folder.path().join("novodial.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let [stopped, done] = plans.map(|plan| Feed::start(plan).unwrap());
        let printer = Printer::new(crate::output::Look::default());
        let read = stopped.end_after(ExitStatus::Interrupted, &printer);
        assert!(read.unwrap().is_none());
        assert!(done.end_after(ExitStatus::No, &printer).is_err());
    }

    #[test]
    fn a_pipe_whose_writer_is_idle_keeps_no_run_from_ending() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spring.csv");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let source = Source::File("spring.csv".to_owned(), path.clone());
        let feed = Feed::start(plan(folder.path(), source)).unwrap();
        let mut writer = std::fs::File::options().write(true).open(&path).unwrap();
        std::io::Write::write_all(&mut writer, b"phone\n89000000001\n").unwrap();
        let (feed, _) = feed.first_rows().unwrap();
        let (answer, answered) = channel();
        std::thread::spawn(move || answer.send(feed.end().unwrap().is_none()));
        let ended = answered.recv_timeout(Duration::from_secs(20));
        drop(writer);
        assert_eq!(ended, Ok(true));
    }
}
