//! A list that is read while it is worked through: a file that grows, or a pipe.
//!
//! A thread of its own reads it into the ledger, which the run takes its leads from. It reads no
//! more while enough leads may be rung now, so that whoever writes into the pipe is held up as long
//! as the calls need. Leads that live where the window is closed hold up nobody behind them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
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

/// What the first rows tell of a list.
#[derive(Default)]
pub(super) struct FirstRows {
    /// The variables that they bring.
    pub(super) variables: BTreeSet<String>,
    /// Columns that are written nearly like reserved ones.
    pub(super) misspelt: Vec<Misspelt>,
}

/// A list that is being read.
pub(super) struct Feed {
    /// Changes with every piece that was read; closed when no more will be.
    pub(super) news: watch::Receiver<ListNews>,
    begun: Receiver<FirstRows>,
    thread: JoinHandle<anyhow::Result<Intake>>,
    is_pipe: bool,
    /// Dropped to end it.
    go_on: Sender<()>,
}

impl Feed {
    /// Begins to read.
    ///
    /// # Errors
    /// No thread can be had.
    pub(super) fn start(plan: FeedPlan) -> anyhow::Result<Self> {
        let (told, news) = watch::channel(ListNews::default());
        let (first, begun) = channel();
        let (go_on, asked) = channel();
        let is_pipe = plan.source == Source::Stdin;
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
                let read = follow(plan, pace);
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
            is_pipe,
            go_on,
        })
    }

    /// Waits for the first rows; what they tell.
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
                let thread = std::thread::spawn(|| Ok(intake));
                Ok((Self { thread, ..self }, FirstRows::default()))
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
        if self.is_pipe && !self.thread.is_finished() {
            return Ok(None);
        }
        match self.thread.join() {
            Ok(read) => read.map(Some),
            Err(_) => Err(anyhow::anyhow!("the reader of the list panicked")),
        }
    }
}

fn follow(plan: FeedPlan, mut pace: Steps) -> anyhow::Result<Intake> {
    let rules = ListRules {
        number_column: plan.number_column.as_deref(),
        numbers: &plan.numbers,
        numbering: Arc::clone(&plan.numbering),
    };
    let into = (&plan.campaign, &plan.policy);
    let rejected = RejectedFile::new(plan.rejected);
    let mut tries = TRIES;
    let again = move || {
        tracing::warn!("another process holds the ledger: the list is read on when it is free");
        tries -= 1;
        tries > 0
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
            let over = self.asked.try_recv() == Err(std::sync::mpsc::TryRecvError::Disconnected);
            if over {
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
        if report.leads > 0
            && let Some(first) = self.first.take()
            && first
                .send(FirstRows {
                    variables: report.variables.clone(),
                    misspelt: report.misspelt.clone(),
                })
                .is_err()
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
        patient = patient.patient(move || others.take().is_some());
        patient.leads(leads()).unwrap();
        let counts = ledger.lead_counts(campaign.id).unwrap();
        assert_eq!(counts.total(), 1);
    }
}
