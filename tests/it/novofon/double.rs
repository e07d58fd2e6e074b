//! The double itself is as strict as the documentation.

use novodial::rehearsal::novofon::Provider;
use serde_json::{Value, json};

use super::{legs, provider};

/// The mnemonic with which a request is refused; empty if it is served.
async fn refused(provider: &Provider, body: &Value) -> String {
    let answer = post(
        provider,
        body.to_string(),
        "application/json; charset=UTF-8",
    )
    .await;
    mnemonic(&answer)
}

fn mnemonic(answer: &Value) -> String {
    let mnemonic = answer.pointer("/error/data/mnemonic");
    mnemonic
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

async fn post(provider: &Provider, body: String, kind: &str) -> Value {
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client
        .post(provider.data_url())
        .header("content-type", kind)
        .body(body);
    let text = request.send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

fn request(method: &str, parameters: Value) -> Value {
    let mut parameters = parameters;
    parameters["access_token"] = json!("rehearsal_token");
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})
}

#[tokio::test]
async fn requests_that_the_documentation_forbids_are_refused() {
    let provider = provider(|options| {
        options.account.legs = legs("2026-10-01T10:00:00Z", 3);
        options.points_per_minute = 5;
    })
    .await;
    let dates = json!({"date_from": "2026-10-01 00:00:00", "date_till": "2026-10-02 00:00:00"});
    let with = |name: &str, value: Value| {
        let mut parameters = dates.clone();
        parameters[name] = value;
        request("get.call_legs_report", parameters)
    };
    let plain = with("limit", json!(1));
    for (body, expected) in [
        (json!([plain.clone()]), "batch_opreations_not_supported"),
        (
            json!({"jsonrpc": "2.0", "method": "get.account", "params": {}}),
            "notifications_not_supported",
        ),
        (
            json!({"id": 1, "method": "get.account", "params": {}}),
            "invalid_request",
        ),
        (
            json!({"jsonrpc": "2.0", "id": 1, "method": "get.account", "params": {}}),
            "required_parameter_missed",
        ),
        (request("get.everything", json!({})), "method_not_found"),
        (with("limit", json!(10_001)), "invalid_parameter_value"),
        (with("offset", json!(100_001)), "invalid_parameter_value"),
        (
            with("date_till", json!("2027-01-02 00:00:00")),
            "date_interval_limit_reached",
        ),
        (
            with("date_till", json!("2026-10-02T00:00:00Z")),
            "invalid_parameter_value",
        ),
        (with("from", json!("2026-10-02")), "unexpected_parameters"),
        (with("fields", json!(["price"])), "unexpected_parameters"),
        (with("sort", json!([{"field": "id"}])), "sort_prohibited"),
        (
            with(
                "filter",
                json!({"field": "id", "operator": "=", "value": 1}),
            ),
            "filter_prohibited",
        ),
        (
            request("get.call_legs_report", json!({})),
            "required_parameter_missed",
        ),
    ] {
        assert_eq!(refused(&provider, &body).await, expected, "{body}");
    }
    let text = post(&provider, plain.to_string(), "text/plain").await;
    assert_eq!(mnemonic(&text), "parse_error");
    // Only what succeeds costs a point, and five are there.
    for _ in 0..5 {
        assert_eq!(refused(&provider, &plain).await, "");
    }
    assert_eq!(refused(&provider, &plain).await, "limit_exceeded");
}

#[tokio::test]
async fn the_user_api_wants_the_slash_the_key_and_the_signature() {
    let provider = provider(|_| {}).await;
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for (path, login) in [
        ("/v1/info/balance/", None),
        ("/v1/info/balance/", Some("rehearsal_key:bm90IGl0")),
        ("/v1/info/balance", Some("rehearsal_key:bm90IGl0")),
    ] {
        let mut request = client.get(format!("{}{path}", provider.base_url()));
        if let Some(login) = login {
            request = request.header("authorization", login);
        }
        assert_eq!(
            request.send().await.unwrap().status().as_u16(),
            401,
            "{path}"
        );
    }
}
