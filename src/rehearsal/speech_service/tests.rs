//! The service over its port: handshakes, logins, HTTP, the journal.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::*;
use crate::audio::G711;
use crate::rehearsal::voice::{Listener, speak};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const KEY: &str = "rehearsal-key";
const STT: &str = "/v1/speech-to-text/realtime?audio_format=ulaw_8000";
const TTS: &str = "/v1/text-to-speech/rehearsal-voice";

async fn service() -> SpeechService {
    let options = Options {
        timing: Timing::instant(),
        ..Options::default()
    };
    SpeechService::start(options).await.unwrap()
}

async fn connect(service: &SpeechService, path: &str, key: Option<&str>) -> Result<Socket, Error> {
    let url = format!("ws://{}{path}", service.addr());
    let mut request = url.into_client_request().unwrap();
    if let Some(key) = key {
        request
            .headers_mut()
            .insert("xi-api-key", key.parse().unwrap());
    }
    connect_async(request).await.map(|(socket, _)| socket)
}

async fn next(socket: &mut Socket) -> Value {
    let message = socket.next().await.unwrap().unwrap();
    serde_json::from_str(message.to_text().unwrap()).unwrap()
}

async fn close_of(socket: &mut Socket) -> (u16, String) {
    loop {
        if let Message::Close(Some(frame)) = socket.next().await.unwrap().unwrap() {
            return (frame.code.into(), frame.reason.to_string());
        }
    }
}

async fn send(socket: &mut Socket, message: Value) {
    socket
        .send(Message::text(message.to_string()))
        .await
        .unwrap();
}

fn http() -> reqwest::Client {
    // Installed already if another test was faster.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn get(service: &SpeechService, path: &str) -> Value {
    let url = format!("{}{path}", service.base_url());
    let answer = http()
        .get(url)
        .header("xi-api-key", KEY)
        .send()
        .await
        .unwrap();
    answer.json().await.unwrap()
}

async fn post(service: &SpeechService, path: &str, body: Value) -> reqwest::Response {
    let url = format!("{}{path}", service.base_url());
    let request = http().post(url).header("xi-api-key", KEY).json(&body);
    request.send().await.unwrap()
}

fn heard(law: G711, bytes: &[u8]) -> String {
    let mut listener = Listener::new();
    listener.push(&bytes.iter().map(|b| law.expand(*b)).collect::<Vec<_>>());
    listener.text()
}

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
        4,
        "7 characters with the blank, half price"
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

#[rstest]
#[case::whole("")]
#[case::stream("/stream")]
#[tokio::test]
async fn http_speaks(#[case] form: &str) {
    let service = service().await;
    let path = format!("{TTS}{form}?output_format=ulaw_8000");
    let body = json!({"text": "Добрый день!", "model_id": "eleven_flash_v2_5"});
    let answer = post(&service, &path, body).await;
    assert_eq!(answer.status(), 200);
    let headers = answer.headers().clone();
    assert_eq!(headers["content-type"], "audio/basic");
    assert_eq!(headers["character-cost"], "6");
    assert_eq!(headers["current-concurrent-requests"], "1");
    assert_eq!(headers["maximum-concurrent-requests"], "10");
    assert!(headers.contains_key("request-id"));
    assert_eq!(
        heard(G711::Ulaw, &answer.bytes().await.unwrap()),
        "добрый день!"
    );
    let journal = service.journal();
    assert_eq!(journal.synthesised(), ["Добрый день!"]);
    assert_eq!(journal.synthesis[0].ended, Some(Ended::Answered(200)));
    assert_eq!(journal.requests.len(), 1);
}

#[rstest]
#[case::whole("/with-timestamps")]
#[case::stream("/stream/with-timestamps")]
#[tokio::test]
async fn http_speaks_with_timestamps(#[case] form: &str) {
    let service = service().await;
    let path = format!("{TTS}{form}?output_format=alaw_8000");
    let answer = post(&service, &path, json!({"text": "добрый день"})).await;
    let body = answer.text().await.unwrap();
    let (mut audio, mut said) = (Vec::new(), String::new());
    for line in body.lines() {
        let object: Value = serde_json::from_str(line).unwrap();
        audio.extend(
            STANDARD
                .decode(object["audio_base64"].as_str().unwrap())
                .unwrap(),
        );
        let characters = object["alignment"]["characters"].as_array().unwrap();
        said.extend(characters.iter().map(|c| c.as_str().unwrap()));
    }
    assert_eq!(heard(G711::Alaw, &audio), "добрый день");
    assert_eq!(said, "добрый день");
}

#[rstest]
#[case::no_text(json!({}), 422, "missing")]
#[case::wrong_type(json!({"text": 1}), 422, "string_type")]
#[case::empty(json!({"text": " "}), 400, "empty_text")]
#[case::model(json!({"text": "да", "model_id": "x"}), 400, "unsupported_model")]
#[case::too_long(json!({"text": "а".repeat(10_001)}), 400, "text_too_long")]
#[case::language(json!({"text": "да", "language_code": "ru"}), 400, "unsupported_language")]
#[case::settings(json!({"text": "да", "voice_settings": {"speed": 9}}), 400, "invalid_voice_settings")]
#[tokio::test]
async fn http_requests_are_judged(#[case] body: Value, #[case] status: u16, #[case] code: &str) {
    let service = service().await;
    let answer = post(&service, &format!("{TTS}?output_format=pcm_8000"), body).await;
    assert_eq!(answer.status(), status);
    let body: Value = answer.json().await.unwrap();
    let detail = &body["detail"];
    let told = detail["code"].as_str().or(detail[0]["type"].as_str());
    assert_eq!(told, Some(code));
    assert_eq!(service.credits_used(), 0, "a refusal costs nothing");
}

#[rstest]
#[case::format(TTS, KEY, 400, "invalid_output_format")]
#[case::voice(
    "/v1/text-to-speech/nobody?output_format=pcm_8000",
    KEY,
    404,
    "voice_not_found"
)]
#[case::key("/v1/text-to-speech/rehearsal-voice", "x", 401, "invalid_api_key")]
#[tokio::test]
async fn who_and_what_is_checked_over_http(
    #[case] path: &str,
    #[case] key: &str,
    #[case] status: u16,
    #[case] code: &str,
) {
    let service = service().await;
    let url = format!("{}{path}", service.base_url());
    let request = http()
        .post(url)
        .header("xi-api-key", key)
        .json(&json!({"text": "да"}));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), status);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["detail"]["code"], code);
}

#[rstest]
#[case::legacy(true, 401, "status", "quota_exceeded")]
#[case::present(false, 402, "code", "insufficient_credits")]
#[tokio::test]
async fn an_empty_account_has_two_shapes(
    #[case] legacy_quota: bool,
    #[case] status: u16,
    #[case] field: &str,
    #[case] code: &str,
) {
    let options = Options {
        legacy_quota,
        credits: 1,
        ..Options::default()
    };
    let service = SpeechService::start(options).await.unwrap();
    let path = format!("{TTS}?output_format=pcm_8000");
    let answer = post(&service, &path, json!({"text": "дорого"})).await;
    assert_eq!(answer.status(), status);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["detail"][field], code);
}

#[tokio::test]
async fn more_requests_than_places_are_refused() {
    let options = Options {
        max_concurrent: 1,
        timing: Timing {
            first_audio: Duration::from_secs(30),
            queue_wait: Duration::from_millis(1),
            ..Timing::instant()
        },
        ..Options::default()
    };
    let service = SpeechService::start(options).await.unwrap();
    let path = format!("{TTS}/stream?output_format=pcm_8000");
    let first = post(&service, &path, json!({"text": "раз"}));
    let second = async {
        service
            .journal_until(|j| j.synthesis.iter().any(|s| !s.texts.is_empty()))
            .await;
        post(&service, &path, json!({"text": "два"})).await
    };
    let refused = tokio::select! {
        _ = first => panic!("the first one takes half a minute"),
        refused = second => refused,
    };
    assert_eq!(refused.status(), 429);
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["detail"]["status"], "too_many_concurrent_requests");
}

#[rstest]
#[case::quota(Canned::legacy_quota(), 401, "quota_exceeded")]
#[case::busy(Canned::too_many(), 429, "concurrent_limit_exceeded")]
#[case::proxy(Canned::bad_gateway(), 502, "Bad Gateway")]
#[case::ok(Canned::json(200, &json!({"oops": 1})), 200, "oops")]
#[tokio::test]
async fn canned_answers_are_given_as_often_as_asked(
    #[case] canned: Canned,
    #[case] status: u16,
    #[case] text: &str,
) {
    let service = service().await;
    service.break_synthesis(Fault::Answer(canned), Scope::Next(1));
    let path = format!("{TTS}?output_format=pcm_8000");
    let answer = post(&service, &path, json!({"text": "да"})).await;
    assert_eq!(answer.status(), status);
    assert!(answer.text().await.unwrap().contains(text));
    assert_eq!(
        post(&service, &path, json!({"text": "да"})).await.status(),
        200
    );
}

#[tokio::test]
async fn an_http_stream_can_break_off() {
    let service = service().await;
    service.break_synthesis(Fault::LoseAfter(Duration::from_millis(500)), Scope::Every);
    let path = format!("{TTS}/stream?output_format=alaw_8000");
    let body = json!({"text": "это довольно длинная фраза для половины секунды"});
    let answer = post(&service, &path, body).await;
    assert_eq!(answer.status(), 200);
    assert!(answer.bytes().await.is_err());
}

#[tokio::test]
async fn the_account_is_told() {
    let service = service().await;
    service.set_credits_left(999_000);
    let subscription = get(&service, "/v1/user/subscription").await;
    assert_eq!(subscription["character_count"], 1_000);
    assert_eq!(subscription["character_limit"], 1_000_000);
    let user = get(&service, "/v1/user").await;
    assert_eq!(user["subscription"]["status"], "active");
    let models = get(&service, "/v1/models").await;
    assert!(
        models
            .as_array()
            .unwrap()
            .iter()
            .any(|m| m["model_id"] == "eleven_flash_v2_5")
    );
    let voices = get(&service, "/v1/voices").await;
    assert_eq!(voices["voices"].as_array().unwrap().len(), 2);
    assert_eq!(get(&service, "/v1/nothing").await["detail"], "Not Found");
}

#[tokio::test]
async fn voices_come_in_pages_and_can_be_searched() {
    let service = service().await;
    let first = get(&service, "/v2/voices?page_size=1").await;
    assert_eq!(
        (&first["has_more"], &first["total_count"]),
        (&json!(true), &json!(2))
    );
    let token = first["next_page_token"].as_str().unwrap();
    let rest = get(
        &service,
        &format!("/v2/voices?page_size=1&next_page_token={token}"),
    )
    .await;
    assert_eq!(rest["has_more"], false);
    assert_ne!(
        rest["voices"][0]["voice_id"],
        first["voices"][0]["voice_id"]
    );
    let found = get(&service, "/v2/voices?search=second").await;
    assert_eq!(found["voices"][0]["name"], "Second");
}

#[tokio::test]
async fn the_account_is_told_to_nobody_else() {
    let service = service().await;
    let url = format!("{}/v1/user", service.base_url());
    let answer = http().get(url).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["detail"]["code"], "missing_api_key");
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
