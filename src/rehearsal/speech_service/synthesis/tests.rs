//! Each rule of the synthesis sockets, in virtual time.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::parameters::Parameters;
use super::session::{Kind, Output, Session, Surroundings};
use crate::audio::G711;
use crate::rehearsal::speech_service::account::Account;
use crate::rehearsal::speech_service::faults::{Fault, Faults, Scope};
use crate::rehearsal::speech_service::journal::{Journalist, SynthesisRecord};
use crate::rehearsal::speech_service::options::Options;
use crate::rehearsal::voice::Listener;

mod limits;
mod speaking;

/// A client that talks to a socket without a network.
struct Client {
    session: Session,
    journal: Journalist,
    account: Arc<Account>,
    now: Duration,
    got: Vec<(Duration, Output)>,
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

const USUAL: [(&str, &str); 3] = [
    ("model_id", "eleven_flash_v2_5"),
    ("output_format", "alaw_8000"),
    ("auto_mode", "true"),
];

impl Client {
    fn open(kind: Kind, query: &[(&str, &str)], options: &Options, faults: &[Fault]) -> Self {
        let mut all: Vec<(String, String)> = Vec::new();
        for (name, value) in USUAL.iter().chain(query) {
            all.push(((*name).to_owned(), (*value).to_owned()));
        }
        let planned = Faults::default();
        for fault in faults {
            planned.inject(fault.clone(), Scope::Every, 0);
        }
        let journal = Journalist::new();
        let account = Arc::new(Account::new(options));
        let around = Surroundings {
            number: journal.open_synthesis(SynthesisRecord::default()),
            faults: planned,
            journal: journal.clone(),
            account: Arc::clone(&account),
        };
        let parameters = Parameters::parse(&all).expect("a query that is accepted");
        Self {
            session: Session::new(kind, parameters, options, around, true),
            journal,
            account,
            now: Duration::ZERO,
            got: Vec::new(),
        }
    }

    fn single(query: &[(&str, &str)]) -> Self {
        Self::open(Kind::Single, query, &Options::default(), &[])
    }

    fn multi(query: &[(&str, &str)]) -> Self {
        Self::open(Kind::Multi, query, &Options::default(), &[])
    }

    fn broken(fault: Fault) -> Self {
        Self::open(Kind::Multi, &[], &Options::default(), &[fault])
    }

    fn send(&mut self, message: &Value) {
        self.raw(&message.to_string());
    }

    fn raw(&mut self, message: &str) {
        self.session.text(self.now, message);
        self.collect();
    }

    fn collect(&mut self) {
        let outputs = self.session.due(self.now);
        let now = self.now;
        self.got
            .extend(outputs.into_iter().map(|output| (now, output)));
    }

    fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(deadline) = self.session.deadline().filter(|d| *d <= until) {
            self.now = deadline.max(self.now);
            self.collect();
        }
        self.now = until;
    }

    /// A whole utterance in a context of its own.
    fn say(&mut self, id: &str, text: &str) {
        self.send(&json!({"text": " ", "context_id": id, "voice_settings": {"speed": 1.0}}));
        self.send(&json!({"text": text, "context_id": id, "flush": true}));
        self.send(&json!({"context_id": id, "close_context": true}));
    }

    fn messages(&self) -> Vec<(Duration, Value)> {
        let sent = self.got.iter().filter_map(|(at, output)| match output {
            Output::Send(message) | Output::Audio(message, _) => Some((*at, message.clone())),
            Output::Release(_) | Output::Close(..) | Output::Reset => None,
        });
        sent.collect()
    }

    /// All audio of a context, or of the socket.
    fn audio(&self, context: Option<&str>) -> Vec<u8> {
        let of = |message: &Value| context.is_none_or(|id| message["contextId"] == id);
        let messages = self.messages();
        let audio = messages
            .iter()
            .filter(|(_, m)| of(m))
            .filter_map(|(_, m)| m["audio"].as_str());
        audio
            .flat_map(|audio| STANDARD.decode(audio).unwrap())
            .collect()
    }

    fn heard(&self, context: Option<&str>) -> String {
        let mut listener = Listener::new();
        let audio = self.audio(context);
        listener.push(
            &audio
                .iter()
                .map(|b| G711::Alaw.expand(*b))
                .collect::<Vec<_>>(),
        );
        listener.text()
    }

    fn finals(&self) -> Vec<Value> {
        let messages = self.messages().into_iter().map(|(_, message)| message);
        messages
            .filter(|message| message["isFinal"] == true)
            .collect()
    }

    fn error(&self) -> String {
        let messages = self.messages();
        let mut errors = messages.iter().filter_map(|(_, m)| m["error"].as_str());
        errors.next().unwrap_or_default().to_owned()
    }

    fn closed(&self) -> Option<(u16, String)> {
        self.got.iter().find_map(|(_, output)| match output {
            Output::Close(code, reason) => Some((*code, reason.clone())),
            Output::Send(_) | Output::Audio(..) | Output::Release(_) | Output::Reset => None,
        })
    }

    fn record(&self) -> SynthesisRecord {
        self.journal.read().synthesis[0].clone()
    }
}
