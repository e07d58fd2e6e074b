//! `novodial scenario talk`: the scenario speaks in the terminal, and shows what it understood.

use std::io::BufRead;
use std::sync::Arc;

use jiff::civil::DateTime;
use serde_json::{Value, json};

use super::source::open;
use crate::cli::ScenarioTalkArgs;
use crate::commands::Desk;
use crate::dialogue::text_test::{heard, shown};
use crate::dialogue::{By, Dialogue, Heard, Reply, Unheard};
use crate::driver;
use crate::output::{Envelope, ExitStatus, Paint, Printer, UserError, plain};

pub(super) fn talk(arguments: &ScenarioTalkArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let (_, scenario) = open(&arguments.file, desk)?.scenario()?;
    let fields = arguments.variables.iter().cloned().collect();
    let now = if let Some(typed) = &arguments.now {
        moment(typed)?
    } else {
        let zone = desk.settings()?.policy.default_timezone;
        driver::now().to_zoned(zone).datetime()
    };
    let mut dialogue = Dialogue::new(Arc::new(scenario), &fields)?.at(now);
    let printer = desk.printer;
    let model = driver::Advice::of(&desk.settings()?)?;
    let reply = dialogue.begin();
    print(None, &reply, printer)?;
    let typing = printer.can_ask() && !printer.is_json();
    if typing {
        printer.message("type what the callee says; empty is silence, [1] a key, Ctrl-D leaves");
    }
    let mut lines = std::io::stdin().lock().lines();
    while dialogue.outcome().is_none() {
        if typing {
            printer.raw(b"callee  ")?;
        }
        let Some(line) = lines.next().transpose()? else {
            if typing {
                printer.raw(b"\n")?;
            }
            break;
        };
        if !typing && !printer.is_json() {
            printer.data(&format!("callee  {}", plain(&line)))?;
        }
        let heard = match heard(&line) {
            Ok(heard) => advised(heard, &dialogue, model.as_ref(), printer),
            Err(error) => {
                printer.warning(&format!("{}; {}", error.message, error.hint));
                continue;
            }
        };
        let unheard = unheard(&heard, &dialogue);
        let reply = dialogue.hear(&heard);
        let said = Said {
            line: &line,
            heard: &heard,
            unheard: unheard.as_ref(),
        };
        print(Some(&said), &reply, printer)?;
    }
    print_end(&dialogue, printer)?;
    Ok(ExitStatus::Success)
}

/// What was typed, with a model's advice where the settings name one and the rules find nothing.
fn advised(
    heard: Heard,
    dialogue: &Dialogue,
    model: Option<&driver::Advice>,
    printer: &Printer,
) -> Heard {
    let (Heard::Words(words), Some(model)) = (&heard, model) else {
        return heard;
    };
    let Some(question) = dialogue.question(words) else {
        return heard;
    };
    match model.ask(&question) {
        Ok(Some(intent)) => Heard::Advised {
            words: words.clone(),
            intent,
        },
        Ok(None) => heard,
        Err(error) => {
            printer.warning(&format!("{error} ({})", error.hint));
            heard
        }
    }
}

/// What the words would have meant, where the state does not understand them.
fn unheard(heard: &Heard, dialogue: &Dialogue) -> Option<Unheard> {
    let (Heard::Words(words) | Heard::Advised { words, .. }) = heard else {
        return None;
    };
    dialogue.unheard(words)
}

fn moment(typed: &str) -> Result<DateTime, UserError> {
    let read = DateTime::strptime("%Y-%m-%d %H:%M", typed).or_else(|_| typed.parse());
    read.map_err(|_| {
        let message = format!("`{}` is no time", plain(typed));
        UserError::new(ExitStatus::Usage, "bad_time", message).hint("write it as 2026-11-23T10:00")
    })
}

/// What was typed, and what became of it.
struct Said<'a> {
    line: &'a str,
    heard: &'a Heard,
    /// Why nothing was understood, where that is known.
    unheard: Option<&'a Unheard>,
}

fn print(said: Option<&Said<'_>>, reply: &Reply, printer: &Printer) -> anyhow::Result<()> {
    for fault in &reply.faults {
        printer.warning(&plain(fault));
    }
    if printer.is_json() {
        let said = said.map(|said| said.line);
        return printer.json(&Envelope::new("novodial.talk_step/1", step(said, reply)));
    }
    if let Some(said) = said {
        printer.data(&printer.paint(Paint::Faint, &why(said, reply)))?;
    }
    for prompt in &reply.say {
        let who = printer.paint(Paint::Strong, "bot   ");
        printer.data(&format!("{who}  {}", plain(&prompt.text)))?;
    }
    let actions: Vec<String> = reply.actions.iter().map(shown).collect();
    if !actions.is_empty() {
        let text = format!("        {}", plain(&actions.join(", ")));
        printer.data(&printer.paint(Paint::Faint, &text))?;
    }
    Ok(())
}

/// `        yes (“конечно”, 0.95): greeting → offer`
fn why(said: &Said<'_>, reply: &Reply) -> String {
    let found = match &reply.evidence {
        Some(evidence) if evidence.by == By::Model => {
            format!("{} (by: model)", evidence.intent)
        }
        Some(evidence) => format!(
            "{} (“{}”, {:.2})",
            evidence.intent,
            evidence.heard,
            evidence.score()
        ),
        None => match said.heard {
            Heard::Key(key) if reply.taken.is_empty() => format!("[{key}] leads nowhere here"),
            Heard::Key(key) => format!("[{key}]"),
            Heard::Silence => "silence".to_owned(),
            Heard::TransferFailed => "nobody takes the call".to_owned(),
            Heard::Words(_) | Heard::Advised { .. } => said.unheard.map_or_else(
                || "nothing understood".to_owned(),
                |unheard| format!("nothing understood ({unheard})"),
            ),
        },
    };
    let way = if reply.from == reply.state {
        format!("stays in {}", reply.state)
    } else {
        format!("{} → {}", reply.from, reply.state)
    };
    format!("        {}", plain(&format!("{found}: {way}")))
}

fn step(said: Option<&str>, reply: &Reply) -> Value {
    let evidence = reply.evidence.as_ref();
    let say: Vec<&str> = reply
        .say
        .iter()
        .map(|prompt| prompt.text.as_str())
        .collect();
    let actions: Vec<String> = reply.actions.iter().map(shown).collect();
    json!({
        "callee": said,
        "intent": evidence.map(|evidence| &evidence.intent),
        "score": evidence.map(crate::dialogue::Evidence::score),
        "evidence": evidence.map(|evidence| &evidence.heard),
        "by": evidence.map(|evidence| evidence.by.as_str()),
        "from": reply.from.0,
        "state": reply.state.0,
        "bot": say,
        "actions": actions,
        "outcome": reply.outcome,
    })
}

fn print_end(dialogue: &Dialogue, printer: &Printer) -> anyhow::Result<()> {
    if printer.is_json() {
        return Ok(());
    }
    let data = dialogue.data();
    let data = if data.as_object().is_some_and(|map| !map.is_empty()) {
        format!(", {data}")
    } else {
        String::new()
    };
    let end = match dialogue.outcome() {
        Some(outcome) => format!("outcome {outcome}{data}"),
        None => format!("left open in state {}{data}", dialogue.state()),
    };
    printer.data(&plain(&end))
}
