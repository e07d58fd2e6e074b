//! The provider's clients against doubles of its two APIs, and the commands on top of them.

use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use novodial::novofon::{NovoFon, NovoFonConfig, Pace, Window};
use novodial::rehearsal::novofon::{Charge, Leg, Options, Provider};

mod check;
mod clients;
mod commands;
mod double;
mod errors;

/// A double with these options.
async fn provider(change: impl FnOnce(&mut Options)) -> Provider {
    let mut options = Options::default();
    change(&mut options);
    Provider::start(options).await.unwrap()
}

/// The settings of a client of both APIs, which leaves no gap of its own between requests.
fn config(provider: &Provider) -> NovoFonConfig {
    let url = |text: String| text.parse().unwrap();
    let mut config = NovoFonConfig::new(url(provider.base_url()), url(provider.data_url()));
    config.user_api = Some(("rehearsal_key".into(), "rehearsal_secret".into()));
    config.data_api = Some("rehearsal_token".into());
    config.pace = Pace {
        request: Duration::ZERO,
        statistics: Duration::ZERO,
    };
    config
}

fn client(provider: &Provider) -> NovoFon {
    NovoFon::new(&config(provider)).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// So many calls a minute apart, the first at `from`: answered ones cost 2.50.
fn legs(from: &str, count: u64) -> Vec<Leg> {
    let first = at(from);
    let leg = |n: u64| {
        let talked = if n.is_multiple_of(2) { 42 } else { 0 };
        let minutes = i64::try_from(n).unwrap();
        Leg {
            id: 1000 + n,
            session: 5000 + n,
            at: first.checked_add(minutes.minutes()).unwrap(),
            direction: "out".to_owned(),
            source: "sip".to_owned(),
            calling: "74950000000".to_owned(),
            called: format!("7900{n:07}"),
            talked,
            finish: "subscriber_disconnects".to_owned(),
            charge: (talked > 0).then(|| Charge {
                seconds: 60,
                kind: "mobile".to_owned(),
                per_minute: 2.5,
                total: 2.5,
            }),
        }
    };
    (0..count).map(leg).collect()
}

fn window(from: &str, till: &str) -> Window {
    Window {
        from: at(from),
        till: at(till),
    }
}
