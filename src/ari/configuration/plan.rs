//! What differs from one machine to the next, and whether it can stand in a file of Asterisk.

use std::net::{IpAddr, SocketAddr};

use secrecy::{ExposeSecret, SecretString};

use super::local::AriPassword;
use crate::audio::G711;

/// What is tailored.
#[derive(Debug, Clone)]
pub struct ConfigPlan {
    /// Where ARI listens.
    pub http: SocketAddr,
    /// The path before `/ari`, with its leading slash; empty for none.
    pub prefix: String,
    /// The ARI login.
    pub username: String,
    /// Its password, as the file has it.
    pub password: AriPassword,
    /// The name of the trunk's endpoint.
    pub trunk: String,
    /// How the provider knows this Asterisk.
    pub connection: Connection,
    /// The provider's SIP server.
    pub server: Place,
    /// Where SIP listens.
    pub bind: SocketAddr,
    /// This machine's addresses behind NAT; `None` for a machine with a public one.
    pub nat: Option<Nat>,
    /// The codec that is offered first.
    pub codec: G711,
    /// First and last UDP port of the sound.
    pub rtp_ports: (u16, u16),
}

/// How the provider knows this Asterisk.
#[derive(Debug, Clone)]
pub enum Connection {
    /// A line: login and password, by registration.
    Line {
        /// The login; digits keep their leading zeros.
        login: String,
        /// The password; `None` leaves the place of it, to be filled in by hand.
        password: Option<SecretString>,
    },
    /// A trunk that knows this machine by its public address.
    ByAddress,
}

/// A host with a port, `sip.novofon.ru:5060`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// A name or an address.
    pub host: String,
    /// `None` is left to SIP: 5060.
    pub port: Option<u16>,
}

/// The addresses of a machine behind NAT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nat {
    /// The address by which the provider sees this machine.
    pub public: IpAddr,
    /// The networks that are not behind it, like `192.168.0.0/16`.
    pub local: Vec<String>,
}

/// A value that cannot stand in a file of Asterisk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}")]
pub struct PlanFault {
    /// The value's name, as the user knows it.
    pub what: &'static str,
    /// What is wrong with it; never holds a password.
    pub why: String,
}

impl ConfigPlan {
    /// Whether everything can stand in the files.
    pub(super) fn check(&self) -> Result<(), PlanFault> {
        word("[asterisk] username", &self.username)?;
        word("[asterisk] trunk", &self.trunk)?;
        if ["100", "global", "transport-udp"].contains(&self.trunk.as_str()) {
            return Err(fault(
                "[asterisk] trunk",
                "pjsip.conf has a section of this name",
            ));
        }
        word("the server", &self.server.host)?;
        if let Connection::Line { login, password } = &self.connection {
            word("the login of the line", login)?;
            if let Some(password) = password {
                one_line("the password of the line", password.expose_secret())?;
            }
        }
        one_line("the ARI password", self.password.text())?;
        let (first, last) = self.rtp_ports;
        if first < 1024 || last.saturating_sub(first) < 3 {
            return Err(fault(
                "the RTP ports",
                "a call takes up to four, from 1024 on: write a range like 10000-20000",
            ));
        }
        self.nat
            .iter()
            .flat_map(|nat| &nat.local)
            .try_for_each(|net| network(net))
    }
}

impl Place {
    /// Reads `host` or `host:port`; an address of IPv6 stands in brackets.
    pub fn parse(text: &str) -> Option<Self> {
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, Some(port.parse().ok().filter(|port| *port > 0)?))
            }
            _ => (text, None),
        };
        let host = host.to_owned();
        (!host.is_empty()).then_some(Self { host, port })
    }

    /// `host` or `host:port`.
    pub(super) fn written(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }
}

fn fault(what: &'static str, why: &str) -> PlanFault {
    let why = why.to_owned();
    PlanFault { what, why }
}

/// Letters, digits and what stands in names of hosts and logins: nothing that a file of Asterisk
/// or a SIP address reads otherwise.
fn word(what: &'static str, text: &str) -> Result<(), PlanFault> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-+[]:".contains(c);
    if text.is_empty() {
        return Err(fault(what, "it is empty"));
    }
    match text.chars().find(|c| !allowed(*c)) {
        None => Ok(()),
        Some(c) => Err(fault(what, &format!("{c:?} cannot stand in it"))),
    }
}

fn one_line(what: &'static str, text: &str) -> Result<(), PlanFault> {
    if text.trim() != text || text.chars().any(char::is_control) {
        return Err(fault(what, "it must be one line without spaces around"));
    }
    Ok(())
}

fn network(text: &str) -> Result<(), PlanFault> {
    let what = "the local network";
    let wrong = || {
        fault(
            what,
            &format!("`{text}` is none: write it like 192.168.0.0/16"),
        )
    };
    let (address, bits) = text.split_once('/').ok_or_else(wrong)?;
    let address: IpAddr = address.parse().map_err(|_| wrong())?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let bits: u8 = bits.parse().map_err(|_| wrong())?;
    if bits > longest { Err(wrong()) } else { Ok(()) }
}
