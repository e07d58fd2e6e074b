//! What the speech service needs to know, and the time limits kept with it.
//!
//! The settings room fills [`ElevenLabsConfig`]; nothing here reads a file or the environment.
//! The key and the proxy's password never show in `Debug`.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::audio::G711;

use super::proxy::shown;

/// How to reach the service and what to ask of it.
#[derive(Clone)]
pub struct ElevenLabsConfig {
    /// `https://api.elevenlabs.io`, a residency host, or a double on loopback.
    pub base_url: Url,
    /// The account's key; travels in the header `xi-api-key` and nowhere else.
    pub api_key: SecretString,
    /// The voice that speaks.
    pub voice_id: String,
    /// Model of the synthesis, such as `eleven_flash_v2_5`.
    pub tts_model: String,
    /// Model of the recognition, such as `scribe_v2_realtime`.
    pub stt_model: String,
    /// ISO 639-1 code of what is spoken both ways.
    pub language: String,
    /// `http`, `https` or `socks5` proxy for everything, with `user:password@` where it asks.
    pub proxy: Option<Url>,
    /// The law of the call's audio; prompts are made and cached in it.
    pub codec: G711,
    /// Folder of the synthesised prompts; made when missing.
    pub prompt_cache: PathBuf,
}

impl std::fmt::Debug for ElevenLabsConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ElevenLabsConfig")
            .field("base_url", &shown(&self.base_url))
            .field("api_key", &"[hidden]")
            .field("voice_id", &self.voice_id)
            .field("tts_model", &self.tts_model)
            .field("stt_model", &self.stt_model)
            .field("language", &self.language)
            .field("proxy", &self.proxy.as_ref().map(shown))
            .field("codec", &self.codec)
            .field("prompt_cache", &self.prompt_cache)
            .finish()
    }
}

/// Time limits; the defaults fit the service, tests shorten them.
#[derive(Debug, Clone)]
pub struct SpeechTiming {
    /// From dialling the socket to `session_started`, and for an HTTP connection.
    pub connect: Duration,
    /// The same when a session of a live call is mended.
    pub reconnect: Duration,
    /// First pause before a new session; doubles with each try in a row.
    pub backoff: Duration,
    /// Sessions tried in a row before the recogniser gives up.
    pub reconnects: u32,
    /// A session that held this long forgives the failures before it.
    pub healthy: Duration,
    /// A commit without an answer is answered with the last partial after this.
    pub commit_answer: Duration,
    /// Silence is sent when nothing else was for this long (the service hangs up after 15 s).
    pub keepalive: Duration,
    /// Silence sent at the start of a session, since the first 2 s of audio bring no partials.
    pub prime: Duration,
    /// A peer that answers nothing, not even a ping, for this long is gone.
    pub dead_peer: Duration,
    /// From sending a text to its first audio, before another way is tried.
    pub first_audio: Duration,
    /// Nothing more for this long after the last audio ends an utterance without a final.
    pub no_final: Duration,
    /// First pause before an HTTP request is repeated; doubles, with jitter.
    pub http_backoff: Duration,
}

impl Default for SpeechTiming {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            reconnect: Duration::from_secs(5),
            backoff: Duration::from_millis(200),
            reconnects: 3,
            healthy: Duration::from_secs(20),
            commit_answer: Duration::from_millis(2_500),
            keepalive: Duration::from_secs(5),
            prime: Duration::from_millis(2_200),
            dead_peer: Duration::from_secs(8),
            first_audio: Duration::from_secs(6),
            no_final: Duration::from_secs(3),
            http_backoff: Duration::from_millis(500),
        }
    }
}
