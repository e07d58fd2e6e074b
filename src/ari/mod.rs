//! Asterisk over ARI: events on one WebSocket, requests over HTTP, audio over a media WebSocket
//! or RTP. Nothing outside this room knows a channel or a bridge.
//!
//! [`Ari`] is one Asterisk. [`Ari::prepare`] makes a call ready with its audio already joined,
//! so that early media is heard and nothing is lost at the answer; [`LineControl::dial`] then rings
//! the phone, once. What comes of it are [`LineEvent`](crate::line::LineEvent)s, the last of them
//! always `Released` or `Lost`, after which nothing of the call is left in Asterisk.
//!
//! Where the rules come from: the source of Asterisk 22.10.1 and a lab on it.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub mod check;
mod client;
mod config;
pub mod configuration;
mod control;
mod error;
mod event;
mod http;
mod join;
mod line_task;
mod loopback;
pub mod media;
mod model;
mod order;
mod originate;
mod packet;
mod prepare;
mod pump;
mod registry;
mod remove;
mod reorder;
mod rtp;
mod setup;
mod socket;
mod sweep;
mod translate;
mod version;
mod websocket;

pub use client::{Ari, MediaSupport, ReachedAri};
pub use config::AriConfig;
pub use control::{LineControl, PlayEnd};
pub use error::{AriError, DialError, PlaceError};
pub use loopback::Loopback;
pub use model::{AsteriskInfo, ChannelSnapshot};
pub use order::{CallLine, CallOrder, MediaKind};
pub use socket::SocketState;
pub use sweep::{Swept, run_of};
pub use version::Version;

/// What all parts of one connection use.
#[derive(Debug)]
pub(crate) struct Shared {
    http: http::Http,
    registry: Arc<registry::Registry>,
    state: watch::Sender<SocketState>,
    /// The tasks of the calls.
    lines: TaskTracker,
    /// Everything is to end: calls are hung up.
    closing: CancellationToken,
}
