//! The client of the speech service against services that misbehave on purpose, and proxies.
//!
//! `stand` answers by a script a test writes; `recognition` and `synthesis` go through the list of
//! faults, `proxies` through every way out; `rehearsed` runs against the strict double.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::wildcard_enum_match_arm,
    clippy::unnecessary_wraps,
    clippy::indexing_slicing,
    reason = "a test that finds nothing where something must be is to fail"
)]

mod account;
mod proxies;
mod recognition;
mod rehearsed;
mod stand;
mod synthesis;
mod utterances;
