//! What is spoken, when, and how it is timed.

use super::*;

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
    let took = times.last().unwrap().abs_diff(times[0]);
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
