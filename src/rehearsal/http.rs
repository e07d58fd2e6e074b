//! HTTP and WebSocket on one loopback port: what the doubles of network services stand on.
//!
//! A service is one handler from request to answer. A request that asks for a WebSocket is taken
//! over by [`accept_websocket`]; the answer goes out first, then the socket is handed over as a
//! plain TCP stream, so that a double can also reset it in the middle of a word.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::stream::unfold;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderMap, HeaderValue, UPGRADE};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::Receiver;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use hyper::{Method, StatusCode};

/// A request as it came.
pub type Request = hyper::Request<Incoming>;
/// An answer, whole or streamed.
pub type Response = hyper::Response<BoxBody<Bytes, Hangup>>;
/// The server's end of an accepted WebSocket.
pub type ServerSocket = WebSocketStream<TcpStream>;

/// The connection is dropped without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("connection dropped on purpose")]
pub struct Hangup;

/// A running server; dropping it stops it too, but without waiting.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Server {
    /// Listens on `bind` and answers every request by `handler`.
    ///
    /// # Errors
    /// If the address cannot be bound.
    pub async fn start<H, F>(bind: SocketAddr, handler: H) -> std::io::Result<Self>
    where
        H: Fn(Request) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Response, Hangup>> + Send + 'static,
    {
        let listener = TcpListener::bind(bind).await?;
        let server = Self {
            addr: listener.local_addr()?,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let accepting = accept(
            listener,
            Arc::new(handler),
            server.stop.clone(),
            server.tasks.clone(),
        );
        server.tasks.spawn(accepting);
        Ok(server)
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Cancelled when the server stops; what a handler has spawned should end then.
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Stops listening, ends every connection and waits until all are gone.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept<H, F>(
    listener: TcpListener,
    handler: Arc<H>,
    stop: CancellationToken,
    tasks: TaskTracker,
) where
    H: Fn(Request) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Response, Hangup>> + Send + 'static,
{
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = serve(stream, Arc::clone(&handler), stop.clone());
                tasks.spawn(connection);
            }
            Err(error) => tracing::warn!(%error, "a connection was not accepted"),
        }
    }
}

async fn serve<H, F>(stream: TcpStream, handler: Arc<H>, stop: CancellationToken)
where
    H: Fn(Request) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Response, Hangup>> + Send + 'static,
{
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let service = service_fn(move |request| handler(request));
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::select! {
        () = stop.cancelled() => {}
        served = connection => if let Err(error) = served {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// The pairs of the query, decoded, in order.
pub fn query(request: &Request) -> Vec<(String, String)> {
    let query = request.uri().query().unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// A header as text; `None` if absent or not text.
pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The user and password of an `Authorization: Basic` (or `Proxy-Authorization`) value.
pub fn basic_credentials(value: &str) -> Option<(String, String)> {
    let encoded = value.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// Reads a request's body to its end.
///
/// # Errors
/// [`Hangup`] if the client went away before.
pub async fn read_body(request: Request) -> Result<Bytes, Hangup> {
    let body = request.into_body().collect().await;
    body.map(http_body_util::Collected::to_bytes)
        .map_err(|_| Hangup)
}

/// An answer with a body of bytes.
pub fn respond(status: StatusCode, content_type: &str, body: impl Into<Bytes>) -> Response {
    let body = Full::new(body.into()).map_err(|never| match never {});
    with_body(status, content_type, body.boxed())
}

/// An answer with a JSON body.
pub fn respond_json(status: StatusCode, body: &serde_json::Value) -> Response {
    respond(status, "application/json", body.to_string())
}

/// An answer whose body comes in chunks, as the channel yields them; it ends with the channel, or
/// breaks off at a [`Hangup`].
pub fn respond_stream(content_type: &str, chunks: Receiver<Result<Bytes, Hangup>>) -> Response {
    let frames = unfold(chunks, |mut chunks| async move {
        let chunk = chunks.recv().await?;
        Some((chunk.map(Frame::data), chunks))
    });
    with_body(
        StatusCode::OK,
        content_type,
        BodyExt::boxed(StreamBody::new(frames)),
    )
}

fn with_body(status: StatusCode, content_type: &str, body: BoxBody<Bytes, Hangup>) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    set_header(&mut response, CONTENT_TYPE.as_str(), content_type);
    response
}

/// Sets a header; a value that is no header text is left out and logged.
pub fn set_header(response: &mut Response, name: &'static str, value: &str) {
    match HeaderValue::from_str(value) {
        Ok(value) => {
            response.headers_mut().insert(name, value);
        }
        Err(error) => tracing::warn!(name, %error, "a header was left out"),
    }
}

/// Whether a request asks for a WebSocket.
pub fn wants_websocket(request: &Request) -> bool {
    let asks = header(request.headers(), "upgrade")
        .is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"));
    asks && request.headers().contains_key("sec-websocket-key")
}

/// Accepts a WebSocket: the answer to send, and the socket once it has been sent. `protocol` is
/// the subprotocol to confirm, if any. `None` if the request asked for no WebSocket.
pub fn accept_websocket(
    request: &mut Request,
    protocol: Option<&str>,
) -> Option<(
    Response,
    impl Future<Output = Option<ServerSocket>> + Send + use<>,
)> {
    if !wants_websocket(request) {
        return None;
    }
    let key = request.headers().get("sec-websocket-key")?;
    let accept = derive_accept_key(key.as_bytes());
    let mut response = respond(StatusCode::SWITCHING_PROTOCOLS, "text/plain", "");
    let headers = response.headers_mut();
    headers.remove(CONTENT_TYPE);
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    set_header(&mut response, "sec-websocket-accept", &accept);
    if let Some(protocol) = protocol {
        set_header(&mut response, "sec-websocket-protocol", protocol);
    }
    Some((response, take_over(hyper::upgrade::on(request))))
}

async fn take_over(upgrade: hyper::upgrade::OnUpgrade) -> Option<ServerSocket> {
    let upgraded = match upgrade.await {
        Ok(upgraded) => upgraded,
        Err(error) => {
            tracing::debug!(%error, "the client left during the handshake");
            return None;
        }
    };
    let parts = upgraded.downcast::<TokioIo<TcpStream>>().ok()?;
    let socket = WebSocketStream::from_partially_read(
        parts.io.into_inner(),
        parts.read_buf.to_vec(),
        Role::Server,
        Some(WebSocketConfig::default()),
    );
    Some(socket.await)
}

/// Ends a socket with a TCP reset, as a broken network does.
pub fn reset(socket: ServerSocket) {
    if let Err(error) = socket.get_ref().set_zero_linger() {
        tracing::debug!(%error, "closed without a reset");
    }
    drop(socket);
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{SinkExt as _, StreamExt as _};
    use tokio_tungstenite::tungstenite::Message;

    async fn echo(mut request: Request) -> Result<Response, Hangup> {
        if let Some((response, socket)) = accept_websocket(&mut request, None) {
            tokio::spawn(async move {
                let mut socket = socket.await.unwrap();
                let said = socket.next().await.unwrap().unwrap();
                if said.to_text().unwrap() == "reset" {
                    reset(socket);
                } else {
                    socket.send(said).await.unwrap();
                }
            });
            return Ok(response);
        }
        if request.uri().path() == "/gone" {
            return Err(Hangup);
        }
        let said = query(&request);
        Ok(respond_json(StatusCode::OK, &serde_json::json!(said)))
    }

    async fn server() -> Server {
        Server::start(([127, 0, 0, 1], 0).into(), echo)
            .await
            .unwrap()
    }

    fn client() -> reqwest::Client {
        // Installed already if another test was faster.
        drop(rustls::crypto::ring::default_provider().install_default());
        reqwest::Client::builder().no_proxy().build().unwrap()
    }

    #[tokio::test]
    async fn requests_and_websockets_share_a_port() {
        let server = server().await;
        let url = format!("http://{}/?a=1&a=%D0%B4%D0%B0", server.addr());
        let text = client()
            .get(url)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        assert_eq!(text, r#"[["a","1"],["a","да"]]"#);
        let url = format!("ws://{}/", server.addr());
        let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        socket.send(Message::text("hello")).await.unwrap();
        assert_eq!(
            socket.next().await.unwrap().unwrap(),
            Message::text("hello")
        );
        server.stop().await;
    }

    #[tokio::test]
    async fn a_reset_and_a_hangup_are_errors_to_the_client() {
        let server = server().await;
        let url = format!("ws://{}/", server.addr());
        let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        socket.send(Message::text("reset")).await.unwrap();
        assert!(socket.next().await.unwrap().is_err());
        let gone = client().get(format!("http://{}/gone", server.addr()));
        assert!(gone.send().await.is_err());
    }

    #[test]
    fn basic_credentials_are_read() {
        let pair = basic_credentials("Basic dXNlcjpwYTpzcw==").unwrap();
        assert_eq!(pair, ("user".to_owned(), "pa:ss".to_owned()));
        assert_eq!(basic_credentials("Bearer x"), None);
    }
}
