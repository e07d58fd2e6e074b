//! `novodial campaign check`: everything about a lead list that can be said before anybody is rung.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::guard::{guard, own_scenarios};
use super::list_report::{ListReport, misspelt, misspelt_json, tell_misspelt};
use super::list_scenario::{Brings, Lacking};
use super::replaced::{Replaced, tell_replaced};
use super::source::{ListRules, Source, Taker};
use super::unsayable::{Unsayable, unsayable};
use crate::campaign::{
    Lead, LeadFacts, LeadHistory, LeadPolicy, RejectedRow, Verdict, WhyNever, Zone,
};
use crate::cli::CampaignCheckArgs;
use crate::commands::rehearsal::unknown_callee;
use crate::commands::written::counted;
use crate::commands::{Desk, numbering, talk_plan, written};
use crate::dialogue::Scenario;
use crate::driver;
use crate::output::{Envelope, ExitStatus, Paint, Table, plain};
use crate::phone::Numbering;
use crate::rehearsal::people::Cast;
use crate::settings::Settings;
use crate::store::{Ledger, Repeat};

pub(in crate::commands) fn check(
    arguments: &CampaignCheckArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let own = desk.own_settings(&arguments.policy)?;
    let settings = desk.settings_of(&own, &[], Vec::new())?;
    // A look leaves nothing behind: no ledger is made for it.
    let known = settings.storage.database.exists();
    let ledger = known.then(|| desk.ledger(&settings)).transpose()?;
    let numbering = match &ledger {
        Some(ledger) => ledger.numbering()?,
        None => Numbering::default(),
    };
    let rules = ListRules {
        number_column: arguments.phone_column.as_deref(),
        numbers: &settings.policy.numbers,
        numbering: Arc::new(numbering),
    };
    let source = Source::new(&arguments.leads, desk);
    let callees = arguments.callees.as_deref().map(|path| desk.path(path));
    let cast = Cast::load(callees.as_deref()).map_err(|error| unknown_callee(&error))?;
    let numbering = Arc::clone(&rules.numbering);
    let mut found = Found::new(ledger.as_ref(), numbering, cast, &settings);
    let list = source.read(&rules, &mut found)?;
    let brings = Brings::of(&list);
    let read = talk_plan::read_any(arguments.scenario.as_deref(), desk)?;
    let scenario = read.as_ref().map(|(_, scenario)| scenario);
    let lacking = scenario.map_or_else(Vec::new, |scenario| brings.lacking(scenario));
    let misspelt = misspelt(&list.misspelt, &list.variables, scenario);
    tell_misspelt(&misspelt, desk);
    let replaced = scenario.map_or_else(Vec::new, |scenario| brings.samples.replacing(scenario));
    tell_replaced(&replaced, brings.list.as_deref(), desk);
    if desk.printer.is_json() {
        let report = Report {
            misspelt: misspelt_json(&misspelt),
            lacking: lacking.iter().map(Lacking::json).collect(),
            replaced: replaced.iter().map(Replaced::json).collect(),
            ..Report::of(&list, &found, &settings)
        };
        desk.printer
            .json(&Envelope::new("novodial.leads_check/1", report))?;
    } else {
        print(&list, &found, &settings, desk)?;
        let lacking = lacking.iter().map(ToString::to_string);
        section("Without a value", lacking, desk)?;
    }
    // What is wrong with the scenario is told once all that is known of the list is.
    let scenario = judged(read, (&brings, &lacking), &settings, desk)?;
    let own = own_scenarios(found.scenarios.clone(), &list.variables, &settings, desk)?;
    guard(&settings, (scenario.as_deref(), &own), desk)?;
    Ok(status(&list, &found, desk))
}

/// The scenario that the list is for, if one is named, and the list goes with it.
fn judged(
    read: Option<(String, Scenario)>,
    (brings, lacking): (&Brings, &[Lacking]),
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<Option<Arc<Scenario>>> {
    let Some((shown, scenario)) = read else {
        desk.printer.message(
            "no scenario is named: whether the leads bring what it says is not looked at (--scenario FILE)",
        );
        return Ok(None);
    };
    brings.refuse(&shown, lacking)?;
    let scenario = talk_plan::judge((&shown, scenario), &brings.variables, settings, desk)?;
    Ok(Some(scenario))
}

/// Whether everybody in the list may be rung as it stands.
fn status(list: &ListReport, found: &Found<'_>, desk: &Desk<'_>) -> ExitStatus {
    let empty = list.leads + list.rejected_count == 0;
    if empty {
        let shown = &list.shown;
        desk.printer
            .warning(&format!("{shown}: the list has no rows, only a header"));
    }
    if empty || list.rejected_count > 0 || !found.strangers.is_empty() {
        ExitStatus::No
    } else {
        ExitStatus::Success
    }
}

/// What a list brings, counted as it passes.
struct Found<'a> {
    ledger: Option<&'a Ledger>,
    numbering: Arc<Numbering>,
    /// On which line a number stood first, by the number's hash.
    lines: HashMap<u64, u64>,
    repeats: Vec<Repeat>,
    zones: BTreeMap<(String, &'static str), u64>,
    scenarios: BTreeSet<String>,
    /// Who may be met in a rehearsal.
    cast: Cast,
    /// Names in the column `callee` that nobody has.
    strangers: Vec<Stranger>,
    with_alternates: u64,
    with_extension: u64,
    forbidden: u64,
    policy: &'a LeadPolicy,
    now: Timestamp,
    /// Leads that may be rung at once.
    now_open: u64,
    later: u64,
    /// When the first of the others may be.
    first_later: Option<Timestamp>,
    /// Leads that the policy never lets ring, by the reason.
    never: BTreeMap<String, u64>,
}

impl<'a> Found<'a> {
    fn new(
        ledger: Option<&'a Ledger>,
        numbering: Arc<Numbering>,
        cast: Cast,
        settings: &'a Settings,
    ) -> Self {
        Self {
            ledger,
            numbering,
            policy: &settings.policy.leads,
            now: driver::now(),
            now_open: 0,
            later: 0,
            first_later: None,
            never: BTreeMap::new(),
            lines: HashMap::new(),
            repeats: Vec::new(),
            zones: BTreeMap::new(),
            scenarios: BTreeSet::new(),
            cast,
            strangers: Vec::new(),
            with_alternates: 0,
            with_extension: 0,
            forbidden: 0,
        }
    }

    fn lead(&mut self, lead: &Lead) -> anyhow::Result<()> {
        let mut hasher = DefaultHasher::new();
        (&lead.number, &lead.extension).hash(&mut hasher);
        let first = *self.lines.entry(hasher.finish()).or_insert(lead.line);
        if first != lead.line {
            self.repeats.push(Repeat {
                line: lead.line,
                first_line: first,
            });
            return Ok(());
        }
        *self.zones.entry(self.zone(lead)).or_default() += 1;
        self.scenarios.extend(lead.terms.scenario.clone());
        self.strangers.extend(self.stranger(lead));
        self.with_alternates += u64::from(!lead.alternates.is_empty());
        self.with_extension += u64::from(lead.extension.is_some());
        let mut history = LeadHistory::default();
        if let Some(ledger) = self.ledger {
            history.forbidden = ledger.is_forbidden(&lead.number)?.map(|entry| entry.reason);
        }
        self.forbidden += u64::from(history.forbidden.is_some());
        self.judge(lead, &history);
        Ok(())
    }

    /// Whether the lead names a callee whom no rehearsal knows.
    fn stranger(&self, lead: &Lead) -> Option<Stranger> {
        let callee = lead.terms.callee.as_deref()?;
        let error = self.cast.named(callee).err()?;
        Some(Stranger {
            line: lead.line,
            why: error.to_string(),
            hint: error.hint().unwrap_or_default().to_owned(),
        })
    }

    /// Counts what the policy says of a lead that was never rung.
    fn judge(&mut self, lead: &Lead, history: &LeadHistory) {
        let (names, _) = self.zone(lead);
        let mut zones: Vec<TimeZone> = names
            .split(" or ")
            .filter_map(|name| Zone::parse(name).ok())
            .map(|zone| zone.time_zone().clone())
            .collect();
        if zones.is_empty() {
            zones.push(self.policy.default_zone.clone());
        }
        let facts = LeadFacts {
            terms: &lead.terms,
            zones: &zones,
            promised_at: None,
            invalid: false,
        };
        match self.policy.verdict(&facts, history, self.now) {
            Verdict::May => self.now_open += 1,
            Verdict::NotBefore(at, _) => {
                self.later += 1;
                self.first_later = Some(self.first_later.map_or(at, |first| first.min(at)));
            }
            // It is counted by itself.
            Verdict::Never(WhyNever::Forbidden(_)) => {}
            Verdict::Never(why) => *self.never.entry(why.to_string()).or_default() += 1,
        }
    }

    /// The zones of a lead, and what told them.
    fn zone(&self, lead: &Lead) -> (String, &'static str) {
        if let Some(zone) = &lead.terms.timezone {
            return (zone.name().to_owned(), "column");
        }
        let place = self.numbering.place(&lead.number);
        let source = numbering::told_by(place.source);
        (place.zones.join(" or "), source)
    }
}

impl Taker for Found<'_> {
    fn leads(&mut self, leads: Vec<Lead>) -> anyhow::Result<()> {
        leads.iter().try_for_each(|lead| self.lead(lead))
    }

    fn rejected(&mut self, _: &RejectedRow, _: &[String], _: u8) -> anyhow::Result<()> {
        Ok(())
    }

    /// All of them: this is what a check is for.
    fn kept(&self) -> usize {
        usize::MAX
    }
}

#[derive(Debug, Serialize)]
struct Report {
    list: String,
    encoding: &'static str,
    columns: Vec<String>,
    variables: Vec<String>,
    /// Columns that were probably meant to be reserved ones.
    misspelt: Vec<serde_json::Value>,
    /// Columns that the scenario needs, and the rows without a value.
    lacking: Vec<serde_json::Value>,
    /// Columns that stand over values of the scenario's.
    replaced: Vec<serde_json::Value>,
    /// Columns that no prompt can say.
    unsayable: Vec<Unsayable>,
    leads: u64,
    with_alternates: u64,
    with_extension: u64,
    do_not_call: u64,
    may_ring_now: u64,
    may_ring_later: u64,
    first_later: Option<String>,
    never: BTreeMap<String, u64>,
    zones: Vec<ZoneCount>,
    scenarios: Vec<String>,
    repeats: Vec<RepeatLine>,
    mended: Vec<MendedLine>,
    /// Names in the column `callee` that nobody has.
    unknown_callees: Vec<Stranger>,
    rejected: Vec<RejectedLine>,
}

#[derive(Debug, Serialize)]
struct ZoneCount {
    zones: String,
    told_by: &'static str,
    leads: u64,
}

#[derive(Debug, Serialize)]
struct RepeatLine {
    line: u64,
    first_line: u64,
}

/// A callee whom nobody knows.
#[derive(Debug, Clone, Serialize)]
struct Stranger {
    line: u64,
    why: String,
    hint: String,
}

#[derive(Debug, Serialize)]
struct MendedLine {
    line: u64,
    note: String,
}

#[derive(Debug, Serialize)]
struct RejectedLine {
    line: u64,
    column: Option<String>,
    why: String,
    hint: String,
    row: String,
}

impl Report {
    fn of(list: &ListReport, found: &Found<'_>, settings: &Settings) -> Self {
        let repeats = found.repeats.iter().map(|repeat| RepeatLine {
            line: repeat.line,
            first_line: repeat.first_line,
        });
        let mended = list.notes.iter().map(|note| MendedLine {
            line: note.line,
            note: note.note.to_string(),
        });
        let rejected = list.rejected.iter().map(|row| RejectedLine {
            line: row.line,
            column: row.column.clone(),
            why: row.fault.to_string(),
            hint: row.hint(),
            row: row.raw.clone(),
        });
        Self {
            list: list.shown.clone(),
            encoding: list.encoding.as_str(),
            columns: list.titles.clone(),
            variables: list.variables.iter().cloned().collect(),
            misspelt: Vec::new(),
            lacking: Vec::new(),
            replaced: Vec::new(),
            unsayable: unsayable(list),
            leads: list.leads - found.repeats.len() as u64,
            with_alternates: found.with_alternates,
            with_extension: found.with_extension,
            do_not_call: found.forbidden,
            may_ring_now: found.now_open,
            may_ring_later: found.later,
            first_later: found
                .first_later
                .map(|at| written::rfc3339(at, &settings.policy.default_timezone)),
            never: found.never.clone(),
            zones: zones(found, settings),
            scenarios: found.scenarios.iter().cloned().collect(),
            repeats: repeats.collect(),
            mended: mended.collect(),
            unknown_callees: found.strangers.clone(),
            rejected: rejected.collect(),
        }
    }
}

/// Where the callees live, the most frequent first.
fn zones(found: &Found<'_>, settings: &Settings) -> Vec<ZoneCount> {
    let default = settings.policy.default_timezone.iana_name().unwrap_or("");
    let mut counts: Vec<ZoneCount> = found
        .zones
        .iter()
        .map(|((zones, told_by), leads)| ZoneCount {
            zones: if zones.is_empty() { default } else { zones }.to_owned(),
            told_by,
            leads: *leads,
        })
        .collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.leads));
    counts
}

fn print(
    list: &ListReport,
    found: &Found<'_>,
    settings: &Settings,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let printer = desk.printer;
    let leads = list.leads - found.repeats.len() as u64;
    let title = format!(
        "{}: {}, {} with a repeated number, {} rejected",
        list.shown,
        counted(leads, "lead"),
        counted(found.repeats.len(), "row"),
        list.rejected_count
    );
    printer.data(&printer.paint(Paint::Strong, &title))?;
    printer.data(&format!(
        "  {}, {}; every lead brings: {}",
        counted(list.titles.len(), "column"),
        list.encoding.as_str(),
        or_none(&list.variables)
    ))?;
    for (count, what) in [
        (found.with_alternates, "with several numbers"),
        (found.with_extension, "with an extension"),
        (found.forbidden, "on the do-not-call list"),
    ] {
        if count > 0 {
            printer.data(&format!("  {count} {what}"))?;
        }
    }
    printer.data(&format!("  {}", when(found, settings)))?;
    for (why, count) in &found.never {
        printer.data(&format!("  {count} never: {why}"))?;
    }
    if leads > 0 {
        let mut table = Table::new(["leads", "time zone", "told by"]);
        for count in zones(found, settings) {
            table.row([
                count.leads.to_string(),
                count.zones,
                count.told_by.to_owned(),
            ]);
        }
        printer.data("")?;
        printer.table(table)?;
    }
    let repeats = found
        .repeats
        .iter()
        .map(|repeat| format!("line {}: repeats line {}", repeat.line, repeat.first_line));
    section("Repeated", repeats, desk)?;
    let unsayable = unsayable(list);
    let unsayable = unsayable.iter().map(ToString::to_string);
    section("Columns that no prompt can say", unsayable, desk)?;
    section("Mended", list.notes.iter().map(ToString::to_string), desk)?;
    let strangers = found.strangers.iter();
    let strangers = strangers.map(|one| format!("line {}: {} ({})", one.line, one.why, one.hint));
    section("Unknown callees, of a rehearsal", strangers, desk)?;
    let rejected = list
        .rejected
        .iter()
        .map(|row| format!("{row} ({})", row.hint()));
    section("Rejected", rejected, desk)
}

/// `12 may be rung now, 3 from 2026-11-23 09:00:00 on`
fn when(found: &Found<'_>, settings: &Settings) -> String {
    let now = format!("{} may be rung now", found.now_open);
    match found.first_later {
        None => now,
        Some(first) => {
            let first = written::moment(first, &settings.policy.default_timezone);
            format!("{now}, {} later, the first from {first} on", found.later)
        }
    }
}

fn section(
    title: &str,
    lines: impl Iterator<Item = String>,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    for (index, line) in lines.enumerate() {
        if index == 0 {
            desk.printer.data("")?;
            desk.printer
                .data(&desk.printer.paint(Paint::Strong, title))?;
        }
        desk.printer.data(&format!("  {}", plain(&line)))?;
    }
    Ok(())
}

fn or_none(names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return "nothing but the number".to_owned();
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.join(", ")
}
