//! Every trap of the trunk and of ARI that can be sprung here is sprung, named with its mend, and
//! green again after the mend. `docs/doctor.md` lists them all.
//!
//! One lab: a file is changed and read again, looked at, put back, and looked at once more.

use std::path::PathBuf;
use std::time::Duration;

use novodial::ari::AriConfig;
use novodial::ari::check::{CheckLine, CheckPlan, Level, check};
use tokio::runtime::Runtime;

use super::ari::Application;
use super::generated::{novodial, text};
use super::{Lab, Trunk};

/// What Asterisk reads again after a change of any of its files.
const RELOAD: [&str; 5] = [
    "module reload res_pjsip.so",
    "module reload res_pjsip_outbound_registration.so",
    "module reload res_ari.so",
    "module reload http",
    "dialplan reload",
];
/// Looks until a change has shown; a contact that is dead is known after five seconds.
const LOOKS: u32 = 60;

/// A trap, and the line that must name it.
struct Trap {
    /// As the documentation has it.
    name: &'static str,
    spring: Spring,
    /// The line that names it.
    what: &'static str,
    level: Level,
    /// In its mend.
    mend: &'static str,
}

/// How a trap is sprung.
enum Spring {
    /// A text of a file becomes another.
    File(&'static str, &'static str, &'static str),
    /// Console commands: to spring, to mend.
    Console(&'static str, &'static str),
    /// The settings of novodial.
    Plan(fn(&mut CheckPlan)),
}

use Spring::{Console, File, Plan};

const fn trap(
    name: &'static str,
    spring: Spring,
    (what, level, mend): (&'static str, Level, &'static str),
) -> Trap {
    Trap {
        name,
        spring,
        what,
        level,
        mend,
    }
}

const W: Level = Level::Warning;
const F: Level = Level::Failure;

const TRAPS: &[Trap] = &[
    trap(
        "direct media",
        File("pjsip.conf", "direct_media=no", "direct_media=yes"),
        ("trunk settings", W, "direct_media = no"),
    ),
    trap(
        "no symmetric RTP",
        File("pjsip.conf", "rtp_symmetric=yes", "rtp_symmetric=no"),
        ("trunk settings", W, "rtp_symmetric = yes"),
    ),
    trap(
        "no rport",
        File("pjsip.conf", "force_rport=yes", "force_rport=no"),
        ("trunk settings", W, "force_rport = yes"),
    ),
    trap(
        "contact not rewritten",
        File("pjsip.conf", "rewrite_contact=yes", "rewrite_contact=no"),
        ("trunk settings", W, "rewrite_contact = yes"),
    ),
    trap(
        "no RTP keepalive",
        File("pjsip.conf", "rtp_keepalive=15", "rtp_keepalive=0"),
        ("trunk settings", W, "rtp_keepalive = 15"),
    ),
    trap(
        "no RTP timeout",
        File("pjsip.conf", "rtp_timeout=60", "rtp_timeout=0"),
        ("trunk settings", W, "rtp_timeout = 60"),
    ),
    trap(
        "no context",
        File(
            "pjsip.conf",
            "context=from-novofon",
            ";context=from-novofon",
        ),
        ("trunk settings", W, "context"),
    ),
    trap(
        "outbound proxy",
        File(
            "pjsip.conf",
            "\naors=novofon\n",
            "\naors=novofon\noutbound_proxy=sip:127.0.0.1\\;lr\n",
        ),
        ("trunk settings", W, "outbound_proxy"),
    ),
    trap(
        "no common codec",
        File("local.conf", "allow=alaw,ulaw", "allow=g722"),
        ("trunk settings", F, "allow = alaw,ulaw"),
    ),
    trap(
        "trunk not qualified",
        File("local.conf", "qualify_frequency=2", "qualify_frequency=0"),
        ("trunk contact", W, "qualify_frequency = 30"),
    ),
    trap(
        "dead trunk",
        File(
            "local.conf",
            "contact=sip:127.0.0.1:",
            "contact=sip:127.0.0.1:1",
        ),
        ("trunk", F, "contact = sip:HOST"),
    ),
    trap(
        "auth instead of outbound_auth",
        File(
            "local.conf",
            "outbound_auth=novofon-auth",
            "auth=novofon-auth",
        ),
        ("trunk login", F, "outbound_auth"),
    ),
    trap(
        "leading zeros lost",
        File("local.conf", "username=0012345", "username=12345"),
        ("trunk login", F, "leading zeros"),
    ),
    trap(
        "one refusal ends the registration",
        File(
            "pjsip.conf",
            "auth_rejection_permanent=no",
            "auth_rejection_permanent=yes",
        ),
        ("trunk login", W, "auth_rejection_permanent = no"),
    ),
    trap(
        "registration gives up",
        File("pjsip.conf", "max_retries=10000", "max_retries=10"),
        ("trunk login", W, "max_retries"),
    ),
    trap(
        "from_user fixes the caller id",
        Plan(|plan| plan.caller_id = Some("+74950000000".to_owned())),
        ("caller id", W, "from_user"),
    ),
    trap(
        "a context that does not exist",
        Plan(|plan| plan.dial = "Local/{number}@outgoing".to_owned()),
        ("dial string", W, "PJSIP/{number}@{trunk}"),
    ),
    trap(
        "no such trunk",
        Plan(|plan| plan.trunk = "nowhere".to_owned()),
        ("trunk", F, "[nowhere]"),
    ),
    trap(
        "ARI may only read",
        File("ari.conf", "read_only=no", "read_only=yes"),
        ("permission", F, "read_only = no"),
    ),
    trap(
        "ARI is off",
        File("ari.conf", "enabled=yes", "enabled=no"),
        ("asterisk", F, "ari.conf"),
    ),
    trap(
        "wrong ARI password",
        File("local.conf", "password=lab-secret", "password=another"),
        ("asterisk", F, "ari.conf"),
    ),
    trap(
        "HTTP is off",
        File("http.conf", "enabled=yes ", "enabled=no "),
        ("asterisk", F, "http.conf"),
    ),
    trap(
        "HTTP has a prefix",
        File("http.conf", "enabled=yes ", "prefix=pbx\nenabled=yes "),
        ("asterisk", F, "prefix"),
    ),
    trap(
        "media are restricted",
        File(
            "http.conf",
            "pool does",
            "pool does\n[/media]\ntype=restriction\ndeny=0.0.0.0/0",
        ),
        ("audio", F, "[/media]"),
    ),
    trap(
        "a module is missing",
        Console("module unload codec_ulaw.so", "module load codec_ulaw.so"),
        ("modules", F, "load = codec_ulaw.so"),
    ),
    trap(
        "no media WebSocket",
        Console(
            "module unload chan_websocket.so",
            "module load chan_websocket.so",
        ),
        ("media", W, "chan_websocket.so"),
    ),
];

/// The lab, and what looks at it.
struct Bench {
    lab: Lab,
    runtime: Runtime,
}

impl Bench {
    fn look(&self, app: &str, plan: &CheckPlan) -> Vec<CheckLine> {
        let lab = &self.lab;
        let url = lab.ari_url().parse().expect("an address");
        let config = AriConfig::new(url, lab.username(), lab.password().into(), app);
        self.runtime.block_on(check(&config, plan))
    }

    /// Looks until the lines satisfy.
    fn look_until(&self, plan: &CheckPlan, why: &str, satisfied: impl Fn(&[CheckLine]) -> bool) {
        let mut lines = Vec::new();
        for _ in 0..LOOKS {
            lines = self.look("traps", plan);
            if satisfied(&lines) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{why}: {lines:#?}\n{}", self.lab.pbx.log());
    }

    fn named(&self, plan: &CheckPlan, trap: &Trap) {
        self.look_until(plan, trap.name, |lines| {
            lines.iter().any(|line| {
                line.what == trap.what
                    && line.level == trap.level
                    && line
                        .mend
                        .as_ref()
                        .is_some_and(|mend| mend.contains(trap.mend))
            })
        });
    }

    fn green(&self, after: &str) {
        let why = format!("after the mend of: {after}");
        self.look_until(&plan(), &why, |lines| {
            lines.iter().all(|line| line.level == Level::Ok)
                && lines.iter().any(|line| line.what == "audio")
        });
    }

    fn reload(&self) {
        for command in RELOAD {
            self.lab.pbx.cli(command);
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.lab.pbx.etc().join(name)
    }

    /// Changes files, does something, and puts them back; what was changed is read again by `read`.
    fn with_files(&self, changes: &[(&str, &str, &str)], read: impl Fn(), work: impl FnOnce()) {
        let before: Vec<(PathBuf, String)> = changes
            .iter()
            .map(|(name, from, to)| {
                let path = self.file(name);
                let text = std::fs::read_to_string(&path).expect("a file of Asterisk");
                assert!(text.contains(from), "{name} has no {from}");
                std::fs::write(&path, text.replacen(from, to, 1)).expect("it is written");
                (path, text)
            })
            .collect();
        read();
        work();
        for (path, text) in before.into_iter().rev() {
            std::fs::write(path, text).expect("it is put back");
        }
        read();
    }

    fn spring(&self, trap: &Trap) {
        match trap.spring {
            File(name, from, to) => self.with_files(
                &[(name, from, to)],
                || self.reload(),
                || self.named(&plan(), trap),
            ),
            Console(spring, mend) => {
                self.lab.pbx.cli(spring);
                self.named(&plan(), trap);
                self.lab.pbx.cli(mend);
            }
            Plan(change) => {
                let mut changed = plan();
                change(&mut changed);
                self.named(&changed, trap);
            }
        }
        self.green(trap.name);
    }

    /// The program with the lab's console at hand; what it says.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = format!(
            "{}:/usr/bin:/bin:/usr/sbin:/sbin",
            self.lab.pbx.console().display()
        );
        let output = novodial(folder.path(), arguments)
            .envs(self.lab.environment())
            .env("PATH", path)
            .output()
            .expect("novodial runs");
        (output.status.code(), text(&output))
    }
}

fn plan() -> CheckPlan {
    CheckPlan {
        trunk: "novofon".to_owned(),
        dial: "PJSIP/{number}@{trunk}".to_owned(),
        max_calls: 5,
        ..CheckPlan::default()
    }
}

#[test]
fn every_trap_is_named_with_its_mend_and_green_after_it() {
    let bench = Bench {
        lab: Lab::start_with("traps", Trunk::ByRegistration),
        runtime: Runtime::new().expect("a runtime"),
    };
    bench.green("nothing");
    for trap in TRAPS {
        bench.spring(trap);
    }
    app_in_use(&bench);
    no_folder_of_recordings(&bench);
    what_takes_a_restart(&bench);
    the_line_is_rejected(&bench);
    refusals_of_a_call(&bench);
}

fn app_in_use(bench: &Bench) {
    let trap = trap(
        "application in use",
        Plan(|_| {}),
        ("application", W, "[asterisk] app"),
    );
    let held = bench
        .runtime
        .block_on(Application::open(&bench.lab, "traps"));
    bench.named(&plan(), &trap);
    drop(held);
    bench.green(trap.name);
}

fn no_folder_of_recordings(bench: &Bench) {
    let trap = trap(
        "no folder of recordings",
        Plan(|_| {}),
        ("recordings", W, "mkdir -p"),
    );
    let folder = bench.lab.pbx.recordings();
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    bench.named(&plan(), &trap);
    std::fs::create_dir_all(&folder).expect("the folder comes back");
    bench.green(trap.name);
}

/// Several at once: a start takes some seconds.
fn what_takes_a_restart(bench: &Bench) {
    let nat = "\nexternal_media_address=203.0.113.7";
    let bind = format!("bind=127.0.0.1:{}", bench.lab.slot.ports().pbx_sip);
    let with_nat = format!("{bind}{nat}");
    let changes = [
        ("asterisk.conf", "maxcalls=200", "maxcalls=1"),
        ("local.conf", bind.as_str(), with_nat.as_str()),
        (
            "modules.conf",
            "load=func_callerid.so",
            "noload=func_callerid.so",
        ),
    ];
    let traps = [
        trap(
            "too few calls allowed",
            Plan(|_| {}),
            ("limits", W, "maxcalls"),
        ),
        trap(
            "half of NAT",
            Plan(|_| {}),
            ("trunk transport", W, "external_signaling_address"),
        ),
        trap(
            "a module is not loaded",
            Plan(|_| {}),
            ("modules", F, "load = func_callerid.so"),
        ),
    ];
    bench.with_files(
        &changes,
        || bench.lab.pbx.restart(),
        || traps.iter().for_each(|trap| bench.named(&plan(), trap)),
    );
    bench.green("a restart");
}

/// What ARI does not tell, the console does; where there is none, a call does.
fn the_line_is_rejected(bench: &Bench) {
    let registered = |state: &str| {
        let line = format!(" {state} ");
        bench
            .lab
            .pbx
            .wait_for_cli("pjsip show registrations", state, |answer| {
                answer.contains(&line)
            });
    };
    let wrong = [("local.conf", "password=line-secret", "password=wrong")];
    bench.with_files(
        &wrong,
        || bench.reload(),
        || {
            // It would be tried again only when the last one expires.
            bench
                .lab
                .pbx
                .cli("pjsip send register novofon-registration");
            registered("Rejected");
            let (status, said) = bench.run(&["doctor", "--only", "asterisk"]);
            assert_eq!(status, Some(1), "{said}");
            assert!(
                said.contains("failure  registration: the provider rejects the line"),
                "{said}"
            );
            assert!(said.contains("password of the line"), "{said}");
            let (_, said) = bench.run(&[
                "asterisk",
                "check",
                "--call",
                "+79000000005",
                "--format",
                "json",
            ]);
            assert!(said.contains("\"what\": \"registration\""), "{said}");
        },
    );
    registered("Registered");
    let (status, said) = bench.run(&["doctor", "--only", "asterisk"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(
        said.contains("ok       registration") && said.contains("all is well"),
        "{said}"
    );
}

/// The provider's own words, in a call that is only rung.
fn refusals_of_a_call(bench: &Bench) {
    for (number, found, mend) in [
        ("+79000000054", "trunk_refused (SIP 403)", "may call out"),
        ("+79000000055", "invalid_number (SIP 404)", "number_format"),
        ("+79000000056", "congestion (SIP 503)", "free channel"),
    ] {
        let (status, said) = bench.run(&["asterisk", "check", "--call", number]);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.contains(found) && said.contains(mend), "{said}");
    }
    let (status, said) = bench.run(&["asterisk", "check", "--call", "+79000000005"]);
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("ok       test call: answered"), "{said}");
}

#[test]
fn the_documentation_lists_every_trap_that_is_sprung() {
    let listed = include_str!("../../../docs/doctor.md");
    for trap in TRAPS {
        assert!(
            listed.contains(&format!("| {} |", trap.name)),
            "{}",
            trap.name
        );
    }
}
