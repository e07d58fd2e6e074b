//! The event log of a call as rows of the ledger, and read back from them.

use serde_json::{Value, json};

use crate::call::{CallEvent, PromptId, StopReason, Timer};
use crate::line::{Cause, LineEvent, Release};

/// The kind of an event and its detail.
pub(super) fn row(event: &CallEvent) -> (&'static str, Value) {
    match event {
        CallEvent::Line(event) => line(event),
        CallEvent::PlaceFailed { trunk } => ("place_failed", json!({ "trunk": trunk })),
        CallEvent::SpeechStarted => ("speech_started", Value::Null),
        CallEvent::SpeechPaused => ("speech_paused", Value::Null),
        CallEvent::EchoFound => ("echo_found", Value::Null),
        CallEvent::Beep => ("beep", Value::Null),
        CallEvent::Fax => ("fax", Value::Null),
        CallEvent::InformationTones => ("information_tones", Value::Null),
        CallEvent::BusyTone => ("busy_tone", Value::Null),
        CallEvent::CongestionTone => ("congestion_tone", Value::Null),
        CallEvent::Music => ("music", Value::Null),
        CallEvent::PartialText(text) => ("partial_text", json!({ "text": text })),
        CallEvent::FinalText(text) => ("final_text", json!({ "text": text })),
        CallEvent::UnaskedText(text) => ("unasked_text", json!({ "text": text })),
        CallEvent::Advised { question, intent } => {
            ("advised", json!({ "question": question, "intent": intent }))
        }
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
        CallEvent::Seated => ("seated", Value::Null),
        CallEvent::Dropped => ("dropped", Value::Null),
        CallEvent::OperatorReady => ("operator_ready", Value::Null),
        CallEvent::TransferFailed => ("transfer_failed", Value::Null),
        CallEvent::Joined => ("joined", Value::Null),
        CallEvent::OperatorLeft => ("operator_left", Value::Null),
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

/// Every timer, for the names in the log.
const TIMERS: [Timer; 20] = [
    Timer::Ringing,
    Timer::Hello,
    Timer::LongGreeting,
    Timer::BargeIn,
    Timer::Meant,
    Timer::GoOn,
    Timer::Endpoint,
    Timer::LongTurn,
    Timer::Text,
    Timer::Advice,
    Timer::Guess,
    Timer::Speak,
    Timer::NoInput,
    Timer::Goodbye,
    Timer::Duration,
    Timer::Prompt,
    Timer::Beep,
    Timer::Transfer,
    Timer::LastWords,
    Timer::Release,
];

/// The event of a row; `None` for a kind that this version does not know.
pub fn event_of(kind: &str, detail: &Value) -> Option<CallEvent> {
    let word = |name: &str| detail.get(name)?.as_str();
    let text = || word("text").map(str::to_owned);
    let number = |name: &str| u32::try_from(detail.get(name)?.as_u64()?).ok();
    let prompt = || number("prompt").map(PromptId);
    Some(match kind {
        "place_failed" => CallEvent::PlaceFailed {
            trunk: detail.get("trunk")?.as_bool()?,
        },
        "speech_started" => CallEvent::SpeechStarted,
        "speech_paused" => CallEvent::SpeechPaused,
        "echo_found" => CallEvent::EchoFound,
        "beep" => CallEvent::Beep,
        "fax" => CallEvent::Fax,
        "information_tones" => CallEvent::InformationTones,
        "busy_tone" => CallEvent::BusyTone,
        "congestion_tone" => CallEvent::CongestionTone,
        "music" => CallEvent::Music,
        "partial_text" => CallEvent::PartialText(text()?),
        "final_text" => CallEvent::FinalText(text()?),
        "unasked_text" => CallEvent::UnaskedText(text()?),
        "advised" => CallEvent::Advised {
            question: number("question")?,
            intent: word("intent").map(str::to_owned),
        },
        "recognizer_failed" => CallEvent::RecognizerFailed,
        "prompt_started" => CallEvent::PromptStarted(prompt()?),
        "prompt_ended" => CallEvent::PromptEnded {
            id: prompt()?,
            heard_ms: number("heard_ms")?,
            complete: detail.get("complete")?.as_bool()?,
        },
        "prompt_failed" => CallEvent::PromptFailed(prompt()?),
        "operator_ready" => CallEvent::OperatorReady,
        "transfer_failed" => CallEvent::TransferFailed,
        "joined" => CallEvent::Joined,
        "operator_left" => CallEvent::OperatorLeft,
        "seated" => CallEvent::Seated,
        "dropped" => CallEvent::Dropped,
        "media_lost" => CallEvent::MediaLost,
        "stop" => CallEvent::Stop(match word("by")? {
            "user" => StopReason::User,
            _ => StopReason::Fault,
        }),
        "timeout" => {
            let name = word("timer")?;
            let mut timers = TIMERS.into_iter();
            CallEvent::Timeout(timers.find(|timer| format!("{timer:?}") == name)?)
        }
        _ => CallEvent::Line(line_event_of(kind, detail)?),
    })
}

fn line_event_of(kind: &str, detail: &Value) -> Option<LineEvent> {
    let release = || {
        Some(Release {
            cause: Cause(u8::try_from(detail.get("cause")?.as_u64()?).ok()?),
            sip: detail
                .get("sip")
                .and_then(Value::as_u64)
                .and_then(|sip| u16::try_from(sip).ok()),
        })
    };
    Some(match kind {
        "dialled" => LineEvent::Dialled,
        "ringing" => LineEvent::Ringing,
        "progress" => LineEvent::Progress,
        "answered" => LineEvent::Answered,
        "digit" => LineEvent::Digit {
            digit: detail.get("digit")?.as_str()?.chars().next()?,
            duration_ms: u32::try_from(detail.get("duration_ms")?.as_u64()?).ok()?,
        },
        "far_end_hung_up" => LineEvent::FarEndHungUp(release()?),
        "released" => LineEvent::Released(release()?),
        "lost" => LineEvent::Lost,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_read_back_as_it_was_written() {
        let release = Release {
            cause: Cause(17),
            sip: Some(486),
        };
        let silent = Release {
            cause: Cause(16),
            sip: None,
        };
        let text = "да «хорошо»".to_owned();
        let mut events = vec![
            CallEvent::PlaceFailed { trunk: true },
            CallEvent::SpeechStarted,
            CallEvent::SpeechPaused,
            CallEvent::EchoFound,
            CallEvent::PartialText(text.clone()),
            CallEvent::FinalText(text.clone()),
            CallEvent::UnaskedText(text),
            CallEvent::Advised {
                question: 2,
                intent: Some("yes".to_owned()),
            },
            CallEvent::Advised {
                question: 3,
                intent: None,
            },
            CallEvent::RecognizerFailed,
            CallEvent::PromptStarted(PromptId(3)),
            CallEvent::PromptEnded {
                id: PromptId(3),
                heard_ms: 1_200,
                complete: false,
            },
            CallEvent::PromptFailed(PromptId(4)),
            CallEvent::Beep,
            CallEvent::Fax,
            CallEvent::InformationTones,
            CallEvent::BusyTone,
            CallEvent::CongestionTone,
            CallEvent::Music,
            CallEvent::OperatorReady,
            CallEvent::TransferFailed,
            CallEvent::Joined,
            CallEvent::OperatorLeft,
            CallEvent::Seated,
            CallEvent::Dropped,
            CallEvent::MediaLost,
            CallEvent::Stop(StopReason::User),
            CallEvent::Stop(StopReason::Fault),
        ];
        let digit = LineEvent::Digit {
            digit: '#',
            duration_ms: 90,
        };
        let line = [
            LineEvent::Dialled,
            LineEvent::Ringing,
            LineEvent::Progress,
            LineEvent::Answered,
            digit,
            LineEvent::FarEndHungUp(silent),
            LineEvent::Released(release),
            LineEvent::Lost,
        ];
        events.extend(line.map(CallEvent::Line));
        events.extend(TIMERS.map(CallEvent::Timeout));
        for event in events {
            let (kind, detail) = row(&event);
            assert_eq!(event_of(kind, &detail), Some(event), "{kind} {detail}");
        }
    }

    #[test]
    fn no_timer_is_forgotten() {
        // A new one breaks this match, and belongs into the list too.
        for timer in TIMERS {
            match timer {
                Timer::Ringing
                | Timer::Hello
                | Timer::LongGreeting
                | Timer::BargeIn
                | Timer::Meant
                | Timer::GoOn
                | Timer::Endpoint
                | Timer::LongTurn
                | Timer::Text
                | Timer::Advice
                | Timer::Guess
                | Timer::Speak
                | Timer::NoInput
                | Timer::Goodbye
                | Timer::Duration
                | Timer::Prompt
                | Timer::Beep
                | Timer::Transfer
                | Timer::LastWords
                | Timer::Release => {}
            }
        }
    }

    #[test]
    fn a_kind_of_another_version_is_no_event() {
        assert_eq!(event_of("teleported", &Value::Null), None);
        assert_eq!(event_of("final_text", &Value::Null), None);
        assert_eq!(event_of("timeout", &json!({ "timer": "Nap" })), None);
    }
}
