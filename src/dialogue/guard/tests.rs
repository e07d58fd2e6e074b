//! What guards hold, and what is told about those that are none.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rstest::rstest;

use super::*;

impl Known for BTreeMap<&str, &str> {
    fn value(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| (*value).to_owned())
    }
}

fn known() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        ("score", "4"),
        ("city", "Москва"),
        ("date", "2026-11-23"),
        ("vip", "true"),
        ("old", "false"),
        ("empty", " "),
        ("visits.price", "2"),
        ("code", "007"),
    ])
}

#[rstest]
#[case("score >= 4", true)]
#[case("score > 4", false)]
#[case("score == 4.0", true)]
#[case("10 > score", true)]
#[case("score + 1 == 5", true)]
#[case("score - 1 < 3", false)]
#[case("-1 < score", true)]
#[case("city == 'москва'", true)]
#[case("city != \"Казань\"", true)]
#[case("city in [\"Казань\", \"Москва\"]", true)]
#[case("city not in [\"Казань\"]", true)]
#[case("score in [1, 2]", false)]
#[case("date < \"2026-12-01\"", true)]
#[case("vip", true)]
#[case("old", false)]
#[case("empty", false)]
#[case("nothing", false)]
#[case("not nothing and score", true)]
#[case("nothing == 3", false)]
#[case("nothing < 3", false)]
#[case("nothing != 3", true)]
#[case("nothing == \"\"", true)]
#[case("city == \"\"", false)]
#[case("code == 7", true)]
#[case("visits.price > 1", true)]
#[case("old or vip and score == 4", true)]
#[case("(old or vip) and score == 5", false)]
#[case("not (old or vip)", false)]
fn a_guard_holds_or_not(#[case] text: &str, #[case] holds: bool) {
    assert_eq!(Guard::parse(text).unwrap().holds(&known()), holds, "{text}");
}

/// Leads write moments as they like, and callees say no more of them than is needed.
#[rstest]
#[case("2026-11-24T15:00", "", "24.11.2026 15:00", true)]
#[case("2026-11-24T15:00", "", "2026-11-24 15:00:00", true)]
#[case("2026-11-24T15:00", "dated timed exact", "24.11.2026 15:00", true)]
#[case("2026-11-24T15:00", "dated timed exact", "24.11.2026 15:30", false)]
// «Завтра», «в пятницу».
#[case("2026-11-24T10:00", "dated", "24.11.2026 15:00", true)]
#[case("2026-11-27T10:00", "dated", "24.11.2026 15:00", false)]
// «К трём», «в пять».
#[case("2026-11-23T15:00", "timed exact", "2026-11-24T15:00", true)]
#[case("2026-11-23T17:00", "timed exact", "2026-11-24T15:00", false)]
// «Завтра днём», «завтра вечером», «вечером».
#[case("2026-11-24T12:00", "dated timed", "2026-11-24T15:00", true)]
#[case("2026-11-24T18:00", "dated timed", "2026-11-24T15:00", false)]
#[case("2026-11-23T12:00", "timed", "2026-11-24T15:00", true)]
#[case("2026-11-23T12:00", "", "2026-11-24T15:00", false)]
fn a_moment_that_was_said_is_the_same_as_far_as_it_was_said(
    #[case] said: &str,
    #[case] marks: &str,
    #[case] at: &str,
    #[case] same: bool,
) {
    let mut known = BTreeMap::from([("said", said), ("at", at)]);
    // A part of the day ends five hours later.
    let until = format!("{}T17:00", said.split('T').next().unwrap());
    let until = if said.contains("T18") {
        "2026-11-24T21:00"
    } else {
        &until
    };
    if !marks.contains("exact") {
        known.insert("said.until", until);
    }
    for (mark, name) in [
        ("dated", "said.dated"),
        ("timed", "said.timed"),
        ("exact", "said.exact"),
    ] {
        if marks.contains(mark) {
            known.insert(name, "true");
        }
    }
    for (text, holds) in [
        ("said == at", same),
        ("at == said", same),
        ("said != at", !same),
    ] {
        assert_eq!(
            Guard::parse(text).unwrap().holds(&known),
            holds,
            "{text}: {said} {marks} {at}"
        );
    }
}

#[rstest]
#[case("'24.11.2026 15:00' < '2026-11-24T16:00'", true)]
#[case("'02.12.2026 15:00' > '2026-11-24T16:00'", true)]
#[case("'2026-11-24' == '2026-11-24T00:00'", true)]
#[case("'15:30' < '16:00'", true)]
#[case("date + 1 == '2026-11-24'", true)]
#[case("date + 30 < '2026-12-23'", false)]
#[case("date - 23 == '2026-10-31'", true)]
#[case("'24.11.2026 15:00' + 1 == '2026-11-25T15:00'", true)]
#[case("date + 0.5 == date", false)]
#[case("date + 99999999999 > date", false)]
#[case("nothing + 1 > date", false)]
fn moments_are_compared_as_moments(#[case] text: &str, #[case] holds: bool) {
    assert_eq!(Guard::parse(text).unwrap().holds(&known()), holds, "{text}");
}

#[rstest]
#[case("", 0, "the condition breaks off")]
#[case("score >=", 8, "the condition breaks off")]
#[case("score = 4", 6, "`=` has no meaning in a condition")]
#[case("score 4", 6, "`4` does not belong here")]
#[case("city in \"Москва\"", 8, "`[` is missing")]
#[case("(score", 6, "`)` is missing")]
#[case("city == \"Моск", 8, "a text without its closing quote")]
#[case("город == 1 and", 14, "the condition breaks off")]
#[case("1.2.3", 0, "not a number")]
fn what_is_no_guard_is_told_with_its_place(
    #[case] text: &str,
    #[case] at: usize,
    #[case] message: &str,
) {
    let error = Guard::parse(text).unwrap_err();
    assert_eq!((error.at, error.message.as_str()), (at, message), "{text}");
}

#[test]
fn a_guard_tells_its_names_and_what_it_grants() {
    let text = "date and score > 2 and not email and (city or vip) and old == empty and code != 3";
    let guard = Guard::parse(text).unwrap();
    let names: Vec<&str> = guard.names().into_iter().collect();
    assert_eq!(
        names,
        [
            "city", "code", "date", "email", "empty", "old", "score", "vip"
        ]
    );
}

#[rstest]
#[case("date and score > 2 and not email", true, &["date", "score"])]
#[case("date and score > 2", false, &[])]
#[case("not date", false, &["date"])]
#[case("not date or not time", false, &["date", "time"])]
#[case("date or time", true, &[])]
#[case("date or date == 3 and time", true, &["date"])]
#[case("city in ['a'] and old == empty", true, &["city"])]
#[case("city != 'a'", true, &[])]
#[case("city != 'a'", false, &["city"])]
#[case("city == ''", false, &["city"])]
#[case("city != ''", true, &["city"])]
#[case("city == ''", true, &[])]
#[case("score < 3", false, &[])]
fn a_guard_grants_values(#[case] text: &str, #[case] holds: bool, #[case] granted: &[&str]) {
    let guard = Guard::parse(text).unwrap();
    let grants: Vec<&str> = guard.grants(holds).into_iter().collect();
    assert_eq!(grants, granted, "{text}");
}

#[test]
fn the_values_that_tell_answers_apart_are_those_compared_with_and_their_neighbours() {
    let guard = Guard::parse("score >= 4 or city in ['a', 'b']").unwrap();
    assert_eq!(
        guard.telling("score"),
        ["3", "4", "5"].map(str::to_owned).into()
    );
    assert_eq!(guard.telling("city"), ["a", "b"].map(str::to_owned).into());
}

proptest! {
    #[test]
    fn reading_and_judging_never_panics(text in "[a-z0-9 ()<>=!\\[\\]\"',.+-]{0,60}") {
        if let Ok(guard) = Guard::parse(&text) {
            let _answer = guard.holds(&known());
        }
    }

    #[test]
    fn deep_brackets_are_refused_and_not_a_stack_overflow(depth in 33_usize..5_000) {
        for open in ["(", "not ", "-"] {
            let text = open.repeat(depth) + "a";
            prop_assert!(Guard::parse(&text).is_err());
        }
    }
}
