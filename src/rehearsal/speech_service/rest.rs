//! The account's endpoints: user, subscription, voices, models, single-use tokens.
//!
//! Reached only with a known key. The bodies carry every field of the public contract; the
//! credits in them are those that syntheses have really spent.

use serde_json::{Value, json};

use super::{Shared, answer, models};
use crate::rehearsal::http::{Method, Request, Response, StatusCode, query, respond_json};

const TOKEN_KINDS: [&str; 3] = ["realtime_scribe", "batch_scribe", "tts_websocket"];
const DEFAULT_PAGE: usize = 10;
const MAX_PAGE: usize = 100;

/// Answers a request of a known key.
pub(super) fn answer(shared: &Shared, request: &Request, parts: &[&str]) -> Response {
    let get = request.method() == Method::GET;
    match parts {
        ["v1", "user"] if get => ok(&user(shared)),
        ["v1", "user", "subscription"] if get => ok(&subscription(shared)),
        ["v1", "voices"] if get => ok(&json!({"voices": voices(shared, "")})),
        ["v2", "voices"] if get => search_voices(shared, &query(request)),
        ["v1", "models"] if get => ok(&models::list()),
        ["v1", "single-use-token", kind] if request.method() == Method::POST => {
            issue_token(shared, kind)
        }
        _ => {
            let status = StatusCode::NOT_FOUND;
            respond_json(status, &json!({"detail": "Not Found"}))
        }
    }
}

fn ok(body: &Value) -> Response {
    respond_json(StatusCode::OK, body)
}

fn user(shared: &Shared) -> Value {
    json!({
        "user_id": "rehearsal-user", "subscription": subscription(shared), "is_new_user": false,
        "first_name": "Rehearsal", "xi_api_key_preview": "…", "created_at": 1_700_000_000,
        "seat_type": "workspace_admin",
    })
}

fn subscription(shared: &Shared) -> Value {
    json!({
        "tier": "creator", "character_count": shared.account.credits_used(),
        "character_limit": shared.account.credits_total(), "max_credit_limit_extension": 0,
        "can_extend_character_limit": false,
        "next_character_count_reset_unix": 1_900_000_000, "voice_slots_used": 1,
        "voice_limit": 30, "professional_voice_limit": 1,
        "can_use_instant_voice_cloning": true, "currency": "usd",
        "current_overage": {"amount": "0", "currency": "usd"}, "status": "active",
        "billing_period": "monthly_period", "character_refresh_period": "monthly_period",
        "next_invoice": null, "open_invoices": [], "has_open_invoices": false,
        "pending_change": null,
    })
}

/// The voices whose id or name contains a text.
fn voices(shared: &Shared, search: &str) -> Vec<Value> {
    let search = search.to_lowercase();
    let voice = |(id, name): &(String, String)| {
        json!({
            "voice_id": id, "name": name, "category": "premade", "labels": {},
            "description": null, "preview_url": null, "available_for_tiers": [],
            "settings": null, "high_quality_base_model_ids": ["eleven_flash_v2_5"],
            "verified_languages": [
                {"language": "ru", "model_id": "eleven_flash_v2_5", "accent": null, "locale": null}
            ],
        })
    };
    shared
        .options()
        .voices
        .iter()
        .filter(|(id, name)| {
            id.to_lowercase().contains(&search) || name.to_lowercase().contains(&search)
        })
        .map(voice)
        .collect()
}

fn search_voices(shared: &Shared, query: &[(String, String)]) -> Response {
    let one = |name: &str| {
        let mut named = query.iter().filter(|(known, _)| known == name);
        named.next().map(|(_, value)| value.as_str())
    };
    let size = one("page_size").map_or(Ok(DEFAULT_PAGE), str::parse);
    let Ok(size @ 1..=MAX_PAGE) = size else {
        let message = "Input should be between 1 and 100";
        return answer::unprocessable("page_size", message, "less_than_equal");
    };
    let Ok(start) = one("next_page_token").map_or(Ok(0), str::parse::<usize>) else {
        let status = StatusCode::BAD_REQUEST;
        let message = "Invalid page token";
        return answer::error(status, "validation_error", "invalid_parameters", message);
    };
    let all = voices(shared, one("search").unwrap_or_default());
    let page: Vec<_> = all.iter().skip(start).take(size).collect();
    let end = start + page.len();
    let more = end < all.len();
    let next = more.then(|| end.to_string());
    ok(&json!({
        "voices": page, "has_more": more, "total_count": all.len(), "next_page_token": next,
    }))
}

fn issue_token(shared: &Shared, kind: &str) -> Response {
    if TOKEN_KINDS.contains(&kind) {
        return ok(&json!({"token": shared.account.issue_token(kind)}));
    }
    let message = format!("Unknown token type: {kind}");
    answer::unprocessable("token_type", &message, "enum")
}
