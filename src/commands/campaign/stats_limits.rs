//! What the calls of a campaign sounded like, and the limits that `--fail-if` sets.

use serde_json::{Value, json};

use crate::output::{ExitStatus, Paint, Printer, UserError, plain};
use crate::report::{CampaignStats, Limit, LimitError, METRICS, Percentiles, SoundTally};
use crate::settings::nearest;

/// The limits that were given.
#[derive(Debug)]
pub(super) struct Limits(Vec<Limit>);

/// A limit, its metric's value, and whether it is met.
#[derive(Debug)]
struct Judged {
    limit: Limit,
    value: Option<f64>,
    met: Option<bool>,
}

/// The limits against what is so.
#[derive(Debug)]
pub(super) struct Verdict(Vec<Judged>);

impl Limits {
    /// Reads them.
    ///
    /// # Errors
    /// One of them is no limit.
    pub(super) fn parse(texts: &[String]) -> anyhow::Result<Self> {
        let limits = texts.iter().map(|text| Limit::parse(text));
        let limits: Result<Vec<_>, _> = limits.collect();
        Ok(Self(limits.map_err(|error| refused(&error))?))
    }

    /// Holds them against the statistics.
    pub(super) fn judge(self, stats: &CampaignStats) -> Verdict {
        let judged = self.0.into_iter().map(|limit| Judged {
            value: limit.metric.value(stats),
            met: limit.is_met_by(stats),
            limit,
        });
        Verdict(judged.collect())
    }
}

fn refused(error: &LimitError) -> UserError {
    let names = || METRICS.iter().map(|metric| metric.name);
    let hint = match error {
        LimitError::Form(_) => "write like 'gap_p95_ms>900'; signs are > >= < <= == !=".to_owned(),
        LimitError::Number(_) => "write a number, like 900 or 3%".to_owned(),
        LimitError::Share { .. } => "write a share, like 3% or 0.03".to_owned(),
        LimitError::Unknown(name) => {
            let all = names().collect::<Vec<_>>().join(", ");
            match nearest(name, names()) {
                Some(near) => format!("did you mean `{near}`? There are: {all}"),
                None => format!("there are: {all}"),
            }
        }
    };
    let message = format!("--fail-if: {error}");
    UserError::new(ExitStatus::Usage, "bad_limit", message).hint(hint)
}

impl Verdict {
    /// 1 where a limit is met.
    pub(super) fn status(&self) -> ExitStatus {
        if self.0.iter().any(|judged| judged.met == Some(true)) {
            ExitStatus::No
        } else {
            ExitStatus::Success
        }
    }

    /// Tells what failed, and what could not be judged.
    pub(super) fn print(&self, printer: &Printer) -> anyhow::Result<()> {
        for judged in &self.0 {
            let limit = judged.limit.to_string();
            match (judged.met, judged.value) {
                (Some(true), Some(value)) => {
                    let line = format!("failed: {limit}: it is {value:.4}");
                    printer.data(&printer.paint(Paint::Bad, &plain(&line)))?;
                }
                (None, _) | (_, None) => {
                    printer.warning(&format!("{limit}: nothing was measured"));
                }
                (Some(false), Some(_)) => {}
            }
        }
        Ok(())
    }

    /// The same for a program.
    pub(super) fn json(&self) -> Value {
        let judged = self.0.iter().map(|judged| {
            json!({
                "limit": judged.limit.to_string(), "metric": judged.limit.metric.name,
                "value": judged.value, "failed": judged.met,
            })
        });
        judged.collect()
    }
}

fn ranks_json(ranks: Option<Percentiles>) -> Value {
    ranks.map_or(Value::Null, |ranks| {
        json!({
            "n": ranks.count, "p50_ms": ranks.p50, "p95_ms": ranks.p95, "max_ms": ranks.max,
        })
    })
}

/// What the calls sounded like, for a program.
pub(super) fn sound_json(sound: &SoundTally) -> Value {
    json!({
        "calls": sound.calls, "gaps": ranks_json(sound.gaps()),
        "barge_in_stops": ranks_json(sound.stops()), "dead_air": ranks_json(sound.silences()),
        "talk_over": ranks_json(sound.talk_over()), "clipped": sound.clipped,
        "underruns": sound.underruns,
    })
}

/// What the calls sounded like, for a person.
pub(super) fn sound_lines(sound: &SoundTally) -> Vec<(&'static str, String)> {
    let ranked = |name, ranks: Option<Percentiles>| {
        let text = |ranks: Percentiles| {
            format!(
                "{} ms (median), 95 % within {} ms, of {}",
                ranks.p50, ranks.p95, ranks.count
            )
        };
        ranks.map(|ranks| (name, text(ranks)))
    };
    let mut lines: Vec<_> = [
        ranked("answered after", sound.gaps()),
        ranked("silent when cut after", sound.stops()),
        ranked("longest silence", sound.silences()),
        ranked("both spoke", sound.talk_over()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if sound.calls > 0 {
        let text = format!("{} of {} calls", sound.clipped, sound.calls);
        lines.push(("last words cut", text));
        lines.push(("holes in our speech", sound.underruns.to_string()));
    }
    lines
}
