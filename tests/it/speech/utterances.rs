//! Passing utterances over `multi-stream-input`, and over HTTP when that lets them down.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use novodial::speech::{SpeechError, SpeechErrorClass, Synthesizer};
use serde_json::{Value, json};
use tempfile::tempdir;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use super::stand::{KEY, Stand, Talk, audio, refusal, sound};

type Chunks = Receiver<Result<Bytes, SpeechError>>;

async fn all(chunks: &mut Chunks) -> Result<Vec<u8>, SpeechError> {
    let mut heard = Vec::new();
    while let Some(chunk) = timeout(Duration::from_secs(10), chunks.recv())
        .await
        .expect("a chunk in time")
    {
        heard.extend_from_slice(&chunk?);
    }
    Ok(heard)
}

/// Takes one utterance as the rules want it: a blank with the name, the text, the end.
async fn take(talk: &mut Talk) -> Option<(String, String)> {
    let blank = loop {
        let message = talk.next().await?;
        if message.get("context_id").is_some() {
            break message;
        }
    };
    let context = blank["context_id"].as_str().unwrap().to_owned();
    assert_eq!(blank, json!({"text": " ", "context_id": context}));
    let text = talk.next().await?;
    assert_eq!(
        (&text["context_id"], &text["flush"]),
        (&blank["context_id"], &json!(true))
    );
    let end = talk.next().await?;
    assert_eq!(end, json!({"context_id": context, "close_context": true}));
    let text = text["text"].as_str().unwrap().trim_end().to_owned();
    Some((context, text))
}

fn piece(context: &str, audio: &[u8], said: &str) -> Value {
    let chars: Vec<String> = said.chars().map(String::from).collect();
    json!({
        "audio": STANDARD.encode(audio), "isFinal": null, "contextId": context,
        "alignment": {"chars": chars, "charStartTimesMs": [], "charDurationsMs": []},
    })
}

fn last(context: &str) -> Value {
    json!({"audio": null, "isFinal": true, "contextId": context})
}

#[tokio::test]
async fn utterances_share_a_socket_and_keep_their_pieces_apart() {
    let stand = Stand::start(|mut visit| async move {
        assert_eq!(visit.key, KEY);
        assert_eq!(
            visit.path,
            "/v1/text-to-speech/voice%2F1/multi-stream-input"
        );
        for (name, value) in [
            ("model_id", "eleven_flash_v2_5"),
            ("output_format", "alaw_8000"),
            ("auto_mode", "true"),
            ("language_code", "ru"),
            ("inactivity_timeout", "180"),
        ] {
            assert_eq!(visit.query[name], value);
        }
        let mut talk = visit.socket();
        let (one, text) = take(&mut talk).await.unwrap();
        assert_eq!(text, "Раз раз");
        let (two, _) = take(&mut talk).await.unwrap();
        talk.say(piece(&one, &[1; 333], "Раз")).await;
        talk.say(json!({"audio": STANDARD.encode([2; 7]), "is_final": false, "context_id": two}))
            .await;
        talk.say(piece("a stranger", &[9; 100], "x")).await;
        talk.say(json!({"type": "flush_done"})).await;
        talk.say(piece(&one, &[3; 1], " раз")).await;
        talk.say(last(&one)).await;
        talk.say(piece(&one, &[9; 100], "late")).await;
        talk.say(json!({"audio": "", "is_final": true, "context_id": two}))
            .await;
        talk.drain().await;
        None
    })
    .await;
    let cache = tempdir().unwrap();
    let client = stand.client(cache.path());
    let mut one = client.stream(" Раз\n раз ").await.unwrap();
    let mut two = client.stream("Два").await.unwrap();
    let expected = [vec![1; 333], vec![3; 1]].concat();
    assert_eq!(all(&mut one).await, Ok(expected));
    assert_eq!(all(&mut two).await, Ok(vec![2; 7]));
    assert_eq!(stand.visits().len(), 1);
    assert!(!stand.visits().concat().contains(KEY));
}

#[tokio::test]
async fn a_sixth_utterance_at_once_gets_a_socket_of_its_own() {
    let contexts: Arc<Mutex<Vec<HashSet<String>>>> = Arc::default();
    let seen = Arc::clone(&contexts);
    let stand = Stand::start(move |mut visit| {
        let seen = Arc::clone(&seen);
        async move {
            let mut talk = visit.socket();
            seen.lock().unwrap().push(HashSet::new());
            while let Some((context, _)) = take(&mut talk).await {
                talk.say(piece(&context, &[1; 10], "")).await;
                seen.lock().unwrap()[visit.number].insert(context);
            }
            None
        }
    })
    .await;
    let cache = tempdir().unwrap();
    let client = stand.client(cache.path());
    let mut all = Vec::new();
    for n in 0..7 {
        let mut chunks = client.stream(&format!("Реплика {n}")).await.unwrap();
        assert!(chunks.recv().await.unwrap().is_ok());
        all.push(chunks);
    }
    let counts: Vec<usize> = contexts.lock().unwrap().iter().map(HashSet::len).collect();
    assert_eq!(counts, [5, 2]);
}

#[tokio::test]
async fn a_socket_that_breaks_before_the_first_sound_is_replaced_by_http() {
    for how in ["1008", "reset", "mute", "silent end"] {
        let stand = Stand::start(move |mut visit| async move {
            if !visit.is_socket() {
                assert_eq!(visit.text(), "Добрый день");
                return audio(sound());
            }
            let mut talk = visit.socket();
            let (context, _) = take(&mut talk).await.unwrap();
            match how {
                "1008" => {
                    talk.say(json!({
                        "message": "Have not received a new text input within the timeout",
                        "error": "input_timeout_exceeded", "code": 1008,
                    }))
                    .await;
                    talk.close(1008, "Have not received a new text").await;
                }
                "reset" => talk.reset(),
                "mute" => talk.drain().await,
                _ => {
                    talk.say(last(&context)).await;
                    talk.drain().await;
                }
            }
            None
        })
        .await;
        let cache = tempdir().unwrap();
        let mut chunks = stand
            .client(cache.path())
            .stream("Добрый день")
            .await
            .unwrap();
        assert_eq!(all(&mut chunks).await, Ok(sound().to_vec()), "{how}");
        assert_eq!(stand.visits().len(), 2, "{how}");
    }
}

#[tokio::test]
async fn a_socket_that_breaks_in_an_utterance_leaves_the_rest_to_http() {
    let stand = Stand::start(|mut visit| async move {
        if !visit.is_socket() {
            assert_eq!(visit.text(), "день, это робот");
            return audio(sound());
        }
        let mut talk = visit.socket();
        let (context, _) = take(&mut talk).await.unwrap();
        talk.say(piece(&context, &[7; 500], " Добрый")).await;
        talk.close(1011, "").await;
        None
    })
    .await;
    let cache = tempdir().unwrap();
    let client = stand.client(cache.path());
    let mut chunks = client.stream("Добрый день, это робот").await.unwrap();
    let expected = [vec![7; 500], sound().to_vec()].concat();
    assert_eq!(all(&mut chunks).await, Ok(expected));
}

#[tokio::test]
async fn a_socket_that_breaks_after_all_was_said_leaves_nothing_to_http() {
    let stand = Stand::start(|mut visit| async move {
        assert!(
            visit.is_socket(),
            "nothing is left to say: {}",
            visit.text()
        );
        let mut talk = visit.socket();
        let (context, _) = take(&mut talk).await.unwrap();
        talk.say(piece(&context, &[7; 500], " Добрый день")).await;
        talk.close(1011, "").await;
        None
    })
    .await;
    let cache = tempdir().unwrap();
    let client = stand.client(cache.path());
    let mut chunks = client.stream("Добрый день").await.unwrap();
    assert_eq!(all(&mut chunks).await, Ok(vec![7; 500]));
}

#[tokio::test]
async fn a_break_that_cannot_be_mended_is_the_last_item() {
    let stand = Stand::start(|mut visit| async move {
        let mut talk = visit.socket();
        let (context, _) = take(&mut talk).await.unwrap();
        talk.say(json!({"audio": STANDARD.encode([7; 500]), "contextId": context}))
            .await;
        talk.close(1011, "").await;
        None
    })
    .await;
    let cache = tempdir().unwrap();
    let mut chunks = stand
        .client(cache.path())
        .stream("Добрый день")
        .await
        .unwrap();
    assert_eq!(chunks.recv().await, Some(Ok(Bytes::from(vec![7; 500]))));
    let error = chunks.recv().await.unwrap().unwrap_err();
    assert_eq!(error.class, SpeechErrorClass::Unreachable);
    assert_eq!(chunks.recv().await, None);
}

#[tokio::test]
async fn an_utterance_without_a_final_ends_and_its_socket_is_used_no_more() {
    let stand = Stand::start(|mut visit| async move {
        let mut talk = visit.socket();
        while let Some((context, text)) = take(&mut talk).await {
            talk.say(piece(&context, &[7; 500], &text)).await;
        }
        None
    })
    .await;
    let cache = tempdir().unwrap();
    let client = stand.client(cache.path());
    for _ in 0..2 {
        let mut chunks = client.stream("Добрый день").await.unwrap();
        assert_eq!(all(&mut chunks).await, Ok(vec![7; 500]));
    }
    assert_eq!(stand.visits().len(), 2);
}

#[tokio::test]
async fn a_refusal_is_told_and_not_tried_another_way() {
    for (code, reason, class) in [
        ("invalid_api_key", "Invalid API key", SpeechErrorClass::Auth),
        (
            "",
            "This request exceeds your quota of 10",
            SpeechErrorClass::Quota,
        ),
    ] {
        let stand = Stand::start(move |mut visit| async move {
            let mut talk = visit.socket();
            if !code.is_empty() {
                talk.say(json!({"message": reason, "error": code, "code": 1008}))
                    .await;
            }
            talk.close(1008, reason).await;
            None
        })
        .await;
        let cache = tempdir().unwrap();
        let mut chunks = stand.client(cache.path()).stream("Да").await.unwrap();
        let error = chunks.recv().await.unwrap().unwrap_err();
        assert_eq!(error.class, class, "{error}");
        assert!(error.message.contains(reason), "{error}");
        assert_eq!(stand.visits().len(), 1);
    }
}

#[tokio::test]
async fn a_text_that_cannot_be_said_takes_no_other_utterance_with_it() {
    let stand = Stand::start(|mut visit| async move {
        if !visit.is_socket() {
            let words = json!({"detail": {"status": "invalid_text", "message": "Not this text"}});
            return if visit.text() == "Плохо" {
                refusal(400, &words)
            } else {
                audio(sound())
            };
        }
        // The error names no context, and the socket is closed with it.
        let mut talk = visit.socket();
        take(&mut talk).await.unwrap();
        take(&mut talk).await.unwrap();
        talk.say(json!({"message": "Not this text", "error": "invalid_text", "code": 1008}))
            .await;
        talk.close(1008, "Not this text").await;
        None
    })
    .await;
    let cache = tempdir().unwrap();
    let client = stand.client(cache.path());
    let mut good = client.stream("Добрый день").await.unwrap();
    let mut bad = client.stream("Плохо").await.unwrap();
    assert_eq!(all(&mut good).await, Ok(sound().to_vec()));
    let error = bad.recv().await.unwrap().unwrap_err();
    assert_eq!(error.class, SpeechErrorClass::Text, "{error}");
    assert!(!error.is_fatal(), "the next text may do");
}

#[tokio::test]
async fn a_listener_that_leaves_does_not_disturb_the_others() {
    let stand = Stand::start(|mut visit| async move {
        let mut talk = visit.socket();
        let (one, _) = take(&mut talk).await.unwrap();
        talk.say(piece(&one, &[1; 500], "Раз")).await;
        let (two, text) = take(&mut talk).await.unwrap();
        talk.say(piece(&one, &[1; 500], "раз")).await;
        talk.say(piece(&two, &[2; 500], &text)).await;
        talk.say(last(&one)).await;
        talk.say(last(&two)).await;
        talk.drain().await;
        None
    })
    .await;
    let cache = tempdir().unwrap();
    let client = stand.client(cache.path());
    let mut one = client.stream("Раз раз").await.unwrap();
    assert!(one.recv().await.unwrap().is_ok());
    drop(one);
    let mut two = client.stream("Два").await.unwrap();
    assert_eq!(all(&mut two).await, Ok(vec![2; 500]));
    assert_eq!(stand.visits().len(), 1);
}

#[tokio::test]
async fn a_model_without_a_socket_speaks_by_http() {
    let stand = Stand::start(|visit| async move {
        assert!(!visit.is_socket());
        audio(sound())
    })
    .await;
    let cache = tempdir().unwrap();
    let mut config = stand.config(cache.path());
    config.tts_model = "eleven_v3".to_owned();
    let client = novodial::speech::ElevenLabs::new(config).unwrap();
    let mut chunks = client.stream("Да").await.unwrap();
    assert_eq!(all(&mut chunks).await, Ok(sound().to_vec()));
}
