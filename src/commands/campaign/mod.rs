//! `novodial campaign`: lists that are worked through.

mod list;
mod show;

pub(super) use list::list;
pub(super) use show::show;
