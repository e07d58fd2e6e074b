//! `doctor`, `speech` and `asterisk config` as a shell sees them, against the double of the speech
//! service; nobody is rung.

use std::os::unix::fs::PermissionsExt;

use novodial::campaign::Money;
use novodial::rehearsal::speech_service::{Options, SpeechService, Timing};
use novodial::report::ProviderLeg;
use novodial::store::Ledger;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::cli::Shell;

/// A double of the speech service, and a shell that is pointed at it.
struct Bench {
    service: SpeechService,
    shell: Shell,
    _runtime: Runtime,
}

impl Bench {
    fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let options = Options {
            timing: Timing::instant(),
            ..Options::default()
        };
        let service = runtime.block_on(SpeechService::start(options)).unwrap();
        let shell = Shell::new()
            .variable("ELEVENLABS_API_KEY", "rehearsal-key")
            .variable("NOVODIAL_ELEVENLABS_BASE_URL", &service.base_url())
            .variable("NOVODIAL_ELEVENLABS_VOICE_ID", "rehearsal-voice")
            .variable("NOVODIAL_STORAGE_PROMPT_CACHE", "prompts");
        Self {
            service,
            shell,
            _runtime: runtime,
        }
    }

    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        json(&self.shell, arguments)
    }
}

fn json(shell: &Shell, arguments: &[&str]) -> (i32, Value) {
    let all: Vec<&str> = arguments
        .iter()
        .copied()
        .chain(["--format", "json"])
        .collect();
    let output = shell.std_command(&all).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let value = serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr))
    });
    (output.status.code().unwrap(), value)
}

/// The level of a line.
fn level<'a>(report: &'a Value, what: &str) -> &'a str {
    let lines = report["lines"].as_array().unwrap();
    let line = lines.iter().find(|line| line["what"] == what);
    line.unwrap_or_else(|| panic!("no {what}: {report:#}"))["level"]
        .as_str()
        .unwrap()
}

#[test]
fn a_prompt_is_paid_for_once_and_the_doctor_sees_it() {
    let bench = Bench::start();
    let doctor = ["doctor", "--only", "scenario", "--scenario", "offer.ru"];
    let (code, before) = bench.json(&doctor);
    assert_eq!(
        (code, level(&before, "prompts")),
        (0, "warning"),
        "{before:#}"
    );
    assert_eq!(bench.service.credits_used(), 0, "a look costs nothing");
    let refused = bench.shell.run(&["speech", "warm", "offer.ru"]);
    assert!(
        refused.starts_with('1') && refused.contains("characters"),
        "{refused}"
    );
    assert_eq!(bench.service.credits_used(), 0, "nobody said yes");
    let (code, warmed) = bench.json(&["speech", "warm", "offer.ru", "--yes"]);
    assert_eq!(code, 0);
    let paid = bench.service.credits_used();
    let estimated = warmed["credits"].as_u64().unwrap();
    assert!(
        paid > 0 && estimated.abs_diff(paid) < 20,
        "{warmed:#} {paid}"
    );
    let (_, again) = bench.json(&["speech", "warm", "offer.ru"]);
    assert_eq!(again["spoken"], 0);
    let (_, after) = bench.json(&doctor);
    assert_eq!(level(&after, "prompts"), "ok", "{after:#}");
    assert_eq!(bench.service.credits_used(), paid);
}

#[test]
fn voices_are_listed_and_tried() {
    let bench = Bench::start();
    let (_, listed) = bench.json(&["speech", "voices"]);
    let voices = listed["voices"].as_array().unwrap();
    assert_eq!(voices.len(), 2, "{listed:#}");
    assert!(
        voices
            .iter()
            .any(|voice| voice["voice_id"] == "rehearsal-voice" && voice["chosen"] == true)
    );
    let (code, none) = bench.json(&["speech", "voices", "--search", "nobody"]);
    assert_eq!((code, none["voices"].as_array().unwrap().len()), (1, 0));
    let say = [
        "speech",
        "say",
        "Добрый день",
        "--voice",
        "rehearsal-second",
        "--out",
        "hello.wav",
    ];
    let (code, said) = bench.json(&say);
    assert_eq!(
        (code, said["characters_paid"].as_u64()),
        (0, Some(11)),
        "{said:#}"
    );
    let wav = std::fs::read(bench.shell.path("hello.wav")).unwrap();
    assert!(
        wav.starts_with(b"RIFF") && wav.len() > 8_000,
        "{}",
        wav.len()
    );
    let (_, again) = bench.json(&say);
    assert_eq!(again["characters_paid"], 0);
    let wrong = bench
        .shell
        .run(&["speech", "say", "x", "--voice", "nobody", "--out", "x.wav"]);
    assert!(wrong.starts_with('3') && wrong.contains("hint"), "{wrong}");
}

#[test]
fn what_is_said_is_played_by_the_player_there_is() {
    let bench = Bench::start();
    let silent = bench.shell.run(&["speech", "say", "Добрый день"]);
    assert!(
        silent.starts_with('4') && silent.contains("--out"),
        "{silent}"
    );
    let bin = bench.shell.path("bin");
    std::fs::create_dir(&bin).unwrap();
    let player = bin.join("paplay");
    std::fs::write(&player, "#!/bin/sh\n/bin/cp \"$1\" played.wav\n").unwrap();
    std::fs::set_permissions(&player, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = bench
        .shell
        .std_command(&["speech", "say", "Добрый день"])
        .env("PATH", &bin)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("played by paplay"),
        "{output:?}"
    );
    assert!(bench.shell.path("played.wav").exists());
}

#[test]
fn the_service_is_checked_without_speaking() {
    let bench = Bench::start();
    let (code, report) = bench.json(&["speech", "check"]);
    assert_eq!(code, 0, "{report:#}");
    for what in [
        "way to elevenlabs",
        "credits",
        "voice",
        "model",
        "concurrency",
        "recognition",
    ] {
        assert_eq!(level(&report, what), "ok", "{report:#}");
    }
    assert_eq!(bench.service.credits_used(), 0);
    let shell = bench
        .shell
        .variable("NOVODIAL_ELEVENLABS_TTS_MODEL", "eleven_v9");
    let (code, report) = json(&shell, &["speech", "check"]);
    assert_eq!((code, level(&report, "model")), (1, "failure"));
    let shell = shell.variable("NOVODIAL_CAMPAIGN_MAX_CALLS", "40");
    let (_, report) = json(&shell, &["speech", "check"]);
    assert_eq!(level(&report, "concurrency"), "warning", "{report:#}");
    let shell = shell.variable("ELEVENLABS_API_KEY", "wrong");
    let (code, report) = json(&shell, &["doctor", "--only", "speech"]);
    assert_eq!(
        (code, level(&report, "elevenlabs")),
        (1, "failure"),
        "{report:#}"
    );
    assert!(!report.to_string().contains("\"wrong\""));
}

#[test]
fn a_proxy_that_is_not_there_is_named_beside_the_direct_way() {
    let bench = Bench::start();
    let shell = bench.shell.variable(
        "NOVODIAL_ELEVENLABS_PROXY",
        "socks5://u:hunter2@127.0.0.1:9",
    );
    let (code, report) = json(&shell, &["doctor", "--only", "speech"]);
    assert_eq!(
        (code, level(&report, "way to elevenlabs")),
        (1, "failure"),
        "{report:#}"
    );
    assert_eq!(level(&report, "way without the proxy"), "warning");
    assert!(!report.to_string().contains("hunter2"), "{report:#}");
}

#[test]
fn the_doctor_mends_what_is_safe_and_says_so() {
    let bench = Bench::start();
    let shell = bench
        .shell
        .file(".env", "A=1\n")
        .file("model.key", "secret\n")
        .file("novodial.toml", "[novofon]\naccess_token = \"hunter2\"\n")
        .variable("NOVODIAL_UNDERSTANDING_LLM_API_KEY_FILE", "model.key");
    let private = [".env", "model.key", "novodial.toml"].map(|name| shell.path(name));
    for file in &private {
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let areas = ["doctor", "--only", "settings,clock,storage"];
    let (code, before) = json(&shell, &areas);
    assert_eq!(code, 0, "{before:#}");
    assert_eq!(before["worst"], "warning");
    for (what, found) in [
        ("secrets", "warning"),
        ("recordings", "warning"),
        ("prompt cache", "warning"),
        ("clock", "ok"),
        ("ledger", "ok"),
    ] {
        assert_eq!(level(&before, what), found, "{before:#}");
    }
    let fix: Vec<&str> = areas.iter().copied().chain(["--fix"]).collect();
    let (_, after) = json(&shell, &fix);
    assert_eq!(after["fixed"].as_array().unwrap().len(), 5, "{after:#}");
    for what in ["secrets", "recordings", "prompt cache"] {
        assert_eq!(level(&after, what), "ok", "{after:#}");
    }
    for file in &private {
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
    let (_, again) = json(&shell, &fix);
    assert_eq!(again["fixed"].as_array().unwrap().len(), 0, "{again:#}");
}

#[test]
fn the_doctor_survives_settings_that_do_not_load_and_a_ledger_that_is_none() {
    let shell = Shell::new().file("novodial.toml", "[storage]\ndatbase = \"x\"\n");
    let (code, report) = json(&shell, &["doctor"]);
    assert_eq!(
        (code, level(&report, "settings")),
        (1, "failure"),
        "{report:#}"
    );
    let mend = report["lines"][0]["mend"].as_str().unwrap();
    assert!(mend.contains("database"), "{report:#}");
    let shell = shell.file("novodial.toml", "").file(
        "novodial.db",
        "no database at all, and long enough to be read as one",
    );
    let (code, report) = json(&shell, &["doctor"]);
    assert_eq!(
        (code, level(&report, "ledger")),
        (1, "failure"),
        "{report:#}"
    );
    assert_eq!(level(&report, "asterisk"), "failure", "no login is set");
    assert_eq!(
        level(&report, "novofon"),
        "ok",
        "not configured is no fault"
    );
}

#[test]
fn a_configuration_is_written_once_and_overwritten_only_when_told() {
    let shell = Shell::new().file("novodial.toml", "[asterisk]\nusername = \"novodial\"\n");
    let write = [
        "asterisk",
        "config",
        "--by-address",
        "--public-address",
        "203.0.113.7",
    ];
    let first = shell.run(&write);
    assert!(
        first.starts_with('0') && first.contains("NOVODIAL_ASTERISK_PASSWORD="),
        "{first}"
    );
    let local = std::fs::read_to_string(shell.path("asterisk_configs/local.conf")).unwrap();
    assert!(local.contains("external_media_address=203.0.113.7"));
    let mode = std::fs::metadata(shell.path("asterisk_configs/local.conf")).unwrap();
    assert_eq!(
        mode.permissions().mode() & 0o007,
        0,
        "others may not read it"
    );
    // The same again is no change: the password that is there is kept.
    let again = shell.run(&write);
    assert!(
        again.starts_with('0') && again.contains("0 of them") && !again.contains("PASSWORD="),
        "{again}"
    );
    let other: Vec<&str> = write.iter().copied().chain(["--codec", "ulaw"]).collect();
    let refused = shell.run(&other);
    assert!(
        refused.starts_with('1') && refused.contains("--yes"),
        "{refused}"
    );
    assert!(
        refused.contains("+allow=ulaw,alaw") && refused.contains("-allow=alaw,ulaw"),
        "{refused}"
    );
    let difference: Vec<&str> = other
        .iter()
        .copied()
        .chain(["--diff", "asterisk_configs"])
        .collect();
    let shown = shell.run(&difference);
    assert!(
        shown.starts_with('1') && shown.contains("+allow=ulaw,alaw"),
        "{shown}"
    );
    let told: Vec<&str> = other.iter().copied().chain(["--yes"]).collect();
    assert!(shell.run(&told).starts_with('0'));
    assert!(shell.run(&difference).contains("nothing differs"));
    let both = shell.run(&["asterisk", "config", "--by-address", "--line", "0012345"]);
    assert!(both.starts_with('2'), "{both}");
}

#[test]
fn the_tariff_is_read_off_what_the_provider_charged() {
    let shell = Shell::new().file("novodial.toml", "");
    let nothing = shell.run(&["novofon", "tariff"]);
    assert!(
        nothing.starts_with('1') && nothing.contains("reconcile"),
        "{nothing}"
    );
    let ledger = Ledger::open(&shell.path("novodial.db")).unwrap();
    let leg = |n: u32| {
        let (talked, minutes) = (n * 13 % 150 + 1, (n * 13 % 150 + 1).div_ceil(60));
        let leg = ProviderLeg {
            id: n.to_string(),
            session: None,
            at: novodial::driver::now(),
            calling: "74950000000".to_owned(),
            called: "79000000001".to_owned(),
            talked: Some(talked),
            charged_seconds: Some(minutes * 60),
            direction: Some("mobile".to_owned()),
            per_minute: None,
            charge: Some(Money(i64::from(minutes) * 18_000)),
            finish: None,
        };
        (leg, None)
    };
    let legs: Vec<_> = (1..30).map(leg).collect();
    ledger.record_charges(&legs).unwrap();
    let told = shell.run(&["novofon", "tariff", "--since", "30d"]);
    assert!(told.starts_with('0'), "{told}");
    for line in ["mobile = 1.8 # 29 charges", "step = \"60s\""] {
        assert!(told.contains(line), "no {line}: {told}");
    }
    assert!(!told.contains("fixed ="), "nobody there was rung: {told}");
}

#[test]
fn doctor_names_at_once_all_that_calls_need() {
    let (code, told) = json(&Shell::new(), &["doctor"]);
    assert_ne!(code, 0);
    let told = told.to_string();
    for missing in [
        "asterisk.password",
        "elevenlabs.api_key",
        "elevenlabs.voice_id",
    ] {
        assert!(told.contains(missing), "{missing}: {told}");
    }
}

#[test]
fn the_doctor_sees_settings_that_do_not_go_together_before_a_call_does() {
    let settings = "[call]\non_machine = \"message\"\n[campaign]\nmode = \"adaptive\"\n\
                    [policy]\nhours = \"22:00-08:00\"\n";
    let shell = Shell::new().file("novodial.toml", settings);
    let (code, report) = json(&shell, &["doctor", "--only", "settings"]);
    assert_eq!(code, 1, "{report:#}");
    let levels = ["hours", "machines", "pacing"].map(|what| level(&report, what));
    assert_eq!(levels, ["warning", "failure", "failure"], "{report:#}");
    let said = report.to_string();
    assert!(said.contains("swapped? write 08:00-22:00"), "{said}");
    // No call talks along a scenario that nobody named.
    let (code, report) = json(&shell, &["doctor", "--only", "scenario"]);
    assert_eq!(
        (code, level(&report, "scenario")),
        (0, "warning"),
        "{report:#}"
    );
    let sound = "[call]\non_machine = \"message\"\nmachine_message = \"Hello.\"\n";
    let shell = shell.file("novodial.toml", sound);
    let (_, report) = json(&shell, &["doctor", "--only", "settings"]);
    let mut lines = report["lines"].as_array().unwrap().iter();
    assert!(lines.all(|line| line["level"] != "failure"), "{report:#}");
}
