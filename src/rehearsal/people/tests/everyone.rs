//! Numbers and who has them.

use std::collections::BTreeMap;

use super::*;
use crate::language::Language;
use crate::rehearsal::exchange::{Callees as _, Calling, Step};

fn everyone() -> Everyone {
    Everyone::new(Arc::new(Cast::shipped().unwrap()), 7, Language::Russian)
}

fn calling(number: &str, attempt: u32) -> Calling {
    Calling {
        sequence: 1,
        attempt,
        number: number.to_owned(),
        caller: "+74950000001".to_owned(),
        channel: "nd-1".to_owned(),
        variables: BTreeMap::new(),
    }
}

#[test]
fn a_lead_that_names_its_callee_has_it_however_the_number_is_written() {
    let mut everyone = everyone();
    everyone.assign("+7 900 000-00-01", "busy").unwrap();
    for number in ["79000000001", "+79000000001", "89000000001"] {
        for attempt in 1..5 {
            assert_eq!(everyone.met(number, attempt).0.name, "busy");
        }
    }
    let error = everyone.assign("79000000002", "bussy").unwrap_err();
    assert_eq!(error.hint(), Some("did you mean `busy`?"));
}

#[test]
fn the_others_are_drawn_and_a_continued_run_goes_on_where_it_stopped() {
    let first = everyone();
    let mut later = everyone();
    later.attempted("+79000000077", 2);
    for attempt in 1..6 {
        let (met, seed) = later.met("79000000077", attempt);
        let (expected, expected_seed) = first.met("79000000077", attempt + 2);
        assert_eq!((&met.name, seed), (&expected.name, expected_seed));
    }
}

#[test]
fn the_exchange_gets_the_steps_of_the_plan() {
    let mut everyone = everyone().in_haste(10);
    everyone.assign("79000000001", "agrees").unwrap();
    everyone.assign("79000000002", "announcement").unwrap();
    let line = everyone.line(&calling("+79000000001", 1));
    let [
        Step::Wait(_),
        Step::Ring,
        Step::Wait(rung),
        Step::Answer(callee),
    ] = &line.steps[..]
    else {
        panic!("{line:?}");
    };
    assert!((150..=2_000).contains(&rung.as_millis()), "{rung:?}");
    assert!(format!("{callee:?}").contains("74950000001"));
    let line = everyone.line(&calling("+79000000002", 1));
    let [
        Step::Wait(_),
        Step::Sound(_),
        Step::Wait(said),
        Step::Refuse(480),
    ] = &line.steps[..]
    else {
        panic!("{line:?}");
    };
    assert!(said.as_millis() > 6_000, "the announcement is heard out");
}
