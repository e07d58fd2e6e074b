//! The transport of the trunk: whether it reaches the provider, and what NAT makes of it.

use super::CheckLine;
use super::trunk::{Object, object};
use crate::ari::http::Http;

const WHAT: &str = "trunk transport";

/// Nothing where all is well, or where Asterisk does not tell.
pub(super) async fn check(http: &Http, endpoint: &Object) -> Option<CheckLine> {
    let name = endpoint.get("transport").filter(|name| !name.is_empty())?;
    let transport = object(http, "transport", name).await.ok().flatten()?;
    let mut contacts = Vec::new();
    for aor in endpoint.get("aors").map_or("", String::as_str).split(',') {
        let aor = object(http, "aor", aor.trim()).await.ok().flatten();
        contacts.extend(aor.and_then(|aor| aor.get("contact").cloned()));
    }
    judge(name, &transport, &contacts.join(","))
}

fn judge(name: &str, transport: &Object, contacts: &str) -> Option<CheckLine> {
    let get = |key: &str| transport.get(key).map_or("", String::as_str);
    let bind = get("bind");
    let local = |text: &str| {
        text.contains("127.0.0.1") || text.contains("localhost") || text.contains("[::1]")
    };
    if local(bind) && !contacts.is_empty() && !local(contacts) {
        return Some(CheckLine::failure(
            WHAT,
            format!("[{name}] listens to loopback alone ({bind}), and the provider is elsewhere"),
            format!(
                "pjsip.conf (local.conf), [{name}]: `bind = 0.0.0.0:5060`; then restart Asterisk"
            ),
        ));
    }
    let (media, signaling) = (
        get("external_media_address"),
        get("external_signaling_address"),
    );
    let mut faults = Vec::new();
    if media.is_empty() != signaling.is_empty() {
        faults.push("`external_media_address` and `external_signaling_address`, both or none (one-way sound)");
    }
    let nat = !media.is_empty() || !signaling.is_empty();
    if nat && matches!(get("local_net"), "" | "()") {
        faults.push("`local_net`, the network that is not behind the NAT, like 192.168.0.0/16");
    }
    (!faults.is_empty()).then(|| {
        CheckLine::warning(
            WHAT,
            format!("[{name}] has half of what NAT needs"),
            format!(
                "pjsip.conf (local.conf), [{name}]: {}; then restart Asterisk",
                faults.join(", ")
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    fn told(pairs: &[(&str, &str)], contact: &str) -> Option<CheckLine> {
        let owned = pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        judge("t", &owned.collect(), contact)
    }

    #[test]
    fn a_transport_that_reaches_nobody_is_a_failure() {
        let loopback = [("bind", "127.0.0.1:5060")];
        let line = told(&loopback, "sip:sip.novofon.ru:5060").unwrap();
        assert_eq!(line.level, Level::Failure);
        assert_eq!(told(&loopback, "sip:127.0.0.1:5062"), None);
        assert_eq!(
            told(&[("bind", "0.0.0.0:5060")], "sip:sip.novofon.ru"),
            None
        );
    }

    #[test]
    fn half_of_what_nat_needs_is_a_warning() {
        let media = ("external_media_address", "203.0.113.7");
        let signaling = ("external_signaling_address", "203.0.113.7");
        let net = ("local_net", "192.168.0.0/255.255.0.0");
        assert!(
            told(&[media, net], "")
                .unwrap()
                .mend
                .unwrap()
                .contains("signaling")
        );
        assert!(
            told(&[media, signaling], "")
                .unwrap()
                .mend
                .unwrap()
                .contains("local_net")
        );
        assert_eq!(told(&[media, signaling, net], ""), None);
    }
}
