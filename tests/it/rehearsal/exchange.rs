//! `novodial exchange`: the callees of a rehearsal for another process, whose calls are real to it.

use super::shell::{Running, Shell};
use crate::cli::OFFER;

/// The variables that the exchange prints first.
pub(super) fn variables(exchange: &Running) -> Vec<(String, String)> {
    let first = exchange.next();
    assert_eq!(first["schema"], "novodial.exchange/1");
    let variables = first["environment"].as_object().unwrap();
    variables
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .chain([("NOVODIAL_POLICY_HOURS".to_owned(), "any".to_owned())])
        .collect()
}

#[test]
fn another_process_calls_through_it_and_hears_what_is_told() {
    let shell = Shell::new();
    shell.file("leads.csv", "phone,callee\n+79000000001,agrees\n");
    shell.file("scenario.toml", OFFER);
    let arguments = [
        "exchange",
        "--leads",
        "leads.csv",
        "--haste",
        "5",
        "--format",
        "jsonl",
    ];
    let exchange = shell.start(&arguments);
    let shell = shell.with(&variables(&exchange));
    let call = shell.run(&["call", "+79000000001", "--format", "json"]);
    assert_eq!(call.code, 0, "{call:#?}");
    let call = call.json();
    assert_eq!(
        (&call["id"], &call["outcome"]),
        (&"1".into(), &"agreed".into())
    );
    assert_eq!(
        call["rehearsal"], false,
        "to this process it was a real one"
    );
    let told = exchange.next();
    assert_eq!(told["schema"], "novodial.exchange_call/1");
    assert_eq!(
        (&told["number"], &told["answered"]),
        (&"79000000001".into(), &true.into())
    );
    let heard = told["measured"]["turns"].as_array().unwrap();
    let said = call["turns"].as_array().unwrap();
    let said: Vec<_> = said
        .iter()
        .filter(|turn| turn["speaker"] == "bot")
        .collect();
    assert_eq!(heard.len(), said.len(), "{told:#}");
    assert_eq!(told["measured"]["last_turn_whole"], true);
    assert_eq!(exchange.interrupt(), 0);
}
