//! A media leg over a WebSocket: its queue, emptied by the clock of the exchange.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::clock::Clocked;
use super::queue::{Queue, Reply};
use super::sound::{Port, Sound, lock};

/// One leg.
pub(super) struct Leg {
    port: Arc<Port>,
    queue: Mutex<Queue>,
    over: AtomicBool,
}

impl std::fmt::Debug for Leg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Leg")
    }
}

impl Leg {
    pub(super) fn new(channel: &str, port: Arc<Port>) -> Self {
        Self {
            queue: Mutex::new(Queue::new(channel, port.law)),
            port,
            over: AtomicBool::new(false),
        }
    }

    pub(super) fn audio(&self, message: &[u8]) -> Option<Reply> {
        lock(&self.queue).audio(message)
    }

    pub(super) fn command(&self, text: &str) -> Option<Reply> {
        lock(&self.queue).command(text)
    }

    pub(super) fn end(&self) {
        self.over.store(true, Ordering::Release);
    }
}

impl Clocked for Leg {
    fn tick(&self) -> bool {
        if self.over.load(Ordering::Acquire) {
            return false;
        }
        let frame = lock(&self.queue).tick(|event| self.port.tell(event));
        if let Some(bytes) = frame {
            let law = self.port.law;
            self.port.say(&Sound { law, bytes }, true);
        }
        true
    }
}
