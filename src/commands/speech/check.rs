//! `novodial speech check`: everything that can be told of the service without speaking.

use serde_json::json;

use crate::commands::{Desk, check_lines};
use crate::driver;
use crate::language::Language;
use crate::output::ExitStatus;
use crate::report::CheckLine;
use crate::settings::{ProxyUrl, Settings};
use crate::speech::{RoundTrips, SpeechPlan, way_line};

const WAY: &str = "way to elevenlabs";

/// The language of the settings; a scenario may have its own.
pub(super) fn language_of(settings: &Settings) -> Language {
    Language::parse(&settings.elevenlabs.language).unwrap_or(Language::Russian)
}

pub(super) fn check(desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    driver::speech(&settings, language_of(&settings))?;
    let lines = desk.block_on(async { Ok(look(&settings).await?.0) })?;
    let schemas = ("novodial.speech_check/1", "novodial.speech_check_line/1");
    check_lines::report(&lines, schemas, json!({}), desk.printer)
}

/// What there is to tell, and the service's clock if it tells it.
///
/// # Errors
/// The key is missing, or the proxy cannot be used.
pub(in crate::commands) async fn look(
    settings: &Settings,
) -> anyhow::Result<(Vec<CheckLine>, Option<String>)> {
    let proxy = settings.elevenlabs.proxy.as_ref();
    let speech = driver::account(settings, language_of(settings), proxy)?;
    let conversations = settings.campaign.pacing.max_conversations;
    let plan = SpeechPlan {
        conversations: conversations.unwrap_or(settings.campaign.max_calls),
    };
    let (ways, date) = lines(settings, proxy).await?;
    // Without a way to it, every further line would say the same.
    let reached = date.is_some();
    let mut all = ways;
    if reached {
        all.extend(speech.probe(plan).await);
    }
    Ok((all, date))
}

/// How far away the service is: by the way of the settings, and directly beside a proxy.
///
/// # Errors
/// The key is missing, or the proxy cannot be used.
async fn lines(
    settings: &Settings,
    proxy: Option<&ProxyUrl>,
) -> anyhow::Result<(Vec<CheckLine>, Option<String>)> {
    let own = measured(settings, proxy).await?;
    let mut lines = Vec::new();
    let way = proxy.map_or_else(|| "directly".to_owned(), |proxy| format!("through {proxy}"));
    let date = match &own {
        Ok(times) => {
            lines.push(way_line(WAY, &way, times));
            Some(times.date.clone())
        }
        Err(line) => {
            lines.push(line.clone());
            None
        }
    };
    if proxy.is_some() {
        lines.push(beside(&own, &measured(settings, None).await?));
    }
    Ok((lines, date))
}

/// The direct way beside the one through a proxy: never a failure, as calls do not take it.
fn beside(
    own: &Result<RoundTrips, CheckLine>,
    direct: &Result<RoundTrips, CheckLine>,
) -> CheckLine {
    let what = "way without the proxy";
    match (own, direct) {
        (Ok(_), Err(_)) => CheckLine::ok(what, "none, so the proxy is needed"),
        (Ok(own), Ok(direct)) => {
            let costs = own.usual.saturating_sub(direct.usual).as_millis();
            CheckLine::ok(
                what,
                format!(
                    "{} ms an answer: the proxy costs {costs} ms",
                    direct.usual.as_millis()
                ),
            )
        }
        (Err(_), Ok(direct)) => CheckLine::warning(
            what,
            format!("{} ms an answer", direct.usual.as_millis()),
            "the service is reached without the proxy: take [elevenlabs] proxy out of novodial.toml",
        ),
        (Err(_), Err(_)) => CheckLine::ok(what, "none either"),
    }
}

/// The times of a way, or the line that says why there is none.
async fn measured(
    settings: &Settings,
    proxy: Option<&ProxyUrl>,
) -> anyhow::Result<Result<RoundTrips, CheckLine>> {
    let account = driver::account(settings, language_of(settings), proxy)?;
    Ok(account
        .round_trips()
        .await
        .map_err(|error| CheckLine::failure(WAY, error.message, error.hint)))
}
