//! `novodial calls show`: one call as a talk that can be read.

use super::CallReport;
use super::report::{hung_up_by, speaker};
use crate::commands::history::{Found, History, Wanted};
use crate::commands::written::counted;
use crate::commands::{Desk, written};
use crate::dialogue::KEPT_BESIDE;
use crate::line::Disposition;
use crate::output::{Envelope, ExitStatus, Paint, Printer, plain};
use crate::report::{Percentiles, SoundFact};
use crate::settings::Settings;
use crate::store::{CallSummary, Speaker, TurnRow};

pub(in crate::commands) fn show(id: &str, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let wanted: Wanted = id.parse()?;
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    let found = history.call(wanted)?;
    if desk.printer.is_json() {
        let report = CallReport::detail(&found.call, &settings.policy.default_timezone)
            .rehearsed(found.rehearsal);
        desk.printer
            .json(&Envelope::new(CallReport::SCHEMA, report))?;
    } else {
        desk.printer.data(&text(&found, &settings, desk.printer))?;
    }
    Ok(ExitStatus::Success)
}

fn text(found: &Found<'_>, settings: &Settings, printer: &Printer) -> String {
    let detail = &found.call;
    let mut lines = heading(found, settings, printer);
    if !detail.turns.is_empty() {
        lines.push(String::new());
    }
    lines.extend(detail.turns.iter().map(|turn| line(turn, printer)));
    lines.join("\n")
}

/// What the talk gathered: `people = 25, tags = manager, large`.
fn gathered(data: &serde_json::Value) -> Option<String> {
    let word = |value: &serde_json::Value| match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.to_string(),
    };
    let values = data
        .as_object()?
        .iter()
        .filter(|(name, _)| !KEPT_BESIDE.contains(&name.as_str()));
    let values = values.map(|(name, value)| match value.as_array() {
        Some(list) => {
            let words: Vec<String> = list.iter().map(word).collect();
            format!("{name} = {}", words.join(", "))
        }
        None => format!("{name} = {}", word(value)),
    });
    let shown: Vec<String> = values.collect();
    (!shown.is_empty()).then(|| shown.join("; "))
}

/// Who answered: `voicemail (said: «после сигнала»), known after 1.6 s`
fn answered_by(data: &serde_json::Value) -> Option<String> {
    let who = data.get("answered_by")?;
    let word = |key: &str| who.get(key).and_then(serde_json::Value::as_str);
    let after = who.get("after_ms").and_then(serde_json::Value::as_i64)?;
    let (kind, reason) = (word("kind")?, word("reason")?);
    Some(format!(
        "{kind} ({reason}), known after {}",
        written::seconds(after)
    ))
}

/// What the network said instead of an answer: `unreachable (said: «вне зоны действия»), after 4.1 s`
fn network_said(data: &serde_json::Value) -> Option<String> {
    let said = data.get("network_said")?;
    let word = |key: &str| said.get(key).and_then(serde_json::Value::as_str);
    let at = said.get("at_ms").and_then(serde_json::Value::as_i64)?;
    let (kind, reason) = (word("kind")?, word("reason")?);
    Some(format!("{kind} ({reason}), after {}", written::seconds(at)))
}

/// What the call sounded like: how long the callee waited for us, and what a callee minds.
fn sound(data: &serde_json::Value) -> Option<String> {
    let sound = SoundFact::read(data)?;
    let mut parts = Vec::new();
    if let Some(gaps) = Percentiles::of(sound.gaps_ms) {
        parts.push(format!(
            "answered after {} ms (median), {} ms at most",
            gaps.p50, gaps.max
        ));
    }
    if let Some(stops) = Percentiles::of(sound.barge_in_stops_ms) {
        parts.push(format!(
            "fell silent after {} ms when interrupted",
            stops.max
        ));
    }
    parts.push(format!("both spoke for {} ms", sound.talk_over_ms));
    parts.push(format!(
        "longest silence {}",
        written::seconds(sound.longest_silence_ms)
    ));
    if sound.underruns > 0 {
        parts.push(format!("{} holes in what we said", sound.underruns));
    }
    if sound.clipped_end {
        parts.push("our last words were cut".to_owned());
    }
    Some(parts.join("; "))
}

/// What the speech service was used for: `84 characters spoken, 21.0 s heard`
fn speech(data: &serde_json::Value) -> Option<String> {
    let used = data.get("speech")?;
    let number = |key: &str| used.get(key).and_then(serde_json::Value::as_i64);
    let (characters, heard) = (number("characters")?, number("heard_ms")?);
    Some(format!(
        "{} spoken, {} heard",
        counted(characters, "character"),
        written::seconds(heard)
    ))
}

fn heading(found: &Found<'_>, settings: &Settings, printer: &Printer) -> Vec<String> {
    let call = &found.call.call;
    let rehearsed = if found.rehearsal { ", rehearsed" } else { "" };
    let title = format!("Call {} to {}{rehearsed}", found.id(), call.number.e164());
    let zone = &settings.policy.default_timezone;
    let mut facts = vec![("started", written::moment(call.created_at, zone))];
    facts.push(("disposition", disposition(call)));
    facts.extend(answered_by(&call.data).map(|who| ("answered by", who)));
    facts.extend(network_said(&call.data).map(|said| ("network said", said)));
    facts.extend(call.outcome.clone().map(|outcome| ("outcome", outcome)));
    facts.extend(call.name.clone().map(|name| ("name", name)));
    let campaign = call.campaign.as_ref();
    facts.extend(campaign.map(|name| ("campaign", format!("{name}, attempt {}", call.ordinal))));
    facts.extend(call.scenario.clone().map(|scenario| ("scenario", scenario)));
    facts.extend(call.ring_ms.map(|ms| ("rang", written::seconds(ms))));
    let end = call
        .hung_up_by
        .map(|who| format!(", hung up by the {}", hung_up_by(who)));
    facts.extend(
        call.talk_ms
            .map(|ms| ("talked", written::seconds(ms) + &end.unwrap_or_default())),
    );
    facts.extend(gathered(&call.data).map(|gathered| ("gathered", gathered)));
    facts.extend(sound(&call.data).map(|sound| ("sound", sound)));
    facts.extend(speech(&call.data).map(|used| ("speech", used)));
    let recording = call.recording.as_ref();
    facts.extend(recording.map(|path| ("recording", path.display().to_string())));
    facts.extend(call.error.clone().map(|error| ("error", error)));
    let facts = facts
        .into_iter()
        .map(|(name, fact)| format!("  {name:<12} {}", plain(&fact)));
    std::iter::once(printer.paint(Paint::Strong, &title))
        .chain(facts)
        .collect()
}

/// `busy (cause 17, SIP 486)`
fn disposition(call: &CallSummary) -> String {
    let mut text = call
        .disposition
        .map_or("live", Disposition::as_str)
        .to_owned();
    let cause = call.cause.map(|cause| format!("cause {}", cause.0));
    let sip = call.sip.map(|sip| format!("SIP {sip}"));
    let why: Vec<String> = cause.into_iter().chain(sip).collect();
    if !why.is_empty() && call.disposition != Some(Disposition::Answered) {
        text = format!("{text} ({})", why.join(", "));
    }
    text
}

/// `00:04.2  callee  да конечно  [yes]`; what the bot says carries how soon it came.
fn line(turn: &TurnRow, printer: &Printer) -> String {
    let who = format!("{:<6}", speaker(turn.speaker));
    let who = match turn.speaker {
        Speaker::Bot => who,
        Speaker::Callee => printer.paint(Paint::Good, &who),
    };
    let mut notes: Vec<String> = turn.intent.iter().chain(&turn.state).cloned().collect();
    notes.extend(turn.advised.then(|| "by: model".to_owned()));
    notes.extend(turn.latency_ms.map(|ms| format!("after {ms} ms")));
    notes.extend(
        turn.cut_at_ms
            .map(|ms| format!("cut at {}", written::clock(ms))),
    );
    let mut line = format!(
        "  {}  {who}  {}",
        written::clock(turn.at_ms),
        plain(&turn.text)
    );
    if !notes.is_empty() {
        let notes = printer.paint(Paint::Faint, &format!("[{}]", notes.join(", ")));
        line = format!("{line}  {notes}");
    }
    line
}
