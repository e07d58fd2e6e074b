//! The SIP line: is it ours to call out with, and how many calls does it carry.

use super::{ProviderPlan, our_line};
use crate::novofon::SipLine;
use crate::report::CheckLine;

/// Looks at our line among all of them; the line, if it is found.
pub(super) fn check(
    found: &[SipLine],
    plan: &ProviderPlan,
    lines: &mut Vec<CheckLine>,
) -> Option<SipLine> {
    let Some(line) = our_line(found, plan) else {
        lines.push(unknown(found, plan));
        return None;
    };
    lines.push(registration(line));
    lines.push(direction(line));
    lines.push(billing(line));
    lines.push(channels(&line.login, line.channels, plan));
    Some(line.clone())
}

fn unknown(found: &[SipLine], plan: &ProviderPlan) -> CheckLine {
    let logins: Vec<&str> = found.iter().map(|line| line.login.as_str()).collect();
    match (&plan.line, logins.as_slice()) {
        (Some(login), _) => CheckLine::failure(
            "line",
            format!("the account has no line `{login}`"),
            format!(
                "set [novofon] line to one of: {}; leading zeros count",
                logins.join(", ")
            ),
        ),
        (None, []) => CheckLine::warning(
            "line",
            "the account has no SIP line; what a trunk by IP address may do, the API does not tell",
            "make a line in the cabinet (telephony → SIP lines), or try: novodial asterisk check --call NUMBER",
        ),
        (None, _) => CheckLine::warning(
            "line",
            format!(
                "the account has {} lines: {}",
                logins.len(),
                logins.join(", ")
            ),
            "set [novofon] line to the login that stands in pjsip.conf",
        ),
    }
}

fn registration(line: &SipLine) -> CheckLine {
    let login = &line.login;
    match line.registered {
        Some(true) if line.addresses.is_empty() => {
            CheckLine::ok("line", format!("{login} is registered"))
        }
        Some(true) => {
            let from = line.addresses.join(", ");
            CheckLine::ok("line", format!("{login} is registered from {from}"))
        }
        Some(false) => CheckLine::failure(
            "line",
            format!("{login} is not registered: your Asterisk has not logged in"),
            "check login (leading zeros!), password and server in pjsip.conf, and the firewall for UDP \
             5060; Asterisk's side: novodial asterisk check",
        ),
        None => CheckLine::warning(
            "line",
            format!("{login}: the provider does not tell whether it is registered"),
            "Asterisk's side: novodial asterisk check",
        ),
    }
}

fn direction(line: &SipLine) -> CheckLine {
    let what = "outgoing calls";
    match line.kind.as_deref() {
        Some("in_out") => CheckLine::ok(what, format!("{} may call out", line.login)),
        Some("in") => CheckLine::failure(
            what,
            format!("{} is for incoming calls only", line.login),
            "give the line a virtual number in the cabinet: telephony → SIP lines (a line without one \
             cannot call out)",
        ),
        other => CheckLine::warning(
            what,
            format!("{}: type `{}`", line.login, other.unwrap_or("unknown")),
            "look at the line in the cabinet: telephony → SIP lines",
        ),
    }
}

fn billing(line: &SipLine) -> CheckLine {
    let what = "billing";
    let login = &line.login;
    match line.billing.as_deref() {
        Some("manual_lock") => CheckLine::failure(
            what,
            format!("{login} was locked by hand"),
            "unlock the line in the cabinet: telephony → SIP lines",
        ),
        Some("limit_lock") => CheckLine::failure(
            what,
            format!("{login} is locked by the billing: money or a limit ran out"),
            "top the account up, or raise the limit of the line in the cabinet",
        ),
        Some("active") if line.status.as_deref() == Some("inactive") => CheckLine::warning(
            what,
            format!("{login} is active, but switched off in its employee's profile"),
            "switch the number on in the cabinet: telephony → PBX users → the line's user",
        ),
        Some("active") => CheckLine::ok(what, format!("{login} is active")),
        other => CheckLine::warning(
            what,
            format!("{login}: state `{}`", other.unwrap_or("unknown")),
            "look at the line in the cabinet: telephony → SIP lines",
        ),
    }
}

/// Whether the line carries as many calls as are to be made at once.
pub(super) fn channels(login: &str, channels: Option<u32>, plan: &ProviderPlan) -> CheckLine {
    let what = "channels";
    match (channels, plan.max_calls) {
        (Some(0), _) => CheckLine::failure(
            what,
            format!("{login} carries no call"),
            "give the line channels in the cabinet: telephony → SIP lines",
        ),
        (Some(channels), Some(wanted)) if wanted > channels => CheckLine::warning(
            what,
            format!("{login} carries {channels} calls at once, max_calls is {wanted}"),
            format!(
                "set [campaign] max_calls = {channels}, or give the line more channels in the cabinet"
            ),
        ),
        (Some(channels), _) => {
            CheckLine::ok(what, format!("{login} carries {channels} calls at once"))
        }
        (None, _) => CheckLine::warning(
            what,
            format!("{login}: the provider does not tell how many calls it carries"),
            "set [campaign] max_calls to what your tariff has",
        ),
    }
}
