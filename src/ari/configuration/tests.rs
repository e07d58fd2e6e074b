//! What is tailored, and that everything else stays as it is shipped.

use std::net::SocketAddr;

use super::edit::value;
use super::*;
use crate::audio::G711;

fn plan(connection: Connection) -> ConfigPlan {
    ConfigPlan {
        http: SocketAddr::from(([127, 0, 0, 1], 8090)),
        prefix: String::new(),
        username: "dialer".to_owned(),
        password: AriPassword::Hash("$6$x$y".to_owned()),
        trunk: "carrier".to_owned(),
        connection,
        server: Place::parse("sip.example.org:5070").unwrap(),
        bind: SocketAddr::from(([0, 0, 0, 0], 5060)),
        nat: None,
        codec: G711::Alaw,
        rtp_ports: (20_000, 20_100),
    }
}

fn line() -> Connection {
    Connection::Line {
        login: "0012345".to_owned(),
        password: Some("se;cret".to_owned().into()),
    }
}

fn text<'a>(files: &'a [ConfigFile], name: &str) -> &'a str {
    &files.iter().find(|file| file.name == name).unwrap().text
}

#[test]
fn every_file_of_the_folder_is_embedded() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/asterisk_configs");
    let mut there: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| std::path::Path::new(name).extension() == Some("conf".as_ref()))
        .collect();
    there.sort();
    assert_eq!(SHIPPED.iter().map(|file| file.0).collect::<Vec<_>>(), there);
}

#[test]
fn a_line_has_its_login_in_four_places_and_its_password_in_one() {
    let files = render(&plan(line())).unwrap();
    let local = text(&files, "local.conf");
    let get = |section: &str, key: &str| value(local, section, key);
    let registration = "local-novofon-registration";
    for (section, key, expected) in [
        (registration, "type", "registration"),
        (registration, "server_uri", "sip:sip.example.org:5070"),
        (
            registration,
            "client_uri",
            "sip:0012345@sip.example.org:5070",
        ),
        (registration, "contact_user", "0012345"),
        ("local-novofon-auth", "username", "0012345"),
        ("local-novofon-auth", "password", "se;cret"),
        ("local-novofon-endpoint", "from_user", "0012345"),
        ("local-novofon-endpoint", "outbound_auth", "carrier-auth"),
        ("local-novofon-endpoint", "from_domain", "sip.example.org"),
        ("local-novofon-endpoint", "allow", "alaw,ulaw"),
        ("local-novofon-aor", "contact", "sip:sip.example.org:5070"),
        ("local-novofon-aor", "qualify_frequency", "30"),
        ("local-http", "bindport", "8090"),
        ("local-ari", "password", "$6$x$y"),
        ("local-ari", "password_format", "crypt"),
        ("local-rtp", "rtpend", "20100"),
    ] {
        assert_eq!(
            get(section, key).as_deref(),
            Some(expected),
            "{section} {key}"
        );
    }
    assert_eq!(get("local-transport", "external_media_address"), None);
    assert!(text(&files, "ari.conf").contains("\n[dialer](local-ari)"));
    let pjsip = text(&files, "pjsip.conf");
    for line in [
        "[carrier](local-novofon-endpoint)",
        "aors=carrier",
        "[carrier-registration](local-novofon-registration)",
        "outbound_auth=carrier-auth",
        "endpoint=carrier",
    ] {
        assert!(pjsip.lines().any(|there| there == line), "{line}");
    }
}

#[test]
fn a_trunk_by_address_has_the_lines_of_a_line_switched_off() {
    let mut plan = plan(Connection::ByAddress);
    plan.codec = G711::Ulaw;
    plan.nat = Some(Nat {
        public: "203.0.113.7".parse().unwrap(),
        local: vec!["192.168.0.0/16".to_owned(), "10.1.0.0/16".to_owned()],
    });
    let files = render(&plan).unwrap();
    let local = text(&files, "local.conf");
    for (section, key) in local::BY_LINE {
        assert_eq!(value(local, section, key), None, "{section} {key}");
    }
    assert_eq!(
        value(local, "local-novofon-endpoint", "allow").as_deref(),
        Some("ulaw,alaw")
    );
    let nets: Vec<&str> = local
        .lines()
        .filter(|line| line.starts_with("local_net="))
        .collect();
    assert_eq!(nets.len(), 2, "{nets:?}");
    assert_eq!(
        value(local, "local-transport", "external_signaling_address").as_deref(),
        Some("203.0.113.7")
    );
}

#[test]
fn what_is_not_tailored_stays_as_it_is_shipped() {
    let files = render(&plan(line())).unwrap();
    for ((name, shipped), file) in SHIPPED.iter().zip(&files) {
        let tailored = ["local.conf", "ari.conf", "pjsip.conf"].contains(name);
        assert_eq!(file.text == *shipped, !tailored, "{name}");
        // Every comment too: the file is to be read by people.
        let comments = |text: &str| text.matches(';').count();
        if *name != "local.conf" {
            assert_eq!(comments(&file.text), comments(shipped), "{name}");
        }
    }
}

#[test]
fn passwords_that_are_installed_are_found_again() {
    let files = render(&plan(line())).unwrap();
    let local = text(&files, "local.conf");
    let password = installed_ari_password(local).unwrap();
    assert!(matches!(password, AriPassword::Hash(hash) if hash == "$6$x$y"));
    assert!(installed_line_password(local).is_some());
    let shipped = SHIPPED
        .iter()
        .find(|file| file.0 == "local.conf")
        .unwrap()
        .1;
    assert!(installed_ari_password(shipped).is_none());
    assert!(installed_line_password(shipped).is_none());
}

#[test]
fn a_value_that_would_break_a_file_is_refused_without_telling_a_password() {
    let faulty: [fn(&mut ConfigPlan); 5] = [
        |plan| plan.trunk = "100".to_owned(),
        |plan| plan.trunk = "a]b\n".to_owned(),
        |plan| plan.rtp_ports = (10_000, 10_001),
        |plan| plan.server.host = "sip example".to_owned(),
        |plan| plan.password = AriPassword::Plain("hunter2\nx=1".to_owned().into()),
    ];
    for change in faulty {
        let mut plan = plan(line());
        change(&mut plan);
        let fault = render(&plan).unwrap_err();
        assert!(!fault.to_string().contains("hunter2"), "{fault}");
    }
}
