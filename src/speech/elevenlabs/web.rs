//! HTTP to the service: hyper's pool of connections over our own [`Route`], so that requests take
//! the same tunnel as a WebSocket and fail with the same words. Follows no redirect: it would
//! carry the key to another host.

use std::error::Error as _;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::{Method, Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use tokio::time::timeout;
use tower_service::Service;
use url::Url;

use super::proxy::Stream;
use super::route::{Route, RouteError};

/// A client for one account.
#[derive(Debug, Clone)]
pub(super) struct Web {
    client: Client<Connector, Full<Bytes>>,
    key: HeaderValue,
    /// The longest silence within an answer.
    patience: Duration,
}

/// An answer, its body still to be read.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: HeaderMap,
    body: Incoming,
    patience: Duration,
}

/// Why there is no answer, or not all of it.
#[derive(Debug, Clone)]
pub(super) enum WebError {
    Route(RouteError),
    /// The connection broke.
    Broken(String),
    /// It took too long.
    Late,
}

impl Web {
    /// `key` goes into a header of each request and is marked as secret.
    pub(super) fn new(route: Route, key: HeaderValue, patience: Duration) -> Self {
        Self {
            client: Client::builder(TokioExecutor::new()).build(Connector { route }),
            key,
            patience,
        }
    }

    pub(super) async fn get(&self, url: &Url) -> Result<Answer, WebError> {
        self.send(Method::GET, url, Bytes::new()).await
    }

    pub(super) async fn post_json(&self, url: &Url, json: Vec<u8>) -> Result<Answer, WebError> {
        self.send(Method::POST, url, json.into()).await
    }

    async fn send(&self, method: Method, url: &Url, body: Bytes) -> Result<Answer, WebError> {
        let mut request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .header("xi-api-key", self.key.clone())
            .header(USER_AGENT, concat!("novodial/", env!("CARGO_PKG_VERSION")));
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request
            .body(Full::new(body))
            .map_err(|error| WebError::Broken(error.to_string()))?;
        match timeout(self.patience, self.client.request(request)).await {
            Ok(Ok(response)) => {
                let (head, body) = response.into_parts();
                Ok(Answer {
                    status: head.status.as_u16(),
                    headers: head.headers,
                    body,
                    patience: self.patience,
                })
            }
            Ok(Err(error)) => Err(failure(&error)),
            Err(_) => Err(WebError::Late),
        }
    }
}

impl Answer {
    /// A header as text; empty if absent.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The next piece of the body; `None` at its end.
    pub(super) async fn chunk(&mut self) -> Option<Result<Bytes, WebError>> {
        loop {
            return match timeout(self.patience, self.body.frame()).await {
                Ok(None) => None,
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => Some(Ok(data)),
                    Err(_trailers) => continue,
                },
                Ok(Some(Err(error))) => Some(Err(WebError::Broken(root(&error)))),
                Err(_) => Some(Err(WebError::Late)),
            };
        }
    }

    /// The body up to `most` bytes; what cannot be read is left out.
    pub(super) async fn body(mut self, most: usize) -> Vec<u8> {
        let mut body = Vec::new();
        while let Some(Ok(chunk)) = self.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() >= most {
                break;
            }
        }
        body
    }
}

/// The route's own words, if it was the route that failed.
fn failure(error: &hyper_util::client::legacy::Error) -> WebError {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(route) = inner.downcast_ref::<RouteError>() {
            return WebError::Route(route.clone());
        }
        source = inner.source();
    }
    WebError::Broken(root(error))
}

/// The innermost cause, which says the most.
fn root(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[derive(Debug, Clone)]
struct Connector {
    route: Route,
}

/// A connection of the pool.
struct Wire(TokioIo<Box<dyn Stream>>);

type Opening = Pin<Box<dyn Future<Output = Result<Wire, RouteError>> + Send>>;

impl Service<Uri> for Connector {
    type Response = Wire;
    type Error = RouteError;
    type Future = Opening;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), RouteError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Opening {
        let route = self.route.clone();
        Box::pin(async move {
            let stream = open(&route, &uri).await?;
            Ok(Wire(TokioIo::new(stream)))
        })
    }
}

async fn open(route: &Route, uri: &Uri) -> Result<Box<dyn Stream>, RouteError> {
    let secure = uri.scheme_str() == Some("https");
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let stream = route.open(host, port).await?;
    if !secure {
        return Ok(stream);
    }
    let network = |cause: String| RouteError::Network(cause);
    let name = ServerName::try_from(host.to_owned()).map_err(|e| network(e.to_string()))?;
    let tls = tokio_rustls::TlsConnector::from(std::sync::Arc::clone(&route.tls));
    match timeout(route.limit, tls.connect(name, stream)).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(network(format!("TLS: {error}"))),
        Err(_) => Err(network("no answer to TLS".to_owned())),
    }
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl Write for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
