//! A channel, and how Asterisk describes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::leg::Leg;
use super::phone::Phone;
use super::sound::Port;

/// How far a channel has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChannelState {
    Down,
    Ringing,
    Up,
}

impl ChannelState {
    fn name(self) -> &'static str {
        match self {
            Self::Down => "Down",
            Self::Ringing => "Ringing",
            Self::Up => "Up",
        }
    }
}

/// What is behind a channel.
#[derive(Debug)]
pub(super) enum Kind {
    Trunk {
        number: String,
        /// Made by `POST /channels`, not by `create`.
        originated: bool,
        phone: Option<Arc<Phone>>,
    },
    Media {
        /// The id of a media socket; `None` for RTP.
        connection: Option<String>,
        connected: bool,
        leg: Option<Arc<Leg>>,
        /// Where it is dialled, in Asterisk's words.
        dialstring: String,
    },
}

/// One channel.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) state: ChannelState,
    pub(super) app: Option<String>,
    pub(super) app_args: Vec<String>,
    pub(super) in_stasis: bool,
    pub(super) caller: String,
    pub(super) connected: String,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) formats: Vec<String>,
    pub(super) created: String,
    pub(super) protocol_id: String,
    pub(super) bridge: Option<String>,
    pub(super) dialled: bool,
    /// The trunk has said something of it.
    pub(super) heard_of: bool,
    /// A hang-up is under way.
    pub(super) ending: bool,
    pub(super) port: Arc<Port>,
    /// When `TIMEOUT(absolute)` ends it.
    pub(super) absolute: Option<tokio::time::Instant>,
    /// Cancelled with the channel; what waits on its behalf ends then.
    pub(super) gone: CancellationToken,
}

impl Channel {
    pub(super) fn is_trunk(&self) -> bool {
        matches!(self.kind, Kind::Trunk { .. })
    }

    /// Dialled by `POST /channels`, which keeps it out of the application until the answer.
    pub(super) fn is_originated(&self) -> bool {
        matches!(
            self.kind,
            Kind::Trunk {
                originated: true,
                ..
            }
        )
    }

    pub(super) fn dialstring(&self, trunk: &str) -> String {
        match &self.kind {
            Kind::Trunk { number, .. } => format!("{number}@{trunk}"),
            Kind::Media { dialstring, .. } => dialstring.clone(),
        }
    }

    pub(super) fn json(&self) -> Value {
        let (context, language) = if self.is_trunk() {
            ("from-novofon", "ru")
        } else {
            ("default", "en")
        };
        let (app, data) = match &self.app {
            Some(app) if self.in_stasis => ("Stasis", app.as_str()),
            _ if self.is_originated() || !self.is_trunk() => ("AppDial2", "(Outgoing Line)"),
            _ => ("", ""),
        };
        json!({
            "id": self.id,
            "name": self.name,
            "state": self.state.name(),
            "protocol_id": self.protocol_id,
            "caller": {"name": "", "number": self.caller},
            "connected": {"name": "", "number": self.connected},
            "accountcode": "",
            "dialplan": {
                "context": context, "exten": "s", "priority": 1,
                "app_name": app, "app_data": data,
            },
            "creationtime": self.created,
            "language": language,
        })
    }

    /// The same with the variables that come with external media.
    pub(super) fn json_with_variables(&self) -> Value {
        let mut value = self.json();
        if let Some(fields) = value.as_object_mut() {
            let own = |key: &&String| {
                key.starts_with("MEDIA_WEBSOCKET_") || key.starts_with("UNICASTRTP_")
            };
            let variables = self.variables.iter().filter(|(key, _)| own(key));
            let variables: BTreeMap<_, _> = variables.collect();
            fields.insert("channelvars".to_owned(), json!(variables));
        }
        value
    }
}

/// A bridge.
#[derive(Debug)]
pub(super) struct Bridge {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) created: String,
    /// Channel ids, in the order in which they came.
    pub(super) members: Vec<String>,
}

impl Bridge {
    pub(super) fn json(&self) -> Value {
        let technology = match (self.kind.as_str(), self.members.len()) {
            ("holding", _) => "holding_bridge",
            (_, 0..=2) => "simple_bridge",
            _ => "softmix",
        };
        json!({
            "id": self.id,
            "technology": technology,
            "bridge_type": self.kind,
            "bridge_class": "stasis",
            "creator": "Stasis",
            "name": self.name,
            "channels": self.members,
            "creationtime": self.created,
            "video_mode": "talker",
        })
    }
}
