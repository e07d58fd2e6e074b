//! `novodial asterisk`: is this Asterisk ready to dial, and what it is to be configured with.

mod check;
mod config;
mod config_plan;
mod console;
mod difference;
mod dotenv;

pub(super) use check::{check, look_at};
pub(super) use config::config;
