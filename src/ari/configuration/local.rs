//! `local.conf` with the values of one machine in it; every other line stays as it is shipped.

use secrecy::{ExposeSecret, SecretString};

use super::edit::{Lines, escaped, value};
use super::plan::{ConfigPlan, Connection, Nat};
use crate::audio::G711;

/// The line's password before anybody has written one.
const PLACEHOLDER: &str = "change-me";

/// The password of the ARI login, as `local.conf` has it.
#[derive(Debug, Clone)]
pub enum AriPassword {
    /// A hash that crypt(3) knows.
    Hash(String),
    /// The password itself.
    Plain(SecretString),
}

impl AriPassword {
    /// The text of the file.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Hash(hash) => hash,
            Self::Plain(password) => password.expose_secret(),
        }
    }
}

/// The password of the ARI login that a `local.conf` has; `None` for none or an empty one.
pub fn installed_ari_password(local_conf: &str) -> Option<AriPassword> {
    let section = "local-ari";
    let password = value(local_conf, section, "password").filter(|text| !text.is_empty())?;
    let format = value(local_conf, section, "password_format");
    Some(match format.as_deref() {
        Some("crypt") => AriPassword::Hash(password),
        Some(_) | None => AriPassword::Plain(password.into()),
    })
}

/// The password of the line that a `local.conf` has.
pub fn installed_line_password(local_conf: &str) -> Option<SecretString> {
    value(local_conf, "local-novofon-auth", "password")
        .filter(|text| !text.is_empty() && text != PLACEHOLDER)
        .map(SecretString::from)
}

/// The shipped text with the plan's values.
pub(super) fn tailored(shipped: &str, plan: &ConfigPlan) -> String {
    let mut lines = Lines::of(shipped);
    let mut missing = Vec::new();
    for (section, key, value) in values(plan) {
        if !lines.set(section, key, &escaped(&value)) {
            missing.push(key);
        }
    }
    if !plan.prefix.is_empty()
        && !lines.add(
            "local-http",
            &format!("prefix={}", plan.prefix.trim_start_matches('/')),
        )
    {
        missing.push("prefix");
    }
    if let Some(nat) = &plan.nat
        && !lines.set_all("local-transport", "local_net", &networks(nat))
    {
        missing.push("local_net");
    }
    if matches!(plan.connection, Connection::ByAddress) {
        for (section, key) in BY_LINE {
            if !lines.switch_off(section, key) {
                missing.push(key);
            }
        }
    }
    // The file is our own and embedded: a test holds that nothing is missing in it.
    debug_assert!(missing.is_empty(), "local.conf lacks {missing:?}");
    lines.text()
}

/// The lines that a trunk by address does without: those marked `A`.
pub(super) const BY_LINE: [(&str, &str); 4] = [
    ("local-novofon-registration", "type"),
    ("local-novofon-auth", "type"),
    ("local-novofon-endpoint", "outbound_auth"),
    ("local-novofon-endpoint", "from_user"),
];

/// Section, key and value of all that has one line.
fn values(plan: &ConfigPlan) -> Vec<(&'static str, &'static str, String)> {
    let server = plan.server.written();
    let format = match plan.password {
        AriPassword::Hash(_) => "crypt",
        AriPassword::Plain(_) => "plain",
    };
    let codecs = match plan.codec {
        G711::Alaw => "alaw,ulaw",
        G711::Ulaw => "ulaw,alaw",
    };
    let mut values = vec![
        ("local-http", "bindaddr", plan.http.ip().to_string()),
        ("local-http", "bindport", plan.http.port().to_string()),
        ("local-ari", "password_format", format.to_owned()),
        ("local-ari", "password", plan.password.text().to_owned()),
        ("local-transport", "bind", plan.bind.to_string()),
        ("local-rtp", "rtpstart", plan.rtp_ports.0.to_string()),
        ("local-rtp", "rtpend", plan.rtp_ports.1.to_string()),
        ("local-novofon-endpoint", "allow", codecs.to_owned()),
        (
            "local-novofon-endpoint",
            "from_domain",
            plan.server.host.clone(),
        ),
        ("local-novofon-aor", "contact", format!("sip:{server}")),
        ("local-novofon-identify", "match", plan.server.host.clone()),
    ];
    if let Some(nat) = &plan.nat {
        let public = nat.public.to_string();
        values.push((
            "local-transport",
            "external_signaling_address",
            public.clone(),
        ));
        values.push(("local-transport", "external_media_address", public));
    }
    if let Connection::Line { login, password } = &plan.connection {
        values.extend(line(login, password.as_ref(), &server));
        let auth = format!("{}-auth", plan.trunk);
        values.push(("local-novofon-endpoint", "outbound_auth", auth));
    }
    values
}

/// What a line by registration needs: the login in its four places, the password in one.
fn line(
    login: &str,
    password: Option<&SecretString>,
    server: &str,
) -> Vec<(&'static str, &'static str, String)> {
    let password = password.map_or(PLACEHOLDER, |password| password.expose_secret());
    let registration = "local-novofon-registration";
    vec![
        (registration, "server_uri", format!("sip:{server}")),
        (registration, "client_uri", format!("sip:{login}@{server}")),
        (registration, "contact_user", login.to_owned()),
        ("local-novofon-auth", "username", login.to_owned()),
        ("local-novofon-auth", "password", password.to_owned()),
        ("local-novofon-endpoint", "from_user", login.to_owned()),
    ]
}

/// The networks that are not behind NAT; the private ones where none is named.
fn networks(nat: &Nat) -> Vec<String> {
    if nat.local.is_empty() {
        return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
            .map(str::to_owned)
            .to_vec();
    }
    nat.local.clone()
}
