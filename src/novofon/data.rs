//! The Data API (2.0): JSON-RPC, limits told in each answer, lists in pages.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use super::gate::{Gate, Points, Told};
use super::records::{Account, CallSession, SipLine, VirtualNumber, Window};
use super::web::{Answer, Web};
use super::{NovoFonConfig, NovoFonError, NovoFonErrorClass, mnemonic, rows, user, zone};
use crate::report::ProviderLeg;

/// Rows of a page; the API's default.
const PAGE: usize = 1000;
/// The furthest row that a page may begin with.
const FURTHEST: usize = 100_000;
/// Below the three months that a report may span.
const PERIOD: SignedDuration = SignedDuration::from_hours(24 * 85);
/// How often a request that came too early is sent again.
const TRIES: u32 = 3;
const USUAL_WAIT: Duration = Duration::from_mins(1);

/// A client of the Data API.
#[derive(Debug)]
pub struct DataApi {
    web: Web,
    url: Url,
    token: SecretString,
    patience: Duration,
    gate: Mutex<Gate>,
    account: OnceCell<Account>,
    requests: AtomicU64,
}

/// `result` of an answer.
#[derive(Debug, Deserialize)]
struct Page<T> {
    // The documentation of one method calls it so.
    #[serde(default, alias = "meta_data")]
    metadata: Metadata,
    data: Vec<T>,
}

#[derive(Debug, Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    limits: Points,
    total_items: Option<usize>,
}

#[derive(Debug, Deserialize)]
struct Refusal {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    data: RefusalData,
}

#[derive(Debug, Default, Deserialize)]
struct RefusalData {
    #[serde(default)]
    mnemonic: String,
    field: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

impl DataApi {
    pub(super) fn new(web: Web, token: SecretString, config: &NovoFonConfig) -> Self {
        Self {
            web,
            url: config.data_url.clone(),
            token,
            patience: config.patience,
            gate: Mutex::default(),
            account: OnceCell::new(),
            requests: AtomicU64::new(0),
        }
    }

    /// The account and its zone; asked once.
    ///
    /// # Errors
    /// Why it is not told.
    pub async fn account(&self) -> Result<&Account, NovoFonError> {
        let ask = async {
            let method = "get.account";
            let page: Page<rows::AccountRow> = self.call(method, Map::new()).await?;
            let row = page.data.into_iter().next();
            let row = row.ok_or_else(|| NovoFonError::protocol(method, "no account in it"))?;
            row.account()
                .map_err(|cause| NovoFonError::protocol(method, &cause))
        };
        self.account.get_or_try_init(|| ask).await
    }

    /// The SIP lines.
    ///
    /// # Errors
    /// Why they are not told.
    pub async fn sip_lines(&self) -> Result<Vec<SipLine>, NovoFonError> {
        let rows: Vec<rows::SipLineRow> = self.list("get.sip_lines", &Map::new()).await?;
        Ok(rows
            .into_iter()
            .filter_map(rows::SipLineRow::line)
            .collect())
    }

    /// The numbers of the account.
    ///
    /// # Errors
    /// Why they are not told.
    pub async fn numbers(&self) -> Result<Vec<VirtualNumber>, NovoFonError> {
        let rows: Vec<rows::NumberRow> = self.list("get.virtual_numbers", &Map::new()).await?;
        Ok(rows
            .into_iter()
            .filter_map(rows::NumberRow::number)
            .collect())
    }

    /// The calls of the time, both directions, the oldest first.
    ///
    /// # Errors
    /// Why they are not told.
    pub async fn calls(&self, window: Window) -> Result<Vec<CallSession>, NovoFonError> {
        let zone = self.account().await?.zone.clone();
        let fields = rows::CallRow::FIELDS;
        let rows: BTreeMap<String, rows::CallRow> =
            self.report("get.calls_report", fields, window).await?;
        let calls = rows.into_values().filter_map(|row| row.session(&zone));
        let mut calls: Vec<CallSession> = calls.collect();
        calls.sort_by_key(|call| call.at);
        Ok(calls)
    }

    /// Every leg outward of the time with what was charged for it: the list of legs and the list of
    /// charges, joined by the leg's id. What stands in one only is there as well.
    ///
    /// # Errors
    /// Why they are not told.
    pub async fn legs(&self, window: Window) -> Result<Vec<ProviderLeg>, NovoFonError> {
        let zone = self.account().await?.zone.clone();
        let legs: BTreeMap<String, rows::LegRow> = self
            .report("get.call_legs_report", rows::LegRow::FIELDS, window)
            .await?;
        let charges: BTreeMap<String, rows::ChargeRow> = self
            .report(
                "get.financial_call_legs_report",
                rows::ChargeRow::FIELDS,
                window,
            )
            .await?;
        Ok(rows::join(legs, charges, &zone))
    }

    /// A report, in parts of less than three months, by the id of its rows.
    async fn report<T: DeserializeOwned + rows::Row>(
        &self,
        method: &str,
        fields: &[&str],
        window: Window,
    ) -> Result<BTreeMap<String, T>, NovoFonError> {
        let zone = self.account().await?.zone.clone();
        let mut found = BTreeMap::new();
        let mut from = window.from;
        while from < window.till {
            let till = from.saturating_add(PERIOD).unwrap_or(window.till);
            let part = Window {
                from,
                till: till.min(window.till),
            };
            let begin = self.part(method, fields, (part, &zone), &mut found).await?;
            from = begin.unwrap_or(part.till);
        }
        Ok(found)
    }

    /// A part of a report; where it holds more rows than can be paged through, the moment to go on
    /// from.
    async fn part<T: DeserializeOwned + rows::Row>(
        &self,
        method: &str,
        fields: &[&str],
        (window, zone): (Window, &TimeZone),
        found: &mut BTreeMap<String, T>,
    ) -> Result<Option<jiff::Timestamp>, NovoFonError> {
        let mut parameters = Map::new();
        parameters.insert(
            "date_from".to_owned(),
            json!(zone::written(window.from, zone)),
        );
        parameters.insert(
            "date_till".to_owned(),
            json!(zone::written(window.till, zone)),
        );
        parameters.insert("fields".to_owned(), json!(fields));
        let by_time = json!([{"field": "start_time", "order": "asc"}]);
        parameters.insert("sort".to_owned(), by_time);
        let mut offset = 0;
        loop {
            let page: Page<T> = self.page(method, &parameters, offset).await?;
            let came = page.data.len();
            let last = page.data.last().and_then(rows::Row::at);
            let last = last.and_then(|text| zone::read(text, zone));
            let rows = page.data.into_iter();
            found.extend(rows.filter_map(|row| Some((row.id()?.to_owned(), row))));
            offset += came;
            if is_last(came, offset, page.metadata.total_items) {
                return Ok(None);
            }
            if offset + PAGE > FURTHEST {
                let on = last.filter(|last| *last > window.from);
                let stuck = || NovoFonError::protocol(method, "too many rows in one second");
                return on.map(Some).ok_or_else(stuck);
            }
        }
    }

    /// A list in pages.
    async fn list<T: DeserializeOwned>(
        &self,
        method: &str,
        parameters: &Map<String, Value>,
    ) -> Result<Vec<T>, NovoFonError> {
        let mut rows: Vec<T> = Vec::new();
        loop {
            let page: Page<T> = self.page(method, parameters, rows.len()).await?;
            let came = page.data.len();
            rows.extend(page.data);
            let is_last = is_last(came, rows.len(), page.metadata.total_items);
            if is_last || rows.len() > FURTHEST {
                return Ok(rows);
            }
        }
    }

    async fn page<T: DeserializeOwned>(
        &self,
        method: &str,
        parameters: &Map<String, Value>,
        offset: usize,
    ) -> Result<Page<T>, NovoFonError> {
        let mut parameters = parameters.clone();
        parameters.insert("limit".to_owned(), json!(PAGE));
        parameters.insert("offset".to_owned(), json!(offset));
        self.call(method, parameters).await
    }

    /// Asks, as early as the limits allow, and reads the answer.
    async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        parameters: Map<String, Value>,
    ) -> Result<Page<T>, NovoFonError> {
        let mut gate = self.gate.lock().await;
        for last in (1..=TRIES).map(|round| round == TRIES) {
            gate.pass(self.patience).await?;
            let answer = self.send(method, &parameters).await?;
            let error = match self.read(method, &answer) {
                Ok(page) => {
                    if let Some(wait) = page.metadata.limits.wait() {
                        gate.shut(wait);
                    }
                    return Ok(page);
                }
                Err((error, wait)) => {
                    if error.class == NovoFonErrorClass::Quota {
                        let told = Told::read(&answer.headers).reset;
                        gate.shut(wait.or(told).unwrap_or(USUAL_WAIT));
                    }
                    error
                }
            };
            if last || error.class != NovoFonErrorClass::Quota {
                return Err(error);
            }
        }
        Err(NovoFonError::protocol(method, "no answer"))
    }

    async fn send(
        &self,
        method: &str,
        parameters: &Map<String, Value>,
    ) -> Result<Answer, NovoFonError> {
        let mut parameters = parameters.clone();
        let token = self.token.expose_secret();
        parameters.insert("access_token".to_owned(), json!(token));
        let id = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let body = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": parameters});
        let request = self
            .web
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json; charset=UTF-8")
            .body(body.to_string());
        self.web.send(method, request).await
    }

    /// The page, or the error and how long the limits hold the next request up.
    fn read<T: DeserializeOwned>(
        &self,
        method: &str,
        answer: &Answer,
    ) -> Result<Page<T>, (NovoFonError, Option<Duration>)> {
        #[derive(Deserialize)]
        struct Body {
            result: Option<Value>,
            error: Option<Refusal>,
        }
        let unread = |error: serde_json::Error| {
            let broken = NovoFonError::protocol(method, &error.to_string());
            (broken, None)
        };
        let body = match serde_json::from_str::<Body>(&answer.body) {
            Ok(body) => body,
            Err(error) if answer.status < 400 => return Err(unread(error)),
            Err(_) => return Err((no_answer(method, answer.status), None)),
        };
        if let Some(refusal) = body.error {
            let said = match &refusal.data.field {
                Some(field) => format!("{} [{field}]", refusal.message),
                None => refusal.message,
            };
            let said = user::without(&said, &[self.token.expose_secret()]);
            let mnemonic = refusal.data.mnemonic;
            let error = mnemonic::error(method, refusal.code, &mnemonic, &said);
            return Err((error, refusal.data.metadata.limits.wait()));
        }
        let Some(result) = body.result else {
            return Err((no_answer(method, answer.status), None));
        };
        serde_json::from_value(result).map_err(unread)
    }
}

/// Whether nothing comes after a page.
fn is_last(came: usize, so_far: usize, total: Option<usize>) -> bool {
    came == 0 || total.map_or(came < PAGE, |total| so_far >= total)
}

/// An answer of something in front of the API.
fn no_answer(method: &str, status: u16) -> NovoFonError {
    let class = match status {
        429 | 503 => NovoFonErrorClass::Quota,
        _ => NovoFonErrorClass::Unreachable,
    };
    NovoFonError::new(
        class,
        format!("NovoFon ({method}): no answer of the API (HTTP {status})"),
        "check [novofon] data_url; if it is right, try again in some minutes",
    )
}
