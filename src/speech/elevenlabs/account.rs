//! A look at the account before a campaign: key, credits, voice.
//!
//! A key may be restricted to speech and not read any of this; that is a warning, since it can
//! still speak and hear.

use serde::Deserialize;

use super::fault::Fault;
use super::link::Link;
use super::tts::Http;
use crate::speech::{SpeechError, SpeechErrorClass};

/// Names this work in an error.
const DOING: &str = "ElevenLabs account";
/// An answer is read up to here.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// What the account says of itself; `None` where the key may not read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountReport {
    /// The plan, such as `creator`.
    pub tier: Option<String>,
    /// Credits left in this period; `None` also when the account has no end of them.
    pub credits_left: Option<u64>,
    /// Credits of a period.
    pub credits: Option<u64>,
    /// When the period ends, in seconds since 1970.
    pub resets_at_unix: Option<i64>,
    /// The name of the voice.
    pub voice: Option<String>,
    /// What could not be looked at and why, a line each.
    pub warnings: Vec<String>,
}

#[derive(Deserialize)]
struct Subscription {
    #[serde(default)]
    tier: Option<String>,
    #[serde(default)]
    character_count: Option<u64>,
    #[serde(default)]
    character_limit: Option<u64>,
    #[serde(default)]
    max_credit_limit_extension: serde_json::Value,
    #[serde(default)]
    next_character_count_reset_unix: Option<i64>,
    #[serde(default)]
    status: Option<String>,
}

#[derive(Deserialize)]
struct Voices {
    #[serde(default)]
    voices: Vec<Voice>,
}

#[derive(Deserialize)]
struct Voice {
    #[serde(default)]
    voice_id: String,
    #[serde(default)]
    name: String,
}

/// Looks at the account; asks nothing that costs, unless the voice is in no list of it.
///
/// # Errors
/// A bad key, no credits left, a voice that does not exist, or no way to the service.
pub(super) async fn look(
    link: &Link,
    http: &Http,
    voice_id: &str,
) -> Result<AccountReport, SpeechError> {
    let mut report = AccountReport::default();
    subscription(link, &mut report).await?;
    voice(link, http, voice_id, &mut report).await?;
    Ok(report)
}

async fn subscription(link: &Link, report: &mut AccountReport) -> Result<(), SpeechError> {
    let steps = ["v1", "user", "subscription"];
    let Some(found) = get::<Subscription>(link, &steps, &[], report).await? else {
        return Ok(());
    };
    report.tier = found.tier;
    report.credits = found.character_limit;
    report.resets_at_unix = found.next_character_count_reset_unix;
    // `"unlimited"`, or how many credits over the limit may be used.
    let extension = &found.max_credit_limit_extension;
    if !extension.is_string() {
        report.credits_left = found.character_limit.map(|limit| {
            limit
                .saturating_add(extension.as_u64().unwrap_or(0))
                .saturating_sub(found.character_count.unwrap_or(0))
        });
    }
    if report.credits_left == Some(0) {
        let text = format!("no credits are left of {}", report.credits.unwrap_or(0));
        return Err(Fault::coded("quota_exceeded", &text).into_error(DOING));
    }
    if let Some(status @ ("past_due" | "incomplete" | "free_disabled")) = found.status.as_deref() {
        report.warnings.push(format!(
            "the subscription is {status}: look at its invoices"
        ));
    }
    Ok(())
}

async fn voice(
    link: &Link,
    http: &Http,
    voice_id: &str,
    report: &mut AccountReport,
) -> Result<(), SpeechError> {
    let query = [("voice_ids", voice_id), ("page_size", "100")];
    let Some(found) = get::<Voices>(link, &["v2", "voices"], &query, report).await? else {
        return Ok(());
    };
    report.voice = found
        .voices
        .into_iter()
        .find(|voice| voice.voice_id == voice_id)
        .map(|voice| voice.name);
    if report.voice.is_none() {
        // A shared voice may be in no list and still speak: only speaking tells.
        http.whole("1").await?;
        report
            .warnings
            .push(format!("the voice {voice_id} is not in the account's list"));
    }
    Ok(())
}

/// Reads one endpoint; `None`, with a warning, when the key may not or the answer is unknown.
async fn get<T: serde::de::DeserializeOwned>(
    link: &Link,
    steps: &[&str],
    query: &[(&str, &str)],
    report: &mut AccountReport,
) -> Result<Option<T>, SpeechError> {
    let sent = link.web.get(&link.url(steps, query)).await;
    let answer = sent.map_err(|error| link.request_failed(DOING, error))?;
    let status = answer.status;
    let body = answer.body(LONGEST_ANSWER).await;
    let name = steps.join("/");
    if status == 200 {
        let read = serde_json::from_slice(&body);
        if read.is_err() {
            report
                .warnings
                .push(format!("the answer of {name} is not understood"));
        }
        return Ok(read.ok());
    }
    let fault = Fault::from_http(status, &body);
    let passable = fault.is_missing_permission() || fault.class() == SpeechErrorClass::Config;
    let error = link.scrubbed(fault.into_error(DOING));
    if passable {
        report.warnings.push(error.message);
        return Ok(None);
    }
    Err(error)
}
