//! The endpoints of the account.

use super::*;

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
