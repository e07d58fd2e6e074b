//! Can calls go out through this account? Keys, address list, money, line, channels, caller ids:
//! each a line, each with its mend.
//!
//! A check never fails itself: the provider being down is a line of its report. What one API does
//! not tell is asked of the other.

mod by_user_api;
mod caller_ids;
mod line;

use super::{DataApi, NovoFon, NovoFonError, NovoFonErrorClass, SipLine, UserApi};
use crate::report::CheckLine;

/// What of our settings the provider is to bear out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProviderPlan {
    /// The login of the line, if the user named it.
    pub line: Option<String>,
    /// The numbers that callees are to see, in any spelling.
    pub caller_ids: Vec<String>,
    /// Calls at once, if the user set it.
    pub max_calls: Option<u32>,
}

/// Looks at everything, in the order in which a user mends it.
pub async fn check(provider: &NovoFon, plan: &ProviderPlan) -> Vec<CheckLine> {
    let mut lines = Vec::new();
    if provider.user.is_none() && provider.data.is_none() {
        return vec![CheckLine::warning(
            "keys",
            "no key of NovoFon is set: line, caller ids and money are not checked",
            "set NOVODIAL_NOVOFON_ACCESS_TOKEN in .env (cabinet: telephony → PBX users → Administrator → \
             API), and NOVODIAL_NOVOFON_KEY with NOVODIAL_NOVOFON_SECRET for the balance",
        )];
    }
    let mut known = false;
    if let Some(data) = &provider.data {
        known = by_data_api(data, plan, &mut lines).await;
    }
    match &provider.user {
        Some(user) => {
            lines.push(balance(user).await);
            if !known {
                by_user_api::check(user, plan, &mut lines).await;
            }
        }
        None => lines.push(CheckLine::warning(
            "balance",
            "not known: the Data API does not tell it",
            "set NOVODIAL_NOVOFON_KEY and NOVODIAL_NOVOFON_SECRET, or look into the cabinet",
        )),
    }
    lines
}

/// Whether the Data API could tell about line and numbers.
async fn by_data_api(data: &DataApi, plan: &ProviderPlan, lines: &mut Vec<CheckLine>) -> bool {
    match data.account().await {
        Ok(account) => {
            let name = account.name.as_deref().unwrap_or("without a name");
            let zone = &account.zone_name;
            lines.push(CheckLine::ok(
                "access token",
                format!("account {name}; its times are those of {zone}"),
            ));
            lines.push(CheckLine::ok(
                "allow-list",
                "this machine's address is admitted",
            ));
        }
        Err(error) => {
            lines.push(failed(of_account(&error), &error));
            return false;
        }
    }
    let line = match data.sip_lines().await {
        Ok(found) => line::check(&found, plan, lines),
        Err(error) => {
            lines.push(failed("line", &error));
            None
        }
    };
    match data.numbers().await {
        Ok(numbers) => {
            let known: Vec<(String, bool, String)> = numbers
                .into_iter()
                .map(|number| {
                    let active = number.is_active();
                    (number.number, active, number.status.unwrap_or_default())
                })
                .collect();
            caller_ids::check(&known, plan, line.as_ref(), lines);
        }
        Err(error) => lines.push(failed("caller ids", &error)),
    }
    true
}

/// What a failure of the first request says something about.
fn of_account(error: &NovoFonError) -> &'static str {
    match error.class {
        NovoFonErrorClass::Auth => "access token",
        NovoFonErrorClass::Address => "allow-list",
        NovoFonErrorClass::Account => "account",
        NovoFonErrorClass::Forbidden
        | NovoFonErrorClass::Quota
        | NovoFonErrorClass::Unreachable
        | NovoFonErrorClass::Refused
        | NovoFonErrorClass::Protocol => "data api",
    }
}

async fn balance(user: &UserApi) -> CheckLine {
    let what = "balance";
    match user.balance().await {
        Ok(balance) => {
            let found = format!("{} {}", balance.amount, balance.currency);
            if balance.amount.0 > 0 {
                CheckLine::ok(what, found)
            } else {
                CheckLine::failure(
                    what,
                    found,
                    "top the account up in the cabinet: no call goes out without money",
                )
            }
        }
        Err(error) => failed(what, &error),
    }
}

/// A failure of the provider as a line. One that may pass by itself stops no call.
fn failed(what: &str, error: &NovoFonError) -> CheckLine {
    let (found, mend) = (error.message.clone(), error.hint.clone());
    match error.class {
        NovoFonErrorClass::Quota | NovoFonErrorClass::Unreachable | NovoFonErrorClass::Protocol => {
            CheckLine::warning(what, found, mend)
        }
        NovoFonErrorClass::Auth
        | NovoFonErrorClass::Address
        | NovoFonErrorClass::Forbidden
        | NovoFonErrorClass::Account
        | NovoFonErrorClass::Refused => CheckLine::failure(what, found, mend),
    }
}

/// The line that our trunk uses: the one that the user named, the only one, or the only one that
/// shows our caller id.
pub fn our_line<'a>(lines: &'a [SipLine], plan: &ProviderPlan) -> Option<&'a SipLine> {
    if let Some(login) = &plan.line {
        return lines.iter().find(|line| line.login == *login);
    }
    if let [line] = lines {
        return Some(line);
    }
    let ours: Vec<String> = plan.caller_ids.iter().map(|id| digits(id)).collect();
    let shows_ours = |line: &&SipLine| {
        let shown = line.caller_id.as_deref().map(digits);
        shown.is_some_and(|shown| ours.contains(&shown))
    };
    let mut found = lines.iter().filter(shows_ours);
    let first = found.next();
    first.filter(|_| found.next().is_none())
}

/// A number in the provider's spelling: digits, the country in front.
fn digits(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix('8') {
        Some(rest) if digits.len() == 11 => format!("7{rest}"),
        _ => digits,
    }
}
