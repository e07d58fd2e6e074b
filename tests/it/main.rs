//! All tests that need more than one room, in one binary.

mod architecture;
mod cli;
mod lab;
mod store;
