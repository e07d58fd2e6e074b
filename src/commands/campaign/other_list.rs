//! A campaign whose name belongs to another list: one that was moved, tomorrow's file, or two lists
//! that have their names in common by chance.

use super::source::Source;
use crate::commands::Desk;
use crate::commands::written::shell_word;
use crate::driver;
use crate::output::{ExitStatus, UserError, plain};
use crate::store::{Campaign, Ledger, StoreError};

/// What to do where a name belongs to another list; `named`: it was given with `--campaign`, so that
/// it is no chance that they have it in common.
pub(super) fn explain(error: StoreError, (list, named): (&Source, bool)) -> anyhow::Error {
    let StoreError::CampaignPathDiffers { name, .. } = &error else {
        return error.into();
    };
    let (shown, name) = (list.path().map_or("-", |_| list.shown()), shell_word(name));
    let from = if shown == "-" { " < LIST" } else { "" };
    let apart = if named {
        String::new()
    } else {
        "; or keep this list apart, also from who was reached in the other: --campaign NAME"
            .to_owned()
    };
    let hint = format!(
        "go on with its people: novodial campaign run {name}; put those of this list to them: \
         novodial campaign add {} --campaign {name}{from}{apart}",
        shell_word(shown)
    );
    UserError::new(
        ExitStatus::Invalid,
        "campaign_path_differs",
        error.to_string(),
    )
    .hint(hint)
    .into()
}

/// Opens the campaign that a list is added to. One that was named takes the people of any list; one
/// that only has its name in common with the list does not.
///
/// # Errors
/// The name belongs to another list, or the ledger cannot be written.
pub(super) fn open(
    (name, named): (&str, bool),
    (source, scenario): (&Source, Option<&str>),
    ledger: &Ledger,
    desk: &Desk<'_>,
) -> anyhow::Result<Campaign> {
    let (list, now) = (source.kept(), driver::now());
    let known = match ledger.campaign(name) {
        Ok(known) => Some(known).filter(|known| named && known.source != list),
        Err(StoreError::NoSuchCampaign(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let Some(known) = known else {
        let opened = ledger.open_campaign(name, &list, scenario, now);
        return opened.map_err(|error| explain(error, (source, named)));
    };
    desk.printer.message(&format!(
        "campaign {}: the people of {} join those of {}",
        plain(name),
        plain(source.shown()),
        plain(&known.source)
    ));
    let detail = serde_json::json!({ "list": list });
    ledger.record_decision(known.id, now, "joined", &detail)?;
    Ok(ledger.open_campaign(name, &known.source, scenario, now)?)
}

/// The columns of all lists of a campaign: those it had, then the new ones.
///
/// # Errors
/// The ledger cannot be written.
pub(super) fn keep_titles(before: &Campaign, list: &Source, ledger: &Ledger) -> anyhow::Result<()> {
    if before.source == list.kept() {
        return Ok(());
    }
    let mut titles = before.titles.clone();
    let now = ledger.campaign(&before.name)?.titles;
    titles.extend(
        now.into_iter()
            .filter(|title| !before.titles.contains(title)),
    );
    Ok(ledger.set_titles(before.id, &titles)?)
}
