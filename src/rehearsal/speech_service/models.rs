//! The synthesis models of the service: what they cost, which languages and lengths they take.
//!
//! A flat table. The newest models exist, but not on the streaming sockets; the English ones and
//! `eleven_multilingual_v2` refuse a `language_code` of others, as the real ones do.

use serde_json::{Value, json};

/// Languages of the models of version 2.5, ISO 639-1.
const LANGUAGES: [&str; 32] = [
    "ar", "bg", "cs", "da", "de", "el", "en", "es", "fi", "fil", "fr", "hi", "hr", "hu", "id",
    "it", "ja", "ko", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sv", "ta", "tr", "uk", "vi",
    "zh",
];

/// A synthesis model.
#[derive(Debug, Clone, Copy)]
pub(super) struct Model {
    pub(super) id: &'static str,
    /// A character costs half a credit.
    half_price: bool,
    /// Takes `language_code`.
    takes_language: bool,
    english_only: bool,
    pub(super) max_characters: usize,
    /// Works on the streaming sockets.
    pub(super) streams_input: bool,
}

const fn model(id: &'static str, max_characters: usize) -> Model {
    Model {
        id,
        half_price: false,
        takes_language: true,
        english_only: false,
        max_characters,
        streams_input: true,
    }
}

const MODELS: [Model; 6] = [
    Model {
        half_price: true,
        ..model("eleven_flash_v2_5", 40_000)
    },
    Model {
        half_price: true,
        ..model("eleven_turbo_v2_5", 40_000)
    },
    Model {
        half_price: true,
        english_only: true,
        ..model("eleven_flash_v2", 30_000)
    },
    Model {
        half_price: true,
        english_only: true,
        ..model("eleven_turbo_v2", 30_000)
    },
    Model {
        takes_language: false,
        ..model("eleven_multilingual_v2", 10_000)
    },
    Model {
        streams_input: false,
        ..model("eleven_v3", 5_000)
    },
];

/// The model the service takes if none is named.
pub(super) const DEFAULT: &str = "eleven_multilingual_v2";

pub(super) fn find(id: &str) -> Option<Model> {
    MODELS.into_iter().find(|model| model.id == id)
}

pub(super) fn is_half_price(id: &str) -> bool {
    find(id).is_some_and(|model| model.half_price)
}

impl Model {
    /// Whether the model accepts this `language_code`.
    pub(super) fn takes(&self, language: &str) -> bool {
        if self.english_only {
            return language == "en";
        }
        self.takes_language && LANGUAGES.contains(&language)
    }
}

/// The body of `GET /v1/models`.
pub(super) fn list() -> Value {
    MODELS
        .iter()
        .map(|model| {
            let languages: Vec<_> = LANGUAGES
                .iter()
                .filter(|language| !model.english_only || **language == "en")
                .map(|language| json!({"language_id": language, "name": language}))
                .collect();
            let multiplier = if model.half_price { 0.5 } else { 1.0 };
            json!({
                "model_id": model.id, "name": model.id, "can_do_text_to_speech": true,
                "can_use_style": true, "can_use_speaker_boost": true, "serves_pro_voices": false,
                "token_cost_factor": multiplier, "languages": languages,
                "maximum_text_length_per_request": model.max_characters,
                "model_rates": {
                    "character_cost_multiplier": multiplier, "cost_discount_multiplier": 1.0,
                },
                "concurrency_group": if model.half_price { "turbo" } else { "standard" },
            })
        })
        .collect()
}
