//! `novodial novofon …` as a shell sees it.

use jiff::{Timestamp, ToSpan};
use novodial::line::Disposition;
use novodial::phone::PhoneNumber;
use novodial::rehearsal::novofon::{Charge, Leg, Provider};
use novodial::store::{AttemptEnd, Ledger, NewAttempt};

use super::provider;
use crate::cli::Shell;

fn shell(provider: &Provider) -> Shell {
    Shell::new()
        .variable("NOVODIAL_NOVOFON_BASE_URL", &provider.base_url())
        .variable("NOVODIAL_NOVOFON_DATA_URL", &provider.data_url())
        .variable("NOVODIAL_NOVOFON_ACCESS_TOKEN", "rehearsal_token")
        .variable("NOVODIAL_ASTERISK_CALLER_ID", "+74950000000")
        .variable("NOVODIAL_POLICY_HOURS", "any")
}

/// Runs while the double answers.
fn run(shell: &Shell, arguments: &[&str]) -> String {
    tokio::task::block_in_place(|| shell.run(arguments))
}

/// Whether everything is told, in this order.
fn tells(told: &str, parts: &[&str]) {
    let mut rest = told;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("no `{part}` (in this place) in:\n{told}");
        };
        rest = after;
    }
}

#[test]
fn without_a_key_the_features_say_so() {
    let shell = Shell::new();
    let check = shell.run(&["novofon", "check"]);
    tells(
        &check,
        &[
            "0\n",
            "warning  keys: no key of NovoFon is set",
            "mend: set NOVODIAL_NOVOFON_ACCESS_TOKEN",
        ],
    );
    let balance = shell.run(&["novofon", "balance"]);
    tells(
        &balance,
        &[
            "3\n",
            "error: novofon.key:",
            "hint: set NOVODIAL_NOVOFON_KEY",
        ],
    );
    for command in ["numbers", "lines", "calls"] {
        let told = shell.run(&["novofon", command]);
        tells(
            &told,
            &[
                "3\n",
                "novofon.access_token:",
                "hint: set NOVODIAL_NOVOFON_ACCESS_TOKEN",
            ],
        );
    }
    let half = Shell::new().variable("NOVODIAL_NOVOFON_KEY", "half");
    let told = half.run(&["novofon", "balance"]);
    tells(
        &told,
        &[
            "3\n",
            "novofon.secret:",
            "hint: set NOVODIAL_NOVOFON_SECRET",
        ],
    );
    let check = half.run(&["novofon", "check"]);
    tells(&check, &["1\n", "failure  keys: novofon.secret:", "mend:"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_tell_what_the_account_has() {
    let provider = provider(|_| {}).await;
    let shell = shell(&provider)
        .variable("NOVODIAL_NOVOFON_KEY", "rehearsal_key")
        .file("secret", "rehearsal_secret\n")
        .variable("NOVODIAL_NOVOFON_SECRET_FILE", "secret");
    let balance = run(&shell, &["novofon", "balance"]);
    tells(&balance, &["0\n", "1234.50 RUB\n"]);
    let lines = run(&shell, &["novofon", "lines"]);
    tells(
        &lines,
        &[
            "0\n",
            "LOGIN",
            "0012345",
            "yes",
            "in_out",
            "5",
            "active",
            "74950000000",
        ],
    );
    let numbers = run(&shell, &["novofon", "numbers"]);
    tells(
        &numbers,
        &[
            "0\n",
            "NUMBER",
            "74950000000",
            "active",
            "74950000001",
            "waiting",
        ],
    );
    let check = run(&shell, &["novofon", "check"]);
    tells(
        &check,
        &[
            "0\n",
            "ok       access token:",
            "ok       balance: 1234.50 RUB\n",
        ],
    );
    assert!(
        !check.contains("warning") && !check.contains("failure"),
        "{check}"
    );
    provider.change(|options| options.account.lines[0].registered = false);
    let failed = run(&shell, &["novofon", "check", "--format", "json"]);
    tells(
        &failed,
        &[
            "1\n",
            r#""schema": "novodial.novofon_check/1""#,
            r#""level": "failure""#,
        ],
    );
    provider.change(|options| options.admitted = false);
    let refused = run(&shell, &["novofon", "calls"]);
    tells(
        &refused,
        &[
            "4\n",
            "ip_not_whitelisted",
            "192.0.2.77",
            "hint: add the address",
        ],
    );
    for told in [balance, lines, numbers, check, failed, refused] {
        assert!(!told.contains("rehearsal_secret") && !told.contains("rehearsal_token"));
    }
}

/// A ledger with four attempts of a campaign, and what the provider has of them: the first two, the
/// third not, the fourth never came there; and a call of somebody else.
fn worked_off(shell: &Shell) -> Vec<Leg> {
    let added = shell.run(&["campaign", "add", "spring.csv"]);
    assert!(added.starts_with("0\n"), "{added}");
    let ledger = Ledger::open(&shell.path("novodial.db")).unwrap();
    let hour_ago = Timestamp::now().checked_sub(1.hour()).unwrap();
    let run = ledger.begin_run("novodial", 7, "host", hour_ago).unwrap();
    let campaign = ledger.campaign("spring").unwrap();
    let mut legs = Vec::new();
    for (n, (disposition, talk)) in [
        (Disposition::Answered, 61),
        (Disposition::NoAnswer, 0),
        (Disposition::Busy, 0),
        (Disposition::TrunkUnreachable, 0),
    ]
    .into_iter()
    .enumerate()
    {
        let n = i64::try_from(n).unwrap();
        let at = hour_ago.checked_add((n * 5).minutes()).unwrap();
        let number = PhoneNumber::from_e164(&format!("+7900000000{}", n + 1)).unwrap();
        let attempt = ledger
            .begin_attempt(&NewAttempt {
                run: run.id,
                campaign: Some(campaign.id),
                lead: None,
                channel_id: format!("channel-{n}"),
                number,
                extension: None,
                caller_id: Some("+74950000000".to_owned()),
                trunk: Some("novofon".to_owned()),
                scenario: None,
                at,
            })
            .unwrap();
        ledger.mark_dialled(attempt, at).unwrap();
        let answered = at.checked_add(9.seconds()).unwrap();
        if talk > 0 {
            ledger.mark_answered(attempt, answered).unwrap();
        }
        let ended = answered.checked_add(talk.seconds()).unwrap();
        let mut end = AttemptEnd::new(attempt, disposition, ended);
        end.outcome = (talk > 0).then(|| "agreed".to_owned());
        ledger.end_attempt(&end).unwrap();
        if n < 2 {
            legs.push(leg(n, at.checked_add(2.seconds()).unwrap(), talk));
        }
    }
    let mut other = leg(7, hour_ago.checked_add(90.seconds()).unwrap(), 30);
    "79000000077".clone_into(&mut other.called);
    legs.push(other);
    legs
}

fn leg(n: i64, at: Timestamp, talk: i64) -> Leg {
    let minutes = u32::try_from((talk + 59) / 60).unwrap();
    Leg {
        id: 100 + n.unsigned_abs(),
        session: 500 + n.unsigned_abs(),
        at,
        direction: "out".to_owned(),
        source: "sip".to_owned(),
        calling: "74950000000".to_owned(),
        called: format!("7900000000{}", n + 1),
        talked: u32::try_from(talk).unwrap(),
        finish: "subscriber_disconnects".to_owned(),
        charge: (talk > 0).then(|| Charge {
            seconds: minutes * 60,
            kind: "mobile".to_owned(),
            per_minute: 2.5,
            total: f64::from(minutes) * 2.5,
        }),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_reconciled_and_doing_it_again_changes_nothing() {
    let provider = provider(|_| {}).await;
    let shell = shell(&provider).file("spring.csv", "phone\n89000000001\n");
    let legs = tokio::task::block_in_place(|| worked_off(&shell));
    provider.change(|options| options.account.legs = legs);
    let reconcile = ["novofon", "reconcile", "spring"];
    let first = run(&shell, &reconcile);
    tells(
        &first,
        &[
            "1\n",
            "campaign spring: 4 attempts went out, 2 found at the provider (1 not charged)\n",
            "only here: 2 attempts, 1 of them refused by the trunk; only there: 1 call, 2.50; in doubt: 0\n",
            "charged: 5.00 RUB; 2.50 an attempt, 5.00 a conversation\n",
            "kept: 3 new charges, 0 changed\n",
            "agreed     1         5.00     5.00\n",
            "no_answer  1         0.00     0.00\n",
        ],
    );
    let second = run(&shell, &reconcile);
    assert_eq!(second, first.replace("kept: 3 new", "kept: 0 new"));
    let both = run(&shell, &["novofon", "reconcile", "spring", "--unmatched"]);
    tells(
        &both,
        &["here, call", "79000000003", "there", "79000000077", "2.50"],
    );
    let ledger = Ledger::open(&shell.path("novodial.db")).unwrap();
    let campaign = ledger.campaign("spring").unwrap();
    let (attempts, charged) = ledger.charged_of_campaign(campaign.id).unwrap();
    assert_eq!((attempts, charged.to_string().as_str()), (2, "5.00"));
    assert_eq!(
        ledger.charges_since(Timestamp::UNIX_EPOCH).unwrap().len(),
        2
    );
    provider.change(|options| {
        for charge in options
            .account
            .legs
            .iter_mut()
            .filter_map(|leg| leg.charge.as_mut())
        {
            charge.total += 0.1;
        }
    });
    let again = run(&shell, &reconcile);
    assert!(again.contains("kept: 0 new charges, 2 changed"), "{again}");
    let json = run(
        &shell,
        &["novofon", "reconcile", "spring", "--format", "json"],
    );
    assert!(
        json.contains(r#""matched": 2,"#) && json.contains(r#""per_conversation": "5.10""#),
        "{json}"
    );
    let nobody = run(&shell, &["novofon", "reconcile", "autumn"]);
    assert!(
        nobody.contains("no such campaign") || nobody.starts_with("1\n"),
        "{nobody}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_begins_with_no_more_calls_than_the_line_carries() {
    let provider = provider(|options| options.account.lines[0].channels = 2).await;
    let list = "phone\n89000000001\n";
    // No Asterisk is there: the run says what it will do, and ends.
    let shell = shell(&provider)
        .file("spring.csv", list)
        .offering()
        .variable("NOVODIAL_ASTERISK_URL", "http://127.0.0.1:9")
        .variable("NOVODIAL_ASTERISK_USERNAME", "u")
        .variable("NOVODIAL_ASTERISK_PASSWORD", "p")
        .variable("ELEVENLABS_API_KEY", "k")
        .variable("NOVODIAL_ELEVENLABS_BASE_URL", "http://127.0.0.1:9")
        .variable("NOVODIAL_ELEVENLABS_VOICE_ID", "v");
    let told = run(&shell, &["campaign", "run", "spring.csv", "--yes"]);
    let capped = "calls at once: 2 in place of 5, as many as the line 0012345 carries (NovoFon)";
    assert!(told.contains(capped), "{told}");
    let own = run(
        &shell,
        &["campaign", "run", "spring.csv", "--yes", "--max-calls", "4"],
    );
    assert!(!own.contains("calls at once"), "{own}");
    provider.change(|options| options.admitted = false);
    let refused = run(&shell, &["campaign", "run", "spring.csv", "--yes"]);
    assert!(
        refused.contains("how many calls the line carries is not known"),
        "{refused}"
    );
    assert!(
        refused.contains("Asterisk at"),
        "it goes on all the same: {refused}"
    );
}
