//! A lead list into the ledger: new leads are added, changed ones updated, nothing is reset.

use std::path::PathBuf;

use super::list_report::ListReport;
use super::rejected_file::RejectedFile;
use super::source::{ListRules, Source, Taker};
use crate::campaign::{Lead, LeadPolicy, RejectedRow};
use crate::commands::Desk;
use crate::commands::written::counted;
use crate::driver;
use crate::phone::Numbering;
use crate::store::{Campaign, ImportId, ImportReport, ImportRules, Ledger, StoreError};

/// What an import found and did.
#[derive(Debug)]
pub(super) struct Intake {
    pub(super) list: ListReport,
    pub(super) imported: ImportReport,
    /// Where the rejected rows went, if there were any.
    pub(super) rejected_file: Option<PathBuf>,
    /// The leads that name the part of their callee, for a rehearsal.
    pub(super) with_callees: Vec<Lead>,
}

/// Reads a list into a campaign.
///
/// # Errors
/// The list cannot be read as a whole, or the ledger cannot be written. What came before the
/// fault is in the ledger; importing the mended list again completes it.
pub(super) fn import(
    source: &Source,
    rules: &ListRules<'_>,
    (campaign, policy): (&Campaign, &LeadPolicy),
    ledger: &Ledger,
    desk: &Desk<'_>,
) -> anyhow::Result<Intake> {
    let rejected = RejectedFile::new(source.rejected_path(&campaign.name, desk));
    let mut into = IntoLedger::new(ledger, (campaign, policy), &rules.numbering, rejected)?;
    let list = source.read(rules, &mut into)?;
    into.end(list, (campaign, policy))
}

/// Reads a list into a copy of the ledger: nothing is written beside the list.
///
/// # Errors
/// As of [`import`].
pub(super) fn try_out(
    source: &Source,
    rules: &ListRules<'_>,
    (campaign, policy): (&Campaign, &LeadPolicy),
    copy: &Ledger,
) -> anyhow::Result<Intake> {
    let rejected = RejectedFile::nowhere();
    let mut into = IntoLedger::new(copy, (campaign, policy), &rules.numbering, rejected)?;
    let list = source.read(rules, &mut into)?;
    into.end(list, (campaign, policy))
}

/// Puts leads into the ledger as they come.
pub(super) struct IntoLedger<'a> {
    ledger: &'a Ledger,
    import: ImportId,
    rules: ImportRules<'a>,
    imported: ImportReport,
    file: RejectedFile,
    with_callees: Vec<Lead>,
    /// Asked each time another process holds the ledger, with how often a piece was tried: whether to
    /// try again.
    again: Box<dyn FnMut(u32) -> bool>,
}

impl<'a> IntoLedger<'a> {
    /// Begins an import.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub(super) fn new(
        ledger: &'a Ledger,
        (campaign, policy): (&Campaign, &LeadPolicy),
        numbering: &'a Numbering,
        rejected: RejectedFile,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            ledger,
            import: ledger.begin_import(campaign.id, driver::now())?,
            rules: ImportRules {
                numbering: Some(numbering),
                priority_step: policy.priority_step,
            },
            imported: ImportReport::default(),
            file: rejected,
            with_callees: Vec::new(),
            again: Box::new(|_| false),
        })
    }

    /// The same, asking this each time another process holds the ledger for long, with how often the
    /// piece was tried: whether to try again.
    pub(super) fn patient(self, again: impl FnMut(u32) -> bool + 'static) -> Self {
        Self {
            again: Box::new(again),
            ..self
        }
    }

    /// All of a piece or nothing of it: what found the ledger locked can be tried again.
    fn add(&mut self, leads: &[Lead]) -> Result<ImportReport, StoreError> {
        let mut tried = 0;
        loop {
            tried += 1;
            match self.ledger.add_leads(&self.import, leads, &self.rules) {
                Err(StoreError::Locked) if (self.again)(tried) => {}
                done => return done,
            }
        }
    }

    /// The list is read.
    ///
    /// # Errors
    /// The ledger, or the file of the rejected rows, cannot be written.
    pub(super) fn end(
        self,
        list: ListReport,
        (campaign, policy): (&Campaign, &LeadPolicy),
    ) -> anyhow::Result<Intake> {
        self.ledger.set_titles(campaign.id, &list.titles)?;
        self.ledger.imported_with(campaign.id, policy)?;
        Ok(Intake {
            list,
            imported: self.imported,
            rejected_file: self.file.close(),
            with_callees: self.with_callees,
        })
    }
}

impl Taker for IntoLedger<'_> {
    fn leads(&mut self, leads: Vec<Lead>) -> anyhow::Result<()> {
        let named = leads.iter().filter(|lead| lead.terms.callee.is_some());
        self.with_callees.extend(named.cloned());
        let piece = self.add(&leads)?;
        self.imported.added += piece.added;
        self.imported.updated += piece.updated;
        self.imported.unchanged += piece.unchanged;
        self.imported.repeats.extend(piece.repeats);
        Ok(())
    }

    fn rejected(
        &mut self,
        row: &RejectedRow,
        titles: &[String],
        delimiter: u8,
    ) -> anyhow::Result<()> {
        self.file.take(row, titles, delimiter)
    }
}

impl Intake {
    /// Says on stderr what was read and what was not.
    pub(super) fn tell(&self, campaign: &str, desk: &Desk<'_>) {
        self.list.tell(desk);
        self.tell_done(campaign, desk);
    }

    /// Says on stderr what came of it.
    pub(super) fn tell_done(&self, campaign: &str, desk: &Desk<'_>) {
        let done = &self.imported;
        let (repeats, rejected) = (done.repeats.len(), self.list.rejected_count);
        desk.printer.message(&format!(
            "campaign {campaign}: {} new, {} changed, {} as they were; {} repeated a number, {rejected} rejected",
            counted(done.added, "lead"), done.updated, done.unchanged, counted(repeats, "row"),
        ));
        if let Some(path) = &self.rejected_file {
            let shown = path.display();
            desk.printer.message(&format!(
                "the rejected rows and what is wrong with them are in {shown}"
            ));
        }
    }
}
