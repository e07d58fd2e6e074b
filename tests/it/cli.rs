//! The program as a shell sees it: help, errors, exit codes, JSON. Nothing here reaches out.

use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

/// The Russian offer that is shipped.
pub(crate) const OFFER: &str = include_str!("../../scenarios/offer.ru.toml");

/// A scenario that needs these columns of every lead, and asks one question.
pub(crate) fn visit(name: &str, fields: &[&str], question: &str) -> String {
    let begin = format!(
        r#"
[scenario]
name = "{name}"
language = "en"
start = "hello"
fields = {fields:?}
disclosure = false

[states.hello]
say = "Good day, {{{{ name }}}}! {question}"
on = {{ yes = "bye", no = "bye" }}
"#
    );
    let rest = r#"
[intents.do_not_call]
phrases = ["never call again"]

[global]
no_input = "bye"
no_match = "bye"

[global.on]
do_not_call = "forbid"

[states.bye]
say = "Good bye!"
outcome = "done"

[states.forbid]
say = "Good bye!"
do_not_call = true
outcome = "refused"
"#;
    begin + rest
}

/// A folder to run in, with an environment of its own.
pub(crate) struct Shell {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Shell {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        }
    }

    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        std::fs::write(self.folder.path().join(name), text).unwrap();
        self
    }

    /// Puts the Russian offer into the folder: calls and campaigns are held along it.
    pub(crate) fn offering(self) -> Self {
        self.file("scenario.toml", OFFER)
    }

    /// Sets all that calls need; there is no Asterisk to ring with.
    pub(crate) fn set_up(self) -> Self {
        self.variable("NOVODIAL_ASTERISK_URL", "http://127.0.0.1:9")
            .variable("NOVODIAL_ASTERISK_USERNAME", "novodial")
            .variable("NOVODIAL_ASTERISK_PASSWORD", "secret")
            .variable("ELEVENLABS_API_KEY", "secret")
            .variable("NOVODIAL_ELEVENLABS_VOICE_ID", "voice")
    }

    pub(crate) fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        Command::from_std(self.std_command(arguments))
    }

    /// The command to be started with pipes of one's own.
    pub(crate) fn std_command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("novodial"));
        command
            .env_clear()
            .env("HOME", self.path("home"))
            .envs(self.variables.iter().cloned())
            .current_dir(self.folder.path())
            .args(arguments);
        command
    }

    /// Exit code, stdout and stderr in one text; the folder's name is cut out.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
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

impl Shell {
    /// A command at a terminal, where somebody types this: exit code and all that is shown.
    pub(crate) fn run_and_type(&self, arguments: &[&str], typed: &str) -> (Option<i32>, String) {
        let program = assert_cmd::cargo::cargo_bin!("novodial");
        let words = arguments.iter().map(|word| format!("'{word}'"));
        let words = words.collect::<Vec<_>>().join(" ");
        let output = Command::new("script")
            .env("HOME", self.path("home"))
            .env("TERM", "dumb")
            .envs(self.variables.iter().cloned())
            .current_dir(self.folder.path())
            .args([
                "-qec",
                &format!("'{}' {words}", program.display()),
                "/dev/null",
            ])
            .write_stdin(typed)
            .output()
            .expect("`script` of util-linux");
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), shown)
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_short_help_shows_the_commands_and_examples() {
    let help = Shell::new().run(&["-h"]);
    assert!(
        help.lines().all(|line| line.chars().count() <= 100),
        "{help}"
    );
    insta::assert_snapshot!(help.split("Options:").next().unwrap(), @r"
    0
    --- stdout
    Rings people from your own Asterisk and talks with them along a scenario

    Usage: novodial [OPTIONS] <COMMAND>

    Commands:
      call         Ring one number and print the talk as it happens
      campaign     Work through a lead list
      calls        Look at the calls of the past, end one that is live
      doctor       Check everything that calls need, and mend what is safe to mend
      asterisk     Check and configure your Asterisk
      speech       Try voices, prepare prompts, check the speech service
      novofon      Ask your provider NovoFon: is the line ready, what is left, what was charged
      exchange     Run the exchange of the rehearsals as a process of its own
      scenario     Write, test and prove scenarios before anybody is rung
      amd          Tell people from machines: measure how well, and choose the setting
      do-not-call  Keep the list of numbers that are never rung
      numbering    Know where numbers live: the numbering register, regions, time zones
      init         Write settings, a scenario and a lead list to start from
      docs         Read the documents: scenarios, campaigns, rehearsals, pacing, the doctor
      completions  Print a completion script for your shell
      man          Print the manual page, or write those of all commands
      help         Print this message or the help of the given subcommand(s)
    ");
    assert!(
        help.contains("Examples:\n  novodial campaign run"),
        "{help}"
    );
}

#[test]
fn without_a_command_help_is_wrong_usage() {
    assert!(Shell::new().run(&[]).starts_with("2\n"));
}

#[test]
fn an_unknown_key_is_one_line_and_a_hint() {
    let shell = Shell::new().file("novodial.toml", "[call]\nring_timout = \"30s\"\n");
    insta::assert_snapshot!(shell.run(&["calls", "list"]), @r"
    3
    --- stdout
    --- stderr
    error: novodial.toml:2:1: unknown key `ring_timout` in [call]
    hint: write ring_timeout
    ");
}

#[test]
fn a_bad_value_names_its_variable() {
    let shell = Shell::new().variable("NOVODIAL_POLICY_HOURS", "9-18");
    insta::assert_snapshot!(shell.run(&["calls", "list"]), @r"
    3
    --- stdout
    --- stderr
    error: environment variable NOVODIAL_POLICY_HOURS: policy.hours: `9-18` are no calling hours
    hint: write NOVODIAL_POLICY_HOURS=08:00-22:00, for example
    ");
}

#[test]
fn an_error_in_json_is_one_object_on_stderr() {
    let shell = Shell::new().file(".env", "NOVODIAL_CAMPAIGN_MAX_CALLS=many\n");
    insta::assert_snapshot!(shell.run(&["calls", "list", "--format", "json"]), @r#"
    3
    --- stdout
    --- stderr
    {"schema":"novodial.error/1","code":"settings_bad_value","message":".env:1: NOVODIAL_CAMPAIGN_MAX_CALLS: campaign.max_calls: `many` is not a whole number from 1 to 1000","hint":"write NOVODIAL_CAMPAIGN_MAX_CALLS=5, for example"}
    "#);
}

#[test]
fn wrong_usage_in_json_is_an_object_too() {
    insta::assert_snapshot!(Shell::new().run(&["calls", "show", "--format", "json"]), @r#"
    2
    --- stdout
    --- stderr
    {"schema":"novodial.error/1","code":"usage","message":"the following required arguments were not provided: <ID|last>","hint":"Usage: novodial calls show --format <FORM> <ID|last> For more information, try '--help'."}
    "#);
}

#[test]
fn a_settings_file_that_was_asked_for_must_exist() {
    insta::assert_snapshot!(Shell::new().run(&["calls", "list", "--config", "no.toml"]), @r"
    3
    --- stdout
    --- stderr
    error: no.toml: no such settings file
    hint: check the path after --config, or run `novodial init` to write one
    ");
}

#[test]
fn a_bad_number_is_usage_and_writes_nothing() {
    let shell = Shell::new();
    insta::assert_snapshot!(shell.run(&["do-not-call", "add", "+79000000001", "12"]), @r"
    2
    --- stdout
    --- stderr
    error: `12`: a short or emergency number (2 digits) is never dialled
    hint: write the full number with its area code
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
    0
    --- stdout
    --- stderr
    +79000000007 is never rung from now on
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
    1
    --- stdout
    --- stderr
    error: there is no call 7
    hint: see the calls there are: novodial calls list
    ");
    insta::assert_snapshot!(shell.run(&["calls", "show", "x"]), @r"
    2
    --- stdout
    --- stderr
    error: `x` is not an id: write its digits, such as 42
    hint: see the calls there are: novodial calls list
    ");
    insta::assert_snapshot!(shell.run(&["calls", "list", "--format", "json"]), @r#"
    0
    --- stdout
    {
      "schema": "novodial.calls/1",
      "calls": []
    }
    --- stderr
    "#);
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
    0
    --- stdout
    --- stderr
    desk/novodial.toml: written
    desk/scenario.toml: written
    desk/leads.csv: written
    next: cd desk && novodial campaign run leads.csv --rehearse (the callees are made up, nobody is rung)
    to ring people: set NOVODIAL_ASTERISK_PASSWORD and ELEVENLABS_API_KEY in .env, choose a voice_id (novodial speech voices), then run `novodial doctor`
    ");
    std::fs::write(shell.path("desk/leads.csv"), "mine").unwrap();
    std::fs::remove_file(shell.path("desk/scenario.toml")).unwrap();
    insta::assert_snapshot!(shell.run(&["init", "desk", "--format", "jsonl"]), @r#"
    0
    --- stdout
    {"schema":"novodial.init/1","files":[{"path":"desk/novodial.toml","written":false},{"path":"desk/scenario.toml","written":true},{"path":"desk/leads.csv","written":false}]}
    --- stderr
    "#);
    assert_eq!(read(&shell.path("desk/leads.csv")), "mine");
    let settings = shell.path("desk/novodial.toml").display().to_string();
    // Who only reads makes no ledger.
    let added = shell.run(&["--config", &settings, "do-not-call", "add", "+79000000001"]);
    assert!(added.starts_with("0\n"), "{added}");
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
fn the_limit_of_a_run_counts_calls_and_not_leads() {
    let help = Shell::new().run(&["campaign", "run", "--help"]);
    let limit = help.split("--limit").nth(1).unwrap();
    let limit = limit.split("\n  -").next().unwrap();
    assert!(
        limit.contains("calls") && !limit.contains("leads"),
        "{limit}"
    );
}

#[test]
fn a_simulation_tells_the_hours_it_went_by() {
    let hours = ["--hours", "Mon-Fri 09:00-20:00"];
    let leads = ["campaign", "simulate", "--leads", "20", "--runs", "2"];
    let told = Shell::new().run(&[&leads[..], &hours, &["--format", "json"]].concat());
    assert!(
        told.contains("\"hours\": \"Mon-Fri 09:00-20:00\""),
        "{told}"
    );
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
    // What ended a command of cron is there, too.
    let call = ["call", "8900", "--log-file", "log.jsonl"];
    assert!(shell.run(&call).starts_with("2\n"));
    let log = read(&shell.path("log.jsonl"));
    let last = log.lines().last().unwrap_or_default();
    assert!(last.contains("the command failed"), "{last}");
    let bad = Shell::new()
        .variable("RUST_LOG", "novodial=loud")
        .run(&["calls", "list"]);
    assert!(
        bad.starts_with("2\n") && bad.contains("error: RUST_LOG"),
        "{bad}"
    );
}

/// The parts of an `asterisk check` that a script reads.
fn check_lines(output: &str) -> Vec<(String, String)> {
    let json = output.lines().filter(|line| line.starts_with('{'));
    json.map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["schema"], "novodial.asterisk_check_line/1");
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        (text("what"), text("level"))
    })
    .collect()
}

#[test]
fn a_check_without_a_password_says_where_to_put_it() {
    let shell = Shell::new().variable("NOVODIAL_ASTERISK_USERNAME", "novodial");
    insta::assert_snapshot!(shell.run(&["asterisk", "check"]), @r"
    3
    --- stdout
    --- stderr
    error: asterisk.password: the password of Asterisk is not set (there is no novodial.toml)
    hint: set NOVODIAL_ASTERISK_PASSWORD in the environment or in .env, or write password_file in [asterisk] of novodial.toml
    ");
}

#[test]
fn a_check_of_an_asterisk_that_is_not_there_is_a_failure_with_a_mend() {
    // A port that was free a moment ago, and that nobody listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let shell = Shell::new()
        .variable("NOVODIAL_ASTERISK_URL", &format!("http://127.0.0.1:{port}"))
        .variable("NOVODIAL_ASTERISK_USERNAME", "novodial")
        .variable("NOVODIAL_ASTERISK_PASSWORD", "hunter2");
    let text = shell.run(&["asterisk", "check"]);
    assert!(text.starts_with("1\n--- stdout\nfailure  "), "{text}");
    assert!(
        text.contains("\n         mend: ") && !text.contains("hunter2"),
        "{text}"
    );
    let lines = check_lines(&shell.run(&["asterisk", "check", "--format", "jsonl"]));
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].1, "failure");
}

#[test]
fn a_check_of_the_labs_asterisk_finds_nothing_that_fails() {
    let lab = crate::lab::Lab::shared();
    let mut shell = Shell::new();
    shell.variables = lab.environment();
    let text = shell.run(&["asterisk", "check", "--format", "jsonl"]);
    let lines = check_lines(&text);
    assert!(text.starts_with("0\n"), "{text}");
    assert!(
        lines.len() > 5 && lines.iter().all(|(_, level)| level != "failure"),
        "{text}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_under_the_output_is_told_and_no_defect() {
    let shell = Shell::new();
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    for command in [
        &["calls", "list", "--format", "json"][..],
        &["docs"],
        &["man"],
    ] {
        let mut command = shell.std_command(command);
        let output = command.stdout(full.try_clone().unwrap()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(4), "{said}");
        assert!(said.contains("the output cannot be written"), "{said}");
    }
}
