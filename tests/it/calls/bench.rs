//! What rings the callees: the telephone lab's real Asterisk, or anything that does the same.

use std::time::Duration;

use novodial::rehearsal::callee::Measured;
use serde_json::Value;

use crate::embedded::Embedded;
use crate::lab::sip::{from_user, offered_payloads};
use crate::lab::{Lab, request};

/// Longer than it takes until somebody is rung.
const PATIENCE: Duration = Duration::from_mins(1);

/// An exchange with callees behind it. Callers and numbers are digits.
pub(super) trait Bench: Sync {
    /// The variables that point the program at it.
    fn environment(&self) -> Vec<(&'static str, String)>;

    /// What the callee measured in a call that has ended or is about to; each is given once.
    fn measured(&self, caller: &str, number: &str) -> Measured;

    /// Ids of the channels and bridges that the exchange has, of an application's prefix.
    fn leftovers(&self, app: &str) -> Vec<String>;

    /// The keys that came to the callee's line in a call.
    fn keys(&self, call: &Measured) -> String;

    /// How often the number was rung by this caller, and with which payload types on offer.
    fn offers(&self, caller: &str, number: &str) -> Vec<Vec<u8>>;

    /// Waits until the number is rung by this caller.
    fn wait_for_offer(&self, caller: &str, number: &str) {
        for _ in 0..PATIENCE.as_millis() / 50 {
            if !self.offers(caller, number).is_empty() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{number} is not rung by {caller}");
    }
}

/// The bench that the tests share: the telephone lab, or with `NOVODIAL_TEST_EXCHANGE=embedded` the
/// exchange of the rehearsal, on which all of them must come to the same.
#[expect(
    clippy::disallowed_methods,
    reason = "the exchange is chosen from outside of the tests"
)]
pub(super) fn shared() -> &'static dyn Bench {
    match std::env::var("NOVODIAL_TEST_EXCHANGE").as_deref() {
        Ok("embedded") => Embedded::shared(),
        _ => Lab::shared(),
    }
}

impl Bench for Lab {
    fn environment(&self) -> Vec<(&'static str, String)> {
        Self::environment(self)
    }

    fn measured(&self, caller: &str, number: &str) -> Measured {
        self.wait_for_measured(caller, number)
    }

    fn keys(&self, call: &Measured) -> String {
        call.keys.clone()
    }

    fn leftovers(&self, app: &str) -> Vec<String> {
        ["channels", "bridges"]
            .iter()
            .flat_map(|kind| ids(self, kind))
            .filter(|id| id.starts_with(app))
            .collect()
    }

    fn offers(&self, caller: &str, number: &str) -> Vec<Vec<u8>> {
        let caller = format!("+{caller}");
        self.invites(number)
            .iter()
            .filter(|invite| from_user(invite) == Some(caller.as_str()))
            .map(|invite| offered_payloads(invite))
            .collect()
    }
}

impl Bench for Embedded {
    fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("NOVODIAL_ASTERISK_URL", self.ari_url()),
            ("NOVODIAL_ASTERISK_USERNAME", self.username().to_owned()),
            ("NOVODIAL_ASTERISK_PASSWORD", self.password().to_owned()),
            ("NOVODIAL_ASTERISK_TRUNK", "novofon".to_owned()),
        ]
    }

    fn measured(&self, caller: &str, number: &str) -> Measured {
        self.wait_for_measured(caller, number)
    }

    fn keys(&self, call: &Measured) -> String {
        let calls = self.dialled(&call.caller, &call.number);
        calls.iter().map(|call| call.keys.as_str()).collect()
    }

    fn leftovers(&self, app: &str) -> Vec<String> {
        self.ids()
            .into_iter()
            .filter(|id| id.starts_with(app))
            .collect()
    }

    fn offers(&self, caller: &str, number: &str) -> Vec<Vec<u8>> {
        let calls = self.dialled(caller, number);
        calls.iter().map(Self::offered_payloads).collect()
    }
}

/// The ids of everything of a kind that Asterisk has, asked over ARI.
fn ids(lab: &Lab, kind: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let (status, body) = runtime.block_on(request(lab, "GET", &format!("/ari/{kind}"), ""));
    assert_eq!(status, 200, "{body}");
    let list: Vec<Value> = serde_json::from_str(&body).expect("a list");
    list.iter()
        .filter_map(|item| item["id"].as_str().map(str::to_owned))
        .collect()
}
