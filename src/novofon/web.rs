//! HTTP to the provider: one request, one answer, no redirect (it would carry the key elsewhere).

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, redirect};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use super::{NovoFonError, NovoFonErrorClass};

/// What a text of the provider is cut to, in characters.
const LONGEST_TEXT: usize = 300;
/// Pages of ten thousand rows are some megabytes; anything above is no answer.
const LONGEST_BODY: usize = 64 << 20;

/// A client for both APIs.
#[derive(Debug, Clone)]
pub(super) struct Web {
    pub(super) client: reqwest::Client,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Web {
    /// A client whose answers may take so long.
    pub(super) fn new(answer_limit: Duration) -> Result<Self, NovoFonError> {
        let failed = |cause: String| {
            NovoFonError::new(
                NovoFonErrorClass::Protocol,
                format!("NovoFon: cannot set up TLS: {cause}"),
                "report it with the output of -vv",
            )
        };
        let roots = webpki_roots::TLS_SERVER_ROOTS
            .iter()
            .cloned()
            .collect::<RootCertStore>();
        let tls = ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .user_agent(concat!("novodial/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(10))
            .timeout(answer_limit)
            .build()
            .map_err(|error| failed(chain(&error)))?;
        Ok(Self { client })
    }

    /// Sends a request; `what` names it in errors.
    pub(super) async fn send(
        &self,
        what: &str,
        request: RequestBuilder,
    ) -> Result<Answer, NovoFonError> {
        let failed = |error: reqwest::Error| unreachable(what, &error);
        let mut response = request.send().await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST_BODY {
                return Err(NovoFonError::protocol(what, "it does not end"));
            }
        }
        Ok(Answer {
            status,
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }
}

fn unreachable(what: &str, error: &reqwest::Error) -> NovoFonError {
    let host = error
        .url()
        .and_then(|url| url.host_str())
        .unwrap_or("NovoFon");
    let cause = if error.is_timeout() {
        "no answer in time".to_owned()
    } else {
        chain(error)
    };
    NovoFonError::new(
        NovoFonErrorClass::Unreachable,
        format!("NovoFon ({what}): {host} cannot be reached: {cause}"),
        "check the network and [novofon] base_url and data_url; if both are right, try again later",
    )
}

/// The innermost cause of an error, which says the most. The address is left out.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Cuts a text to one readable line without control characters.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let line: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let line = line.join(" ");
    if line.chars().count() <= LONGEST_TEXT {
        return line;
    }
    let mut cut: String = line.chars().take(LONGEST_TEXT - 1).collect();
    cut.push('…');
    cut
}
