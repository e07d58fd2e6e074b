//! `novodial calls replay`: the recorded events of a call once more through its machine.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::past::fields_of;
use super::report::speaker;
use crate::call::{CallAction, CallEnd, CallEvent, CallMachine, CallTime, DROPPED, Turn};
use crate::commands::campaign::words_of_waiting;
use crate::commands::history::{Found, History, Wanted};
use crate::commands::scenario::{self, Opened};
use crate::commands::written::counted;
use crate::commands::{Desk, written};
use crate::dialogue::{Dialogue, Scenario, made_up};
use crate::driver;
use crate::output::{Envelope, ExitStatus, Paint, Printer, UserError, plain};
use crate::settings::Settings;
use crate::store::{EventRow, TurnRow};

/// What came of the replay.
struct Replayed {
    turns: Vec<Turn>,
    end: Option<CallEnd>,
    /// Each event, and what was done about it.
    steps: Vec<(i64, String, &'static str, Vec<CallAction>)>,
    /// Events of another version.
    unknown: usize,
}

/// The first turn that is another.
struct Difference {
    index: usize,
    then: Option<(&'static str, String)>,
    now: Option<(&'static str, String)>,
}

pub(in crate::commands) fn replay(
    id: &str,
    named: Option<&Path>,
    events: bool,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let wanted: Wanted = id.parse()?;
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    let found = history.call(wanted)?;
    let scenario = Arc::new(scenario_of(&found, named, desk)?);
    let machine = machine(&found, &scenario, &settings)?;
    let replayed = run(machine, &found.call.events);
    let difference = difference(&found.call.turns, &replayed.turns);
    let printer = desk.printer;
    if printer.is_json() {
        print_json(&found, &replayed, difference.as_ref(), printer)?;
    } else {
        if events {
            print_events(&replayed, printer)?;
        }
        print(&found, &replayed, difference.as_ref(), printer)?;
    }
    let outcome = replayed.end.as_ref().and_then(|end| end.outcome.as_ref());
    let same = difference.is_none() && outcome == found.call.call.outcome.as_ref();
    Ok(if same {
        ExitStatus::Success
    } else {
        ExitStatus::No
    })
}

/// The scenario named, else the one that the call was held along, found by its name: that of its
/// campaign, one of the working folder, or one that is shipped.
///
/// # Errors
/// It is not found, or is wrong.
fn scenario_of(
    found: &Found<'_>,
    named: Option<&Path>,
    desk: &Desk<'_>,
) -> anyhow::Result<Scenario> {
    let recorded = found.call.call.scenario.as_deref();
    let opened = match (named, recorded) {
        (Some(named), _) => scenario::open(named, desk)?,
        (None, None) => scenario::open_usual(desk)?.ok_or_else(scenario::none_named)?,
        (None, Some(name)) => kept(found, name, desk)
            .or_else(|| scenario::find_by_name(name, desk))
            .ok_or_else(|| not_found(found, name))?,
    };
    let (shown, scenario) = opened.scenario()?;
    if recorded.is_some_and(|recorded| recorded != scenario.name) {
        desk.printer.warning(&format!(
            "the call was held along `{}`, and is replayed with `{shown}`; name the scenario with --scenario",
            recorded.unwrap_or_default()
        ));
    }
    Ok(scenario)
}

/// The scenario that the campaign of a call keeps, if it still bears this name.
fn kept(found: &Found<'_>, name: &str, desk: &Desk<'_>) -> Option<Opened> {
    let campaign = found.call.call.campaign.as_deref()?;
    let path = found.ledger.campaign(campaign).ok()?.scenario?;
    let opened = scenario::open(Path::new(&path), desk).ok()?;
    let is_it = matches!(&opened.read, Ok(read) if read.name == name);
    is_it.then_some(opened)
}

fn not_found(found: &Found<'_>, name: &str) -> UserError {
    let id = found.id();
    let message = format!("call {id} was held along the scenario `{name}`, which is not here");
    UserError::new(ExitStatus::Invalid, "bad_scenario", message).hint(format!(
        "name its file: novodial calls replay {id} --scenario FILE"
    ))
}

fn machine(
    found: &Found<'_>,
    scenario: &Arc<Scenario>,
    settings: &Settings,
) -> anyhow::Result<CallMachine> {
    let call = &found.call.call;
    let fields = made_up(scenario, &fields_of(call, found.ledger)?);
    let zone = settings.policy.default_timezone.clone();
    let now = call.created_at.to_zoned(zone).datetime();
    let dialogue = Dialogue::new(Arc::clone(scenario), &fields)?.at(now);
    let mut rules = driver::call_rules(settings);
    // Whether a model was asked then, its answers tell; how long it was waited for, the timers.
    let asked = found.call.events.iter().any(is_of_advice);
    rules.advice_ms = asked.then_some(0);
    let machine = CallMachine::new(rules, dialogue);
    Ok(
        if had_to_wait(call.outcome.as_deref(), &found.call.events) {
            machine.waiting_for_seat(words_of_waiting(settings, scenario.language))
        } else {
            machine
        },
    )
}

fn is_of_advice(event: &EventRow) -> bool {
    let timer = event.detail.get("timer").and_then(|timer| timer.as_str());
    event.kind == "advised" || timer == Some("Advice")
}

/// Whether a call had to wait for a conversation when it was answered: it was told what became of
/// it, or left before.
fn had_to_wait(outcome: Option<&str>, events: &[EventRow]) -> bool {
    let told = |row: &EventRow| {
        let event = driver::event_of(&row.kind, &row.detail);
        matches!(event, Some(CallEvent::Seated | CallEvent::Dropped))
    };
    outcome == Some(DROPPED) || events.iter().any(told)
}

fn run(mut machine: CallMachine, events: &[EventRow]) -> Replayed {
    let mut replayed = Replayed {
        turns: Vec::new(),
        end: None,
        steps: Vec::new(),
        unknown: 0,
    };
    for row in events {
        let Some(event) = driver::event_of(&row.kind, &row.detail) else {
            replayed.unknown += 1;
            continue;
        };
        let mut actions = Vec::new();
        let at = CallTime(u64::try_from(row.at_ms).unwrap_or_default());
        machine.handle(at, &event, &mut actions);
        for action in &actions {
            if let CallAction::Record(turn) = action {
                replayed.turns.push(turn.clone());
            } else if let CallAction::Finish(end) = action {
                replayed.end = Some(end.clone());
            }
        }
        let told = told(&event, row);
        replayed
            .steps
            .push((row.at_ms, told, machine.phase(), actions));
    }
    replayed.turns.sort_by_key(|turn| turn.at);
    replayed
}

fn told(event: &CallEvent, row: &EventRow) -> String {
    if let CallEvent::FinalText(text)
    | CallEvent::PartialText(text)
    | CallEvent::UnaskedText(text) = event
    {
        format!("{} “{text}”", row.kind)
    } else if let CallEvent::Timeout(timer) = event {
        format!("timeout {timer:?}")
    } else if row.detail.is_null() {
        row.kind.clone()
    } else {
        format!("{} {}", row.kind, row.detail)
    }
}

fn difference(then: &[TurnRow], now: &[Turn]) -> Option<Difference> {
    let mut then: Vec<&TurnRow> = then.iter().collect();
    then.sort_by_key(|turn| turn.at_ms);
    let recorded = |turn: &&TurnRow| (speaker(turn.speaker), turn.text.clone());
    let replayed = |turn: &Turn| (turn.speaker.as_str(), turn.text.clone());
    (0..then.len().max(now.len())).find_map(|index| {
        let then = then.get(index).map(recorded);
        let now = now.get(index).map(replayed);
        (then != now).then_some(Difference { index, then, now })
    })
}

fn print_events(replayed: &Replayed, printer: &Printer) -> anyhow::Result<()> {
    for (at, event, phase, actions) in &replayed.steps {
        let phase = printer.paint(Paint::Faint, &format!("[{phase}]"));
        printer.data(&format!(
            "{}  {}  {phase}",
            written::clock(*at),
            plain(event)
        ))?;
        for action in actions {
            printer.data(&format!("           → {}", plain(&done(action))))?;
        }
    }
    Ok(())
}

fn done(action: &CallAction) -> String {
    if let CallAction::Play { text, .. } = action {
        format!("play “{text}”")
    } else if let CallAction::Record(turn) = action {
        format!("record {} “{}”", turn.speaker.as_str(), turn.text)
    } else {
        format!("{action:?}")
    }
}

fn print(
    found: &Found<'_>,
    replayed: &Replayed,
    difference: Option<&Difference>,
    printer: &Printer,
) -> anyhow::Result<()> {
    if replayed.unknown > 0 {
        let count = replayed.unknown;
        printer.warning(&format!(
            "left out, since of another version: {}",
            counted(count, "event")
        ));
    }
    let outcome = |outcome: Option<&String>| outcome.map_or("none", String::as_str).to_owned();
    let then = outcome(found.call.call.outcome.as_ref());
    let now = outcome(replayed.end.as_ref().and_then(|end| end.outcome.as_ref()));
    let id = found.id();
    let Some(found) = difference else {
        let turns = counted(replayed.turns.len(), "turn");
        let verdict = if then == now {
            format!("call {id}: {turns} as then, outcome {now}")
        } else {
            format!("call {id}: {turns} as then, outcome {then} then, {now} now")
        };
        return printer.data(&plain(&verdict));
    };
    printer.data(&format!(
        "call {id}: another way from turn {} on",
        found.index + 1
    ))?;
    for (when, turn) in [("then", &found.then), ("now ", &found.now)] {
        let turn = turn.as_ref().map_or_else(
            || "(nothing)".to_owned(),
            |(who, text)| format!("{who}  {text}"),
        );
        printer.data(&plain(&format!("  {when}  {turn}")))?;
    }
    printer.data(&plain(&format!("outcome {then} then, {now} now")))
}

fn print_json(
    found: &Found<'_>,
    replayed: &Replayed,
    difference: Option<&Difference>,
    printer: &Printer,
) -> anyhow::Result<()> {
    let shown = |turn: &Option<(&'static str, String)>| {
        turn.as_ref()
            .map(|(who, text)| json!({ "speaker": who, "text": text }))
    };
    let end = replayed.end.as_ref();
    let body = json!({
        "attempt_id": found.call.call.attempt.0,
        "rehearsal": found.rehearsal,
        "turns": replayed.turns.len(),
        "unknown_events": replayed.unknown,
        "outcome_then": found.call.call.outcome,
        "outcome_now": end.and_then(|end| end.outcome.clone()),
        "disposition_then": found.call.call.disposition.map(crate::line::Disposition::as_str),
        "disposition_now": end.map(|end| end.disposition.as_str()),
        "difference": difference.map(|found| json!({
            "turn": found.index,
            "then": shown(&found.then),
            "now": shown(&found.now),
        })),
    });
    printer.json(&Envelope::new("novodial.replay/1", body))
}
