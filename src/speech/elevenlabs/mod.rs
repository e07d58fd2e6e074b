//! ElevenLabs: realtime recognition and synthesis over one account, one address, one proxy.
//!
//! `fault` tells the service's errors apart, `link` reaches it, `stt` hears and `tts` speaks;
//! `account` looks before a campaign whether it will. The protocol is ElevenLabs' own, written
//! down with its measured oddities in the comments where they matter.

mod config;
mod fault;
mod link;
mod proxy;
mod retry;
mod socket;
mod stt;
mod tls;

use std::sync::Arc;

use async_trait::async_trait;

use super::{Recognizer, RecognizerSession, SpeechError};
pub use config::{ElevenLabsConfig, SpeechTiming};
use link::Link;

/// The service as a recogniser and a synthesiser; cheap to clone.
#[derive(Debug, Clone)]
pub struct ElevenLabs {
    link: Arc<Link>,
    config: Arc<ElevenLabsConfig>,
}

impl ElevenLabs {
    /// Checks the settings; connects to nothing yet.
    ///
    /// # Errors
    /// `Auth` without a key, `Config` for a wrong address or proxy.
    pub fn new(config: ElevenLabsConfig) -> Result<Self, SpeechError> {
        Self::with_timing(config, SpeechTiming::default())
    }

    /// The same with other time limits.
    pub fn with_timing(
        config: ElevenLabsConfig,
        timing: SpeechTiming,
    ) -> Result<Self, SpeechError> {
        Ok(Self {
            link: Arc::new(Link::new(&config, timing)?),
            config: Arc::new(config),
        })
    }
}

#[async_trait]
impl Recognizer for ElevenLabs {
    fn open(&self) -> RecognizerSession {
        stt::open(&self.link, &self.config.stt_model, &self.config.language)
    }

    async fn check(&self) -> Result<(), SpeechError> {
        stt::check(&self.link, &self.config.stt_model, &self.config.language).await
    }
}
