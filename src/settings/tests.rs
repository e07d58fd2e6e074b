//! The settings as a user meets them: files, variables and flags in a temporary folder.

use std::path::Path;
use std::time::Duration;

use secrecy::ExposeSecret;

use super::*;
use crate::phone::NumberFormat;

/// A working folder with files and an environment.
struct Desk {
    folder: tempfile::TempDir,
    environment: Environment,
    flags: Vec<Flag>,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut environment = Environment {
            working_folder: folder.path().join("work"),
            ..Environment::default()
        };
        std::fs::create_dir(&environment.working_folder).unwrap();
        let home = folder.path().join("home").display().to_string();
        environment.variables.insert("HOME".to_owned(), home);
        Self {
            folder,
            environment,
            flags: Vec::new(),
        }
    }

    fn file(self, path: &str, text: &str) -> Self {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn toml(self, text: &str) -> Self {
        self.file("work/novodial.toml", text)
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment
            .variables
            .insert(name.to_owned(), value.to_owned());
        self
    }

    fn flag(mut self, key: &'static str, flag: &'static str, text: &str) -> Self {
        self.flags.push(Flag {
            key,
            flag,
            text: text.to_owned(),
        });
        self
    }

    fn load(&self) -> Result<Settings, SettingsError> {
        Settings::load(None, &self.environment, &self.flags)
    }

    fn error(&self) -> String {
        let error = self.load().unwrap_err();
        format!(
            "{}\n{}\n{}",
            error.fault.as_str(),
            error.message,
            error.hint
        )
    }
}

#[test]
fn defaults_are_those_of_the_documentation() {
    let desk = Desk::new();
    let settings = desk.load().unwrap();
    assert_eq!(settings.asterisk.url.as_str(), "http://127.0.0.1:8088/");
    assert_eq!(settings.asterisk.dial, "PJSIP/{number}@{trunk}");
    assert_eq!(settings.asterisk.number_format, NumberFormat::Plain);
    assert_eq!(settings.asterisk.media, MediaChoice::Auto);
    assert_eq!(settings.call.ring_timeout, Duration::from_secs(30));
    assert_eq!(settings.call.max_duration, Duration::from_mins(5));
    assert!(settings.call.record);
    assert_eq!(settings.call.greet, Greet::AfterHello);
    assert_eq!(
        settings.policy.leads.window.hours.to_string(),
        "08:00-22:00"
    );
    assert_eq!(settings.policy.numbers.countries, ["RU"]);
    assert!(!settings.policy.numbers.premium);
    assert_eq!(settings.campaign.max_calls, 5);
    assert!((settings.campaign.calls_per_second - 1.0).abs() < f64::EPSILON);
    assert_eq!(settings.asterisk.app, "novodial");
    assert_eq!(settings.asterisk.trunk, "novofon");
    let speech = &settings.elevenlabs;
    assert_eq!(speech.base_url.as_str(), "https://api.elevenlabs.io/");
    assert_eq!(speech.tts_model, "eleven_flash_v2_5");
    assert_eq!(speech.stt_model, "scribe_v2_realtime");
    assert_eq!(speech.language, "ru");
    let work = &desk.environment.working_folder;
    assert_eq!(settings.storage.database, work.join("novodial.db"));
    assert_eq!(settings.storage.recordings, work.join("recordings"));
    let cache = desk.folder.path().join("home/.cache/novodial/prompts");
    assert_eq!(settings.storage.prompt_cache, cache);
}

#[test]
fn flags_win_over_environment_over_dotenv_over_file_over_defaults() {
    let trunk = |desk: &Desk| desk.load().unwrap().asterisk.trunk;
    let desk = Desk::new();
    assert_eq!(trunk(&desk), "novofon");
    let desk = desk.toml("[asterisk]\ntrunk = \"file\"");
    assert_eq!(trunk(&desk), "file");
    let desk = desk.file("work/.env", "NOVODIAL_ASTERISK_TRUNK=dotenv");
    assert_eq!(trunk(&desk), "dotenv");
    let desk = desk.variable("NOVODIAL_ASTERISK_TRUNK", "environment");
    assert_eq!(trunk(&desk), "environment");
    let desk = desk.flag("asterisk.trunk", "--trunk", "flag");
    assert_eq!(trunk(&desk), "flag");
}

#[test]
fn every_key_has_a_variable_that_is_heard() {
    for key in KEYS {
        // A text that no key but the free ones takes: the error must name this very variable.
        let desk = Desk::new().variable(&key.variable(), "?");
        match desk.load() {
            Err(error) => assert!(error.message.contains(&key.variable()), "{}", error.message),
            Ok(settings) => {
                let free = matches!(key.kind, Kind::Text | Kind::Secret | Kind::Path);
                assert!(
                    free && format!("{settings:?}").contains('?') || key.kind == Kind::Secret,
                    "{key:?}"
                );
            }
        }
    }
}

#[test]
fn the_users_file_is_found_when_the_folder_has_none() {
    let desk = Desk::new().file(
        "home/.config/novodial/novodial.toml",
        "[storage]\ndatabase = \"mine.db\"",
    );
    let settings = desk.load().unwrap();
    let folder = desk.folder.path().join("home/.config/novodial");
    assert_eq!(settings.storage.database, folder.join("mine.db"));
    let desk = desk.toml("");
    assert_eq!(
        desk.load().unwrap().storage.database,
        desk.environment.working_folder.join("novodial.db")
    );
}

#[test]
fn paths_are_relative_to_where_they_are_written() {
    let desk = Desk::new()
        .file("elsewhere/n.toml", "[storage]\nrecordings = \"rec\"")
        .flag("storage.database", "--database", "here.db");
    let asked = Path::new("../elsewhere/n.toml");
    let settings = Settings::load(Some(asked), &desk.environment, &desk.flags).unwrap();
    let work = &desk.environment.working_folder;
    assert_eq!(settings.storage.database, work.join("here.db"));
    assert_eq!(settings.storage.recordings, work.join("../elsewhere/rec"));
}

/// Cron runs anywhere: what stands beside the settings file counts, and the folder's own above it.
#[test]
fn the_env_file_beside_the_settings_file_is_read_below_the_working_folders() {
    let desk = Desk::new()
        .file("cfg/n.toml", "[asterisk]\nusername = \"file\"")
        .file(
            "cfg/.env",
            "NOVODIAL_ASTERISK_PASSWORD_FILE=secret\nNOVODIAL_ASTERISK_TRUNK=beside\n\
             ELEVENLABS_API_KEY=key",
        );
    let asked = Path::new("../cfg/n.toml");
    let load = |desk: &Desk| Settings::load(Some(asked), &desk.environment, &[]).unwrap();
    let settings = load(&desk);
    assert_eq!(settings.asterisk.trunk, "beside");
    let beside = desk.environment.working_folder.join("../cfg");
    assert_eq!(settings.secret_files, [beside.join(".env")]);
    let Secret::File { path, .. } = settings.asterisk.password else {
        panic!("no file");
    };
    assert_eq!(path, beside.join("secret"));
    let desk = desk.file("work/.env", "NOVODIAL_ASTERISK_TRUNK=here");
    assert_eq!(load(&desk).asterisk.trunk, "here");
}

#[test]
fn a_file_with_a_secret_in_it_is_known() {
    let desk = Desk::new().toml("[asterisk]\npassword = \"p\"");
    let file = desk.environment.working_folder.join("novodial.toml");
    assert_eq!(desk.load().unwrap().secret_files, [file]);
    let desk = desk.toml("[asterisk]\nusername = \"p\"");
    assert!(desk.load().unwrap().secret_files.is_empty());
}

#[test]
fn a_file_asked_for_must_exist() {
    let desk = Desk::new();
    let error = Settings::load(Some(Path::new("no.toml")), &desk.environment, &[]).unwrap_err();
    assert_eq!(error.message, "no.toml: no such settings file");
}

#[test]
fn an_unknown_key_is_named_with_its_place_and_the_nearest_name() {
    let desk = Desk::new().toml("[call]\nrecord = true\n  ring_timout = \"30s\"\n");
    insta::assert_snapshot!(desk.error(), @r"
    settings_unknown_key
    novodial.toml:3:3: unknown key `ring_timout` in [call]
    write ring_timeout
    ");
    let desk = Desk::new().toml("[calls]\nrecord = true\n");
    insta::assert_snapshot!(desk.error(), @r"
    settings_unknown_key
    novodial.toml:1:2: unknown section `calls`
    write [call]
    ");
    let desk = Desk::new().toml("[call]\nvoice_id = \"x\"\n");
    insta::assert_snapshot!(desk.error(), @r"
    settings_unknown_key
    novodial.toml:2:1: unknown key `voice_id` in [call]
    it belongs in [elevenlabs]
    ");
}

#[test]
fn an_unknown_variable_is_refused_where_it_is_meant_for_us() {
    let desk = Desk::new().variable("NOVODIAL_CALL_RING_TIMOUT", "30s");
    insta::assert_snapshot!(desk.error(), @r"
    settings_unknown_key
    environment variable NOVODIAL_CALL_RING_TIMOUT: no such setting
    write NOVODIAL_CALL_RING_TIMEOUT
    ");
    let desk = Desk::new().variable("NOVODIAL_ASTERSIK_URL", "http://x");
    assert!(desk.error().contains("write NOVODIAL_ASTERISK_URL"));
    assert!(Desk::new().variable("NOVODIAL_LAB", "1").load().is_ok());
}

#[test]
fn a_bad_value_says_what_to_write() {
    let desk = Desk::new().toml("[call]\nring_timeout = 30\n");
    insta::assert_snapshot!(desk.error(), @r#"
    settings_bad_value
    novodial.toml:2:16: call.ring_timeout: must be a text in double quotes, not a number
    write ring_timeout = "30s", for example
    "#);
    let desk = Desk::new().variable("NOVODIAL_CALL_RING_TIMEOUT", "soon");
    insta::assert_snapshot!(desk.error(), @r"
    settings_bad_value
    environment variable NOVODIAL_CALL_RING_TIMEOUT: call.ring_timeout: `soon` is not a duration
    write NOVODIAL_CALL_RING_TIMEOUT=30s, for example
    ");
    let desk = Desk::new().file("work/.env", "\nNOVODIAL_ASTERISK_MEDIA=udp");
    insta::assert_snapshot!(desk.error(), @r"
    settings_bad_value
    .env:2: NOVODIAL_ASTERISK_MEDIA: asterisk.media: `udp` is not a way for audio
    write NOVODIAL_ASTERISK_MEDIA=auto; it may be auto, websocket, rtp
    ");
    let desk = Desk::new().toml("[call\n");
    assert!(
        desk.error()
            .starts_with("settings_syntax\nnovodial.toml:1:"),
        "{}",
        desk.error()
    );
}

#[test]
fn a_secret_is_demanded_only_when_needed_and_says_where_to_put_it() {
    let settings = Desk::new().load().unwrap();
    let error = settings.require_asterisk_password().unwrap_err();
    insta::assert_snapshot!(format!("{}\n{}", error.message, error.hint), @r"
    asterisk.password: the password of Asterisk is not set (there is no novodial.toml)
    set NOVODIAL_ASTERISK_PASSWORD in the environment or in .env, or write password_file in [asterisk] of novodial.toml
    ");
    let error = settings.require_elevenlabs_api_key().unwrap_err();
    assert!(error.hint.contains("ELEVENLABS_API_KEY"), "{}", error.hint);
}

#[test]
fn all_that_calls_need_is_missed_at_once_with_the_file_that_was_read() {
    let desk = Desk::new().toml("[asterisk]\nusername = \"novodial\"\n");
    let error = desk.load().unwrap().require_for_calls().unwrap_err();
    let file = desk.folder.path().join("work/novodial.toml");
    let said = format!("{}\n{}", error.message, error.hint);
    insta::assert_snapshot!(said.replace(&file.display().to_string(), "FILE"), @r"
    not set: asterisk.password (the password of Asterisk), elevenlabs.api_key (the key of ElevenLabs), elevenlabs.voice_id (the voice that speaks) (read: FILE)
    set NOVODIAL_ASTERISK_PASSWORD, ELEVENLABS_API_KEY, NOVODIAL_ELEVENLABS_VOICE_ID in the environment or in .env, or write password_file in [asterisk], api_key_file in [elevenlabs], voice_id in [elevenlabs] of FILE
    ");
}

#[test]
fn a_rehearsal_lacks_only_what_it_does_not_bring() {
    let toml = "[understanding]\nllm_url = \"http://127.0.0.1:9\"\n";
    let read = Desk::new().toml(toml).load().unwrap();
    let rehearsed = Settings {
        rehearsal: true,
        ..read.clone()
    };
    let error = rehearsed.require_for_calls().unwrap_err();
    assert!(
        error.message.starts_with("understanding.llm_model"),
        "{}",
        error.message
    );
    let error = read.require_for_calls().unwrap_err();
    for name in ["asterisk.password", "understanding.llm_model"] {
        assert!(error.message.contains(name), "{}", error.message);
    }
}

#[test]
fn the_file_of_a_secret_is_read_before_a_call() {
    let desk = Desk::new().toml(
        "[asterisk]\nusername = \"novodial\"\npassword_file = \"gone\"\n\
         [elevenlabs]\napi_key = \"key\"\nvoice_id = \"voice\"\n",
    );
    let error = desk.load().unwrap().require_for_calls().unwrap_err();
    assert!(
        error.message.contains("cannot be read"),
        "{}",
        error.message
    );
}

#[test]
fn a_number_that_callees_could_not_see_is_refused_in_every_layer_with_its_place() {
    let written = Desk::new()
        .toml("[asterisk]\ncaller_id = \"abc\"\n")
        .error();
    assert!(
        written.contains("novodial.toml:2:13: asterisk.caller_id: `abc` is no number"),
        "{written}"
    );
    let variable = Desk::new()
        .variable("NOVODIAL_ASTERISK_CALLER_ID", "+7916")
        .error();
    assert!(
        variable.contains("NOVODIAL_ASTERISK_CALLER_ID: asterisk.caller_id"),
        "{variable}"
    );
    let flag = Desk::new()
        .flag("asterisk.caller_id", "--caller-id", "")
        .error();
    assert!(
        flag.contains("--caller-id: asterisk.caller_id: is empty"),
        "{flag}"
    );
}

#[test]
fn what_is_empty_or_unknown_is_refused_with_its_place() {
    for (section, line, complaint) in [
        ("asterisk", "username = \"\"", "asterisk.username: is empty"),
        (
            "asterisk",
            "password_file = \"\"",
            "asterisk.password_file: is empty",
        ),
        (
            "elevenlabs",
            "api_key = \"\"",
            "elevenlabs.api_key: is empty",
        ),
        (
            "elevenlabs",
            "language = \"r\"",
            "`r` is no language that novodial speaks",
        ),
        (
            "call",
            "ring_timeout = \"2h\"",
            "`2h` is longer than five minutes",
        ),
    ] {
        let error = Desk::new().toml(&format!("[{section}]\n{line}\n")).error();
        assert!(
            error.contains("novodial.toml:2:") && error.contains(complaint),
            "{error}"
        );
    }
}

#[test]
fn a_secret_comes_from_its_file_relative_to_the_settings() {
    let desk = Desk::new()
        .file("etc/n.toml", "[asterisk]\npassword_file = \"pw\"\n")
        .file("etc/pw", "  hunter2\n");
    let asked = Some(Path::new("../etc/n.toml"));
    let settings = Settings::load(asked, &desk.environment, &[]).unwrap();
    assert_eq!(
        settings
            .require_asterisk_password()
            .unwrap()
            .expose_secret(),
        "hunter2"
    );
    let desk = desk.variable("NOVODIAL_ASTERISK_PASSWORD", "stronger");
    let settings = Settings::load(asked, &desk.environment, &[]).unwrap();
    assert_eq!(
        settings
            .require_asterisk_password()
            .unwrap()
            .expose_secret(),
        "stronger"
    );
}

#[test]
fn a_secret_and_its_file_in_one_place_are_an_error() {
    let desk = Desk::new().toml("[elevenlabs]\napi_key = \"hunter2\"\napi_key_file = \"key\"\n");
    insta::assert_snapshot!(desk.error(), @r"
    settings_conflict
    novodial.toml:3:16: both elevenlabs.api_key and elevenlabs.api_key_file are set
    keep one of the two
    ");
}

#[test]
fn secrets_show_nowhere() {
    let desk = Desk::new()
        .variable("ELEVENLABS_API_KEY", "hunter2")
        .variable("NOVODIAL_ASTERISK_PASSWORD", "hunter2")
        .variable("NOVODIAL_ELEVENLABS_PROXY", "http://joe:hunter2@proxy:3128");
    let settings = desk.load().unwrap();
    let shown = format!("{settings:?} {:?}", desk.environment);
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("http://***@proxy:3128"), "{shown}");
    let bad = desk.variable("NOVODIAL_ELEVENLABS_PROXY", "ftp://joe:hunter2@proxy");
    assert!(!bad.error().contains("hunter2"), "{}", bad.error());
    let wrong_type = Desk::new().toml("[asterisk]\npassword = 4242\n");
    assert!(
        !wrong_type.error().contains("4242"),
        "{}",
        wrong_type.error()
    );
}

#[test]
fn the_template_holds_every_key_and_changes_nothing_but_the_login() {
    let text = template();
    for key in KEYS {
        let line = format!("{} = ", key.name);
        assert!(
            text.lines()
                .any(|found| found.trim_start_matches("# ").starts_with(&line)),
            "{key:?}"
        );
    }
    let desk = Desk::new();
    let plain = format!("{:?}", desk.load().unwrap());
    let desk = desk.toml(&text);
    let mut written = desk.load().unwrap();
    written.file = None;
    assert_eq!(
        written.asterisk.username.take().as_deref(),
        Some("novodial")
    );
    assert_eq!(format!("{written:?}"), plain);
    let uncommented: String = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.contains(" = ") => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    // Every example is a value that would be taken; only the two exclusive pairs may object.
    let error = desk.toml(&uncommented).error();
    assert!(error.starts_with("settings_conflict"), "{error}");
}

#[test]
fn other_defaults_stand_below_all_that_is_written() {
    let usual = [Flag {
        key: "campaign.max_calls",
        flag: "--rehearse",
        text: "20".to_owned(),
    }];
    let desk = Desk::new();
    let load = |desk: &Desk| {
        let loaded = Settings::load_over(&usual, None, &desk.environment, &desk.flags);
        loaded.unwrap().campaign.max_calls
    };
    assert_eq!(load(&desk), 20);
    let desk = desk.toml("[campaign]\nmax_calls = 3");
    assert_eq!(load(&desk), 3);
}

#[test]
fn a_rehearsal_keeps_its_own_beside_the_real() {
    let storage = Desk::new().load().unwrap().storage;
    let own = storage.of_rehearsal();
    let name = own.database.file_name().unwrap();
    assert_eq!(name, "novodial-rehearsal.db");
    assert_eq!(own.database.parent(), storage.database.parent());
    assert!(
        own.recordings.starts_with(&storage.recordings) && own.recordings != storage.recordings
    );
}

#[test]
fn the_policy_without_a_word_is_the_one_the_code_calls_usual() {
    let policy = Desk::new().load().unwrap().policy.leads;
    let usual = crate::campaign::LeadPolicy {
        window: policy.window.clone(),
        default_zone: policy.default_zone.clone(),
        ..crate::campaign::LeadPolicy::default()
    };
    assert_eq!(policy, usual);
}

#[test]
fn a_preset_fills_what_is_left_open_by_the_purpose() {
    let hours = |desk: &Desk| desk.load().unwrap().policy.leads.window.hours.to_string();
    let desk = Desk::new().toml("[policy]\npreset = \"ru\"");
    assert_eq!(
        hours(&desk),
        "Mon-Fri 09:00-20:00, Sat 10:00-18:00, holidays none"
    );
    assert!(desk.load().unwrap().policy.leads.window.holidays.is_some());
    let desk = desk.variable("NOVODIAL_POLICY_PURPOSE", "debt");
    assert_eq!(
        hours(&desk),
        "Mon-Fri 08:00-22:00, Sat-Sun 09:00-20:00, holidays 09:00-20:00"
    );
    let policy = desk.load().unwrap().policy;
    assert_eq!(policy.leads.limits.number.week, Some(2));
    assert_eq!(policy.refusals(true), []);
    let desk = desk.variable("NOVODIAL_POLICY_HOURS", "10:00-12:00");
    assert_eq!(
        hours(&desk),
        "10:00-12:00",
        "what the user wrote comes first"
    );
    let desk = desk.variable("NOVODIAL_POLICY_NUMBER_PER_DAY", "3");
    let refusals = desk.load().unwrap().policy.refusals(true);
    assert_eq!(refusals.len(), 1);
    assert!(refusals[0].because.contains("230-FZ"), "{}", refusals[0]);
}

#[test]
fn presets_and_calendars_may_be_files_of_ones_own() {
    let desk = Desk::new()
        .toml("[policy]\npreset = \"rules/mine.toml\"\nholidays = \"~/days.toml\"")
        .file(
            "work/rules/mine.toml",
            "name = \"mine\"\n[settings]\nsmallest_gap = \"3h\"\n",
        )
        .file(
            "home/days.toml",
            "name = \"days\"\nfirst_year = 2026\nlast_year = 2026\noff = [\"2026-12-24\"]",
        );
    let policy = desk.load().unwrap().policy.leads;
    assert_eq!(policy.limits.smallest_gap.as_hours(), 3);
    assert_eq!(policy.window.holidays.unwrap().name(), "days");
    let desk = Desk::new().toml("[policy]\npreset = \"rus\"");
    let error = desk.error();
    assert!(
        error.contains("novodial.toml:2:10: policy.preset: `rus` is neither ru, us nor a file"),
        "{error}"
    );
    let desk = Desk::new()
        .toml("[policy]\npreset = \"p.toml\"")
        .file("work/p.toml", "name = \"p\"\n[settings]\nsmallest = 3\n");
    assert!(
        desk.error()
            .contains("preset p: unknown key `smallest` in [settings]"),
        "{}",
        desk.error()
    );
}

#[test]
fn a_campaign_has_settings_of_its_own() {
    let desk = Desk::new()
        .toml("[policy]\nsmallest_gap = \"1h\"\nbusy_limit = 4")
        .variable("NOVODIAL_POLICY_SMALLEST_GAP", "2h")
        .file(
            "work/spring/spring.toml",
            "[policy]\nsmallest_gap = \"3h\"\nholidays = \"days.toml\"\n",
        )
        .file(
            "work/spring/days.toml",
            "name = \"d\"\nfirst_year = 2026\nlast_year = 2026",
        );
    let mut own = OwnSetting::read(Path::new("spring/spring.toml"), &desk.environment).unwrap();
    own.push(OwnSetting::parse("policy.busy_limit=9", &desk.environment).unwrap());
    let kept = OwnSetting::keep(&serde_json::json!({"policy.premium": "true"}), &own);
    let load = |own: &[OwnSetting]| {
        let layers = (own, desk.flags.as_slice());
        Settings::load_of_campaign(&[], None, &desk.environment, layers)
            .unwrap()
            .policy
    };
    for own in [own.clone(), OwnSetting::kept("spring", &kept).unwrap()] {
        let policy = load(&own).leads;
        assert_eq!(policy.limits.smallest_gap.as_hours(), 3);
        assert_eq!(
            policy
                .retry
                .of(crate::campaign::Ending::Busy)
                .unwrap()
                .limit,
            9
        );
        assert_eq!(policy.window.holidays.unwrap().name(), "d");
    }
    assert!(
        load(&OwnSetting::kept("spring", &kept).unwrap())
            .numbers
            .premium
    );
    let error = |argument: &str| OwnSetting::parse(argument, &desk.environment).unwrap_err();
    assert_eq!(
        error("policy.smalest_gap=1h").hint,
        "write policy.smallest_gap"
    );
    assert!(
        error("storage.database=x")
            .message
            .contains("not a campaign's to set")
    );
    assert!(error("policy.hours").hint.contains("KEY=VALUE"));
}

#[test]
fn a_file_that_was_set_for_a_campaign_is_found_from_every_folder() {
    let mut desk = Desk::new().file(
        "work/days.toml",
        "name = \"d\"\nfirst_year = 2026\nlast_year = 2026",
    );
    let own = OwnSetting::parse("policy.holidays=days.toml", &desk.environment).unwrap();
    let word = OwnSetting::parse("policy.preset=ru", &desk.environment).unwrap();
    let kept = OwnSetting::keep(&serde_json::Value::Null, &[own, word]);
    assert_eq!(kept["policy.preset"], "ru", "no file of that name");
    let other = desk.folder.path().join("elsewhere");
    std::fs::create_dir(&other).unwrap();
    desk.environment.working_folder = other;
    let own = OwnSetting::kept("spring", &kept).unwrap();
    let layers = (own.as_slice(), desk.flags.as_slice());
    let settings = Settings::load_of_campaign(&[], None, &desk.environment, layers).unwrap();
    let holidays = settings.policy.leads.window.holidays.unwrap();
    assert_eq!(holidays.name(), "d");
}

#[test]
fn the_providers_keys_come_from_text_file_or_variable_and_only_in_pairs() {
    let keys = |desk: &Desk| desk.load().unwrap().novofon.keys();
    let none = Desk::new();
    assert!(!none.load().unwrap().novofon.is_set());
    assert!(keys(&none).unwrap().data_api.is_none());
    let desk = Desk::new()
        .toml("[novofon]\naccess_token_file = \"token\"\nkey = \"the key\"")
        .file("work/token", "the token\n")
        .variable("NOVODIAL_NOVOFON_SECRET", "the secret");
    assert!(desk.load().unwrap().novofon.is_set());
    let found = keys(&desk).unwrap();
    let (key, secret) = found.user_api.unwrap();
    assert_eq!(key.expose_secret(), "the key");
    assert_eq!(secret.expose_secret(), "the secret");
    assert_eq!(found.data_api.unwrap().expose_secret(), "the token");
    let shown = format!("{:?}", desk.load().unwrap());
    assert!(
        !shown.contains("the key") && !shown.contains("the secret"),
        "{shown}"
    );
    let half = keys(&Desk::new().toml("[novofon]\nkey = \"the key\"")).unwrap_err();
    assert!(
        half.hint.contains("NOVODIAL_NOVOFON_SECRET"),
        "{}",
        half.hint
    );
    let both = Desk::new().toml("[novofon]\nkey = \"a\"\nkey_file = \"b\"");
    assert!(both.error().starts_with("settings_conflict"));
}

#[test]
fn a_limit_of_calls_that_nobody_set_is_told_from_one_that_is_the_same() {
    let set = |desk: &Desk| desk.load().unwrap().campaign.max_calls_set;
    assert!(!set(&Desk::new()));
    assert!(set(&Desk::new().toml("[campaign]\nmax_calls = 5")));
    assert!(!set(&Desk::new().toml(&template())));
}
