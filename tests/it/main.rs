//! All tests that need more than one room, in one binary.

mod architecture;
mod ari;
mod cli;
mod lab;
mod speech;
mod store;
