//! The words of `multi-stream-input`: its address, our messages for a context, the service's.
//!
//! Names vary on the wire: `contextId` or `context_id`, `isFinal` or `is_final`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::Voice;
use crate::speech::elevenlabs::fault::Fault;
use crate::speech::elevenlabs::link::Link;

/// Seconds until the service closes a silent context; its longest.
const INACTIVITY: &str = "180";

/// The socket's address with all its settings.
pub(super) fn address(link: &Link, voice: &Voice) -> Url {
    let mut query = vec![
        ("model_id", voice.model.as_str()),
        ("output_format", voice.format()),
        ("auto_mode", "true"),
        ("inactivity_timeout", INACTIVITY),
        // Tells how much of the text was said, should the socket break.
        ("sync_alignment", "true"),
    ];
    if let Some(language) = &voice.language {
        query.push(("language_code", language));
    }
    let steps = ["v1", "text-to-speech", &voice.id, "multi-stream-input"];
    link.socket_url(&steps, &query)
}

/// All that one utterance takes: open the context, the text, its end. What was flushed is still
/// delivered after the close, and only a closed context ends with a final.
pub(super) fn utterance(context: &str, text: &str) -> [String; 3] {
    [
        json!({"text": " ", "context_id": context}).to_string(),
        json!({"text": format!("{text} "), "context_id": context, "flush": true}).to_string(),
        json!({"context_id": context, "close_context": true}).to_string(),
    ]
}

/// Keeps an idle socket open.
pub(super) fn keepalive() -> String {
    json!({"text": ""}).to_string()
}

/// Ends the socket politely.
pub(super) fn close_socket() -> String {
    json!({"close_socket": true}).to_string()
}

/// What the service says about one context, or an error of the whole socket.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Report {
    Audio {
        context: String,
        audio: Bytes,
        /// Characters of the text that this audio says, white space left out.
        chars: usize,
        last: bool,
    },
    Failed(Fault),
    Other,
}

#[derive(Deserialize)]
struct Incoming {
    audio: Option<String>,
    #[serde(default, rename = "isFinal", alias = "is_final")]
    is_final: Option<bool>,
    #[serde(default, rename = "contextId", alias = "context_id")]
    context: Option<String>,
    #[serde(default)]
    alignment: Option<Value>,
    #[serde(default)]
    error: Option<Value>,
    #[serde(default)]
    message: Option<Value>,
}

fn words(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

/// Reads a message; what is unknown is `Other`.
pub(super) fn read(text: &str) -> Report {
    let Ok(message) = serde_json::from_str::<Incoming>(text) else {
        return Report::Other;
    };
    if message.error.is_some() {
        let code = words(message.error.as_ref());
        return Report::Failed(Fault::coded(code, words(message.message.as_ref())));
    }
    let last = message.is_final == Some(true);
    let encoded = message.audio.unwrap_or_default();
    if encoded.is_empty() && !last {
        return Report::Other;
    }
    let Ok(audio) = STANDARD.decode(encoded) else {
        tracing::warn!("the service sent audio that is no base64");
        return Report::Other;
    };
    Report::Audio {
        context: message.context.unwrap_or_default(),
        audio: audio.into(),
        chars: message.alignment.as_ref().map_or(0, said),
        last,
    }
}

fn said(alignment: &Value) -> usize {
    let chars = alignment.get("chars").and_then(Value::as_array);
    chars.map_or(0, |chars| {
        chars
            .iter()
            .filter_map(Value::as_str)
            .flat_map(str::chars)
            .filter(|c| !c.is_whitespace())
            .count()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read() {
        for text in [
            r#"{"audio":"1dXV","isFinal":null,"contextId":"u1","alignment":{"chars":[" ","д","а"]}}"#,
            r#"{"audio":"1dXV","is_final":false,"context_id":"u1","alignment":{"chars":["д","а"]}}"#,
        ] {
            let expected = Report::Audio {
                context: "u1".into(),
                audio: Bytes::from_static(b"\xd5\xd5\xd5"),
                chars: 2,
                last: false,
            };
            assert_eq!(read(text), expected, "{text}");
        }
        for text in [
            r#"{"audio":null,"isFinal":true,"contextId":"u1"}"#,
            r#"{"audio":"","is_final":true,"context_id":"u1"}"#,
        ] {
            let Report::Audio { last, audio, .. } = read(text) else {
                panic!("{text}");
            };
            assert!(last && audio.is_empty());
        }
    }

    #[test]
    fn an_error_is_told_from_audio_and_from_what_is_unknown() {
        let text = r#"{"message":"Invalid API key","error":"invalid_api_key","code":1008}"#;
        let Report::Failed(fault) = read(text) else {
            panic!();
        };
        assert_eq!(fault.code, "invalid_api_key");
        assert_eq!(read(r#"{"type":"flush_done"}"#), Report::Other);
        assert_eq!(read("[1]"), Report::Other);
    }
}
