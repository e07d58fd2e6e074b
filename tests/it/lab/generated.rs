//! What `novodial asterisk config` writes starts Asterisk as it is, and carries a call.

use std::path::Path;
use std::process::{Command, Output};

use novodial::rehearsal::speech_service::{Options, SpeechService};

use super::Lab;
use super::slot::Ports;

/// The password of the line that the carrier knows.
const LINE_PASSWORD: &str = "line-secret";

/// The program in a folder of its own.
pub(super) fn novodial(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_novodial"));
    command
        .current_dir(folder)
        .args(arguments)
        .env("NO_COLOR", "1")
        .env("NOVODIAL_POLICY_HOURS", "any")
        .env("NOVODIAL_ASTERISK_USERNAME", "dialer");
    command
}

pub(super) fn text(output: &Output) -> String {
    let out = String::from_utf8_lossy(&output.stdout);
    format!("{out}{}", String::from_utf8_lossy(&output.stderr))
}

/// Writes the configuration for a line at these ports; the password of ARI goes into `.env`.
fn written(folder: &Path, ports: &Ports, more: &[&str]) -> Output {
    let server = format!("127.0.0.1:{}", ports.carrier_sip);
    let bind = format!("127.0.0.1:{}", ports.pbx_sip);
    let rtp = format!("{}-{}", ports.pbx_rtp, ports.pbx_rtp + 199);
    std::fs::write(folder.join("line.password"), LINE_PASSWORD).expect("the line's password");
    let settings = format!(
        "[asterisk]\nurl = \"http://127.0.0.1:{}\"\ntrunk = \"carrier\"\n",
        ports.http
    );
    std::fs::write(folder.join("novodial.toml"), settings).expect("settings");
    let mut arguments = vec!["asterisk", "config", "etc", "--line", "0012345"];
    arguments.extend(["--line-password-file", "line.password", "--server", &server]);
    arguments.extend(["--bind", &bind, "--rtp-ports", &rtp, "--env"]);
    arguments.extend(more);
    novodial(folder, &arguments)
        .output()
        .expect("novodial runs")
}

#[test]
fn the_configuration_that_is_written_starts_asterisk_and_carries_a_call() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let lab = Lab::start_from("generated", |ports| {
        let output = written(folder, ports, &[]);
        assert!(output.status.success(), "{}", text(&output));
        folder.join("etc")
    });
    let complaints = lab.pbx.log();
    let complaints = complaints
        .lines()
        .filter(|line| line.contains("ERROR") || line.contains("WARNING"));
    assert_eq!(complaints.collect::<Vec<_>>(), Vec::<&str>::new());
    // The password is the one in .env, of which Asterisk has the hash alone.
    let env = std::fs::read_to_string(folder.join(".env")).expect(".env");
    let password = env.trim().rsplit_once('=').expect("a variable").1;
    let local = std::fs::read_to_string(lab.pbx.etc().join("local.conf")).expect("local.conf");
    assert!(password.len() > 40 && !local.contains(password) && local.contains("$6$"));
    lab.pbx
        .wait_for_cli("pjsip show registrations", "the registration", |answer| {
            answer.contains(" Registered")
        });
    let check = novodial(folder, &["asterisk", "check"])
        .output()
        .expect("novodial runs");
    let said = text(&check);
    assert!(
        check.status.success() && !said.contains("warning"),
        "{said}"
    );
    call(folder);
    // Installed as it would be written: nothing differs, and nothing is asked.
    let ports = lab.slot.ports();
    let etc = lab.pbx.etc();
    let same = written(folder, &ports, &["--diff", etc.to_str().expect("a path")]);
    assert!(
        same.status.success() && text(&same).contains("nothing differs"),
        "{}",
        text(&same)
    );
}

/// A whole talk.
fn call(folder: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let speech = runtime
        .block_on(SpeechService::start(Options::default()))
        .expect("the speech service");
    let arguments = ["call", "+79000000001", "--scenario", "offer.ru"];
    let output = novodial(folder, &[&arguments[..], &["--format", "json"]].concat())
        .env("ELEVENLABS_API_KEY", "rehearsal-key")
        .env("NOVODIAL_ELEVENLABS_BASE_URL", speech.base_url())
        .env("NOVODIAL_ELEVENLABS_VOICE_ID", "rehearsal-voice")
        .output()
        .expect("novodial runs");
    let said = text(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("\"outcome\": \"agreed\""), "{said}");
}
