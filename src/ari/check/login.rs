//! How the trunk proves itself to the provider: credentials and registration.
//!
//! Whether a registration is accepted is not told by ARI in any version; what makes the provider
//! refuse it is.

use super::trunk::{Object, is_yes, object};
use super::{CheckLine, failed};
use crate::ari::AriError;
use crate::ari::http::Http;

const WHAT: &str = "trunk login";
/// Digits of the shortest login of a line at NovoFon: seven, six on older lines.
const SHORTEST_LOGIN: usize = 6;
/// A registration that gives up sooner does not outlive an outage: at 30 s, this is 50 minutes.
const FEWEST_RETRIES: u32 = 100;

/// What Asterisk has of a login. Names only are shown: ARI would hand out the password too.
#[derive(Debug, Default)]
struct Login {
    /// The name of the auth object that the endpoint answers challenges with.
    auth_name: String,
    auth: Option<Object>,
    registration: Option<(String, Object)>,
}

pub(super) async fn check(http: &Http, trunk: &str, endpoint: &Object) -> CheckLine {
    match read(http, trunk, endpoint).await {
        Ok(login) => judge(trunk, endpoint, &login),
        Err(error) => failed(WHAT, &error),
    }
}

async fn read(http: &Http, trunk: &str, endpoint: &Object) -> Result<Login, AriError> {
    let mut login = Login {
        auth_name: get(endpoint, "outbound_auth").to_owned(),
        ..Login::default()
    };
    if !login.auth_name.is_empty() {
        login.auth = object(http, "auth", &login.auth_name).await?;
    }
    for name in registrations(trunk) {
        if let Some(found) = object(http, "registration", &name).await? {
            login.registration = Some((name, found));
            break;
        }
    }
    Ok(login)
}

/// Where a registration of the trunk is looked for.
fn registrations(trunk: &str) -> [String; 3] {
    [
        format!("{trunk}-registration"),
        format!("{trunk}-reg"),
        trunk.to_owned(),
    ]
}

fn judge(trunk: &str, endpoint: &Object, login: &Login) -> CheckLine {
    let Some((name, registration)) = &login.registration else {
        return without_registration(trunk, endpoint, login);
    };
    if login.auth_name.is_empty() {
        let instead = if get(endpoint, "auth").is_empty() {
            ""
        } else {
            ", and no `auth`, which is for telephones that ring in"
        };
        return CheckLine::failure(
            WHAT,
            format!(
                "[{trunk}] registers, and cannot answer when a call is challenged for its password"
            ),
            format!(
                "pjsip.conf, [{trunk}] of `type = endpoint`: `outbound_auth = {trunk}-auth`{instead}"
            ),
        );
    }
    if let Some(line) = credentials(login) {
        return line;
    }
    if get(registration, "server_uri").is_empty() || get(registration, "outbound_auth").is_empty() {
        return CheckLine::failure(
            WHAT,
            format!("the registration [{name}] is not complete"),
            format!("pjsip.conf, [{name}]: `server_uri`, `client_uri` and `outbound_auth`"),
        );
    }
    let user = login.auth.as_ref().map_or("", |auth| get(auth, "username"));
    names(user, endpoint, registration)
        .or_else(|| endurance(name, registration))
        .unwrap_or_else(|| {
            let server = get(registration, "server_uri");
            CheckLine::ok(
                WHAT,
                format!(
                    "registers at {server}; `pjsip show registrations` tells whether it succeeded"
                ),
            )
        })
}

/// A trunk by address; or one that is only half a line.
fn without_registration(trunk: &str, endpoint: &Object, login: &Login) -> CheckLine {
    if login.auth_name.is_empty() {
        return CheckLine::ok(
            WHAT,
            "none: the provider knows this Asterisk by its address",
        );
    }
    if let Some(line) = credentials(login) {
        return line;
    }
    let user = login.auth.as_ref().map_or("", |auth| get(auth, "username"));
    names(user, endpoint, &Object::new()).unwrap_or_else(|| {
        CheckLine::warning(
            WHAT,
            format!(
                "[{}], and no registration under the names {}",
                login.auth_name,
                registrations(trunk).join(", ")
            ),
            "a line by registration needs a section with `type = registration` in pjsip.conf; a trunk with a password needs none",
        )
    })
}

/// Whether there is a name and a password at all.
fn credentials(login: &Login) -> Option<CheckLine> {
    let name = &login.auth_name;
    let Some(auth) = &login.auth else {
        return Some(CheckLine::failure(
            WHAT,
            format!("there is no auth [{name}]"),
            format!("pjsip.conf: a section [{name}] with `type = auth`, `username`, `password`"),
        ));
    };
    (get(auth, "username").is_empty() || get(auth, "password").is_empty()).then(|| {
        CheckLine::failure(
            WHAT,
            format!("[{name}] lacks a username or a password"),
            format!(
                "pjsip.conf, [{name}]: `username` and `password` of the line, leading zeros kept"
            ),
        )
    })
}

/// Whether the login is the same in all its places.
fn names(user: &str, endpoint: &Object, registration: &Object) -> Option<CheckLine> {
    let client = get(registration, "client_uri")
        .trim_start_matches("sips:")
        .trim_start_matches("sip:");
    let client = client.split_once('@').map_or("", |(user, _)| user);
    let places = [
        ("client_uri", client),
        ("contact_user", get(registration, "contact_user")),
        ("from_user", get(endpoint, "from_user")),
    ];
    let mend = "local.conf of asterisk_configs: the login of the line in its four places (client_uri, contact_user, username, from_user), leading zeros kept";
    let other = places
        .into_iter()
        .find(|(_, name)| !name.is_empty() && *name != user);
    if let Some((key, name)) = other {
        let zeros = name.trim_start_matches('0') == user.trim_start_matches('0');
        let why = if zeros {
            ": leading zeros were lost"
        } else {
            ", and the provider refuses one of them with 401 or 403"
        };
        let found = format!("`username` is {user} and `{key}` is {name}{why}");
        return Some(CheckLine::failure(WHAT, found, mend));
    }
    let short = user.len() < SHORTEST_LOGIN && user.bytes().all(|byte| byte.is_ascii_digit());
    short.then(|| {
        let found = format!(
            "the login {user} is short: a line of NovoFon has 6 or 7 digits, zeros in front too"
        );
        CheckLine::warning(WHAT, found, mend)
    })
}

/// Whether the registration outlives an outage and a refusal.
fn endurance(name: &str, registration: &Object) -> Option<CheckLine> {
    let mut faults = Vec::new();
    if is_yes(get(registration, "auth_rejection_permanent")) {
        faults
            .push("`auth_rejection_permanent = no` (else one refusal by mistake ends it for good)");
    }
    let retries: Option<u32> = get(registration, "max_retries").parse().ok();
    if retries.is_some_and(|retries| retries < FEWEST_RETRIES) {
        faults.push("`max_retries = 10000` (else it gives up for good after an outage)");
    }
    (!faults.is_empty()).then(|| {
        CheckLine::warning(
            WHAT,
            format!("the registration [{name}] may end for good"),
            format!("pjsip.conf, [{name}]: {}", faults.join(", ")),
        )
    })
}

fn get<'a>(object: &'a Object, key: &str) -> &'a str {
    object.get(key).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    fn object(pairs: &[(&str, &str)]) -> Object {
        let owned = pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        owned.collect()
    }

    fn line(endpoint: &[(&str, &str)], auth: &[(&str, &str)], more: &[(&str, &str)]) -> CheckLine {
        let endpoint = object(endpoint);
        let mut registration = object(&[
            ("server_uri", "sip:h"),
            ("client_uri", "sip:0012345@h"),
            ("contact_user", "0012345"),
            ("outbound_auth", "t-auth"),
            ("auth_rejection_permanent", "false"),
            ("max_retries", "10000"),
        ]);
        registration.extend(object(more));
        let login = Login {
            auth_name: get(&endpoint, "outbound_auth").to_owned(),
            auth: Some(object(auth)),
            registration: Some(("t-registration".to_owned(), registration)),
        };
        judge("t", &endpoint, &login)
    }

    const ENDPOINT: &[(&str, &str)] = &[("outbound_auth", "t-auth"), ("from_user", "0012345")];
    const AUTH: &[(&str, &str)] = &[("username", "0012345"), ("password", "x")];

    #[test]
    fn each_fault_of_a_line_is_named() {
        assert_eq!(line(ENDPOINT, AUTH, &[]).level, Level::Ok);
        let zeros: &[(&str, &str)] = &[("username", "12345"), ("password", "x")];
        let cases: [(CheckLine, Level, &str); 7] = [
            (line(ENDPOINT, zeros, &[]), Level::Failure, "leading zeros"),
            (
                line(&[("auth", "t-auth"), ("from_user", "0012345")], AUTH, &[]),
                Level::Failure,
                "outbound_auth",
            ),
            (
                line(
                    &[("outbound_auth", "t-auth"), ("from_user", "other")],
                    AUTH,
                    &[],
                ),
                Level::Failure,
                "from_user",
            ),
            (line(ENDPOINT, &AUTH[..1], &[]), Level::Failure, "password"),
            (
                line(ENDPOINT, AUTH, &[("server_uri", "")]),
                Level::Failure,
                "server_uri",
            ),
            (
                line(ENDPOINT, AUTH, &[("auth_rejection_permanent", "true")]),
                Level::Warning,
                "auth_rejection_permanent = no",
            ),
            (
                line(ENDPOINT, AUTH, &[("max_retries", "10")]),
                Level::Warning,
                "max_retries",
            ),
        ];
        for (line, level, mend) in cases {
            assert_eq!(line.level, level, "{line:?}");
            assert!(line.mend.as_ref().unwrap().contains(mend), "{line:?}");
        }
    }

    #[test]
    fn a_trunk_by_address_needs_no_login_and_a_short_one_is_doubted() {
        assert_eq!(
            judge("t", &Object::new(), &Login::default()).level,
            Level::Ok
        );
        let short = object(&[("username", "1234")]);
        let told = names(get(&short, "username"), &Object::new(), &Object::new());
        assert_eq!(told.unwrap().level, Level::Warning);
    }
}
