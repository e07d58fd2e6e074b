//! `novodial campaign pause`, `resume` and `cancel`: what a run of the campaign, in whatever shell,
//! reads before each call.

use serde::Serialize;

use super::found::FoundCampaign;
use crate::commands::Desk;
use crate::commands::history::History;
use crate::commands::written::counted;
use crate::driver;
use crate::output::{Envelope, ExitStatus, UserError};
use crate::store::CampaignState;

/// What became of a campaign in JSON.
#[derive(Debug, Serialize)]
struct Change {
    name: String,
    rehearsal: bool,
    state: &'static str,
    changed: bool,
    /// Whether a run of it goes on.
    running: bool,
    /// Calls that go on and come to their end.
    live: u64,
    /// Leads that are not done.
    left: u64,
}

pub(in crate::commands) fn pause(name: &str, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    change(name, CampaignState::Paused, desk)
}

pub(in crate::commands) fn resume(name: &str, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    change(name, CampaignState::Open, desk)
}

pub(in crate::commands) fn cancel(name: &str, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    change(name, CampaignState::Cancelled, desk)
}

fn change(name: &str, to: CampaignState, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    let found = FoundCampaign::find(name, &history, Vec::new(), desk)?;
    if to == CampaignState::Paused && found.campaign.state == CampaignState::Cancelled {
        return Err(cancelled(&found.name()).into());
    }
    let (id, ledger) = (found.campaign.id, found.ledger);
    let changed = ledger.set_campaign_state(id, to, driver::now())?;
    let change = Change {
        name: found.name(),
        rehearsal: found.rehearsal,
        state: to.as_str(),
        changed,
        running: found.runner.is_some(),
        live: ledger.pulse(id)?.live,
        left: ledger.lead_counts(id)?.left(),
    };
    if desk.printer.is_json() {
        desk.printer
            .json(&Envelope::new("novodial.campaign_change/1", change))?;
    } else {
        desk.printer.message(&told(&change, to));
    }
    Ok(ExitStatus::Success)
}

fn cancelled(name: &str) -> UserError {
    let message = format!("the campaign {name} is cancelled");
    UserError::new(ExitStatus::No, "campaign_cancelled", message)
        .hint(format!("to have it go on: novodial campaign resume {name}"))
}

fn told(change: &Change, to: CampaignState) -> String {
    let (name, left) = (&change.name, change.left);
    let live = match change.live {
        0 if change.running => "; the run ends".to_owned(),
        0 => String::new(),
        1 => "; the call that is live comes to its end".to_owned(),
        live => format!("; the {live} calls that are live come to their end"),
    };
    match (to, change.changed) {
        (CampaignState::Paused, true) => format!(
            "campaign {name} is paused: no new calls{live} (to go on: novodial campaign resume {name})"
        ),
        (CampaignState::Paused, false) => format!("campaign {name} was paused already{live}"),
        (CampaignState::Cancelled, true) => format!(
            "campaign {name} is cancelled, {} left{live} (to take it back: \
             novodial campaign resume {name})",
            counted(left, "lead")
        ),
        (CampaignState::Cancelled, false) => format!("campaign {name} was cancelled already{live}"),
        (CampaignState::Open, true) => {
            format!(
                "campaign {name} may be run again; {} left",
                counted(left, "lead")
            )
        }
        (CampaignState::Open, false) => format!("campaign {name} is not paused"),
    }
}
