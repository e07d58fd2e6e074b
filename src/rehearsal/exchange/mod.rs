//! An exchange that speaks ARI as Asterisk 22.10 does, on loopback, with callees behind its trunk.
//!
//! Requests, refusals, events and their order, media over WebSocket and RTP: what a dialer meets
//! there, observed on the real one. [`ExchangeOptions`] say who can be rung; a [`Line`] is what a
//! number does; [`Condition`] and the options'
//! trouble are what goes wrong. Whatever the real one can and this one does not is
//! answered by 501, never by a guess.

mod answer;
mod applications;
mod asterisk;
mod bridge_requests;
mod bridges;
mod calls;
mod causes;
mod channel;
mod clock;
mod core;
mod event_socket;
mod journal;
mod leg;
mod line;
mod media;
mod media_socket;
mod options;
mod packet;
mod phone;
mod playing;
mod queue;
mod release;
mod routes;
mod sound;
mod variables;
mod world;

use std::net::SocketAddr;
use std::num::NonZero;
use std::sync::Arc;

pub use journal::{Dialled, Ended};
pub use line::{ANNOUNCEMENT, Callees, Calling, LabCallees, Line, Step};
pub use options::{Condition, ExchangeOptions, Latencies, Trunk};

use self::core::Core;
use super::http::Server;
use channel::Channel;

/// More rows of channels would not be faster.
const MOST_SHARDS: usize = 4;

/// A running exchange; dropping it stops it too, but without waiting.
#[derive(Debug)]
pub struct Exchange {
    server: Server,
    core: Arc<Core>,
}

impl Exchange {
    /// Starts an exchange.
    ///
    /// # Errors
    /// If its address cannot be bound.
    pub async fn start(options: ExchangeOptions) -> std::io::Result<Self> {
        let bind = options.bind;
        let shards = std::thread::available_parallelism().map_or(1, NonZero::get);
        let core = Arc::new(Core::new(options, shards.min(MOST_SHARDS)));
        let serving = Arc::clone(&core);
        let server = Server::start(bind, move |request| {
            routes::serve(Arc::clone(&serving), request)
        })
        .await?;
        for runner in core.clock.runners(&core.stop) {
            core.tasks.spawn(runner);
        }
        Ok(Self { server, core })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// Its base URL, as in `http://127.0.0.1:40123`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.addr())
    }

    /// The calls that were dialled so far, oldest first.
    pub fn calls(&self) -> Vec<Dialled> {
        self.core.journal.calls()
    }

    /// Waits until the calls are as expected, and gives them out. Waits for ever if they never are.
    pub async fn calls_until(&self, expected: impl Fn(&[Dialled]) -> bool) -> Vec<Dialled> {
        self.core.journal.until(expected).await
    }

    /// Changes how the exchange stands from now on.
    pub fn set_condition(&self, condition: Condition) {
        self.core.condition.send_replace(condition);
    }

    /// How the exchange stands.
    pub fn condition(&self) -> Condition {
        self.core.condition.borrow().clone()
    }

    /// The ids of the channels and bridges that there are now.
    pub fn ids(&self) -> Vec<String> {
        let world = self.core.world();
        world
            .channels
            .keys()
            .chain(world.bridges.keys())
            .cloned()
            .collect()
    }

    /// Ends all calls and connections and waits until they are gone.
    pub async fn stop(self) {
        self.core.stop.cancel();
        self.server.stop().await;
        self.core.end_everything();
        self.core.tasks.close();
        self.core.tasks.wait().await;
    }
}

// Tasks of a dropped exchange end by its token.
impl Drop for Exchange {
    fn drop(&mut self) {
        self.core.stop.cancel();
        self.core.end_everything();
    }
}

impl Core {
    /// Lets go of everything that waits on behalf of a channel.
    fn end_everything(&self) {
        let world = self.world();
        for channel in world.channels.values() {
            channel.gone.cancel();
            channel.port.close(1_001);
        }
    }
}

/// What the journal keeps of a channel that is being dialled.
fn dialled_by(channel: &Channel, calling: &Calling) -> Dialled {
    let headers = calling.variables.iter().filter_map(|(name, value)| {
        let header = name.strip_prefix("PJSIP_HEADER(add,")?.strip_suffix(')')?;
        Some((header.to_owned(), value.clone()))
    });
    Dialled {
        channel: channel.id.clone(),
        number: calling.number.clone(),
        caller: calling.caller.clone(),
        formats: channel.formats.clone(),
        headers: headers.collect(),
        keys: String::new(),
        answered: false,
        measured: None,
        released: None,
        times: (jiff::Timestamp::now(), None),
    }
}
