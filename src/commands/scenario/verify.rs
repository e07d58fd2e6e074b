//! `novodial scenario verify`: what holds for every talk, and the dialogue that shows what does
//! not.

use serde_json::{Value, json};

use super::source::open;
use crate::campaign::{self, Money};
use crate::cli::ScenarioVerifyArgs;
use crate::commands::Desk;
use crate::commands::written::counted;
use crate::dialogue::{Line, LongCall, Problem, Tariff, Verdict};
use crate::output::{Envelope, ExitStatus, Paint, Printer, plain};

pub(super) fn verify(
    arguments: &ScenarioVerifyArgs,
    desk: &Desk<'_>,
) -> anyhow::Result<ExitStatus> {
    let (shown, scenario) = open(&arguments.file, desk)?.scenario()?;
    let tariff = tariff(arguments, &desk.settings()?.tariff);
    let verdict = crate::dialogue::verify(&scenario, &tariff);
    if desk.printer.is_json() {
        let body = report(&scenario.name, &verdict);
        desk.printer
            .json(&Envelope::new("novodial.scenario_verify/1", body))?;
    } else {
        print(&shown, &verdict, &tariff, arguments.show, desk.printer)?;
    }
    Ok(if verdict.problems.is_empty() {
        ExitStatus::Success
    } else {
        ExitStatus::No
    })
}

/// The prices of the command line, else those of `[tariff]` for a mobile phone.
fn tariff(arguments: &ScenarioVerifyArgs, own: &campaign::Tariff) -> Tariff {
    let price = |money: Money| money.0 as f64 / 10_000.0;
    let minute = own.mobile + own.speech_minute;
    Tariff {
        minute: arguments.minute.unwrap_or_else(|| price(minute)),
        attempt: arguments.attempt.unwrap_or_else(|| price(own.attempt_fee)),
        thousand_characters: arguments.thousand_characters,
    }
}

fn print(
    shown: &str,
    verdict: &Verdict,
    tariff: &Tariff,
    show: bool,
    printer: &Printer,
) -> anyhow::Result<()> {
    let failure = printer.paint(Paint::Bad, "failure");
    for Problem {
        message,
        hint,
        dialogue,
    } in &verdict.problems
    {
        printer.data(&format!("{failure}  {shown}: {message}\n         {hint}"))?;
        print_dialogue(dialogue, printer)?;
    }
    for (holds, claim) in claims(verdict) {
        if holds {
            let fine = printer.paint(Paint::Good, "ok");
            printer.data(&format!("{fine}       {claim}"))?;
        }
    }
    if verdict.incomplete {
        printer.warning("there are more situations than could be tried: not all is proved");
    }
    printer.data(&format!(
        "tried    {}",
        counted(verdict.situations, "situation")
    ))?;
    for (outcome, dialogue) in &verdict.outcomes {
        let answers = answers(dialogue);
        printer.data(&format!(
            "outcome  {outcome} after {} at least",
            counted(answers, "answer")
        ))?;
        if show {
            print_dialogue(dialogue, printer)?;
        }
    }
    print_longest(verdict, tariff, show, printer)
}

/// What was looked for, and whether nothing against it was found.
fn claims(verdict: &Verdict) -> [(bool, &'static str); 3] {
    let none = |part: &str| verdict.problems.iter().all(|p| !p.message.contains(part));
    [
        (none("no outcome can be reached"), "every path ends"),
        (none("opt out"), "one can opt out in every state"),
        (
            none("a person cannot"),
            "a person can be reached from every state",
        ),
    ]
}

fn print_longest(
    verdict: &Verdict,
    tariff: &Tariff,
    show: bool,
    printer: &Printer,
) -> anyhow::Result<()> {
    let longest = &verdict.longest;
    let (dearest, cost) = &longest.by_cost;
    let mut shown = vec![
        (
            "longest",
            format!("{:.1} min", minutes(longest.by_time.ms)),
            &longest.by_time,
        ),
        (
            "longest",
            counted(longest.by_characters.characters, "character"),
            &longest.by_characters,
        ),
    ];
    if *tariff != Tariff::default() {
        shown.push(("dearest", format!("{cost:.2}"), dearest));
    }
    for (word, size, call) in shown {
        printer.data(&format!(
            "{word}  {size}, {}",
            counted(call.turns, "answer")
        ))?;
        if show {
            print_dialogue(&call.dialogue, printer)?;
        }
    }
    Ok(())
}

fn print_dialogue(dialogue: &[Line], printer: &Printer) -> anyhow::Result<()> {
    for line in dialogue {
        let (who, text) = match line {
            Line::Bot(text) => ("bot   ", text),
            Line::Callee(text) => ("callee", text),
        };
        let who = printer.paint(Paint::Faint, who);
        printer.data(&format!("         {who}  {}", plain(text)))?;
    }
    Ok(())
}

fn answers(dialogue: &[Line]) -> usize {
    let answers = dialogue
        .iter()
        .filter(|line| matches!(line, Line::Callee(_)));
    answers.count()
}

fn minutes(ms: u64) -> f64 {
    ms as f64 / 60_000.0
}

fn report(scenario: &str, verdict: &Verdict) -> Value {
    let problems: Vec<Value> = verdict
        .problems
        .iter()
        .map(|problem| {
            json!({
                "message": problem.message,
                "hint": problem.hint,
                "dialogue": lines(&problem.dialogue),
            })
        })
        .collect();
    let outcomes: Vec<Value> = verdict
        .outcomes
        .iter()
        .map(|(outcome, dialogue)| json!({ "outcome": outcome, "dialogue": lines(dialogue) }))
        .collect();
    let longest = &verdict.longest;
    json!({
        "scenario": scenario,
        "situations": verdict.situations,
        "incomplete": verdict.incomplete,
        "problems": problems,
        "outcomes": outcomes,
        "longest": {
            "by_time": call(&longest.by_time),
            "by_characters": call(&longest.by_characters),
            "by_cost": call(&longest.by_cost.0),
            "cost": longest.by_cost.1,
        },
    })
}

fn call(call: &LongCall) -> Value {
    json!({
        "duration_ms": call.ms,
        "characters": call.characters,
        "turns": call.turns,
        "dialogue": lines(&call.dialogue),
    })
}

fn lines(dialogue: &[Line]) -> Vec<Value> {
    let lines = dialogue.iter().map(|line| match line {
        Line::Bot(text) => json!({ "bot": text }),
        Line::Callee(text) => json!({ "callee": text }),
    });
    lines.collect()
}
