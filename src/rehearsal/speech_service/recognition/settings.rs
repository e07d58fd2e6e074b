//! The parameters of a recognition session: all in its URL, judged as the service judges them.
//!
//! Unknown names are ignored without a word, so a typo goes unnoticed as it does in reality;
//! unknown or extreme values of known names are an `invalid_request`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::audio::G711;

const MODELS: [&str; 3] = [
    "scribe_v2_realtime",
    "scribe_v2_realtime_turbo",
    "scribe_v2_realtime_lite",
];
const PCM_RATES: [u32; 6] = [8_000, 16_000, 22_050, 24_000, 44_100, 48_000];
const MAX_KEYTERMS: usize = 50;
const MAX_KEYTERM_CHARACTERS: usize = 20;

/// How the client's audio is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AudioFormat {
    /// Signed 16-bit little-endian mono at this many samples a second.
    Pcm(u32),
    /// µ-law at 8000 samples a second.
    Ulaw,
}

impl AudioFormat {
    fn parse(name: &str) -> Option<Self> {
        if name == "ulaw_8000" {
            return Some(Self::Ulaw);
        }
        let rate: u32 = name.strip_prefix("pcm_")?.parse().ok()?;
        PCM_RATES.contains(&rate).then_some(Self::Pcm(rate))
    }

    pub(super) fn rate(self) -> u32 {
        match self {
            Self::Pcm(rate) => rate,
            Self::Ulaw => 8_000,
        }
    }

    fn name(self) -> String {
        match self {
            Self::Pcm(rate) => format!("pcm_{rate}"),
            Self::Ulaw => "ulaw_8000".to_owned(),
        }
    }

    /// The samples of some bytes; `None` for half a sample.
    pub(super) fn samples(self, bytes: &[u8]) -> Option<Vec<i16>> {
        match self {
            Self::Ulaw => Some(bytes.iter().map(|byte| G711::Ulaw.expand(*byte)).collect()),
            Self::Pcm(_) => {
                let (pairs, rest) = bytes.as_chunks::<2>();
                let samples = pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect();
                rest.is_empty().then_some(samples)
            }
        }
    }
}

/// A session's parameters.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) model: String,
    pub(super) format: AudioFormat,
    pub(super) language: Option<String>,
    pub(super) secondary_languages: Vec<String>,
    pub(super) vad: bool,
    pub(super) vad_silence: Duration,
    pub(super) vad_threshold: f64,
    pub(super) min_speech_ms: u32,
    pub(super) min_silence_ms: u32,
    pub(super) timestamps: bool,
    pub(super) language_detection: bool,
    pub(super) keyterms: Vec<String>,
    pub(super) no_verbatim: bool,
    pub(super) entities: Option<String>,
    pub(super) filter_background: bool,
    pub(super) logging: bool,
}

/// The query as the service reads it: unknown names are of no account.
struct Query<'a>(&'a [(String, String)]);

impl<'a> Query<'a> {
    fn all(&self, name: &str) -> Vec<String> {
        let named = self.0.iter().filter(|(known, _)| known == name);
        named.map(|(_, value)| value.clone()).collect()
    }

    fn one(&self, name: &str) -> Option<&'a str> {
        let mut named = self.0.iter().rev().filter(|(known, _)| known == name);
        named.next().map(|(_, value)| value.as_str())
    }

    fn flag(&self, name: &str, default: bool) -> Result<bool, String> {
        match self.one(name) {
            None => Ok(default),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(other) => Err(format!("{name} must be true or false, not '{other}'")),
        }
    }

    fn number(&self, name: &str, default: f64, low: f64, high: f64) -> Result<f64, String> {
        let Some(text) = self.one(name) else {
            return Ok(default);
        };
        let number: f64 = text
            .parse()
            .map_err(|_| format!("{name} must be a number, not '{text}'"))?;
        if (low..=high).contains(&number) {
            Ok(number)
        } else {
            Err(format!("{name} must be between {low} and {high}"))
        }
    }

    fn millis(&self, name: &str) -> Result<u32, String> {
        let text = self.one(name).unwrap_or("100");
        match text.parse() {
            Ok(number @ 50..=2_000) => Ok(number),
            Ok(_) | Err(_) => Err(format!("{name} must be between 50 and 2000")),
        }
    }
}

impl Settings {
    /// Reads the query of the URL; the error is the text of an `invalid_request`.
    pub(super) fn parse(query: &[(String, String)]) -> Result<Self, String> {
        let query = Query(query);
        let format_name = query.one("audio_format").unwrap_or("pcm_16000");
        let format = AudioFormat::parse(format_name)
            .ok_or_else(|| format!("Unsupported audio_format: {format_name}"))?;
        let silence = query.number("vad_silence_threshold_secs", 1.5, 0.3, 3.0)?;
        let settings = Self {
            model: query
                .one("model_id")
                .unwrap_or("scribe_v2_realtime")
                .to_owned(),
            format,
            language: query.one("language_code").map(str::to_owned),
            secondary_languages: query.all("secondary_languages"),
            vad: commits_by_vad(query.one("commit_strategy"))?,
            vad_silence: Duration::try_from_secs_f64(silence).unwrap_or_default(),
            vad_threshold: query.number("vad_threshold", 0.4, 0.1, 0.9)?,
            min_speech_ms: query.millis("min_speech_duration_ms")?,
            min_silence_ms: query.millis("min_silence_duration_ms")?,
            timestamps: query.flag("include_timestamps", false)?,
            language_detection: query.flag("include_language_detection", false)?,
            keyterms: query.all("keyterms"),
            no_verbatim: query.flag("no_verbatim", false)?,
            entities: query.one("entity_detection").map(str::to_owned),
            filter_background: query.flag("filter_background_audio", false)?,
            logging: query.flag("enable_logging", true)?,
        };
        settings.judged()
    }

    /// The rules that no single parameter shows.
    fn judged(self) -> Result<Self, String> {
        if !MODELS.contains(&self.model.as_str()) {
            return Err(format!("Unknown model_id: {}", self.model));
        }
        if self.keyterms.len() > MAX_KEYTERMS {
            return Err(format!("At most {MAX_KEYTERMS} keyterms are allowed"));
        }
        let too_long = |term: &&String| term.chars().count() > MAX_KEYTERM_CHARACTERS;
        if let Some(term) = self.keyterms.iter().find(too_long) {
            return Err(format!(
                "Keyterm '{term}' is longer than {MAX_KEYTERM_CHARACTERS} characters"
            ));
        }
        if self.filter_background && self.timestamps {
            return Err(
                "filter_background_audio cannot be combined with include_timestamps".to_owned(),
            );
        }
        Ok(self)
    }

    /// A timed twin follows each committed text.
    pub(super) fn has_twin(&self) -> bool {
        self.timestamps || self.language_detection
    }

    /// The `config` of `session_started`, as seen on the wire.
    pub(super) fn config(&self) -> Value {
        json!({
            "sample_rate": self.format.rate(),
            "audio_format": self.format.name(),
            "language_code": self.language,
            "secondary_languages": self.secondary_languages,
            "timestamps_granularity": "word",
            "vad_commit_strategy": self.vad,
            "vad_silence_threshold_secs": self.vad_silence.as_secs_f64(),
            "vad_threshold": self.vad_threshold,
            "min_speech_duration_ms": self.min_speech_ms,
            "min_silence_duration_ms": self.min_silence_ms,
            "max_tokens_to_recompute": 5,
            "model_id": self.model,
            "disable_logging": false,
            "include_timestamps": self.timestamps,
            "include_language_detection": self.language_detection,
            "filter_background_audio": self.filter_background,
            "keyterms": self.keyterms,
            "no_verbatim": self.no_verbatim,
            "entity_detection": self.entities,
        })
    }
}

fn commits_by_vad(strategy: Option<&str>) -> Result<bool, String> {
    match strategy {
        None | Some("manual") => Ok(false),
        Some("vad") => Ok(true),
        Some(other) => Err(format!("Unknown commit_strategy: {other}")),
    }
}
