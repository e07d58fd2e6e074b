//! Who is met how often, and that it repeats.

use std::collections::BTreeMap;
use std::fs;

use super::*;

fn lead(number: u32) -> String {
    format!("7900{number:07}")
}

/// How many of 10,000 leads meet whom at an attempt, in percent.
fn day(cast: &Cast, seed: u64, attempt: u32) -> BTreeMap<String, f64> {
    let mut met = BTreeMap::new();
    for number in 0..10_000 {
        let name = cast.draw(seed, &lead(number), attempt).name.clone();
        *met.entry(name).or_insert(0.0) += 0.01;
    }
    met
}

#[test]
fn ten_thousand_leads_resemble_a_real_day() {
    let cast = Cast::shipped().unwrap();
    let met = day(&cast, 7, 1);
    let share = |name: &str| met.get(name).copied().unwrap_or_default();
    let people: f64 = met
        .iter()
        .filter(|(name, _)| {
            let character = cast.named(name).unwrap();
            character.answers() && !character.is_machine()
        })
        .map(|(_, share)| share)
        .sum();
    for (what, share, expected) in [
        ("people", people, 35.0),
        ("no_answer", share("no_answer"), 29.0),
        ("voicemail", share("voicemail"), 11.6),
        ("busy", share("busy"), 5.8),
        ("off", share("phone_off") + share("announcement"), 9.7),
        ("no_such_number", share("no_such_number"), 3.0),
        ("refuses", share("refuses"), 8.2),
    ] {
        assert!(
            (share - expected).abs() < 1.2,
            "{what}: {share} for {expected}"
        );
    }
    let missed: Vec<_> = cast
        .characters()
        .filter(|character| !met.contains_key(&character.name))
        .collect();
    assert!(missed.is_empty(), "never met: {missed:?}");
}

#[test]
fn a_day_repeats_by_its_seed_and_by_no_other() {
    let cast = Cast::shipped().unwrap();
    let names = |seed| -> Vec<String> {
        (0..200)
            .map(|number| cast.draw(seed, &lead(number), 1).name.clone())
            .collect()
    };
    assert_eq!(names(1), names(1));
    assert_ne!(names(1), names(2));
    assert_ne!(call_seed(1, "a", 1), call_seed(1, "a", 2));
    assert_ne!(call_seed(1, "a", 1), call_seed(2, "a", 1));
}

#[test]
fn a_lead_keeps_its_person_and_its_dead_number_over_all_attempts() {
    let cast = Cast::shipped().unwrap();
    let mut answered_later = 0;
    for number in 0..500 {
        let met: Vec<_> = (1..=8).map(|n| cast.draw(3, &lead(number), n)).collect();
        let dead = met
            .iter()
            .filter(|met| met.name == "no_such_number")
            .count();
        assert!(dead == 0 || dead == met.len(), "{met:?}");
        let mut people: Vec<_> = met
            .iter()
            .filter(|met| met.answers() && !met.is_machine())
            .map(|met| &met.name)
            .collect();
        people.dedup();
        assert!(people.len() <= 1, "{people:?}");
        answered_later += usize::from(met[0].name == "busy" && !people.is_empty());
    }
    assert!(answered_later > 10, "who was busy may answer later");
}

#[test]
fn an_unknown_callee_is_told_with_the_nearest() {
    let cast = Cast::shipped().unwrap();
    let error = cast.named("agress").unwrap_err();
    assert_eq!(error.to_string(), "no such callee: `agress`");
    assert_eq!(error.hint(), Some("did you mean `agrees`?"));
    let hint = cast.named("Иван").unwrap_err().hint().unwrap().to_owned();
    assert!(
        hint.starts_with("there are agrees, announcement, "),
        "{hint}"
    );
    assert_eq!(cast.named(" keys ").unwrap().name, "keys");
}

#[test]
fn a_folder_adds_characters_stands_over_the_shipped_ones_and_may_bring_weights() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("mine.toml", "about = \"Mine.\"\n[ru]\notherwise = \"да\"\n");
    write("agrees.toml", "about = \"Another.\"\n");
    write("notes.txt", "not a character");
    let cast = Cast::load(Some(folder.path())).unwrap();
    assert_eq!(cast.named("mine").unwrap().about, "Mine.");
    assert_eq!(cast.named("agrees").unwrap().about, "Another.");
    assert!(cast.named("refuses").is_ok());
    assert!(day(&cast, 1, 1).len() > 20, "the shipped weights");
    write(
        "cast.toml",
        "[number]\n[people]\nmine = 1\n[attempt]\nperson = 3\nbusy = 1\n",
    );
    let met = day(&Cast::load(Some(folder.path())).unwrap(), 1, 1);
    let names: Vec<_> = met.keys().collect();
    assert_eq!(names, ["busy", "mine"]);
    assert!((met["mine"] - 75.0).abs() < 2.0, "{met:?}");
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let error = Cast::load(Some("/nowhere/at/all".as_ref())).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("/nowhere/at/all: cannot be read: ")
    );
    assert_eq!(error.hint(), Some("name a folder of .toml files in UTF-8"));
}

#[rstest]
#[case(
    "[number]\n[people]\nagress = 1\n[attempt]\nperson = 1",
    3,
    1,
    "no such callee: `agress`",
    "did you mean `agrees`?"
)]
#[case(
    "[number]\n[people]\nagrees = 1\n[attempt]\npersn = 1",
    5,
    1,
    "no such callee: `persn`",
    "did you mean `person`?"
)]
#[case(
    "[number]\n[people]\nagrees = -1\n[attempt]\nperson = 1",
    3,
    10,
    "-1 is no weight",
    "write 0 or more"
)]
#[case(
    "[number]\nbusy = 101\n[people]\nagrees = 1\n[attempt]\nperson = 1",
    1,
    1,
    "[number] has more than 100 of 100 numbers",
    "leave room for people"
)]
#[case(
    "[number]\n[people]\nagrees = 0\n[attempt]\nperson = 1",
    2,
    1,
    "[people] has no weight above 0",
    "give at least one name a weight"
)]
#[case(
    "[numbers]\n[people]\n[attempt]",
    1,
    2,
    "unknown field `numbers`, expected one of `number`, `people`, `attempt`",
    "did you mean `number`?"
)]
fn weights_that_make_no_sense_are_told_with_their_place(
    #[case] text: &str,
    #[case] line: usize,
    #[case] column: usize,
    #[case] message: &str,
    #[case] hint: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cast.toml");
    fs::write(&path, text).unwrap();
    let error = Cast::load(Some(folder.path())).unwrap_err();
    let told = format!("{}:{line}:{column}: {message}", path.display());
    assert_eq!((error.to_string(), error.hint()), (told, Some(hint)));
}
