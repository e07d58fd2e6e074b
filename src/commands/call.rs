//! `novodial call`: rings one number and prints the talk as it happens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::Context;
use jiff::tz::TimeZone;
use serde::Serialize;
use tokio::sync::mpsc;

use super::calls::{CallReport as Written, TurnReport};
use super::rehearsal::{self, Callees};
use super::written::counted;
use super::{Desk, history, talk_plan, written};
use crate::cli::CallArgs;
use crate::dialogue::Dialogue;
use crate::driver::{
    self, CallJob, CallNews, CallReport, CallStep, Meter, NotBegun, OpenStation, make_call,
    open_station,
};
use crate::language::Language;
use crate::line::Disposition;
use crate::output::{
    Envelope, ExitStatus, Format, Paint, Printer, UserError, is_broken_pipe, plain,
};
use crate::phone::PhoneNumber;
use crate::settings::{Flag, Settings};
use crate::store::{CallFilter, CallRef, Ledger};

pub(super) fn call(arguments: &CallArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = rehearsal::settings(&arguments.rehearsal, flags(arguments), desk)?;
    let rules = &settings.policy.numbers;
    let number = desk.number(&arguments.number, rules)?;
    let fields: BTreeMap<String, String> = arguments.variables.iter().cloned().collect();
    let given: BTreeSet<String> = fields.keys().cloned().collect();
    let scenario = talk_plan::scenario(arguments.scenario.as_deref(), &given, &settings, desk)?;
    if !arguments.dry_run {
        settings.require_for_calls()?;
    }
    let ledger = desk.ledger(&settings)?;
    let callees = callees(arguments, &number, scenario.language, &ledger, desk)?;
    refuse_forbidden(&ledger, &number)?;
    let zones = talk_plan::zones(&number, &ledger.numbering()?, &settings);
    talk_plan::within_hours(&zones, &settings)?;
    let job = CallJob {
        number,
        extension: None,
        fields,
        scenario,
        lead: None,
        caller_id: None,
        caller_day: None,
        seat: None,
        policy: None,
        zone: zones.into_iter().next().unwrap_or(TimeZone::UTC),
        meter: Meter::default(),
    };
    if arguments.dry_run {
        return dry_run(&job, &settings, desk);
    }
    desk.block_on(async {
        let stop = talk_plan::listen(false)?;
        let (rehearsal, settings) = rehearsal::begin(callees, settings, desk).await?;
        let opening = open_station(&settings, ledger.clone(), job.scenario.language);
        let open = talk_plan::unless_stopped(&stop, Box::pin(opening)).await?;
        let report = match talk_plan::unless_stopped(&stop, warm(&open, &job)).await {
            Ok(()) => ring(&open, &job, &stop, Look::of(&settings, desk)).await,
            Err(error) => Err(error),
        };
        open.close().await?;
        rehearsal::end(rehearsal).await;
        let report = report?;
        unless_gone(print_end(&report, &settings, &ledger, desk))?;
        let status = talk_plan::signal_status(&stop);
        Ok(status.unwrap_or_else(|| status_of(&report)))
    })
}

fn flags(arguments: &CallArgs) -> Vec<Flag> {
    let record = arguments.no_record.then(|| "false".to_owned());
    [
        (
            "asterisk.caller_id",
            "--caller-id",
            arguments.caller_id.clone(),
        ),
        ("call.record", "--no-record", record),
    ]
    .into_iter()
    .filter_map(|(key, flag, text)| {
        Some(Flag {
            key,
            flag,
            text: text?,
        })
    })
    .collect()
}

/// Who is rung, if it is a rehearsal.
fn callees(
    arguments: &CallArgs,
    number: &PhoneNumber,
    language: Language,
    ledger: &Ledger,
    desk: &Desk<'_>,
) -> anyhow::Result<Option<Callees>> {
    let callees = Callees::of(&arguments.rehearsal, language, desk)?;
    let Some(mut callees) = callees.map(Callees::for_one_call) else {
        return Ok(None);
    };
    if let Some(name) = &arguments.callee {
        callees.assign(number.e164(), name)?;
    }
    if arguments.rehearsal.go_on {
        let earlier = CallFilter {
            number: Some(number.clone()),
            ..CallFilter::default()
        };
        callees.go_on_from(&earlier, ledger)?;
    } else {
        rehearsal::begin_afresh(None, ledger)?;
    }
    Ok(Some(callees))
}

/// Where and how a call is shown.
#[derive(Clone, Copy)]
struct Look<'a> {
    printer: &'a Printer,
    rehearsal: bool,
}

impl<'a> Look<'a> {
    fn of(settings: &Settings, desk: &Desk<'a>) -> Self {
        Self {
            printer: desk.printer,
            rehearsal: settings.rehearsal,
        }
    }
}

fn refuse_forbidden(ledger: &Ledger, number: &PhoneNumber) -> anyhow::Result<()> {
    match ledger.is_forbidden(number)? {
        None => Ok(()),
        Some(entry) => Err(crate::store::StoreError::Forbidden(Box::new(entry)).into()),
    }
}

#[derive(Debug, Serialize)]
struct DryRun<'a> {
    number: &'a PhoneNumber,
    scenario: &'a str,
    trunk: &'a str,
    would_ring: bool,
}

fn dry_run(job: &CallJob, settings: &Settings, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let trunk = &settings.asterisk.trunk;
    if desk.printer.is_json() {
        let body = DryRun {
            number: &job.number,
            scenario: &job.scenario.name,
            trunk,
            would_ring: true,
        };
        desk.printer
            .json(&Envelope::new("novodial.dry_run/1", body))?;
    } else {
        desk.printer.data(&format!(
            "would ring {} through `{trunk}` with the scenario `{}`",
            job.number.e164(),
            job.scenario.name
        ))?;
    }
    settings
        .require_for_calls()
        .context("the call would fail")?;
    Ok(ExitStatus::Success)
}

/// Has every prompt at hand before the phone rings: there is one call only, and it may wait.
async fn warm(open: &OpenStation, job: &CallJob) -> anyhow::Result<()> {
    let dialogue = Dialogue::new(Arc::clone(&job.scenario), &job.fields)?;
    Ok(driver::prepare(&open.station, dialogue.prompts(), &job.meter).await?)
}

/// Makes the call, and prints its turns while it goes on.
async fn ring(
    open: &OpenStation,
    job: &CallJob,
    stop: &driver::Stop,
    look: Look<'_>,
) -> anyhow::Result<CallReport> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a few turns a minute, of one call: a printer that waits must not hold up the talk"
    )]
    let (news, mut heard) = mpsc::unbounded_channel();
    let (station, job, hang_up) = (open.station.clone(), job.clone(), stop.hang_up.clone());
    // A task of its own: a terminal that was stopped with Ctrl-S must not silence the bot.
    let call =
        tokio::spawn(async move { Box::pin(make_call(&station, &job, &hang_up, &news)).await });
    let mut printed = Ok(());
    while let Some(item) = heard.recv().await {
        // When nobody reads any more the call goes on all the same.
        if printed.is_ok() {
            printed = print_news(&item, look);
        }
    }
    let called = call.await.context("the call's task ended early")?;
    unless_gone(printed)?;
    let called = called.map_err(|error| match error {
        NotBegun::Speech(error) => error.into(),
        NotBegun::Other(error) => error,
    })?;
    called.recorded.map(|()| called.report)
}

/// A reader that went away, or a terminal, is no fault: how the call ended is told by the exit code.
fn unless_gone(printed: anyhow::Result<()>) -> anyhow::Result<()> {
    match printed {
        Err(error) if is_broken_pipe(&error) => Ok(()),
        printed => printed,
    }
}

fn print_news(news: &CallNews, Look { printer, rehearsal }: Look<'_>) -> anyhow::Result<()> {
    let attempt = news.attempt;
    match (&news.step, printer.format()) {
        (CallStep::Begun(_), Format::Text) => {
            printer.message(&format!("call {}", history::id(attempt, rehearsal)));
        }
        (CallStep::Phase(phase @ ("ringing" | "answered")), Format::Text) => {
            printer.message(phase);
        }
        (CallStep::Judged(verdict), Format::Text) if verdict.answerer.is_machine() => {
            let who = verdict.answerer.as_str();
            printer.message(&format!("answered by: {who} ({})", verdict.reason));
        }
        (CallStep::Turn(turn), Format::Text) => printer.data(&line(turn, printer))?,
        (CallStep::Turn(turn), Format::Jsonl) => {
            let body = serde_json::json!({ "attempt_id": attempt.0, "rehearsal": rehearsal,
                    "turn": TurnReport::live(turn) });
            printer.json(&Envelope::new("novodial.turn/1", body))?;
        }
        _ => {}
    }
    Ok(())
}

/// `00:04.2  bot     Здравствуйте! …`
pub(super) fn line(turn: &crate::call::Turn, printer: &Printer) -> String {
    let at = written::clock(i64::try_from(turn.at.0).unwrap_or(0));
    let speaker = format!("{:<6}", turn.speaker.as_str());
    let cut = if turn.cut { " —" } else { "" };
    format!(
        "{at}  {}  {}{cut}",
        printer.paint(Paint::Strong, &speaker),
        plain(&turn.text)
    )
}

fn print_end(
    report: &CallReport,
    settings: &Settings,
    ledger: &Ledger,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    if desk.printer.is_json() {
        let detail = ledger.call(CallRef::Id(report.attempt))?;
        let body = Written::detail(&detail, &settings.policy.default_timezone)
            .rehearsed(settings.rehearsal);
        return desk.printer.json(&Envelope::new(Written::SCHEMA, body));
    }
    let currency = &settings.tariff.currency;
    desk.printer.data(&end_line(report, currency))?;
    let (what, way_out) = trouble(report, &settings.asterisk.trunk).unzip();
    if let Some(what) = report.error.clone().or(what) {
        desk.printer.warning(&what);
    }
    let speech = report.speech.as_ref().map(|error| error.hint.as_str());
    if let Some(hint) = speech.or(way_out) {
        desk.printer.message(&format!("hint: {hint}"));
    }
    Ok(())
}

/// What a disposition tells of trunk and line, and what to do about it.
fn trouble(report: &CallReport, trunk: &str) -> Option<(String, &'static str)> {
    let sip = report.end.release.and_then(|release| release.sip);
    let sip = sip.map(|code| format!(" (SIP {code})")).unwrap_or_default();
    match report.end.disposition {
        Disposition::TrunkUnreachable => Some((
            format!("the trunk `{trunk}` cannot be reached{sip}"),
            "see what is wrong with it: novodial asterisk check",
        )),
        Disposition::TrunkRefused => Some((
            format!("the trunk `{trunk}` refuses the call{sip}"),
            "check the caller id, the login and the balance of the line",
        )),
        Disposition::Congestion => Some((
            format!("the trunk `{trunk}` or the network behind it is congested{sip}"),
            "try again later; if it stays so, ask the operator of the trunk",
        )),
        Disposition::Failed => Some((
            "the call failed on our side".to_owned(),
            "see what is wrong: novodial asterisk check",
        )),
        Disposition::Answered
        | Disposition::Machine
        | Disposition::Busy
        | Disposition::NoAnswer
        | Disposition::Rejected
        | Disposition::Unreachable
        | Disposition::InvalidNumber
        | Disposition::Blocked
        | Disposition::Interrupted => None,
    }
}

/// `answered, agreed, rang 2.5 s, talked 21.0 s, cost 2.10 RUB, 84 characters spoken, recorded in …`
fn end_line(report: &CallReport, currency: &str) -> String {
    let seconds = |ms: u64| written::seconds(i64::try_from(ms).unwrap_or(0));
    let mut parts = vec![report.end.disposition.to_string()];
    parts.extend(report.end.outcome.clone());
    parts.extend(report.end.ring_ms.map(|ms| format!("rang {}", seconds(ms))));
    parts.extend(
        report
            .end
            .talk_ms
            .map(|ms| format!("talked {}", seconds(ms))),
    );
    parts.extend((report.cost.0 > 0).then(|| format!("cost {} {currency}", report.cost)));
    let characters = report.characters;
    parts.extend((characters > 0).then(|| format!("{} spoken", counted(characters, "character"))));
    let recording = report.recording.as_ref();
    parts.extend(recording.map(|path| format!("recorded in {}", path.display())));
    parts.join(", ")
}

/// The exit code tells the disposition; a fault of the line or the service is not ours.
fn status_of(report: &CallReport) -> ExitStatus {
    if report.end.disposition == Disposition::Failed {
        return ExitStatus::Outside;
    }
    ExitStatus::Call(report.end.disposition)
}

/// The error of a call that Asterisk did not even take, for the callers of other commands.
pub(super) fn no_such_live_call(id: &str) -> anyhow::Error {
    UserError::new(
        ExitStatus::No,
        "call_over",
        format!("call {id} is over already"),
    )
    .hint("see the calls there are: novodial calls list")
    .into()
}
