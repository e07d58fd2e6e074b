//! ElevenLabs: realtime recognition and synthesis over one account, one address, one proxy.
//!
//! `fault` tells the service's errors apart, `link` reaches it, `stt` hears and `tts` speaks;
//! `account` looks before a campaign whether it will. The protocol is ElevenLabs' own, written
//! down with its measured oddities in the comments where they matter.

mod account;
mod config;
mod fault;
mod link;
mod probe;
mod proxy;
mod retry;
mod route;
mod socket;
mod stt;
mod tls;
mod tts;
mod voices;
mod web;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::mpsc;

use super::{Recognizer, RecognizerSession, SpeechError, Spoken, Synthesizer};
pub use account::AccountReport;
pub use config::{ElevenLabsConfig, SpeechTiming};
use link::Link;
pub use probe::{RoundTrips, SpeechPlan, way_line};
use tts::{Http, Prompts, Streams};
pub use voices::Voice;

/// The service tells how many syntheses an account may have at once and not how many recognitions;
/// of the plans known, three times as many.
const HEARD_PER_SPOKEN: u32 = 3;

/// The service as a recogniser and a synthesiser; cheap to clone.
#[derive(Debug, Clone)]
pub struct ElevenLabs {
    link: Arc<Link>,
    config: Arc<ElevenLabsConfig>,
    http: Http,
    prompts: Prompts,
    streams: Streams,
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
        let link = Arc::new(Link::new(&config, timing)?);
        let http = Http::new(Arc::clone(&link), tts::Voice::new(&config));
        Ok(Self {
            prompts: Prompts::new(http.clone(), &config.prompt_cache),
            streams: Streams::new(Arc::clone(&link), http.clone()),
            http,
            link,
            config: Arc::new(config),
        })
    }

    /// Looks at the account before a campaign: credits and voice, as far as the key may read.
    ///
    /// # Errors
    /// A bad key, no credits left, a voice that does not exist, or no way to the service.
    pub async fn account(&self) -> Result<AccountReport, SpeechError> {
        account::look(&self.link, &self.http, &self.config.voice_id).await
    }

    /// The voices of the account whose name or label contains `search`; all of them for nothing.
    ///
    /// # Errors
    /// A bad key, or one that may not read voices, or no way to the service.
    pub async fn voices(&self, search: &str) -> Result<Vec<Voice>, SpeechError> {
        voices::voices(&self.link, search).await
    }

    /// Credits of a character of the model that speaks; `None` where the service does not tell.
    ///
    /// # Errors
    /// A bad key, or no way to the service.
    pub async fn credits_a_character(&self) -> Result<Option<f64>, SpeechError> {
        let models = voices::models(&self.link).await?;
        let own = models
            .iter()
            .find(|model| model.id == self.config.tts_model);
        Ok(own.and_then(voices::Model::credits))
    }

    /// Whether a prompt lies in the cache, whole.
    pub async fn is_cached(&self, text: &str) -> bool {
        self.prompts.is_cached(text).await
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

    fn sessions(&self) -> Option<u32> {
        self.http
            .limit()
            .map(|limit| limit.saturating_mul(HEARD_PER_SPOKEN))
    }
}

#[async_trait]
impl Synthesizer for ElevenLabs {
    async fn spoken(&self, text: &str) -> Result<Spoken, SpeechError> {
        self.prompts.get(text).await
    }

    async fn stream(
        &self,
        text: &str,
    ) -> Result<mpsc::Receiver<Result<Bytes, SpeechError>>, SpeechError> {
        Ok(self.streams.say(text))
    }

    async fn check_account(&self) -> Result<(), SpeechError> {
        self.account().await.map(drop)
    }
}
