//! A double of the ElevenLabs speech service on one loopback port.
//!
//! Recognition hears only real audio, through the ear of [`super::voice`]; synthesis speaks with
//! its voice. The protocol, its limits and its latencies follow the public contract and what was
//! measured on the real service; [`Fault`]s can be put in at run time, and a [`Journal`] keeps
//! what the clients did.

mod account;
mod answer;
mod closing;
mod faults;
mod journal;
mod models;
mod options;
mod recognition;
mod rest;
mod routes;
mod synthesis;

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use account::Account;
use faults::Faults;
use journal::Journalist;

pub use faults::{Canned, Fault, Scope};
pub use journal::{Ended, Journal, RecognitionRecord, SynthesisRecord};
pub use options::{Options, Timing};
pub use recognition::Partials;

use super::{http::Server, random};

/// What all connections share.
#[derive(Debug)]
struct Shared {
    options: RwLock<Options>,
    account: Arc<Account>,
    journal: Journalist,
    recognition_faults: Faults,
    synthesis_faults: Faults,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Shared {
    fn options(&self) -> Options {
        let options = self.options.read().unwrap_or_else(PoisonError::into_inner);
        options.clone()
    }
}

/// A running double of the speech service; dropping it stops it too, but without waiting.
#[derive(Debug)]
pub struct SpeechService {
    server: Server,
    shared: Arc<Shared>,
}

impl SpeechService {
    /// Starts a service.
    ///
    /// # Errors
    /// If its address cannot be bound.
    pub async fn start(options: Options) -> std::io::Result<Self> {
        let bind = options.bind;
        let shared = Arc::new(Shared {
            account: Arc::new(Account::new(&options)),
            options: RwLock::new(options),
            journal: Journalist::new(),
            recognition_faults: Faults::default(),
            synthesis_faults: Faults::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        let serving = Arc::clone(&shared);
        let server = Server::start(bind, move |request| {
            routes::serve(Arc::clone(&serving), request)
        })
        .await?;
        Ok(Self { server, shared })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// Its base URL, as in `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.addr())
    }

    /// What the clients have done so far.
    pub fn journal(&self) -> Journal {
        self.shared.journal.read()
    }

    /// Waits until the journal is as expected, and gives it out. Waits for ever if it never is.
    pub async fn journal_until(&self, expected: impl Fn(&Journal) -> bool) -> Journal {
        self.shared.journal.until(expected).await
    }

    /// Puts a fault into recognition.
    pub fn break_recognition(&self, fault: Fault, scope: Scope) {
        let next = self.journal().recognition.len();
        self.shared.recognition_faults.inject(fault, scope, next);
    }

    /// Puts a fault into synthesis, its sockets and its HTTP requests.
    pub fn break_synthesis(&self, fault: Fault, scope: Scope) {
        let next = self.journal().synthesis.len();
        self.shared.synthesis_faults.inject(fault, scope, next);
    }

    /// Takes all faults out.
    pub fn mend(&self) {
        self.shared.recognition_faults.clear();
        self.shared.synthesis_faults.clear();
    }

    /// Changes the latencies for what is opened from now on.
    pub fn set_timing(&self, timing: Timing) {
        let options = self.shared.options.write();
        options.unwrap_or_else(PoisonError::into_inner).timing = timing;
    }

    /// Sets the credits left in the account.
    pub fn set_credits_left(&self, credits: u64) {
        self.shared.account.set_credits_left(credits);
    }

    /// Credits that the account has spent.
    pub fn credits_used(&self) -> u64 {
        self.shared.account.credits_used()
    }

    /// Ends all connections and waits until they are gone.
    pub async fn stop(self) {
        self.shared.stop.cancel();
        self.server.stop().await;
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}

// Tasks of a dropped service end by its token.
impl Drop for SpeechService {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

#[cfg(test)]
mod tests;
