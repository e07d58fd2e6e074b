//! Synthesis over HTTP.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;

use super::*;

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
