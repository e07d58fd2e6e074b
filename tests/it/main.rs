//! All tests that need more than one room, in one binary.

mod ari;
mod lab;
