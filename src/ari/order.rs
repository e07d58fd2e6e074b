//! What a call is ordered with, and what the order brings.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use super::LineControl;
use super::media::MediaLeg;
use crate::audio::G711;
use crate::line::LineEvent;

/// Added to ring time and longest duration before Asterisk ends a call by itself.
const SPARE: Duration = Duration::from_secs(5);

/// How the audio of a call is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// A WebSocket to Asterisk, which paces what it is sent.
    WebSocket,
    /// RTP, paced by us.
    Rtp,
}

/// One call to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallOrder {
    /// `nd-<run>-<n>`: the id of the channel. The media channel gets `-m`, the bridge `-b`.
    pub id: String,
    /// What to dial, `PJSIP/79000000001@trunk`.
    pub endpoint: String,
    /// The number to show.
    pub caller_id: Option<String>,
    /// The codec of trunk and media.
    pub codec: G711,
    /// How long the phone may ring; rounded up to seconds.
    pub ring_timeout: Duration,
    /// How long the talk may last.
    pub longest: Duration,
    /// How the audio is carried.
    pub media: MediaKind,
}

/// A call with its audio.
#[derive(Debug)]
pub struct CallLine {
    /// What happens on the line. The last event is `Released` or `Lost`, then it is closed.
    pub events: mpsc::Receiver<LineEvent>,
    /// The audio.
    pub media: MediaLeg,
    /// What can be done with the call. Dropping it hangs the call up.
    pub control: LineControl,
}

/// The ids of everything that belongs to one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ids {
    pub(super) call: String,
    pub(super) media: String,
    pub(super) bridge: String,
}

impl Ids {
    pub(super) fn new(call: &str) -> Self {
        Self {
            call: call.to_owned(),
            media: format!("{call}-m"),
            bridge: format!("{call}-b"),
        }
    }
}

impl CallOrder {
    /// Whole seconds of ringing, at least one: Asterisk takes 0 for "for ever".
    pub(super) fn ring_seconds(&self) -> u64 {
        ceil(self.ring_timeout).max(1)
    }

    /// Whole seconds after which Asterisk ends the channel, whatever became of us.
    pub(super) fn absolute_seconds(&self) -> u64 {
        ceil(self.ring_timeout + self.longest + SPARE)
    }

    /// The channel variables that the call is made with.
    pub(super) fn variables(&self) -> Value {
        let mut variables = Map::new();
        let absolute = self.absolute_seconds().to_string();
        variables.insert("TIMEOUT(absolute)".to_owned(), json!(absolute));
        if let Some(number) = &self.caller_id {
            // `CALLERID(num)` has no effect on a channel that is created and dialled later: the
            // From of the INVITE is taken from the connected line.
            variables.insert("CONNECTEDLINE(num)".to_owned(), json!(number));
        }
        Value::Object(variables)
    }
}

fn ceil(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_outlives_neither_its_ringing_nor_its_talk() {
        let order = CallOrder {
            id: "nd-1-1".to_owned(),
            endpoint: "PJSIP/79000000001@novofon".to_owned(),
            caller_id: Some("+79000000100".to_owned()),
            codec: G711::Alaw,
            ring_timeout: Duration::from_millis(29_500),
            longest: Duration::from_secs(300),
            media: MediaKind::WebSocket,
        };
        assert_eq!(order.ring_seconds(), 30);
        assert_eq!(order.absolute_seconds(), 335);
        assert_eq!(
            order.variables(),
            json!({"TIMEOUT(absolute)": "335", "CONNECTEDLINE(num)": "+79000000100"})
        );
        assert_eq!(
            CallOrder {
                ring_timeout: Duration::ZERO,
                ..order
            }
            .ring_seconds(),
            1
        );
    }
}
