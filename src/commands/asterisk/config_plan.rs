//! From settings and flags to what is written for Asterisk, passwords included.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::Context;
use secrecy::{ExposeSecret, SecretString};

use crate::ari::configuration::{
    AriPassword, ConfigPlan, Connection, Nat, Place, hash, installed_ari_password,
    installed_line_password, verifies,
};
use crate::audio::G711;
use crate::cli::{AsteriskConfigArgs, CodecChoice};
use crate::commands::Desk;
use crate::output::{ExitStatus, UserError};
use crate::settings::Settings;

/// Rounds for a password of the user's own, which somebody might guess.
const ROUNDS: u32 = 5_000;
/// Rounds for one that is made: nobody guesses 24 random bytes.
const ROUNDS_OF_MADE: u32 = 1_000;
/// Bytes of a password that is made.
const MADE_BYTES: usize = 24;

/// What is written, and what the user must be told of it.
pub(super) struct Planned {
    pub(super) plan: ConfigPlan,
    /// The password that was made: only its hash is written.
    pub(super) made: Option<SecretString>,
    /// What still has to be done by hand, or may surprise.
    pub(super) notes: Vec<String>,
}

/// Plans; `installed` is the `local.conf` that is there already.
pub(super) fn planned(
    arguments: &AsteriskConfigArgs,
    installed: Option<&str>,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<Planned> {
    let mut notes = Vec::new();
    let (password, made) = ari_password(arguments, installed, settings)?;
    let http = http(settings, &mut notes)?;
    let nat = arguments.public_address.map(|public| Nat {
        public,
        local: arguments.local_net.clone(),
    });
    if arguments.bind.ip().is_loopback() {
        notes.push("SIP listens to loopback alone (--bind): it reaches no provider".to_owned());
    }
    let plan = ConfigPlan {
        http,
        prefix: settings
            .asterisk
            .url
            .path()
            .trim_end_matches('/')
            .to_owned(),
        username: settings.require_asterisk_username()?.to_owned(),
        password,
        trunk: settings.asterisk.trunk.clone(),
        connection: connection(arguments, installed, &mut notes, desk)?,
        server: Place::parse(&arguments.server)
            .ok_or_else(|| wrong("--server", "write it as sip.novofon.ru or 203.0.113.7:5060"))?,
        bind: arguments.bind,
        nat,
        codec: match arguments.codec {
            CodecChoice::Alaw => G711::Alaw,
            CodecChoice::Ulaw => G711::Ulaw,
        },
        rtp_ports: ports(&arguments.rtp_ports)?,
    };
    Ok(Planned { plan, made, notes })
}

fn wrong(flag: &str, hint: &str) -> UserError {
    let message = format!("{flag} cannot be read");
    UserError::new(ExitStatus::Usage, "bad_argument", message).hint(hint)
}

fn ports(text: &str) -> Result<(u16, u16), UserError> {
    text.split_once('-')
        .and_then(|(first, last)| Some((first.trim().parse().ok()?, last.trim().parse().ok()?)))
        .ok_or_else(|| wrong("--rtp-ports", "write a range like 10000-20000"))
}

/// Where ARI is to listen: the address by which novodial reaches it.
fn http(settings: &Settings, notes: &mut Vec<String>) -> anyhow::Result<SocketAddr> {
    let url = &settings.asterisk.url;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let address = match host {
        "localhost" => Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        host => host.parse(),
    };
    let (Ok(address), "http") = (address, url.scheme()) else {
        let message = format!(
            "[asterisk] url is {url}, and ARI can only listen to an address of its machine, by http"
        );
        return Err(UserError::new(ExitStatus::Invalid, "bad_value", message)
            .hint("write url = \"http://127.0.0.1:8088\" where Asterisk runs on the same machine")
            .into());
    };
    if !address.is_loopback() {
        notes.push(format!(
            "ARI listens to {address}: it can place paid calls and read SIP passwords, so let the firewall open its port to this machine alone"
        ));
    }
    Ok(SocketAddr::new(
        address,
        url.port_or_known_default().unwrap_or(8088),
    ))
}

/// The ARI password: that of the settings, else the one installed, else one that is made.
fn ari_password(
    arguments: &AsteriskConfigArgs,
    installed: Option<&str>,
    settings: &Settings,
) -> anyhow::Result<(AriPassword, Option<SecretString>)> {
    let installed = installed.and_then(installed_ari_password);
    if !arguments.new_password {
        if let Some(own) = settings.asterisk.password.read()? {
            return match installed {
                // Another hash of the same password would be no difference.
                Some(AriPassword::Hash(hash)) if verifies(&hash, own.expose_secret()) => {
                    Ok((AriPassword::Hash(hash), None))
                }
                Some(AriPassword::Hash(_) | AriPassword::Plain(_)) | None => {
                    let hash = hash(own.expose_secret(), ROUNDS, &random()?);
                    Ok((AriPassword::Hash(hash), None))
                }
            };
        }
        if let Some(installed) = installed {
            return Ok((installed, None));
        }
    }
    let made: String = random()?
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|half| char::from_digit(half.into(), 16))
        .collect();
    let hash = hash(&made, ROUNDS_OF_MADE, &random()?);
    Ok((AriPassword::Hash(hash), Some(made.into())))
}

fn connection(
    arguments: &AsteriskConfigArgs,
    installed: Option<&str>,
    notes: &mut Vec<String>,
    desk: &Desk<'_>,
) -> anyhow::Result<Connection> {
    let Some(login) = arguments.line.clone() else {
        return Ok(Connection::ByAddress);
    };
    let password = match arguments.line_password_file.as_deref() {
        Some(path) => Some(secret(path, desk)?),
        None => installed.and_then(installed_line_password),
    };
    if password.is_none() {
        notes.push(
            "the password of the line is still to be written: local.conf, section local-novofon-auth, or --line-password-file"
                .to_owned(),
        );
    }
    if login.len() < 6 && login.bytes().all(|byte| byte.is_ascii_digit()) {
        notes.push(format!(
            "the login {login} is short: did it lose its leading zeros? NovoFon's have 6 or 7 digits"
        ));
    }
    Ok(Connection::Line { login, password })
}

/// A secret from a file, `-` from stdin.
fn secret(path: &Path, desk: &Desk<'_>) -> anyhow::Result<SecretString> {
    let read = if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(desk.path(path))
    };
    let unreadable = |cause: &str| {
        let message = format!("the password of the line: {}: {cause}", path.display());
        UserError::new(ExitStatus::Invalid, "unreadable", message)
            .hint("put the password into that file, readable for you alone (chmod 600)")
    };
    let text = read.map_err(|error| unreadable(&error.to_string()))?;
    match text.trim() {
        "" => Err(unreadable("it is empty").into()),
        secret => Ok(secret.to_owned().into()),
    }
}

/// Bytes that nobody can guess.
fn random() -> anyhow::Result<[u8; MADE_BYTES]> {
    let mut bytes = [0; MADE_BYTES];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("the system gives no random numbers")?;
    Ok(bytes)
}
