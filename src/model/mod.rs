//! A language model behind an OpenAI-compatible address, asked what a callee meant.
//!
//! It is asked only where the rules find nothing, and answers with one intent of the state or
//! with none; anything else is no answer. One attempt within the time limit: who waits on the
//! telephone waits for no retry. What goes out is the question as the scenario has it and the
//! callee's words; no name, no number, no field of the lead.
//!
//! The interface is `OpenAI`'s `POST /chat/completions` (its API reference, "Chat")
//! with a JSON schema for the answer, as vLLM, llama.cpp and others have it too.

mod wire;

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Proxy, Response, StatusCode, redirect};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::dialogue::Question;

/// An answer is read up to here.
const LONGEST_ANSWER: usize = 256 * 1024;
/// So much of the service's own words is shown.
const LONGEST_COMPLAINT: usize = 200;

/// Where the model is, and how long it is waited for.
#[derive(Debug, Clone)]
pub struct ModelConfig {
    /// The address before `/chat/completions`, as in `http://127.0.0.1:8000/v1`.
    pub url: Url,
    /// The model's name.
    pub model: String,
    /// The key, where the service wants one.
    pub api_key: Option<SecretString>,
    /// The longest wait for an answer.
    pub limit: Duration,
    /// A proxy for the model alone.
    pub proxy: Option<Url>,
}

/// The model did not answer, or not with an answer. Never holds a secret or the callee's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ModelError {
    /// One line: what happened.
    pub message: String,
    /// What the user can do now.
    pub hint: &'static str,
}

impl ModelError {
    fn new(message: impl Into<String>, hint: &'static str) -> Self {
        Self {
            message: message.into(),
            hint,
        }
    }
}

/// A model; cheap to clone.
#[derive(Debug, Clone)]
pub struct ChatModel {
    client: Client,
    config: Arc<ModelConfig>,
    endpoint: Url,
    key: Option<HeaderValue>,
}

impl ChatModel {
    /// Checks the settings; connects to nothing yet.
    ///
    /// # Errors
    /// The key is no header text, or the proxy cannot be used.
    pub fn new(config: ModelConfig) -> Result<Self, ModelError> {
        let mut endpoint = config.url.clone();
        let path = format!("{}/chat/completions", endpoint.path().trim_end_matches('/'));
        endpoint.set_path(&path);
        let key = config.api_key.as_ref().map(key_header).transpose()?;
        let mut client = Client::builder()
            .no_proxy()
            .tcp_nodelay(true)
            // A redirect would carry the key to another host.
            .redirect(redirect::Policy::none())
            .timeout(config.limit)
            .tls_backend_preconfigured(tls()?);
        if let Some(url) = &config.proxy {
            let proxy = Proxy::all(resolving(url)).map_err(|_| wrong_proxy())?;
            client = client.proxy(proxy);
        }
        Ok(Self {
            client: client.build().map_err(|_| wrong_proxy())?,
            endpoint,
            key,
            config: Arc::new(config),
        })
    }

    /// Asks which intent was meant; `None` where the model says that none was.
    ///
    /// # Errors
    /// No answer in time, a refusal of the service, or an answer that is none.
    pub async fn ask(&self, question: &Question) -> Result<Option<String>, ModelError> {
        let asked = tokio::time::timeout(self.config.limit, self.exchange(question));
        asked.await.unwrap_or_else(|_| Err(late()))
    }

    async fn exchange(&self, question: &Question) -> Result<Option<String>, ModelError> {
        let body = wire::request(&self.config.model, question);
        let mut request = self.client.post(self.endpoint.clone()).json(&body);
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key.clone());
        }
        let sent = request.send().await;
        let response = sent.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        let body = read(response)
            .await
            .map_err(|error| self.unreachable(&error))?;
        if status != StatusCode::OK {
            return Err(self.refused(status, &body));
        }
        wire::answer(&body, question).map_err(|cause| {
            ModelError::new(
                format!("the model's answer is none: {cause}"),
                "use a model that keeps to a JSON schema; the rules go on without it",
            )
        })
    }

    fn unreachable(&self, error: &reqwest::Error) -> ModelError {
        if error.is_timeout() {
            return late();
        }
        // Without the address: one with a login in it must not be shown.
        let mut cause: &dyn std::error::Error = error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        let host = self.endpoint.host_str().unwrap_or("?");
        ModelError::new(
            format!("the model at {host} cannot be reached: {cause}"),
            "check understanding.llm_url and that the service runs; the rules go on without it",
        )
    }

    fn refused(&self, status: StatusCode, body: &[u8]) -> ModelError {
        let hint = match status.as_u16() {
            401 | 403 => "check understanding.llm_api_key",
            404 => {
                "check understanding.llm_model, and that understanding.llm_url ends before /chat"
            }
            429 => "the account's limit is reached; the rules go on without the model",
            _ => "check understanding.llm_url and understanding.llm_model",
        };
        let complaint = wire::complaint(body, LONGEST_COMPLAINT);
        let complaint = match &self.config.api_key {
            Some(key) => complaint.replace(key.expose_secret(), "***"),
            None => complaint,
        };
        let message = format!("the model's service refuses ({status}): {complaint}");
        ModelError::new(message.trim_end_matches(": ").to_owned(), hint)
    }
}

fn late() -> ModelError {
    ModelError::new(
        "the model did not answer in time",
        "a nearer or smaller model is faster; understanding.llm_time_limit is how long it is waited for",
    )
}

fn wrong_proxy() -> ModelError {
    ModelError::new(
        "understanding.llm_proxy cannot be used",
        "write it as http://host:port, https://host:port or socks5://host:port",
    )
}

/// SOCKS5 with the name resolved by the proxy: a network that blocks a service may lie about it.
fn resolving(proxy: &Url) -> String {
    let text = proxy.as_str();
    text.strip_prefix("socks5://")
        .map_or_else(|| text.to_owned(), |rest| format!("socks5h://{rest}"))
}

fn key_header(key: &SecretString) -> Result<HeaderValue, ModelError> {
    let bearer = format!("Bearer {}", key.expose_secret());
    let mut value = HeaderValue::from_str(&bearer).map_err(|_| {
        ModelError::new(
            "the key of the model holds signs that no key has",
            "check understanding.llm_api_key or its file",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// rustls by ring, with Mozilla's roots built in.
fn tls() -> Result<ClientConfig, ModelError> {
    let roots = webpki_roots::TLS_SERVER_ROOTS
        .iter()
        .cloned()
        .collect::<RootCertStore>();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| ModelError::new(format!("cannot set up TLS: {error}"), "report this"))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// The body, as far as it is read.
async fn read(mut response: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() >= LONGEST_ANSWER {
            break;
        }
    }
    Ok(body)
}

#[cfg(test)]
mod tests;
