//! Each rule of the synthesis sockets, in virtual time.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;
use serde_json::{Value, json};

use super::parameters::Parameters;
use super::session::{Kind, Output, Session, Surroundings};
use crate::audio::G711;
use crate::rehearsal::speech_service::account::Account;
use crate::rehearsal::speech_service::faults::{Fault, Faults, Scope};
use crate::rehearsal::speech_service::journal::{Journalist, SynthesisRecord};
use crate::rehearsal::speech_service::options::Options;
use crate::rehearsal::voice::Listener;

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

#[test]
fn a_single_socket_speaks_until_its_end() {
    let mut client = Client::single(&[]);
    client.send(&json!({"text": " ", "voice_settings": {"stability": 0.5}}));
    client.send(&json!({"text": "Добрый день, "}));
    client.send(&json!({"text": "это проверка. "}));
    client.send(&json!({"text": ""}));
    client.wait(ms(10_000));
    assert_eq!(client.heard(None), "добрый день, это проверка.");
    assert_eq!(client.finals().len(), 1);
    assert_eq!(client.closed(), Some((1000, String::new())));
    assert_eq!(client.record().texts, ["Добрый день,", "это проверка."]);
    assert!(
        client
            .messages()
            .iter()
            .all(|(_, m)| m.get("contextId").is_none())
    );
}

#[test]
fn the_first_audio_takes_its_latency_and_the_rest_comes_in_bursts() {
    let mut client = Client::multi(&[]);
    client.say(
        "u1",
        "Здравствуйте, меня зовут Анна, я звоню по вашей заявке.",
    );
    client.wait(ms(5_000));
    let times: Vec<_> = client.messages().iter().map(|(at, _)| *at).collect();
    assert!((ms(200)..=ms(260)).contains(&times[0]), "{:?}", times[0]);
    let length = ms(client.audio(None).len() as u64 / 8);
    let took = *times.last().unwrap() - times[0];
    assert!(
        took * 4 < length && took * 6 > length,
        "{took:?} for {length:?}"
    );
    assert!(times.len() > 5);
}

#[test]
fn contexts_are_apart_and_end_with_a_final() {
    let mut client = Client::multi(&[]);
    client.say("u1", "первый");
    client.say("u2", "второй");
    client.wait(ms(5_000));
    assert_eq!(client.heard(Some("u1")), "первый");
    assert_eq!(client.heard(Some("u2")), "второй");
    let finals: Vec<_> = client
        .finals()
        .iter()
        .map(|m| m["contextId"].clone())
        .collect();
    assert_eq!(finals.len(), 2);
    assert!(finals.contains(&json!("u1")) && finals.contains(&json!("u2")));
    let messages = client.messages();
    let last = messages
        .iter()
        .rfind(|(_, m)| m["contextId"] == "u1")
        .unwrap();
    assert_eq!(last.1["isFinal"], true);
    assert!(client.closed().is_none());
    assert_eq!(client.record().closed_contexts, ["u1", "u2"]);
}

#[test]
fn a_context_id_may_be_used_again() {
    let mut client = Client::multi(&[]);
    client.say("u1", "раз");
    client.wait(ms(2_000));
    client.say("u1", "два");
    client.wait(ms(2_000));
    assert_eq!(client.heard(Some("u1")), "раз два");
    assert_eq!(client.finals().len(), 2);
}

#[test]
fn text_that_was_not_flushed_is_dropped_with_its_context() {
    let mut client = Client::multi(&[("auto_mode", "false")]);
    client.send(&json!({"text": " ", "context_id": "u1"}));
    client.send(&json!({"text": "сказано ", "context_id": "u1", "flush": true}));
    client.send(&json!({"text": "не сказано ", "context_id": "u1"}));
    client.send(&json!({"context_id": "u1", "close_context": true}));
    client.wait(ms(3_000));
    assert_eq!(client.heard(Some("u1")), "сказано");
}

#[test]
fn closing_the_socket_flushes_every_context() {
    let mut client = Client::multi(&[("auto_mode", "false")]);
    for (id, text) in [("u1", "один "), ("u2", "два ")] {
        client.send(&json!({"text": " ", "context_id": id}));
        client.send(&json!({"text": text, "context_id": id}));
    }
    client.send(&json!({"close_socket": true}));
    client.wait(ms(3_000));
    assert_eq!(
        (client.heard(Some("u1")), client.heard(Some("u2"))),
        ("один".into(), "два".into())
    );
    assert_eq!(client.finals().len(), 2);
    assert_eq!(client.closed(), Some((1000, String::new())));
}

#[test]
fn a_sixth_context_closes_the_socket() {
    let mut client = Client::multi(&[]);
    for id in ["1", "2", "3", "4", "5"] {
        client.send(&json!({"text": " ", "context_id": id}));
    }
    assert!(client.closed().is_none());
    client.send(&json!({"context_id": "5", "close_context": true}));
    client.send(&json!({"text": " ", "context_id": "6"}));
    assert!(client.closed().is_none(), "a closed one makes room");
    client.send(&json!({"text": " ", "context_id": "7"}));
    assert_eq!(
        client.closed(),
        Some((1008, "Maximum simultaneous contexts exceeded".to_owned()))
    );
    assert_eq!(client.record().violations.len(), 1);
}

#[rstest]
#[case::late(json!({"text": " ", "context_id": "u"}))]
#[case::changed(json!({"text": " ", "context_id": "u", "voice_settings": {"stability": 0.1}}))]
#[case::keepalive_first(json!({"text": "", "context_id": "u"}))]
fn voice_settings_come_first_or_never(#[case] first: Value) {
    let mut client = Client::multi(&[]);
    client.send(&first);
    client.send(&json!({"text": "да ", "context_id": "u", "voice_settings": {"stability": 0.5}}));
    let (code, reason) = client.closed().unwrap();
    assert_eq!(code, 1008);
    assert!(
        reason.starts_with("voice_settings field must be provided in the first"),
        "{reason}"
    );
}

#[test]
fn unchanged_voice_settings_may_be_repeated() {
    let mut client = Client::multi(&[]);
    for text in [" ", "да "] {
        client.send(&json!({"text": text, "context_id": "u", "voice_settings": {"speed": 1.0}}));
    }
    assert!(client.closed().is_none());
}

#[test]
fn malformed_messages_close_the_socket() {
    let mut client = Client::multi(&[]);
    client.raw("{");
    assert_eq!(client.error(), "invalid_input_message");
    assert_eq!(client.closed().unwrap().0, 1008);
}

#[test]
fn the_newest_models_do_not_work_here() {
    let mut client = Client::single(&[("model_id", "eleven_v3")]);
    client.send(&json!({"text": " "}));
    assert_eq!(client.error(), "unsupported_model");
    assert_eq!(client.closed().unwrap().0, 1008);
}

#[rstest]
#[case::default(&[], 20)]
#[case::asked(&[("inactivity_timeout", "180")], 180)]
fn silence_of_the_client_ends_the_socket(#[case] query: &[(&str, &str)], #[case] seconds: u64) {
    let mut client = Client::multi(query);
    client.wait(ms(5_000));
    client.send(&json!({"text": " ", "context_id": "u"}));
    client.wait(ms(seconds * 1_000 - 1));
    assert!(client.closed().is_none());
    client.wait(ms(1));
    assert_eq!(client.error(), "input_timeout_exceeded");
    let (code, reason) = client.closed().unwrap();
    assert!(code == 1008 && reason.len() <= 123, "{reason}");
}

#[test]
fn a_sign_of_life_keeps_socket_and_context() {
    let mut client = Client::multi(&[]);
    for _ in 0..3 {
        client.wait(ms(15_000));
        client.send(&json!({"text": ""}));
    }
    assert!(client.record().contexts.is_empty());
    client.send(&json!({"text": " ", "context_id": "u"}));
    for _ in 0..3 {
        client.wait(ms(15_000));
        client.send(&json!({"text": "", "context_id": "u"}));
    }
    assert!(client.closed().is_none());
    client.wait(ms(15_000));
    client.send(&json!({"text": ""}));
    client.wait(ms(5_000));
    assert!(
        client.closed().is_some(),
        "the socket's sign is not the context's"
    );
}

#[test]
fn without_auto_mode_text_waits_for_its_schedule() {
    let mut client = Client::single(&[("auto_mode", "false")]);
    client.send(&json!({"text": " "}));
    client.send(&json!({"text": "коротко "}));
    client.wait(ms(3_000));
    assert!(client.audio(None).is_empty());
    client.send(&json!({"text": "и хватит ", "flush": true}));
    client.wait(ms(3_000));
    assert_eq!(client.heard(None), "коротко и хватит");
    assert!(client.finals().is_empty(), "a flush is no end");
}

#[test]
fn alignment_covers_the_piece_on_its_first_message() {
    let text = "Добрый день, это довольно длинная проверка. ";
    let mut client = Client::multi(&[]);
    client.say("u1", text);
    client.wait(ms(5_000));
    let messages = client.messages();
    let alignment = &messages[0].1["alignment"];
    let chars = alignment["chars"].as_array().unwrap();
    let said: String = chars.iter().map(|c| c.as_str().unwrap()).collect();
    // The blank of the first message is spoken of too, as the real service does.
    assert_eq!(said.trim_start(), text);
    assert_eq!(
        alignment["charStartTimesMs"].as_array().unwrap().len(),
        chars.len()
    );
    assert_eq!(
        alignment["charDurationsMs"].as_array().unwrap().len(),
        chars.len()
    );
    assert!(messages[1].1["alignment"].is_null());
}

#[test]
fn synchronous_alignment_times_each_chunk_by_itself() {
    let mut client = Client::multi(&[("sync_alignment", "true")]);
    client.say("u1", "Добрый день, это довольно длинная проверка.");
    client.wait(ms(5_000));
    let mut said = String::new();
    for (_, message) in client.messages() {
        let Some(chars) = message["alignment"]["chars"].as_array() else {
            continue;
        };
        said.extend(chars.iter().map(|c| c.as_str().unwrap()));
        let starts = message["alignment"]["charStartTimesMs"].as_array().unwrap();
        assert!(
            starts
                .first()
                .is_none_or(|first| first.as_u64().unwrap() < 60),
            "{message}"
        );
    }
    assert_eq!(
        said.trim_start(),
        "Добрый день, это довольно длинная проверка."
    );
}

#[test]
fn an_empty_account_closes_the_socket() {
    let options = Options {
        credits: 10,
        ..Options::default()
    };
    let mut client = Client::open(Kind::Multi, &[], &options, &[]);
    client.say("u1", "тридцать знаков, то есть дорого");
    assert_eq!(client.error(), "quota_exceeded");
    let (code, reason) = client.closed().unwrap();
    assert_eq!(code, 1008);
    assert!(
        reason.starts_with("This request exceeds your quota of 10."),
        "{reason}"
    );
}

#[test]
fn only_what_is_being_spoken_takes_a_place() {
    let options = Options {
        max_concurrent: 1,
        ..Options::default()
    };
    let mut client = Client::open(Kind::Multi, &[], &options, &[]);
    client.say("u1", "раз");
    assert_eq!(client.account.running(), 1);
    client.wait(ms(2_000));
    assert_eq!(client.account.running(), 0);
    client.say("u2", "два");
    client.say("u3", "три");
    assert_eq!(client.error(), "too_many_concurrent_requests");
}

#[test]
fn names_of_fields_may_be_in_the_other_case() {
    let options = Options {
        snake_case: true,
        flush_done: true,
        ..Options::default()
    };
    let mut client = Client::open(Kind::Multi, &[], &options, &[]);
    client.say("u1", "да");
    client.wait(ms(2_000));
    let messages = client.messages();
    assert!(messages.iter().any(|(_, m)| m["type"] == "flush_done"));
    let named = messages.iter().filter(|(_, m)| m.get("type").is_none());
    assert!(named.clone().count() > 0);
    assert!(named.clone().all(|(_, m)| m["context_id"] == "u1"));
}

#[test]
fn faults_do_what_they_say() {
    let mut client = Client::broken(Fault::SlowFirstAudio(ms(3_000)));
    client.say("u", "да");
    client.wait(ms(5_000));
    assert_eq!(client.messages()[0].0, ms(3_000));

    let mut client = Client::broken(Fault::InactivityAfter(ms(100)));
    client.wait(ms(100));
    assert_eq!(client.error(), "input_timeout_exceeded");

    let mut client = Client::broken(Fault::ContextLimit(1));
    client.send(&json!({"text": " ", "context_id": "1"}));
    client.send(&json!({"text": " ", "context_id": "2"}));
    assert_eq!(client.closed().unwrap().0, 1008);

    let mut client = Client::broken(Fault::AudioAfterFinal);
    client.say("u", "да");
    client.wait(ms(5_000));
    assert!(client.messages().last().unwrap().1["audio"].is_string());

    let mut client = Client::broken(Fault::NoFinal);
    client.say("u", "да");
    client.wait(ms(5_000));
    assert!(client.finals().is_empty());
    assert_eq!(client.heard(Some("u")), "да");

    let mut client = Client::broken(Fault::LoseAfter(ms(1_000)));
    client.say("u", "это довольно длинная фраза для одной секунды");
    client.wait(ms(5_000));
    assert!(
        client
            .got
            .iter()
            .any(|(_, output)| *output == Output::Reset)
    );
}

#[rstest]
#[case::mp3(&[("output_format", "mp3_44100_128")])]
#[case::language_of_model(&[("model_id", "eleven_multilingual_v2"), ("language_code", "ru")])]
#[case::unknown_language(&[("language_code", "xx")])]
#[case::inactivity(&[("inactivity_timeout", "181")])]
#[case::flag(&[("auto_mode", "1")])]
fn handshakes_are_judged(#[case] query: &[(&str, &str)]) {
    let all: Vec<_> = USUAL
        .iter()
        .chain(query)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    assert_eq!(Parameters::parse(&all).unwrap_err().status(), 400);
}
