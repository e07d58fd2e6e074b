//! `docs/rehearsal.md`: its files can be read, its talk is the one that is held, and it tells of
//! every character and trouble there is.

use std::fs;

use super::virtual_call::ring;
use super::*;
use crate::rehearsal::trouble::{self, Trouble};

const DOCUMENT: &str = include_str!("../../../../docs/rehearsal.md");

/// The blocks of a kind, without their fences.
fn blocks(kind: &str) -> Vec<&'static str> {
    let open = format!("```{kind}\n");
    DOCUMENT
        .split(&open)
        .skip(1)
        .filter_map(|rest| rest.split_once("\n```"))
        .map(|(block, _)| block)
        .collect()
}

/// The files of the document in a folder.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for block in blocks("toml") {
        let first = block.lines().next().unwrap();
        let name = first.strip_prefix("# ").unwrap();
        if !block.contains("[[trouble]]") {
            fs::write(folder.path().join(name), block).unwrap();
        }
    }
    folder
}

#[test]
fn the_files_of_the_documentation_can_be_read() {
    let cast = Cast::load(Some(folder().path())).unwrap();
    assert!(cast.named("secretary").unwrap().answers());
    let profile = blocks("toml")
        .into_iter()
        .find(|block| block.contains("[[trouble]]"))
        .unwrap();
    let trouble = Trouble::parse("two_bad_hours.toml", profile).unwrap();
    let congested = (1..60).filter(|n| trouble.of_call(1, *n).congestion);
    let expected = [10, 11, 18, 19, 26, 27, 34, 35, 42, 43, 50];
    assert!(congested.eq(expected));
}

#[test]
fn the_talk_of_the_documentation_is_the_one_that_is_held() {
    let cast = Cast::load(Some(folder().path())).unwrap();
    let secretary = cast.named("secretary").unwrap();
    let left = ring(RUSSIAN, &secretary, call_seed(1, "79000000001", 1));
    // When is a matter of milliseconds; what is said is not.
    let held: Vec<&str> = left
        .turns
        .iter()
        .map(|turn| turn.split_once(" s  ").unwrap().1)
        .collect();
    assert_eq!(blocks("text")[0], held.join("\n"));
}

#[test]
fn every_character_trouble_and_direction_is_told_of() {
    let cast = Cast::shipped().unwrap();
    let names = cast.characters().map(|character| character.name.clone());
    for name in names.chain(trouble::names().map(str::to_owned)) {
        assert!(DOCUMENT.contains(&format!("`{name}`")), "{name}");
    }
}
