//! The telephone lab: two real Asterisks on loopback, and callees who play a part.
//!
//! `pbx` runs the project's own `asterisk_configs`, of which only `local.conf` is replaced;
//! `carrier` is the provider and, by `AudioSocket`, hands every answered call to the callees of this
//! process. [`Lab::shared`] serves all tests of a binary; [`Lab::start`] gives a fresh one to a
//! test that breaks it. Several labs run at once, each on a block of ports of its own.
//! Everything ends with the process, however it ends.
#![allow(
    dead_code,
    reason = "each program that takes the lab in uses a part of it"
)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unused_self,
    reason = "test code, also where it is built as the example `lab`"
)]

#[cfg(test)]
mod ari;
mod asterisk;
#[cfg(test)]
mod generated;
mod settings;
pub(crate) mod sip;
mod slot;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod traps;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Once, OnceLock};
use std::time::Duration;

use novodial::audio::G711;
use novodial::rehearsal::audiosocket::CalleeServer;
use novodial::rehearsal::callee::{Measured, parts};
use novodial::rehearsal::exchange::ANNOUNCEMENT;
use novodial::rehearsal::voice::speak;

#[cfg(test)]
pub(crate) use ari::request;
pub(crate) use asterisk::Asterisk;
pub(crate) use settings::Trunk;
use slot::Slot;

/// A running lab. Dropping it ends both exchanges.
#[derive(Debug)]
pub(crate) struct Lab {
    /// The user's own exchange, which novodial drives.
    pub(crate) pbx: Asterisk,
    /// The provider behind the trunk.
    pub(crate) carrier: Asterisk,
    callees: CalleeServer,
    slot: Slot,
}

impl Lab {
    /// The lab that all tests of this process share; made at the first use.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Lab> = OnceLock::new();
        SHARED.get_or_init(|| Self::start("shared"))
    }

    /// A lab of its own, with the trunk by IP address.
    pub(crate) fn start(name: &str) -> Self {
        Self::start_with(name, Trunk::ByAddress)
    }

    /// A lab of its own, with the trunk in the given variant; returns when calls can be made.
    pub(crate) fn start_with(name: &str, trunk: Trunk) -> Self {
        install();
        let slot = Slot::take(name);
        let local = settings::pbx(&slot.ports(), trunk);
        Self::begin(slot, &project("asterisk_configs"), &local)
    }

    /// A lab whose pbx has the files of a folder, `local.conf` too, which are written for its ports.
    #[cfg(test)]
    fn start_from(name: &str, write: impl FnOnce(&slot::Ports) -> PathBuf) -> Self {
        install();
        let slot = Slot::take(name);
        let configs = write(&slot.ports());
        let local = std::fs::read_to_string(configs.join("local.conf")).expect("local.conf");
        Self::begin(slot, &configs, &local)
    }

    fn begin(slot: Slot, configs: &Path, local_conf: &str) -> Self {
        let callees = CalleeServer::start(parts().expect("the parts are well-formed"))
            .expect("the callees' port opens");
        hurry("callees");
        let ports = slot.ports();
        let pbx = Asterisk::prepare(&slot.home("pbx"), configs, local_conf);
        let home = slot.home("carrier");
        let announcement = asterisk::announcement(&home);
        let carrier = Asterisk::prepare(
            &home,
            &project("tests/lab/carrier"),
            &settings::carrier(&ports, callees.address(), &announcement),
        );
        let sound = speak(ANNOUNCEMENT).into_iter();
        let alaw: Vec<u8> = sound.map(|sample| G711::Alaw.compress(sample)).collect();
        carrier.keep_announcement(&alaw);
        // The carrier first: the pbx asks it at once whether it is there.
        carrier.start();
        pbx.start();
        let lab = Self {
            pbx,
            carrier,
            callees,
            slot,
        };
        lab.wait_for_trunk("online");
        lab
    }

    /// Where ARI answers: `[asterisk] url`.
    pub(crate) fn ari_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.slot.ports().http)
    }

    /// The ARI login.
    pub(crate) fn username(&self) -> &'static str {
        "novodial"
    }

    /// The ARI password.
    pub(crate) fn password(&self) -> &'static str {
        settings::ARI_PASSWORD
    }

    /// The trunk's endpoint on the pbx.
    pub(crate) fn trunk(&self) -> &'static str {
        "novofon"
    }

    /// The variables that point the `novodial` binary at this lab.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("NOVODIAL_ASTERISK_URL", self.ari_url()),
            ("NOVODIAL_ASTERISK_USERNAME", self.username().to_owned()),
            ("NOVODIAL_ASTERISK_PASSWORD", self.password().to_owned()),
            ("NOVODIAL_ASTERISK_TRUNK", self.trunk().to_owned()),
        ]
    }

    /// What the callees measured, one entry a finished call, in the order in which they ended.
    pub(crate) fn measured(&self) -> Vec<Measured> {
        self.callees.measured()
    }

    /// Waits for the end of a call from `caller` to `number` (digits) and gives what was measured.
    /// Tests that share the lab tell their calls apart by a caller id of their own.
    pub(crate) fn wait_for_measured(&self, caller: &str, number: &str) -> Measured {
        self.callees
            .take(caller, number, Duration::from_secs(20))
            .unwrap_or_else(|| {
                panic!(
                    "no finished call from {caller} to {number}; finished: {:#?}\n{}",
                    self.measured(),
                    self.carrier.log()
                )
            })
    }

    /// Waits until the pbx sees its trunk as `online` or `offline`.
    pub(crate) fn wait_for_trunk(&self, state: &str) {
        let wanted = if state == "online" {
            "Avail"
        } else {
            "Unavail"
        };
        self.pbx
            .wait_for_cli("pjsip show contacts", "the trunk's state", |answer| {
                answer.split_whitespace().any(|word| word == wanted)
            });
    }

    /// Waits until the pbx has no channel.
    pub(crate) fn wait_for_quiet(&self) {
        self.pbx.wait_for_cli(
            "core show channels count",
            "the end of all calls",
            |answer| answer.contains("0 active channels"),
        );
    }

    /// The `INVITE`s that the carrier received for a number (digits), each with the time of the log.
    pub(crate) fn timed_invites(&self, number: &str) -> Vec<(String, String)> {
        sip::timed_invites(&self.carrier.sip_log(), number)
    }

    /// The SIP requests `INVITE` that the carrier received for a number (digits), oldest first.
    pub(crate) fn invites(&self, number: &str) -> Vec<String> {
        sip::invites(&self.carrier.sip_log(), number)
    }
}

/// Gives the threads of a name in this process a priority that builders next door do not have: what
/// they measure must not be their own delay. Where it is not allowed, so be it.
fn hurry(name: &str) {
    let tasks = std::fs::read_dir("/proc/self/task").expect("the list of threads");
    for task in tasks.filter_map(Result::ok) {
        let own = std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        if own.trim() == name {
            let mut renice = Command::new("renice");
            renice.args(["-n", "-10", "-p"]).arg(task.file_name());
            drop(renice.output());
        }
    }
}

/// A path in the project.
fn project(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Installs Asterisk once a process; at once where it is there already.
fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let script = project("tests/lab/install.sh");
        let status = Command::new(&script).status().expect("install.sh runs");
        assert!(status.success(), "{} failed: {status}", script.display());
    });
}
