//! The program on the embedded exchange with characters behind its trunk, in real time: the binary,
//! its adapters and its driver are those of production.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use novodial::language::Language;
use novodial::rehearsal::callee::{Measured, Side};
use novodial::rehearsal::exchange::{Callees, Calling, Exchange, ExchangeOptions, Line};
use novodial::rehearsal::people::{Cast, Everyone};
use novodial::rehearsal::speech_service::{Options, SpeechService};
use novodial::rehearsal::trouble::Trouble;
use novodial::rehearsal::voice::audible;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::cli::OFFER;

pub(super) const SEED: u64 = 11;

/// An exchange, a speech service, and a folder in which the program runs.
pub(super) struct Stage {
    pub(super) exchange: Exchange,
    pub(super) speech: Arc<SpeechService>,
    pub(super) folder: TempDir,
    /// The numbers, by the names of their characters.
    pub(super) numbers: BTreeMap<String, String>,
    /// Settings of this stage's own, as variables.
    settings: Vec<(&'static str, &'static str)>,
    _runtime: Runtime,
}

/// The callees, before each of whose calls the trouble of the speech account has its turn.
#[derive(Debug)]
pub(super) struct Watched {
    everyone: Everyone,
    pub(super) speech: Arc<SpeechService>,
    trouble: Trouble,
}

impl Callees for Watched {
    fn line(&self, calling: &Calling) -> Line {
        self.trouble
            .before_call(&self.speech, SEED, calling.sequence);
        self.everyone.line(calling)
    }
}

/// One call as the history tells it.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) disposition: String,
    pub(super) outcome: String,
    /// `bot: …` and `callee: …`.
    pub(super) turns: Vec<String>,
}

/// How the program ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Stage {
    /// Leads each of whom names its character; some names may come twice.
    pub(super) fn set(callees: &[&str], trouble: &Trouble) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let speech = runtime.block_on(SpeechService::start(Options::default()));
        let speech = Arc::new(speech.unwrap());
        trouble.apply_to_speech(&speech, SEED);
        let cast = Arc::new(Cast::shipped().unwrap());
        let mut everyone = Everyone::new(cast, SEED, Language::Russian).in_haste(8);
        let mut leads = "phone,name\n".to_owned();
        let mut numbers = BTreeMap::new();
        for (at, callee) in callees.iter().enumerate() {
            let number = format!("79000001{at:03}");
            everyone.assign(&number, callee).unwrap();
            writeln!(leads, "+{number},Анна").unwrap();
            numbers.insert((*callee).to_owned(), number);
        }
        let mut options = ExchangeOptions::new(Arc::new(Watched {
            everyone,
            speech: Arc::clone(&speech),
            trouble: trouble.clone(),
        }));
        options.trouble = trouble.clone();
        options.seed = SEED;
        let exchange = runtime.block_on(Exchange::start(options)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("leads.csv"), leads).unwrap();
        std::fs::write(folder.path().join("scenario.toml"), OFFER).unwrap();
        Self {
            exchange,
            speech,
            folder,
            numbers,
            settings: Vec::new(),
            _runtime: runtime,
        }
    }

    /// The same stage with another setting.
    pub(super) fn with(mut self, variable: &'static str, value: &'static str) -> Self {
        self.settings.push((variable, value));
        self
    }

    /// The variables that point the program at this stage.
    pub(super) fn environment(&self) -> BTreeMap<String, String> {
        let home = self.folder.path().join("home").display().to_string();
        [
            ("HOME", home),
            ("NOVODIAL_ASTERISK_URL", self.exchange.base_url()),
            ("NOVODIAL_ASTERISK_USERNAME", "novodial".to_owned()),
            ("NOVODIAL_ASTERISK_PASSWORD", "rehearsal".to_owned()),
            ("NOVODIAL_ASTERISK_TRUNK", "novofon".to_owned()),
            ("NOVODIAL_ASTERISK_CALLER_ID", "+74950000001".to_owned()),
            ("ELEVENLABS_API_KEY", "rehearsal-key".to_owned()),
            ("NOVODIAL_ELEVENLABS_BASE_URL", self.speech.base_url()),
            ("NOVODIAL_ELEVENLABS_VOICE_ID", "rehearsal-voice".to_owned()),
            ("NOVODIAL_POLICY_HOURS", "any".to_owned()),
            ("NOVODIAL_CALL_RING_TIMEOUT", "12s".to_owned()),
            ("NOVODIAL_CAMPAIGN_BREAKER_PAUSE", "1s".to_owned()),
            ("NOVODIAL_CAMPAIGN_BREAKER_PAUSES", "2".to_owned()),
        ]
        .into_iter()
        .chain(
            self.settings
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        )
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Ended {
        let output = self.command(arguments).output().unwrap();
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The program, in this folder and pointed at this exchange.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_novodial"));
        command
            .env_clear()
            .envs(self.environment())
            .current_dir(self.folder.path())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    /// Rings all leads once.
    pub(super) fn campaign(&self, at_once: &str) -> Ended {
        let pace = ["--max-calls", at_once, "--cps", "4"];
        self.run(
            &[
                &["campaign", "run", "leads.csv", "--yes", "--no-wait"],
                &pace[..],
            ]
            .concat(),
        )
    }

    /// What the history says of the last call to a character.
    pub(super) fn told(&self, callee: &str) -> Told {
        let number = format!("+{}", self.numbers[callee]);
        let list = self.run(&["calls", "list", "--number", &number, "--format", "jsonl"]);
        let first = list.stdout.lines().next();
        let call: Value = serde_json::from_str(first.expect("a call")).unwrap();
        let id = call["attempt_id"].to_string();
        let shown = self.run(&["calls", "show", id.trim_matches('"'), "--format", "json"]);
        let shown: Value = serde_json::from_str(&shown.stdout)
            .unwrap_or_else(|error| panic!("{error}: {shown:?}"));
        let word = |key: &str| call[key].as_str().unwrap_or("-").to_owned();
        let turns = shown["turns"].as_array().expect("turns").iter();
        Told {
            disposition: word("disposition"),
            outcome: word("outcome"),
            turns: turns
                .map(|turn| format!("{}: {}", text(&turn["speaker"]), text(&turn["text"])))
                .collect(),
        }
    }

    /// What the callee measured, if it was reached.
    pub(super) fn measured(&self, callee: &str) -> Option<Measured> {
        let number = &self.numbers[callee];
        let calls = self.exchange.calls().into_iter().rev();
        let mut measured = calls.filter_map(|call| call.measured);
        measured
            .find(|call| call.number == *number)
            .map(|call| *call)
    }
}

impl Told {
    /// What the history says that a side said, as an ear would have it.
    pub(super) fn said_by(&self, who: &str) -> Vec<String> {
        let turns = self.turns.iter();
        turns
            .filter_map(|turn| turn.strip_prefix(who)?.strip_prefix(": "))
            .map(audible)
            .collect()
    }
}

/// Letters of a talk that may be lost, of 60 ms each: on a busy machine a frame comes late.
const LOST: usize = 3;

fn letters(text: &str) -> String {
    text.split_whitespace().collect()
}

/// What the history says was said is what either side heard of the other.
pub(super) fn assert_both_sides_agree(told: &Told, measured: &Measured) {
    let said: Vec<String> = measured
        .said
        .iter()
        .map(|said| audible(&said.text))
        .collect();
    let heard = measured.heard().join(" ");
    let of_callee = told.said_by("callee").join(" ");
    for (told_of, of_it) in [
        (&of_callee, said.join(" ")),
        (&told.said_by("bot").join(" "), heard),
    ] {
        let lost = strsim::levenshtein(&letters(told_of), &letters(&of_it));
        assert!(lost <= LOST, "{lost} letters: {told:#?}\n{measured:#?}");
    }
    // Of a short answer no letter may be missing, and none of them may be missing whole.
    for word in said.iter().filter(|said| said.chars().count() <= 2 * LOST) {
        assert!(
            of_callee.contains(&**word),
            "{word}: {told:#?}\n{measured:#?}"
        );
    }
    assert_eq!(measured.released_by, Side::Caller, "{measured:#?}");
    assert!(measured.last_turn_whole, "{measured:#?}");
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
