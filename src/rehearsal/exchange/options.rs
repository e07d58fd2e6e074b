//! What kind of exchange is played, and what may go wrong with it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::line::Callees;
use crate::rehearsal::trouble::Trouble;

/// The exchange, its login and who can be rung.
#[derive(Debug, Clone)]
pub struct ExchangeOptions {
    /// Where to listen; port 0 takes a free one.
    pub bind: SocketAddr,
    /// The ARI user.
    pub username: String,
    /// Its password.
    pub password: String,
    /// The name of the PJSIP endpoint through which numbers are dialled.
    pub trunk: String,
    /// Who has which number.
    pub callees: Arc<dyn Callees>,
    /// Seeds every draw.
    pub seed: u64,
    /// How fast it answers.
    pub latencies: Latencies,
    /// What goes wrong, call by call.
    pub trouble: Trouble,
}

impl ExchangeOptions {
    /// An exchange on a free loopback port with these callees.
    pub fn new(callees: Arc<dyn Callees>) -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            username: "novodial".to_owned(),
            password: "rehearsal".to_owned(),
            trunk: "novofon".to_owned(),
            callees,
            seed: 1,
            latencies: Latencies::default(),
            trouble: Trouble::none(),
        }
    }
}

/// How long things take, as measured on the real exchange.
#[derive(Debug, Clone, Copy)]
pub struct Latencies {
    /// From a request to its answer.
    pub answer: Duration,
    /// The same for a third of the requests that ring somebody, so that a call may have ended
    /// before the caller knows that it was begun.
    pub late_answer: Duration,
    /// From a hang-up to the end of its channel.
    pub release: Duration,
}

impl Default for Latencies {
    fn default() -> Self {
        Self {
            answer: Duration::from_micros(300),
            late_answer: Duration::from_millis(45),
            release: Duration::from_millis(1),
        }
    }
}

/// How the exchange stands; it can be changed at any time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition {
    /// How the trunk stands.
    pub trunk: Trunk,
    /// Event sockets are cut, and none is let in.
    pub no_events: bool,
    /// Every request waits this long more for its answer.
    pub slow: Duration,
}

/// How the trunk stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trunk {
    /// It works.
    #[default]
    Up,
    /// It does not answer OPTIONS: no channel can be made (500), and it is shown offline.
    Down,
    /// It takes calls and never says a word of them.
    Silent,
    /// It refuses every call with this SIP status.
    Refuses(u16),
}
