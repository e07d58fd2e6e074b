//! A shell to run the program in: a folder with a ledger of its own, an environment, a caller id.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::bench::Bench;
use super::speech::Speech;
use crate::cli::OFFER;

/// The binary under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_novodial");
/// Longer than any command of these tests takes.
const PATIENCE: Duration = Duration::from_mins(4);

/// One shell. What it is given stands over what the program would find.
pub(super) struct Desk {
    folder: TempDir,
    variables: BTreeMap<&'static str, String>,
    /// The caller id, digits; no other shell of this process has it.
    pub(super) caller: String,
    /// The prefix of its applications and channels.
    pub(super) app: String,
}

impl Desk {
    /// A shell that is pointed at a bench and a speech service.
    pub(super) fn new(bench: &dyn Bench, speech: &Speech) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let caller = format!("74950{:06}", 1000 + number);
        let app = format!("shell{number}x");
        let own = [
            ("NOVODIAL_ASTERISK_CALLER_ID", format!("+{caller}")),
            ("NOVODIAL_ASTERISK_APP", app.clone()),
            ("NOVODIAL_POLICY_HOURS", "any".to_owned()),
            ("NOVODIAL_CALL_RING_TIMEOUT", "4s".to_owned()),
        ];
        let given = bench.environment().into_iter().chain(speech.environment());
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("scenario.toml"), OFFER).expect("a scenario");
        Self {
            folder,
            variables: given.chain(own).collect(),
            caller,
            app,
        }
    }

    /// Sets a variable.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.insert(name, value.into());
        self
    }

    /// Takes a variable away.
    pub(super) fn without(mut self, name: &'static str) -> Self {
        self.variables.remove(name);
        self
    }

    /// Writes a file into the folder.
    pub(super) fn file(self, name: &str, text: &str) -> Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
        self
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a command to its end.
    pub(super) fn run(&self, arguments: &[&str]) -> Ended {
        self.start(arguments).end()
    }

    /// Starts a command.
    pub(super) fn start(&self, arguments: &[&str]) -> Running {
        let mut command = Command::new(PROGRAM);
        command.args(arguments);
        self.launch(command, format!("novodial {}", arguments.join(" ")))
    }

    /// Starts a script of the shell, to which the program is `$novodial`.
    pub(super) fn script(&self, script: &str) -> Running {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        self.launch(command, script.to_owned())
    }

    /// The program, in this folder and environment.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(arguments);
        self.furnish(&mut command);
        command
    }

    fn furnish(&self, command: &mut Command) {
        let path = std::env::var_os("PATH").unwrap_or_default();
        command
            .env_clear()
            .envs([("novodial", PROGRAM.into()), ("PATH", path)])
            .env("HOME", self.path("home"))
            .envs(&self.variables)
            .current_dir(self.folder.path());
    }

    fn launch(&self, mut command: Command, told: String) -> Running {
        self.furnish(&mut command);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        Running {
            told,
            stdout: Output::collect(child.stdout.take().expect("stdout")),
            stderr: Output::collect(child.stderr.take().expect("stderr")),
            child,
        }
    }
}

/// A command that ended.
pub(super) struct Ended {
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl std::fmt::Debug for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            code,
            stdout,
            stderr,
        } = self;
        write!(
            f,
            "exit code {code}\n--- stdout\n{stdout}--- stderr\n{stderr}---"
        )
    }
}

impl Ended {
    /// Stdout as one JSON value.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Stdout as one JSON value a line.
    pub(super) fn lines(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {self:?}")))
            .collect()
    }
}

/// A command that runs. Dropped before its end, it is killed.
pub(super) struct Running {
    told: String,
    child: Child,
    stdout: Output,
    stderr: Output,
}

impl Running {
    /// Waits until stdout or stderr holds a text.
    pub(super) fn wait_for(&self, text: &str) {
        let found = self.stderr.wait_for(text, Duration::from_millis(0))
            || self.stdout.wait_for(text, Duration::from_millis(0));
        if found {
            return;
        }
        // One of both will hold it; look at each in turn until then.
        for _ in 0..PATIENCE.as_millis() / 40 {
            if self.stderr.wait_for(text, Duration::from_millis(20))
                || self.stdout.wait_for(text, Duration::from_millis(20))
            {
                return;
            }
        }
        panic!(
            "`{}` never said `{text}`:\n{}\n{}",
            self.told,
            self.stdout.text(),
            self.stderr.text()
        );
    }

    /// Sends a signal by its name, as `kill` knows it.
    pub(super) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()
            .expect("kill runs");
        assert!(status.success(), "no process to signal: {}", self.told);
    }

    /// Whether it runs still.
    pub(super) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("a status").is_none()
    }

    /// Waits for the end; -1 stands for an end by a signal.
    pub(super) fn end(mut self) -> Ended {
        for _ in 0..PATIENCE.as_millis() / 10 {
            if !self.is_running() {
                let status = self.child.wait().expect("a status");
                return Ended {
                    code: status.code().unwrap_or(-1),
                    stdout: self.stdout.whole(),
                    stderr: self.stderr.whole(),
                };
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("`{}` does not end: {}", self.told, self.stderr.text());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            self.child.kill().expect("it is killed");
            self.child.wait().expect("its end");
        }
    }
}

/// What a stream has said so far.
struct Output(Arc<(Mutex<Said>, Condvar)>);

#[derive(Default)]
struct Said {
    bytes: Vec<u8>,
    closed: bool,
}

impl Output {
    fn collect(mut stream: impl Read + Send + 'static) -> Self {
        let shared: Arc<(Mutex<Said>, Condvar)> = Arc::default();
        let output = Self(Arc::clone(&shared));
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let read = stream.read(&mut buffer).unwrap_or(0);
                let mut said = shared.0.lock().expect("the lock");
                said.bytes.extend(&buffer[..read]);
                said.closed = read == 0;
                shared.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        output
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.0.lock().expect("the lock").bytes).into_owned()
    }

    fn wait_for(&self, text: &str, patience: Duration) -> bool {
        let holds = |said: &Said| String::from_utf8_lossy(&said.bytes).contains(text);
        let (said, _) = self
            .0
            .1
            .wait_timeout_while(self.0.0.lock().expect("the lock"), patience, |said| {
                !holds(said)
            })
            .expect("the lock");
        holds(&said)
    }

    fn whole(&self) -> String {
        let said = self
            .0
            .1
            .wait_while(self.0.0.lock().expect("the lock"), |said| !said.closed);
        String::from_utf8(said.expect("the lock").bytes.clone()).expect("UTF-8")
    }
}
