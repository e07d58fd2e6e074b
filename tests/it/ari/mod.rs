//! The adapter to Asterisk against a real one: the lab's `pbx`, with the lab's carrier behind it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "helpers of tests are tests"
)]

mod bench;
mod calls;
mod check;
mod ends;
mod faults;
mod join;
mod media;
mod proxy;
mod wire;
