//! The account behind the keys: credits, places for syntheses, single-use tokens.
//!
//! A synthesis pays before it speaks and holds a place until its last audio is out. A token opens
//! one socket of its kind within a quarter of an hour.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::options::Options;

/// How long a single-use token lives.
const TOKEN_LIFE: Duration = Duration::from_mins(15);

/// The account is empty: what it had, what is left, what was needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoCredits {
    pub(super) total: u64,
    pub(super) left: u64,
    pub(super) needed: u64,
}

/// The account, shared by everything the service serves.
#[derive(Debug)]
pub(super) struct Account {
    keys: Vec<String>,
    total: u64,
    used: Mutex<u64>,
    limit: usize,
    places: Arc<Semaphore>,
    tokens: Mutex<HashMap<String, (String, Instant)>>,
    issued: AtomicUsize,
}

impl Account {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            keys: options.api_keys.clone(),
            total: options.credits,
            used: Mutex::new(0),
            limit: options.max_concurrent,
            places: Arc::new(Semaphore::new(options.max_concurrent)),
            tokens: Mutex::default(),
            issued: AtomicUsize::new(0),
        }
    }

    pub(super) fn knows(&self, key: &str) -> bool {
        self.keys.iter().any(|known| known == key)
    }

    pub(super) fn credits_total(&self) -> u64 {
        self.total
    }

    pub(super) fn credits_used(&self) -> u64 {
        *lock(&self.used)
    }

    /// Sets what is left, as if other users of the account had spent the rest.
    pub(super) fn set_credits_left(&self, left: u64) {
        *lock(&self.used) = self.total.saturating_sub(left);
    }

    /// Pays for a text; the cost in credits.
    pub(super) fn charge(&self, characters: usize, model: &str) -> Result<u64, NoCredits> {
        let characters = characters as u64;
        let needed = if super::models::is_half_price(model) {
            characters.div_ceil(2)
        } else {
            characters
        };
        let mut used = lock(&self.used);
        let left = self.total.saturating_sub(*used);
        if needed > left {
            return Err(NoCredits {
                total: self.total,
                left,
                needed,
            });
        }
        *used += needed;
        Ok(needed)
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// Syntheses running now.
    pub(super) fn running(&self) -> usize {
        self.limit.saturating_sub(self.places.available_permits())
    }

    /// A place for a synthesis, if one is free now.
    pub(super) fn try_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// A place for a synthesis, waited for at most this long.
    pub(super) async fn place(&self, wait: Duration) -> Option<OwnedSemaphorePermit> {
        let place = Arc::clone(&self.places).acquire_owned();
        tokio::time::timeout(wait, place).await.ok()?.ok()
    }

    /// Issues a token for one socket of a kind.
    pub(super) fn issue_token(&self, kind: &str) -> String {
        let number = self.issued.fetch_add(1, Ordering::SeqCst);
        let token = format!("sutkn_{number:08}");
        let entry = (kind.to_owned(), Instant::now() + TOKEN_LIFE);
        lock(&self.tokens).insert(token.clone(), entry);
        token
    }

    /// Spends a token; false if it is unknown, spent, too old or of another kind.
    pub(super) fn spend_token(&self, token: &str, kind: &str) -> bool {
        self.spend_token_at(token, kind, Instant::now())
    }

    fn spend_token_at(&self, token: &str, kind: &str, now: Instant) -> bool {
        let entry = lock(&self.tokens).remove(token);
        entry.is_some_and(|(known, until)| known == kind && now < until)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(credits: u64) -> Account {
        Account::new(&Options {
            credits,
            ..Options::default()
        })
    }

    #[test]
    fn fast_models_cost_half() {
        let account = account(100);
        assert_eq!(account.charge(11, "eleven_flash_v2_5"), Ok(6));
        assert_eq!(account.charge(11, "eleven_multilingual_v2"), Ok(11));
        assert_eq!(account.credits_used(), 17);
        let refused = NoCredits {
            total: 100,
            left: 83,
            needed: 84,
        };
        assert_eq!(account.charge(84, "eleven_multilingual_v2"), Err(refused));
    }

    #[test]
    fn a_token_opens_one_socket_of_its_kind_within_its_life() {
        let account = account(1);
        let token = account.issue_token("realtime_scribe");
        assert!(account.spend_token(&token, "realtime_scribe"));
        assert!(!account.spend_token(&token, "realtime_scribe"), "spent");
        let token = account.issue_token("tts_websocket");
        assert!(
            !account.spend_token(&token, "realtime_scribe"),
            "other kind"
        );
        let token = account.issue_token("realtime_scribe");
        let later = Instant::now() + TOKEN_LIFE;
        let spent = account.spend_token_at(&token, "realtime_scribe", later);
        assert!(!spent, "too old");
    }
}
