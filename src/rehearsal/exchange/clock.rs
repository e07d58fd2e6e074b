//! The clock of the exchange: 20 ms at a time, for all its channels.
//!
//! Media legs tick before telephones, so that what a leg says in a tick is heard in the same one:
//! a machine that stalls makes both late together, and no sound is torn. Ticks that were missed
//! are caught up with, because callees count time by them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::sound::lock;
use crate::audio::FRAME_MS;

const TICK: Duration = Duration::from_millis(FRAME_MS as u64);
/// A machine that slept longer than this is not caught up with.
const FORGET: Duration = Duration::from_secs(2);

/// Something that happens every 20 ms.
pub(super) trait Clocked: Send + Sync {
    /// One tick; `false` when there will be nothing more to do.
    fn tick(&self) -> bool;
}

/// What ticks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Leg,
    Phone,
}

#[derive(Default)]
struct Shard {
    legs: Vec<(Arc<str>, Arc<dyn Clocked>)>,
    phones: Vec<(Arc<str>, Arc<dyn Clocked>)>,
}

impl Shard {
    fn row(&mut self, turn: Turn) -> &mut Vec<(Arc<str>, Arc<dyn Clocked>)> {
        match turn {
            Turn::Leg => &mut self.legs,
            Turn::Phone => &mut self.phones,
        }
    }
}

/// Several rows of channels that tick beside each other, one a processor.
pub(super) struct Clock {
    shards: Vec<Arc<Mutex<Shard>>>,
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({} shards)", self.shards.len())
    }
}

impl Clock {
    pub(super) fn new(shards: usize) -> Self {
        Self {
            shards: (0..shards.max(1)).map(|_| Arc::default()).collect(),
        }
    }

    /// What runs each shard until the clock is stopped.
    pub(super) fn runners(
        &self,
        stop: &CancellationToken,
    ) -> Vec<impl Future<Output = ()> + use<>> {
        let count = u32::try_from(self.shards.len()).unwrap_or(1);
        let shards = self.shards.iter().zip(0..);
        shards
            .map(|(shard, number)| {
                // Apart by a share of the tick, so that the work is spread over it.
                run(Arc::clone(shard), TICK * number / count, stop.clone())
            })
            .collect()
    }

    /// Starts a channel's ticking, in the shard of `beside` if that one ticks.
    pub(super) fn place(&self, turn: Turn, id: &str, beside: &[String], what: Arc<dyn Clocked>) {
        let at = beside.iter().find_map(|other| self.shard_of(other));
        let at = at.unwrap_or_else(|| self.emptiest());
        if let Some(shard) = self.shards.get(at) {
            lock(shard).row(turn).push((id.into(), what));
        }
    }

    /// Brings channels that talk with each other into one shard.
    pub(super) fn gather(&self, ids: &[String]) {
        let Some(home) = ids.iter().find_map(|id| self.shard_of(id)) else {
            return;
        };
        for id in ids {
            match self.shard_of(id) {
                Some(at) if at != home => self.carry(id, at, home),
                _ => {}
            }
        }
    }

    fn carry(&self, id: &str, from: usize, to: usize) {
        for turn in [Turn::Leg, Turn::Phone] {
            let taken = self.shards.get(from).and_then(|shard| {
                let mut shard = lock(shard);
                let row = shard.row(turn);
                let at = row.iter().position(|(own, _)| **own == *id)?;
                Some(row.swap_remove(at))
            });
            if let (Some(taken), Some(shard)) = (taken, self.shards.get(to)) {
                lock(shard).row(turn).push(taken);
            }
        }
    }

    fn shard_of(&self, id: &str) -> Option<usize> {
        self.shards.iter().position(|shard| {
            let shard = lock(shard);
            let mut all = shard.legs.iter().chain(&shard.phones);
            all.any(|(own, _)| **own == *id)
        })
    }

    fn emptiest(&self) -> usize {
        let load = |shard: &Mutex<Shard>| {
            let shard = lock(shard);
            shard.legs.len() + shard.phones.len()
        };
        let all = self.shards.iter().enumerate();
        all.min_by_key(|(_, shard)| load(shard))
            .map_or(0, |(at, _)| at)
    }
}

async fn run(shard: Arc<Mutex<Shard>>, phase: Duration, stop: CancellationToken) {
    let mut due = Instant::now() + phase;
    let mut now_ticking = Vec::new();
    loop {
        due += TICK;
        if due + FORGET < Instant::now() {
            due = Instant::now();
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep_until(due) => {}
        }
        for turn in [Turn::Leg, Turn::Phone] {
            // Taken out of the lock: a tick may hang up, and hanging up asks the clock.
            now_ticking.extend(lock(&shard).row(turn).iter().cloned());
            for (id, what) in now_ticking.drain(..) {
                if !what.tick() {
                    lock(&shard).row(turn).retain(|(own, _)| *own != id);
                }
            }
        }
    }
}
