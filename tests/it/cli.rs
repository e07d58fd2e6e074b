//! The program as a shell sees it: help, errors, exit codes, JSON. Nothing here reaches out.

use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

/// A folder to run in, with an environment of its own.
struct Shell {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Shell {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        }
    }

    fn file(self, name: &str, text: &str) -> Self {
        std::fs::write(self.folder.path().join(name), text).unwrap();
        self
    }

    fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("novodial").unwrap();
        command
            .env_clear()
            .env("HOME", self.path("home"))
            .envs(self.variables.iter().cloned())
            .current_dir(self.folder.path())
            .args(arguments);
        command
    }

    /// Exit code, stdout and stderr in one text; the folder's name is cut out.
    fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let text = format!(
            "{}\n--- stdout\n{}--- stderr\n{}",
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        );
        text.replace(&self.folder.path().display().to_string(), "[folder]")
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_short_help_shows_the_commands_and_two_examples() {
    let help = Shell::new().run(&["-h"]);
    assert!(
        help.lines().all(|line| line.chars().count() <= 100),
        "{help}"
    );
    insta::assert_snapshot!(help.split("Options:").next().unwrap(), @r"
    ");
    assert!(help.contains("Examples:\n  novodial init"), "{help}");
}

#[test]
fn without_a_command_help_is_wrong_usage() {
    assert!(Shell::new().run(&[]).starts_with("2\n"));
}

#[test]
fn an_unknown_key_is_one_line_and_a_hint() {
    let shell = Shell::new().file("novodial.toml", "[call]\nring_timout = \"30s\"\n");
    insta::assert_snapshot!(shell.run(&["calls", "list"]), @r"
    ");
}

#[test]
fn a_bad_value_names_its_variable() {
    let shell = Shell::new().variable("NOVODIAL_POLICY_HOURS", "9-18");
    insta::assert_snapshot!(shell.run(&["calls", "list"]), @r"
    ");
}

#[test]
fn an_error_in_json_is_one_object_on_stderr() {
    let shell = Shell::new().file(".env", "NOVODIAL_CAMPAIGN_MAX_CALLS=many\n");
    insta::assert_snapshot!(shell.run(&["calls", "list", "--format", "json"]), @r"
    ");
}

#[test]
fn wrong_usage_in_json_is_an_object_too() {
    insta::assert_snapshot!(Shell::new().run(&["calls", "show", "--format", "json"]), @r"
    ");
}

#[test]
fn a_settings_file_that_was_asked_for_must_exist() {
    insta::assert_snapshot!(Shell::new().run(&["calls", "list", "--config", "no.toml"]), @r"
    ");
}

#[test]
fn a_bad_number_is_usage_and_writes_nothing() {
    let shell = Shell::new();
    insta::assert_snapshot!(shell.run(&["do-not-call", "add", "+79000000001", "12"]), @r"
    ");
    assert!(
        shell
            .run(&["do-not-call", "list"])
            .contains("the list is empty")
    );
}

#[test]
fn a_number_on_the_do_not_call_list_is_found_in_any_spelling() {
    let shell = Shell::new();
    insta::assert_snapshot!(shell.run(&["do-not-call", "add", "8 (900) 000-00-07"]), @r"
    ");
    assert!(
        shell
            .run(&["do-not-call", "check", "9000000007"])
            .starts_with("1\n")
    );
    assert!(
        shell
            .run(&["do-not-call", "check", "9000000008"])
            .starts_with("0\n")
    );
    let line = shell.run(&["do-not-call", "list", "--format", "jsonl"]);
    assert!(
        line.contains(r#"{"schema":"novodial.do_not_call_entry/1","number":"+79000000007""#),
        "{line}"
    );
    assert!(
        shell
            .run(&["do-not-call", "remove", "+79000000007"])
            .starts_with("0\n")
    );
    assert!(
        shell
            .run(&["do-not-call", "remove", "+79000000007"])
            .starts_with("1\n")
    );
}

#[test]
fn a_call_that_is_not_there_is_no_defect() {
    let shell = Shell::new();
    insta::assert_snapshot!(shell.run(&["calls", "show", "7"]), @r"
    ");
    insta::assert_snapshot!(shell.run(&["calls", "show", "x"]), @r"
    ");
    insta::assert_snapshot!(shell.run(&["calls", "list", "--format", "json"]), @r"
    ");
}

#[test]
fn a_ledger_that_is_no_database_is_named_and_left_alone() {
    let shell = Shell::new().file(
        "novodial.db",
        "not a database, and long enough to be looked at",
    );
    let text = shell.run(&["calls", "list"]);
    assert!(
        text.starts_with("3\n") && text.contains("novodial.db") && text.contains("hint:"),
        "{text}"
    );
    assert!(read(&shell.path("novodial.db")).starts_with("not a database"));
}

#[test]
fn init_writes_three_files_and_never_overwrites() {
    let shell = Shell::new();
    insta::assert_snapshot!(shell.run(&["init", "desk"]), @r"
    ");
    std::fs::write(shell.path("desk/leads.csv"), "mine").unwrap();
    std::fs::remove_file(shell.path("desk/scenario.toml")).unwrap();
    insta::assert_snapshot!(shell.run(&["init", "desk", "--format", "jsonl"]), @r"
    ");
    assert_eq!(read(&shell.path("desk/leads.csv")), "mine");
    let settings = shell.path("desk/novodial.toml").display().to_string();
    let listed = shell.run(&["--config", &settings, "calls", "list"]);
    assert!(listed.starts_with("0\n"), "{listed}");
    assert!(
        shell.path("desk/novodial.db").exists(),
        "paths are relative to the settings file"
    );
}

#[test]
fn completions_and_man_need_no_settings() {
    let shell = Shell::new().file("novodial.toml", "broken");
    for name in ["bash", "zsh", "fish", "powershell"] {
        let script = shell.run(&["completions", name]);
        assert!(
            script.starts_with("0\n") && script.contains("do-not-call"),
            "{name}"
        );
    }
    let page = shell.run(&["man"]);
    assert!(page.starts_with("0\n--- stdout\n.ie"), "{page}");
    assert!(shell.run(&["man", "--out", "pages"]).starts_with("0\n"));
    assert!(shell.path("pages/novodial-calls-show.1").exists());
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let shell = Shell::new();
    let program = assert_cmd::cargo::cargo_bin("novodial");
    let mut child = std::process::Command::new(program)
        .args(["completions", "bash"])
        .current_dir(shell.folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn colours_are_only_where_they_are_asked_for() {
    let shell = Shell::new();
    assert!(!shell.run(&["calls", "show", "7"]).contains('\u{1b}'));
    let text = shell.run(&["calls", "show", "7", "--color", "always"]);
    assert!(
        text.contains("\u{1b}[1;31merror\u{1b}[0m: there is no call 7"),
        "{text:?}"
    );
}

#[test]
fn quiet_keeps_errors_and_drops_messages() {
    let shell = Shell::new();
    assert_eq!(shell.run(&["init", "-q"]), "0\n--- stdout\n--- stderr\n");
    assert!(
        shell
            .run(&["calls", "show", "7", "-q"])
            .contains("error: there is no call 7")
    );
}

#[test]
fn a_log_file_holds_json_and_a_bad_filter_is_usage() {
    let shell = Shell::new();
    assert!(
        shell
            .run(&["calls", "list", "--log-file", "log.jsonl"])
            .starts_with("0\n")
    );
    let log = read(&shell.path("log.jsonl"));
    assert!(
        log.lines().count() > 0 && log.lines().all(|line| line.starts_with('{')),
        "{log}"
    );
    let bad = Shell::new()
        .variable("RUST_LOG", "novodial=loud")
        .run(&["calls", "list"]);
    assert!(
        bad.starts_with("2\n") && bad.contains("error: RUST_LOG"),
        "{bad}"
    );
}
