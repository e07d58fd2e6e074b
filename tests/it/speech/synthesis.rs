//! Whole prompts: the cache, and a service that answers with anything but a voice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use novodial::rehearsal::http::{StatusCode, respond, set_header};
use novodial::speech::{SpeechErrorClass, Synthesizer};
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::tempdir;

use super::stand::{KEY, Stand, audio, refusal, sound};

#[tokio::test]
async fn a_prompt_is_made_once_and_then_comes_from_the_disk() {
    let stand = Stand::start(|visit| async move {
        assert_eq!(visit.key, KEY);
        assert_eq!(visit.path, "/v1/text-to-speech/voice%2F1/stream");
        assert_eq!(visit.query["output_format"], "alaw_8000");
        let body: Value = serde_json::from_slice(&visit.body).unwrap();
        let expected = json!({
            "text": "Добрый день!", "model_id": "eleven_flash_v2_5", "language_code": "ru",
        });
        assert_eq!(body, expected);
        audio(sound())
    })
    .await;
    let cache = tempdir().unwrap();
    let client = stand.client(cache.path());
    assert_eq!(client.prompt("Добрый день!").await, Ok(sound()));
    assert_eq!(client.prompt("  Добрый\n   день! ").await, Ok(sound()));
    let another = stand.client(cache.path());
    assert_eq!(another.prompt("Добрый день!").await, Ok(sound()));
    assert_eq!(stand.visits().len(), 1);
    assert!(!stand.visits().concat().contains(KEY));
}

#[tokio::test]
async fn a_broken_file_of_the_cache_is_made_anew() {
    let stand = Stand::start(|_| async { audio(sound()) }).await;
    let cache = tempdir().unwrap();
    let client = stand.client(cache.path());
    client.prompt("день").await.unwrap();
    let files: Vec<_> = std::fs::read_dir(cache.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let path = files[0].as_ref().unwrap().path();
    let mut file = std::fs::read(&path).unwrap();
    *file.last_mut().unwrap() ^= 1;
    for broken in [&file[..], b"", &file[..500]] {
        std::fs::write(&path, broken).unwrap();
        assert_eq!(client.prompt("день").await, Ok(sound()));
    }
    assert_eq!(stand.visits().len(), 4);
    client.prompt("день").await.unwrap();
    assert_eq!(stand.visits().len(), 4);
}

#[tokio::test]
async fn a_prompt_that_many_ask_for_at_once_is_one_request() {
    let stand = Stand::start(|_| async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        audio(sound())
    })
    .await;
    let cache = tempdir().unwrap();
    let client = stand.client(cache.path());
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.prompt("день").await })
        })
        .collect();
    for asked in asking {
        assert_eq!(asked.await.unwrap(), Ok(sound()));
    }
    assert_eq!(stand.visits().len(), 1);
}

#[rstest]
#[case(401, json!({"detail": {"status": "quota_exceeded", "message": "0 credits remaining"}}), SpeechErrorClass::Quota)]
#[case(401, json!({"detail": {"code": "invalid_api_key", "message": "Invalid API key"}}), SpeechErrorClass::Auth)]
#[case(402, json!({"detail": {"code": "insufficient_credits", "message": "Pay"}}), SpeechErrorClass::Quota)]
#[case(404, json!({"detail": {"code": "voice_not_found", "message": "No such voice"}}), SpeechErrorClass::Config)]
#[case(422, json!({"detail": [{"loc": ["body", "text"], "msg": "Field required"}]}), SpeechErrorClass::Config)]
#[case(400, json!({"detail": "A plain string"}), SpeechErrorClass::Config)]
#[tokio::test]
async fn an_error_is_told_apart_not_repeated_and_not_cached(
    #[case] status: u16,
    #[case] body: Value,
    #[case] class: SpeechErrorClass,
) {
    let stand = Stand::start(move |visit| {
        let body = body.clone();
        async move {
            match visit.number {
                0 => refusal(status, &body),
                _ => audio(sound()),
            }
        }
    })
    .await;
    let cache = tempdir().unwrap();
    let client = stand.client(cache.path());
    let error = client.prompt("день").await.unwrap_err();
    assert_eq!(error.class, class, "{error}");
    assert!(
        error
            .message
            .starts_with(&format!("speech synthesis: HTTP {status}: "))
    );
    assert!(!error.message.contains(['\n', '{']), "{error}");
    assert_eq!(stand.visits().len(), 1);
    assert_eq!(client.prompt("день").await, Ok(sound()));
}

#[tokio::test]
async fn what_is_no_sound_is_never_given_out_nor_cached() {
    let stand = Stand::start(|visit| async move {
        let json = format!("{{\"audio\":\"{}\"}}", "x".repeat(9_000));
        match visit.number {
            0 => Some(respond(StatusCode::OK, "application/json", json)),
            1 => Some(respond(StatusCode::OK, "text/html", "<p>log in</p>")),
            2 => audio(json),
            3 => audio(Bytes::new()),
            4 => audio(sound().slice(..100)),
            5 => audio([b"RIFF", &sound()[..]].concat()),
            _ => audio(sound()),
        }
    })
    .await;
    let cache = tempdir().unwrap();
    let client = stand.client(cache.path());
    // Each time four answers are asked for: the first try and three more.
    let error = client.prompt("день").await.unwrap_err();
    assert!(error.message.contains("no audio"), "{error}");
    assert_eq!(error.class, SpeechErrorClass::Unreachable);
    assert_eq!(stand.visits().len(), 4);
    assert_eq!(client.prompt("день").await, Ok(sound()));
    assert_eq!(stand.visits().len(), 7);
}

#[tokio::test]
async fn what_may_pass_is_asked_for_again() {
    let stand = Stand::start(|visit| async move {
        match visit.number {
            0 => Some(respond(
                StatusCode::BAD_GATEWAY,
                "text/html",
                "<html><title>502 Bad Gateway</title></html>",
            )),
            1 => {
                let busy = json!({"detail": {"code": "system_busy", "message": "busy"}});
                let mut response = refusal(429, &busy).unwrap();
                set_header(&mut response, "retry-after", "0");
                Some(response)
            }
            2..=9 => {
                let full = json!({"detail": {"status": "too_many_concurrent_requests"}});
                refusal(429, &full)
            }
            10 => audio(sound()),
            _ => Some(respond(
                StatusCode::BAD_GATEWAY,
                "text/html",
                "<html><head>\n<title>502 Bad\nGateway</title></head></html>",
            )),
        }
    })
    .await;
    let cache = tempdir().unwrap();
    let client = stand.client(cache.path());
    assert_eq!(client.prompt("день").await, Ok(sound()));
    assert_eq!(stand.visits().len(), 11);
    let error = client.prompt("ночь").await.unwrap_err();
    assert_eq!(error.message, "speech synthesis: HTTP 502: 502 Bad Gateway");
    assert_eq!(stand.visits().len(), 15);
}

#[tokio::test]
async fn no_more_are_asked_for_at_once_than_the_account_allows() {
    let live = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (live_there, most_there) = (Arc::clone(&live), Arc::clone(&most));
    let stand = Stand::start(move |_| {
        let (live, most) = (Arc::clone(&live_there), Arc::clone(&most_there));
        async move {
            most.fetch_max(live.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(30)).await;
            live.fetch_sub(1, Ordering::SeqCst);
            let mut response = audio(sound()).unwrap();
            set_header(&mut response, "maximum-concurrent-requests", "5");
            Some(response)
        }
    })
    .await;
    let cache = tempdir().unwrap();
    let client = stand.client(cache.path());
    let asking: Vec<_> = (0..24)
        .map(|n| {
            let client = client.clone();
            tokio::spawn(async move { client.prompt(&format!("день {n}")).await })
        })
        .collect();
    for asked in asking {
        assert_eq!(asked.await.unwrap(), Ok(sound()));
    }
    assert_eq!(most.load(Ordering::SeqCst), 4, "one is left to live calls");
}

#[tokio::test]
async fn nothing_to_say_is_no_request() {
    let stand = Stand::start(|_| async { audio(sound()) }).await;
    let cache = tempdir().unwrap();
    assert_eq!(
        stand.client(cache.path()).prompt(" \n").await,
        Ok(Bytes::new())
    );
    assert!(stand.visits().is_empty());
}

#[tokio::test]
async fn a_cache_that_cannot_be_written_does_not_cost_the_prompt() {
    let stand = Stand::start(|_| async { audio(sound()) }).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let client = stand.client(&file.path().join("below"));
    assert_eq!(client.prompt("день").await, Ok(sound()));
}
