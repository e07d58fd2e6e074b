//! The messages of the recognition socket, both ways.
//!
//! The client has one, `input_audio_chunk`; all else is an `input_error` whose text is the one
//! of the real service.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::settings::Settings;
use crate::audio::SAMPLE_RATE;
use crate::rehearsal::voice::HeardWord;

/// The confidence that the double has in every word.
const LOGPROB: f64 = -0.05;

/// An `input_audio_chunk`.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) audio: Vec<u8>,
    pub(super) commit: bool,
    pub(super) sample_rate: Option<u64>,
    pub(super) previous_text: Option<String>,
}

/// Reads a message of the client; the error is the text of an `input_error`.
pub(super) fn parse(text: &str) -> Result<Chunk, String> {
    let invalid = || "Message must be a valid protocol message".to_owned();
    let message: Value = serde_json::from_str(text).map_err(|_| invalid())?;
    let kind = message.get("message_type").and_then(Value::as_str);
    match kind {
        None => Err(invalid()),
        Some("input_audio_chunk") => chunk(&message).ok_or_else(invalid)?,
        Some(other) => Err(format!("Unexpected message type: {other}")),
    }
}

/// `None` for a field that is missing or of the wrong type.
fn chunk(message: &Value) -> Option<Result<Chunk, String>> {
    let encoded = message.get("audio_base_64")?.as_str()?;
    let field = |name| message.get(name).filter(|value| !value.is_null());
    let commit = field("commit").map_or(Some(false), Value::as_bool)?;
    let sample_rate = match field("sample_rate") {
        None => None,
        Some(rate) => Some(rate.as_u64()?),
    };
    let previous_text = match field("previous_text") {
        None => None,
        Some(text) => Some(text.as_str()?.to_owned()),
    };
    let Ok(audio) = STANDARD.decode(encoded) else {
        return Some(Err("audio_base_64 is not valid base64".to_owned()));
    };
    Some(Ok(Chunk {
        audio,
        commit,
        sample_rate,
        previous_text,
    }))
}

pub(super) fn error(kind: &str, text: &str) -> Value {
    json!({"message_type": kind, "error": text})
}

pub(super) fn started(session_id: &str, settings: &Settings) -> Value {
    json!({
        "message_type": "session_started", "session_id": session_id,
        "config": settings.config(),
    })
}

/// `session_started` with what a later service may make of it.
pub(super) fn strange_started(session_id: &str) -> Value {
    json!({
        "message_type": "session_started", "session_id": session_id, "region": {"name": "x"},
        "config": {"sample_rate": "8000", "audio_format": ["?"], "vad_commit_strategy": "manual"},
    })
}

pub(super) fn strangers() -> [Value; 2] {
    [
        json!({"message_type": "speech_activity", "active": true}),
        json!({"message_type": "final_transcript_settled", "text": 7, "nested": {"a": [1]}}),
    ]
}

pub(super) fn warning() -> Value {
    json!({
        "message_type": "warning",
        "warning": "Zero retention mode was requested (enable_logging=false) but was not applied. \
                    This session is still being logged.",
    })
}

pub(super) fn transcript(kind: &str, text: &str) -> Value {
    json!({"message_type": kind, "text": text})
}

pub(super) fn twin(text: &str, words: &[HeardWord], settings: &Settings) -> Value {
    let words = settings.timestamps.then(|| timed(words));
    let language = settings.language.as_deref().unwrap_or("ru");
    json!({
        "message_type": "committed_transcript_with_timestamps",
        "text": text, "language_code": language, "words": words,
    })
}

pub(super) fn entities(text: &str) -> Value {
    json!({"message_type": "committed_transcript_entities", "text": text, "entities": []})
}

/// Words and the spacing between them, in seconds from the first audio of the socket.
fn timed(words: &[HeardWord]) -> Vec<Value> {
    let seconds = |sample: u64| sample as f64 / f64::from(SAMPLE_RATE);
    let item = |kind: &str, text: &str, start: u64, end: u64| {
        json!({
            "text": text, "start": seconds(start), "end": seconds(end), "type": kind,
            "speaker_id": null, "logprob": LOGPROB, "characters": null,
        })
    };
    let mut items: Vec<Value> = Vec::new();
    let mut before: Option<u64> = None;
    for word in words {
        if let Some(end) = before {
            items.push(item("spacing", " ", end, word.start));
        }
        items.push(item("word", &word.text, word.start, word.end));
        before = Some(word.end);
    }
    items
}
