//! What ends a socket, and the faults that can be put in.

use rstest::rstest;

use super::*;

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
    assert_eq!(Parameters::parse(&all).unwrap_err().0.status(), 400);
}
