//! How the service is reached: its address, the key, TLS, the proxy and one HTTP client for all.

use std::error::Error as _;
use std::sync::Arc;

use futures_util::StreamExt;
use reqwest::header::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::config::{ElevenLabsConfig, SpeechTiming};
use super::fault::{one_line, plain_hint};
use super::proxy::{Proxy, shown};
use super::tls;
use crate::speech::{SpeechError, SpeechErrorClass};

/// Everything a request or a socket needs.
pub(super) struct Link {
    pub(super) base: Url,
    pub(super) key: SecretString,
    pub(super) tls: Arc<rustls::ClientConfig>,
    pub(super) proxy: Option<Proxy>,
    pub(super) http: reqwest::Client,
    pub(super) timing: SpeechTiming,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("base", &shown(&self.base))
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}

impl Link {
    /// Checks the settings and makes the HTTP client; connects to nothing yet.
    ///
    /// # Errors
    /// `Auth` without a key, `Config` for an address or a proxy of the wrong kind.
    pub(super) fn new(
        config: &ElevenLabsConfig,
        timing: SpeechTiming,
    ) -> Result<Self, SpeechError> {
        let base = &config.base_url;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(SpeechError {
                class: SpeechErrorClass::Config,
                message: format!("elevenlabs.base_url is wrong: {}", shown(base)),
                hint: "write it as https://api.elevenlabs.io".to_owned(),
            });
        }
        let key = config.api_key.expose_secret().trim();
        if key.is_empty() {
            return Err(SpeechError {
                class: SpeechErrorClass::Auth,
                message: "there is no ElevenLabs API key".to_owned(),
                hint: plain_hint(SpeechErrorClass::Auth),
            });
        }
        let tls = tls::client_config()?;
        let proxy = config.proxy.as_ref().map(Proxy::new).transpose()?;
        Ok(Self {
            base: base.clone(),
            http: http_client(key, proxy.as_ref(), &tls, &timing)?,
            key: SecretString::from(key),
            tls,
            proxy,
            timing,
        })
    }

    /// The address of an HTTP endpoint; each step is encoded.
    pub(super) fn url(&self, steps: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(steps);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// The address of a WebSocket endpoint.
    pub(super) fn socket_url(&self, steps: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.url(steps, query);
        let scheme = if url.scheme() == "http" { "ws" } else { "wss" };
        if url.set_scheme(scheme).is_err() {
            tracing::warn!("the base URL cannot become a WebSocket's");
        }
        url
    }

    /// The network failed on the way to the service.
    pub(super) fn unreachable(&self, doing: &str, cause: &str) -> SpeechError {
        let place = shown(&self.base);
        let cause = one_line(cause);
        let (way, hint) = match &self.proxy {
            Some(proxy) => (
                format!(" through {}", proxy.name()),
                "check the network and that the proxy of elevenlabs.proxy works".to_owned(),
            ),
            None => (String::new(), plain_hint(SpeechErrorClass::Unreachable)),
        };
        self.scrubbed(SpeechError {
            class: SpeechErrorClass::Unreachable,
            message: format!("{doing}: cannot reach {place}{way}: {cause}"),
            hint,
        })
    }

    /// The same for a failed request; tells a proxy's refusal from the network's.
    pub(super) fn request_failed(&self, doing: &str, error: &reqwest::Error) -> SpeechError {
        let mut cause = String::new();
        let mut source = error.source();
        while let Some(inner) = source {
            cause = inner.to_string();
            let refused = ["proxy authorization required", "credentials not accepted"];
            if let Some(proxy) = &self.proxy
                && refused.iter().any(|words| cause.contains(words))
            {
                return proxy.refused();
            }
            source = inner.source();
        }
        if error.is_timeout() {
            "no answer in time".clone_into(&mut cause);
        }
        match &self.proxy {
            Some(proxy) if error.is_connect() => self.scrubbed(proxy.broken(&one_line(&cause))),
            _ => self.unreachable(doing, &cause),
        }
    }

    /// The body of an error, up to `most` bytes; what cannot be read is left out.
    pub(super) async fn error_body(&self, response: reqwest::Response, most: usize) -> Vec<u8> {
        let mut body = Vec::new();
        let mut chunks = response.bytes_stream();
        while let Some(Ok(chunk)) = chunks.next().await {
            body.extend_from_slice(&chunk);
            if body.len() >= most {
                break;
            }
        }
        body
    }

    /// Takes the key out of a message, should the service have echoed it.
    pub(super) fn scrubbed(&self, mut error: SpeechError) -> SpeechError {
        error.message = error.message.replace(self.key.expose_secret(), "[key]");
        error
    }
}

/// The key cannot stand in a header.
pub(super) fn unusable_key() -> SpeechError {
    SpeechError {
        class: SpeechErrorClass::Auth,
        message: "the ElevenLabs API key holds characters that no key has".to_owned(),
        hint: plain_hint(SpeechErrorClass::Auth),
    }
}

fn http_client(
    key: &str,
    proxy: Option<&Proxy>,
    tls: &Arc<rustls::ClientConfig>,
    timing: &SpeechTiming,
) -> Result<reqwest::Client, SpeechError> {
    let mut value = HeaderValue::from_str(key).map_err(|_| unusable_key())?;
    value.set_sensitive(true);
    let mut headers = HeaderMap::new();
    headers.insert("xi-api-key", value);
    // No proxy of the environment: settings read it, and `no_proxy` keeps reqwest from doing so.
    // No redirects: they would carry the key to another host.
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(rustls::ClientConfig::clone(tls))
        .default_headers(headers)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(timing.connect)
        .read_timeout(timing.connect * 2)
        .tcp_nodelay(true)
        .user_agent(concat!("novodial/", env!("CARGO_PKG_VERSION")));
    if let Some(proxy) = proxy {
        builder = builder.proxy(proxy.for_http()?);
    }
    builder.build().map_err(|error| SpeechError {
        class: SpeechErrorClass::Config,
        message: format!("cannot set up HTTP: {}", one_line(&error.to_string())),
        hint: plain_hint(SpeechErrorClass::Config),
    })
}
