//! One call's ear against a service that breaks, stalls, repeats itself or refuses.

use std::time::Duration;

use novodial::audio::Frame;
use novodial::speech::{
    Recognizer, RecognizerCommand, RecognizerEvent, RecognizerSession, SpeechErrorClass,
};
use rstest::rstest;
use serde_json::json;
use tokio::time::timeout;

use super::stand::{KEY, Stand, quick};

async fn next(session: &mut RecognizerSession) -> RecognizerEvent {
    timeout(Duration::from_secs(10), session.events.recv())
        .await
        .expect("an event in time")
        .expect("an open session")
}

async fn say(session: &RecognizerSession, sample: i16, frames: usize) {
    for _ in 0..frames {
        let frame = vec![Frame([sample; 160])];
        session
            .commands
            .send(RecognizerCommand::Audio(frame))
            .await
            .unwrap();
    }
}

async fn commit(session: &RecognizerSession) {
    session
        .commands
        .send(RecognizerCommand::Commit)
        .await
        .unwrap();
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn open(stand: &Stand) -> RecognizerSession {
    stand.client(&std::env::temp_dir()).open()
}

#[tokio::test]
async fn a_session_asks_for_what_the_reference_says_and_hears() {
    let stand = Stand::start(|mut visit| async move {
        assert_eq!(visit.key, KEY);
        assert_eq!(visit.path, "/v1/speech-to-text/realtime");
        for (name, value) in [
            ("model_id", "scribe_v2_realtime"),
            ("audio_format", "pcm_8000"),
            ("language_code", "ru"),
            ("commit_strategy", "manual"),
        ] {
            assert_eq!(visit.query[name], value);
        }
        let mut talk = visit.socket();
        talk.start().await;
        talk.say(json!({"message_type": "weather", "text": 7}))
            .await;
        talk.partial("ал").await;
        let heard = talk.until_commit().await.unwrap();
        assert_eq!(heard, vec![500; 30 * 160]);
        talk.committed("алло").await;
        talk.partial("алло").await;
        talk.committed("алло").await;
        talk.drain().await;
        None
    })
    .await;
    let mut session = open(&stand);
    assert_eq!(next(&mut session).await, RecognizerEvent::Ready);
    say(&session, 500, 30).await;
    assert_eq!(
        next(&mut session).await,
        RecognizerEvent::Partial(text("ал"))
    );
    commit(&session).await;
    assert_eq!(
        next(&mut session).await,
        RecognizerEvent::Final(text("алло"))
    );
    session
        .commands
        .send(RecognizerCommand::Close)
        .await
        .unwrap();
    let end = timeout(Duration::from_secs(3), session.events.recv()).await;
    assert_eq!(
        end,
        Ok(None),
        "echo and duplicate are dropped, then the end"
    );
    assert!(!stand.visits().concat().contains(KEY));
}

#[rstest]
#[case("This request exceeds your quota of 10.", SpeechErrorClass::Quota)]
#[case("Invalid API key", SpeechErrorClass::Auth)]
#[case("a rule of tomorrow", SpeechErrorClass::Auth)]
#[tokio::test]
async fn a_session_that_the_service_closes_by_its_rules_is_not_tried_again(
    #[case] reason: &'static str,
    #[case] class: SpeechErrorClass,
) {
    let stand = Stand::start(move |mut visit| async move {
        let mut talk = visit.socket();
        talk.start().await;
        talk.close(1008, reason).await;
        None
    })
    .await;
    let client = stand.client(&std::env::temp_dir());
    let mut session = client.open();
    assert_eq!(next(&mut session).await, RecognizerEvent::Ready);
    let RecognizerEvent::Failed(error) = next(&mut session).await else {
        panic!("not failed");
    };
    assert_eq!(error.class, class, "{error}");
    assert!(error.message.contains(reason), "{error}");
    assert_eq!(stand.visits().len(), 1);
}

#[rstest]
#[case("auth_error", SpeechErrorClass::Auth)]
#[case("unaccepted_terms", SpeechErrorClass::Terms)]
#[case("quota_exceeded", SpeechErrorClass::Quota)]
#[case("invalid_request", SpeechErrorClass::Config)]
#[tokio::test]
async fn a_refusal_after_the_handshake_is_final_and_not_tried_again(
    #[case] code: &'static str,
    #[case] class: SpeechErrorClass,
) {
    let stand = Stand::start(move |mut visit| async move {
        let mut talk = visit.socket();
        let words = format!("The service says so to {KEY}");
        talk.say(json!({"message_type": code, "error": words}))
            .await;
        talk.close(1000, "").await;
        None
    })
    .await;
    let client = stand.client(&std::env::temp_dir());
    let mut session = client.open();
    let RecognizerEvent::Failed(error) = next(&mut session).await else {
        panic!("not failed");
    };
    assert_eq!(error.class, class);
    assert!(error.is_fatal() && !error.hint.is_empty());
    let words = format!("speech recognition: The service says so to [key] ({code})");
    assert_eq!(error.message, words);
    assert_eq!(client.check().await, Err(error));
    assert_eq!(stand.visits().len(), 2);
    // A call that does not care goes on and gets an answer to each commit.
    say(&session, 500, 10).await;
    commit(&session).await;
    assert_eq!(
        next(&mut session).await,
        RecognizerEvent::Final(String::new())
    );
}

#[tokio::test]
async fn an_open_socket_that_never_starts_is_tried_again_and_given_up() {
    let stand = Stand::start(|mut visit| async move {
        visit.socket().drain().await;
        None
    })
    .await;
    let mut session = open(&stand);
    let RecognizerEvent::Failed(error) = next(&mut session).await else {
        panic!("not failed");
    };
    assert_eq!(error.class, SpeechErrorClass::Unreachable);
    assert!(error.message.contains("did not start in time"), "{error}");
    assert_eq!(stand.visits().len(), 4, "one session and three more");
}

#[tokio::test]
async fn a_check_opens_a_session_and_closes_it() {
    let stand = Stand::start(|mut visit| async move {
        let mut talk = visit.socket();
        talk.start().await;
        talk.drain().await;
        None
    })
    .await;
    let client = stand.client(&std::env::temp_dir());
    assert_eq!(client.check().await, Ok(()));
}

/// How a session ends in the middle of a word.
#[derive(Clone, Copy)]
enum Break {
    Idle,
    Reset,
    Error(&'static str),
    Throttled,
    Mute,
}

#[rstest]
#[case(Break::Idle)]
#[case(Break::Reset)]
#[case(Break::Error("queue_overflow"))]
#[case(Break::Error("resource_exhausted"))]
#[case(Break::Error("rate_limited"))]
#[case(Break::Error("transcriber_error"))]
#[case(Break::Error("session_time_limit_exceeded"))]
#[case(Break::Error("insufficient_audio_activity"))]
#[case(Break::Error("chunk_size_exceeded"))]
#[case(Break::Error("error"))]
#[case(Break::Throttled)]
#[case(Break::Mute)]
#[tokio::test]
async fn a_broken_session_is_mended_and_told_all_words_again(#[case] how: Break) {
    let stand = Stand::start(move |mut visit| async move {
        let first = visit.number == 0;
        let mut talk = visit.socket();
        talk.start().await;
        if !first {
            let heard = talk.until_commit().await.unwrap();
            talk.committed(&format!("{} {}", heard.len(), heard[0]))
                .await;
            talk.drain().await;
            return None;
        }
        talk.until_commit().await.unwrap();
        talk.committed("раз").await;
        let message = talk.next().await.unwrap();
        assert_ne!(message["audio_base_64"], "");
        match how {
            Break::Idle => talk.close(1000, "").await,
            Break::Reset => talk.reset(),
            Break::Error(code) => {
                talk.say(json!({"message_type": code, "error": "x"})).await;
                talk.close(1000, "").await;
            }
            Break::Throttled => talk.close(1000, "commit_throttled").await,
            // Neither reads nor answers a ping.
            Break::Mute => std::future::pending().await,
        }
        None
    })
    .await;
    let mut timing = quick();
    timing.dead_peer = Duration::from_millis(600);
    let config = stand.config(&std::env::temp_dir());
    let client = novodial::speech::ElevenLabs::with_timing(config, timing).unwrap();
    let mut session = client.open();
    assert_eq!(next(&mut session).await, RecognizerEvent::Ready);
    say(&session, 500, 20).await;
    commit(&session).await;
    assert_eq!(
        next(&mut session).await,
        RecognizerEvent::Final(text("раз"))
    );
    say(&session, 700, 25).await;
    assert_eq!(next(&mut session).await, RecognizerEvent::Reconnecting);
    say(&session, 700, 25).await;
    assert_eq!(next(&mut session).await, RecognizerEvent::Ready);
    commit(&session).await;
    let all = format!("{} 700", 50 * 160);
    assert_eq!(next(&mut session).await, RecognizerEvent::Final(all));
    assert_eq!(stand.visits().len(), 2);
}

#[tokio::test]
async fn a_commit_in_a_break_is_answered_once_and_then_the_session_gives_up() {
    let stand = Stand::start(|mut visit| async move {
        let first = visit.number == 0;
        let mut talk = visit.socket();
        if first {
            talk.start().await;
            talk.partial("да").await;
            talk.until_commit().await;
        }
        talk.reset();
        None
    })
    .await;
    let mut session = open(&stand);
    assert_eq!(next(&mut session).await, RecognizerEvent::Ready);
    assert_eq!(
        next(&mut session).await,
        RecognizerEvent::Partial(text("да"))
    );
    say(&session, 500, 20).await;
    commit(&session).await;
    assert_eq!(next(&mut session).await, RecognizerEvent::Reconnecting);
    assert_eq!(next(&mut session).await, RecognizerEvent::Final(text("да")));
    let RecognizerEvent::Failed(error) = next(&mut session).await else {
        panic!("not failed");
    };
    assert_eq!(error.class, SpeechErrorClass::Unreachable);
    assert!(!error.is_fatal());
    assert_eq!(stand.visits().len(), 4);
}

#[tokio::test]
async fn an_account_that_runs_dry_in_a_call_answers_what_is_owed_first() {
    let stand = Stand::start(|mut visit| async move {
        let mut talk = visit.socket();
        talk.start().await;
        talk.partial("сколько").await;
        talk.until_commit().await;
        talk.say(json!({"message_type": "quota_exceeded", "error": "No credits"}))
            .await;
        talk.close(1000, "").await;
        None
    })
    .await;
    let mut session = open(&stand);
    assert_eq!(next(&mut session).await, RecognizerEvent::Ready);
    assert_eq!(
        next(&mut session).await,
        RecognizerEvent::Partial(text("сколько"))
    );
    say(&session, 500, 20).await;
    commit(&session).await;
    assert_eq!(
        next(&mut session).await,
        RecognizerEvent::Final(text("сколько"))
    );
    let RecognizerEvent::Failed(error) = next(&mut session).await else {
        panic!("not failed");
    };
    assert_eq!(error.class, SpeechErrorClass::Quota);
    assert_eq!(stand.visits().len(), 1);
}

#[tokio::test]
async fn a_commit_that_is_never_answered_gets_the_last_partial() {
    let stand = Stand::start(|mut visit| async move {
        let mut talk = visit.socket();
        talk.start().await;
        talk.partial("я согласен").await;
        talk.drain().await;
        None
    })
    .await;
    let mut session = open(&stand);
    assert_eq!(next(&mut session).await, RecognizerEvent::Ready);
    let guess = text("я согласен");
    assert_eq!(
        next(&mut session).await,
        RecognizerEvent::Partial(guess.clone())
    );
    say(&session, 500, 20).await;
    commit(&session).await;
    assert_eq!(next(&mut session).await, RecognizerEvent::Final(guess));
    assert_eq!(stand.visits().len(), 1, "slow is not broken");
}

#[tokio::test]
async fn a_handshake_that_is_refused_is_told_apart_by_its_body() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = [0; 2_048];
            tokio::io::AsyncReadExt::read(&mut stream, &mut head)
                .await
                .unwrap();
            let body = r#"{"detail":{"status":"quota_exceeded","message":"No credits"}}"#;
            let answer = format!(
                "HTTP/1.1 401 Unauthorized\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            tokio::io::AsyncWriteExt::write_all(&mut stream, answer.as_bytes())
                .await
                .unwrap();
        }
    });
    let config = super::stand::config(&url, &std::env::temp_dir());
    let client = novodial::speech::ElevenLabs::with_timing(config, quick()).unwrap();
    let error = client.check().await.unwrap_err();
    assert_eq!(error.class, SpeechErrorClass::Quota);
    assert_eq!(
        error.message,
        "speech recognition: HTTP 401: No credits (quota_exceeded)"
    );
}
