//! Tests of the model against the double of its service.

use std::time::Duration;

use rstest::rstest;
use secrecy::SecretString;

use super::*;
use crate::language::Language;
use crate::rehearsal::chat_service::{ChatOptions, ChatService, Saying};
use crate::rehearsal::proxy::{Proxy as Double, ProxyKind};

const KEY: &str = "sk-rehearsal";

fn question(said: &str) -> Question {
    let intents = [("yes", "consent"), ("no", "refusal")];
    Question {
        language: Language::English,
        asked: "May I go on, {{ name }}?".to_owned(),
        said: said.to_owned(),
        intents: intents.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec(),
    }
}

async fn service(content: &str, after: Duration) -> ChatService {
    let content = content.to_owned();
    let saying = Saying { content, after };
    let options = ChatOptions {
        key: KEY.to_owned(),
        model: "small".to_owned(),
        sayings: [("fire away".to_owned(), saying)].into(),
    };
    ChatService::start(options).await.unwrap()
}

fn config(service: &ChatService) -> ModelConfig {
    ModelConfig {
        url: service.url().parse().unwrap(),
        model: "small".to_owned(),
        api_key: Some(SecretString::from(KEY)),
        limit: Duration::from_secs(5),
        proxy: None,
    }
}

async fn asked(config: ModelConfig) -> Result<Option<String>, ModelError> {
    let model = ChatModel::new(config).unwrap();
    model.ask(&question("fire away")).await
}

#[rstest]
#[case(r#"{"intent":"yes"}"#, Ok(Some("yes")))]
#[case(r#"{"intent":"none"}"#, Ok(None))]
#[case("no", Ok(Some("no")))]
#[case("\"no\"\n", Ok(Some("no")))]
#[case("none", Ok(None))]
#[case("Yes", Err(()))]
#[case("yes, surely", Err(()))]
#[case(r#"{"intent":"agreed"}"#, Err(()))]
#[case(r#"{"intent":"yes","sure":true}"#, Err(()))]
#[case("", Err(()))]
#[tokio::test]
async fn only_a_name_that_was_offered_is_an_answer(
    #[case] content: &str,
    #[case] meant: Result<Option<&str>, ()>,
) {
    let service = service(content, Duration::ZERO).await;
    let answer = asked(config(&service)).await.map_err(drop);
    assert_eq!(answer, meant.map(|name| name.map(str::to_owned)));
}

#[tokio::test]
async fn what_is_sent_is_the_question_and_nothing_else() {
    let service = service("yes", Duration::ZERO).await;
    asked(config(&service)).await.unwrap();
    let requests = service.asked();
    let [request] = requests.as_slice() else {
        panic!("{requests:?}");
    };
    let system = request["messages"][0]["content"].as_str().unwrap();
    assert!(
        system.contains("\n- yes: consent\n- no: refusal\n- none: "),
        "{system}"
    );
    let heard: serde_json::Value =
        serde_json::from_str(request["messages"][1]["content"].as_str().unwrap()).unwrap();
    let told = serde_json::json!({
        "language": "en", "asked": "May I go on, {{ name }}?", "said": "fire away",
    });
    assert_eq!(heard, told);
    let schema = &request["response_format"]["json_schema"]["schema"];
    assert_eq!(
        schema["properties"]["intent"]["enum"],
        serde_json::json!(["yes", "no", "none"])
    );
}

#[tokio::test]
async fn a_late_model_has_not_answered() {
    let service = service("yes", Duration::from_mins(1)).await;
    let limit = Duration::from_millis(50);
    let late = asked(ModelConfig {
        limit,
        ..config(&service)
    })
    .await;
    assert!(late.unwrap_err().message.contains("in time"));
}

#[tokio::test]
async fn a_refusal_is_told_with_what_to_do_and_without_the_key() {
    let service = service("yes", Duration::ZERO).await;
    let cases = [
        (
            ModelConfig {
                api_key: None,
                ..config(&service)
            },
            "llm_api_key",
        ),
        (
            ModelConfig {
                api_key: Some(SecretString::from("sk-wrong-secret")),
                ..config(&service)
            },
            "llm_api_key",
        ),
        (
            ModelConfig {
                model: "large".to_owned(),
                ..config(&service)
            },
            "llm_model",
        ),
        (
            ModelConfig {
                url: service.url().replace("/v1", "/v2").parse().unwrap(),
                ..config(&service)
            },
            "llm_url",
        ),
    ];
    for (config, hint) in cases {
        let error = asked(config).await.unwrap_err();
        assert!(error.hint.contains(hint), "{error:?}");
        assert!(!format!("{error:?}").contains("wrong-secret"), "{error:?}");
    }
    assert!(service.asked().is_empty());
}

#[tokio::test]
async fn a_model_that_is_not_there_is_an_error_and_no_secret() {
    let service = service("yes", Duration::ZERO).await;
    let gone = config(&service);
    drop(service);
    let error = asked(ModelConfig {
        limit: Duration::from_secs(1),
        ..gone
    })
    .await
    .unwrap_err();
    assert!(!format!("{error:?}").contains(KEY), "{error:?}");
}

#[tokio::test]
async fn a_proxy_is_used_for_the_model() {
    let service = service("yes", Duration::ZERO).await;
    let proxy = Double::start(ProxyKind::Socks5, None).await.unwrap();
    let through = ModelConfig {
        proxy: Some(proxy.url().parse().unwrap()),
        ..config(&service)
    };
    assert_eq!(asked(through).await, Ok(Some("yes".to_owned())));
    assert_eq!(proxy.tunnels(), 1);
}
