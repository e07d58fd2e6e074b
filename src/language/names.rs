//! First names that are known, and whether a man or a woman bears them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::Gender;

const ENGLISH: &str = include_str!("names.en.txt");
const RUSSIAN: &str = include_str!("names.ru.txt");

/// Names in lower case, `ё` as `е`, to how they are written and whose they are.
static KNOWN: LazyLock<BTreeMap<String, (&'static str, Bearer)>> = LazyLock::new(|| {
    RUSSIAN
        .lines()
        .filter_map(|line| line.split_once(": "))
        .filter(|(kind, _)| !kind.starts_with('#'))
        .flat_map(|(kind, names)| {
            let bearer = match kind {
                "m" => Bearer::Man,
                "f" => Bearer::Woman,
                _ => Bearer::Either,
            };
            names
                .split(' ')
                .map(move |name| (key(name), (name, bearer)))
        })
        .collect()
});

/// Who bears a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bearer {
    Man,
    Woman,
    Either,
}

/// How a first name is written in the list, and whose it is.
pub(super) fn known(name: &str) -> Option<(&'static str, Bearer)> {
    KNOWN.get(&key(name)).copied()
}

/// Whether a word is a Russian first name in any case; the name in the nominative.
///
/// «Ане» and «Анне» are names, «анна» too: recognisers write in lower case.
pub fn first_name(word: &str) -> Option<&'static str> {
    static FORMS: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
        let mut forms = BTreeMap::new();
        for (name, _) in KNOWN.values() {
            for case in super::Case::ALL {
                let form = super::spoken::name(super::Language::Russian, name, case);
                forms.entry(key(&form)).or_insert(*name);
            }
        }
        // The nominative of one name goes before the case of another: «Яна», not of «Ян».
        forms.extend(KNOWN.iter().map(|(key, (name, _))| (key.clone(), *name)));
        forms
    });
    FORMS.get(&key(word)).copied()
}

/// Whether a word is a first name of either language, in any case.
pub fn is_first_name(word: &str) -> bool {
    static ENGLISH_NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let lines = ENGLISH.lines().filter(|line| !line.starts_with('#'));
        lines
            .flat_map(|line| line.split(' '))
            .map(str::to_lowercase)
            .collect()
    });
    ENGLISH_NAMES.contains(word) || first_name(word).is_some()
}

/// Whether a word is a Russian patronymic: «Петровна», «Ильич».
pub fn is_patronymic(word: &str) -> bool {
    patronymic(word).is_some()
}

/// Whether a word is a patronymic, and whose.
pub(super) fn patronymic(word: &str) -> Option<Gender> {
    let word = key(word);
    if word.chars().count() < 5 || known(&word).is_some() {
        return None;
    }
    let man = ["ович", "евич", "ьич", "мич", "кич", "ыч"];
    let woman = ["овна", "евна", "инична", "ична"];
    if man.iter().any(|ending| word.ends_with(ending)) {
        Some(Gender::Masculine)
    } else if woman.iter().any(|ending| word.ends_with(ending)) {
        Some(Gender::Feminine)
    } else {
        None
    }
}

fn key(name: &str) -> String {
    name.to_lowercase().replace('ё', "е")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("анна", Some("Анна"))]
    #[case("анне", Some("Анна"))]
    #[case("петра", Some("Пётр"))]
    #[case("семен", Some("Семён"))]
    #[case("яна", Some("Яна"))]
    #[case("саше", Some("Саша"))]
    #[case("стол", None)]
    fn a_first_name_is_known_in_every_case(#[case] word: &str, #[case] name: Option<&str>) {
        assert_eq!(first_name(word), name);
    }

    #[test]
    fn every_name_of_the_list_is_written_like_a_name() {
        assert!(KNOWN.len() > 300);
        for (name, _) in KNOWN.values() {
            assert!(
                name.chars().next().is_some_and(char::is_uppercase),
                "{name}"
            );
        }
    }
}
