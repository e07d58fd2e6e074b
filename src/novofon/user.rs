//! The user API (v1): signed requests, limits told in headers.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use super::gate::{Gate, Told};
use super::records::{Balance, Phone, SipAccount, Window};
use super::signature::{query, signature};
use super::web::{Answer, Web, one_line};
use super::{NovoFonConfig, NovoFonError, NovoFonErrorClass, Pace, amount, zone};
use crate::campaign::Money;
use crate::report::ProviderLeg;

/// Rows of a page of statistics; the API's own limit.
const PAGE: usize = 1000;
/// Longer periods are cut by the API without a word.
const PERIOD: SignedDuration = SignedDuration::from_hours(24 * 29);
/// How long to wait where a refusal tells no time.
const USUAL_WAIT: Duration = Duration::from_mins(1);
/// How often a request that came too early is sent again.
const TRIES: u32 = 3;

/// A client of the user API.
#[derive(Debug)]
pub struct UserApi {
    web: Web,
    base: Url,
    key: SecretString,
    secret: SecretString,
    pace: Pace,
    patience: Duration,
    gates: Mutex<Gates>,
    zone: OnceCell<TimeZone>,
}

#[derive(Debug, Default)]
struct Gates {
    any: Gate,
    statistics: Gate,
}

#[derive(Debug, Deserialize)]
struct StatisticsRow {
    #[serde(default, deserialize_with = "amount::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "amount::text")]
    callstart: Option<String>,
    #[serde(default, deserialize_with = "amount::text")]
    from: Option<String>,
    #[serde(default, deserialize_with = "amount::text")]
    to: Option<String>,
    #[serde(default, deserialize_with = "amount::text")]
    disposition: Option<String>,
    #[serde(default, deserialize_with = "amount::count")]
    billseconds: Option<u32>,
    #[serde(default, deserialize_with = "amount::amount")]
    cost: Option<Money>,
    #[serde(default, deserialize_with = "amount::amount")]
    billcost: Option<Money>,
}

impl UserApi {
    pub(super) fn new(
        web: Web,
        (key, secret): (SecretString, SecretString),
        config: &NovoFonConfig,
    ) -> Self {
        Self {
            web,
            base: config.base_url.clone(),
            key,
            secret,
            pace: config.pace,
            patience: config.patience,
            gates: Mutex::default(),
            zone: OnceCell::new(),
        }
    }

    /// What is left.
    ///
    /// # Errors
    /// Why it is not told.
    pub async fn balance(&self) -> Result<Balance, NovoFonError> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(default, deserialize_with = "amount::amount")]
            balance: Option<Money>,
            #[serde(default)]
            currency: String,
        }
        let what = "info/balance";
        let body: Body = self.get(what, &[]).await?;
        Ok(Balance {
            amount: body
                .balance
                .ok_or_else(|| NovoFonError::protocol(what, "no balance in it"))?,
            currency: body.currency,
        })
    }

    /// The zone of all times of this account; asked once.
    ///
    /// # Errors
    /// Why it is not told.
    pub async fn zone(&self) -> Result<&TimeZone, NovoFonError> {
        #[derive(Deserialize)]
        struct Body {
            unixtime: i64,
            datetime: String,
        }
        let ask = async {
            let what = "info/timezone";
            let body: Body = self.get(what, &[]).await?;
            zone::of_clock(&body.datetime, body.unixtime)
                .ok_or_else(|| NovoFonError::protocol(what, "no clock in it"))
        };
        self.zone.get_or_try_init(|| ask).await
    }

    /// The SIP logins.
    ///
    /// # Errors
    /// Why they are not told.
    pub async fn sips(&self) -> Result<Vec<SipAccount>, NovoFonError> {
        #[derive(Deserialize)]
        struct Row {
            #[serde(default, deserialize_with = "amount::text")]
            id: Option<String>,
            #[serde(default, deserialize_with = "amount::text")]
            display_name: Option<String>,
            #[serde(default, deserialize_with = "amount::count")]
            lines: Option<u32>,
        }
        #[derive(Deserialize)]
        struct Body {
            #[serde(default)]
            sips: Vec<Row>,
        }
        let body: Body = self.get("sip", &[]).await?;
        let sips = body.sips.into_iter().filter_map(|row| {
            Some(SipAccount {
                id: row.id?,
                name: row.display_name,
                lines: row.lines,
            })
        });
        Ok(sips.collect())
    }

    /// Whether a SIP login is registered.
    ///
    /// # Errors
    /// Why it is not told.
    pub async fn is_online(&self, id: &str) -> Result<bool, NovoFonError> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(default, deserialize_with = "amount::text")]
            is_online: Option<String>,
        }
        let body: Body = self.get(&format!("sip/{id}/status"), &[]).await?;
        Ok(matches!(body.is_online.as_deref(), Some("true" | "1")))
    }

    /// The numbers of the account.
    ///
    /// # Errors
    /// Why they are not told.
    pub async fn numbers(&self) -> Result<Vec<Phone>, NovoFonError> {
        #[derive(Deserialize)]
        struct Row {
            #[serde(default, deserialize_with = "amount::text")]
            number: Option<String>,
            #[serde(default, deserialize_with = "amount::text")]
            status: Option<String>,
            #[serde(default, deserialize_with = "amount::text")]
            description: Option<String>,
            #[serde(default, deserialize_with = "amount::count")]
            channels: Option<u32>,
            #[serde(default, deserialize_with = "amount::amount")]
            monthly_fee: Option<Money>,
            #[serde(default, deserialize_with = "amount::text")]
            currency: Option<String>,
        }
        #[derive(Deserialize)]
        struct Body {
            #[serde(default)]
            info: Vec<Row>,
        }
        let body: Body = self.get("direct_numbers", &[]).await?;
        let numbers = body.info.into_iter().filter_map(|row| {
            Some(Phone {
                number: row.number?,
                status: row.status,
                description: row.description,
                channels: row.channels,
                monthly_fee: row.monthly_fee,
                currency: row.currency,
            })
        });
        Ok(numbers.collect())
    }

    /// Every call of the time and what it cost, in parts of a month and pages of a thousand. Rows
    /// that lie in two parts come once.
    ///
    /// # Errors
    /// Why they are not told.
    pub async fn legs(&self, window: Window) -> Result<Vec<ProviderLeg>, NovoFonError> {
        let zone = self.zone().await?.clone();
        let mut legs = std::collections::BTreeMap::new();
        let mut from = window.from;
        while from < window.till {
            let till = from.saturating_add(PERIOD).unwrap_or(window.till);
            let till = till.min(window.till);
            for row in self.statistics((from, till), &zone).await? {
                if let Some(leg) = leg(row, &zone) {
                    legs.insert(leg.id.clone(), leg);
                }
            }
            from = till;
        }
        Ok(legs.into_values().collect())
    }

    async fn statistics(
        &self,
        (from, till): (Timestamp, Timestamp),
        zone: &TimeZone,
    ) -> Result<Vec<StatisticsRow>, NovoFonError> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(default)]
            stats: Vec<StatisticsRow>,
        }
        let mut rows = Vec::new();
        loop {
            let parameters = [
                ("start", zone::written(from, zone)),
                ("end", zone::written(till, zone)),
                ("skip", rows.len().to_string()),
                ("limit", PAGE.to_string()),
            ];
            let body: Body = self.get("statistics", &parameters).await?;
            let came = body.stats.len();
            rows.extend(body.stats);
            if came < PAGE {
                return Ok(rows);
            }
        }
    }

    /// Asks, as early as the limits allow, and reads the answer.
    async fn get<T: DeserializeOwned>(
        &self,
        method: &str,
        parameters: &[(&'static str, String)],
    ) -> Result<T, NovoFonError> {
        let mut parameters = parameters.to_vec();
        parameters.push(("format", "json".to_owned()));
        let query = query(&parameters);
        let mut gates = self.gates.lock().await;
        for last in (1..=TRIES).map(|round| round == TRIES) {
            if method == "statistics" {
                gates.statistics.pass(self.patience).await?;
            }
            gates.any.pass(self.patience).await?;
            let answer = self.send(method, &query).await?;
            let early = self.heed(&mut gates, method, &answer);
            if !early || last {
                return read(method, &answer, &self.secrets());
            }
        }
        Err(NovoFonError::protocol(method, "no answer"))
    }

    async fn send(&self, method: &str, query: &str) -> Result<Answer, NovoFonError> {
        let path = format!("/v1/{method}/");
        let mut url = self.base.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        url.set_query(Some(query));
        let signed = signature(&path, query, self.secret.expose_secret());
        let login = format!("{}:{signed}", self.key.expose_secret());
        let mut login = HeaderValue::from_str(&login).map_err(|_| {
            NovoFonError::new(
                NovoFonErrorClass::Auth,
                "NovoFon: the key holds characters that no key has".to_owned(),
                "copy NOVODIAL_NOVOFON_KEY anew from the cabinet",
            )
        })?;
        login.set_sensitive(true);
        let request = self.web.client.get(url).header(AUTHORIZATION, login);
        self.web.send(method, request).await
    }

    /// Shuts the gates as the answer tells, or by the usual pace; whether the request came too
    /// early.
    fn heed(&self, gates: &mut Gates, method: &str, answer: &Answer) -> bool {
        let told = Told::read(&answer.headers);
        if method == "statistics" {
            gates.statistics.shut(self.pace.statistics);
        }
        if answer.status == 429 {
            gates.any.shut(told.reset.unwrap_or(USUAL_WAIT));
            return true;
        }
        match (told.remaining, told.reset) {
            (Some(0), reset) => gates.any.shut(reset.unwrap_or(USUAL_WAIT)),
            (Some(_), _) => {}
            (None, _) => gates.any.shut(self.pace.request),
        }
        false
    }

    fn secrets(&self) -> [&str; 2] {
        [self.key.expose_secret(), self.secret.expose_secret()]
    }
}

fn read<T: DeserializeOwned>(
    method: &str,
    answer: &Answer,
    secrets: &[&str],
) -> Result<T, NovoFonError> {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
    let refused = body.get("status").and_then(Value::as_str) == Some("error");
    if answer.status >= 400 || refused {
        let said = body.get("message").and_then(Value::as_str);
        let said = said.map_or_else(|| markup(&answer.body), ToOwned::to_owned);
        return Err(refusal(method, answer.status, &without(&said, secrets)));
    }
    serde_json::from_value(body).map_err(|error| NovoFonError::protocol(method, &error.to_string()))
}

/// A text without anything secret in it.
pub(super) fn without(said: &str, secrets: &[&str]) -> String {
    secrets
        .iter()
        .filter(|secret| !secret.is_empty())
        .fold(said.to_owned(), |said, secret| said.replace(secret, "***"))
}

/// The words of a page that is no JSON.
fn markup(body: &str) -> String {
    let mut inside = false;
    let words = body.chars().map(|c| {
        inside = c == '<' || (inside && c != '>');
        if inside || c == '>' { ' ' } else { c }
    });
    words.collect()
}

fn refusal(method: &str, status: u16, said: &str) -> NovoFonError {
    use NovoFonErrorClass as Class;
    let said = one_line(said);
    let unauthorized = said.to_lowercase().contains("not authorized");
    let (class, what, hint) = match status {
        401 => (Class::Auth, "key or secret is refused", KEYS_HINT),
        _ if unauthorized => (Class::Auth, "key or secret is refused", KEYS_HINT),
        402 => (
            Class::Account,
            "the account has no money for it",
            "top the account up in the cabinet",
        ),
        403 => (
            Class::Forbidden,
            "the key may not do this",
            "check in the cabinet that the API is switched on for this key, and that this machine's \
             address is allowed: settings → security rules → API",
        ),
        404 | 405 => (
            Class::Protocol,
            "the API does not know the method",
            "check [novofon] base_url; if it is right, NovoFon has removed the method: report it",
        ),
        429 => (
            Class::Quota,
            "asked more often than is allowed",
            "wait some minutes, and see what else asks with this key",
        ),
        500.. => (
            Class::Unreachable,
            "NovoFon has an error of its own",
            "try again in some minutes; if it stays, tell NovoFon's support",
        ),
        _ => (
            Class::Refused,
            "it refuses",
            "NovoFon's own words say why; its support can tell more",
        ),
    };
    let said = if said.is_empty() {
        said
    } else {
        format!(": {said}")
    };
    NovoFonError::new(
        class,
        format!("NovoFon ({method}): {what} (HTTP {status}){said}"),
        hint,
    )
}

const KEYS_HINT: &str = "copy NOVODIAL_NOVOFON_KEY and NOVODIAL_NOVOFON_SECRET anew from the cabinet: telephony → PBX \
     users → Administrator → API; an AppID with its Secret is no such pair: its Secret belongs into \
     NOVODIAL_NOVOFON_ACCESS_TOKEN";

fn leg(row: StatisticsRow, zone: &TimeZone) -> Option<ProviderLeg> {
    let answered = row.disposition.as_deref() == Some("answered");
    Some(ProviderLeg {
        id: row.id?,
        session: None,
        at: zone::read(&row.callstart?, zone)?,
        calling: row.from.unwrap_or_default(),
        called: row.to.unwrap_or_default(),
        // The seconds that are told are those that were charged, in whole minutes as a rule.
        talked: (!answered).then_some(0),
        charged_seconds: row.billseconds,
        direction: None,
        per_minute: row.cost,
        charge: row.billcost,
        finish: row.disposition,
    })
}
