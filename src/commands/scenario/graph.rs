//! `novodial scenario graph`: a scenario as a picture.

use std::path::Path;

use anyhow::Context;

use super::past::Past;
use super::source::open;
use crate::cli::{GraphForm, ScenarioGraphArgs};
use crate::commands::Desk;
use crate::commands::written::counted;
use crate::dialogue::{Graph, Seen, Traffic};
use crate::output::{ExitStatus, UserError, plain};
use crate::store::{CallDetail, Speaker};

pub(super) fn graph(arguments: &ScenarioGraphArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let form = match arguments.form {
        Some(form) => form,
        None => told_by(arguments.out.as_deref())?,
    };
    let (_, scenario) = open(&arguments.file, desk)?.scenario()?;
    let mut graph = Graph::of(&scenario);
    if let Some(asked) = &arguments.calls {
        let past = Past::find(asked, &scenario.name, arguments.rehearsed, desk)?;
        let mut traffic = Traffic::default();
        for call in past.calls() {
            traffic.add(&seen(&call?));
        }
        let count = past.count();
        desk.printer.message(&format!(
            "{} along `{}`",
            counted(count, "answered call"),
            scenario.name
        ));
        graph = graph.with(&traffic);
    }
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

/// The form that the name of the file tells.
///
/// # Errors
/// It tells one that is not drawn, like PNG.
fn told_by(out: Option<&Path>) -> Result<GraphForm, UserError> {
    let Some(extension) = out.and_then(Path::extension) else {
        return Ok(GraphForm::Svg);
    };
    let extension = extension.to_string_lossy().to_lowercase();
    match extension.as_str() {
        "svg" => Ok(GraphForm::Svg),
        "dot" | "gv" => Ok(GraphForm::Dot),
        "mmd" | "mermaid" | "md" => Ok(GraphForm::Mermaid),
        _ => {
            let message = format!(
                "`.{}` is no form that a picture is drawn in",
                plain(&extension)
            );
            let named = out.map(|out| out.with_extension("svg").display().to_string());
            let svg = plain(&named.unwrap_or_default()).into_owned();
            Err(UserError::new(ExitStatus::Usage, "bad_form", message).hint(format!(
                "write {svg}, which every browser opens and prints, a .dot or a .mmd; or say --as svg"
            )))
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_file_tells_the_form_or_is_refused() {
        let told = |out: &str| told_by(Some(Path::new(out)));
        assert!(matches!(told_by(None), Ok(GraphForm::Svg)));
        assert!(matches!(told("d.SVG"), Ok(GraphForm::Svg)));
        assert!(matches!(told("d.gv"), Ok(GraphForm::Dot)));
        assert!(matches!(told("d.md"), Ok(GraphForm::Mermaid)));
        let refused = told("pictures/d.png").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "`.png` is no form that a picture is drawn in"
        );
        assert!(refused.hint.unwrap().starts_with("write pictures/d.svg, "));
    }
}
