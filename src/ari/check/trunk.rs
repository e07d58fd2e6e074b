//! The trunk as Asterisk has it: endpoint and contact.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{CheckLine, CheckPlan, failed, login, transport};
use crate::ari::AriError;
use crate::ari::http::{Http, Request};
use crate::ari::model::EndpointAnswer;

/// The attributes of an object of pjsip.conf.
pub(super) type Object = BTreeMap<String, String>;

#[derive(Debug, Deserialize)]
struct Attribute {
    attribute: String,
    value: String,
}

pub(super) async fn check(http: &Http, plan: &CheckPlan) -> Vec<CheckLine> {
    let trunk = plan.trunk.as_str();
    let mut lines = Vec::new();
    match state(http, trunk).await {
        Ok(line) => lines.push(line),
        Err(line) => return vec![line],
    }
    let endpoint = match object(http, "endpoint", trunk).await {
        Ok(Some(endpoint)) => endpoint,
        // An endpoint of another kind, or a module too old to tell: nothing more to see.
        Ok(None) => return lines,
        Err(error) => {
            lines.push(failed("trunk settings", &error));
            return lines;
        }
    };
    lines.push(settings(trunk, &endpoint));
    lines.extend(contacts(http, trunk, &endpoint).await);
    lines.extend(transport::check(http, &endpoint).await);
    lines.push(login::check(http, trunk, &endpoint).await);
    lines.extend(pinned(trunk, &endpoint, plan.caller_id.as_deref()));
    lines
}

/// A dial string that goes round the trunk that is checked.
pub(super) fn dial_string(dial: &str) -> Option<CheckLine> {
    let what = "dial string";
    let mend = "novodial.toml, [asterisk]: `dial = \"PJSIP/{number}@{trunk}\"`";
    if dial.is_empty() || (dial.starts_with("PJSIP/") && dial.contains("{number}")) {
        return None;
    }
    Some(if dial.starts_with("Local/") {
        let found = format!(
            "`{dial}` goes through the dialplan: where it has no such context, calls ring for ever and no phone does"
        );
        CheckLine::warning(what, found, mend)
    } else if dial.contains("{number}") {
        let found =
            format!("`{dial}` does not go through PJSIP, which is all that is checked here");
        CheckLine::warning(what, found, mend)
    } else {
        let found = format!("`{dial}` has no {{number}}: every call rings the same");
        CheckLine::failure(what, found, mend)
    })
}

/// A caller id that the endpoint overrides.
fn pinned(trunk: &str, endpoint: &Object, caller_id: Option<&str>) -> Option<CheckLine> {
    let own = endpoint.get("from_user").filter(|user| !user.is_empty())?;
    let asked = caller_id?;
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    (digits(own) != digits(asked)).then(|| {
        CheckLine::warning(
            "caller id",
            format!("`from_user` of [{trunk}] fixes it: the callee sees the number of the line {own}, not {asked}"),
            format!("novodial.toml: no [asterisk] caller_id for a line; or, for a trunk by address, no `from_user` in [{trunk}] of pjsip.conf"),
        )
    })
}

async fn state(http: &Http, trunk: &str) -> Result<CheckLine, CheckLine> {
    let what = "trunk";
    let request = Request::get(&["endpoints", "PJSIP", trunk]);
    match http.read::<EndpointAnswer>(request).await {
        Ok(endpoint) if endpoint.state == "online" => {
            Ok(CheckLine::ok(what, format!("PJSIP/{trunk} is online")))
        }
        Ok(endpoint) => Ok(CheckLine::failure(
            what,
            format!("PJSIP/{trunk} is {}", endpoint.state),
            format!(
                "pjsip.conf: the aor of [{trunk}] needs a `contact = sip:HOST` that answers OPTIONS; look at `pjsip show contacts` and the firewall"
            ),
        )),
        Err(AriError::NotFound { .. }) => Err(CheckLine::failure(
            what,
            format!("there is no PJSIP/{trunk}"),
            format!(
                "pjsip.conf: a section [{trunk}] with `type = endpoint`, or another `[asterisk] trunk`; then `pjsip reload`"
            ),
        )),
        Err(error) => Err(failed(what, &error)),
    }
}

/// What makes calls without sound or without effect.
fn settings(trunk: &str, endpoint: &Object) -> CheckLine {
    let what = "trunk settings";
    let value = |key: &str| endpoint.get(key).map_or("", String::as_str);
    let allow = value("allow");
    let mut faults = Vec::new();
    if !["alaw", "ulaw"].iter().any(|codec| allow.contains(codec)) {
        return CheckLine::failure(
            what,
            format!("the codecs of [{trunk}] are `{allow}`"),
            format!("pjsip.conf, [{trunk}]: `disallow = all` before `allow = alaw,ulaw`"),
        );
    }
    if !value("outbound_proxy").is_empty() {
        faults.push(
            "no `outbound_proxy` (it rewrites the address dialled, and the provider answers 484)",
        );
    }
    if matches!(value("context"), "" | "default") {
        faults.push("`context` for inbound calls, one that cannot dial out");
    }
    if is_yes(value("direct_media")) {
        faults.push("`direct_media = no` (else the audio bypasses Asterisk and novodial is deaf)");
    }
    if !is_yes(value("rtp_symmetric")) {
        faults.push("`rtp_symmetric = yes` (NAT)");
    }
    if !is_yes(value("force_rport")) || !is_yes(value("rewrite_contact")) {
        faults.push(
            "`force_rport = yes` and `rewrite_contact = yes` (NAT: answers and hang-ups get lost)",
        );
    }
    if matches!(value("rtp_timeout"), "" | "0") {
        faults.push(
            "`rtp_timeout = 60` (a line that died silently is paid for until the time limit)",
        );
    }
    if matches!(value("rtp_keepalive"), "" | "0") {
        faults.push("`rtp_keepalive = 15` (a bot that listens sends nothing, and NAT forgets it)");
    }
    if faults.is_empty() {
        return CheckLine::ok(what, format!("codecs {allow}, audio through Asterisk"));
    }
    let mend = format!("pjsip.conf, [{trunk}]: {}", faults.join(", "));
    CheckLine::warning(what, format!("{} to improve", faults.len()), mend)
}

async fn contacts(http: &Http, trunk: &str, endpoint: &Object) -> Vec<CheckLine> {
    let what = "trunk contact";
    let names = endpoint.get("aors").map_or("", String::as_str);
    if names.is_empty() {
        return vec![CheckLine::failure(
            what,
            format!("[{trunk}] has no aor"),
            format!(
                "pjsip.conf, [{trunk}]: `aors = {trunk}` and a section [{trunk}] with `type = aor`, `contact = sip:HOST`"
            ),
        )];
    }
    let mut lines = Vec::new();
    for name in names.split(',').map(str::trim) {
        lines.push(match object(http, "aor", name).await {
            Ok(Some(aor)) => contact(what, name, &aor),
            Ok(None) => CheckLine::failure(
                what,
                format!("there is no aor [{name}]"),
                format!(
                    "pjsip.conf: a section [{name}] with `type = aor` and `contact = sip:HOST`"
                ),
            ),
            Err(error) => failed(what, &error),
        });
    }
    lines
}

fn contact(what: &str, name: &str, aor: &Object) -> CheckLine {
    let contact = aor.get("contact").map_or("", String::as_str);
    let asked = aor
        .get("qualify_frequency")
        .is_some_and(|seconds| seconds != "0");
    if contact.is_empty() {
        CheckLine::failure(
            what,
            format!("the aor [{name}] has no contact"),
            format!("pjsip.conf, [{name}] of `type = aor`: `contact = sip:HOST`"),
        )
    } else if asked {
        CheckLine::ok(what, contact)
    } else {
        CheckLine::warning(
            what,
            format!("{contact} is never asked whether it lives"),
            format!(
                "pjsip.conf, [{name}] of `type = aor`: `qualify_frequency = 30`, or a dead trunk looks like nobody at home"
            ),
        )
    }
}

pub(super) async fn object(
    http: &Http,
    kind: &str,
    name: &str,
) -> Result<Option<Object>, AriError> {
    let path = ["asterisk", "config", "dynamic", "res_pjsip", kind, name];
    match http.read::<Vec<Attribute>>(Request::get(&path)).await {
        Ok(list) => Ok(Some(
            list.into_iter()
                .map(|pair| (pair.attribute, pair.value))
                .collect(),
        )),
        Err(AriError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn is_yes(value: &str) -> bool {
    matches!(value, "yes" | "true" | "on" | "1")
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    fn endpoint(pairs: &[(&str, &str)]) -> Object {
        let good = [
            ("allow", "(alaw|ulaw)"),
            ("direct_media", "false"),
            ("rtp_symmetric", "true"),
            ("rtp_keepalive", "15"),
            ("rtp_timeout", "60"),
            ("force_rport", "true"),
            ("rewrite_contact", "true"),
            ("context", "from-novofon"),
        ];
        let all = good.iter().chain(pairs);
        all.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn each_fault_of_the_settings_names_its_key() {
        assert_eq!(settings("t", &endpoint(&[])).level, Level::Ok);
        for (key, value) in [
            ("direct_media", "true"),
            ("rtp_symmetric", "false"),
            ("rtp_keepalive", "0"),
            ("rtp_timeout", "0"),
            ("force_rport", "false"),
            ("rewrite_contact", "false"),
            ("context", "default"),
            ("outbound_proxy", "sip:proxy"),
        ] {
            let line = settings("t", &endpoint(&[(key, value)]));
            assert_eq!(line.level, Level::Warning, "{key}");
            assert!(line.mend.unwrap().contains(key), "{key}");
        }
        let line = settings("t", &endpoint(&[("allow", "(g729)")]));
        assert_eq!(line.level, Level::Failure);
        assert!(line.mend.unwrap().contains("allow = alaw"));
    }

    #[test]
    fn a_contact_that_is_never_asked_is_a_warning() {
        let aor = |pairs: &[(&str, &str)]| {
            let aor = pairs
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
            contact("c", "t", &aor.collect()).level
        };
        assert_eq!(aor(&[]), Level::Failure);
        assert_eq!(
            aor(&[("contact", "sip:h"), ("qualify_frequency", "0")]),
            Level::Warning
        );
        assert_eq!(
            aor(&[("contact", "sip:h"), ("qualify_frequency", "30")]),
            Level::Ok
        );
    }

    #[test]
    fn a_dial_string_that_rings_nobody_is_told() {
        assert_eq!(dial_string("PJSIP/{number}@{trunk}"), None);
        let level = |dial| dial_string(dial).map(|line| line.level);
        assert_eq!(level("Local/{number}@outgoing"), Some(Level::Warning));
        assert_eq!(level("PJSIP/100"), Some(Level::Failure));
    }

    #[test]
    fn a_caller_id_that_the_line_overrides_is_told() {
        let line = endpoint(&[("from_user", "0012345")]);
        assert_eq!(pinned("t", &line, None), None);
        assert_eq!(pinned("t", &line, Some("0012345")), None);
        assert_eq!(pinned("t", &endpoint(&[]), Some("+74950000000")), None);
        let told = pinned("t", &line, Some("+74950000000")).unwrap();
        assert!(told.mend.unwrap().contains("from_user"));
    }
}
