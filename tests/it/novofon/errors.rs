//! Each documented error, as the double sends it, in words that a user can act on.

use novodial::novofon::{NovoFon, NovoFonError, NovoFonErrorClass as Class};

use super::{client, config, provider};

/// Mnemonics of the documentation with their codes.
const DOCUMENTED: &[(i64, &str, Class)] = &[
    (-32600, "invalid_request", Class::Protocol),
    (-32001, "access_token_expired", Class::Auth),
    (-32001, "access_token_blocked", Class::Auth),
    (-32001, "access_token_invalid", Class::Auth),
    (-32008, "method_component_disabled", Class::Forbidden),
    (-32008, "parameter_component_disabled", Class::Forbidden),
    (-32003, "ip_not_whitelisted", Class::Address),
    (-32001, "auth_error", Class::Auth),
    (-32009, "account_inactive", Class::Account),
    (-32603, "internal_error", Class::Unreachable),
    (-32602, "data_type_error", Class::Protocol),
    (-32601, "method_not_found", Class::Protocol),
    (-32003, "forbidden", Class::Forbidden),
    (-32700, "parse_error", Class::Protocol),
    (-32099, "batch_opreations_not_supported", Class::Protocol),
    (-32099, "notifications_not_supported", Class::Protocol),
    (-32602, "required_parameter_missed", Class::Protocol),
    (-32602, "invalid_parameter_value", Class::Protocol),
    (-32602, "unexpected_parameters", Class::Protocol),
    (-32602, "invalid_parameters_combination", Class::Protocol),
    (-32602, "error", Class::Refused),
    (-32602, "sort_prohibited", Class::Protocol),
    (-32602, "filter_prohibited", Class::Protocol),
    (-32602, "date_interval_limit_reached", Class::Refused),
    (-32602, "entity_not_found", Class::Refused),
    (-32602, "dependency_error", Class::Refused),
    (-32602, "duplicate_entity", Class::Refused),
    (-32602, "campaign_is_inactive", Class::Refused),
    (-32602, "invalid_date_time", Class::Refused),
    (-32602, "data_limit_exceeded", Class::Refused),
    (-32602, "tariff_restrictions", Class::Forbidden),
    (-32602, "already_in_use", Class::Refused),
];

fn is_actionable(error: &NovoFonError, said: &str) {
    assert!(error.message.contains(said), "{error}");
    assert!(
        error.hint.split(' ').count() >= 4,
        "{error}: {}",
        error.hint
    );
    for text in [&error.message, &error.hint, &format!("{error:?}")] {
        assert!(!text.contains("rehearsal_token"), "{text}");
        assert!(!text.contains("rehearsal_secret"), "{text}");
    }
}

#[tokio::test]
async fn each_documented_error_has_a_class_and_a_hint_and_holds_no_secret() {
    let provider = provider(|_| {}).await;
    for (code, mnemonic, class) in DOCUMENTED {
        let said = format!("{mnemonic} in their words: rehearsal_token");
        provider.change(|options| {
            options.refuses = Some((*code, (*mnemonic).to_owned(), said));
        });
        let data = super::client(&provider).data.unwrap();
        let error = data.account().await.unwrap_err();
        assert_eq!(error.class, *class, "{mnemonic}");
        assert_eq!(error.mnemonic.as_deref(), Some(*mnemonic));
        is_actionable(&error, "in their words");
    }
}

#[tokio::test]
async fn a_wrong_key_and_a_strange_address_are_told_apart() {
    let provider = provider(|_| {}).await;
    let mut wrong = config(&provider);
    wrong.user_api = Some(("rehearsal_key".into(), "another_secret".into()));
    wrong.data_api = Some("another_token".into());
    let client = NovoFon::new(&wrong).unwrap();
    let error = client.user.unwrap().balance().await.unwrap_err();
    assert_eq!(error.class, Class::Auth);
    is_actionable(&error, "Not authorized");
    let error = client.data.unwrap().account().await.unwrap_err();
    assert_eq!(error.class, Class::Auth);
    assert_eq!(error.mnemonic.as_deref(), Some("access_token_invalid"));
    provider.change(|options| options.admitted = false);
    let data = super::client(&provider).data.unwrap();
    let error = data.account().await.unwrap_err();
    assert_eq!(error.class, Class::Address);
    is_actionable(&error, "192.0.2.77");
    assert!(error.hint.contains("security rules"));
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_unreachable() {
    let gone = provider(|_| {}).await;
    let client = client(&gone);
    gone.stop().await;
    let error = client.user.unwrap().balance().await.unwrap_err();
    assert_eq!(error.class, Class::Unreachable);
    is_actionable(&error, "cannot be reached");
    let error = client.data.unwrap().account().await.unwrap_err();
    assert_eq!(error.class, Class::Unreachable);
}

#[tokio::test]
async fn an_address_of_something_else_is_told() {
    let provider = provider(|_| {}).await;
    let mut elsewhere = config(&provider);
    elsewhere.data_url = format!("{}/elsewhere", provider.base_url())
        .parse()
        .unwrap();
    elsewhere.base_url = format!("{}/elsewhere", provider.base_url())
        .parse()
        .unwrap();
    let client = NovoFon::new(&elsewhere).unwrap();
    let error = client.data.unwrap().account().await.unwrap_err();
    assert!(error.hint.contains("data_url"), "{error}: {}", error.hint);
    let error = client.user.unwrap().balance().await.unwrap_err();
    assert!(error.hint.contains("base_url"), "{error}: {}", error.hint);
}
