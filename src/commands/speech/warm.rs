//! `novodial speech warm`: the prompts of a scenario into the cache, with an estimate first.

use std::path::Path;

use serde_json::json;

use crate::commands::written::counted;
use crate::commands::{Desk, scenario};
use crate::dialogue::Scenario;
use crate::driver;
use crate::output::{Envelope, ExitStatus, UserError};
use crate::speech::{ElevenLabs, SpeechError, Synthesizer};

/// How the cache stands for a scenario.
#[derive(Debug)]
pub(in crate::commands) struct Prepared {
    /// Prompts that are the same for everybody.
    pub(in crate::commands) prompts: usize,
    /// Those of them that are not in the cache.
    pub(in crate::commands) missing: Vec<String>,
}

impl Prepared {
    /// Characters still to be paid for.
    pub(in crate::commands) fn characters(&self) -> usize {
        self.missing.iter().map(|text| text.chars().count()).sum()
    }
}

/// Looks which prompts of a scenario are in the cache.
pub(in crate::commands) async fn prepared(scenario: &Scenario, speech: &ElevenLabs) -> Prepared {
    let mut prompts = scenario.constant_prompts();
    prompts.sort();
    prompts.dedup();
    let mut missing = Vec::new();
    let count = prompts.len();
    for text in prompts {
        if !speech.is_cached(&text).await {
            missing.push(text);
        }
    }
    Prepared {
        prompts: count,
        missing,
    }
}

pub(super) fn warm(named: &Path, yes: bool, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let (shown, scenario) = scenario::open(named, desk)?.scenario()?;
    let speech = driver::speech(&settings, scenario.language)?;
    desk.block_on(async {
        let prepared = prepared(&scenario, &speech).await;
        let credits = if prepared.missing.is_empty() {
            None
        } else {
            credits(&prepared, &speech).await
        };
        if !prepared.missing.is_empty() {
            tell(&shown, &prepared, credits, desk);
            agreed(yes, desk)?;
            for (done, text) in prepared.missing.iter().enumerate() {
                speech.prompt(text).await?;
                tracing::info!(
                    done = done + 1,
                    of = prepared.missing.len(),
                    "prompt spoken"
                );
            }
        }
        report(&shown, &prepared, credits, desk)
    })?;
    Ok(ExitStatus::Success)
}

/// What the missing prompts cost; `None` where the service does not tell.
async fn credits(prepared: &Prepared, speech: &ElevenLabs) -> Option<u64> {
    let each = match speech.credits_a_character().await {
        Ok(each) => each?,
        Err(SpeechError { message, .. }) => {
            tracing::info!(message, "the price of the model is not known");
            return None;
        }
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates, and a price is not negative"
    )]
    let credits = (prepared.characters() as f64 * each).ceil() as u64;
    Some(credits)
}

fn tell(shown: &str, prepared: &Prepared, credits: Option<u64>, desk: &Desk<'_>) {
    let price = credits.map_or_else(String::new, |credits| format!(", some {credits} credits"));
    desk.printer.message(&format!(
        "{shown}: {} of {} prompts are cached; {} to be spoken: {}{price}",
        prepared.prompts - prepared.missing.len(),
        prepared.prompts,
        prepared.missing.len(),
        counted(prepared.characters(), "character"),
    ));
}

/// Pays only after somebody said so.
fn agreed(yes: bool, desk: &Desk<'_>) -> anyhow::Result<()> {
    if yes || desk.printer.confirm("Speak them now?")? {
        return Ok(());
    }
    Err(
        UserError::new(ExitStatus::No, "not_confirmed", "nothing was spoken")
            .hint("say --yes")
            .into(),
    )
}

fn report(
    shown: &str,
    prepared: &Prepared,
    credits: Option<u64>,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let spoken = prepared.missing.len();
    if desk.printer.is_json() {
        let body = json!({
            "scenario": shown, "prompts": prepared.prompts, "spoken": spoken,
            "characters": prepared.characters(), "credits": credits,
        });
        return desk
            .printer
            .json(&Envelope::new("novodial.speech_warm/1", body));
    }
    desk.printer.data(&format!(
        "{shown}: all {} prompts are cached, {spoken} of them spoken now",
        prepared.prompts
    ))
}
