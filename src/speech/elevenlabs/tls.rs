//! TLS for HTTP and WebSocket alike: rustls by ring, with Mozilla's roots built in.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use super::fault::plain_hint;
use crate::speech::{SpeechError, SpeechErrorClass};

/// The one configuration that every connection of the service uses. Makes ring the provider of
/// the process as well; a second call, or a provider chosen before, changes nothing.
pub(super) fn client_config() -> Result<Arc<ClientConfig>, SpeechError> {
    if ring::default_provider().install_default().is_err() {
        tracing::trace!("a TLS provider is installed already");
    }
    let roots = webpki_roots::TLS_SERVER_ROOTS
        .iter()
        .cloned()
        .collect::<RootCertStore>();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| SpeechError {
            class: SpeechErrorClass::Protocol,
            message: format!("cannot set up TLS: {error}"),
            hint: plain_hint(SpeechErrorClass::Protocol),
        })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_asked_for_twice() {
        assert!(client_config().is_ok());
        assert!(client_config().is_ok());
    }
}
