//! `novodial campaign simulate`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::PolicyArgs;
use crate::line::Disposition;

/// Live a campaign through on a virtual clock: when would the list be exhausted?
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial campaign simulate leads.csv --slots 10 --mode adaptive
  novodial campaign simulate --leads 100000 --answers 20% --slots 20 --days 7 --svg week.svg
  novodial campaign simulate leads.csv --preset ru --set policy.lead_per_day=1

Nobody is rung and nothing is written to the ledger. The planner is the one that rings people;
the people are made up: see `novodial docs pacing` for what they are like.")]
pub struct CampaignSimulateArgs {
    /// The lead list: CSV with a header, as for `campaign run`
    #[arg(value_name = "LEADS.csv", required_unless_present = "count")]
    pub leads: Option<PathBuf>,
    /// Simulate so many leads without a list
    #[arg(long = "leads", value_name = "N", conflicts_with = "leads",
          value_parser = clap::value_parser!(u32).range(1..=2_000_000), help_heading = "Campaign")]
    pub count: Option<u32>,
    /// The column of the numbers, if it cannot be told from the header
    #[arg(long, value_name = "NAME", help_heading = "Campaign")]
    pub phone_column: Option<String>,
    /// The first day [default: tomorrow]
    #[arg(long, value_name = "DATE", help_heading = "Campaign")]
    pub from: Option<Date>,
    /// Break off after so many days
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=366),
          help_heading = "Campaign")]
    pub days: u16,
    #[arg(
        long,
        help = "The callee's local hours in which it may ring ([policy] hours)",
        value_name = "HH:MM-HH:MM",
        help_heading = "Campaign"
    )]
    pub hours: Option<String>,
    /// Attempts of a lead in all, at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=50), help_heading = "Campaign")]
    pub attempts: Option<u32>,
    /// Conversations at once [default: the calls at once of the settings]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000), help_heading = "Pacing")]
    pub slots: Option<u32>,
    /// Calls at once, ringing ones counted [default: the slots, or ten times as many if adaptive]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000), help_heading = "Pacing")]
    pub max_calls: Option<u32>,
    #[arg(
        long = "cps",
        help = "New calls a second ([campaign] calls_per_second)",
        value_name = "RATE",
        help_heading = "Pacing"
    )]
    pub calls_per_second: Option<String>,
    /// How many lines ring beside the talks
    #[arg(long, value_enum, default_value_t = PacingMode::Progressive, help_heading = "Pacing")]
    pub mode: PacingMode,
    /// The share of answers that may be dropped, in the adaptive mode
    #[arg(long, value_name = "SHARE", default_value = "3%", value_parser = share, help_heading = "Pacing")]
    pub max_drop: f64,
    /// Whom a rehearsal would meet: a folder of callees of one's own [default: those shipped]
    #[arg(long, value_name = "FOLDER", help_heading = "People")]
    pub callees: Option<PathBuf>,
    /// The share of first calls that are answered, by a person or a machine
    #[arg(long, value_name = "SHARE", value_parser = share, help_heading = "People")]
    pub answers: Option<f64>,
    /// The share of answers given by a machine
    #[arg(long, value_name = "SHARE", value_parser = share, help_heading = "People")]
    pub machines: Option<f64>,
    /// How calls end that nobody answers, by weight: `no_answer=55,unreachable=22,busy=9`
    #[arg(long, value_name = "WORD=N,…", value_delimiter = ',', value_parser = weight, help_heading = "People")]
    pub weights: Vec<(Disposition, f64)>,
    /// How long talks last on average, in seconds
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..=3600), help_heading = "People")]
    pub talk: Option<u16>,
    /// Where chance begins; the same seed gives the same days
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        help_heading = "Simulation"
    )]
    pub seed: u64,
    /// Runs, each from the next seed, for the bands
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000),
          help_heading = "Simulation")]
    pub runs: u16,
    /// Draw the days into this file
    #[arg(long, value_name = "FILE", help_heading = "Simulation")]
    pub svg: Option<PathBuf>,
    /// The policy.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// How many lines ring beside the talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PacingMode {
    /// One for each free conversation
    Progressive,
    /// More, by how many answer, with drops below --max-drop
    Adaptive,
}

/// Reads `3%` or `0.03`.
fn share(text: &str) -> Result<f64, String> {
    let bad = || format!("`{text}` is no share: write 3% or 0.03");
    let (number, whole) = match text.trim().strip_suffix('%') {
        Some(number) => (number, 100.0),
        None => (text.trim(), 1.0),
    };
    let number: f64 = number.trim_end().parse().map_err(|_| bad())?;
    let share = number / whole;
    (0.0..=1.0)
        .contains(&share)
        .then_some(share)
        .ok_or_else(bad)
}

/// Reads `busy=9`.
fn weight(text: &str) -> Result<(Disposition, f64), String> {
    let bad = || format!("`{text}` is no weight: write busy=9");
    let (word, number) = text.split_once('=').ok_or_else(bad)?;
    let number: f64 = number.trim().parse().map_err(|_| bad())?;
    if !(number.is_finite() && number >= 0.0) {
        return Err(bad());
    }
    let word = word.trim();
    let missed = [
        Disposition::NoAnswer,
        Disposition::Unreachable,
        Disposition::Rejected,
        Disposition::Busy,
    ];
    let known = missed.into_iter().find(|known| known.as_str() == word);
    let known = known.ok_or_else(|| {
        let words = missed.map(Disposition::as_str).join(", ");
        format!("`{word}` is no end of a call that nobody answers: {words}")
    })?;
    Ok((known, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percent_or_parts_of_one() {
        for (text, expected) in [("3%", 0.03), ("0.03", 0.03), (" 100 %", 1.0), ("0", 0.0)] {
            assert!((share(text).unwrap() - expected).abs() < 1e-12, "{text}");
        }
        for text in ["", "3", "-1%", "101%", "NaN", "a third"] {
            assert!(share(text).is_err(), "{text}");
        }
    }

    #[test]
    fn weights_name_an_end_without_an_answer() {
        assert_eq!(weight("busy=9"), Ok((Disposition::Busy, 9.0)));
        for text in [
            "busy",
            "busy=",
            "busy=-1",
            "answered=3",
            "late=1",
            "busy=inf",
        ] {
            assert!(weight(text).is_err(), "{text}");
        }
    }
}
