//! `novodial campaign why`: one line on a lead.

use jiff::Timestamp;
use serde::Serialize;

use super::found::FoundCampaign;
use super::lead_report::{LeadReport, done_so_far, explanation, lead_id};
use crate::campaign::{LeadId, Verdict};
use crate::cli::CampaignWhyArgs;
use crate::commands::history::History;
use crate::commands::{Desk, written};
use crate::driver;
use crate::output::{Envelope, ExitStatus, UserError, plain};
use crate::phone::PhoneNumber;
use crate::settings::Settings;
use crate::store::{CallFilter, Campaign, CampaignState, LeadView, Ledger, Standing};

/// More digits than an id has, and fewer than a number.
const LONGEST_ID: usize = 6;

/// What was asked for.
#[derive(Debug)]
enum Asked {
    /// A lead by its id; whether it is one of a rehearsal.
    Lead(LeadId, bool),
    Number(PhoneNumber),
}

/// The answer in JSON: the lead, and what only matters now.
#[derive(Debug, Serialize)]
struct Answer {
    #[serde(flatten)]
    lead: LeadReport,
    /// The call that rings it at this moment, as commands take it.
    call: Option<String>,
    /// Leads that are ready and stand before it.
    leads_before: Option<u64>,
    /// Whether a run of the campaign goes on.
    running: bool,
}

pub(in crate::commands) fn why(
    arguments: &CampaignWhyArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let history = History::open(&settings, desk)?;
    let asked = asked(&arguments.lead, &settings, desk)?;
    let now = driver::now();
    let leads = match &arguments.campaign {
        Some(name) => {
            let (campaign, ledger, rehearsal) = history.campaign(name)?;
            leads_in(&campaign, (ledger, rehearsal), &asked)?
        }
        None => leads_anywhere(&history, &asked)?,
    };
    let mut told = 0;
    for (id, campaign, ledger, rehearsal) in leads {
        let found = FoundCampaign::of(campaign, (ledger, rehearsal), Vec::new(), desk)?;
        let policy = &found.settings.policy.leads;
        if let Some(view) = ledger.lead(id, policy, now)? {
            tell(&view, &found, now, desk)?;
            told += 1;
        }
    }
    if told == 0 {
        return Err(nobody(&asked, arguments, &history, &settings)?.into());
    }
    Ok(ExitStatus::Success)
}

/// Few digits are an id, all else is a number.
fn asked(typed: &str, settings: &Settings, desk: &Desk<'_>) -> anyhow::Result<Asked> {
    let (id, rehearsal) = match typed.strip_prefix("r-") {
        Some(rest) => (rest, true),
        None => (typed, false),
    };
    if rehearsal || id.len() <= LONGEST_ID && id.bytes().all(|byte| byte.is_ascii_digit()) {
        let id = LeadId::parse(id).map_err(|_| {
            let message = format!("`{}` is neither a lead nor a number", plain(typed));
            UserError::new(ExitStatus::Usage, "bad_id", message)
                .hint("write the digits of a lead, such as 42, or a number; see them all: novodial campaign leads NAME")
        })?;
        return Ok(Asked::Lead(id, rehearsal));
    }
    let rules = settings.policy.numbers.without_limits();
    Ok(Asked::Number(desk.number(typed, &rules)?))
}

/// A lead and where it stands.
type Place<'a> = (LeadId, Campaign, &'a Ledger, bool);

fn leads_anywhere<'a>(history: &'a History, asked: &Asked) -> anyhow::Result<Vec<Place<'a>>> {
    let mut leads = Vec::new();
    for (ledger, rehearsal) in history.ledgers() {
        for campaign in ledger.campaigns()? {
            leads.extend(leads_in(&campaign, (ledger, rehearsal), asked)?);
        }
    }
    Ok(leads)
}

fn leads_in<'a>(
    campaign: &Campaign,
    (ledger, rehearsal): (&'a Ledger, bool),
    asked: &Asked,
) -> anyhow::Result<Vec<Place<'a>>> {
    let ids = match asked {
        Asked::Lead(id, rehearsed) => {
            let here = *rehearsed == rehearsal && ledger.campaign_of(*id)? == Some(campaign.id);
            if here { vec![*id] } else { Vec::new() }
        }
        Asked::Number(number) => ledger.leads_with(campaign.id, number)?,
    };
    let place = |id| (id, campaign.clone(), ledger, rehearsal);
    Ok(ids.into_iter().map(place).collect())
}

fn tell(
    view: &LeadView,
    found: &FoundCampaign<'_>,
    now: Timestamp,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let ready = found.campaign.state == CampaignState::Open
        && matches!(view.standing, Standing::New | Standing::Retry)
        && view.verdict == Verdict::May;
    let before = if ready {
        Some(found.ledger.leads_before(view.id)?)
    } else {
        None
    };
    let running = found.runner.is_some();
    let call = found.ledger.call_of(view.id)?;
    let call = call.map(|id| crate::commands::history::id(id, found.rehearsal));
    if desk.printer.is_json() {
        let answer = Answer {
            lead: LeadReport::of(view, found, now),
            call,
            leads_before: before,
            running,
        };
        return desk
            .printer
            .json(&Envelope::new("novodial.lead_why/1", answer));
    }
    desk.printer
        .data(&line(view, found, (call, before, running)))
}

/// `lead 12 of spring, +79000000001, Anna: may be rung now; at most 3 leads come first (rung once, …)`
fn line(
    view: &LeadView,
    found: &FoundCampaign<'_>,
    (call, before, running): (Option<String>, Option<u64>, bool),
) -> String {
    let id = lead_id(view.id, found.rehearsal);
    let name = found.name();
    let number = view.lead.number.e164();
    let person = view.lead.name.as_ref();
    let person = person.map_or_else(String::new, |person| format!(", {}", plain(person)));
    let why = explanation(view, found);
    let call = call.map_or_else(String::new, |call| format!(" (call {call})"));
    let idle = match (before, running) {
        (Some(_), false) => "; no run of the campaign goes on",
        (Some(_), true) | (None, _) => "",
    };
    let before = match before {
        None => String::new(),
        Some(0) => ", before all others".to_owned(),
        Some(1) => "; at most one lead comes first".to_owned(),
        Some(before) => format!("; at most {before} leads come first"),
    };
    let next = view.next.as_ref().filter(|next| {
        next.number != view.lead.number && matches!(view.standing, Standing::New | Standing::Retry)
    });
    let next = next.map_or_else(String::new, |next| {
        format!("; next at its other number {}", next.number.e164())
    });
    let done = done_so_far(&view.attempts, found.zone());
    let done = done.map_or_else(String::new, |done| format!(" ({done})"));
    format!(
        "lead {id} of {name}, {number}{person}: {}{call}{before}{idle}{next}{done}",
        plain(&why)
    )
}

/// Nobody: what else is known of the number.
fn nobody(
    asked: &Asked,
    arguments: &CampaignWhyArgs,
    history: &History,
    settings: &Settings,
) -> anyhow::Result<UserError> {
    let place = match &arguments.campaign {
        Some(name) => format!("in the campaign {name}"),
        None => "in any campaign".to_owned(),
    };
    let error = |message| UserError::new(ExitStatus::No, "no_such_lead", message);
    let number = match asked {
        Asked::Lead(id, rehearsal) => {
            let id = lead_id(*id, *rehearsal);
            return Ok(error(format!("there is no lead {id} {place}"))
                .hint("see the leads of a campaign: novodial campaign leads NAME"));
        }
        Asked::Number(number) => number,
    };
    let zone = &settings.policy.default_timezone;
    let mut known = Vec::new();
    if let Some(entry) = history.real.is_forbidden(number)? {
        let since = written::moment(entry.added_at, zone);
        let reason = plain(&entry.reason).into_owned();
        known.push(format!(
            "it is on the do-not-call list since {since}: {reason}"
        ));
    }
    let filter = CallFilter {
        number: Some(number.clone()),
        limit: Some(1),
        ..CallFilter::default()
    };
    if let Some(call) = history.real.calls(&filter)?.first() {
        let at = written::moment(call.created_at, zone);
        known.push(format!("its last call was call {} on {at}", call.attempt));
    }
    let known = known.iter().map(|fact| format!("; {fact}"));
    let known: String = known.collect();
    // An error may end in a log: the number is masked.
    let message = format!("no lead {place} has the number {number}{known}");
    Ok(error(message)
        .hint("it is not rung by itself: put it into a list, or ring it: novodial call NUMBER"))
}
