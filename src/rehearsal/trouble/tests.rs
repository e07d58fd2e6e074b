//! Profiles from names and files, what strikes which call, and the speech service in trouble.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use rstest::rstest;
use serde_json::json;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use super::*;
use crate::rehearsal::speech_service::{Options, SpeechService, Timing};

const SEED: u64 = 5;

#[test]
fn every_file_that_is_shipped_is_built_in() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/troubles");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let built_in = Trouble::named(&name).unwrap();
        assert!(!built_in.is_none(), "{name}");
        let read = Trouble::from_list(path.to_str().unwrap()).unwrap();
        assert_eq!(read.woes, built_in.woes, "{name}");
        files += 1;
    }
    assert_eq!(files, names().count());
}

#[test]
fn a_list_joins_its_troubles() {
    let both = Trouble::from_list(" early_event, congestion ").unwrap();
    assert_eq!(both.names, ["early_event", "congestion"]);
    let call = both.of_call(SEED, 3);
    assert!(call.early_event && call.congestion);
    assert!(!both.of_call(SEED, 1).congestion);
    assert!(Trouble::from_list("").unwrap().is_none());
    assert_eq!(Trouble::none().of_call(SEED, 1), CallTrouble::default());
}

#[test]
fn each_exchange_trouble_strikes_the_calls_of_its_profile() {
    let calls = |name: &str| -> Vec<CallTrouble> {
        let trouble = Trouble::named(name).unwrap();
        (1..=14)
            .map(|number| trouble.of_call(SEED, number))
            .collect()
    };
    let numbers = |name: &str, strikes: fn(&CallTrouble) -> bool| -> Vec<usize> {
        let calls = calls(name);
        let struck = calls.iter().enumerate().filter(|(_, call)| strikes(call));
        struck.map(|(at, _)| at + 1).collect()
    };
    assert_eq!(
        numbers("congestion", |call| call.congestion),
        [3, 4, 13, 14]
    );
    assert_eq!(numbers("early_event", |call| call.early_event).len(), 14);
    assert_eq!(
        numbers("events_lost", |call| call.events_lost.is_some()),
        [2, 12]
    );
    assert_eq!(
        numbers("trunk_away", |call| call.trunk_away_ms == Some(8_000)),
        [4]
    );
    assert_eq!(
        numbers("packet_gaps", |call| call.packet_gaps.is_some()).len(),
        14
    );
    assert!(
        calls("quota")
            .iter()
            .all(|call| *call == CallTrouble::default())
    );
}

#[rstest]
#[case(
    "[[trouble]]\nwhat = \"congestions\"",
    2,
    8,
    "no such trouble: `congestions`",
    "did you mean `congestion`?"
)]
#[case(
    "[[trouble]]\nwhat = \"quota\"",
    1,
    1,
    "`quota` needs credits_left",
    "`quota` takes credits_left, and from, until, every, in_a_row, percent"
)]
#[case(
    "[[trouble]]\nwhat = \"congestion\"\nby_ms = 5",
    3,
    9,
    "`by_ms` says nothing about `congestion`",
    "`congestion` takes only from, until, every, in_a_row, percent"
)]
#[case(
    "[[trouble]]\nwhat = \"congestion\"\nfrom = 0",
    3,
    8,
    "calls are counted from 1",
    "write 1 or more"
)]
#[case(
    "[[trouble]]\nwhat = \"congestion\"\nfrom = 5\nuntil = 4",
    4,
    9,
    "`until` comes before `from`",
    "`from` is 5"
)]
#[case(
    "[[trouble]]\nwhat = \"congestion\"\npercent = 101",
    3,
    11,
    "101 is no such share",
    "write 1 to 100"
)]
#[case(
    "[[trouble]]\nwhat = \"packet_gaps\"\ngap_ms = 20\nlost_percent = 0",
    4,
    16,
    "0 is no such share",
    "write 1 to 90"
)]
#[case(
    "[[trouble]]\nwhat = \"congestion\"\nevrey = 5",
    3,
    1,
    "unknown field `evrey`, expected one of `what`, `from`, `until`, `every`, `in_a_row`, `percent`, `lost_percent`, `gap_ms`, `after_ms`, `for_ms`, `by_ms`, `credits_left`",
    "did you mean `every`?"
)]
fn a_mistake_is_told_with_its_place_and_what_to_write(
    #[case] text: &str,
    #[case] line: usize,
    #[case] column: usize,
    #[case] message: &str,
    #[case] hint: &str,
) {
    let error = Trouble::parse("mine.toml", text).unwrap_err();
    let told = (error.line, error.column, error.message.as_str());
    assert_eq!(told, (line, column, message));
    assert_eq!(error.hint.as_deref(), Some(hint));
}

#[test]
fn an_unknown_name_and_a_missing_file_are_told() {
    let error = Trouble::from_list("packet_gap").unwrap_err();
    assert_eq!(error.to_string(), "no such trouble: `packet_gap`");
    assert_eq!(error.hint(), Some("did you mean `packet_gaps`?"));
    let error = Trouble::from_list("/nowhere/mine.toml").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("/nowhere/mine.toml: cannot be read: ")
    );
}

async fn service_with(trouble: &Trouble) -> SpeechService {
    let options = Options {
        timing: Timing::instant(),
        ..Options::default()
    };
    let service = SpeechService::start(options).await.unwrap();
    trouble.apply_to_speech(&service, SEED);
    service
}

/// Asks for a short prompt; the status, and how long the answer took.
async fn say(service: &SpeechService) -> (u16, Duration) {
    // Installed already if another test was faster.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/v1/text-to-speech/rehearsal-voice", service.base_url());
    let begun = tokio::time::Instant::now();
    let answer = client
        .post(url)
        .query(&[("output_format", "ulaw_8000")])
        .header("xi-api-key", "rehearsal-key")
        .json(&json!({"text": "да", "model_id": "eleven_flash_v2_5"}))
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    answer.bytes().await.unwrap();
    (status, begun.elapsed())
}

#[tokio::test]
async fn every_third_request_for_speech_is_too_many() {
    let service = service_with(&Trouble::named("too_many").unwrap()).await;
    let mut statuses = Vec::new();
    for _ in 0..7 {
        statuses.push(say(&service).await.0);
    }
    assert_eq!(statuses, [429, 200, 200, 429, 200, 200, 429]);
}

#[tokio::test]
async fn the_quota_is_at_its_end_from_the_third_call_on() {
    let trouble = Trouble::named("quota").unwrap();
    let service = service_with(&trouble).await;
    let mut statuses = Vec::new();
    for call in 1..=4 {
        trouble.before_call(&service, SEED, call);
        statuses.push(say(&service).await.0);
    }
    assert_eq!(statuses, [200, 200, 401, 401]);
}

#[tokio::test]
async fn slow_synthesis_takes_its_time_and_not_always_the_same() {
    let slow = "[[trouble]]\nwhat = \"slow_synthesis\"\nby_ms = [150, 400]\n";
    let service = service_with(&Trouble::parse("slow", slow).unwrap()).await;
    let mut took = Vec::new();
    for _ in 0..4 {
        took.push(say(&service).await.1);
    }
    assert!(
        took.iter().all(|took| *took >= Duration::from_millis(150)),
        "{took:?}"
    );
    let (least, most) = (took.iter().min().unwrap(), took.iter().max().unwrap());
    assert!(
        most.abs_diff(*least) > Duration::from_millis(20),
        "{took:?}"
    );
}

/// Opens recognition and sends silence, 100 ms a message, until the socket breaks or `most`
/// messages are out; how long the first message took to come, and how many went out.
async fn recognise(service: &SpeechService, most: usize) -> (Duration, usize) {
    let path = "v1/speech-to-text/realtime?audio_format=ulaw_8000";
    let mut request = format!("ws://{}/{path}", service.addr())
        .into_client_request()
        .unwrap();
    let key = "rehearsal-key".parse().unwrap();
    request.headers_mut().insert("xi-api-key", key);
    let begun = tokio::time::Instant::now();
    let (socket, _) = connect_async(request).await.unwrap();
    let (mut out, mut answers) = socket.split();
    let first = answers.next().await.unwrap().unwrap();
    assert!(first.to_text().unwrap().contains("session_started"));
    let took = begun.elapsed();
    let audio = "f39/".repeat(800 / 3);
    let chunk = json!({"message_type": "input_audio_chunk", "audio_base_64": audio});
    for sent in 0..most {
        let sending = out.send(Message::text(chunk.to_string())).await;
        // The end of the socket is seen by whoever reads it.
        let broken = tokio::time::timeout(Duration::from_millis(20), answers.next()).await;
        if sending.is_err() || matches!(broken, Ok(None | Some(Err(_)))) {
            return (took, sent + 1);
        }
    }
    (took, most)
}

#[tokio::test]
async fn every_other_recognition_begins_late() {
    let late = "[[trouble]]\nwhat = \"late_speech\"\nby_ms = 400\nevery = 2\n";
    let service = service_with(&Trouble::parse("late", late).unwrap()).await;
    let mut took = Vec::new();
    for _ in 0..3 {
        took.push(recognise(&service, 0).await.0 >= Duration::from_millis(400));
    }
    assert_eq!(took, [true, false, true]);
}

#[tokio::test]
async fn recognition_is_lost_after_some_audio() {
    let lost = "[[trouble]]\nwhat = \"lost_speech\"\nafter_ms = 500\nfrom = 2\n";
    let service = service_with(&Trouble::parse("lost", lost).unwrap()).await;
    assert_eq!(recognise(&service, 12).await.1, 12);
    let sent = recognise(&service, 12).await.1;
    assert!((5..=7).contains(&sent), "{sent}");
}

#[test]
fn where_there_is_one_call_every_shipped_trouble_has_it() {
    for name in names().filter(|name| *name != "bad_day") {
        let trouble = Trouble::named(name).unwrap().for_one_call();
        assert!(trouble.striking(1, 1).next().is_some(), "{name}");
    }
}
