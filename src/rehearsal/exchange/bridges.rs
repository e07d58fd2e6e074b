//! Bridges: who hears whom.

use std::sync::{Arc, Weak};

use super::channel::{Bridge, ChannelState, Kind};
use super::core::Core;
use super::line::Calling;
use super::sound::Port;
use super::world::{World, event, now};
use serde_json::{Value, json};

impl Core {
    /// Brings channels into a bridge, out of whatever bridge they were in. Unless it is inhibited,
    /// each newcomer tells the others its own number as the connected one.
    pub(super) fn join(&self, world: &mut World, bridge: &str, ids: &[String], inhibit: bool) {
        for id in ids {
            world.leave_bridge(id);
            let Some(channel) = world.channels.get_mut(id) else {
                continue;
            };
            channel.bridge = Some(bridge.to_owned());
            let app = channel.app.clone().unwrap_or_default();
            if let Some(bridge) = world.bridges.get_mut(bridge) {
                bridge.members.push(id.clone());
            }
            world
                .applications
                .subscribe(&app, format!("bridge:{bridge}"));
            world.tell_bridged("ChannelEnteredBridge", id, bridge);
        }
        if !inhibit {
            world.tell_numbers(bridge);
        }
        world.wire(bridge);
        let members = world.members(bridge);
        self.clock.gather(&members);
    }
}

impl World {
    pub(super) fn leave_bridge(&mut self, id: &str) {
        let bridge = self
            .channels
            .get(id)
            .and_then(|channel| channel.bridge.clone());
        let Some(bridge) = bridge else { return };
        if let Some(bridge) = self.bridges.get_mut(&bridge) {
            bridge.members.retain(|member| member != id);
        }
        self.tell_bridged("ChannelLeftBridge", id, &bridge);
        if let Some(channel) = self.channels.get_mut(id) {
            channel.bridge = None;
            channel.port.connect(Vec::new());
        }
        self.wire(&bridge);
    }

    /// Dissolves a bridge; its channels stay in the application.
    pub(super) fn dissolve(&mut self, id: &str) {
        for member in self.members(id) {
            self.leave_bridge(&member);
        }
        self.stop_media(&format!("bridge:{id}"));
        if let Some(bridge) = self.bridges.remove(id) {
            let gone = event("BridgeDestroyed", &json!({"bridge": bridge.json()}));
            self.tell_at(&format!("bridge:{id}"), &gone);
        }
        self.applications.close_topic(&format!("bridge:{id}"));
    }

    pub(super) fn add_bridge(&mut self, id: &str, kind: &str, name: &str) -> Value {
        let bridge = Bridge {
            id: id.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            created: now(),
            members: Vec::new(),
        };
        let json = bridge.json();
        self.bridges.insert(id.to_owned(), bridge);
        let made = event("BridgeCreated", &json!({"bridge": json}));
        self.tell_at(&format!("bridge:{id}"), &made);
        json
    }

    pub(super) fn members(&self, bridge: &str) -> Vec<String> {
        self.bridges
            .get(bridge)
            .map_or_else(Vec::new, |bridge| bridge.members.clone())
    }

    /// The channels in one bridge with this one.
    pub(super) fn others(&self, id: &str) -> Vec<(String, Arc<Port>)> {
        let bridge = self.channels.get(id).and_then(|own| own.bridge.as_ref());
        let members = bridge.map_or_else(Vec::new, |bridge| self.members(bridge));
        members
            .into_iter()
            .filter(|member| member != id)
            .filter_map(|member| {
                let port = Arc::clone(&self.channels.get(&member)?.port);
                Some((member, port))
            })
            .collect()
    }

    /// Their ids.
    pub(super) fn beside(&self, id: &str) -> Vec<String> {
        self.others(id)
            .into_iter()
            .map(|(other, _)| other)
            .collect()
    }

    /// Joins the audio of a bridge's members.
    fn wire(&mut self, bridge: &str) {
        for member in self.members(bridge) {
            let others: Vec<Weak<Port>> = self
                .others(&member)
                .iter()
                .map(|(_, port)| Arc::downgrade(port))
                .collect();
            if let Some(channel) = self.channels.get(&member) {
                channel.port.connect(others);
            }
        }
    }

    /// Each member's connected line becomes the number of another: for a media channel, none.
    fn tell_numbers(&mut self, bridge: &str) {
        let members = self.members(bridge);
        for member in &members {
            let other = members.iter().find(|other| *other != member);
            let number = other.and_then(|other| Some(self.channels.get(other)?.caller.clone()));
            let Some(number) = number else { continue };
            if let Some(channel) = self.channels.get_mut(member) {
                channel.connected = number;
            }
            self.tell("ChannelConnectedLine", member, &Value::Null);
        }
    }

    /// What the trunk would be asked for.
    pub(super) fn calling(&self, id: &str) -> Option<Calling> {
        let channel = self.channels.get(id)?;
        let Kind::Trunk { number, .. } = &channel.kind else {
            return None;
        };
        let shown = if channel.is_originated() {
            &channel.caller
        } else {
            &channel.connected
        };
        Some(Calling {
            number: number.clone(),
            caller: shown.clone(),
            sequence: 1,
            attempt: 1,
            channel: id.to_owned(),
            variables: channel.variables.clone(),
        })
    }

    pub(super) fn heard_of(&mut self, id: &str) {
        if let Some(channel) = self.channels.get_mut(id) {
            channel.heard_of = true;
        }
    }

    pub(super) fn set_state(&mut self, id: &str, state: ChannelState) {
        if let Some(channel) = self.channels.get_mut(id) {
            channel.state = state;
        }
        self.tell("ChannelStateChange", id, &Value::Null);
    }
}
