//! The runtime of everything that reaches out, and the pace of its one busy thread.
//!
//! The frames of a hundred calls come one by one, five thousand a second. To be woken for each costs
//! more than to take it. So a thread that was woken a moment ago rests a moment before it looks
//! again, and finds several at once. A thread with little to do is woken at once.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;

/// What comes within this time is taken together: nothing to an ear, and to a queue of audio that is
/// kept 160 ms ahead.
const MOMENT: Duration = Duration::from_millis(2);

/// A runtime for calls.
///
/// # Errors
/// The system gives no thread, or nothing to wait with.
pub fn runtime() -> std::io::Result<Runtime> {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let woken = std::sync::Arc::new(Mutex::new(None));
    let last_woken = std::sync::Arc::clone(&woken);
    Builder::new_multi_thread()
        // A hundred calls take a fraction of a core; more threads would wake one another fifty
        // times a second and call.
        .worker_threads((cores / 2).max(1))
        .on_thread_unpark(move || {
            if let Ok(mut woken) = woken.lock() {
                *woken = Some(Instant::now());
            }
        })
        .on_thread_park(move || {
            let woken = last_woken.lock().ok().and_then(|woken| *woken);
            if is_busy(woken, Instant::now()) {
                thread::sleep(MOMENT);
            }
        })
        .enable_all()
        .build()
}

/// Whether a thread was woken a moment ago.
fn is_busy(woken: Option<Instant>, now: Instant) -> bool {
    woken.is_some_and(|woken| now.saturating_duration_since(woken) < MOMENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_thread_that_was_just_woken_rests() {
        let woken = Instant::now();
        assert!(!is_busy(None, woken));
        assert!(is_busy(Some(woken), woken + MOMENT / 2));
        assert!(!is_busy(Some(woken), woken + MOMENT));
    }

    #[test]
    fn what_is_asked_of_a_busy_runtime_is_done() {
        let runtime = runtime().unwrap();
        let count = runtime.block_on(async {
            let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
            let sending = tokio::spawn(async move {
                for number in 0..50 {
                    tokio::time::sleep(Duration::from_micros(100)).await;
                    sender.send(number).await.unwrap();
                }
            });
            let mut count = 0;
            while receiver.recv().await.is_some() {
                count += 1;
            }
            sending.await.unwrap();
            count
        });
        assert_eq!(count, 50);
    }
}
