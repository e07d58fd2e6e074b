//! Past calls along a scenario, for pictures and backtests.

use crate::commands::Desk;
use crate::commands::calls::fields_of;
use crate::commands::history::History;
use crate::dialogue::Variables;
use crate::output::{ExitStatus, UserError};
use crate::store::{CallDetail, CallFilter, CallRef, Ledger};

/// Calls that were asked for, to be read one by one: there may be many.
#[derive(Debug)]
pub(super) struct Past {
    ledger: Ledger,
    ids: Vec<crate::campaign::AttemptId>,
}

impl Past {
    /// The answered calls along a scenario: `last:1000`, `all`, `campaign:NAME`.
    ///
    /// # Errors
    /// The selection is not understood, or there is no ledger.
    pub(super) fn find(
        asked: &str,
        scenario: &str,
        rehearsed: bool,
        desk: &Desk<'_>,
    ) -> anyhow::Result<Self> {
        let filter = CallFilter {
            scenario: Some(scenario.to_owned()),
            ..selected(asked)?
        };
        let settings = desk.settings()?;
        let history = History::open(&settings, desk)?;
        let ledger = match (rehearsed, history.rehearsed) {
            (false, _) => history.real,
            (true, Some(ledger)) => ledger,
            (true, None) => {
                let error = UserError::new(ExitStatus::No, "no_calls", "nothing was rehearsed yet");
                return Err(error
                    .hint("rehearse: novodial call +79000000001 --rehearse")
                    .into());
            }
        };
        let calls = ledger.calls(&filter)?;
        let talked = calls.into_iter().filter(|call| call.answered_at.is_some());
        let ids = talked.map(|call| call.attempt).collect();
        Ok(Self { ledger, ids })
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.ids.len()
    }

    /// What is still known of a call's lead.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub(super) fn fields_of(&self, call: &CallDetail) -> anyhow::Result<Variables> {
        Ok(fields_of(&call.call, &self.ledger)?)
    }

    /// The calls, the newest first.
    pub(super) fn calls(&self) -> impl Iterator<Item = anyhow::Result<CallDetail>> {
        let read = |id: &_| Ok(self.ledger.call(CallRef::Id(*id))?);
        self.ids.iter().map(read)
    }
}

fn selected(asked: &str) -> Result<CallFilter, UserError> {
    let all = CallFilter::default();
    match asked.split_once(':') {
        None if asked == "all" => Ok(all),
        Some(("last", count)) if count.parse::<u32>().is_ok() => Ok(CallFilter {
            limit: count.parse().ok(),
            ..all
        }),
        Some(("campaign", name)) if !name.is_empty() => Ok(CallFilter {
            campaign: Some(name.to_owned()),
            ..all
        }),
        _ => {
            let message = format!("`{asked}` selects no calls");
            Err(UserError::new(ExitStatus::Usage, "bad_selection", message)
                .hint("write last:1000, all, or campaign:NAME"))
        }
    }
}
