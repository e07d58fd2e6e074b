//! Sockets to the service (WebSocket), direct or through the proxy, with the key in a header.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Bytes};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config};
use url::Url;

use super::fault::{Fault, one_line};
use super::link::Link;
use super::proxy::Stream;
use crate::speech::SpeechError;

/// A write that takes longer means that the network is gone.
const LONGEST_WRITE: Duration = Duration::from_secs(3);
/// A polite close waits no longer for the other side's.
const LONGEST_CLOSE: Duration = Duration::from_secs(1);

/// What is read or written at once. Small: a read clears all of its buffer first.
const BUFFER: usize = 8 * 1024;

/// An open WebSocket to the service.
pub(super) struct Socket {
    inner: Box<WebSocketStream<MaybeTlsStream<Box<dyn Stream>>>>,
}

impl std::fmt::Debug for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Socket")
    }
}

/// What came in.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A text message.
    Text(String),
    /// A sign of life without content: a pong, a ping, a binary frame that no one asked for.
    Alive,
    /// The end.
    Closed(Closing),
}

/// How a socket ended.
#[derive(Debug, Default)]
pub(super) struct Closing {
    /// The close frame's code; `None`: the network's doing.
    pub(super) code: Option<u16>,
    /// The frame's reason (maybe empty), or the network's error.
    pub(super) reason: String,
}

/// The close code of whoever is refused by the rules of the service (RFC 6455, 7.4.1).
const POLICY: u16 = 1008;

impl Closing {
    /// What it means, where the service gives a reason; `None`: that the connection is gone.
    pub(super) fn fault(&self) -> Option<Fault> {
        Fault::of_close(&self.reason, self.code == Some(POLICY))
    }
}

impl Socket {
    /// Opens a socket at `url` (`ws` or `wss`); `doing` names it in an error.
    pub(super) async fn open(
        link: &Link,
        url: &Url,
        doing: &str,
        limit: Duration,
    ) -> Result<Self, SpeechError> {
        match timeout(limit, Self::dial(link, url, doing)).await {
            Ok(made) => made,
            Err(_) => Err(link.unreachable(doing, &format!("no answer in {} s", limit.as_secs()))),
        }
    }

    async fn dial(link: &Link, url: &Url, doing: &str) -> Result<Self, SpeechError> {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(443);
        let stream = link
            .route
            .open(host, port)
            .await
            .map_err(|error| link.no_route(doing, error))?;
        let mut request = url
            .as_str()
            .into_client_request()
            .map_err(|error| link.unreachable(doing, &error.to_string()))?;
        let headers = request.headers_mut();
        headers.insert("xi-api-key", link.header.clone());
        let limits = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(BUFFER);
        let tls = Connector::Rustls(Arc::clone(&link.route.tls));
        match client_async_tls_with_config(request, stream, Some(limits), Some(tls)).await {
            Ok((inner, _response)) => Ok(Self {
                inner: Box::new(inner),
            }),
            Err(error) => Err(refusal(link, doing, error)),
        }
    }

    /// Sends one text message.
    pub(super) async fn send(&mut self, text: String) -> Result<(), String> {
        self.write(Message::text(text)).await
    }

    /// Asks for a sign of life.
    pub(super) async fn ping(&mut self) -> Result<(), String> {
        self.write(Message::Ping(Bytes::new())).await
    }

    async fn write(&mut self, message: Message) -> Result<(), String> {
        match timeout(LONGEST_WRITE, self.inner.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(one_line(&error.to_string())),
            Err(_) => Err("the network takes nothing more".to_owned()),
        }
    }

    /// The next thing that comes in; may be dropped and asked again (cancel safe).
    pub(super) async fn next(&mut self) -> Incoming {
        match self.inner.next().await {
            Some(Ok(Message::Text(text))) => Incoming::Text(text.as_str().to_owned()),
            Some(Ok(Message::Close(frame))) => Incoming::Closed(closing(frame)),
            Some(Ok(
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_),
            )) => Incoming::Alive,
            Some(Err(error)) => Incoming::Closed(Closing {
                code: None,
                reason: one_line(&error.to_string()),
            }),
            None => Incoming::Closed(Closing::default()),
        }
    }

    /// Closes with 1000 and waits shortly for the other side to do the same.
    pub(super) async fn close(mut self) {
        let frame = CloseFrame {
            code: CloseCode::Normal,
            reason: "".into(),
        };
        let farewell = async {
            WebSocketStream::close(&mut self.inner, Some(frame)).await?;
            while let Some(message) = self.inner.next().await {
                message?;
            }
            Ok::<(), tungstenite::Error>(())
        };
        match timeout(LONGEST_CLOSE, farewell).await {
            Ok(Ok(()) | Err(tungstenite::Error::ConnectionClosed)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "the socket broke while closing"),
            Err(_) => tracing::debug!("the service did not close its side"),
        }
    }
}

fn closing(frame: Option<CloseFrame>) -> Closing {
    frame.map_or_else(Closing::default, |frame| Closing {
        code: Some(frame.code.into()),
        reason: one_line(frame.reason.as_str()),
    })
}

/// What a failed handshake means.
fn refusal(link: &Link, doing: &str, error: tungstenite::Error) -> SpeechError {
    if let tungstenite::Error::Http(response) = error {
        let status = response.status().as_u16();
        let body = response.into_body().unwrap_or_default();
        return link.scrubbed(Fault::from_http(status, &body).into_error(doing));
    }
    link.unreachable(doing, &error.to_string())
}
