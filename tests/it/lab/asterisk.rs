//! One Asterisk of the lab: its folders, its process, its console.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::{project, slot};

/// How long an exchange may take to start, or to show what a test waits for.
const PATIENCE: Duration = Duration::from_secs(40);

/// One exchange. Its process ends with the test's process, or with [`Asterisk::stop`].
#[derive(Debug)]
pub(crate) struct Asterisk {
    home: PathBuf,
    process: Mutex<Option<Child>>,
}

impl Asterisk {
    /// Lays out the folders: the given configuration, with `local.conf` replaced.
    pub(super) fn prepare(home: &Path, configs: &Path, local_conf: &str) -> Self {
        for folder in ["etc", "lib", "spool/recording", "log", "run"] {
            fs::create_dir_all(home.join(folder)).expect("a folder for Asterisk");
        }
        for entry in fs::read_dir(configs).expect("the configuration's folder") {
            let path = entry.expect("its entry").path();
            if path.extension().is_some_and(|ext| ext == "conf") {
                let name = path.file_name().expect("a file's name");
                fs::copy(&path, home.join("etc").join(name)).expect("a copy");
            }
        }
        fs::write(home.join("etc/local.conf"), local_conf).expect("local.conf");
        // Only for `asterisk -rx`, which runs outside of the exchange's mounts.
        let remote = format!("[directories]\nastrundir => {}/run\n", inside(home));
        fs::write(home.join("remote.conf"), remote).expect("remote.conf");
        Self {
            home: home.to_owned(),
            process: Mutex::new(None),
        }
    }

    /// Starts the exchange and waits until it has booted; nothing if it runs.
    pub(crate) fn start(&self) {
        {
            let mut process = self.process.lock().expect("the process's lock");
            if process.is_some() {
                return;
            }
            *process = Some(
                Command::new(project("tests/lab/hold.sh"))
                    .args([slot::root(), self.home.clone()])
                    .stdin(Stdio::piped())
                    .stdout(Stdio::null())
                    .spawn()
                    .expect("hold.sh starts"),
            );
        }
        self.wait_for_cli("core waitfullybooted", "the start", |answer| {
            answer.contains("fully booted")
        });
    }

    /// Ends the exchange at once, as a crash would; its ports refuse from then on.
    pub(crate) fn stop(&self) {
        let child = self.process.lock().expect("the process's lock").take();
        if let Some(mut child) = child {
            drop(child.stdin.take());
            child.wait().expect("hold.sh ends");
        }
    }

    /// Stops and starts again.
    pub(crate) fn restart(&self) {
        self.stop();
        self.start();
    }

    /// What a console command answers; empty if the exchange does not run.
    pub(crate) fn cli(&self, command: &str) -> String {
        let output = Command::new("chroot")
            .arg(slot::root())
            .args(["asterisk", "-C"])
            .arg(format!("{}/remote.conf", inside(&self.home)))
            .args(["-rx", command])
            .stdin(Stdio::null())
            .output()
            .expect("chroot runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Repeats a console command until its answer satisfies.
    pub(crate) fn wait_for_cli(&self, command: &str, what: &str, satisfied: impl Fn(&str) -> bool) {
        let give_up = deadline();
        loop {
            let answer = self.cli(command);
            if satisfied(&answer) {
                return;
            }
            assert!(
                !is_past(give_up),
                "waited in vain for {what} of {}:\n{answer}\n{}",
                self.home.display(),
                self.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Lays a sound in A-law beside its folders, where [`announcement`] names it.
    pub(super) fn keep_announcement(&self, alaw: &[u8]) {
        fs::write(self.home.join("announcement.alaw"), alaw).expect("the announcement");
    }

    /// The folder of its configuration.
    pub(super) fn etc(&self) -> PathBuf {
        self.home.join("etc")
    }

    /// The folder of what it records.
    pub(super) fn recordings(&self) -> PathBuf {
        self.home.join("spool/recording")
    }

    /// A folder with a program `asterisk` that is this exchange's console, for `PATH`.
    pub(super) fn console(&self) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let folder = self.home.join("bin");
        fs::create_dir_all(&folder).expect("a folder for the console");
        let script = format!(
            "#!/bin/sh\nexec chroot {} asterisk -C {}/remote.conf \"$@\"\n",
            slot::root().display(),
            inside(&self.home)
        );
        let program = folder.join("asterisk");
        fs::write(&program, script).expect("the console's script");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("its mode");
        folder
    }

    /// Its log of notices, warnings and errors.
    pub(crate) fn log(&self) -> String {
        self.read("messages.log")
    }

    /// Every SIP message that the carrier received or sent; the pbx writes none.
    pub(crate) fn sip_log(&self) -> String {
        self.read("sip.log")
    }

    fn read(&self, file: &str) -> String {
        let bytes = fs::read(self.home.join("log").join(file)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Asterisk {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The announcement of an exchange, as its dialplan names it.
pub(super) fn announcement(home: &Path) -> String {
    format!("{}/announcement", inside(home))
}

/// The path of a folder as the chroot sees it.
fn inside(home: &Path) -> String {
    let path = home.strip_prefix(slot::root()).expect("inside the root");
    format!("/{}", path.display())
}

#[expect(
    clippy::disallowed_methods,
    reason = "waiting for another program needs the real clock"
)]
fn deadline() -> Instant {
    Instant::now() + PATIENCE
}

#[expect(
    clippy::disallowed_methods,
    reason = "waiting for another program needs the real clock"
)]
fn is_past(deadline: Instant) -> bool {
    Instant::now() > deadline
}
