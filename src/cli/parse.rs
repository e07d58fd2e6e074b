//! Reads the command line.

use std::ffi::OsString;

use clap::Parser;

use super::Cli;
use crate::output::Usage;

/// Reads the command line; the first argument is the program's name.
///
/// # Errors
/// Help, version or wrong usage, to be printed by the caller.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, Usage> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    Cli::try_parse_from(&arguments).map_err(|error| Usage {
        error,
        json: asks_for_json(&arguments),
    })
}

/// Whether JSON was asked for, as far as a command line that could not be read tells.
fn asks_for_json(arguments: &[OsString]) -> bool {
    let is_json = |text: &str| ["json", "jsonl"].contains(&text);
    let texts: Vec<&str> = arguments.iter().filter_map(|text| text.to_str()).collect();
    texts
        .iter()
        .any(|text| text.strip_prefix("--format=").is_some_and(is_json))
        || texts
            .windows(2)
            .any(|pair| matches!(pair, ["--format", form] if is_json(form)))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn line(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn wrong_usage_knows_the_form_that_was_asked_for() {
        for (text, json) in [
            ("novodial call", false),
            ("novodial call --format json", true),
            ("novodial --format=jsonl nonsense", true),
            ("novodial calls show --format text", false),
        ] {
            assert_eq!(parse(line(text)).unwrap_err().json, json, "{text}");
        }
    }

    #[test]
    fn every_command_has_two_examples_and_a_first_line_that_fits() {
        fn walk(command: &clap::Command, seen: &mut usize) {
            let about = command
                .get_about()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                !about.is_empty() && about.chars().count() <= 80,
                "{}: {about}",
                command.get_name()
            );
            let examples = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            let lines = examples
                .lines()
                .filter(|line| line.starts_with("  novodial "));
            assert!(lines.count() >= 2, "{}: {examples}", command.get_name());
            assert!(
                !examples.contains("docs/"),
                "{examples}: novodial docs NAME"
            );
            *seen += 1;
            command
                .get_subcommands()
                .for_each(|inner| walk(inner, seen));
        }
        let mut seen = 0;
        walk(&Cli::command(), &mut seen);
        assert!(seen > 10, "{seen}");
    }
}
