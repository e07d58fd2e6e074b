//! The event WebSocket: opened once, kept for ever.
//!
//! One task reads it and hands each event on without waiting: Asterisk closes a socket that is not
//! read. When it breaks, calls go on in Asterisk but their events are lost, so after the
//! reconnect every known channel is looked for, and what has vanished is told to its call.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use futures_util::{SinkExt, StreamExt};
use secrecy::ExposeSecret;
use tokio::net::TcpStream;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header::AUTHORIZATION};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use tokio_util::sync::CancellationToken;

use super::event::{self, Event, Incoming};
use super::http::{Request, chain};
use super::model::ChannelSnapshot;
use super::{AriConfig, AriError, Shared};

pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const OPEN_LIMIT: Duration = Duration::from_secs(5);
const PING_EVERY: Duration = Duration::from_secs(10);
/// Nothing heard, not even a pong, for this long: the socket is dead.
const SILENCE_LIMIT: Duration = Duration::from_secs(25);
const BACK_OFF: [u64; 6] = [100, 250, 500, 1_000, 2_000, 5_000];

/// How the event socket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketState {
    /// Events come.
    Connected,
    /// It broke and is being mended; calls go on, their events are lost. Dial nothing.
    Lost,
    /// Another process took the application, or it was closed: no event will come any more.
    Replaced,
}

/// Opens a WebSocket to a path of Asterisk, with our credentials.
pub(super) async fn open(config: &AriConfig) -> Result<Socket, AriError> {
    let mut url = config.join_ws(&["ari", "events"])?;
    url.query_pairs_mut()
        .append_pair("app", &config.app)
        .append_pair("subscribeAll", "false");
    let mut request = url
        .as_str()
        .into_client_request()
        .map_err(|error| failed(config, error))?;
    let login = format!("{}:{}", config.username, config.password.expose_secret());
    let login = format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(login)
    );
    let mut login = HeaderValue::from_str(&login).map_err(|error| AriError::Url {
        url: config.shown_url(),
        cause: error.to_string(),
    })?;
    login.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, login);
    let opened = timeout(OPEN_LIMIT, connect_async_with_config(request, None, true)).await;
    match opened {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(error)) => Err(failed(config, error)),
        Err(_) => Err(AriError::NotSent {
            url: config.shown_url(),
            cause: "no answer to the WebSocket handshake".to_owned(),
        }),
    }
}

/// The error of a handshake. An event socket that did not open had no effect.
pub(super) fn failed(config: &AriConfig, error: WsError) -> AriError {
    let url = config.shown_url();
    let WsError::Http(response) = error else {
        return AriError::NotSent {
            url,
            cause: chain_ws(&error),
        };
    };
    let what = "the WebSocket".to_owned();
    match response.status().as_u16() {
        401 => AriError::Unauthorized {
            url,
            username: config.username.clone(),
        },
        403 => AriError::Forbidden {
            what,
            message: "access denied".to_owned(),
        },
        404 => AriError::NotFound {
            what,
            message: "no WebSocket at this path".to_owned(),
        },
        409 => AriError::Conflict {
            what,
            message: "it is connected already".to_owned(),
        },
        503 => AriError::AsteriskBooting { url },
        status => AriError::Unexpected {
            what,
            status,
            message: "refused".to_owned(),
        },
    }
}

fn chain_ws(error: &WsError) -> String {
    match error {
        WsError::Io(error) => error.to_string(),
        other => chain(other),
    }
}

/// Reads until stopped; reconnects for ever.
pub(super) async fn run(mut socket: Socket, shared: Arc<Shared>, stop: CancellationToken) {
    loop {
        match read(&mut socket, &shared, &stop).await {
            End::Stopped => {
                close(&mut socket).await;
                shared.state.send_replace(SocketState::Replaced);
                return;
            }
            End::Replaced => {
                tracing::error!("another process took our application: no more events");
                shared.state.send_replace(SocketState::Replaced);
                close(&mut socket).await;
                return;
            }
            End::Broken(cause) => tracing::warn!(cause, "the event socket broke"),
        }
        shared.state.send_replace(SocketState::Lost);
        match reopen(&shared, &stop).await {
            Some(opened) => socket = opened,
            None => return,
        }
        tokio::spawn(reconcile(Arc::clone(&shared), stop.clone()));
    }
}

enum End {
    Stopped,
    Replaced,
    Broken(String),
}

async fn read(socket: &mut Socket, shared: &Shared, stop: &CancellationToken) -> End {
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    loop {
        tokio::select! {
            () = stop.cancelled() => return End::Stopped,
            message = socket.next() => {
                heard = Instant::now();
                match message {
                    Some(Ok(Message::Text(text))) => match event::parse(&text) {
                        Incoming::Routed(key, event) => shared.registry.deliver(&key, event),
                        Incoming::Replaced => return End::Replaced,
                        Incoming::Noise => {}
                    },
                    Some(Ok(Message::Close(_))) | None => {
                        return End::Broken("Asterisk closed it".to_owned());
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return End::Broken(chain_ws(&error)),
                }
            }
            _ = ping.tick() => {
                if heard.elapsed() > SILENCE_LIMIT {
                    return End::Broken("nothing was heard on it".to_owned());
                }
                let sent = timeout(LIMIT, socket.send(Message::Ping(Vec::new().into()))).await;
                if !matches!(sent, Ok(Ok(()))) {
                    return End::Broken("it takes no more".to_owned());
                }
            }
        }
    }
}

const LIMIT: Duration = Duration::from_secs(2);

async fn close(socket: &mut Socket) {
    let closed = timeout(LIMIT, async {
        socket.close(None).await?;
        while let Some(message) = socket.next().await {
            message?;
        }
        Ok::<(), WsError>(())
    });
    match closed.await {
        Ok(Ok(()) | Err(WsError::ConnectionClosed)) => {}
        Ok(Err(error)) => tracing::debug!(%error, "the event socket did not close well"),
        Err(_) => tracing::debug!("Asterisk did not close the event socket in time"),
    }
}

async fn reopen(shared: &Shared, stop: &CancellationToken) -> Option<Socket> {
    let mut pauses = BACK_OFF.iter().chain(std::iter::repeat(&5_000));
    loop {
        let pause = Duration::from_millis(pauses.next().copied().unwrap_or(5_000));
        let opened = async {
            sleep(pause).await;
            open(shared.http.config()).await
        };
        let opened = tokio::select! {
            () = stop.cancelled() => {
                shared.state.send_replace(SocketState::Replaced);
                return None;
            }
            opened = opened => opened,
        };
        match opened {
            Ok(socket) => return Some(socket),
            Err(error) => tracing::warn!(%error, "the event socket cannot be opened again yet"),
        }
    }
}

/// Looks for every channel that we know of, tells the calls what it saw, then says `Connected`.
async fn reconcile(shared: Arc<Shared>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        // Before the question: what is made in between cannot be missed in the answer.
        let known = shared.registry.existing();
        match shared
            .http
            .read::<Vec<ChannelSnapshot>>(Request::get(&["channels"]))
            .await
        {
            Ok(channels) => {
                for id in known {
                    let event = channels
                        .iter()
                        .find(|channel| channel.id == id)
                        .map_or(Event::Gone, |channel| Event::State(channel.state.clone()));
                    shared.registry.deliver(&id, event);
                }
                shared.state.send_if_modified(|state| {
                    let mended = *state == SocketState::Lost;
                    if mended {
                        *state = SocketState::Connected;
                    }
                    mended
                });
                tracing::info!("the event socket is back");
                return;
            }
            Err(error) => {
                tracing::warn!(%error, "Asterisk does not tell its channels yet");
                sleep(Duration::from_millis(500)).await;
            }
        }
    }
}
