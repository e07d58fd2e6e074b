//! Stasis applications: who hears of what.
//!
//! An application lives as long as it has a socket or anything to hear of; one without a socket is
//! inactive, and what happens meanwhile is lost. A second socket takes the application over.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;

/// One application.
#[derive(Debug, Default)]
pub(super) struct Application {
    socket: Option<(u64, Sender<String>)>,
    /// Hears of everything.
    all: bool,
    /// `channel:ID`, `bridge:ID`, `endpoint:TECH/RESOURCE`.
    topics: BTreeSet<String>,
    allowed: Vec<String>,
    disallowed: Vec<String>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Applications {
    by_name: BTreeMap<String, Application>,
    sockets: u64,
}

impl Applications {
    /// A socket opens; its number. The one before hears that it was replaced.
    pub(super) fn attach(&mut self, name: &str, all: bool, socket: Sender<String>) -> u64 {
        self.sockets += 1;
        let app = self.by_name.entry(name.to_owned()).or_default();
        let event = json!({"type": "ApplicationReplaced"});
        app.send(name, &event);
        app.all = all;
        app.socket = Some((self.sockets, socket));
        self.sockets
    }

    /// A socket is closed; the application goes with it if nothing holds it.
    pub(super) fn detach(&mut self, name: &str, number: u64) {
        if let Some(app) = self.by_name.get_mut(name)
            && app.socket.as_ref().is_some_and(|(own, _)| *own == number)
        {
            app.socket = None;
        }
        self.forget(name);
    }

    fn forget(&mut self, name: &str) {
        let idle = |app: &Application| app.socket.is_none() && app.topics.is_empty();
        if self.by_name.get(name).is_some_and(idle) {
            self.by_name.remove(name);
        }
    }

    pub(super) fn is_active(&self, name: &str) -> bool {
        self.by_name
            .get(name)
            .is_some_and(|app| app.socket.is_some())
    }

    pub(super) fn exists(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.by_name.keys().cloned().collect()
    }

    pub(super) fn subscribe(&mut self, name: &str, topic: String) {
        if let Some(app) = self.by_name.get_mut(name) {
            app.topics.insert(topic);
        }
    }

    /// Whether it had been subscribed.
    pub(super) fn unsubscribe(&mut self, name: &str, topic: &str) -> bool {
        let app = self.by_name.get_mut(name);
        let removed = app.is_some_and(|app| app.topics.remove(topic));
        self.forget(name);
        removed
    }

    /// What a topic was about is gone.
    pub(super) fn close_topic(&mut self, topic: &str) {
        for name in self.names() {
            self.unsubscribe(&name, topic);
        }
    }

    pub(super) fn set_filter(&mut self, name: &str, allowed: Vec<String>, disallowed: Vec<String>) {
        if let Some(app) = self.by_name.get_mut(name) {
            app.allowed = allowed;
            app.disallowed = disallowed;
        }
    }

    /// Sends an event to every application that hears of one of the `topics`, once; and once more
    /// to one that hears of the `endpoint` besides, as the real one does.
    pub(super) fn publish(&mut self, event: &Value, topics: &[String], endpoint: Option<&str>) {
        for (name, app) in &mut self.by_name {
            let own = app.all || topics.iter().any(|topic| app.topics.contains(topic));
            let by_endpoint = endpoint.is_some_and(|topic| app.topics.contains(topic));
            for _ in 0..usize::from(own) + usize::from(by_endpoint) {
                app.send(name, event);
            }
        }
    }

    pub(super) fn json(&self, name: &str) -> Option<Value> {
        let app = self.by_name.get(name)?;
        let of = |scheme: &str| -> Vec<&str> {
            let ids = app
                .topics
                .iter()
                .filter_map(|topic| topic.strip_prefix(scheme));
            ids.collect()
        };
        let types = |list: &[String]| -> Vec<Value> {
            list.iter().map(|kind| json!({"type": kind})).collect()
        };
        Some(json!({
            "name": name,
            "channel_ids": of("channel:"),
            "bridge_ids": of("bridge:"),
            "endpoint_ids": of("endpoint:"),
            "device_names": of("deviceState:"),
            "events_allowed": types(&app.allowed),
            "events_disallowed": types(&app.disallowed),
        }))
    }
}

impl Application {
    fn send(&mut self, name: &str, event: &Value) {
        let kind = event
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let named = |list: &[String]| list.iter().any(|own| own == kind);
        let passes = self.allowed.is_empty() || named(&self.allowed);
        if !passes || named(&self.disallowed) {
            return;
        }
        let Some((_, socket)) = &self.socket else {
            return;
        };
        let mut event = event.clone();
        if let Some(fields) = event.as_object_mut() {
            fields.insert("application".to_owned(), json!(name));
            let now = || json!(super::world::now());
            fields.entry("timestamp").or_insert_with(now);
            fields.insert("asterisk_id".to_owned(), json!(super::world::ENTITY));
        }
        // A client that does not read is cut off; one that is gone detaches itself in a moment.
        if socket.try_send(event.to_string()).is_err() {
            tracing::debug!(app = name, "an event socket takes no more");
            self.socket = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_second_socket_takes_over_and_the_first_is_told() {
        let mut apps = Applications::default();
        let (first, mut heard) = channel(8);
        let number = apps.attach("a", false, first);
        let (second, _keep) = channel(8);
        apps.attach("a", false, second);
        let Ok(event) = heard.try_recv() else {
            panic!("an event");
        };
        assert!(event.contains("ApplicationReplaced") && event.contains(r#""application":"a""#));
        apps.detach("a", number);
        assert!(
            apps.is_active("a"),
            "the first one's end is not the second's"
        );
    }

    #[test]
    fn a_topic_keeps_an_application_without_a_socket() {
        let mut apps = Applications::default();
        let (socket, _keep) = channel(8);
        let number = apps.attach("a", false, socket);
        apps.subscribe("a", "channel:c".to_owned());
        apps.detach("a", number);
        assert!(apps.exists("a") && !apps.is_active("a"));
        apps.close_topic("channel:c");
        assert!(!apps.exists("a"));
    }

    #[test]
    fn an_endpoint_subscription_doubles_the_events_of_a_channel() {
        let mut apps = Applications::default();
        let (socket, mut heard) = channel(8);
        apps.attach("a", false, socket);
        apps.subscribe("a", "channel:c".to_owned());
        apps.subscribe("a", "endpoint:PJSIP/t".to_owned());
        let topics = ["channel:c".to_owned(), "bridge:b".to_owned()];
        apps.publish(&json!({"type": "X"}), &topics, Some("endpoint:PJSIP/t"));
        assert!(heard.try_recv().is_ok() && heard.try_recv().is_ok());
        assert!(heard.try_recv().is_err());
    }
}
