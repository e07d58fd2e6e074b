//! The client of the speech service against services that misbehave on purpose, and proxies.
//!
//! `stand` answers by a script a test writes; `recognition` and `synthesis` go through the list of
//! faults, `proxies` through every way out; `rehearsed` runs against the strict double.

mod account;
mod proxies;
mod recognition;
mod rehearsed;
mod stand;
mod synthesis;
mod utterances;
