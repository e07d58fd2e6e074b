//! The process of a campaign is killed at random moments, on the real Asterisk.
//!
//! More kills: `NOVODIAL_TEST_KILLS=20 cargo test --test it calls::killed`.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use novodial::rehearsal::voice::audible;

use super::bench::Bench as _;
use super::desk::Desk;
use super::speech::Speech;
use crate::killed::{Killing, Rung, SCENARIO, Stand, kill_and_go_on};
use crate::lab::Lab;
use crate::lab::sip::from_user;

/// Parts that answer, decline and are busy.
const NUMBERS: [&str; 8] = [
    "79000000001",
    "79000000002",
    "79000000003",
    "79000000007",
    "79000000009",
    "79000000051",
    "79000000053",
    "79000000054",
];

/// A shell on the lab.
struct OnLab {
    desk: Desk,
    lab: &'static Lab,
}

impl Stand for OnLab {
    fn command(&self, arguments: &[&str]) -> Command {
        self.desk.command(arguments)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.desk.path(name)
    }

    fn rung(&self) -> Vec<Rung> {
        NUMBERS
            .iter()
            .flat_map(|number| self.rung_of(number))
            .collect()
    }

    fn leftovers(&self) -> Vec<String> {
        self.lab.leftovers(&self.desk.app)
    }
}

impl OnLab {
    /// The calls to one number. A callee who did not answer measures nothing; of those who did, the
    /// last of the calls are theirs, or later ones than theirs.
    fn rung_of(&self, number: &str) -> Vec<Rung> {
        let caller = format!("+{}", self.desk.caller);
        let invites = self.lab.timed_invites(number).into_iter();
        let own = invites.filter(|(_, invite)| from_user(invite) == Some(caller.as_str()));
        let mut rung: Vec<Rung> = own
            .map(|(at, _)| Rung {
                number: number.to_owned(),
                at: moment(&at),
                ended: None,
                heard: Vec::new(),
            })
            .collect();
        let measured = self.lab.measured().into_iter();
        let theirs = measured.filter(|one| one.number == number && one.caller == self.desk.caller);
        for (call, measured) in rung.iter_mut().rev().zip(theirs.rev()) {
            call.heard = measured.heard().into_iter().map(audible).collect();
        }
        rung
    }
}

/// A time of the carrier's log.
fn moment(text: &str) -> Timestamp {
    let local: DateTime = text.parse().expect("a time in the carrier's log");
    let zoned = local.to_zoned(TimeZone::system()).expect("a time");
    zoned.timestamp()
}

#[test]
fn a_campaign_killed_on_the_real_line_rings_nobody_too_soon_and_forgets_nothing() {
    let (lab, speech) = (Lab::shared(), Speech::start());
    let leads = NUMBERS.map(|number| format!("+{number}\n")).concat();
    let desk = Desk::new(lab, &speech)
        .file("leads.csv", &format!("phone\n{leads}"))
        .file("scenario.toml", SCENARIO);
    let killing = Killing {
        kills: 3,
        seed: 5,
        longest: Duration::from_secs(7),
    };
    kill_and_go_on(&OnLab { desk, lab }, killing.or_asked());
}
