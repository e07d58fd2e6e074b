//! The words of the realtime recognition socket: its address, our one message, the service's.
//!
//! A-law is no input format there, so audio goes as 16-bit PCM at 8 kHz: no second companding.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::audio::SAMPLE_RATE;
use crate::speech::elevenlabs::fault::Fault;
use crate::speech::elevenlabs::link::Link;

/// Bytes of a millisecond of `pcm_8000`.
pub(super) const BYTES_PER_MS: usize = 16;

/// The socket's address with all its settings; nothing can be changed later.
pub(super) fn address(link: &Link, model: &str, language: &str) -> Url {
    let mut query = vec![
        ("model_id", model),
        ("audio_format", "pcm_8000"),
        ("commit_strategy", "manual"),
    ];
    if !language.is_empty() {
        query.push(("language_code", language));
    }
    link.socket_url(&["v1", "speech-to-text", "realtime"], &query)
}

/// Audio to send, or a commit, or both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Signed 16-bit little-endian samples at 8 kHz.
    pub(super) audio: Vec<u8>,
    /// Close the segment.
    pub(super) commit: bool,
    /// What was said before; the service takes it in a session's first chunk only.
    pub(super) previous_text: Option<String>,
}

#[derive(Serialize)]
struct Outgoing<'a> {
    message_type: &'static str,
    audio_base_64: String,
    commit: bool,
    sample_rate: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_text: Option<&'a str>,
}

impl Chunk {
    /// The message as JSON.
    pub(super) fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Outgoing {
            message_type: "input_audio_chunk",
            audio_base_64: STANDARD.encode(&self.audio),
            commit: self.commit,
            sample_rate: SAMPLE_RATE,
            previous_text: self.previous_text.as_deref(),
        })
    }
}

/// What the service says; what it may say one day is `Other`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Report {
    /// The session is up; its id, for the log.
    Started(String),
    Partial(String),
    /// A segment was closed; `timed` is the twin with words and times.
    Committed {
        text: String,
        timed: bool,
    },
    /// We sent something odd; the session goes on.
    Complaint(String),
    /// The session is over for this reason.
    Ended(Fault),
    Other,
}

#[derive(Deserialize)]
struct Incoming {
    message_type: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    session_id: Option<String>,
    #[serde(default)]
    warning: Option<String>,
    #[serde(default)]
    error: Option<serde_json::Value>,
    #[serde(default)]
    message: Option<serde_json::Value>,
    #[serde(default)]
    detail: Option<serde_json::Value>,
}

impl Incoming {
    fn reason(&self) -> String {
        [&self.error, &self.message, &self.detail]
            .into_iter()
            .flatten()
            .map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            })
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }
}

/// Reads a message; unknown types, fields and shapes are `Other`.
pub(super) fn read(text: &str) -> Report {
    let Ok(message) = serde_json::from_str::<Incoming>(text) else {
        return Report::Other;
    };
    let said = || message.text.clone().unwrap_or_default().trim().to_owned();
    match message.message_type.as_str() {
        "session_started" => Report::Started(message.session_id.unwrap_or_default()),
        "partial_transcript" | "final_transcript" | "final_transcript_with_timestamps" => {
            Report::Partial(said())
        }
        "committed_transcript" => Report::Committed {
            text: said(),
            timed: false,
        },
        "committed_transcript_with_timestamps" => Report::Committed {
            text: said(),
            timed: true,
        },
        "warning" => Report::Complaint(message.warning.clone().unwrap_or_default()),
        "input_error" => Report::Complaint(message.reason()),
        code @ ("auth_error"
        | "unaccepted_terms"
        | "unaccepted_terms_error"
        | "quota_exceeded"
        | "quota_exceeded_error"
        | "invalid_request"
        | "chunk_size_exceeded"
        | "commit_throttled"
        | "rate_limited"
        | "queue_overflow"
        | "resource_exhausted"
        | "transcriber_error"
        | "session_time_limit_exceeded"
        | "insufficient_audio_activity"
        | "error") => Report::Ended(Fault::coded(code, &message.reason())),
        _ => Report::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_is_the_documented_message() {
        let chunk = Chunk {
            audio: vec![0, 1, 2],
            commit: true,
            previous_text: None,
        };
        assert_eq!(
            chunk.to_json().unwrap(),
            r#"{"message_type":"input_audio_chunk","audio_base_64":"AAEC","commit":true,"sample_rate":8000}"#
        );
    }

    #[test]
    fn unknown_types_fields_and_shapes_are_let_pass() {
        for text in [
            r#"{"message_type":"horoscope","text":"x"}"#,
            r#"{"text":"x"}"#,
            "[]",
            "no json",
            r#"{"message_type":"committed_transcript_entities","text":"x","entities":[]}"#,
        ] {
            assert_eq!(read(text), Report::Other, "{text}");
        }
        let started =
            r#"{"message_type":"session_started","session_id":"s","config":[1,"x"],"new":{}}"#;
        assert_eq!(read(started), Report::Started("s".into()));
        let partial = r#"{"message_type":"partial_transcript","text":" да ","is_new":1}"#;
        assert_eq!(read(partial), Report::Partial("да".into()));
    }

    #[test]
    fn an_error_brings_its_text_from_whichever_field() {
        for field in ["error", "message", "detail"] {
            let text = format!(r#"{{"message_type":"auth_error","{field}":"You must"}}"#);
            let Report::Ended(fault) = read(&text) else {
                panic!("{field}");
            };
            assert_eq!(
                (fault.code.as_str(), fault.text.as_str()),
                ("auth_error", "You must")
            );
        }
    }
}
