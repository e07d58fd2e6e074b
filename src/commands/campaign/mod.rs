//! `novodial campaign`: lists that are worked through.

mod list;
mod run;
mod run_report;
mod show;

pub(super) use list::list;
pub(super) use run::run;
pub(super) use show::show;
