//! The frame queue of a media socket, as `chan_websocket` keeps it.
//!
//! It is fed by messages and emptied by the clock, a frame every 20 ms; what waits to be told
//! (marks, the end of buffering) stands between the frames and goes with the tick that reaches
//! it, without taking its place. An empty queue says nothing at all.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::audio::{FRAME_SAMPLES, G711};

/// A text longer than this is ignored without a word.
const LONGEST_COMMAND: usize = 128;
const XOFF: usize = 900;
const XON: usize = 800;
/// A message that comes when so many frames wait is dropped without a word.
const FULL: usize = 1_000;

enum Item {
    Frame([u8; FRAME_SAMPLES]),
    Event(String),
}

/// What a message asks for beyond the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// An event for the client.
    Event(String),
    /// The channel is to be hung up.
    HangUp,
}

/// One queue.
pub(super) struct Queue {
    channel: String,
    silence: u8,
    items: VecDeque<Item>,
    frames: usize,
    full: bool,
    buffering: bool,
    paused: bool,
    tell_when_drained: bool,
    rest: Vec<u8>,
}

impl Queue {
    pub(super) fn new(channel: &str, law: G711) -> Self {
        Self {
            channel: channel.to_owned(),
            silence: law.silence(),
            items: VecDeque::new(),
            frames: 0,
            full: false,
            buffering: false,
            paused: false,
            tell_when_drained: false,
            rest: Vec::new(),
        }
    }

    /// Audio came.
    pub(super) fn audio(&mut self, message: &[u8]) -> Option<Reply> {
        if self.frames >= FULL {
            return None;
        }
        if !self.buffering {
            // Without buffering a remainder is dropped.
            self.rest.clear();
            return self.queue(message.chunks_exact(FRAME_SAMPLES));
        }
        let mut all = std::mem::take(&mut self.rest);
        all.extend_from_slice(message);
        let whole = all.chunks_exact(FRAME_SAMPLES);
        self.rest = whole.remainder().to_vec();
        self.queue(whole)
    }

    fn queue<'a>(&mut self, frames: impl Iterator<Item = &'a [u8]>) -> Option<Reply> {
        for frame in frames {
            let mut bytes = [self.silence; FRAME_SAMPLES];
            for (place, byte) in bytes.iter_mut().zip(frame) {
                *place = *byte;
            }
            self.items.push_back(Item::Frame(bytes));
            self.frames += 1;
        }
        if self.full || self.frames < XOFF {
            return None;
        }
        self.full = true;
        Some(Reply::Event(self.event("MEDIA_XOFF", &[])))
    }

    /// A text came.
    pub(super) fn command(&mut self, text: &str) -> Option<Reply> {
        if text.is_empty() || text.len() > LONGEST_COMMAND {
            return None;
        }
        let Ok(message) = serde_json::from_str::<Value>(text.trim()) else {
            return Some(self.error("Unable to parse JSON command"));
        };
        let field = |key: &str| message.get(key).and_then(Value::as_str).unwrap_or_default();
        match field("command") {
            "HANGUP" => return Some(Reply::HangUp),
            "START_MEDIA_BUFFERING" => self.buffering = true,
            "STOP_MEDIA_BUFFERING" => return self.stop_buffering(field("correlation_id")),
            "MARK_MEDIA" => {
                let id = ("correlation_id", json!(field("correlation_id")));
                let event = self.event("MEDIA_MARK_PROCESSED", &[id]);
                self.items.push_back(Item::Event(event));
            }
            "FLUSH_MEDIA" => {
                // A pause stays, whatever the manual says.
                self.items.clear();
                self.frames = 0;
                self.buffering = false;
                self.rest.clear();
            }
            "PAUSE_MEDIA" => self.paused = true,
            "CONTINUE_MEDIA" => self.paused = false,
            "REPORT_QUEUE_DRAINED" => self.tell_when_drained = true,
            "GET_STATUS" => return Some(Reply::Event(self.status())),
            // `ANSWER` finds it answered; others are unknown, and nothing but the log says so.
            _ => {}
        }
        None
    }

    fn stop_buffering(&mut self, id: &str) -> Option<Reply> {
        self.buffering = false;
        let rest = std::mem::take(&mut self.rest);
        let told = if rest.is_empty() {
            None
        } else {
            self.queue(std::iter::once(rest.as_slice()))
        };
        let id = ("correlation_id", json!(id));
        let event = self.event("MEDIA_BUFFERING_COMPLETED", &[id]);
        self.items.push_back(Item::Event(event));
        told
    }

    /// 20 ms have passed: the next frame, if one waits, and what is told on the way to it.
    pub(super) fn tick(&mut self, mut tell: impl FnMut(String)) -> Option<[u8; FRAME_SAMPLES]> {
        if self.paused {
            return None;
        }
        if self.full && self.frames < XON {
            self.full = false;
            tell(self.event("MEDIA_XON", &[]));
        }
        if self.items.is_empty() && std::mem::take(&mut self.tell_when_drained) {
            tell(self.event("QUEUE_DRAINED", &[]));
        }
        loop {
            match self.items.pop_front()? {
                Item::Event(event) => tell(event),
                Item::Frame(frame) => {
                    self.frames = self.frames.saturating_sub(1);
                    return Some(frame);
                }
            }
        }
    }

    fn status(&self) -> String {
        self.event(
            "STATUS",
            &[
                ("queue_length", json!(self.frames)),
                ("xon_level", json!(XON)),
                ("xoff_level", json!(XOFF)),
                ("queue_full", json!(self.full)),
                ("bulk_media", json!(self.buffering)),
                ("media_paused", json!(self.paused)),
            ],
        )
    }

    fn error(&self, text: &str) -> Reply {
        Reply::Event(self.event("ERROR", &[("error_text", json!(text))]))
    }

    fn event(&self, name: &str, fields: &[(&str, Value)]) -> String {
        let mut event = json!({"event": name, "channel_id": self.channel});
        for (key, value) in fields {
            if let Some(event) = event.as_object_mut() {
                event.insert((*key).to_owned(), value.clone());
            }
        }
        event.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue() -> Queue {
        Queue::new("m", G711::Alaw)
    }

    /// What a tick brings: the first byte of its frame, and the names of what is told.
    fn tick(queue: &mut Queue) -> (Option<u8>, Vec<String>) {
        let mut told = Vec::new();
        let frame = queue.tick(|event| told.push(name(&event)));
        (frame.map(|frame| frame[0]), told)
    }

    fn name(event: &str) -> String {
        let event: Value = serde_json::from_str(event).unwrap();
        let id = event["correlation_id"].as_str().unwrap_or_default();
        format!("{} {id}", event["event"].as_str().unwrap())
            .trim()
            .to_owned()
    }

    fn mark(queue: &mut Queue, id: &str) {
        let text = format!(r#"{{"command":"MARK_MEDIA","correlation_id":"{id}"}}"#);
        assert_eq!(queue.command(&text), None);
    }

    fn command(queue: &mut Queue, name: &str) -> Option<Reply> {
        queue.command(&format!(r#"{{"command":"{name}"}}"#))
    }

    #[test]
    fn marks_are_told_on_the_way_and_take_no_time() {
        let mut queue = queue();
        queue.audio(&[1; 320]);
        mark(&mut queue, "a");
        mark(&mut queue, "b");
        queue.audio(&[2; 160]);
        assert_eq!(tick(&mut queue), (Some(1), vec![]));
        assert_eq!(tick(&mut queue), (Some(1), vec![]));
        let told = ["a", "b"].map(|id| format!("MEDIA_MARK_PROCESSED {id}"));
        assert_eq!(tick(&mut queue), (Some(2), told.to_vec()));
        assert_eq!(tick(&mut queue), (None, vec![]));
    }

    #[test]
    fn a_remainder_is_dropped_unless_it_is_buffered() {
        let mut queue = queue();
        queue.audio(&[1; 170]);
        queue.audio(&[2; 160]);
        assert_eq!(tick(&mut queue).0, Some(1));
        assert_eq!(tick(&mut queue).0, Some(2));
        command(&mut queue, "START_MEDIA_BUFFERING");
        queue.audio(&[3; 100]);
        queue.audio(&[4; 100]);
        queue.command(r#"{"command":"STOP_MEDIA_BUFFERING","correlation_id":"s"}"#);
        let whole = queue.tick(|_| {}).unwrap();
        assert_eq!((whole[0], whole[159]), (3, 4));
        let short = queue.tick(|_| {}).unwrap();
        assert_eq!((short[0], short[39], short[40]), (4, 4, 0xD5));
        assert_eq!(tick(&mut queue).1, ["MEDIA_BUFFERING_COMPLETED s"]);
    }

    #[test]
    fn a_flush_takes_marks_along_and_leaves_the_pause() {
        let mut queue = queue();
        command(&mut queue, "PAUSE_MEDIA");
        queue.audio(&[1; 160]);
        mark(&mut queue, "gone");
        command(&mut queue, "FLUSH_MEDIA");
        queue.audio(&[2; 160]);
        assert_eq!(tick(&mut queue), (None, vec![]));
        command(&mut queue, "CONTINUE_MEDIA");
        assert_eq!(tick(&mut queue), (Some(2), vec![]));
    }

    #[test]
    fn it_says_when_it_is_full_and_drops_what_comes_then() {
        let mut queue = queue();
        let told: Vec<_> = (0..110).filter_map(|_| queue.audio(&[1; 1_600])).collect();
        assert_eq!(told.len(), 1);
        assert!(matches!(&told[0], Reply::Event(event) if event.contains("MEDIA_XOFF")));
        assert_eq!(queue.frames, 1_000);
        let mut told = Vec::new();
        while queue.tick(|event| told.push(name(&event))).is_some() {}
        assert_eq!(told, ["MEDIA_XON"]);
    }

    #[test]
    fn a_command_that_is_too_long_is_ignored_and_garbage_is_told() {
        let mut queue = queue();
        let long = format!(r#"{{"command":"GET_STATUS","x":"{}"}}"#, "x".repeat(100));
        assert_eq!(queue.command(&long), None);
        assert!(
            matches!(queue.command("nonsense"), Some(Reply::Event(text)) if text.contains("ERROR"))
        );
        assert_eq!(command(&mut queue, "NOPE"), None);
        assert_eq!(command(&mut queue, "HANGUP"), Some(Reply::HangUp));
        let Some(Reply::Event(status)) = command(&mut queue, "GET_STATUS") else {
            panic!("a status");
        };
        assert!(status.contains(r#""queue_length":0"#), "{status}");
    }

    #[test]
    fn a_drained_queue_is_told_once() {
        let mut queue = queue();
        queue.audio(&[1; 160]);
        command(&mut queue, "REPORT_QUEUE_DRAINED");
        assert_eq!(tick(&mut queue).1, [""; 0]);
        assert_eq!(tick(&mut queue).1, ["QUEUE_DRAINED"]);
        assert_eq!(tick(&mut queue).1, [""; 0]);
    }
}
