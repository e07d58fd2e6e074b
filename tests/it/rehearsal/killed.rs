//! The process of a campaign is killed at random moments, with characters behind the trunk.
//!
//! More kills: `NOVODIAL_TEST_KILLS=200 cargo test --test it rehearsal::killed`.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use novodial::rehearsal::trouble::Trouble;
use novodial::rehearsal::voice::audible;

use super::stage::{SEED, Stage};
use crate::killed::{Killing, Rung, SCENARIO, Stand, kill_and_go_on};

/// Who is rung, over and over.
const CALLEES: [&str; 8] = [
    "agrees",
    "no_more_calls",
    "refuses",
    "declined",
    "busy",
    "hangs_up",
    "agrees",
    "no_more_calls",
];

impl Stand for Stage {
    fn command(&self, arguments: &[&str]) -> Command {
        Self::command(self, arguments)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn rung(&self) -> Vec<Rung> {
        let calls = self.exchange.calls().into_iter();
        calls
            .map(|call| Rung {
                number: call.number,
                at: call.times.0,
                ended: call.times.1,
                heard: call.measured.map_or_else(Vec::new, |measured| {
                    measured.heard().into_iter().map(audible).collect()
                }),
            })
            .collect()
    }

    fn leftovers(&self) -> Vec<String> {
        self.exchange.ids()
    }
}

#[test]
fn a_campaign_killed_twenty_times_rings_nobody_too_soon_and_forgets_nothing() {
    let killing = Killing {
        kills: 20,
        seed: SEED,
        longest: Duration::from_secs(3),
    }
    .or_asked();
    // So many leads that the last life has some left.
    let rounds = 3 + killing.kills as usize / 4;
    let callees: Vec<&str> = (0..rounds).flat_map(|_| CALLEES).collect();
    let stage = Stage::set(&callees, &Trouble::none());
    std::fs::write(stage.folder.path().join("scenario.toml"), SCENARIO).unwrap();
    kill_and_go_on(&stage, killing);
}
