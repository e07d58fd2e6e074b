//! Each rule of the recognition session, in virtual time.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;
use serde_json::{Value, json};

use super::session::{Output, Session, Surroundings};
use super::settings::Settings;
use crate::audio::G711;
use crate::rehearsal::speech_service::faults::{Fault, Faults, Scope};
use crate::rehearsal::speech_service::journal::{Journalist, RecognitionRecord};
use crate::rehearsal::speech_service::options::Options;
use crate::rehearsal::voice::speak;

const SECOND: usize = 8_000;

/// A client that talks to a session without a network; its clock runs with the audio.
struct Call {
    session: Session,
    journal: Journalist,
    faults: Faults,
    now: Duration,
    law: Option<G711>,
    got: Vec<(Duration, Output)>,
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

impl Call {
    fn open(query: &[(&str, &str)]) -> Self {
        Self::open_with(query, Options::default(), &[])
    }

    fn open_with(query: &[(&str, &str)], options: Options, faults: &[Fault]) -> Self {
        let query: Vec<_> = query
            .iter()
            .map(|(n, v)| (n.to_string(), v.to_string()))
            .collect();
        let planned = Faults::default();
        for fault in faults {
            planned.inject(fault.clone(), Scope::Every, 0);
        }
        let journal = Journalist::new();
        let around = Surroundings {
            number: journal.open_recognition(RecognitionRecord::default()),
            faults: planned.clone(),
            journal: journal.clone(),
        };
        let ulaw = query.iter().any(|(_, value)| value == "ulaw_8000");
        let settings = Settings::parse(&query).unwrap();
        let mut call = Self {
            session: Session::new(settings, &options, around),
            journal,
            faults: planned,
            now: Duration::ZERO,
            law: ulaw.then_some(G711::Ulaw),
            got: Vec::new(),
        };
        call.collect();
        call
    }

    fn collect(&mut self) {
        let now = self.now;
        let outputs = self.session.due(now);
        self.got
            .extend(outputs.into_iter().map(|output| (now, output)));
    }

    /// Lets time pass, and takes what comes in it.
    fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        while self.session.deadline() <= until && !self.is_over() {
            self.now = self.session.deadline().max(self.now);
            self.collect();
        }
        self.now = until;
    }

    fn send(&mut self, message: &Value) {
        self.session.text(self.now, &message.to_string());
        self.collect();
    }

    fn bytes(&mut self, bytes: &[u8], commit: bool) {
        self.send(&json!({
            "message_type": "input_audio_chunk", "audio_base_64": STANDARD.encode(bytes),
            "commit": commit, "sample_rate": 8_000,
        }));
    }

    /// Says samples in real time, 100 ms a message.
    fn say(&mut self, samples: &[i16]) {
        for part in samples.chunks(800) {
            self.wait(ms(part.len() as u64 / 8));
            let bytes: Vec<u8> = match self.law {
                Some(law) => part.iter().map(|s| law.compress(*s)).collect(),
                None => part.iter().flat_map(|s| s.to_le_bytes()).collect(),
            };
            self.bytes(&bytes, false);
        }
    }

    fn silence(&mut self, samples: usize) {
        self.say(&vec![0; samples]);
    }

    fn commit(&mut self) {
        self.bytes(&[], true);
    }

    /// Messages of a type with the times of their coming.
    fn of(&self, kind: &str) -> Vec<(Duration, Value)> {
        let sent = self.got.iter().filter_map(|(at, output)| match output {
            Output::Send(message) if message["message_type"] == kind => {
                Some((*at, message.clone()))
            }
            _ => None,
        });
        sent.collect()
    }

    fn texts(&self, kind: &str) -> Vec<String> {
        let of = self.of(kind);
        of.iter()
            .map(|(_, m)| m["text"].as_str().unwrap().to_owned())
            .collect()
    }

    fn kinds(&self) -> Vec<String> {
        let sent = self.got.iter().filter_map(|(_, output)| match output {
            Output::Send(message) => Some(message["message_type"].as_str().unwrap().to_owned()),
            _ => None,
        });
        sent.collect()
    }

    fn ending(&self) -> Option<(Duration, Output)> {
        self.got
            .iter()
            .find(|(_, output)| !matches!(output, Output::Send(_)))
            .cloned()
    }

    fn is_over(&self) -> bool {
        self.ending().is_some()
    }

    fn record(&self) -> RecognitionRecord {
        self.journal.read().recognition[0].clone()
    }
}

fn pcm() -> Call {
    Call::open(&[("audio_format", "pcm_8000"), ("language_code", "ru")])
}

fn closed(code: u16, reason: &str) -> Output {
    Output::Close(code, reason.to_owned())
}

#[test]
fn a_session_starts_with_its_config() {
    let call = Call::open(&[
        ("audio_format", "ulaw_8000"),
        ("language_code", "ru"),
        ("typo", "1"),
    ]);
    let started = &call.of("session_started")[0].1;
    assert_eq!(started["config"]["audio_format"], "ulaw_8000");
    assert_eq!(started["config"]["sample_rate"], 8_000);
    assert_eq!(started["config"]["vad_commit_strategy"], false);
    assert_eq!(call.kinds(), ["session_started"]);
}

#[test]
fn zero_retention_is_warned_about() {
    let call = Call::open(&[("enable_logging", "false")]);
    assert_eq!(call.kinds(), ["session_started", "warning"]);
}

#[rstest]
#[case::format("audio_format", "alaw_8000")]
#[case::strategy("commit_strategy", "auto")]
#[case::silence_low("vad_silence_threshold_secs", "0.2")]
#[case::silence_high("vad_silence_threshold_secs", "3.1")]
#[case::silence_text("vad_silence_threshold_secs", "long")]
#[case::threshold("vad_threshold", "0.95")]
#[case::speech("min_speech_duration_ms", "49")]
#[case::min_silence("min_silence_duration_ms", "2001")]
#[case::keyterm("keyterms", "twenty-one characters")]
#[case::model("model_id", "scribe_v1")]
#[case::flag("include_timestamps", "yes")]
fn parameters_out_of_range_are_refused(#[case] name: &str, #[case] value: &str) {
    let query = [(name.to_owned(), value.to_owned())];
    assert!(Settings::parse(&query).is_err());
}

#[test]
fn combinations_are_judged_too() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let both = [
        pair("filter_background_audio", "true"),
        pair("include_timestamps", "true"),
    ];
    assert!(Settings::parse(&both).is_err());
    assert!(Settings::parse(&both[..1]).is_ok());
    let terms = vec![pair("keyterms", "термин"); 51];
    assert!(Settings::parse(&terms).is_err());
    assert_eq!(Settings::parse(&terms[..50]).unwrap().keyterms.len(), 50);
    let unknown = [pair("sample_rate", "x"), pair("vad_commit_strategy", "x")];
    assert!(
        Settings::parse(&unknown).is_ok(),
        "unknown names are ignored"
    );
}

#[test]
fn what_was_said_is_committed_after_its_latency() {
    let mut call = pcm();
    call.say(&speak("Да, хорошо."));
    let asked = call.now;
    call.commit();
    call.wait(ms(1_000));
    let committed = call.of("committed_transcript");
    assert_eq!(committed.len(), 1);
    assert_eq!(committed[0].1["text"], "да, хорошо.");
    let latency = committed[0].0 - asked;
    assert!((ms(290)..=ms(350)).contains(&latency), "{latency:?}");
    assert_eq!(call.record().committed, ["да, хорошо."]);
    assert!(call.record().violations.is_empty());
}

#[rstest]
#[case::ulaw("ulaw_8000", G711::Ulaw, true)]
#[case::alaw_sent_as_ulaw("ulaw_8000", G711::Alaw, false)]
fn only_the_right_law_is_understood(#[case] format: &str, #[case] law: G711, #[case] right: bool) {
    let mut call = Call::open(&[("audio_format", format)]);
    call.law = Some(law);
    call.say(&speak("перезвоните завтра"));
    call.commit();
    call.wait(ms(1_000));
    let texts = call.texts("committed_transcript");
    assert_eq!(texts[0] == "перезвоните завтра", right, "{texts:?}");
}

#[test]
fn g711_sent_as_pcm_is_nothing() {
    let mut call = pcm();
    call.law = Some(G711::Ulaw);
    call.say(&speak("перезвоните завтра"));
    call.commit();
    call.wait(ms(1_000));
    assert_eq!(call.texts("committed_transcript"), [""]);
}

#[test]
fn eight_kilohertz_sent_as_sixteen_is_nothing() {
    let mut call = Call::open(&[("audio_format", "pcm_16000")]);
    let bytes: Vec<u8> = speak("перезвоните завтра")
        .iter()
        .flat_map(|s| s.to_le_bytes())
        .collect();
    call.send(&json!({
        "message_type": "input_audio_chunk", "audio_base_64": STANDARD.encode(&bytes), "commit": true,
    }));
    call.wait(ms(1_000));
    assert_eq!(call.texts("committed_transcript"), [""]);
}

#[test]
fn partials_come_late_seldom_and_not_in_the_first_two_seconds() {
    let mut call = pcm();
    call.say(&speak(
        "здравствуйте я слушаю вас очень внимательно говорите пожалуйста дальше",
    ));
    call.wait(ms(1_000));
    let partials = call.of("partial_transcript");
    assert!(partials.len() >= 5, "{}", partials.len());
    assert!(partials[0].0 >= ms(2_160), "{:?}", partials[0].0);
    for pair in partials.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= ms(300));
        let (before, after) = (pair[0].1["text"].as_str(), pair[1].1["text"].as_str());
        assert!(
            after.unwrap().starts_with(before.unwrap()),
            "the text grows"
        );
    }
    for (at, message) in &partials {
        // 60 ms a letter: a text covers no more audio than had come 160 ms before.
        let letters = message["text"].as_str().unwrap().chars().count() as u64;
        assert!(ms(letters * 60) + ms(160) <= *at, "{at:?} {message}");
    }
}

#[test]
fn a_commit_of_too_little_audio_ends_the_session() {
    let mut call = pcm();
    call.silence(1_600);
    call.commit();
    let error = &call.of("commit_throttled")[0].1["error"];
    assert!(
        error
            .as_str()
            .unwrap()
            .contains("only 0.20s of uncommitted audio"),
        "{error}"
    );
    assert_eq!(call.ending().unwrap().1, closed(1000, "commit_throttled"));
    assert_eq!(call.record().violations.len(), 1);
}

#[test]
fn three_hundred_milliseconds_are_enough_and_count_anew_after_a_commit() {
    let mut call = pcm();
    call.silence(2_400);
    call.commit();
    assert!(!call.is_over());
    call.silence(2_399);
    call.commit();
    assert!(call.is_over());
}

#[test]
fn silence_is_committed_as_an_empty_text_without_echo() {
    let mut call = pcm();
    call.silence(4_000);
    call.commit();
    call.wait(ms(1_000));
    assert_eq!(call.texts("committed_transcript"), [""]);
    assert!(call.of("partial_transcript").is_empty());
}

#[test]
fn a_text_is_echoed_by_a_partial() {
    let mut call = pcm();
    call.say(&speak("алло"));
    call.silence(1_000);
    call.commit();
    call.wait(ms(1_000));
    let (committed, echo) = (
        call.of("committed_transcript"),
        call.of("partial_transcript"),
    );
    assert_eq!(echo[0].1["text"], "алло");
    let gap = echo[0].0 - committed[0].0;
    assert!((ms(5)..=ms(50)).contains(&gap), "{gap:?}");
}

#[test]
fn commits_are_answered_in_their_order() {
    let mut call = pcm();
    for word in ["раз", "два", "три"] {
        call.say(&speak(word));
        call.silence(800);
        call.commit();
    }
    call.wait(ms(2_000));
    assert_eq!(call.texts("committed_transcript"), ["раз", "два", "три"]);
}

#[test]
fn an_idle_session_is_closed_without_a_word() {
    let mut call = pcm();
    call.silence(800);
    let since = call.now;
    call.wait(ms(15_499));
    assert!(!call.is_over());
    call.wait(ms(1));
    let (at, ending) = call.ending().unwrap();
    assert_eq!((at - since, ending), (ms(15_500), closed(1000, "")));
    assert_eq!(call.kinds(), ["session_started"]);
}

#[test]
fn an_empty_chunk_keeps_a_session_alive_and_a_wrong_message_does_not() {
    let mut call = pcm();
    for _ in 0..3 {
        call.wait(ms(10_000));
        call.bytes(&[], false);
    }
    assert!(!call.is_over());
    call.wait(ms(10_000));
    call.send(&json!({"message_type": "keepalive"}));
    call.wait(ms(5_500));
    assert!(call.is_over());
}

#[rstest]
#[case::no_json("hello", "Message must be a valid protocol message")]
#[case::no_type("{}", "Message must be a valid protocol message")]
#[case::commit(r#"{"message_type":"commit"}"#, "Unexpected message type: commit")]
#[case::no_audio(
    r#"{"message_type":"input_audio_chunk"}"#,
    "Message must be a valid protocol message"
)]
#[case::no_base64(
    r#"{"message_type":"input_audio_chunk","audio_base_64":"*"}"#,
    "audio_base_64 is not valid base64"
)]
#[case::half_a_sample(
    r#"{"message_type":"input_audio_chunk","audio_base_64":"AAAA"}"#,
    "PCM audio must have an even number of bytes"
)]
#[case::other_rate(
    r#"{"message_type":"input_audio_chunk","audio_base_64":"","sample_rate":16000}"#,
    "sample_rate does not match audio_format"
)]
fn wrong_messages_are_answered_and_survived(#[case] message: &str, #[case] error: &str) {
    let mut call = pcm();
    call.session.text(call.now, message);
    call.collect();
    assert_eq!(call.of("input_error")[0].1["error"], error);
    assert!(!call.is_over());
    assert_eq!(call.record().violations.len(), 1);
    call.say(&speak("алло"));
    call.silence(800);
    call.commit();
    call.wait(ms(500));
    assert_eq!(call.texts("committed_transcript"), ["алло"]);
}

#[test]
fn a_binary_frame_is_no_message() {
    let mut call = pcm();
    call.session.binary(call.now);
    call.collect();
    assert_eq!(call.of("input_error").len(), 1);
}

#[test]
fn previous_text_belongs_to_the_first_chunk() {
    let chunk = json!({
        "message_type": "input_audio_chunk", "audio_base_64": "", "previous_text": "вы согласны?",
    });
    let mut call = pcm();
    call.send(&chunk);
    assert_eq!(call.record().previous_text.as_deref(), Some("вы согласны?"));
    call.send(&chunk);
    assert_eq!(call.of("input_error").len(), 1);
}

#[test]
fn a_chunk_too_large_and_a_flood_end_the_session() {
    let options = Options {
        max_chunk_bytes: 1_000,
        ..Options::default()
    };
    let mut call = Call::open_with(&[("audio_format", "pcm_8000")], options, &[]);
    call.bytes(&[0; 1_002], false);
    assert_eq!(call.kinds()[1], "chunk_size_exceeded");
    assert!(call.is_over());
    let mut call = pcm();
    for _ in 0..61 {
        call.bytes(&[0; 2 * SECOND], false);
    }
    assert_eq!(call.kinds()[1], "queue_overflow");
}

#[test]
fn a_monologue_is_committed_by_the_service() {
    let mut call = pcm();
    call.say(&speak("начало"));
    call.silence(36 * SECOND - 7 * 480);
    call.wait(ms(500));
    assert_eq!(call.texts("committed_transcript"), ["начало"]);
    let record = call.record();
    assert_eq!((record.commits, record.self_commits), (0, 1));
    let at = call.of("committed_transcript")[0].0;
    assert!((ms(36_090)..=ms(36_160)).contains(&at), "{at:?}");
}

#[test]
fn the_services_own_voice_detector_commits_after_threshold_and_overhead() {
    let query = [
        ("audio_format", "pcm_8000"),
        ("commit_strategy", "vad"),
        ("vad_silence_threshold_secs", "0.5"),
    ];
    let mut call = Call::open(&query);
    call.silence(2 * SECOND);
    call.say(&speak("да"));
    let end = call.now;
    call.silence(3 * SECOND);
    let committed = call.of("committed_transcript");
    assert_eq!(committed.len(), 1);
    assert_eq!(committed[0].1["text"], "да");
    let delay = committed[0].0 - end;
    assert!((ms(1_150)..=ms(1_500)).contains(&delay), "{delay:?}");
}

#[test]
fn the_timed_twin_has_words_with_places() {
    let mut call = Call::open(&[("audio_format", "pcm_8000"), ("include_timestamps", "true")]);
    call.silence(SECOND);
    call.say(&speak("да хорошо"));
    call.commit();
    call.wait(ms(1_000));
    let plain = call.of("committed_transcript");
    let timed = call.of("committed_transcript_with_timestamps");
    assert_eq!((plain.len(), timed.len()), (1, 1));
    assert!(plain[0].0.abs_diff(timed[0].0) <= ms(300));
    let words = timed[0].1["words"].as_array().unwrap();
    let kinds: Vec<_> = words.iter().map(|w| w["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["word", "spacing", "word"]);
    assert_eq!(words[0]["start"], 1.0);
    assert_eq!(words[0]["end"], 1.12);
    assert_eq!(words[2]["text"], "хорошо");
}

#[test]
fn language_detection_alone_sends_a_twin_without_words() {
    let query = [
        ("audio_format", "pcm_8000"),
        ("include_language_detection", "true"),
    ];
    let mut call = Call::open(&query);
    call.silence(4_000);
    call.commit();
    call.wait(ms(1_000));
    let timed = call.of("committed_transcript_with_timestamps");
    assert!(timed[0].1["words"].is_null());
    assert_eq!(timed[0].1["language_code"], "ru");
}

#[test]
fn entities_come_if_they_were_asked_for() {
    let mut call = Call::open(&[("audio_format", "pcm_8000"), ("entity_detection", "all")]);
    call.silence(4_000);
    call.commit();
    call.wait(ms(1_000));
    assert_eq!(call.of("committed_transcript_entities").len(), 1);
}

fn broken(faults: &[Fault]) -> Call {
    Call::open_with(&[("audio_format", "pcm_8000")], Options::default(), faults)
}

fn say_and_commit(call: &mut Call) {
    call.say(&speak("да"));
    call.silence(1_200);
    call.commit();
    call.wait(ms(1_000));
}

#[test]
fn faults_of_commits_do_what_they_say() {
    let mut call = broken(&[Fault::DropCommits]);
    say_and_commit(&mut call);
    assert!(call.of("committed_transcript").is_empty());
    let mut call = broken(&[Fault::EmptyCommits]);
    say_and_commit(&mut call);
    assert_eq!(call.texts("committed_transcript"), [""]);
    let mut call = broken(&[Fault::RepeatCommits(3)]);
    say_and_commit(&mut call);
    assert_eq!(call.texts("committed_transcript"), ["да"; 3]);
    let mut call = broken(&[Fault::NoEcho]);
    say_and_commit(&mut call);
    assert!(call.of("partial_transcript").is_empty());
    let mut call = broken(&[Fault::ThrottleCommits]);
    say_and_commit(&mut call);
    assert_eq!(call.ending().unwrap().1, closed(1000, "commit_throttled"));
    assert!(
        call.record().violations.is_empty(),
        "not the client's fault"
    );
}

#[test]
fn twins_can_be_made_to_come_in_the_wrong_order() {
    let query = [("audio_format", "pcm_8000"), ("include_timestamps", "true")];
    let mut call = Call::open_with(&query, Options::default(), &[Fault::TwinFirst]);
    say_and_commit(&mut call);
    let kinds = call.kinds();
    let place = |kind: &str| kinds.iter().position(|k| k == kind).unwrap();
    assert!(place("committed_transcript_with_timestamps") < place("committed_transcript"));
}

#[test]
fn faults_of_sessions_do_what_they_say() {
    let mut call = broken(&[Fault::NeverStart]);
    call.wait(ms(10_000));
    assert!(call.kinds().is_empty());
    let mut call = broken(&[Fault::CloseAfter(ms(500))]);
    call.silence(SECOND);
    assert_eq!(call.ending().unwrap().1, closed(1000, ""));
    let mut call = broken(&[Fault::ResetAfter(ms(500))]);
    call.silence(SECOND);
    assert_eq!(call.ending().unwrap().1, Output::Reset);
    let mut call = broken(&[Fault::SelfCommitAfter(ms(500))]);
    call.silence(SECOND);
    assert_eq!(call.record().self_commits, 2);
    let mut call = broken(&[Fault::Strangers]);
    assert_eq!(call.kinds().len(), 3);
    say_and_commit(&mut call);
    assert_eq!(call.texts("committed_transcript"), ["да"]);
}

#[test]
fn a_fault_reaches_a_session_that_is_open() {
    let mut call = pcm();
    call.silence(SECOND);
    call.faults
        .inject(Fault::RecognitionError("quota_exceeded"), Scope::Every, 1);
    call.silence(800);
    assert_eq!(call.kinds(), ["session_started", "quota_exceeded"]);
    assert!(call.is_over());
}
