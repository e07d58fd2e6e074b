//! The program as a whole: the binary, a real exchange, callees that play their parts, and a double
//! of the speech service that hears only real audio.
//!
//! What is to come of each part stands once, in [`cases`]; a [`bench::Bench`] is what rings the
//! callees. Every test has a folder, a ledger, a caller id and an application name of its own, so
//! they run at the same time on one exchange.

mod bench;
mod campaigns;
mod cases;
mod desk;
mod errors;
mod files_and_keys;
mod heard;
mod killed;
mod machines;
mod parts;
mod recording;
mod signals;
mod speech;
mod speech_faults;
mod transfer;
