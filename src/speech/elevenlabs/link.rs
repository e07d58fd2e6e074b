//! How the service is reached: its address, the key, the route and one HTTP client for all.

use hyper::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::config::{ElevenLabsConfig, SpeechTiming};
use super::fault::{one_line, plain_hint};
use super::proxy::{Proxy, shown};
use super::route::{Route, RouteError};
use super::tls;
use super::web::{Web, WebError};
use crate::speech::{SpeechError, SpeechErrorClass};

/// Everything a request or a socket needs.
pub(super) struct Link {
    pub(super) base: Url,
    /// The key, to be taken out of messages.
    key: SecretString,
    /// The key as a header, marked as secret.
    pub(super) header: HeaderValue,
    pub(super) route: Route,
    pub(super) web: Web,
    pub(super) timing: SpeechTiming,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link")
            .field("base", &shown(&self.base))
            .field("proxy", &self.route.proxy)
            .finish_non_exhaustive()
    }
}

impl Link {
    /// Checks the settings and makes the client; connects to nothing yet.
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
        let mut header = HeaderValue::from_str(key).map_err(|_| unusable_key())?;
        header.set_sensitive(true);
        let route = Route {
            proxy: config.proxy.as_ref().map(Proxy::new).transpose()?,
            tls: tls::client_config()?,
            limit: timing.connect,
        };
        Ok(Self {
            base: base.clone(),
            key: SecretString::from(key),
            web: Web::new(route.clone(), header.clone(), timing.connect * 2),
            header,
            route,
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
        let (way, hint) = match &self.route.proxy {
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

    /// There is no way to the service.
    pub(super) fn no_route(&self, doing: &str, error: RouteError) -> SpeechError {
        match error {
            RouteError::Proxy(error) => error,
            RouteError::Network(cause) => self.unreachable(doing, &cause),
        }
    }

    /// A request failed before its answer was complete.
    pub(super) fn request_failed(&self, doing: &str, error: WebError) -> SpeechError {
        match error {
            WebError::Route(error) => self.no_route(doing, error),
            WebError::Broken(cause) => self.unreachable(doing, &cause),
            WebError::Late => self.unreachable(doing, "no answer in time"),
        }
    }

    /// Takes the key out of a message, should the service have echoed it.
    pub(super) fn scrubbed(&self, mut error: SpeechError) -> SpeechError {
        error.message = error.message.replace(self.key.expose_secret(), "[key]");
        error
    }
}

/// The key cannot stand in a header.
fn unusable_key() -> SpeechError {
    SpeechError {
        class: SpeechErrorClass::Auth,
        message: "the ElevenLabs API key holds characters that no key has".to_owned(),
        hint: plain_hint(SpeechErrorClass::Auth),
    }
}
