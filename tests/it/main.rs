//! All tests that need more than one room, in one binary.

mod architecture;
mod cli;
mod ari;
mod lab;
mod store;
mod speech;
