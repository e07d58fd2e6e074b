//! Handshakes, logins and whole sessions over the network.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;

use super::*;
use crate::rehearsal::voice::speak;

#[tokio::test]
async fn speech_is_recognised_over_the_socket_and_kept_in_the_journal() {
    let service = service().await;
    let mut socket = connect(&service, STT, Some(KEY)).await.unwrap();
    assert_eq!(next(&mut socket).await["message_type"], "session_started");
    let audio: Vec<u8> = speak("добрый день")
        .iter()
        .map(|s| G711::Ulaw.compress(*s))
        .collect();
    for part in audio.chunks(800) {
        let encoded = STANDARD.encode(part);
        send(
            &mut socket,
            json!({
                "message_type": "input_audio_chunk", "audio_base_64": encoded, "commit": false,
            }),
        )
        .await;
    }
    send(
        &mut socket,
        json!({
            "message_type": "input_audio_chunk", "audio_base_64": "", "commit": true,
        }),
    )
    .await;
    let committed = next(&mut socket).await;
    assert_eq!(
        committed,
        json!({"message_type": "committed_transcript", "text": "добрый день"})
    );
    socket.close(None).await.unwrap();
    let journal = service
        .journal_until(|j| j.recognition[0].ended.is_some())
        .await;
    assert_eq!(journal.recognised(), ["добрый день"]);
    let record = &journal.recognition[0];
    assert_eq!(record.audio, Duration::from_millis(12 * 60));
    assert_eq!((record.commits, record.messages), (1, 9));
    assert!(
        matches!(record.ended, Some(Ended::ByClient(_))),
        "{:?}",
        record.ended
    );
    assert!(journal.violations().is_empty());
    service.stop().await;
}

#[rstest]
#[case::no_key(STT, None, "auth_error")]
#[case::bad_key(STT, Some("x"), "auth_error")]
#[case::bad_token("/v1/speech-to-text/realtime?token=x", None, "auth_error")]
#[case::parameter(
    "/v1/speech-to-text/realtime?vad_threshold=2",
    Some(KEY),
    "invalid_request"
)]
#[tokio::test]
async fn recognition_refuses_after_the_handshake(
    #[case] path: &str,
    #[case] key: Option<&str>,
    #[case] error: &str,
) {
    let service = service().await;
    let mut socket = connect(&service, path, key).await.unwrap();
    assert_eq!(next(&mut socket).await["message_type"], error);
    assert_eq!(close_of(&mut socket).await, (1000, String::new()));
}

#[tokio::test]
async fn an_empty_account_and_an_injected_refusal_are_told_after_the_handshake() {
    let service = service().await;
    service.break_recognition(Fault::RefuseAuth, Scope::Next(1));
    let mut socket = connect(&service, STT, Some(KEY)).await.unwrap();
    assert_eq!(next(&mut socket).await["message_type"], "auth_error");
    service.set_credits_left(0);
    let mut socket = connect(&service, STT, Some(KEY)).await.unwrap();
    assert_eq!(next(&mut socket).await["message_type"], "quota_exceeded");
}

#[tokio::test]
async fn a_token_opens_one_socket() {
    let service = service().await;
    let issued = post(&service, "/v1/single-use-token/realtime_scribe", json!({})).await;
    let issued: Value = issued.json().await.unwrap();
    let path = format!("{STT}&token={}", issued["token"].as_str().unwrap());
    let mut socket = connect(&service, &path, None).await.unwrap();
    assert_eq!(next(&mut socket).await["message_type"], "session_started");
    let mut socket = connect(&service, &path, None).await.unwrap();
    assert_eq!(next(&mut socket).await["message_type"], "auth_error");
    let query = &service.journal().recognition[0].query;
    assert!(
        query.iter().all(|(name, _)| name != "token"),
        "secrets stay out"
    );
}

#[rstest]
#[case("/v1/speech-to-text/realtime2")]
#[case("/v1/text-to-speech/rehearsal-voice/stream")]
#[tokio::test]
async fn wrong_paths_refuse_the_handshake(#[case] path: &str) {
    let service = service().await;
    let Err(Error::Http(answer)) = connect(&service, path, Some(KEY)).await else {
        panic!("the handshake must fail");
    };
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn a_reset_is_a_broken_connection_to_the_client() {
    let service = service().await;
    service.break_recognition(Fault::ResetAfter(Duration::ZERO), Scope::Every);
    let mut socket = connect(&service, STT, Some(KEY)).await.unwrap();
    next(&mut socket).await;
    send(
        &mut socket,
        json!({"message_type": "input_audio_chunk", "audio_base_64": ""}),
    )
    .await;
    assert!(socket.next().await.unwrap().is_err());
    service
        .journal_until(|j| j.recognition[0].ended == Some(Ended::Reset))
        .await;
}

#[tokio::test]
async fn a_multi_context_socket_speaks() {
    let service = service().await;
    let path = format!(
        "{TTS}/multi-stream-input?model_id=eleven_flash_v2_5&output_format=alaw_8000&auto_mode=true"
    );
    let mut socket = connect(&service, &path, Some(KEY)).await.unwrap();
    send(&mut socket, json!({"text": " ", "context_id": "u"})).await;
    send(
        &mut socket,
        json!({"text": "Алло! ", "context_id": "u", "flush": true}),
    )
    .await;
    send(
        &mut socket,
        json!({"context_id": "u", "close_context": true}),
    )
    .await;
    let mut audio = Vec::new();
    loop {
        let message = next(&mut socket).await;
        assert_eq!(message["contextId"], "u");
        if message["isFinal"] == true {
            break;
        }
        audio.extend(STANDARD.decode(message["audio"].as_str().unwrap()).unwrap());
    }
    assert_eq!(heard(G711::Alaw, &audio), "алло!");
    assert_eq!(service.journal().synthesised(), ["Алло!"]);
    assert_eq!(
        service.credits_used(),
        3,
        "6 characters with the blank, half price"
    );
}

#[rstest]
#[case::header(Some("x"), json!({"text": " "}), true)]
#[case::message(None, json!({"text": " ", "xi_api_key": "x"}), true)]
#[case::nothing(None, json!({"text": " "}), true)]
#[case::right(None, json!({"text": " ", "xi_api_key": KEY}), false)]
#[tokio::test]
async fn a_synthesis_socket_checks_the_key(
    #[case] header: Option<&str>,
    #[case] first: Value,
    #[case] refused: bool,
) {
    let service = service().await;
    let path = format!("{TTS}/stream-input?model_id=eleven_flash_v2_5&output_format=pcm_8000");
    let mut socket = connect(&service, &path, header).await.unwrap();
    // A socket refused by its header may be gone before this.
    drop(socket.send(Message::text(first.to_string())).await);
    if refused {
        assert_eq!(next(&mut socket).await["error"], "invalid_api_key");
        assert_eq!(
            close_of(&mut socket).await,
            (1008, "Invalid API key".to_owned())
        );
    } else {
        send(&mut socket, json!({"text": ""})).await;
        assert_eq!(next(&mut socket).await["isFinal"], true);
        assert_eq!(close_of(&mut socket).await.0, 1000);
    }
}

#[tokio::test]
async fn an_unknown_voice_is_told_by_a_frame() {
    let service = service().await;
    let path = "/v1/text-to-speech/nobody/stream-input?output_format=pcm_8000";
    let mut socket = connect(&service, path, Some(KEY)).await.unwrap();
    assert_eq!(next(&mut socket).await["error"], "voice_not_found");
    assert_eq!(close_of(&mut socket).await.0, 1008);
}

#[tokio::test]
async fn stopping_ends_open_sessions() {
    let service = service().await;
    let mut socket = connect(&service, STT, Some(KEY)).await.unwrap();
    next(&mut socket).await;
    service.stop().await;
    let after = socket.next().await;
    assert!(!matches!(after, Some(Ok(Message::Text(_)))), "{after:?}");
}

#[tokio::test]
async fn pings_are_answered_and_keep_nothing_alive() {
    let options = Options {
        timing: Timing {
            idle_close: Duration::from_millis(300),
            ..Timing::instant()
        },
        ..Options::default()
    };
    let service = SpeechService::start(options).await.unwrap();
    let mut socket = connect(&service, STT, Some(KEY)).await.unwrap();
    next(&mut socket).await;
    let mut pongs = 0;
    let ended = loop {
        // Each ping goes out when the one before was answered, until the service has enough.
        drop(socket.send(Message::Ping("?".into())).await);
        match socket.next().await {
            Some(Ok(Message::Pong(_))) => pongs += 1,
            Some(Ok(Message::Close(frame))) => break frame.map(|frame| u16::from(frame.code)),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(ended, Some(1000));
    assert!(pongs > 0);
}
