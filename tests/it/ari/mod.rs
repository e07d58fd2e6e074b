//! The adapter to Asterisk against a real one: the lab's `pbx`, with the lab's carrier behind it.

mod bench;
mod calls;
mod check;
mod ends;
mod faults;
mod media;
