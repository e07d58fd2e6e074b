//! Events of Asterisk as they come over the socket, cut down to what a call needs.
//!
//! An event names the channel it belongs to; a `Dial` names it as its `peer`. What is of no use
//! (`ChannelVarset`, `ChannelDialplan` and their like: most of the traffic) is dropped here.

use serde::Deserialize;

use crate::line::{Cause, Release};

/// What happened to a channel, a playback or a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// The application has control of the channel.
    Entered,
    /// The channel's state changed, or a look at it showed this state.
    State(String),
    /// A step of dialling: empty, `RINGING`, `PROGRESS`, `ANSWER`, or a final word of no worth.
    Dial(String),
    /// The far end wants to hang up.
    FarEndHungUp(Release),
    /// The channel is gone.
    Destroyed(Release),
    /// A key was pressed.
    Digit { digit: char, duration_ms: u32 },
    /// A playback or a recording reached this state.
    Media(String),
    /// A look at Asterisk showed that the channel is not there any more.
    Gone,
}

/// What one message on the socket means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Incoming {
    /// An event, and the route it takes: a channel id, or [`playback_key`], [`recording_key`].
    Routed(String, Event),
    /// Another socket took our application.
    Replaced,
    /// Nothing of interest.
    Noise,
}

pub(super) fn playback_key(id: &str) -> String {
    format!("playback:{id}")
}

pub(super) fn recording_key(name: &str) -> String {
    format!("recording:{name}")
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Raw {
    #[serde(rename = "type")]
    kind: String,
    channel: RawChannel,
    peer: RawChannel,
    dialstatus: String,
    cause: Option<i64>,
    tech_cause: Option<i64>,
    soft: bool,
    digit: String,
    duration_ms: u32,
    playback: RawMedia,
    recording: RawMedia,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawChannel {
    id: String,
    state: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawMedia {
    id: String,
    name: String,
    state: String,
}

/// Reads one message. An unreadable one is noise, and logged.
pub(super) fn parse(text: &str) -> Incoming {
    let raw: Raw = match serde_json::from_str(text) {
        Ok(raw) => raw,
        Err(error) => {
            tracing::warn!(%error, "an event of Asterisk could not be read");
            return Incoming::Noise;
        }
    };
    let release = raw.release();
    let channel = |event| Incoming::Routed(raw.channel.id.clone(), event);
    match raw.kind.as_str() {
        "StasisStart" => channel(Event::Entered),
        "ChannelStateChange" => channel(Event::State(raw.channel.state.clone())),
        "Dial" => Incoming::Routed(raw.peer.id, Event::Dial(raw.dialstatus)),
        // With `soft` it was us or a time limit, and `cause` is a flag of Asterisk, not Q.850.
        "ChannelHangupRequest" if !raw.soft => channel(Event::FarEndHungUp(release)),
        "ChannelDestroyed" => channel(Event::Destroyed(release)),
        "ChannelDtmfReceived" => raw.digit.chars().next().map_or(Incoming::Noise, |digit| {
            channel(Event::Digit {
                digit,
                duration_ms: raw.duration_ms,
            })
        }),
        "PlaybackFinished" => Incoming::Routed(
            playback_key(&raw.playback.id),
            Event::Media(raw.playback.state),
        ),
        "RecordingFinished" | "RecordingFailed" => Incoming::Routed(
            recording_key(&raw.recording.name),
            Event::Media(raw.recording.state),
        ),
        "ApplicationReplaced" => Incoming::Replaced,
        _ => Incoming::Noise,
    }
}

impl Raw {
    fn release(&self) -> Release {
        let cause = self
            .cause
            .and_then(|cause| u8::try_from(cause).ok())
            .unwrap_or(0);
        // On a media channel this field holds a WebSocket close code: not a SIP status.
        let sip = self.tech_cause.and_then(|code| u16::try_from(code).ok());
        Release {
            cause: Cause(cause),
            sip: sip.filter(|code| (300..700).contains(code)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routed(text: &str) -> (String, Event) {
        match parse(text) {
            Incoming::Routed(key, event) => (key, event),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_release_carries_cause_and_sip_code() {
        let (id, event) = routed(
            r#"{"type":"ChannelDestroyed","cause":17,"cause_txt":"User busy","tech_cause":486,"channel":{"id":"nd-1-1","state":"Down"}}"#,
        );
        assert_eq!(id, "nd-1-1");
        assert_eq!(
            event,
            Event::Destroyed(Release {
                cause: Cause(17),
                sip: Some(486)
            })
        );
    }

    #[test]
    fn a_websocket_close_code_is_no_sip_code() {
        let (_, event) = routed(
            r#"{"type":"ChannelDestroyed","cause":16,"tech_cause":1001,"channel":{"id":"m"}}"#,
        );
        assert_eq!(
            event,
            Event::Destroyed(Release {
                cause: Cause(16),
                sip: None
            })
        );
    }

    #[test]
    fn a_soft_hang_up_is_not_the_far_end() {
        let text = r#"{"type":"ChannelHangupRequest","soft":true,"cause":32,"channel":{"id":"c"}}"#;
        assert_eq!(parse(text), Incoming::Noise);
    }

    #[test]
    fn a_dial_belongs_to_its_peer() {
        let text = r#"{"type":"Dial","dialstatus":"RINGING","peer":{"id":"c"}}"#;
        assert_eq!(
            routed(text),
            ("c".to_owned(), Event::Dial("RINGING".to_owned()))
        );
    }

    #[test]
    fn garbage_and_unknown_types_are_noise() {
        for text in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"type":"ChannelVarset"}"#,
            r#"{"type":7}"#,
        ] {
            assert_eq!(parse(text), Incoming::Noise, "{text}");
        }
    }
}
