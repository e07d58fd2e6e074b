//! Lead lists as people export them, through the program: every row that is none is explained.

use std::io::Write as _;
use std::process::Stdio;

use crate::cli::{Shell, visit};
use crate::killed::SCENARIO;

const NASTY: &[u8] = include_bytes!("leads/nasty.csv");
const WINDOWS: &[u8] = include_bytes!("leads/windows-1251.csv");

fn shell(list: &[u8]) -> Shell {
    let shell = Shell::new();
    std::fs::write(shell.path("leads.csv"), list).unwrap();
    shell
}

/// What a check says, but for the line that hangs on the hour.
fn lasting(said: &str) -> String {
    let hangs = |line: &&str| line.contains(" may be rung now") || line.contains(" later, ");
    assert_eq!(said.lines().filter(hangs).count(), 1, "{said}");
    let lines = said.lines().filter(|line| !hangs(line));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn every_bad_row_of_a_nasty_list_is_explained_beforehand() {
    let shell = shell(NASTY);
    insta::assert_snapshot!(lasting(&shell.run(&["campaign", "check", "leads.csv"])));
    assert!(
        !shell.path("novodial.db").exists(),
        "a check leaves nothing behind"
    );
    assert!(!shell.path("leads.rejected.csv").exists());
}

#[test]
fn the_rest_of_a_nasty_list_is_taken_and_the_bad_rows_are_written_beside_it() {
    let shell = shell(NASTY);
    insta::assert_snapshot!(shell.run(&["campaign", "add", "leads.csv", "--format", "json"]));
    let rejected = std::fs::read_to_string(shell.path("leads.rejected.csv")).unwrap();
    insta::assert_snapshot!(rejected);
    // Given back as it is, each row but the mended one is rejected again for the same reason.
    let again = shell.run(&[
        "campaign",
        "check",
        "leads.rejected.csv",
        "--format",
        "json",
    ]);
    let json: serde_json::Value = serde_json::from_str(
        again
            .split("--- stdout\n")
            .nth(1)
            .unwrap()
            .split("--- stderr")
            .next()
            .unwrap(),
    )
    .unwrap();
    let whys = |json: &serde_json::Value| -> Vec<String> {
        let rows = json["rejected"].as_array().unwrap();
        rows.iter()
            .map(|row| row["why"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(whys(&json).contains(&"`срочно` is not a whole number from -100 to 100".to_owned()));
}

#[test]
fn adding_again_resets_nothing_and_a_clean_list_leaves_no_rejects() {
    let shell = shell(NASTY);
    shell.run(&["campaign", "add", "leads.csv"]);
    assert!(shell.path("leads.rejected.csv").exists());
    let again = shell.run(&["campaign", "add", "leads.csv"]);
    assert!(
        again.contains("campaign leads: 0 leads new, 0 changed, 15 as they were"),
        "{again}"
    );
    std::fs::write(shell.path("leads.csv"), "phone,name\n89000000001,Анна\n").unwrap();
    let clean = shell.run(&["campaign", "add", "leads.csv"]);
    assert!(clean.starts_with("0\n"), "{clean}");
    assert!(
        !shell.path("leads.rejected.csv").exists(),
        "the old one is gone"
    );
    std::fs::write(shell.path("leads.rejected.csv"), "mine").unwrap();
    std::fs::write(shell.path("leads.csv"), "phone\n1\n").unwrap();
    let kept = shell.run(&["campaign", "add", "leads.csv"]);
    assert!(
        kept.starts_with("4\n") && kept.contains("move that file away"),
        "{kept}"
    );
    assert_eq!(
        std::fs::read_to_string(shell.path("leads.rejected.csv")).unwrap(),
        "mine"
    );
}

#[test]
fn a_spreadsheets_own_encoding_is_read() {
    insta::assert_snapshot!(lasting(&shell(WINDOWS).run(&["campaign", "check", "leads.csv"])), @r"
    1
    --- stdout
    leads.csv: 2 leads, 0 rows with a repeated number, 1 rejected
      3 columns, Windows-1251; every lead brings: name, город

    LEADS  TIME ZONE      TOLD BY
    2      Europe/Moscow  default

    Columns that no prompt can say
      `город`: rename it in Latin letters, `gorod`

    Rejected
      line 4: column `Телефон`: a short or emergency number (2 digits) is never dialled (write the full number with its area code)
    --- stderr
    no scenario is named: whether the leads bring what it says is not looked at (--scenario FILE)
    ");
}

#[test]
fn a_list_may_come_through_a_pipe_if_the_campaign_has_a_name() {
    let shell = shell(NASTY);
    let nameless = shell.run(&["campaign", "add", "-"]);
    assert!(
        nameless.starts_with("2\n") && nameless.contains("--campaign NAME"),
        "{nameless}"
    );
    let arguments = [
        "campaign",
        "add",
        "-",
        "--campaign",
        "live",
        "--format",
        "json",
    ];
    let mut command = shell.std_command(&arguments);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(WINDOWS).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("\"added\": 2"), "{text}");
    assert!(shell.path("live.rejected.csv").exists());
}

#[test]
fn what_a_shell_gives_in_place_of_a_file_is_a_pipe_like_another() {
    let shell = shell(NASTY);
    let program = assert_cmd::cargo::cargo_bin!("novodial");
    let list = "<(printf 'phone\\n+79000000001\\n12\\n')";
    let add = |before: &str, more: &str| {
        let program = program.display();
        let line = format!("{before} '{program}' campaign add {list} {more}");
        let mut bash = std::process::Command::new("bash");
        bash.env_clear()
            .env("HOME", shell.path("home"))
            .current_dir(shell.path(""))
            .args(["-c", &line]);
        let output = bash.output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), told)
    };
    let (code, told) = add("", "");
    assert!(
        code == Some(2) && told.contains("--campaign NAME"),
        "{told}"
    );
    let (code, told) = add("", "--campaign ps");
    assert!(code == Some(1) && told.contains("1 lead new"), "{told}");
    assert!(shell.path("ps.rejected.csv").exists());
    // Whichever number the shell gives it, it is the same list.
    let (code, told) = add("exec 63</dev/null;", "--campaign ps");
    assert!(code == Some(1) && told.contains("1 as they were"), "{told}");
}

#[test]
fn what_is_no_list_makes_no_campaign() {
    let shell = shell(b"phone\n12\n").offering().set_up();
    std::fs::create_dir(shell.path("spring")).unwrap();
    std::fs::write(shell.path("spring/april.csv"), "phone\n").unwrap();
    for (list, told) in [
        (
            "spring",
            "it is a folder\nhint: name a file in it: spring/april.csv",
        ),
        ("leeds.csv", "no such file\nhint: did you mean leads.csv?"),
    ] {
        let run = ["campaign", "run", list, "--yes"];
        let rehearse = ["campaign", "run", list, "--rehearse"];
        for command in [&["campaign", "add", list][..], &run, &rehearse] {
            let said = shell.run(command);
            let told = format!("error: the lead list `{list}` cannot be read: {told}");
            assert!(said.starts_with("3\n") && said.contains(&told), "{said}");
        }
    }
    assert!(
        shell
            .run(&["campaign", "list"])
            .contains("no campaigns yet")
    );
    // No row that can be used: told before the run as by the run.
    for asked in ["--dry-run", "--yes"] {
        let said = shell.run(&["campaign", "run", "leads.csv", asked]);
        let told = "no row of the lead list `leads.csv` can be used";
        assert!(said.starts_with("3\n") && said.contains(told), "{said}");
    }
    let said = shell.run(&["campaign", "run", "leads", "--yes"]);
    let empty = "nobody is left to ring in campaign leads: it has no leads";
    assert!(said.starts_with("0\n") && said.contains(empty), "{said}");
    let shown = shell.run(&["campaign", "show", "leads"]);
    assert!(shown.contains("  leads     none\n"), "{shown}");
    let said = shell.run(&["campaign", "run", "laeds"]);
    assert!(
        said.starts_with("3\n") && said.contains("write leads;"),
        "{said}"
    );
}

#[test]
fn a_list_that_cannot_be_read_is_one_line_and_a_hint() {
    let run = |list: &[u8]| shell(list).run(&["campaign", "check", "leads.csv"]);
    insta::assert_snapshot!(run(b"name,city\nA,B\n"), @r"
    3
    --- stdout
    --- stderr
    error: leads.csv: line 1: no column of telephone numbers among: name, city
    hint: the first line names the columns, one of them `phone`: phone,name,city
    ");
    insta::assert_snapshot!(run(b"PK\x03\x04..."), @r#"
    3
    --- stdout
    --- stderr
    error: leads.csv: this is a spreadsheet or an archive, not a CSV file
    hint: export it as "CSV UTF-8"
    "#);
}

#[test]
fn a_preset_looks_at_the_scenarios_that_leads_have_for_themselves() {
    let list = "phone,consent,consent_date,scenario\n89000000001,да,2026-01-01,own.toml\n";
    let shell = shell(list.as_bytes())
        .file("own.toml", SCENARIO)
        .offering()
        .set_up()
        .variable("NOVODIAL_POLICY_PRESET", "ru")
        .variable("NOVODIAL_POLICY_PURPOSE", "advertising");
    let refusal = "the preset ru refuses these calls (advertising): for the leads with `own.toml`, \
                   the scenario does not say first who calls";
    for command in [
        &["campaign", "check", "leads.csv"][..],
        &["campaign", "run", "leads.csv", "--dry-run"],
        &["campaign", "run", "leads.csv", "--yes"],
        &["campaign", "run", "leads", "--dry-run"],
    ] {
        let told = shell.run(command);
        assert!(!told.starts_with("0\n") && told.contains(refusal), "{told}");
    }
    let why = ["--override", "they asked for it"];
    let told = shell.run(&[&["campaign", "run", "leads.csv", "--dry-run"], &why[..]].concat());
    assert!(told.starts_with("0\n"), "{told}");
    assert!(
        told.contains("overridden: for the leads with `own.toml`"),
        "{told}"
    );
}

#[test]
fn a_campaign_goes_on_by_its_name_though_a_lead_of_it_lacks_a_value() {
    let list = "phone,company\n89000000001,Ромашка\n89000000002,\n";
    let scenario = SCENARIO.replace("Удобно", "Это {{ company }}. Удобно");
    let shell = shell(list.as_bytes())
        .file("own.toml", &scenario)
        .variable("NOVODIAL_POLICY_HOURS", "any");
    let run = |leads| {
        let scenario = ["--scenario", "own.toml", "--dry-run"];
        shell.run(&[&["campaign", "run", leads], &scenario[..]].concat())
    };
    let of_list = run("leads.csv");
    assert!(of_list.contains("no `company` in line 3"), "{of_list}");
    assert!(
        shell
            .run(&["campaign", "add", "leads.csv"])
            .starts_with("0\n")
    );
    let by_name = run("leads");
    assert!(by_name.contains("would ring 2 leads"), "{by_name}");
}

/// A scenario that says of every lead what `fields` names.
fn wants_a_name() -> String {
    visit("dentist", &["name"], "Shall we see you tomorrow?")
}

#[test]
fn a_list_without_a_column_of_fields_is_refused_before_anybody_is_rung() {
    let shell = shell("phone,nmae\n89000000001,Анна\n89000000002,Борис\n".as_bytes())
        .file("dentist.toml", &wants_a_name());
    let told = "error: leads.csv: not every lead has what the scenario `dentist.toml` needs: \
                there is no column `name`\nhint: rename the column `nmae` to `name`; ";
    for command in [
        &[
            "campaign",
            "check",
            "leads.csv",
            "--scenario",
            "dentist.toml",
        ][..],
        &[
            "campaign",
            "run",
            "leads.csv",
            "--scenario",
            "dentist.toml",
            "--dry-run",
        ],
        &[
            "campaign",
            "run",
            "leads.csv",
            "--scenario",
            "dentist.toml",
            "--rehearse",
        ],
    ] {
        let said = shell.run(command);
        assert!(said.starts_with("3\n"), "{command:?}: {said}");
        assert!(said.contains(told), "{command:?}: {said}");
    }
}

#[test]
fn a_check_names_the_rows_without_what_the_scenario_says() {
    let rows = "phone,name\n89000000001,Анна\n89000000002,\n89000000003,Вера\n89000000004, \n";
    let shell = shell(rows.as_bytes()).file("dentist.toml", &wants_a_name());
    let check = [
        "campaign",
        "check",
        "leads.csv",
        "--scenario",
        "dentist.toml",
    ];
    let said = shell.run(&check);
    assert!(said.starts_with("3\n"), "{said}");
    assert!(
        said.contains("Without a value\n  no `name` in lines 3, 5\n"),
        "{said}"
    );
    let said = shell.run(&[&check[..], &["--format", "jsonl"]].concat());
    let lacking = r#""lacking":[{"column":"name","lines":[3,5],"rows":2}]"#;
    assert!(said.contains(lacking), "{said}");
    // With a name of its own the scenario needs none of the list.
    let own = format!("{}\n[variables]\nname = \"friend\"\n", wants_a_name());
    let shell = shell.file("dentist.toml", &own);
    let said = shell.run(&check);
    assert!(said.starts_with("0\n"), "{said}");
}

#[test]
fn a_check_knows_who_may_be_met_in_a_rehearsal_and_that_a_header_is_no_list() {
    let list = "phone,callee\n89000000001,busy\n89000000002,agreees\n";
    let of = shell(list.as_bytes());
    let said = of.run(&["campaign", "check", "leads.csv"]);
    assert!(said.starts_with("1\n"), "{said}");
    assert!(
        said.contains("line 3: no such callee: `agreees` (did you mean `agrees`?"),
        "{said}"
    );
    std::fs::create_dir(of.path("own")).unwrap();
    let own = of.file("own/agreees.toml", "about = \"Of my own.\"\n");
    let said = own.run(&["campaign", "check", "leads.csv", "--callees", "own"]);
    assert!(said.starts_with("0\n"), "{said}");
    let said = shell(b"phone,name\n").run(&["campaign", "check", "leads.csv"]);
    assert!(
        said.starts_with("1\n") && said.contains("the list has no rows"),
        "{said}"
    );
}

#[test]
fn nobody_is_rung_along_a_scenario_that_nobody_named() {
    let shell = shell(b"phone\n89000000001\n").variable("NOVODIAL_POLICY_HOURS", "any");
    for command in [
        &["campaign", "run", "leads.csv", "--yes"][..],
        &["campaign", "run", "leads.csv", "--dry-run"],
        &["campaign", "run", "leads.csv"],
        &["call", "+79000000001"],
        &["call", "+79000000001", "--dry-run"],
    ] {
        let said = shell.run(command);
        assert!(said.starts_with("3\n"), "{command:?}: {said}");
        let told = "error: no scenario is named, and there is no scenario.toml here\nhint: write \
                    one: novodial init; or name one with --scenario: ";
        assert!(said.contains(told), "{command:?}: {said}");
    }
    let shell = shell.set_up();
    let named = shell.run(&[
        "call",
        "+79000000001",
        "--dry-run",
        "--scenario",
        "offer.ru",
    ]);
    assert!(
        named.starts_with("0\n") && named.contains("`offer.ru`"),
        "{named}"
    );
    let shell = shell.file("dentist.toml", &wants_a_name());
    let dentist = [
        "call",
        "+79000000001",
        "--dry-run",
        "--scenario",
        "dentist.toml",
    ];
    let said = shell.run(&dentist);
    assert!(
        said.starts_with("3\n") && said.contains("--var name=VALUE"),
        "{said}"
    );
    // A campaign keeps the one it was begun with, a shipped one too.
    let add = ["campaign", "add", "leads.csv", "--scenario", "survey.ru"];
    assert!(shell.run(&add).starts_with("0\n"));
    for list in ["leads.csv", "leads"] {
        let said = shell.run(&["campaign", "run", list, "--dry-run"]);
        assert!(
            said.starts_with("0\n") && said.contains("`survey.ru`"),
            "{said}"
        );
    }
    // A check looks at the list alone, and says so.
    let check = shell.run(&["campaign", "check", "leads.csv"]);
    assert!(check.starts_with("0\n"), "{check}");
    assert!(check.contains("no scenario is named"), "{check}");
}
