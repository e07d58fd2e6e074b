//! Doubles of proxies: HTTP CONNECT and SOCKS5, both with or without a password.
//!
//! They pass bytes on loopback and count what passes, so that a test can tell that traffic went
//! through them and not around. HTTP CONNECT follows RFC 9110 §9.3.6, SOCKS5 RFC 1928 and its
//! password RFC 1929.

mod http_connect;
mod socks5;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Which protocol a proxy speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyKind {
    /// HTTP with the CONNECT method.
    Http,
    /// SOCKS version 5.
    Socks5,
}

/// A user and password that the proxy asks for.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Login({}, …)", self.user)
    }
}

/// What a proxy has done.
#[derive(Debug, Default)]
struct Counts {
    tunnels: AtomicUsize,
    refused: AtomicUsize,
    open: AtomicUsize,
}

/// What a connection needs to know.
#[derive(Debug, Clone)]
struct Gate {
    login: Option<Login>,
    counts: Arc<Counts>,
}

impl Gate {
    fn admits(&self, user: &str, password: &str) -> bool {
        let admits = self
            .login
            .as_ref()
            .is_none_or(|login| login.user == user && login.password == password);
        if !admits {
            self.counts.refused.fetch_add(1, Ordering::SeqCst);
        }
        admits
    }

    fn turn_away(&self) {
        self.counts.refused.fetch_add(1, Ordering::SeqCst);
    }

    /// Passes bytes both ways until both sides are done.
    async fn tunnel(&self, mut client: TcpStream, mut target: TcpStream) -> std::io::Result<()> {
        self.counts.tunnels.fetch_add(1, Ordering::SeqCst);
        self.counts.open.fetch_add(1, Ordering::SeqCst);
        let passed = tokio::io::copy_bidirectional(&mut client, &mut target).await;
        self.counts.open.fetch_sub(1, Ordering::SeqCst);
        passed.map(|_| ())
    }
}

/// A running proxy; dropping it stops it.
#[derive(Debug)]
pub struct Proxy {
    addr: SocketAddr,
    kind: ProxyKind,
    gate: Gate,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Proxy {
    /// Starts a proxy on a free loopback port.
    ///
    /// # Errors
    /// If no port can be bound.
    pub async fn start(kind: ProxyKind, login: Option<Login>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let proxy = Self {
            addr: listener.local_addr()?,
            kind,
            gate: Gate {
                login,
                counts: Arc::default(),
            },
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let accepting = accept(
            listener,
            kind,
            proxy.gate.clone(),
            proxy.stop.clone(),
            proxy.tasks.clone(),
        );
        proxy.tasks.spawn(accepting);
        Ok(proxy)
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its URL with the login, if it asks for one; names are resolved by the proxy (`socks5h`).
    pub fn url(&self) -> String {
        let scheme = match self.kind {
            ProxyKind::Http => "http",
            ProxyKind::Socks5 => "socks5h",
        };
        match &self.gate.login {
            Some(login) => format!("{scheme}://{}:{}@{}", login.user, login.password, self.addr),
            None => format!("{scheme}://{}", self.addr),
        }
    }

    /// Tunnels opened since the start.
    pub fn tunnels(&self) -> usize {
        self.gate.counts.tunnels.load(Ordering::SeqCst)
    }

    /// Tunnels open now.
    pub fn open_tunnels(&self) -> usize {
        self.gate.counts.open.load(Ordering::SeqCst)
    }

    /// Clients refused for their login or for what they asked.
    pub fn refused(&self) -> usize {
        self.gate.counts.refused.load(Ordering::SeqCst)
    }

    /// Stops listening and cuts every tunnel.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept(
    listener: TcpListener,
    kind: ProxyKind,
    gate: Gate,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let client = match accepted {
            Ok((client, _)) => client,
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                continue;
            }
        };
        let (gate, stop) = (gate.clone(), stop.clone());
        tasks.spawn(async move {
            let serving = async {
                match kind {
                    ProxyKind::Http => http_connect::serve(client, &gate).await,
                    ProxyKind::Socks5 => socks5::serve(client, &gate).await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                served = serving => if let Err(error) = served {
                    tracing::debug!(%error, "a proxied connection ended early");
                }
            }
        });
    }
}

#[cfg(test)]
mod tests;
