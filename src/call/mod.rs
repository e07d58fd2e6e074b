//! One call: its events, its actions, and the machine between them.
//!
//! The contract: one door in ([`CallMachine::handle`]), one list out, one deadline. Time is
//! handed in as [`CallTime`], milliseconds since the call was begun, so that the log of a real
//! call is a test fixture. Audio reaches the machine as facts, never as bytes.

mod action;
mod advice;
mod answerer;
mod answering_machine;
mod echo;
mod ending;
mod event;
mod guess;
mod last_words;
mod latency;
mod machine;
mod network;
mod seat;
mod sequence;
mod speaking;
mod switchboard;
mod talk;
mod timer;
mod transfer;
mod turn;
mod turn_taking;

pub use action::{CallAction, CallBack, CallEnd, HungUpBy, PromptId, TransferOrder};
pub use answerer::{Answerer, Reason, Verdict, traits};
pub use event::{CallEvent, StopReason};
pub use machine::{CallMachine, CallRules, Greet, OnMachine};
pub use network::{HeardBy, NetworkSaid};
pub use seat::{DROPPED, WaitingWords};
pub use timer::{CallTime, Timer};
pub use turn::{Speaker, Turn};

#[cfg(test)]
mod tests;
