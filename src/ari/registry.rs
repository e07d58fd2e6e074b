//! Which call an event belongs to.
//!
//! A call enters its ids **before** it asks Asterisk for anything: a third of instantly failing
//! calls send an event before the HTTP answer. Handing an event over never waits.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use super::event::Event;

/// Events of one call that wait for its task; the task never waits for anybody, so it is short.
pub(super) const INBOX: usize = 256;

/// Which of a call's channels an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leg {
    /// The callee's.
    Call,
    /// The audio's.
    Media,
}

#[derive(Debug)]
struct Entry {
    leg: Leg,
    inbox: mpsc::Sender<(Leg, Event)>,
    exists: Arc<AtomicBool>,
}

/// The routes of all calls.
#[derive(Debug, Default)]
pub(super) struct Registry {
    entries: Mutex<HashMap<String, Entry>>,
}

/// One route; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Route {
    registry: Arc<Registry>,
    key: String,
    exists: Arc<AtomicBool>,
}

impl Route {
    /// Asterisk has made the channel: from now on its absence means that it ended.
    pub(super) fn exists(&self) {
        self.exists.store(true, Ordering::Release);
    }
}

impl Drop for Route {
    fn drop(&mut self) {
        self.registry.lock().remove(&self.key);
    }
}

impl Registry {
    /// Routes what belongs to `key` into `inbox`.
    pub(super) fn route(
        self: &Arc<Self>,
        key: &str,
        leg: Leg,
        inbox: &mpsc::Sender<(Leg, Event)>,
    ) -> Route {
        let exists = Arc::new(AtomicBool::new(false));
        let entry = Entry {
            leg,
            inbox: inbox.clone(),
            exists: Arc::clone(&exists),
        };
        if self.lock().insert(key.to_owned(), entry).is_some() {
            tracing::error!(key, "two calls with one id");
        }
        Route {
            registry: Arc::clone(self),
            key: key.to_owned(),
            exists,
        }
    }

    /// Hands an event to its call, if it has one.
    pub(super) fn deliver(&self, key: &str, event: Event) {
        let entries = self.lock();
        let Some(entry) = entries.get(key) else {
            tracing::trace!(key, ?event, "an event of nobody");
            return;
        };
        if let Err(error) = entry.inbox.try_send((entry.leg, event)) {
            tracing::warn!(key, %error, "an event of a call was lost");
        }
    }

    /// The ids that Asterisk is known to have made.
    pub(super) fn existing(&self) -> Vec<String> {
        let entries = self.lock();
        let existing = entries
            .iter()
            .filter(|(_, entry)| entry.exists.load(Ordering::Acquire));
        existing.map(|(key, _)| key.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_event_reaches_its_call_until_the_route_is_dropped() {
        let registry = Arc::new(Registry::default());
        let (sender, mut inbox) = mpsc::channel(4);
        let route = registry.route("a", Leg::Call, &sender);
        registry.deliver("a", Event::Entered);
        registry.deliver("b", Event::Entered);
        assert_eq!(inbox.recv().await, Some((Leg::Call, Event::Entered)));
        drop(route);
        registry.deliver("a", Event::Gone);
        assert!(inbox.try_recv().is_err());
    }

    #[test]
    fn only_what_asterisk_made_can_be_missed() {
        let registry = Arc::new(Registry::default());
        let (sender, _inbox) = mpsc::channel(4);
        let route = registry.route("a", Leg::Call, &sender);
        assert!(registry.existing().is_empty());
        route.exists();
        assert_eq!(registry.existing(), ["a"]);
    }
}
