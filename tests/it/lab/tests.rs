//! The lab itself: what is shipped loads, and every number does what its part says.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use rstest::rstest;

use super::ari::{Application, request};
use super::sip::{from_user, offered_payloads};
use super::{Lab, Trunk};
use novodial::rehearsal::callee::Side;

#[test]
fn the_shipped_configuration_loads_without_a_complaint() {
    // Its own lab: the log of a shared one also tells of the calls.
    let lab = Lab::start("configuration");
    let log = lab.pbx.log();
    assert!(log.contains("modules will be loaded"), "no log: {log}");
    let complaints: Vec<_> = log
        .lines()
        .filter(|line| line.contains("ERROR") || line.contains("WARNING"))
        .collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
    let modules = lab.pbx.cli("module show");
    let idle: Vec<_> = modules
        .lines()
        .filter(|m| m.contains("Not Running"))
        .collect();
    assert!(
        modules.contains("chan_websocket.so") && idle.is_empty(),
        "{idle:#?}"
    );
}

/// The names of the sections of a configuration, in order.
fn sections(text: &str) -> Vec<&str> {
    text.lines()
        .filter(|line| line.starts_with('['))
        .filter_map(|line| line.split_inclusive("(!)").next())
        .collect()
}

#[test]
fn the_lab_replaces_every_section_of_local_conf_and_adds_none() {
    let shipped = include_str!("../../../asterisk_configs/local.conf");
    let lab = Lab::shared();
    for trunk in [Trunk::ByAddress, Trunk::ByRegistration] {
        let replaced = super::settings::pbx(&lab.slot.ports(), trunk);
        assert_eq!(sections(&replaced), sections(shipped), "{trunk:?}");
    }
}

#[test]
fn what_is_shipped_listens_to_loopback_and_lets_nobody_in() {
    let shipped = include_str!("../../../asterisk_configs/local.conf");
    let values = |key: &str| -> Vec<&str> {
        let set = shipped.lines().filter_map(|line| line.split_once('='));
        set.filter(|(name, _)| *name == key)
            .map(|(_, value)| value.split(';').next().unwrap_or_default().trim())
            .collect()
    };
    assert_eq!(values("bindaddr"), ["127.0.0.1"]);
    assert_eq!(values("bind"), ["127.0.0.1:5060"]);
    assert_eq!(values("INBOUND"), ["refuse"]);
    assert_eq!(
        values("password").first(),
        Some(&""),
        "ARI has a known password"
    );
}

#[rstest]
#[case::busy("79000000051", 17, 486)]
#[case::no_answer("79000000052", 19, 480)]
#[case::declined("79000000053", 21, 603)]
#[case::forbidden("79000000054", 21, 403)]
#[case::no_such_number("79000000055", 1, 404)]
#[case::congestion("79000000056", 34, 503)]
#[case::phone_off("79000000057", 19, 480)]
#[tokio::test]
async fn a_number_that_does_not_answer_ends_as_its_part_says(
    #[case] number: &str,
    #[case] cause: i64,
    #[case] sip: i64,
) {
    let lab = Lab::shared();
    let channel = format!("lab-{number}");
    let mut app = Application::open(lab, &channel).await;
    app.originate(&channel, "74950000100", number).await;
    let end = app.wait_for("ChannelDestroyed", &channel).await;
    assert_eq!(
        (end["cause"].as_i64(), end["tech_cause"].as_i64()),
        (Some(cause), Some(sip)),
        "{end}"
    );
}

#[tokio::test]
async fn the_invite_shows_the_caller_id_and_offers_alaw_first() {
    let lab = Lab::shared();
    let mut app = Application::open(lab, "lab-invite").await;
    app.originate("lab-invite", "74950000123", "79000000055")
        .await;
    app.wait_for("ChannelDestroyed", "lab-invite").await;
    let invites = lab.invites("79000000055");
    let invite = invites
        .iter()
        .find(|invite| from_user(invite) == Some("+74950000123"))
        .expect("an INVITE with our caller id");
    assert_eq!(
        offered_payloads(invite).get(..2),
        Some(&[8, 0][..]),
        "{invite}"
    );
}

#[tokio::test]
async fn sound_passes_both_ways_and_the_callee_hangs_up() {
    let lab = Lab::shared();
    let mut app = Application::open(lab, "lab-sound").await;
    app.originate("lab-sound", "74950000124", "79000000005")
        .await;
    app.wait_for("StasisStart", "lab-sound").await;
    // The shipped echo test is the bot: the callee's own hello comes back as its first sentence.
    let echo = "/ari/channels/lab-sound/continue?context=internal&extension=600&priority=1";
    assert_eq!(request(lab, "POST", echo, "").await.0, 204);
    let end = app.wait_for("ChannelDestroyed", "lab-sound").await;
    assert_eq!(end["cause"], 16);
    let measured = lab.wait_for_measured("74950000124", "79000000005");
    assert_eq!(measured.released_by, Side::Callee);
    assert_eq!(measured.heard(), ["алло"]);
}

#[tokio::test]
async fn keys_arrive_and_the_call_goes_on() {
    let lab = Lab::shared();
    let mut app = Application::open(lab, "lab-keys").await;
    app.originate("lab-keys", "74950000125", "79000000009")
        .await;
    app.wait_for("StasisStart", "lab-keys").await;
    // A second of tone, then four of silence: a turn of the bot.
    let tone = "/ari/channels/lab-keys/play?media=tone:ring%3Btonezone%3Dru";
    assert_eq!(request(lab, "POST", tone, "").await.0, 201);
    for _ in 0..2 {
        let key = app.wait_for("ChannelDtmfReceived", "lab-keys").await;
        assert_eq!(key["digit"], "1");
    }
    assert_eq!(
        request(lab, "DELETE", "/ari/channels/lab-keys", "").await.0,
        204
    );
    let measured = lab.wait_for_measured("74950000125", "79000000009");
    assert_eq!(measured.released_by, Side::Caller);
    assert_eq!(measured.pressed, "11");
}

#[tokio::test]
async fn early_media_comes_before_the_answer() {
    let lab = Lab::shared();
    let mut app = Application::open(lab, "lab-early").await;
    app.originate("lab-early", "74950000126", "79000000061")
        .await;
    let start = app.wait_for("StasisStart", "lab-early").await;
    assert_eq!(start["channel"]["state"], "Up");
    lab.carrier
        .wait_for_cli("core show channels concise", "the callee", |answer| {
            let is_it =
                |line: &str| line.contains("!79000000061!") && line.contains("!AudioSocket!");
            answer.lines().any(is_it)
        });
    assert_eq!(
        request(lab, "DELETE", "/ari/channels/lab-early", "")
            .await
            .0,
        204
    );
    let measured = lab.wait_for_measured("74950000126", "79000000061");
    assert_eq!(measured.part, "agrees");
    let log = lab.carrier.sip_log();
    assert!(log.contains("SIP/2.0 183 Session Progress"));
}

#[tokio::test]
async fn a_line_registers_and_rings_under_its_own_name() {
    let lab = Lab::start_with("registration", Trunk::ByRegistration);
    lab.pbx
        .wait_for_cli("pjsip show registrations", "the registration", |answer| {
            answer.contains(" Registered")
        });
    let mut app = Application::open(&lab, "lab-line").await;
    app.originate("lab-line", "74950000127", "79000000051")
        .await;
    let end = app.wait_for("ChannelDestroyed", "lab-line").await;
    assert_eq!(end["tech_cause"], 486);
    let invites = lab.invites("79000000051");
    assert_eq!(
        invites.last().and_then(|invite| from_user(invite)),
        Some("0012345")
    );
}

#[test]
fn an_inbound_call_reaches_its_extension_and_nothing_else() {
    let lab = Lab::shared();
    lab.carrier
        .cli("channel originate PJSIP/74950000199@trunk application Wait 3");
    lab.pbx
        .wait_for_cli("core show channels concise", "the inbound call", |answer| {
            answer.contains("Echo")
        });
    let dialplan = lab.pbx.cli("dialplan show");
    let dials: Vec<_> = dialplan
        .lines()
        .filter(|line| line.contains("Dial("))
        .collect();
    assert!(!dials.is_empty(), "{dialplan}");
    assert!(
        dials.iter().all(|dial| dial.contains("Dial(PJSIP/100,30)")),
        "{dials:#?}"
    );
    assert!(
        lab.invites("74950000199").is_empty(),
        "it came back by the trunk"
    );
}

#[test]
fn a_dead_carrier_takes_the_trunk_offline_and_a_dead_pbx_refuses() {
    let lab = Lab::start("failures");
    lab.carrier.stop();
    lab.wait_for_trunk("offline");
    lab.carrier.start();
    lab.wait_for_trunk("online");
    let address = lab.ari_url().replacen("http://", "", 1);
    assert!(TcpStream::connect(&address).is_ok());
    lab.pbx.stop();
    assert!(TcpStream::connect(&address).is_err());
}

/// Not a test: the process that the next one kills.
#[test]
#[ignore = "run by the test of the lab's end"]
fn hold_a_lab_until_killed() {
    if std::env::var_os("NOVODIAL_HOLD_LAB").is_some() {
        let lab = Lab::start("killed");
        println!("\nheld at {}", lab.ari_url());
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).expect("stdin");
    }
}

#[test]
fn the_lab_ends_with_its_process_even_by_sigkill() {
    let mut holder = Command::new(std::env::current_exe().expect("this binary"))
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "lab::tests::hold_a_lab_until_killed",
        ])
        .env("NOVODIAL_HOLD_LAB", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a second test process");
    let url = BufReader::new(holder.stdout.take().expect("its output"))
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("held at http://").map(str::to_owned))
        .expect("the address of its lab");
    assert!(TcpStream::connect(&url).is_ok());
    holder.kill().expect("SIGKILL");
    holder.wait().expect("its end");
    let gone = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        TcpStream::connect(&url).is_err()
    });
    assert!(gone, "Asterisk outlived its process at {url}");
}
