//! The client against the rehearsal's strict double of the service: real sound both ways, and
//! each fault of the list. The double's journal must know of no broken rule at the end.

use std::time::Duration;

use novodial::audio::{FRAME_SAMPLES, Frame, G711};
use novodial::rehearsal::proxy::{Proxy, ProxyKind};
use novodial::rehearsal::speech_service::{
    Canned, Fault, Journal, Options, Scope, SpeechService, Timing,
};
use novodial::rehearsal::voice::{Listener, audible, speak};
use novodial::speech::{
    ElevenLabs, ElevenLabsConfig, Recognizer, RecognizerCommand, RecognizerEvent,
    RecognizerSession, SpeechErrorClass, Synthesizer,
};
use rstest::rstest;
use serde_json::json;
use tempfile::{TempDir, tempdir};
use tokio::time::timeout;

use super::stand::quick;

struct Scene {
    service: SpeechService,
    config: ElevenLabsConfig,
    _cache: TempDir,
}

impl Scene {
    async fn new() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        let cache = tempdir().unwrap();
        let service = SpeechService::start(options).await.unwrap();
        let config = ElevenLabsConfig {
            api_key: "rehearsal-key".to_owned().into(),
            voice_id: "rehearsal-voice".to_owned(),
            ..super::stand::config(&service.base_url(), cache.path())
        };
        Self {
            service,
            config,
            _cache: cache,
        }
    }

    /// A client with the real limits, but for those a test would wait for too long.
    fn client(&self) -> ElevenLabs {
        let mut timing = quick();
        timing.commit_answer = Duration::from_secs(1);
        ElevenLabs::with_timing(self.config.clone(), timing).unwrap()
    }

    /// A session that is up.
    async fn ear(&self) -> Ear {
        let mut ear = Ear(self.client().open());
        assert_eq!(ear.next().await, RecognizerEvent::Ready);
        ear
    }

    fn broken_rules(&self) -> Vec<String> {
        self.service.journal().violations()
    }
}

struct Ear(RecognizerSession);

impl Ear {
    async fn next(&mut self) -> RecognizerEvent {
        timeout(Duration::from_secs(15), self.0.events.recv())
            .await
            .expect("an event in time")
            .expect("an open session")
    }

    /// The next event that is no guess.
    async fn news(&mut self) -> RecognizerEvent {
        loop {
            let event = self.next().await;
            if !matches!(event, RecognizerEvent::Partial(_)) {
                return event;
            }
        }
    }

    async fn say(&self, text: &str) {
        for samples in speak(text).chunks(FRAME_SAMPLES) {
            let mut frame = Frame::SILENCE;
            frame.0[..samples.len()].copy_from_slice(samples);
            self.send(RecognizerCommand::Audio(vec![frame])).await;
        }
    }

    async fn quiet(&self, frames: usize) {
        for _ in 0..frames {
            self.send(RecognizerCommand::Audio(vec![Frame::SILENCE]))
                .await;
        }
    }

    async fn commit(&self) {
        self.send(RecognizerCommand::Commit).await;
    }

    async fn send(&self, command: RecognizerCommand) {
        self.0.commands.send(command).await.unwrap();
    }

    /// Closes and gives what was still to come.
    async fn close(mut self) -> Vec<RecognizerEvent> {
        self.send(RecognizerCommand::Close).await;
        let mut rest = Vec::new();
        while let Some(event) = timeout(Duration::from_secs(5), self.0.events.recv())
            .await
            .expect("the end in time")
        {
            rest.push(event);
        }
        rest
    }
}

fn said(text: &str) -> RecognizerEvent {
    RecognizerEvent::Final(audible(text))
}

fn heard(audio: &[u8], law: G711) -> String {
    let samples: Vec<i16> = audio.iter().map(|byte| law.expand(*byte)).collect();
    let mut listener = Listener::new();
    listener.push(&samples);
    // The listener knows a word by the silence after it.
    listener.push(&[0; 8_000]);
    listener.text()
}

async fn stream(client: &ElevenLabs, text: &str) -> Vec<u8> {
    let mut chunks = client.stream(text).await.unwrap();
    let mut audio = Vec::new();
    while let Some(chunk) = timeout(Duration::from_secs(10), chunks.recv())
        .await
        .expect("a chunk in time")
    {
        audio.extend_from_slice(&chunk.unwrap());
    }
    audio
}

#[tokio::test]
async fn words_are_heard_with_guesses_on_the_way_and_one_text_a_commit() {
    let scene = Scene::new().await;
    let mut ear = scene.ear().await;
    ear.say("да согласен приезжайте").await;
    let first = ear.next().await;
    assert!(matches!(first, RecognizerEvent::Partial(_)), "{first:?}");
    ear.commit().await;
    assert_eq!(ear.news().await, said("да согласен приезжайте"));
    ear.say("нет").await;
    ear.commit().await;
    ear.quiet(5).await;
    ear.commit().await;
    assert_eq!(ear.news().await, said("нет"));
    assert_eq!(ear.news().await, RecognizerEvent::Final(String::new()));
    let rest = ear.close().await;
    assert!(rest.is_empty(), "{rest:?}");
    assert_eq!(scene.broken_rules(), Vec::<String>::new());
}

#[tokio::test]
async fn the_first_word_of_a_call_is_guessed_although_it_is_short() {
    let scene = Scene::new().await;
    let mut ear = scene.ear().await;
    ear.say("алло").await;
    ear.quiet(25).await;
    // Primed while it rang: the word alone is far from two seconds.
    while ear.next().await != RecognizerEvent::Partial(audible("алло")) {}
    assert_eq!(scene.service.journal().recognition[0].commits, 0);
}

#[rstest]
#[case(Fault::CloseAfter(Duration::from_secs(3)))]
#[case(Fault::ResetAfter(Duration::from_secs(3)))]
#[case(Fault::RecognitionError("queue_overflow"))]
#[case(Fault::RecognitionError("resource_exhausted"))]
#[case(Fault::ThrottleCommits)]
#[tokio::test]
async fn a_session_that_breaks_loses_no_word(#[case] fault: Fault) {
    let scene = Scene::new().await;
    scene
        .service
        .break_recognition(fault.clone(), Scope::Number(0));
    let mut ear = Ear(scene.client().open());
    let text = "сколько это стоит скажите пожалуйста";
    ear.say(text).await;
    ear.commit().await;
    let mut events = Vec::new();
    loop {
        let event = ear.news().await;
        let done = matches!(event, RecognizerEvent::Final(_));
        events.push(event);
        if done {
            break;
        }
    }
    assert_eq!(events.last(), Some(&said(text)), "{fault:?}");
    assert!(
        events.contains(&RecognizerEvent::Reconnecting),
        "{events:?}"
    );
    let rest = ear.close().await;
    assert!(rest.is_empty(), "{rest:?}");
}

#[rstest]
#[case(Fault::TwinFirst)]
#[case(Fault::NoEcho)]
#[case(Fault::RepeatCommits(3))]
#[case(Fault::Strangers)]
#[tokio::test]
async fn repeated_and_strange_messages_change_nothing(#[case] fault: Fault) {
    let scene = Scene::new().await;
    scene.service.break_recognition(fault, Scope::Every);
    let mut ear = scene.ear().await;
    for text in ["да", "да", "нет спасибо"] {
        ear.say(text).await;
        ear.commit().await;
        assert_eq!(ear.news().await, said(text));
    }
    let rest = ear.close().await;
    assert!(rest.is_empty(), "{rest:?}");
    assert_eq!(scene.broken_rules(), Vec::<String>::new());
}

#[tokio::test]
async fn empty_texts_and_unanswered_commits_do_not_hang() {
    let scene = Scene::new().await;
    scene
        .service
        .break_recognition(Fault::EmptyCommits, Scope::Number(0));
    let mut ear = scene.ear().await;
    ear.say("да").await;
    ear.commit().await;
    assert_eq!(ear.news().await, RecognizerEvent::Final(String::new()));
    scene
        .service
        .break_recognition(Fault::DropCommits, Scope::Number(1));
    let mut ear = scene.ear().await;
    ear.say("перезвоните завтра").await;
    ear.quiet(25).await;
    while ear.next().await != RecognizerEvent::Partial(audible("перезвоните завтра"))
    {
    }
    ear.commit().await;
    assert_eq!(ear.news().await, said("перезвоните завтра"));
}

#[tokio::test]
async fn a_segment_that_the_service_closes_joins_the_turn() {
    let scene = Scene::new().await;
    let limit = Duration::from_secs(4);
    scene
        .service
        .break_recognition(Fault::SelfCommitAfter(limit), Scope::Every);
    let mut ear = scene.ear().await;
    let text = "я хочу спросить сколько это стоит и когда приедет мастер";
    ear.say(text).await;
    ear.quiet(25).await;
    // What the service closed is known before the commit that ends the turn.
    let RecognizerEvent::Unasked(first) = ear.news().await else {
        panic!("nothing unasked");
    };
    let mut parts = vec![first];
    ear.commit().await;
    loop {
        match ear.news().await {
            RecognizerEvent::Unasked(part) => parts.push(part),
            RecognizerEvent::Final(part) => {
                parts.push(part);
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    let joined = parts.join(" ");
    let letters = |text: &str| text.replace(' ', "");
    assert_eq!(letters(&joined), letters(&audible(text)), "{parts:?}");
}

#[tokio::test]
async fn refusals_of_recognition_are_told_apart() {
    let scene = Scene::new().await;
    scene
        .service
        .break_recognition(Fault::RefuseAuth, Scope::Number(0));
    let error = scene.client().check().await.unwrap_err();
    assert_eq!(error.class, SpeechErrorClass::Auth);
    scene
        .service
        .break_recognition(Fault::RecognitionError("quota_exceeded"), Scope::Number(1));
    let mut ear = scene.ear().await;
    let RecognizerEvent::Failed(error) = ear.next().await else {
        panic!("not failed");
    };
    assert_eq!(error.class, SpeechErrorClass::Quota);
    scene
        .service
        .break_recognition(Fault::NeverStart, Scope::Number(2));
    assert_eq!(
        scene.client().check().await.unwrap_err().class,
        SpeechErrorClass::Unreachable
    );
    assert_eq!(scene.client().check().await, Ok(()));
    let mut config = scene.config.clone();
    config.stt_model = "scribe_v9".to_owned();
    let error = ElevenLabs::new(config).unwrap().check().await.unwrap_err();
    assert_eq!(error.class, SpeechErrorClass::Config);
    let mut config = scene.config.clone();
    config.api_key = "another-key".to_owned().into();
    let error = ElevenLabs::new(config).unwrap().check().await.unwrap_err();
    assert_eq!(error.class, SpeechErrorClass::Auth);
}

#[rstest]
#[case(G711::Alaw)]
#[case(G711::Ulaw)]
#[tokio::test]
async fn prompts_and_utterances_say_their_text_in_the_law_of_the_call(#[case] law: G711) {
    let mut scene = Scene::new().await;
    scene.config.codec = law;
    let client = scene.client();
    let text = "добрый день это робот";
    let prompt = client.prompt(text).await.unwrap();
    assert_eq!(heard(&prompt, law), audible(text));
    assert_eq!(client.prompt(text).await, Ok(prompt));
    assert_eq!(heard(&stream(&client, text).await, law), audible(text));
    assert_eq!(
        heard(&stream(&client, "спасибо").await, law),
        audible("спасибо")
    );
    let journal = scene.service.journal();
    assert_eq!(journal.synthesis.len(), 2, "one prompt, one socket");
    assert_eq!(journal.violations(), Vec::<String>::new());
}

#[rstest]
#[case(Fault::OddChunks)]
#[case(Fault::AudioAfterFinal)]
#[case(Fault::NoFinal)]
#[case(Fault::SlowFirstAudio(Duration::from_millis(300)))]
#[case(Fault::InactivityAfter(Duration::ZERO))]
#[tokio::test]
async fn utterances_survive_faults_of_the_socket(#[case] fault: Fault) {
    let scene = Scene::with(Options {
        snake_case: true,
        flush_done: true,
        ..Options::default()
    })
    .await;
    scene.service.break_synthesis(fault, Scope::Number(0));
    let client = scene.client();
    for text in ["добрый день", "до свидания"] {
        let audio = stream(&client, text).await;
        assert_eq!(heard(&audio, G711::Alaw), audible(text));
    }
}

#[tokio::test]
async fn an_utterance_cut_off_goes_on_where_it_was() {
    let scene = Scene::new().await;
    let after = Duration::from_millis(900);
    scene
        .service
        .break_synthesis(Fault::LoseAfter(after), Scope::Number(0));
    let text = "добрый день это робот компании окна";
    let audio = stream(&scene.client(), text).await;
    let words = heard(&audio, G711::Alaw);
    assert!(words.ends_with(&audible("компании окна")), "{words}");
    assert!(words.starts_with(&audible("добрый")), "{words}");
}

#[tokio::test]
async fn many_utterances_at_once_never_break_the_limit_of_contexts() {
    let scene = Scene::with(Options {
        max_concurrent: 20,
        ..Options::default()
    })
    .await;
    let client = scene.client();
    let texts: Vec<String> = (0..12).map(|n| "слово ".repeat(n + 1)).collect();
    let all = texts.iter().map(|text| stream(&client, text));
    for (text, audio) in texts.iter().zip(futures_util::future::join_all(all).await) {
        assert_eq!(heard(&audio, G711::Alaw), audible(text));
    }
    assert_eq!(scene.broken_rules(), Vec::<String>::new());
}

#[rstest]
#[case(Canned::legacy_quota(), SpeechErrorClass::Quota, "exceeds your quota")]
#[case(Canned::json(422, &json!({"detail": [{"loc": ["body", "text"], "msg": "Field required"}]})), SpeechErrorClass::Config, "body.text: Field required")]
#[case(Canned::json(400, &json!({"detail": "Plain words"})), SpeechErrorClass::Config, "Plain words")]
#[case(
    Canned::bad_gateway(),
    SpeechErrorClass::Unreachable,
    "502 Bad Gateway"
)]
#[case(Canned::too_many(), SpeechErrorClass::Throttle, "oncurrent")]
#[case(Canned::json(200, &json!({"audio": "no"})), SpeechErrorClass::Unreachable, "application/json")]
#[tokio::test]
async fn answers_that_are_no_audio_become_one_line(
    #[case] answer: Canned,
    #[case] class: SpeechErrorClass,
    #[case] words: &str,
) {
    let scene = Scene::new().await;
    scene
        .service
        .break_synthesis(Fault::Answer(answer), Scope::Every);
    let error = scene.client().prompt("добрый день").await.unwrap_err();
    assert_eq!(error.class, class, "{error}");
    assert!(error.message.contains(words), "{error}");
    assert!(!error.message.contains('\n'), "{error}");
    scene.service.mend();
    let audio = scene.client().prompt("добрый день").await.unwrap();
    assert_eq!(heard(&audio, G711::Alaw), audible("добрый день"));
}

#[tokio::test]
async fn thirty_prompts_at_once_wait_their_turn() {
    let scene = Scene::with(Options {
        max_concurrent: 3,
        timing: Timing {
            burst: 50,
            ..Timing::default()
        },
        ..Options::default()
    })
    .await;
    let client = scene.client();
    let texts: Vec<String> = ["а", "о", "е"]
        .iter()
        .flat_map(|letter| (3..13).map(move |n| letter.repeat(n)))
        .collect();
    let prompts = texts.iter().map(|text| client.prompt(text));
    for prompt in futures_util::future::join_all(prompts).await {
        prompt.unwrap();
    }
    let refused = |journal: &Journal| journal.requests.iter().filter(|r| r.1 == 429).count();
    assert_eq!(refused(&scene.service.journal()), 0);
}

#[tokio::test]
async fn the_account_tells_credits_and_voice_and_an_empty_one_is_an_error() {
    let scene = Scene::new().await;
    let report = scene.client().account().await.unwrap();
    assert_eq!(report.voice.as_deref(), Some("Rehearsal"));
    assert_eq!(report.credits_left, Some(1_000_000));
    assert!(report.warnings.is_empty(), "{report:?}");
    let mut config = scene.config.clone();
    config.voice_id = "nobody".to_owned();
    let error = ElevenLabs::new(config)
        .unwrap()
        .account()
        .await
        .unwrap_err();
    assert_eq!(error.class, SpeechErrorClass::Config);
    assert!(error.hint.contains("voice_id"), "{error:?}");
    scene.service.set_credits_left(0);
    let error = scene.client().account().await.unwrap_err();
    assert_eq!(error.class, SpeechErrorClass::Quota);
    let error = scene.client().prompt("добрый день").await.unwrap_err();
    assert_eq!(error.class, SpeechErrorClass::Quota);
}

#[rstest]
#[case(ProxyKind::Http)]
#[case(ProxyKind::Socks5)]
#[tokio::test]
async fn a_call_is_heard_and_answered_through_a_proxy(#[case] kind: ProxyKind) {
    let mut scene = Scene::new().await;
    let proxy = Proxy::start(kind, None).await.unwrap();
    scene.config.proxy = Some(proxy.url().parse().unwrap());
    let mut ear = scene.ear().await;
    ear.say("алло").await;
    ear.commit().await;
    assert_eq!(ear.news().await, said("алло"));
    let client = scene.client();
    let prompt = client.prompt("добрый день").await.unwrap();
    assert_eq!(heard(&prompt, G711::Alaw), audible("добрый день"));
    let audio = stream(&client, "спасибо").await;
    assert_eq!(heard(&audio, G711::Alaw), audible("спасибо"));
    assert_eq!(proxy.tunnels(), 3);
}
