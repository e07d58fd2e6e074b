//! Everything the exchange knows at a moment, and the words in which it tells of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::applications::Applications;
use super::channel::{Bridge, Channel, Kind};
use crate::rehearsal::random::Random;

/// The id of the machine.
pub(super) const ENTITY: &str = "02:00:5e:10:00:01";

/// Channels, bridges and what hangs on them.
#[derive(Debug)]
pub(super) struct World {
    pub(super) channels: BTreeMap<String, Channel>,
    pub(super) bridges: BTreeMap<String, Bridge>,
    pub(super) applications: Applications,
    pub(super) playbacks: BTreeMap<String, Playback>,
    pub(super) recordings: BTreeMap<String, Recording>,
    /// Name and format of the recordings that are done.
    pub(super) stored: BTreeMap<String, String>,
    pub(super) random: Random,
    pub(super) trunk: String,
    made: u64,
}

/// Something that Asterisk plays.
#[derive(Debug, Clone)]
pub(super) struct Playback {
    pub(super) id: String,
    pub(super) media: String,
    /// `channel:ID` or `bridge:ID`.
    pub(super) target: String,
}

/// Something that Asterisk records.
#[derive(Debug, Clone)]
pub(super) struct Recording {
    pub(super) name: String,
    pub(super) format: String,
    pub(super) target: String,
    pub(super) started: tokio::time::Instant,
}

impl World {
    pub(super) fn new(seed: u64, trunk: &str) -> Self {
        Self {
            channels: BTreeMap::new(),
            bridges: BTreeMap::new(),
            applications: Applications::default(),
            playbacks: BTreeMap::new(),
            recordings: BTreeMap::new(),
            stored: BTreeMap::new(),
            random: Random::new(seed, 0),
            trunk: trunk.to_owned(),
            made: 0,
        }
    }

    /// A number that no channel had before.
    pub(super) fn next_number(&mut self) -> u64 {
        self.made += 1;
        self.made - 1
    }

    pub(super) fn uuid(&mut self) -> String {
        let (high, low) = (self.random.next(), self.random.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFF,
            low >> 52,
            low & 0xFFFF_FFFF_FFFF
        )
    }

    /// Tells an event of a channel; `extra` are its fields beside the channel.
    pub(super) fn tell(&mut self, kind: &str, id: &str, extra: &Value) {
        let Some(channel) = self.channels.get(id) else {
            return;
        };
        let mut event = event(kind, extra);
        set(&mut event, "channel", channel.json());
        self.publish(&event, id);
    }

    /// Tells a step of dialling a channel.
    pub(super) fn tell_dial(&mut self, id: &str, status: &str) {
        let Some(channel) = self.channels.get(id) else {
            return;
        };
        // An originated channel says where to in each of its steps, a dialled one in the first.
        let repeats = channel.is_originated() || matches!(channel.kind, Kind::Media { .. });
        let to = if status.is_empty() || repeats {
            channel.dialstring(&self.trunk)
        } else {
            String::new()
        };
        let extra = json!({"dialstatus": status, "forward": "", "dialstring": to});
        let mut event = event("Dial", &extra);
        set(&mut event, "peer", channel.json());
        self.publish(&event, id);
    }

    /// Tells that a channel came into a bridge or left it.
    pub(super) fn tell_bridged(&mut self, kind: &str, channel: &str, bridge: &str) {
        let extra = match self.bridges.get(bridge) {
            Some(bridge) => json!({"bridge": bridge.json()}),
            None => return,
        };
        self.tell(kind, channel, &extra);
    }

    /// Tells of something at a channel or a bridge, named by its topic.
    pub(super) fn tell_at(&mut self, target: &str, event: &Value) {
        match target.strip_prefix("channel:") {
            Some(id) => self.publish(event, id),
            None => self.applications.publish(event, &[target.to_owned()], None),
        }
    }

    fn publish(&mut self, event: &Value, channel: &str) {
        let known = self.channels.get(channel);
        let endpoint = known
            .filter(|channel| channel.is_trunk())
            .map(|_| format!("endpoint:PJSIP/{}", self.trunk));
        let mut topics = vec![format!("channel:{channel}")];
        topics.extend(
            known
                .and_then(|channel| channel.bridge.as_ref())
                .map(|bridge| format!("bridge:{bridge}")),
        );
        self.applications
            .publish(event, &topics, endpoint.as_deref());
    }
}

/// An event of a kind with these fields.
pub(super) fn event(kind: &str, extra: &Value) -> Value {
    let mut event = extra.clone();
    if !event.is_object() {
        event = json!({});
    }
    set(&mut event, "type", json!(kind));
    event
}

pub(super) fn set(event: &mut Value, key: &str, value: Value) {
    if let Some(fields) = event.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
}

/// The time in Asterisk's form.
pub(super) fn now() -> String {
    let now = jiff::Timestamp::now();
    now.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
}
