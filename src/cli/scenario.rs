//! `novodial scenario`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::call::pair;

/// Write, test and prove scenarios before anybody is rung.
#[derive(Debug, Subcommand)]
pub enum ScenarioCommand {
    /// Check a scenario and name each fault with its line.
    #[command(after_help = "\
Examples:
  novodial scenario check scenario.toml
  novodial scenario check scenario.toml --given name,debt --format json

Exits with 1 if there is something to remark, with 3 if it cannot be used.
How scenarios are written: novodial docs scenario")]
    Check {
        /// The scenario: a file, or the name of one that is shipped
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Columns that every lead brings, separated by commas
        #[arg(
            long,
            value_name = "NAMES",
            value_delimiter = ',',
            default_value = "name"
        )]
        given: Vec<String>,
    },
    /// Print a scenario that is shipped, to copy it; without a name: which there are.
    #[command(after_help = "\
Examples:
  novodial scenario show
  novodial scenario show survey.ru > scenario.toml
  novodial scenario show common.ru     (what others include: opt-out, a person, who is calling)")]
    Show {
        /// Its name
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    /// Try every talk a scenario allows: ends, opt-outs, a person, the longest call.
    Verify(ScenarioVerifyArgs),
    /// Draw a scenario.
    Graph(ScenarioGraphArgs),
    /// Talk to a scenario in the terminal, and see what it understands.
    Talk(ScenarioTalkArgs),
    /// Hold dialogues written as text against a scenario, and print what they cover.
    Test(ScenarioTestArgs),
    /// Tell the intent of each line of standard input, as JSON lines.
    #[command(after_help = "\
Examples:
  novodial scenario classify offer.ru < said.txt
  novodial scenario classify scenario.toml --state offer < said.txt

Without --state all intents compete, the standard ones and the scenario's own.")]
    Classify {
        /// The scenario: a file, or the name of one that is shipped
        #[arg(value_name = "SCENARIO")]
        file: PathBuf,
        /// Only what this state listens for, its slots among it
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
    },
    /// Hold past calls along an edited scenario, and see where they would differ.
    Backtest(ScenarioBacktestArgs),
    /// Print the JSON schema of the language, for editors.
    #[command(after_help = "\
Examples:
  novodial scenario schema > scenario.schema.json
  novodial scenario schema | jq '.properties | keys'
  sed -i '1i #:schema ./scenario.schema.json' scenario.toml    (Taplo and its editors)")]
    Schema,
}

/// Try every talk a scenario allows.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial scenario verify scenario.toml
  novodial scenario verify scenario.toml --minute 2.5 --thousand-characters 20 --show

Exits with 1 if something does not hold.")]
pub struct ScenarioVerifyArgs {
    /// The scenario: a file, or the name of one that is shipped
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Also print the dialogues of the longest calls and of each outcome
    #[arg(long)]
    pub show: bool,
    /// What a minute costs [default: that of `[tariff]`, to a mobile phone]
    #[arg(long, value_name = "MONEY", value_parser = amount, help_heading = "Tariff")]
    pub minute: Option<f64>,
    /// What an attempt costs [default: that of `[tariff]`]
    #[arg(long, value_name = "MONEY", value_parser = amount, help_heading = "Tariff")]
    pub attempt: Option<f64>,
    /// What a thousand characters of speech cost
    #[arg(
        long,
        value_name = "MONEY",
        value_parser = amount,
        default_value_t = 0.0,
        help_heading = "Tariff"
    )]
    pub thousand_characters: f64,
}

/// The form of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphForm {
    /// A picture that opens in every browser
    Svg,
    /// For Graphviz
    Dot,
    /// For Markdown pages
    Mermaid,
}

/// Draw a scenario.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial scenario graph scenario.toml --out scenario.svg
  novodial scenario graph scenario.toml --calls last:1000 --out traffic.svg
  novodial scenario graph offer.ru --as mermaid")]
pub struct ScenarioGraphArgs {
    /// The scenario: a file, or the name of one that is shipped
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The form of the picture; told by the name of the file unless given
    #[arg(long = "as", value_name = "FORM", value_enum)]
    pub form: Option<GraphForm>,
    /// Write it to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Put the traffic of past calls on the arrows
    #[arg(long, value_name = "last:N|all|campaign:NAME")]
    pub calls: Option<String>,
    /// Take the calls of rehearsals instead of real ones
    #[arg(long, requires = "calls")]
    pub rehearsed: bool,
}

/// Talk to a scenario in the terminal.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial scenario talk scenario.toml
  novodial scenario talk offer.ru --var name=Анна
  printf 'да\\n[1]\\n' | novodial scenario talk scenario.toml --format jsonl

Type what the callee says. An empty line is silence, [1] is a key, Ctrl-D leaves.")]
pub struct ScenarioTalkArgs {
    /// The scenario: a file, or the name of one that is shipped
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// A field of the lead, for {{ name }} in prompts; may be repeated
    #[arg(long = "var", value_name = "NAME=TEXT", value_parser = pair)]
    pub variables: Vec<(String, String)>,
    /// The callee's local time, as 2026-11-23T10:00; now unless given
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
}

/// Hold dialogues written as text against a scenario.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial scenario test scenario.toml                 with dialogues/scenario*.txt beside it
  novodial scenario test scenario.toml said.txt --all

A dialogue:
  == consent at once
  bot: Здравствуйте! …
  callee: да
  state: offer
  callee: [1]
  outcome: agreed

Exits with 1 if a dialogue does not go as written, and with --all if a transition is not covered.")]
pub struct ScenarioTestArgs {
    /// The scenario: a file, or the name of one that is shipped
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Files of dialogues; those in `dialogues/` beside the scenario unless given
    #[arg(value_name = "DIALOGUES")]
    pub dialogues: Vec<PathBuf>,
    /// Demand that every state and transition is covered
    #[arg(long)]
    pub all: bool,
}

/// Hold past calls along an edited scenario.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial scenario backtest scenario.toml --calls last:1000
  novodial scenario backtest scenario.toml --calls campaign:november --format json

After the first turn in which the edited scenario says something else nobody knows what the
callee would have answered: unless it ends the talk there, the outcome is unknown.")]
pub struct ScenarioBacktestArgs {
    /// The edited scenario
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Which calls
    #[arg(
        long,
        value_name = "last:N|all|campaign:NAME",
        default_value = "last:1000"
    )]
    pub calls: String,
    /// Take the calls of rehearsals instead of real ones
    #[arg(long)]
    pub rehearsed: bool,
    /// List every call that goes another way
    #[arg(long)]
    pub list: bool,
}

/// Money as people type it, with a point or a comma.
fn amount(text: &str) -> Result<f64, String> {
    let number = text.trim().replace(',', ".").parse::<f64>().ok();
    let amount = number.filter(|number| number.is_finite() && *number >= 0.0);
    amount.ok_or_else(|| "it is no amount of money; write it like 2.50".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_typed_with_a_point_or_a_comma() {
        for (text, read) in [("2.5", 2.5), ("2,50", 2.5), (" 3 ", 3.0), ("0", 0.0)] {
            assert!((amount(text).unwrap() - read).abs() < 1e-9, "{text}");
        }
        for text in ["", "two", "2,5,0", "-1", "inf", "nan"] {
            assert!(amount(text).unwrap_err().contains("like 2.50"), "{text}");
        }
    }
}
