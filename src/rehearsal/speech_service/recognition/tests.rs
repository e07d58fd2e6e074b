//! Each rule of the recognition session, in virtual time.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::session::{Output, Session, Surroundings};
use super::settings::Settings;
use crate::audio::G711;
use crate::rehearsal::speech_service::faults::{Fault, Faults, Scope};
use crate::rehearsal::speech_service::journal::{Journalist, RecognitionRecord};
use crate::rehearsal::speech_service::options::Options;
use crate::rehearsal::voice::speak;

mod faults;
mod parameters;
mod rules;

const SECOND: usize = 8_000;

/// A client that talks to a session without a network; its clock runs with the audio.
struct Call {
    session: Session,
    journal: Journalist,
    faults: Faults,
    now: Duration,
    law: Option<G711>,
    got: Vec<(Duration, Output)>,
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

impl Call {
    fn open(query: &[(&str, &str)]) -> Self {
        Self::open_with(query, &Options::default(), &[])
    }

    fn open_with(query: &[(&str, &str)], options: &Options, faults: &[Fault]) -> Self {
        let query: Vec<_> = query
            .iter()
            .map(|(n, v)| (n.to_string(), v.to_string()))
            .collect();
        let planned = Faults::default();
        for fault in faults {
            planned.inject(fault.clone(), Scope::Every, 0);
        }
        let journal = Journalist::new();
        let around = Surroundings {
            number: journal.open_recognition(RecognitionRecord::default()),
            faults: planned.clone(),
            journal: journal.clone(),
        };
        let ulaw = query.iter().any(|(_, value)| value == "ulaw_8000");
        let settings = Settings::parse(&query).unwrap();
        let mut call = Self {
            session: Session::new(settings, options, around),
            journal,
            faults: planned,
            now: Duration::ZERO,
            law: ulaw.then_some(G711::Ulaw),
            got: Vec::new(),
        };
        call.collect();
        call
    }

    fn collect(&mut self) {
        let now = self.now;
        let outputs = self.session.due(now);
        self.got
            .extend(outputs.into_iter().map(|output| (now, output)));
    }

    /// Lets time pass, and takes what comes in it.
    fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while self.session.deadline() <= until && !self.is_over() {
            self.now = self.session.deadline().max(self.now);
            self.collect();
        }
        self.now = until;
    }

    fn send(&mut self, message: &Value) {
        self.session.text(self.now, &message.to_string());
        self.collect();
    }

    fn bytes(&mut self, bytes: &[u8], commit: bool) {
        self.send(&json!({
            "message_type": "input_audio_chunk", "audio_base_64": STANDARD.encode(bytes),
            "commit": commit, "sample_rate": 8_000,
        }));
    }

    /// Says samples in real time, 100 ms a message.
    fn say(&mut self, samples: &[i16]) {
        for part in samples.chunks(800) {
            self.wait(ms(part.len() as u64 / 8));
            let bytes: Vec<u8> = match self.law {
                Some(law) => part.iter().map(|s| law.compress(*s)).collect(),
                None => part.iter().flat_map(|s| s.to_le_bytes()).collect(),
            };
            self.bytes(&bytes, false);
        }
    }

    fn silence(&mut self, samples: usize) {
        self.say(&vec![0; samples]);
    }

    fn commit(&mut self) {
        self.bytes(&[], true);
    }

    /// Messages of a type with the times of their coming.
    fn of(&self, kind: &str) -> Vec<(Duration, Value)> {
        let sent = self.got.iter().filter_map(|(at, output)| match output {
            Output::Send(message) if message["message_type"] == kind => {
                Some((*at, message.clone()))
            }
            Output::Send(_) | Output::Close(..) | Output::Reset => None,
        });
        sent.collect()
    }

    fn texts(&self, kind: &str) -> Vec<String> {
        let of = self.of(kind);
        of.iter()
            .map(|(_, m)| m["text"].as_str().unwrap().to_owned())
            .collect()
    }

    fn kinds(&self) -> Vec<String> {
        let sent = self.got.iter().filter_map(|(_, output)| match output {
            Output::Send(message) => Some(message["message_type"].as_str().unwrap().to_owned()),
            Output::Close(..) | Output::Reset => None,
        });
        sent.collect()
    }

    fn ending(&self) -> Option<(Duration, Output)> {
        self.got
            .iter()
            .find(|(_, output)| !matches!(output, Output::Send(_)))
            .cloned()
    }

    fn is_over(&self) -> bool {
        self.ending().is_some()
    }

    fn record(&self) -> RecognitionRecord {
        self.journal.read().recognition[0].clone()
    }
}

fn pcm() -> Call {
    Call::open(&[("audio_format", "pcm_8000"), ("language_code", "ru")])
}

fn closed(code: u16, reason: &str) -> Output {
    Output::Close(code, reason.to_owned())
}
