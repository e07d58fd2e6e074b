//! Synthesis: whole prompts by HTTP into a cache on disk, passing ones over a shared WebSocket.
//!
//! Both come as raw G.711 in the law of the call, so a frame is 160 bytes and chunks may be cut
//! anywhere (reference §2).

mod cache;
mod gate;
mod http;
mod line;
mod prompt;
mod stream;
mod wire;

#[cfg(test)]
mod tests;

use crate::audio::G711;

use super::config::ElevenLabsConfig;

pub(super) use http::Http;
pub(super) use prompt::Prompts;
pub(super) use stream::Streams;

/// Names this work in an error.
const DOING: &str = "speech synthesis";

/// What shapes a voice's sound; a change of any makes another prompt.
#[derive(Debug, Clone)]
pub(super) struct Voice {
    id: String,
    model: String,
    language: Option<String>,
    codec: G711,
}

impl Voice {
    pub(super) fn new(config: &ElevenLabsConfig) -> Self {
        // Other models take no language, or refuse one (reference §2.1).
        let takes_language =
            config.tts_model.contains("_v2_5") || config.tts_model.starts_with("eleven_v3");
        Self {
            id: config.voice_id.clone(),
            model: config.tts_model.clone(),
            language: (takes_language && !config.language.is_empty())
                .then(|| config.language.clone()),
            codec: config.codec,
        }
    }

    /// The service's name of the format.
    fn format(&self) -> &'static str {
        match self.codec {
            G711::Alaw => "alaw_8000",
            G711::Ulaw => "ulaw_8000",
        }
    }

    /// Whether the model speaks on `multi-stream-input`.
    fn has_socket(&self) -> bool {
        !self.model.starts_with("eleven_v3") && !self.model.starts_with("eleven_v4")
    }
}

/// One space between words, none around: the same prompt however the scenario wraps it.
pub(super) fn normalised(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters and digits: what takes time to say.
fn spoken_chars(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}
