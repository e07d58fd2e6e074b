//! `novodial scenario graph`: a scenario as a picture.

use std::path::Path;

use anyhow::Context;

use super::past::Past;
use super::source::open;
use crate::cli::{GraphForm, ScenarioGraphArgs};
use crate::commands::Desk;
use crate::dialogue::{Graph, Seen, Traffic};
use crate::output::ExitStatus;
use crate::store::{CallDetail, Speaker};

pub(super) fn graph(arguments: &ScenarioGraphArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let (_, scenario) = open(&arguments.file, desk)?.scenario()?;
    let mut graph = Graph::of(&scenario);
    if let Some(asked) = &arguments.calls {
        let past = Past::find(asked, &scenario.name, arguments.rehearsed, desk)?;
        let mut traffic = Traffic::default();
        for call in past.calls() {
            traffic.add(&seen(&call?));
        }
        let count = past.count();
        desk.printer
            .message(&format!("{count} answered calls along `{}`", scenario.name));
        graph = graph.with(&traffic);
    }
    let form = arguments
        .form
        .unwrap_or_else(|| told_by(arguments.out.as_deref()));
    let text = match form {
        GraphForm::Svg => graph.svg(),
        GraphForm::Dot => graph.dot(),
        GraphForm::Mermaid => graph.mermaid(),
    };
    match &arguments.out {
        Some(out) => std::fs::write(desk.path(out), text)
            .with_context(|| format!("{} cannot be written", out.display()))?,
        None => desk.printer.data(text.trim_end())?,
    }
    Ok(ExitStatus::Success)
}

fn told_by(out: Option<&Path>) -> GraphForm {
    match out.and_then(Path::extension).and_then(|name| name.to_str()) {
        Some("dot" | "gv") => GraphForm::Dot,
        Some("mmd" | "mermaid" | "md") => GraphForm::Mermaid,
        _ => GraphForm::Svg,
    }
}

/// The turns of a call as the picture counts them.
fn seen(call: &CallDetail) -> Vec<Seen> {
    let turns = call.turns.iter();
    turns
        .filter_map(|turn| match (turn.speaker, &turn.state) {
            (Speaker::Bot, Some(state)) => Some(Seen::Bot(state.clone())),
            (Speaker::Bot, None) => None,
            (Speaker::Callee, state) => Some(Seen::Callee(state.clone(), turn.intent.clone())),
        })
        .collect()
}
