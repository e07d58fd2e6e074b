//! What is written for a campaign only after somebody has said yes, and after its list was found to go
//! with its scenario. Nobody is rung here.

use std::io::{ErrorKind, Write as _};
use std::process::{Command, Stdio};

use novodial::store::{Campaign, Ledger};

use crate::cli::{OFFER, Shell, visit};

const LIST: &str = "phone,name,when\n89000000001,Anna,today\n89000000002,Boris,today\n";
const WITH_A_GAP: &str = "phone,name,when\n89000000001,Anna,today\n89000000002,Boris,\n";
const GAP: &str = "not every lead has what the scenario `visit.toml` needs: no `when` in line 3";

fn shell(list: &str) -> Shell {
    let question = "Shall we see you {{ when }}?";
    Shell::new()
        .file("spring.csv", list)
        .file("visit.toml", &visit("visit", &["name", "when"], question))
        .offering()
        .set_up()
        .variable("NOVODIAL_POLICY_HOURS", "any")
}

fn ledger(shell: &Shell) -> Ledger {
    Ledger::open(&shell.path("novodial.db")).unwrap()
}

/// The program with this on its standard input: exit code and what it says on stderr.
fn fed(shell: &Shell, arguments: &[&str], list: &str) -> (Option<i32>, String) {
    let mut child = shell
        .std_command(arguments)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let written = input.write_all(list.as_bytes());
    // Whoever refuses before the list reads nothing of it.
    assert!(written.is_ok() || written.is_err_and(|e| e.kind() == ErrorKind::BrokenPipe));
    drop(input);
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), told)
}

fn campaign(shell: &Shell) -> Campaign {
    ledger(shell).campaign("spring").unwrap()
}

#[test]
fn a_no_at_the_terminal_changes_nothing_that_the_campaign_goes_by() {
    let shell = shell(LIST);
    let before = shell.run(&["campaign", "add", "spring.csv"]);
    assert!(before.starts_with("0\n"), "{before}");
    let orders = [
        "--scenario",
        "visit.toml",
        "--set",
        "policy.smallest_gap=7h",
    ];
    for list in ["spring.csv", "spring"] {
        let run = [&["campaign", "run", list], &orders[..]].concat();
        let (code, shown) = shell.run_and_type(&run, "no\n");
        assert_eq!(code, Some(1), "{shown}");
        assert!(
            shown.contains("Ring 2 people along `visit` now?"),
            "{shown}"
        );
        let kept = campaign(&shell);
        assert_eq!(kept.scenario, None, "{list}");
        assert!(kept.settings.is_null(), "{list}: {}", kept.settings);
        let decisions = ledger(&shell).decisions(kept.id).unwrap();
        assert!(
            decisions.iter().all(|one| one.kind != "run"),
            "{decisions:?}"
        );
    }
    // A yes is kept, by name too, though there is no Asterisk to ring with.
    let run = [&["campaign", "run", "spring"], &orders[..]].concat();
    let (_, shown) = shell.run_and_type(&run, "yes\n");
    let kept = campaign(&shell);
    let scenario = kept.scenario.unwrap_or_default();
    assert!(scenario.ends_with("/visit.toml"), "`{scenario}`: {shown}");
    assert_eq!(kept.settings["policy.smallest_gap"], "7h", "{shown}");
    let decisions = ledger(&shell).decisions(kept.id).unwrap();
    assert!(
        decisions.iter().any(|one| one.kind == "run"),
        "{decisions:?}"
    );
}

#[test]
fn a_no_at_the_terminal_leaves_the_ledger_as_it_was() {
    let shell = shell(LIST).file("new.csv", "phone\n89000000003\n12\n");
    assert!(
        shell
            .run(&["campaign", "add", "spring.csv"])
            .starts_with("0\n")
    );
    let shell = shell.file("spring.csv", &format!("{LIST}89000000003,Vera,today\n"));
    let names = || {
        let counts = ledger(&shell).lead_counts(campaign(&shell).id).unwrap();
        let campaigns = ledger(&shell).campaigns().unwrap();
        let names = campaigns.into_iter().map(|campaign| campaign.name);
        (counts.total(), names.collect::<Vec<_>>())
    };
    for (list, people) in [("spring.csv", "3 people"), ("new.csv", "1 person")] {
        let (code, shown) = shell.run_and_type(&["campaign", "run", list], "no\n");
        assert_eq!(code, Some(1), "{shown}");
        let question = format!("Ring {people} along `offer.ru` now?");
        let kept = "nobody is rung, and everything is as it was";
        assert!(shown.contains(&question) && shown.contains(kept), "{shown}");
        assert_eq!(names(), (2, vec!["spring".to_owned()]), "{list}");
    }
    assert!(!shell.path("new.rejected.csv").exists());
    // What was told before the question is not told again after a yes.
    let (_, shown) = shell.run_and_type(&["campaign", "run", "new.csv"], "yes\n");
    assert_eq!(shown.matches("new.csv: line 3").count(), 1, "{shown}");
    assert!(shown.contains("campaign new: 1 lead new"), "{shown}");
    assert!(shell.path("new.rejected.csv").exists());
    // A list that can be read but once is not read before a yes.
    let pipe = shell.path("pipe.csv");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let (code, shown) = shell.run_and_type(&["campaign", "run", "pipe.csv"], "no\n");
    let question = "Ring everybody who comes with the list along `offer.ru` now?";
    assert!(code == Some(1) && shown.contains(question), "{shown}");
    assert_eq!(names().1, ["spring", "new"]);
}

#[test]
fn a_run_that_nobody_confirms_writes_nothing() {
    let shell = Shell::new()
        .file("leads.csv", "phone\n+79000000001\n+7900\n")
        .offering()
        .set_up()
        .variable("NOVODIAL_POLICY_HOURS", "any");
    let refused = shell.run(&["campaign", "run", "leads.csv"]);
    assert!(
        refused.starts_with("2\n") && refused.contains("would ring 1 person along `offer.ru`"),
        "{refused}"
    );
    assert!(!shell.path("novodial.db").exists());
    assert!(!shell.path("leads.rejected.csv").exists());
    // A pipe is left to whoever says yes.
    let pipe = shell.path("pipe.csv");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    std::thread::spawn(move || std::fs::write(pipe, "phone\n+79000000001\n"));
    let refused = shell.run(&["campaign", "run", "pipe.csv"]);
    let who = "would ring everybody who comes with the list along `offer.ru`";
    assert!(
        refused.starts_with("2\n") && refused.contains(who),
        "{refused}"
    );
}

#[test]
fn what_is_not_set_is_told_before_anybody_is_asked_and_anything_is_written() {
    let shell = Shell::new()
        .file("spring.csv", "phone\n89000000001\n89000000002\n")
        .offering()
        .variable("NOVODIAL_POLICY_HOURS", "any");
    let missing = "not set: asterisk.username (the login of Asterisk), asterisk.password";
    let run = ["campaign", "run", "spring.csv"];
    let (code, shown) = shell.run_and_type(&run, "yes\n");
    assert!(code == Some(3) && shown.contains(missing), "{shown}");
    assert!(!shown.contains("now?"), "{shown}");
    let grows = [&run[..], &["--watch", "--yes"]].concat();
    let call = ["call", "+79000000001"];
    for command in [&run[..], &[&run[..], &["--yes"]].concat(), &grows, &call] {
        let told = shell.run(command);
        assert!(told.starts_with("3\n"), "{command:?}: {told}");
        assert!(told.contains(missing) && !told.contains("asked"), "{told}");
    }
    let outlooks = ["would ring 2 leads now", "would ring +79000000001"];
    for (command, outlook) in [&run[..], &call].into_iter().zip(outlooks) {
        let told = shell.run(&[command, &["--dry-run"]].concat());
        assert!(told.starts_with("3\n") && told.contains(outlook), "{told}");
        assert!(told.contains(&format!("would fail: {missing}")), "{told}");
    }
    // A run that finds nobody needs nothing.
    assert!(!shell.path("spring.rejected.csv").exists());
    assert!(ledger(&shell).campaigns().unwrap().is_empty());
    let shell = shell.file("empty.csv", "phone\n");
    for asked in ["--yes", "--dry-run"] {
        let told = shell.run(&["campaign", "run", "empty.csv", asked]);
        assert!(told.starts_with("0\n"), "{told}");
    }
}

#[test]
fn a_list_that_does_not_go_with_its_scenario_is_not_in_the_ledger() {
    let shell = shell(WITH_A_GAP);
    let with = ["--scenario", "visit.toml"];
    let (add, run) = (["campaign", "add"], ["campaign", "run"]);
    for command in [
        [&add[..], &["spring.csv"], &with[..]].concat(),
        [&run[..], &["spring.csv", "--yes"], &with[..]].concat(),
        [&run[..], &["spring.csv", "--rehearse"], &with[..]].concat(),
    ] {
        let told = shell.run(&command);
        assert!(told.starts_with("3\n") && told.contains(GAP), "{told}");
        let made = ledger(&shell).campaigns().unwrap();
        assert!(made.is_empty(), "{command:?}: {made:?}");
    }
    let mistyped = [&add[..], &["spring.csv", "--scenario", "vist.toml"]].concat();
    let told = shell.run(&mistyped);
    assert!(told.starts_with("3\n"), "{told}");
    assert!(ledger(&shell).campaigns().unwrap().is_empty());
    // Nor is a list taken that is not looked at, where the scenario is not there.
    let wrong = ["--yes", "--scenario", "offerr.ru"];
    let pipe = [&run[..], &["-", "--campaign", "spring"], &wrong[..]].concat();
    let grows = [&run[..], &["spring.csv", "--watch"], &wrong[..]].concat();
    for command in [pipe, grows] {
        let (code, told) = fed(&shell, &command, LIST);
        let said = told.contains("offerr.ru") && !told.contains("all the same");
        assert!(code == Some(3) && said, "{command:?}: {told}");
        let made = ledger(&shell).campaigns().unwrap();
        assert!(made.is_empty(), "{command:?}: {made:?}");
    }
    // What can be read but once is told truly.
    let piped = [&add[..], &["-", "--campaign", "spring"], &with[..]].concat();
    let (code, told) = fed(&shell, &piped, WITH_A_GAP);
    assert_eq!(code, Some(3), "{told}");
    let kept = "its leads are in the campaign spring all the same";
    assert!(told.contains(GAP) && told.contains(kept), "{told}");
    let counts = ledger(&shell).lead_counts(campaign(&shell).id).unwrap();
    assert_eq!(counts.total(), 2);
}

#[test]
fn a_list_that_is_only_a_header_goes_on_with_the_campaign() {
    let shell = shell(LIST);
    let with = ["--scenario", "visit.toml"];
    let add = [&["campaign", "add", "spring.csv"], &with[..]].concat();
    assert!(shell.run(&add).starts_with("0\n"));
    let shell = shell.file("spring.csv", "phone,name,when\n");
    let dry = shell.run(&["campaign", "run", "spring.csv", "--dry-run"]);
    assert!(dry.starts_with("0\n"), "{dry}");
    assert!(dry.contains("would ring 2 leads now"), "{dry}");
    assert!(dry.contains("the list has no rows"), "{dry}");
    let check = [&["campaign", "check", "spring.csv"], &with[..]].concat();
    let check = shell.run(&check);
    assert!(
        check.starts_with("1\n") && !check.contains("no column"),
        "{check}"
    );
    // A column that is not there is told all the same.
    let shell = shell.file("spring.csv", "phone,name\n");
    let dry = shell.run(&["campaign", "run", "spring.csv", "--dry-run"]);
    assert!(
        dry.starts_with("3\n") && dry.contains("there is no column `when`"),
        "{dry}"
    );
}

#[test]
fn a_campaign_goes_on_with_the_scenario_that_it_keeps() {
    let shell = shell(LIST).file("kept.toml", OFFER);
    let add = ["campaign", "add", "spring.csv", "--scenario", "kept.toml"];
    assert!(shell.run(&add).starts_with("0\n"));
    let dry = || shell.run(&["campaign", "run", "spring", "--dry-run"]);
    assert!(dry().contains("with the scenario `offer.ru`"), "{}", dry());
    let broken = "name = \"kept\"\nlanguage = \"ru\"\n[[state]]\n";
    std::fs::write(shell.path("kept.toml"), broken).unwrap();
    let told = dry();
    assert!(
        told.starts_with("3\n") && told.contains("kept.toml"),
        "{told}"
    );
    // An older build kept one that is shipped as if it lay in the folder.
    let of_old = shell.path("survey.ru").display().to_string();
    let id = campaign(&shell).id;
    ledger(&shell).set_campaign_scenario(id, &of_old).unwrap();
    assert!(dry().contains("with the scenario `survey.ru`"), "{}", dry());
}

#[test]
fn leads_that_lack_a_field_are_not_given_it_by_a_flag_that_is_not_there() {
    let shell = shell("phone\n89000000001\n");
    assert!(
        shell
            .run(&["campaign", "add", "spring.csv"])
            .starts_with("0\n")
    );
    let run = ["campaign", "run", "spring", "--scenario", "visit.toml"];
    let told = shell.run(&[&run[..], &["--dry-run"]].concat());
    assert!(
        told.starts_with("3\n") && told.contains("hint: give it: a column `name` of the list"),
        "{told}"
    );
    assert!(!told.contains("--var"), "{told}");
}

#[test]
fn a_part_of_scenarios_is_nothing_to_begin_with() {
    let shell = Shell::new();
    let told = shell.run(&["init", "--scenario", "common.ru"]);
    assert!(
        told.starts_with("2\n") && told.contains("`common.ru` is a part that scenarios include"),
        "{told}"
    );
    assert!(!shell.path("scenario.toml").exists());
}
