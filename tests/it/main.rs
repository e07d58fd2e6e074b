//! All tests that need more than one room, in one binary.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails where it panics, also in the functions that tests share"
)]

mod architecture;
mod ari;
mod calls;
mod campaign_desk;
mod cli;
mod consent;
mod doctor;
mod embedded;
mod killed;
mod lab;
mod leads;
mod left_behind;
mod novofon;
mod numbering;
mod rehearsal;
mod speech;
mod store;
mod understanding;
