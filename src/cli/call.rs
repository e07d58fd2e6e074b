//! `novodial call`

use std::path::PathBuf;

use clap::Args;

use super::RehearsalArgs;

/// Ring one number and print the talk as it happens.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial call +79000000001 --scenario offer.ru
  novodial call +79000000001 --rehearse --callee asks_price
  novodial call '8 (900) 000-00-01' --scenario scenario.toml --var name=Anna --format json

Exit codes: 0 answered, 10 busy, 11 no_answer, 12 rejected, 13 invalid_number, 14 machine,
15 congestion, trunk_refused, trunk_unreachable, 16 unreachable, 17 blocked by policy.")]
pub struct CallArgs {
    /// The number: +7..., 8..., ten digits; spaces, brackets and dashes do not matter
    #[arg(value_name = "NUMBER", allow_hyphen_values = false)]
    pub number: String,
    /// The scenario to talk along, a file or one that is shipped [default: scenario.toml]
    #[arg(long, value_name = "FILE", help_heading = "Dialogue")]
    pub scenario: Option<PathBuf>,
    /// A field of the lead, for {{ name }} in prompts; may be repeated
    #[arg(long = "var", value_name = "NAME=TEXT", value_parser = pair, help_heading = "Dialogue")]
    pub variables: Vec<(String, String)>,
    /// The number that the callee sees
    #[arg(long, value_name = "NUMBER", help_heading = "Call")]
    pub caller_id: Option<String>,
    /// Do not record
    #[arg(long, help_heading = "Call")]
    pub no_record: bool,
    /// Check number, policy, scenario and settings, and ring nobody
    #[arg(long, conflicts_with = "rehearse", help_heading = "Call")]
    pub dry_run: bool,
    /// Who is rung in the rehearsal; drawn if not given
    #[arg(
        long,
        value_name = "NAME",
        requires = "rehearse",
        help_heading = "Rehearsal"
    )]
    pub callee: Option<String>,
    /// Rehearsing
    #[command(flatten)]
    pub rehearsal: RehearsalArgs,
}

/// Splits `name=text`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .filter(|(name, _)| !name.trim().is_empty())
        .ok_or("write it as name=text")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_split_at_its_first_sign() {
        assert_eq!(pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(pair("=b").is_err());
        assert!(pair("ab").is_err());
    }
}
