//! `novodial campaign`: lists that are worked through.

mod add;
mod check;
mod control;
mod export;
mod export_cells;
mod export_leads;
mod found;
mod guard;
mod intake;
mod lead_report;
mod leads;
mod list;
mod list_report;
mod plan;
mod rejected_file;
mod run;
mod run_report;
mod show;
mod simulate;
mod source;
mod stats;
mod why;

pub(super) use add::add;
pub(super) use check::check;
pub(super) use control::{cancel, pause, resume};
pub(super) use export::export;
pub(super) use leads::leads;
pub(super) use list::list;
pub(super) use plan::plan;
pub(super) use run::run;
pub(super) use show::show;
pub(super) use simulate::simulate;
pub(super) use stats::stats;
pub(super) use why::why;
