//! The trunk as Asterisk has it: endpoint, contact, credentials, registration.
//!
//! Whether a registration is accepted is not told by ARI in any version.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{CheckLine, failed};
use crate::ari::AriError;
use crate::ari::http::{Http, Request};
use crate::ari::model::EndpointAnswer;

/// The attributes of an object of pjsip.conf.
type Object = BTreeMap<String, String>;

#[derive(Debug, Deserialize)]
struct Attribute {
    attribute: String,
    value: String,
}

pub(super) async fn check(http: &Http, trunk: &str) -> Vec<CheckLine> {
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
    lines.push(credentials(http, trunk, &endpoint).await);
    lines
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
    if is_yes(value("direct_media")) {
        faults.push("`direct_media = no` (else the audio bypasses Asterisk and novodial is deaf)");
    }
    if !is_yes(value("rtp_symmetric")) {
        faults.push("`rtp_symmetric = yes` (NAT)");
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

/// Names only: ARI would hand out the password too.
async fn credentials(http: &Http, trunk: &str, endpoint: &Object) -> CheckLine {
    let what = "trunk login";
    let auth = endpoint.get("outbound_auth").map_or("", String::as_str);
    if auth.is_empty() {
        return CheckLine::ok(
            what,
            "none: the provider knows this Asterisk by its address",
        );
    }
    match object(http, "auth", auth).await {
        Ok(None) => {
            return CheckLine::failure(
                what,
                format!("there is no auth [{auth}]"),
                format!(
                    "pjsip.conf: a section [{auth}] with `type = auth`, `username`, `password`"
                ),
            );
        }
        Err(error) => return failed(what, &error),
        Ok(Some(auth_object)) => {
            let user = auth_object.get("username").map_or("", String::as_str);
            if user.is_empty() || auth_object.get("password").is_none_or(String::is_empty) {
                return CheckLine::failure(
                    what,
                    format!("[{auth}] lacks a username or a password"),
                    format!(
                        "pjsip.conf, [{auth}]: `username` and `password` of the line, leading zeros kept"
                    ),
                );
            }
        }
    }
    let names = [
        format!("{trunk}-registration"),
        format!("{trunk}-reg"),
        trunk.to_owned(),
    ];
    for name in &names {
        if let Ok(Some(registration)) = object(http, "registration", name).await {
            return registered(what, name, &registration);
        }
    }
    CheckLine::warning(
        what,
        format!(
            "[{auth}], and no registration under the names {}",
            names.join(", ")
        ),
        "a line by registration needs a section with `type = registration` in pjsip.conf; a trunk with a password needs none",
    )
}

fn registered(what: &str, name: &str, registration: &Object) -> CheckLine {
    let server = registration.get("server_uri").map_or("", String::as_str);
    if server.is_empty()
        || registration
            .get("outbound_auth")
            .is_none_or(String::is_empty)
    {
        return CheckLine::failure(
            what,
            format!("the registration [{name}] is not complete"),
            format!("pjsip.conf, [{name}]: `server_uri`, `client_uri` and `outbound_auth`"),
        );
    }
    CheckLine::ok(
        what,
        format!("registers at {server}; `pjsip show registrations` tells whether it succeeded"),
    )
}

async fn object(http: &Http, kind: &str, name: &str) -> Result<Option<Object>, AriError> {
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

fn is_yes(value: &str) -> bool {
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
}
