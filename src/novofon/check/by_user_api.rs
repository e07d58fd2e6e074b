//! What the user API tells of line and numbers, where the Data API is not to be had.

use super::{ProviderPlan, caller_ids, failed, line};
use crate::novofon::{SipAccount, UserApi};
use crate::report::CheckLine;

pub(super) async fn check(user: &UserApi, plan: &ProviderPlan, lines: &mut Vec<CheckLine>) {
    match user.sips().await {
        Ok(sips) => match ours(&sips, plan) {
            Some(sip) => {
                lines.push(registration(user, sip).await);
                lines.push(line::channels(&sip.id, sip.lines, plan));
                lines.push(untold(&sip.id));
            }
            None => lines.push(unknown(&sips)),
        },
        Err(error) => lines.push(failed("line", &error)),
    }
    match user.numbers().await {
        Ok(numbers) => {
            let known: Vec<(String, bool, String)> = numbers
                .into_iter()
                .map(|number| {
                    let active = number.is_active();
                    (number.number, active, number.status.unwrap_or_default())
                })
                .collect();
            caller_ids::check(&known, plan, None, lines);
        }
        Err(error) => lines.push(failed("caller ids", &error)),
    }
}

fn ours<'a>(sips: &'a [SipAccount], plan: &ProviderPlan) -> Option<&'a SipAccount> {
    match (&plan.line, sips) {
        (Some(login), _) => sips.iter().find(|sip| sip.id == *login),
        (None, [sip]) => Some(sip),
        (None, _) => None,
    }
}

async fn registration(user: &UserApi, sip: &SipAccount) -> CheckLine {
    match user.is_online(&sip.id).await {
        Ok(true) => CheckLine::ok("line", format!("{} is registered", sip.id)),
        Ok(false) => CheckLine::failure(
            "line",
            format!(
                "{} is not registered: your Asterisk has not logged in",
                sip.id
            ),
            "check login (leading zeros!), password and server in pjsip.conf, and the firewall for UDP \
             5060; Asterisk's side: novodial asterisk check",
        ),
        Err(error) => failed("line", &error),
    }
}

fn untold(login: &str) -> CheckLine {
    CheckLine::warning(
        "outgoing calls",
        format!("{login}: only the Data API tells whether it may call out and is not locked"),
        "set NOVODIAL_NOVOFON_ACCESS_TOKEN, or look at the line in the cabinet",
    )
}

fn unknown(sips: &[SipAccount]) -> CheckLine {
    let logins: Vec<&str> = sips.iter().map(|sip| sip.id.as_str()).collect();
    CheckLine::warning(
        "line",
        format!(
            "which of the account's lines is yours is not known: {}",
            logins.join(", ")
        ),
        "set [novofon] line to the login that stands in pjsip.conf",
    )
}
