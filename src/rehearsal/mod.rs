//! Doubles of the outside world, for the telephone lab and for rehearsals.
//!
//! Everything here stands on loopback: a voice that carries text in sound, a speech service that
//! follows the protocol of the real one and hears only real audio, proxies that count what passes.

pub mod audiosocket;
pub mod callee;
pub mod chat_service;
pub mod exchange;
pub mod http;
pub mod novofon;
pub mod people;
pub mod proxy;
mod random;
pub mod speech_service;
pub mod trouble;
pub mod voice;
mod written;
