//! How long `novodial call` takes from its start to its first request at Asterisk: `-- cold`.
//!
//! Asterisk is a bare listener here that notes when the first byte of a request has come, and then
//! refuses. Twenty starts with no ledger, and as many with one of 10,000 leads.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::stage::{TALK, novodial, percentile};

const STARTS: usize = 20;
const LEADS: usize = 10_000;
const REFUSAL: &[u8] =
    b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// A line for each kind of start.
pub(super) fn measure() {
    println!("start to the first request | p50 | p95 | most");
    let none: Vec<u64> = (0..STARTS)
        .map(|_| start(tempfile::tempdir().unwrap().path()))
        .collect();
    report("no ledger yet", &none);
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path());
    let full: Vec<u64> = (0..STARTS).map(|_| start(folder.path())).collect();
    report("a ledger of 10,000 leads", &full);
}

fn report(what: &str, micros: &[u64]) {
    let ms = |percent| percentile(micros, percent).unwrap_or(0) as f64 / 1_000.0;
    println!(
        "{what:<26} | {:>4.1} ms | {:>4.1} ms | {:>4.1} ms",
        ms(50),
        ms(95),
        ms(100)
    );
}

/// Starts a call in this folder; microseconds until its first request is there.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures by the machine's clock"
)]
fn start(folder: &Path) -> u64 {
    let asterisk = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", asterisk.local_addr().unwrap());
    fs::write(folder.join("talk.toml"), TALK).unwrap();
    let began = Instant::now();
    let mut call = given(folder)
        .env("NOVODIAL_ASTERISK_URL", url)
        .args(["call", "+79000000001", "--scenario", "talk.toml"])
        .spawn()
        .unwrap();
    let (mut request, _) = asterisk.accept().unwrap();
    request.read_exact(&mut [0]).unwrap();
    let taken = began.elapsed();
    request.write_all(REFUSAL).unwrap();
    drop((request, asterisk));
    call.wait().unwrap();
    u64::try_from(taken.as_micros()).unwrap()
}

/// The leads of a campaign that has yet to begin.
fn fill(folder: &Path) {
    let mut leads = "phone,name\n".to_owned();
    for at in 0..LEADS {
        writeln!(leads, "+7900{at:07},Анна").unwrap();
    }
    fs::write(folder.join("leads.csv"), leads).unwrap();
    fs::write(folder.join("talk.toml"), TALK).unwrap();
    let added = given(folder)
        .args(["campaign", "add", "leads.csv", "--scenario", "talk.toml"])
        .status()
        .unwrap();
    assert!(added.success(), "the leads were not taken in");
    // What was written is on the disk before the starts are timed.
    std::thread::sleep(Duration::from_secs(1));
}

fn given(folder: &Path) -> Command {
    let mut command = novodial(folder);
    command
        .env("NOVODIAL_ASTERISK_USERNAME", "novodial")
        .env("NOVODIAL_ASTERISK_PASSWORD", "not-a-secret")
        .env("NOVODIAL_ASTERISK_CALLER_ID", "+74950000000")
        .env("ELEVENLABS_API_KEY", "not-a-key")
        .env("NOVODIAL_ELEVENLABS_VOICE_ID", "voice")
        .env("NOVODIAL_POLICY_HOURS", "any")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}
