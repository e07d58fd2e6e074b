//! `novodial campaign`: lists that are worked through.

mod add;
mod check;
mod guard;
mod intake;
mod list;
mod list_report;
mod pacing;
mod rejected_file;
mod run;
mod run_report;
mod show;
mod simulate;
mod source;

pub(super) use add::add;
pub(super) use check::check;
pub(super) use list::list;
pub(super) use run::run;
pub(super) use show::show;
pub(super) use simulate::simulate;
