//! What the benchmarks of calls share: a folder, `novodial exchange` as a process of its own with
//! callees that a benchmark writes, and a campaign of the `novodial` binary that rings them.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// The scenario of the benchmarks.
pub(super) const TALK: &str = include_str!("talk.toml");

/// An exchange with its callees, and a folder to ring them from.
pub(super) struct Stage {
    folder: TempDir,
    exchange: Child,
    lines: Receiver<String>,
    variables: Vec<(String, String)>,
    leads: usize,
}

/// Who answers: the name and the file of a character.
pub(super) type Callee = (String, String);

impl Stage {
    /// One lead for each callee, `rounds` times over.
    pub(super) fn set(callees: &[Callee], rounds: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("callees")).unwrap();
        for (name, text) in callees {
            fs::write(path(&format!("callees/{name}.toml")), text).unwrap();
        }
        let mut leads = "phone,callee\n".to_owned();
        let names = std::iter::repeat_n(callees, rounds).flatten();
        let mut count = 0;
        for (at, (name, _)) in names.enumerate() {
            writeln!(leads, "+7900{at:07},{name}").unwrap();
            count += 1;
        }
        fs::write(path("leads.csv"), leads).unwrap();
        fs::write(path("talk.toml"), TALK).unwrap();
        let mut exchange = novodial(folder.path())
            .args(["exchange", "--leads", "leads.csv", "--callees", "callees"])
            .args(["--format", "jsonl"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = read_lines(exchange.stdout.take().unwrap());
        let first: Value = serde_json::from_str(&lines.recv().unwrap()).unwrap();
        let variables = first["environment"].as_object().unwrap().iter();
        let variables = variables
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect();
        Self {
            folder,
            exchange,
            lines,
            variables,
            leads: count,
        }
    }

    /// The exchange's process.
    pub(super) fn exchange_id(&self) -> u32 {
        self.exchange.id()
    }

    /// Begins to ring all leads, so many at once and so many new ones a second.
    pub(super) fn campaign(&self, at_once: usize, per_second: f64) -> Child {
        let variables = self.variables.iter().cloned();
        ring(self.folder.path(), variables, (at_once, per_second))
    }

    /// Rings all leads and gives what each callee who answered measured.
    pub(super) fn measure(&self, at_once: usize, per_second: f64) -> Vec<Value> {
        let mut campaign = self.campaign(at_once, per_second);
        campaign.wait().unwrap();
        self.measured()
    }

    /// What the dialer's history says of its calls.
    pub(super) fn history(&self) -> Vec<Value> {
        let list = novodial(self.folder.path())
            .envs(self.variables.iter().cloned())
            .args(["calls", "list", "--format", "jsonl", "--limit", "500"])
            .output()
            .unwrap();
        let text = String::from_utf8(list.stdout).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// What the callees measured, after the campaign's end.
    pub(super) fn measured(&self) -> Vec<Value> {
        let patience = Duration::from_secs(5);
        (0..self.leads)
            .map_while(|_| self.lines.recv_timeout(patience).ok())
            .map(|line| serde_json::from_str::<Value>(&line).unwrap()["measured"].take())
            .filter(|measured| !measured.is_null())
            .collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.exchange.kill().unwrap();
        self.exchange.wait().unwrap();
    }
}

/// A campaign of the leads in a folder: so many at once, so many new ones a second.
pub(super) fn ring<Name: AsRef<OsStr>>(
    folder: &Path,
    variables: impl IntoIterator<Item = (Name, String)>,
    (at_once, per_second): (usize, f64),
) -> Child {
    novodial(folder)
        .envs(variables)
        .env("NOVODIAL_POLICY_HOURS", "any")
        .env("NOVODIAL_CALL_RING_TIMEOUT", "40s")
        .args(["campaign", "run", "leads.csv", "--scenario", "talk.toml"])
        .args(["--yes", "--no-wait", "--quiet"])
        .args(["--max-calls", &at_once.to_string()])
        .args(["--cps", &per_second.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// The program, in a folder that is its home.
pub(super) fn novodial(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_novodial"));
    command
        .env_clear()
        .env("HOME", folder)
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

fn read_lines(from: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// The value below which so many of a hundred lie; `None` of nothing.
pub(super) fn percentile(values: &[u64], percent: usize) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last * percent).div_ceil(100)).copied()
}
