//! What these tests share: a connection with an application of its own, orders, and listening.

use std::time::Duration;

use novodial::ari::media::{MediaEvent, MediaLeg};
use novodial::ari::{Ari, AriConfig, CallLine, CallOrder, MediaKind};
use novodial::audio::G711;
use novodial::line::{LineEvent, LineFacts};
use tokio::time::timeout;

use crate::embedded::Embedded;
use crate::lab::{Lab, sip};

/// Longer than anything in these tests takes.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// The exchange that a test runs on: what one does, the other must do.
#[derive(Debug, Clone, Copy)]
pub(super) enum On {
    /// The telephone lab's.
    Asterisk,
    /// The one of the rehearsal.
    Embedded,
}

impl On {
    /// Starts it, if it does not run yet.
    pub(super) async fn start(self) {
        let start = move || {
            self.url();
        };
        tokio::task::spawn_blocking(start).await.unwrap();
    }

    pub(super) fn url(self) -> String {
        match self {
            Self::Asterisk => Lab::shared().ari_url(),
            Self::Embedded => Embedded::shared().ari_url(),
        }
    }

    pub(super) fn login(self) -> (&'static str, &'static str) {
        match self {
            Self::Asterisk => (Lab::shared().username(), Lab::shared().password()),
            Self::Embedded => (Embedded::shared().username(), Embedded::shared().password()),
        }
    }

    pub(super) fn config(self, run: &str) -> AriConfig {
        let (username, password) = self.login();
        config_at(&self.url(), (username, password), run)
    }

    /// The payload types offered in each call from a caller (with its plus) to a number.
    pub(super) fn offers(self, caller: &str, number: &str) -> Vec<Vec<u8>> {
        match self {
            Self::Asterisk => Lab::shared()
                .invites(number)
                .iter()
                .filter(|invite| sip::from_user(invite) == Some(caller))
                .map(|invite| sip::offered_payloads(invite))
                .collect(),
            Self::Embedded => Embedded::shared()
                .dialled(caller.trim_start_matches('+'), number)
                .iter()
                .map(Embedded::offered_payloads)
                .collect(),
        }
    }
}

/// One test's connection. `run` is part of all its ids, so tests do not see each other.
pub(super) struct Bench {
    pub(super) ari: Ari,
    pub(super) run: String,
}

pub(super) fn config(lab: &Lab, run: &str) -> AriConfig {
    config_at(&lab.ari_url(), (lab.username(), lab.password()), run)
}

fn config_at(url: &str, (username, password): (&str, &str), run: &str) -> AriConfig {
    let app = format!("novodial-{run}");
    AriConfig::new(url.parse().unwrap(), username, password.into(), &app)
}

impl Bench {
    pub(super) async fn shared(on: On, run: &str) -> Self {
        on.start().await;
        Self {
            ari: Ari::connect(on.config(run)).await.unwrap(),
            run: run.to_owned(),
        }
    }

    pub(super) async fn on(lab: &Lab, run: &str) -> Self {
        let ari = Ari::connect(config(lab, run)).await.unwrap();
        Self {
            ari,
            run: run.to_owned(),
        }
    }

    pub(super) fn order(&self, number: &str) -> CallOrder {
        CallOrder {
            id: format!("nd-{}-1", self.run),
            endpoint: format!("PJSIP/{number}@novofon"),
            caller_id: Some("+74950000100".to_owned()),
            codec: G711::Alaw,
            ring_timeout: Duration::from_secs(10),
            longest: Duration::from_secs(30),
            media: MediaKind::WebSocket,
        }
    }

    /// Asserts that Asterisk has no channel and no bridge of this run, asked over ARI. A sweep
    /// removes them as it finds them, so finding one is the fault.
    pub(super) async fn assert_nothing_left(&self) {
        let swept = self.ari.sweep("nd-", |run| run != self.run).await.unwrap();
        assert_eq!(swept, novodial::ari::Swept::default());
    }

    pub(super) async fn close(self) {
        self.assert_nothing_left().await;
        self.ari.close().await;
    }
}

pub(super) async fn next(line: &mut CallLine) -> LineEvent {
    let event = timeout(PATIENCE, line.events.recv())
        .await
        .expect("an event in time");
    event.expect("no end without a terminal event")
}

/// Reads up to an event, which is given back with those before it.
pub(super) async fn until(
    line: &mut CallLine,
    wanted: impl Fn(&LineEvent) -> bool,
) -> Vec<LineEvent> {
    let mut events = Vec::new();
    loop {
        let event = next(line).await;
        let found = wanted(&event);
        let terminal = matches!(event, LineEvent::Released(_) | LineEvent::Lost);
        events.push(event);
        if found {
            return events;
        }
        assert!(!terminal, "the call ended too early: {events:?}");
    }
}

/// Reads to the terminal event and proves that nothing follows it.
pub(super) async fn to_the_end(line: &mut CallLine) -> Vec<LineEvent> {
    let terminal = |event: &LineEvent| matches!(event, LineEvent::Released(_) | LineEvent::Lost);
    let events = until(line, terminal).await;
    let after = timeout(PATIENCE, line.events.recv())
        .await
        .expect("the queue closes");
    assert_eq!(after, None);
    events
}

pub(super) fn facts(events: &[LineEvent]) -> LineFacts {
    let mut facts = LineFacts::NEW;
    for event in events {
        facts.observe(event);
    }
    facts
}

/// The next frame of the callee; other events pass by.
pub(super) async fn frame(leg: &mut MediaLeg) -> Vec<u8> {
    let listen = async {
        loop {
            match leg.events.recv().await {
                Some(MediaEvent::Frame(frame)) => return frame.to_vec(),
                Some(MediaEvent::Played(_)) => {}
                other => panic!("no more audio: {other:?}"),
            }
        }
    };
    timeout(PATIENCE, listen).await.expect("a frame in time")
}

/// Listens until something loud comes.
pub(super) async fn loud_frame(leg: &mut MediaLeg) -> Vec<u8> {
    loop {
        let frame = frame(leg).await;
        let loud = frame
            .iter()
            .any(|byte| G711::Alaw.expand(*byte).unsigned_abs() > 1000);
        if loud {
            return frame;
        }
    }
}
