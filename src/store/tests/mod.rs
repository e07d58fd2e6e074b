//! The ledger against a real file: what is kept, what is refused, what survives.
//!
//! `House` is a ledger in a folder of its own, with one run and one campaign.

mod attempts;
mod charges;
mod claims;
mod history;
mod leads;
mod opening;
mod pacing;
mod random;
mod view;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::params;
use tempfile::TempDir;

use super::sql::At;
use super::*;
use crate::campaign::{AttemptId, Lead, LeadId, LeadPolicy, RunId};
use crate::line::Disposition;
use crate::phone::PhoneNumber;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn number(last: u32) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+7900000{last:04}")).unwrap()
}

fn lead(last: u32) -> Lead {
    Lead {
        name: Some(format!("Lead {last}")),
        fields: BTreeMap::from([("company".to_owned(), "Ромашка".to_owned())]),
        ..Lead::new(number(last), u64::from(last) + 1)
    }
}

struct House {
    folder: TempDir,
    ledger: Ledger,
    run: Run,
    campaign: Campaign,
    policy: LeadPolicy,
}

impl House {
    fn with_leads(leads: &[u32]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("novodial.db")).unwrap();
        let run = ledger.begin_run("novodial", 7, "host", at(0)).unwrap();
        let campaign = ledger
            .open_campaign("spring", "/lists/spring.csv", None, at(0))
            .unwrap();
        let leads: Vec<_> = leads.iter().map(|&last| lead(last)).collect();
        ledger.import_leads(campaign.id, &leads, at(0)).unwrap();
        Self {
            folder,
            ledger,
            run,
            campaign,
            policy: LeadPolicy::default(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("novodial.db")
    }

    fn reopened(&self) -> Ledger {
        Ledger::open(&self.path()).unwrap()
    }

    fn claim(&self, run: RunId) -> Option<LeadRow> {
        self.claim_at(run, 1).lead()
    }

    fn claim_at(&self, run: RunId, second: i64) -> Claim {
        let claim = self
            .ledger
            .next_lead(self.campaign.id, run, &self.policy, at(second));
        claim.unwrap()
    }

    /// When somebody may be claimed, in seconds; `None`: never.
    fn due(&self, second: i64) -> Option<i64> {
        let due = self
            .ledger
            .next_due(self.campaign.id, &self.policy, at(second));
        due.unwrap().map(|due| due.duration_since(at(0)).as_secs())
    }

    /// Claims, begins and dials the next lead.
    fn ring(&self, run: RunId) -> AttemptId {
        let lead = self.claim(run).unwrap();
        let id = self.ledger.begin_attempt(&attempt_of(&lead, run)).unwrap();
        self.ledger.mark_dialled(id, at(2)).unwrap();
        id
    }

    fn end(&self, attempt: AttemptId, disposition: Disposition) {
        let end = AttemptEnd::new(attempt, disposition, at(9));
        self.ledger.end_attempt(&end).unwrap();
    }

    fn later_run(&self, second: i64) -> RunId {
        let run = self.ledger.begin_run("novodial", 8, "host", at(second));
        run.unwrap().id
    }
}

impl Ledger {
    /// Promises a lead an hour, as a talk would.
    fn promise(&self, lead: LeadId, at: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute(
                "UPDATE leads SET promised_at = ?2, due_at = ?2, why = 'promised',
                     state = iif(state = 'done', 'retry', state)
                 WHERE id = ?1",
                params![lead, At(at)],
            )?;
            Ok(())
        })
    }
}

fn attempt_of(lead: &LeadRow, run: RunId) -> NewAttempt {
    NewAttempt {
        lead: Some(lead.id),
        campaign: Some(lead.campaign),
        ..single(run, &lead.number)
    }
}

fn single(run: RunId, number: &PhoneNumber) -> NewAttempt {
    use std::sync::atomic::{AtomicU64, Ordering};
    static CHANNEL: AtomicU64 = AtomicU64::new(0);
    NewAttempt {
        run,
        lead: None,
        campaign: None,
        channel_id: format!("channel-{}", CHANNEL.fetch_add(1, Ordering::Relaxed)),
        number: number.clone(),
        extension: None,
        caller_id: Some("79000009999".to_owned()),
        trunk: Some("novofon".to_owned()),
        scenario: None,
        at: at(1),
    }
}
