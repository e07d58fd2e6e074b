//! A look at the account before a campaign.

use novodial::speech::SpeechErrorClass;
use serde_json::{Value, json};
use tempfile::tempdir;

use super::stand::{Stand, audio, refusal, sound};

fn credits(used: u64, extension: &Value) -> Value {
    json!({
        "tier": "creator", "character_count": used, "character_limit": 100_000,
        "max_credit_limit_extension": extension, "status": "active",
        "next_character_count_reset_unix": 1_800_000_000, "something": [{}],
    })
}

fn voices() -> Value {
    json!({"voices": [{"voice_id": "voice/1", "name": "Анна", "labels": {}}], "has_more": false})
}

async fn stand(subscription: (u16, Value), voices: (u16, Value)) -> Stand {
    Stand::start(move |visit| {
        let (status, body) = match visit.path.as_str() {
            "/v1/user/subscription" => subscription.clone(),
            "/v2/voices" => {
                assert_eq!(visit.query["voice_ids"], "voice/1");
                voices.clone()
            }
            _ => (0, Value::Null),
        };
        async move {
            if status == 0 {
                return audio(sound());
            }
            refusal(status, &body)
        }
    })
    .await
}

#[tokio::test]
async fn an_account_in_order_says_what_is_left() {
    let stand = stand((200, credits(40_000, &json!(0))), (200, voices())).await;
    let folder = tempdir().unwrap();
    let report = stand.client(folder.path()).account().await.unwrap();
    assert_eq!(report.credits_left, Some(60_000));
    assert_eq!(report.credits, Some(100_000));
    assert_eq!(report.tier.as_deref(), Some("creator"));
    assert_eq!(report.voice.as_deref(), Some("Анна"));
    assert!(report.warnings.is_empty(), "{report:?}");
    assert_eq!(stand.visits().len(), 2, "it costs nothing");
}

#[tokio::test]
async fn an_empty_account_is_an_error_unless_it_may_go_over() {
    let folder = tempdir().unwrap();
    let empty = stand((200, credits(100_000, &json!(0))), (200, voices())).await;
    let error = empty.client(folder.path()).account().await.unwrap_err();
    assert_eq!(error.class, SpeechErrorClass::Quota);
    for (extension, left) in [(json!("unlimited"), None), (json!(500), Some(500))] {
        let over = stand((200, credits(100_000, &extension)), (200, voices())).await;
        let report = over.client(folder.path()).account().await.unwrap();
        assert_eq!(report.credits_left, left);
    }
}

#[tokio::test]
async fn a_key_that_may_only_speak_gets_a_warning() {
    let missing = json!({"detail": {
        "status": "missing_permissions",
        "message": "The API key you used is missing the permission user_read",
    }});
    let stand = stand((401, missing.clone()), (403, missing)).await;
    let folder = tempdir().unwrap();
    let report = stand.client(folder.path()).account().await.unwrap();
    assert_eq!(report.credits_left, None);
    assert_eq!(report.warnings.len(), 2, "{report:?}");
    assert!(report.warnings[0].contains("user_read"), "{report:?}");
}

#[tokio::test]
async fn a_bad_key_is_an_error() {
    let bad = json!({"detail": {"status": "invalid_api_key", "message": "Invalid API key"}});
    let stand = stand((401, bad), (200, voices())).await;
    let folder = tempdir().unwrap();
    let error = stand.client(folder.path()).account().await.unwrap_err();
    assert_eq!(error.class, SpeechErrorClass::Auth);
    assert!(error.hint.contains("ELEVENLABS_API_KEY"), "{error:?}");
}

#[tokio::test]
async fn a_voice_in_no_list_is_tried() {
    let stand = stand((200, credits(0, &json!(0))), (200, json!({"voices": []}))).await;
    let folder = tempdir().unwrap();
    let report = stand.client(folder.path()).account().await.unwrap();
    assert_eq!(report.warnings.len(), 1, "{report:?}");
    assert!(stand.visits()[2].contains("text-to-speech"));
}
