//! Requests to Asterisk over a small pool of HTTP connections.
//!
//! Asterisk's listen backlog is 10 and idle connections die after 15 s, so the pool is small and
//! forgets connections before that. Every request has a time limit, and its error says whether
//! it can have had an effect. No proxy is ever asked: Asterisk is at home.

use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::{AriConfig, AriError};

/// Requests at once, and with them connections.
const POOL: usize = 8;
/// Of those, requests that make channels: they may take seconds, and a hang-up waits for none.
const CREATES: usize = POOL - 2;
/// Below the 15 s of `session_keep_alive` in http.conf.
const IDLE: Duration = Duration::from_secs(10);
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// How long an ordinary request may take.
const LIMIT: Duration = Duration::from_secs(5);
/// The same for those that make channels: the channel driver works inside them.
const CREATE_LIMIT: Duration = Duration::from_secs(10);
/// Longer answers than this are not quoted in an error.
const QUOTE: usize = 200;

/// One request.
#[derive(Debug)]
pub(super) struct Request<'a> {
    method: Method,
    path: Vec<&'a str>,
    query: Vec<(&'a str, String)>,
    body: Option<Value>,
    limit: Duration,
    makes_channel: bool,
}

impl<'a> Request<'a> {
    fn new(method: Method, path: &[&'a str]) -> Self {
        Self {
            method,
            path: path.to_vec(),
            query: Vec::new(),
            body: None,
            limit: LIMIT,
            makes_channel: false,
        }
    }

    pub(super) fn get(path: &[&'a str]) -> Self {
        Self::new(Method::GET, path)
    }

    pub(super) fn post(path: &[&'a str]) -> Self {
        Self::new(Method::POST, path)
    }

    pub(super) fn delete(path: &[&'a str]) -> Self {
        Self::new(Method::DELETE, path)
    }

    pub(super) fn query(mut self, key: &'a str, value: impl Into<String>) -> Self {
        self.query.push((key, value.into()));
        self
    }

    pub(super) fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// It makes a channel: it may take longer, and leaves room for others.
    pub(super) fn makes_channel(mut self) -> Self {
        self.limit = CREATE_LIMIT;
        self.makes_channel = true;
        self
    }

    /// The request in words, for errors: never its body, which may hold numbers.
    fn what(&self) -> String {
        format!("{} /ari/{}", self.method, self.path.join("/"))
    }
}

/// The pool.
#[derive(Debug)]
pub(super) struct Http {
    client: reqwest::Client,
    config: AriConfig,
    slots: Semaphore,
    creates: Semaphore,
}

impl Http {
    pub(super) fn new(config: AriConfig) -> Result<Self, AriError> {
        install_tls();
        let builder = reqwest::Client::builder()
            .no_proxy()
            // Asterisk sends nobody elsewhere; what does so is no Asterisk.
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true)
            .connect_timeout(CONNECT_LIMIT)
            .pool_max_idle_per_host(POOL)
            .pool_idle_timeout(IDLE);
        // Most ask an Asterisk next to them without TLS; the system's certificates, hundreds of
        // files, are then not read.
        let builder = if config.url.scheme() == "http" {
            builder.tls_certs_only([])
        } else {
            builder
        };
        let client = builder.build().map_err(|error| AriError::NotSent {
            url: config.shown_url(),
            cause: chain(&error),
        })?;
        Ok(Self {
            client,
            config,
            slots: Semaphore::new(POOL),
            creates: Semaphore::new(CREATES),
        })
    }

    pub(super) fn config(&self) -> &AriConfig {
        &self.config
    }

    /// The application that is meant from now on.
    pub(super) fn set_app(&mut self, app: &str) {
        app.clone_into(&mut self.config.app);
    }

    /// Sends a request and reads its JSON answer.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        request: Request<'_>,
    ) -> Result<T, AriError> {
        let what = request.what();
        let text = self.text(request).await?;
        serde_json::from_str(&text).map_err(|error| AriError::Unexpected {
            what,
            status: 200,
            message: format!("not the expected answer: {error}"),
        })
    }

    /// Sends a request whose answer holds nothing of interest.
    pub(super) async fn send(&self, request: Request<'_>) -> Result<(), AriError> {
        self.text(request).await.map(drop)
    }

    async fn text(&self, request: Request<'_>) -> Result<String, AriError> {
        let what = request.what();
        // The time limit begins when it is this request's turn.
        let closed = |_| self.not_sent("the pool is closed");
        let turn = if request.makes_channel {
            Some(self.creates.acquire().await.map_err(closed)?)
        } else {
            None
        };
        let slot = self.slots.acquire().await.map_err(closed)?;
        let response = self
            .dispatch(&request)
            .await
            .map_err(|error| self.sent(&what, &error))?;
        let status = response.status();
        let text = response
            .text()
            .await
            .map_err(|error| AriError::OutcomeUnknown {
                what: what.clone(),
                cause: chain(&error),
            });
        drop((slot, turn));
        if status.is_success() {
            return text;
        }
        let message = text.map_or_else(|error| error.to_string(), |text| message(&text));
        Err(self.refused(what, status, message))
    }

    async fn dispatch(&self, request: &Request<'_>) -> Result<Response, SendError> {
        let mut path = vec!["ari"];
        path.extend(&request.path);
        let url = self.config.join(&path).map_err(SendError::Url)?;
        let mut builder = self
            .client
            .request(request.method.clone(), url)
            .basic_auth(
                &self.config.username,
                Some(self.config.password.expose_secret()),
            )
            .timeout(request.limit)
            .query(&request.query);
        if let Some(body) = &request.body {
            builder = builder.json(body);
        }
        builder.send().await.map_err(SendError::Http)
    }

    fn not_sent(&self, cause: &str) -> AriError {
        AriError::NotSent {
            url: self.config.shown_url(),
            cause: cause.to_owned(),
        }
    }

    fn sent(&self, what: &str, error: &SendError) -> AriError {
        match error {
            SendError::Url(error) => error.clone(),
            SendError::Http(error) if error.is_connect() || error.is_builder() => {
                self.not_sent(&chain(error))
            }
            SendError::Http(error) => AriError::OutcomeUnknown {
                what: what.to_owned(),
                cause: chain(error),
            },
        }
    }

    fn refused(&self, what: String, status: StatusCode, message: String) -> AriError {
        let url = || self.config.shown_url();
        match status.as_u16() {
            401 => AriError::Unauthorized {
                url: url(),
                username: self.config.username.clone(),
            },
            403 => AriError::Forbidden { what, message },
            404 => AriError::NotFound { what, message },
            409 | 412 => AriError::Conflict { what, message },
            503 => AriError::AsteriskBooting { url: url() },
            status => AriError::Unexpected {
                what,
                status,
                message,
            },
        }
    }
}

enum SendError {
    Url(AriError),
    Http(reqwest::Error),
}

/// Asterisk says `message`, or `error` where the allocation of a channel failed.
fn message(text: &str) -> String {
    let value: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let said = ["message", "error"]
        .iter()
        .find_map(|key| value.get(key)?.as_str());
    said.unwrap_or(text).chars().take(QUOTE).collect()
}

/// An error with its causes on one line. The URL is left out: it stands elsewhere.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut parts = Vec::new();
    let mut next = error.source();
    while let Some(error) = next {
        parts.push(error.to_string());
        next = error.source();
    }
    // The innermost says it best ("Connection refused (os error 111)").
    parts.pop().unwrap_or_else(|| error.to_string())
}

/// TLS needs a process-wide provider; another room may have installed it before.
pub(super) fn install_tls() {
    let installed = rustls::crypto::CryptoProvider::get_default().is_some()
        || rustls::crypto::ring::default_provider()
            .install_default()
            .is_ok();
    tracing::trace!(installed, "TLS provider");
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::sync::mpsc;

    use super::*;

    #[test]
    fn the_message_of_both_shapes_of_error_is_read() {
        assert_eq!(
            message(r#"{"message":"Channel not found"}"#),
            "Channel not found"
        );
        assert_eq!(
            message(r#"{"error":"Allocation failed"}"#),
            "Allocation failed"
        );
        assert_eq!(message("<html>"), "<html>");
    }

    #[tokio::test]
    async fn a_closed_port_is_not_sent_and_says_so() {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let url = format!("http://127.0.0.1:{port}").parse().unwrap();
        let http = Http::new(AriConfig::new(url, "u", "p".into(), "a")).unwrap();
        let error = http.send(Request::post(&["channels"])).await.unwrap_err();
        assert!(error.is_not_sent(), "{error:?}");
        assert!(error.to_string().contains("refused"), "{error}");
    }

    #[tokio::test]
    async fn a_connection_closed_after_the_request_leaves_the_outcome_unknown() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let http = Http::new(AriConfig::new(url, "u", "p".into(), "a")).unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            tokio::io::AsyncReadExt::read(&mut stream, &mut request)
                .await
                .unwrap()
        });
        let error = http.send(Request::post(&["channels"])).await.unwrap_err();
        assert!(server.await.unwrap() > 0);
        assert!(error.is_outcome_unknown(), "{error:?}");
    }

    /// What is said of a `dial` that was answered with this status.
    async fn dial_answered_with(status: u16) -> AriError {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 1024];
            let length = stream.read(&mut request).await.unwrap();
            assert!(request[..length].starts_with(b"POST /ari/channels/nd-1-1/dial"));
            let elsewhere = "Location: http://127.0.0.1:1/";
            let answer =
                format!("HTTP/1.1 {status} So\r\n{elsewhere}\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        let config = AriConfig::new(url.parse().unwrap(), "u", "p".into(), "a");
        let http = Http::new(config).unwrap();
        let request = Request::post(&["channels", "nd-1-1", "dial"]);
        let error = http.send(request).await.unwrap_err();
        server.await.unwrap();
        error
    }

    #[tokio::test]
    async fn a_proxy_that_has_no_answer_does_not_say_that_nobody_was_rung() {
        for status in [502, 503, 504] {
            let error = dial_answered_with(status).await;
            assert!(error.may_have_rung(), "{status}: {error:?}");
        }
        // Nor is anybody rung by way of an address that somebody else names.
        for status in [302, 307, 308, 400, 401, 403, 404, 409, 412, 422, 500] {
            let error = dial_answered_with(status).await;
            assert!(!error.may_have_rung(), "{status}: {error:?}");
            assert!(!error.is_not_sent(), "{status}: {error:?}");
        }
    }

    /// Lets requests in, tells of each, and answers only those that remove something.
    async fn slow_to_create(listener: TcpListener, seen: mpsc::Sender<bool>) {
        while let Ok((mut stream, _)) = listener.accept().await {
            let seen = seen.clone();
            tokio::spawn(async move {
                let mut request = vec![0; 1024];
                let length = stream.read(&mut request).await.unwrap();
                let removes = request[..length].starts_with(b"DELETE");
                if removes {
                    let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
                    stream.write_all(answer).await.unwrap();
                }
                seen.send(removes).await.unwrap();
                std::future::pending::<()>().await;
            });
        }
    }

    #[tokio::test]
    async fn a_hang_up_does_not_wait_for_channels_that_are_being_made() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let config = AriConfig::new(url.parse().unwrap(), "u", "p".into(), "a");
        let http = std::sync::Arc::new(Http::new(config).unwrap());
        let (sender, mut seen) = mpsc::channel(64);
        let server = tokio::spawn(slow_to_create(listener, sender));
        let mut creates = tokio::task::JoinSet::new();
        for _ in 0..3 * POOL {
            let http = std::sync::Arc::clone(&http);
            creates.spawn(async move {
                let request = Request::post(&["channels", "create"]).makes_channel();
                http.send(request).await
            });
        }
        for _ in 0..CREATES {
            assert_eq!(seen.recv().await, Some(false));
        }
        let hung_up = http.send(Request::delete(&["channels", "nd-1-1"]));
        let in_time = tokio::time::timeout(Duration::from_secs(2), hung_up).await;
        in_time.expect("no creation is answered before").unwrap();
        assert_eq!(seen.recv().await, Some(true), "no more creations meanwhile");
        creates.abort_all();
        server.abort();
    }
}
