//! `novodial do-not-call`: the list of numbers that are never rung.
//!
//! Numbers are read without the policy's rules on countries and prices: whoever must not be rung
//! may stand on the list, whatever the policy is today.

mod import;

use jiff::Timestamp;
use serde::Serialize;

use super::desk::LedgerThere;
use super::{Desk, written};
use crate::cli::DoNotCallCommand;
use crate::output::{Envelope, ExitStatus, Format, JsonList, Table};
use crate::phone::PhoneNumber;
use crate::settings::Settings;
use crate::store::{DoNotCallEntry, Ledger, Scratch, Standing};

/// Rows of a table.
const PIECE: u64 = 1_000;

/// One entry in JSON.
#[derive(Debug, Serialize)]
struct Entry {
    number: PhoneNumber,
    reason: String,
    attempt_id: Option<i64>,
    added_at: String,
}

/// What became of one number in JSON.
#[derive(Debug, Serialize)]
struct Change {
    number: PhoneNumber,
    changed: bool,
}

/// The list, opened.
struct List<'a> {
    desk: &'a Desk<'a>,
    settings: Settings,
    ledger: Ledger,
    /// What stands for the ledger where there is none yet.
    _none: Option<Scratch>,
}

pub(super) fn run(command: &DoNotCallCommand, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let reads = matches!(
        command,
        DoNotCallCommand::List | DoNotCallCommand::Check { .. } | DoNotCallCommand::Remove { .. }
    );
    let (ledger, none) = if reads {
        let LedgerThere { ledger, none } = desk.ledger_there(&settings)?;
        (ledger, none)
    } else {
        (desk.ledger(&settings)?, None)
    };
    let list = List {
        desk,
        settings,
        ledger,
        _none: none,
    };
    match command {
        DoNotCallCommand::Add { numbers, reason } => list.add(numbers, reason),
        DoNotCallCommand::Import {
            file,
            reason,
            phone_column,
        } => {
            let reason = reason.as_deref();
            let into = (&list.ledger, &list.settings);
            import::import(file, (reason, phone_column.as_deref()), into, desk)
        }
        DoNotCallCommand::Remove { number } => list.remove(number),
        DoNotCallCommand::List => list.print(),
        DoNotCallCommand::Check { number } => list.check(number),
    }
}

impl List<'_> {
    fn number(&self, typed: &str) -> anyhow::Result<PhoneNumber> {
        let rules = self.settings.policy.numbers.without_limits();
        self.desk.number(typed, &rules)
    }

    /// Reads all numbers before it writes one.
    fn add(&self, typed: &[String], reason: &str) -> anyhow::Result<ExitStatus> {
        let numbers = typed
            .iter()
            .map(|typed| self.number(typed))
            .collect::<anyhow::Result<Vec<_>>>()?;
        for number in numbers {
            let changed = self
                .ledger
                .forbid(&number, reason, None, Timestamp::now())?;
            let what = if changed {
                "is never rung from now on"
            } else {
                "was on the list already"
            };
            self.report(number, changed, what)?;
        }
        Ok(ExitStatus::Success)
    }

    fn remove(&self, typed: &str) -> anyhow::Result<ExitStatus> {
        let number = self.number(typed)?;
        let changed = self.ledger.allow(&number)?;
        let done = self.done_with(&number)?;
        let what = if changed {
            "may be rung again"
        } else {
            "is not on the list"
        };
        let e164 = number.e164().to_owned();
        self.report(number, changed, what)?;
        if changed && !self.desk.printer.is_json() {
            for told in done {
                self.desk.printer.message(&format!(
                    "but {told}, and stays so; to ring it all the same: novodial call {e164}, or a \
                     list of another campaign"
                ));
            }
        }
        Ok(if changed {
            ExitStatus::Success
        } else {
            ExitStatus::No
        })
    }

    /// The leads with this number that a call has concluded: no list brings them back.
    fn done_with(&self, number: &PhoneNumber) -> anyhow::Result<Vec<String>> {
        let (policy, now) = (&self.settings.policy.leads, Timestamp::now());
        let mut done = Vec::new();
        for campaign in self.ledger.campaigns()? {
            for id in self.ledger.leads_with(campaign.id, number)? {
                let view = self.ledger.lead(id, policy, now)?;
                if let Some(view) = view.filter(|view| view.standing == Standing::Done) {
                    let name = crate::output::plain(&campaign.name);
                    done.push(format!(
                        "lead {id} of {name} is done with ({})",
                        view.verdict
                    ));
                }
            }
        }
        Ok(done)
    }

    fn check(&self, typed: &str) -> anyhow::Result<ExitStatus> {
        let number = self.number(typed)?;
        let entry = self.ledger.is_forbidden(&number)?;
        let status = if entry.is_some() {
            ExitStatus::No
        } else {
            ExitStatus::Success
        };
        if self.desk.printer.is_json() {
            let body = serde_json::json!({
                "number": number,
                "listed": entry.is_some(),
                "entry": entry.as_ref().map(|entry| self.entry(entry)),
            });
            self.desk
                .printer
                .json(&Envelope::new("novodial.do_not_call_check/1", body))?;
            return Ok(status);
        }
        let line = match entry {
            Some(entry) => format!(
                "{} is on the list since {}: {}",
                number.e164(),
                self.moment(&entry),
                crate::output::plain(&entry.reason)
            ),
            None => format!("{} is not on the list", number.e164()),
        };
        self.desk.printer.data(&line)?;
        Ok(status)
    }

    fn print(&self) -> anyhow::Result<ExitStatus> {
        let printer = self.desk.printer;
        if printer.format() == Format::Text {
            self.table()?;
            return Ok(ExitStatus::Success);
        }
        let schemas = ("novodial.do_not_call/1", "novodial.do_not_call_entry/1");
        let out = (printer.stream(), printer.format());
        let mut list = JsonList::begin(out, schemas, &serde_json::Map::new(), "numbers")?;
        self.ledger
            .each_forbidden(&mut |entry| list.item(&self.entry(&entry)))?;
        list.end()?;
        Ok(ExitStatus::Success)
    }

    /// A long list comes in pieces with a heading each.
    fn table(&self) -> anyhow::Result<()> {
        let printer = self.desk.printer;
        let empty = || Table::new(["number", "since", "call", "reason"]);
        let (mut table, mut rows) = (empty(), 0_u64);
        self.ledger
            .each_forbidden(&mut |entry| -> anyhow::Result<()> {
                if rows > 0 && rows.is_multiple_of(PIECE) {
                    printer.table(std::mem::replace(&mut table, empty()))?;
                }
                rows += 1;
                let call = entry.attempt.map_or_else(String::new, |id| id.to_string());
                let number = entry.number.e164().to_owned();
                table.row([number, self.moment(&entry), call, entry.reason]);
                Ok(())
            })?;
        if rows == 0 {
            printer.message("the list is empty");
            return Ok(());
        }
        printer.table(table)
    }

    fn report(&self, number: PhoneNumber, changed: bool, what: &str) -> anyhow::Result<()> {
        if self.desk.printer.is_json() {
            let change = Change { number, changed };
            // A line each, so that many numbers are many objects in either form.
            return self
                .desk
                .printer
                .json(&Envelope::new("novodial.do_not_call_change/1", change));
        }
        self.desk
            .printer
            .message(&format!("{} {what}", number.e164()));
        Ok(())
    }

    fn entry(&self, entry: &DoNotCallEntry) -> Entry {
        Entry {
            number: entry.number.clone(),
            reason: entry.reason.clone(),
            attempt_id: entry.attempt.map(|id| id.0),
            added_at: written::rfc3339(entry.added_at, &self.settings.policy.default_timezone),
        }
    }

    fn moment(&self, entry: &DoNotCallEntry) -> String {
        written::moment(entry.added_at, &self.settings.policy.default_timezone)
    }
}
