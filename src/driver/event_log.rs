//! The event log of a call as rows of the ledger.

use serde_json::{Value, json};

use crate::call::{CallEvent, StopReason};
use crate::line::{LineEvent, Release};

/// The kind of an event and its detail.
pub(super) fn row(event: &CallEvent) -> (&'static str, Value) {
    match event {
        CallEvent::Line(event) => line(event),
        CallEvent::PlaceFailed { trunk } => ("place_failed", json!({ "trunk": trunk })),
        CallEvent::SpeechStarted => ("speech_started", Value::Null),
        CallEvent::SpeechPaused => ("speech_paused", Value::Null),
        CallEvent::EchoFound => ("echo_found", Value::Null),
        CallEvent::PartialText(text) => ("partial_text", json!({ "text": text })),
        CallEvent::FinalText(text) => ("final_text", json!({ "text": text })),
        CallEvent::UnaskedText(text) => ("unasked_text", json!({ "text": text })),
        CallEvent::RecognizerFailed => ("recognizer_failed", Value::Null),
        CallEvent::PromptStarted(id) => ("prompt_started", json!({ "prompt": id.0 })),
        CallEvent::PromptEnded {
            id,
            heard_ms,
            complete,
        } => (
            "prompt_ended",
            json!({ "prompt": id.0, "heard_ms": heard_ms, "complete": complete }),
        ),
        CallEvent::PromptFailed(id) => ("prompt_failed", json!({ "prompt": id.0 })),
        CallEvent::MediaLost => ("media_lost", Value::Null),
        CallEvent::Stop(StopReason::User) => ("stop", json!({ "by": "user" })),
        CallEvent::Stop(StopReason::Fault) => ("stop", json!({ "by": "fault" })),
        CallEvent::Timeout(timer) => ("timeout", json!({ "timer": format!("{timer:?}") })),
    }
}

fn line(event: &LineEvent) -> (&'static str, Value) {
    match event {
        LineEvent::Dialled => ("dialled", Value::Null),
        LineEvent::Ringing => ("ringing", Value::Null),
        LineEvent::Progress => ("progress", Value::Null),
        LineEvent::Answered => ("answered", Value::Null),
        LineEvent::Digit { digit, duration_ms } => (
            "digit",
            json!({ "digit": digit, "duration_ms": duration_ms }),
        ),
        LineEvent::FarEndHungUp(release) => ("far_end_hung_up", cause(*release)),
        LineEvent::Released(release) => ("released", cause(*release)),
        LineEvent::Lost => ("lost", Value::Null),
    }
}

fn cause(release: Release) -> Value {
    json!({ "cause": release.cause.0, "sip": release.sip })
}
