//! A campaign whose process is killed at random moments and begun again: what must hold then, on
//! whatever exchange.
//!
//! By the carrier's own log no number is rung again before the policy's smallest gap; nothing that was
//! printed, or told to the callee, is absent from the history; no channel is left.

use std::collections::BTreeMap;
use std::fs::File;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

/// The policy's smallest gap in these tests.
const GAP_MS: i64 = 2_000;
/// The history knows the end of a call some moments after the carrier.
const TOLERANCE_MS: i64 = 50;

/// A talk that comes to its point at once, so that it may be killed in the middle of it.
pub(crate) const SCENARIO: &str = r#"
[scenario]
name = "brief"
language = "ru"
start = "greeting"
attempts = 1
[global]
no_input = "silence"
no_match = "agreed"
[global.on]
do_not_call = "never"
[states.greeting]
say = "Удобно говорить?"
on = { yes = "agreed" }
[states.agreed]
say = "Записали вас на завтра."
outcome = "agreed"
[states.never]
say = "Больше мы не позвоним."
outcome = "do_not_call"
do_not_call = true
[states.silence]
say = "Всего доброго."
outcome = "no_input"
"#;
/// What the callee hears last, and what the history must say then.
pub(crate) const TOLD: [(&str, &str); 2] = [
    ("Записали вас на завтра.", "agreed"),
    ("Больше мы не позвоним.", "do_not_call"),
];

/// Where the program runs.
pub(crate) trait Stand {
    /// The program, in its folder and environment.
    fn command(&self, arguments: &[&str]) -> Command;
    /// A file in that folder.
    fn path(&self, name: &str) -> std::path::PathBuf;
    /// What the carrier's log has of the calls of this stand.
    fn rung(&self) -> Vec<Rung>;
    /// Channels and bridges that are left.
    fn leftovers(&self) -> Vec<String>;
}

/// One call in the carrier's log.
#[derive(Debug)]
pub(crate) struct Rung {
    /// Digits.
    pub(crate) number: String,
    pub(crate) at: Timestamp,
    /// When it ended, where the log tells.
    pub(crate) ended: Option<Timestamp>,
    /// What the callee heard, where it tells.
    pub(crate) heard: Vec<String>,
}

/// How often, and how soon.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Killing {
    pub(crate) kills: u32,
    pub(crate) seed: u64,
    /// The longest that a process lives.
    pub(crate) longest: Duration,
}

impl Killing {
    /// So many kills as `NOVODIAL_TEST_KILLS` says, else as given.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a test takes is chosen from outside"
    )]
    pub(crate) fn or_asked(mut self) -> Self {
        let asked = std::env::var("NOVODIAL_TEST_KILLS").ok();
        self.kills = asked
            .and_then(|text| text.parse().ok())
            .unwrap_or(self.kills);
        self
    }
}

/// Runs `leads.csv`, kills the process at random moments, and looks at what is left behind.
pub(crate) fn kill_and_go_on(stand: &dyn Stand, killing: Killing) {
    let mut random = killing.seed;
    let mut printed = Vec::new();
    for life in 0..killing.kills {
        let (child, output) = start(stand, &[], &format!("life-{life}"));
        let share = u32::try_from(next(&mut random) % 1_000).expect("less than a thousand");
        std::thread::sleep(Duration::from_millis(200) + killing.longest * share / 1_000);
        end(child, true);
        printed.extend(lines(&output));
    }
    let (child, output) = start(stand, &["--no-wait", "--limit", "3"], "last");
    end(child, false);
    printed.extend(lines(&output));

    let history = history(stand);
    let rung = stand.rung();
    nobody_is_rung_too_soon(&rung);
    what_was_printed_is_kept(&printed, &history);
    what_was_told_is_kept(&rung, &history);
    assert_eq!(stand.leftovers(), Vec::<String>::new(), "channels are left");
    let open = history.iter().filter(|call| call["disposition"].is_null());
    assert_eq!(open.count(), 0, "every attempt has its end");
    let cut = history
        .iter()
        .filter(|call| call["disposition"] == "interrupted");
    assert!(cut.count() > 0, "no call was killed: this proves nothing");
    let answered = history
        .iter()
        .filter(|call| call["disposition"] == "answered");
    assert!(
        answered.count() > 0,
        "nobody was reached: this proves little"
    );
    assert!(
        rung.iter().any(|call| !call.heard.is_empty()),
        "nobody heard a word: {rung:#?}"
    );
}

fn start(stand: &dyn Stand, more: &[&str], name: &str) -> (Child, std::path::PathBuf) {
    let run = [
        "campaign",
        "run",
        "leads.csv",
        "--yes",
        "--format",
        "jsonl",
        "--max-calls",
        "6",
        "--cps",
        "10",
    ];
    let mut arguments = run.to_vec();
    let gap = format!("policy.smallest_gap={}s", GAP_MS / 1_000);
    for setting in [
        gap.as_str(),
        "policy.busy_delays=1s",
        "policy.rejected_delays=1s",
        "policy.congestion_delay=1s",
        "policy.congestion_per_day=0",
        "policy.lead_per_day=0",
        "policy.lead_per_week=0",
        "policy.lead_per_month=0",
        "policy.lead_total=0",
        "policy.number_per_day=0",
        "policy.number_per_week=0",
        "policy.number_per_month=0",
        "policy.busy_limit=1000",
        "policy.rejected_limit=1000",
    ] {
        arguments.extend(["--set", setting]);
    }
    arguments.extend(more);
    let output = stand.path(&format!("{name}.jsonl"));
    let child = stand
        .command(&arguments)
        .stdin(Stdio::null())
        .stdout(File::create(&output).expect("a file"))
        .stderr(File::create(stand.path(&format!("{name}.err"))).expect("a file"))
        .spawn()
        .expect("the program");
    (child, output)
}

fn end(mut child: Child, kill: bool) {
    if kill {
        child.kill().expect("a process to kill");
    }
    child.wait().expect("the end of a process");
}

/// The lines that were printed whole.
fn lines(output: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(output).expect("what was printed");
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter(|line| line["schema"] == "novodial.call/1")
        .collect()
}

fn history(stand: &dyn Stand) -> Vec<Value> {
    let list = ["calls", "list", "--format", "jsonl", "--limit", "10000"];
    let output = stand.command(&list).output().expect("the program");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn nobody_is_rung_too_soon(rung: &[Rung]) {
    let mut last: BTreeMap<&str, Timestamp> = BTreeMap::new();
    let mut sorted: Vec<&Rung> = rung.iter().collect();
    sorted.sort_by_key(|call| call.at);
    for call in sorted {
        if let Some(before) = last.get(call.number.as_str()) {
            let gap = call.at.as_millisecond() - before.as_millisecond();
            assert!(
                gap >= GAP_MS - TOLERANCE_MS,
                "{} was rung again after {gap} ms: {rung:#?}",
                call.number
            );
        }
        last.insert(&call.number, call.ended.unwrap_or(call.at));
    }
}

fn what_was_printed_is_kept(printed: &[Value], history: &[Value]) {
    for call in printed {
        let kept = history
            .iter()
            .find(|kept| kept["attempt_id"] == call["attempt_id"]);
        let kept = kept.unwrap_or_else(|| panic!("printed, and not in the history: {call}"));
        for key in ["number", "disposition", "outcome"] {
            assert_eq!(kept[key], call[key], "{call} {kept}");
        }
    }
}

/// Whoever heard the whole of a farewell has the outcome that belongs to it.
fn what_was_told_is_kept(rung: &[Rung], history: &[Value]) {
    let audible = novodial::rehearsal::voice::audible;
    for call in rung {
        let heard = call.heard.join(" ");
        for (words, outcome) in TOLD {
            if !heard.contains(&audible(words)) {
                continue;
            }
            let number = format!("+{}", call.number);
            let kept = history
                .iter()
                .any(|kept| kept["number"] == number.as_str() && kept["outcome"] == outcome);
            assert!(kept, "{number} was told `{words}`: {history:#?}");
            let again = rung
                .iter()
                .any(|later| later.number == call.number && later.at > call.at);
            assert!(
                outcome != "do_not_call" || !again,
                "{number} was told that nobody will ring, and was rung: {rung:#?}"
            );
        }
    }
}

/// A number that looks drawn by chance: `SplitMix64`.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
