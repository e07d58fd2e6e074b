//! Callees on the far side of an Asterisk: a server for its dialplan's `AudioSocket(UUID,HOST:PORT)`.
//!
//! The protocol is a header of three bytes (type, big-endian length) and a payload: 0x01 the UUID,
//! 0x03 a key, 0x10 audio as 16-bit little-endian samples at 8 kHz, 0x00 hang-up. A frame goes out every 20 ms,
//! silence too. The UUID carries the call: `CCCCCCCC-CCCC-RRRR-RRRR-NNNNNNNNNNNN`, caller id, random,
//! number dialled. Asterisk takes no keys this way, so to press one the server lets the call go for
//! a moment; the dialplan sends the key and comes back with the same UUID.

mod conversation;
mod wire;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tracing::{debug, warn};

use super::callee::{Callee, Measured, Part};
use conversation::converse;
use wire::CallId;

/// A server of callees on a thread of its own, so that tests on any runtime, or on none, share it.
#[derive(Debug)]
pub struct CalleeServer {
    address: SocketAddr,
    house: Arc<House>,
    runtime: Option<Runtime>,
}

/// Who lives here: the parts, the calls going on, the calls done.
#[derive(Debug, Default)]
struct House {
    parts: Vec<Part>,
    /// Where to bring a socket that comes back after a key.
    live: Mutex<HashMap<CallId, mpsc::Sender<TcpStream>>>,
    done: Mutex<Vec<Measured>>,
    /// Rung when a call is added to `done`.
    bell: Condvar,
}

impl CalleeServer {
    /// Opens a free port on loopback and answers there.
    ///
    /// # Errors
    /// If no port or no thread is to be had.
    pub fn start(parts: Vec<Part>) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("callees")
            .enable_all()
            .build()?;
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let house = Arc::new(House {
            parts,
            ..House::default()
        });
        runtime.spawn(serve(listener, Arc::clone(&house)));
        Ok(Self {
            address,
            house,
            runtime: Some(runtime),
        })
    }

    /// Where Asterisk is to connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The calls that have ended and were not taken, in that order.
    pub fn measured(&self) -> Vec<Measured> {
        lock(&self.house.done).clone()
    }

    /// Waits for the end of a call from `caller` to `number` (digits), and takes it off the list.
    /// None if none ended in time. Blocks the thread.
    pub fn take(&self, caller: &str, number: &str, patience: Duration) -> Option<Measured> {
        let is_it = |call: &Measured| call.caller == caller && call.number == number;
        let (mut done, _) = self
            .house
            .bell
            .wait_timeout_while(lock(&self.house.done), patience, |done| {
                !done.iter().any(is_it)
            })
            .unwrap_or_else(PoisonError::into_inner);
        let at = done.iter().position(is_it)?;
        Some(done.remove(at))
    }
}

impl Drop for CalleeServer {
    fn drop(&mut self) {
        // Waiting for the threads would panic inside of another runtime.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A panic of another thread leaves lists that are still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: std::net::TcpListener, house: Arc<House>) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return warn!(%error, "callees: the port is lost"),
    };
    loop {
        match listener.accept().await {
            Ok((socket, _)) => {
                tokio::spawn(welcome(socket, Arc::clone(&house)));
            }
            Err(error) => warn!(%error, "callees: a connection was lost"),
        }
    }
}

/// Brings a new socket to the call it belongs to, or begins a call with it.
async fn welcome(mut socket: TcpStream, house: Arc<House>) {
    let id = match wire::read_call_id(&mut socket).await {
        Ok(id) => id,
        Err(error) => return warn!(%error, "callees: no call id"),
    };
    let Some(socket) = house.resume(id, socket).await else {
        return;
    };
    let Some(part) = house.part(&id.number()) else {
        return warn!(number = id.number(), "callees: nobody has this number");
    };
    let callee = Callee::new(part, &id.caller(), &id.number());
    let (sender, returning) = mpsc::channel(1);
    lock(&house.live).insert(id, sender);
    let measured = converse(callee, socket, returning).await;
    lock(&house.live).remove(&id);
    match measured.to_json() {
        Ok(line) => debug!(target: "novodial::callee", "{line}"),
        Err(error) => warn!(%error, "callees: a call is not shown"),
    }
    lock(&house.done).push(measured);
    house.bell.notify_all();
}

impl House {
    fn part(&self, number: &str) -> Option<&Part> {
        self.parts
            .iter()
            .find(|part| part.numbers.iter().any(|own| own == number))
    }

    /// Hands the socket to its call if there is one; gives it back if not.
    async fn resume(&self, id: CallId, socket: TcpStream) -> Option<TcpStream> {
        let sender = lock(&self.live).get(&id).cloned();
        match sender {
            None => Some(socket),
            Some(sender) => {
                if sender.send(socket).await.is_err() {
                    debug!("callees: a call ended while its key was sent");
                }
                None
            }
        }
    }
}
