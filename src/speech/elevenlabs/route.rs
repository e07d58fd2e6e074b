//! The way to a host, direct or through the proxy: one for HTTP and WebSocket alike.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::proxy::{Proxy, Stream, low_latency};
use crate::speech::SpeechError;

/// How connections leave this machine.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub(super) proxy: Option<Proxy>,
    pub(super) tls: Arc<rustls::ClientConfig>,
    /// A connection that takes longer is given up.
    pub(super) limit: Duration,
}

/// Why there is no connection.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum RouteError {
    /// The proxy's fault, said in full.
    #[error("{0}")]
    Proxy(SpeechError),
    /// The network's, or the host's.
    #[error("{0}")]
    Network(String),
}

impl Route {
    /// Opens a byte stream to a port of a host.
    pub(super) async fn open(&self, host: &str, port: u16) -> Result<Box<dyn Stream>, RouteError> {
        let host = host.trim_matches(['[', ']']);
        match (
            &self.proxy,
            timeout(self.limit, self.dial(host, port)).await,
        ) {
            (_, Ok(made)) => made,
            (Some(proxy), Err(_)) => Err(RouteError::Proxy(proxy.broken("it does not answer"))),
            (None, Err(_)) => Err(RouteError::Network("no answer".to_owned())),
        }
    }

    async fn dial(&self, host: &str, port: u16) -> Result<Box<dyn Stream>, RouteError> {
        if let Some(proxy) = &self.proxy {
            let tunnel = proxy.tunnel(host, port, &self.tls).await;
            return tunnel.map_err(RouteError::Proxy);
        }
        let stream = TcpStream::connect((host, port))
            .await
            .map_err(|error| RouteError::Network(error.to_string()))?;
        low_latency(&stream);
        Ok(Box::new(stream))
    }
}
