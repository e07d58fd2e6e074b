//! Signals: how a person or the system asks a run to end.

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Which signal came first; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM; or SIGHUP, which comes when the terminal goes away (a lost ssh).
    Terminate,
}

/// How a run is asked to end: first to begin no more calls, then to hang up those that go on.
#[derive(Debug, Clone)]
pub struct Stop {
    /// No new calls.
    pub drain: CancellationToken,
    /// Calls that go on are hung up.
    pub hang_up: CancellationToken,
    first: watch::Receiver<Option<Signal>>,
}

impl Stop {
    /// Listens for signals from now on. The first drains where `drains`, else it hangs up; the
    /// second hangs up in any case; the third ends the process at once.
    ///
    /// # Errors
    /// The system gives no signals.
    pub fn listen(drains: bool) -> std::io::Result<Self> {
        let (drain, hang_up) = (CancellationToken::new(), CancellationToken::new());
        let (told, first) = watch::channel(None);
        let stop = Self {
            drain: drain.clone(),
            hang_up: hang_up.clone(),
            first,
        };
        let mut signals = Signals::new()?;
        tokio::spawn(async move {
            let mut heard = Heard::default();
            loop {
                let step = heard.next(signals.next().await, drains);
                told.send_replace(heard.first);
                drain.cancel();
                match step {
                    Wish::Drain => {}
                    Wish::HangUp => hang_up.cancel(),
                    Wish::EndAtOnce(code) => std::process::exit(code),
                }
            }
        });
        Ok(stop)
    }

    /// A run that no signal reaches.
    #[cfg(test)]
    pub(super) fn unheard() -> Self {
        Self {
            drain: CancellationToken::new(),
            hang_up: CancellationToken::new(),
            first: watch::channel(None).1,
        }
    }

    /// The first signal that came, if any did.
    pub fn signal(&self) -> Option<Signal> {
        *self.first.borrow()
    }
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Drain,
    HangUp,
    /// With this exit code.
    EndAtOnce(i32),
}

/// The signals that came so far.
#[derive(Debug, Default)]
struct Heard {
    first: Option<Signal>,
    count: u32,
}

impl Heard {
    /// Another one came.
    fn next(&mut self, signal: Signal, drains: bool) -> Wish {
        let first = *self.first.get_or_insert(signal);
        self.count += 1;
        match (self.count, first) {
            (1, _) if drains => Wish::Drain,
            (1 | 2, _) => Wish::HangUp,
            (_, Signal::Interrupt) => Wish::EndAtOnce(130),
            (_, Signal::Terminate) => Wish::EndAtOnce(143),
        }
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// `None` where whoever started us wants it ignored (`nohup`): to listen would end that.
    terminal_gone: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        // Linux tells; elsewhere it is not to be had, and a lost terminal ends the calls.
        let status = std::fs::read_to_string("/proc/self/status");
        let ignored = status.is_ok_and(|status| ignores_hangup(&status));
        let terminal_gone = (!ignored).then(|| signal(SignalKind::hangup()));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            terminal_gone: terminal_gone.transpose()?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
            _ = received(&mut self.terminal_gone) => Signal::Terminate,
        }
    }
}

/// The next signal of a kind that may not be listened for.
#[cfg(unix)]
async fn received(signal: &mut Option<tokio::signal::unix::Signal>) -> Option<()> {
    match signal {
        Some(signal) => signal.recv().await,
        None => std::future::pending().await,
    }
}

/// Whether a process ignores SIGHUP, by its `/proc/PID/status`.
#[cfg(unix)]
fn ignores_hangup(status: &str) -> bool {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // Bit 0 is signal 1.
    mask.is_some_and(|mask| mask & 1 == 1)
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Signal {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Signal::Interrupt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_signal_asks_for_more_and_the_first_one_names_the_exit_code() {
        let wishes = |drains, signals: [Signal; 3]| {
            let mut heard = Heard::default();
            signals.map(|signal| heard.next(signal, drains))
        };
        let (interrupt, terminate) = (Signal::Interrupt, Signal::Terminate);
        assert_eq!(
            wishes(true, [terminate; 3]),
            [Wish::Drain, Wish::HangUp, Wish::EndAtOnce(143)]
        );
        assert_eq!(
            wishes(false, [interrupt, terminate, terminate]),
            [Wish::HangUp, Wish::HangUp, Wish::EndAtOnce(130)]
        );
    }
    #[cfg(unix)]
    #[test]
    fn what_whoever_started_us_ignores_is_read_from_the_system() {
        let status = |mask: &str| format!("Name:\tnovodial\nSigBlk:\t1\nSigIgn:\t{mask}\n");
        assert!(ignores_hangup(&status("0000000000001001")));
        assert!(!ignores_hangup(&status("0000000000001000")));
        assert!(!ignores_hangup("Name:\tnovodial\n"));
    }
}
