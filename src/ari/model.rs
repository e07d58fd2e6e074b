//! The answers of Asterisk, as far as they are read.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A channel as Asterisk described it a moment ago.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChannelSnapshot {
    /// The id that we chose.
    pub id: String,
    /// Asterisk's name, `PJSIP/trunk-00000001`.
    pub name: String,
    /// `Down`, `Ring`, `Ringing`, `Up` …
    pub state: String,
    /// Variables that come with external media.
    #[serde(default)]
    pub channelvars: BTreeMap<String, serde_json::Value>,
}

impl ChannelSnapshot {
    /// Whether it was answered.
    pub fn is_up(&self) -> bool {
        self.state == "Up"
    }

    /// A variable that came with it, as text.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        let value = self.channelvars.get(name)?;
        Some(
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned),
        )
    }
}

/// What Asterisk says of an endpoint.
#[derive(Debug, Deserialize)]
pub(super) struct EndpointAnswer {
    /// `online`, `offline` or `unknown`.
    #[serde(default)]
    pub(super) state: String,
}

/// What Asterisk says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsteriskInfo {
    /// The version in its own words, `22.10.1+dfsg…`.
    pub version: String,
    /// The same as numbers, where it could be read.
    pub parsed: Option<super::Version>,
    /// Identifies the machine; all zero where it has no network card and no `entityid`.
    pub entity_id: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct InfoAnswer {
    pub(super) system: SystemAnswer,
}

#[derive(Debug, Deserialize)]
pub(super) struct SystemAnswer {
    pub(super) version: String,
    #[serde(default)]
    pub(super) entity_id: String,
}

/// A bridge, as far as we care.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct BridgeAnswer {
    pub(super) id: String,
}

/// A module of Asterisk.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ModuleAnswer {
    pub(super) name: String,
    #[serde(default)]
    pub(super) status: String,
}

/// A value of a channel variable.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct VariableAnswer {
    #[serde(default)]
    pub(super) value: String,
}

/// A playback or a live recording: only how it stands.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct StateAnswer {
    #[serde(default)]
    pub(super) state: String,
}
