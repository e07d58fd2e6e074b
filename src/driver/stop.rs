//! Signals: how a person or the system asks a run to end.

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Which signal came first; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM.
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
            let mut count = 0;
            loop {
                let signal = signals.next().await;
                count += 1;
                told.send_if_modified(|first| {
                    first.is_none() && {
                        *first = Some(signal);
                        true
                    }
                });
                drain.cancel();
                if count > 1 || !drains {
                    hang_up.cancel();
                }
                if count > 2 {
                    std::process::exit(130);
                }
            }
        });
        Ok(stop)
    }

    /// The first signal that came, if any did.
    pub fn signal(&self) -> Option<Signal> {
        *self.first.borrow()
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }
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
