//! What both clients read, page by page, and how they keep to the limits.

use std::time::Duration;

use novodial::campaign::Money;
use novodial::novofon::{NovoFon, NovoFonErrorClass};
use novodial::report::ProviderLeg;

use super::{at, client, config, legs, provider, window};

#[tokio::test]
async fn the_user_api_tells_money_lines_and_numbers() {
    let provider = provider(|_| {}).await;
    let user = client(&provider).user.unwrap();
    let balance = user.balance().await.unwrap();
    assert_eq!(
        (balance.amount, balance.currency.as_str()),
        (Money(12_345_000), "RUB")
    );
    let sips = user.sips().await.unwrap();
    assert_eq!((sips[0].id.as_str(), sips[0].lines), ("0012345", Some(5)));
    assert!(user.is_online("0012345").await.unwrap());
    let numbers = user.numbers().await.unwrap();
    let known: Vec<(&str, bool)> = numbers
        .iter()
        .map(|n| (n.number.as_str(), n.is_active()))
        .collect();
    assert_eq!(known, [("74950000000", true), ("74950000001", false)]);
}

#[tokio::test]
async fn the_data_api_tells_account_lines_and_numbers() {
    let provider = provider(|_| {}).await;
    let data = client(&provider).data.unwrap();
    let account = data.account().await.unwrap();
    assert_eq!(account.zone_name, "Europe/Moscow");
    let lines = data.sip_lines().await.unwrap();
    let line = &lines[0];
    assert_eq!(line.login, "0012345", "leading zeros stay");
    assert_eq!((line.channels, line.registered), (Some(5), Some(true)));
    assert_eq!(line.addresses, ["192.0.2.10"]);
    assert_eq!(data.numbers().await.unwrap().len(), 2);
}

/// Ids, beginnings, talks and charges of legs, in the order of time.
fn facts(mut legs: Vec<ProviderLeg>) -> Vec<(String, jiff::Timestamp, String, Option<Money>)> {
    legs.sort_by_key(|leg| leg.at);
    let fact = |leg: ProviderLeg| (leg.id, leg.at, leg.called, leg.charge);
    legs.into_iter().map(fact).collect()
}

#[tokio::test]
async fn reports_come_whole_page_by_page_in_the_accounts_own_time() {
    let all = legs("2026-10-01T21:30:00Z", 2500);
    let provider = provider(|options| {
        options.account.legs.clone_from(&all);
        options.account.zone = "Asia/Yekaterinburg".to_owned();
    })
    .await;
    let data = client(&provider).data.unwrap();
    let span = window("2026-10-01T00:00:00Z", "2026-10-10T00:00:00Z");
    let found = facts(data.legs(span).await.unwrap());
    assert_eq!(found.len(), 2500);
    assert_eq!(
        found[0],
        (
            "1000".to_owned(),
            all[0].at,
            "79000000000".to_owned(),
            Some(Money(25_000))
        )
    );
    assert_eq!(found[1].3, None, "nobody answered, nothing was charged");
    assert_eq!(found[2499].1, all[2499].at);
    let asked = provider.asked();
    let pages = |method: &str| asked.iter().filter(|one| *one == method).count();
    assert_eq!(pages("get.call_legs_report"), 3);
    assert_eq!(pages("get.financial_call_legs_report"), 2, "1250 charges");
    let calls = data.calls(window("2026-10-01T21:30:00Z", "2026-10-01T21:32:00Z"));
    assert_eq!(calls.await.unwrap().len(), 3, "both ends are included");
}

#[tokio::test]
async fn statistics_come_in_pages_and_months_and_each_row_once() {
    let mut all = legs("2026-07-01T00:00:00Z", 1200);
    all.extend(legs("2026-09-15T00:00:00Z", 10).into_iter().map(|mut leg| {
        leg.id += 5000;
        leg
    }));
    let provider = provider(|options| {
        options.account.legs = all;
        options.statistics_per_minute = 100;
    })
    .await;
    let user = client(&provider).user.unwrap();
    let span = window("2026-06-30T00:00:00Z", "2026-09-20T00:00:00Z");
    let found = facts(user.legs(span).await.unwrap());
    assert_eq!(found.len(), 1210);
    assert_eq!(found[0].1, at("2026-07-01T00:00:00Z"));
    assert_eq!(found[0].3, Some(Money(25_000)));
    let asked = provider.asked();
    let pages = asked
        .iter()
        .filter(|path| *path == "/v1/statistics/")
        .count();
    assert_eq!(pages, 4, "three parts of a month, the first in two pages");
}

#[tokio::test]
async fn more_than_three_months_are_asked_for_in_parts() {
    let mut all = legs("2026-01-10T00:00:00Z", 3);
    all.extend(legs("2026-06-10T00:00:00Z", 3).into_iter().map(|mut leg| {
        leg.id += 100;
        leg
    }));
    let provider = provider(|options| options.account.legs = all).await;
    let data = client(&provider).data.unwrap();
    let span = window("2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z");
    assert_eq!(data.legs(span).await.unwrap().len(), 6);
}

#[tokio::test]
async fn calls_inward_and_of_the_providers_own_services_are_not_ours() {
    let mut all = legs("2026-10-01T10:00:00Z", 6);
    all[0].direction = "in".to_owned();
    all[2].source = "auto_out_calls".to_owned();
    let provider = provider(|options| options.account.legs = all).await;
    let data = client(&provider).data.unwrap();
    let found = data.legs(window("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z"));
    let ids: Vec<String> = facts(found.await.unwrap())
        .into_iter()
        .map(|f| f.0)
        .collect();
    assert_eq!(ids, ["1001", "1003", "1004", "1005"]);
}

#[tokio::test]
async fn a_minutes_limit_is_waited_for_and_a_days_is_not() {
    let provider = provider(|options| {
        options.points_per_minute = 2;
        options.requests_per_minute = 2;
        options.minute = Duration::from_millis(1200);
    })
    .await;
    let client = client(&provider);
    let (data, user) = (client.data.unwrap(), client.user.unwrap());
    let begun = tokio::time::Instant::now();
    let data_api = async {
        for _ in 0..3 {
            data.numbers().await.unwrap();
        }
    };
    let user_api = async {
        for _ in 0..3 {
            user.balance().await.unwrap();
        }
    };
    tokio::join!(data_api, user_api);
    assert!(
        begun.elapsed() >= Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    let asked = provider.asked();
    assert_eq!(asked.len(), 6, "none was sent to be refused: {asked:?}");
}

#[tokio::test]
async fn a_days_limit_and_an_impatient_client_end_at_once() {
    let provider = provider(|options| options.points_per_day = 1).await;
    let data = client(&provider).data.unwrap();
    data.numbers().await.unwrap();
    let error = data.numbers().await.unwrap_err();
    assert_eq!(error.class, NovoFonErrorClass::Quota);
    assert!(error.message.contains("min"), "{error}");
    assert_eq!(provider.asked().len(), 1, "the second was not even sent");
    let slow = super::provider(|options| options.requests_per_minute = 1).await;
    let mut impatient = config(&slow);
    impatient.patience = Duration::from_secs(2);
    let user = NovoFon::new(&impatient).unwrap().user.unwrap();
    user.balance().await.unwrap();
    let error = user.balance().await.unwrap_err();
    assert_eq!(error.class, NovoFonErrorClass::Quota);
}

#[tokio::test]
async fn a_limit_that_others_used_up_is_heard_of_and_waited_for() {
    let provider = provider(|options| {
        options.points_per_minute = 1;
        options.minute = Duration::from_millis(900);
    })
    .await;
    let other = client(&provider).data.unwrap();
    other.numbers().await.unwrap();
    let data = client(&provider).data.unwrap();
    assert_eq!(data.numbers().await.unwrap().len(), 2);
    assert_eq!(provider.asked().len(), 3, "refused once, then served");
}
