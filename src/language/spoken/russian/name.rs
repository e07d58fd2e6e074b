//! People's names in the cases: first names, patronymics, and the common kinds of surname.
//!
//! What follows no known pattern is left as it is: a name said in the nominative is a smaller
//! fault than a name made wrong.

use crate::language::names::{self, Bearer};
use crate::language::{Case, Gender};

/// Endings in the order of the cases, the nominative left out.
type Endings = [&'static str; 5];

/// Names whose vowel flees or whose stem changes.
const IRREGULAR: [(&str, &str); 4] = [
    ("Лев", "Льв"),
    ("Павел", "Павл"),
    ("Пётр", "Петр"),
    ("Петр", "Петр"),
];
/// Women's names on a consonant or «ь» that are declined like «ночь».
const LIKE_NIGHT: [&str; 17] = [
    "любовь",
    "нинель",
    "адель",
    "рахиль",
    "айгуль",
    "гузель",
    "руфь",
    "николь",
    "жизель",
    "изабель",
    "эсфирь",
    "юдифь",
    "ассоль",
    "айсель",
    "асель",
    "аниэль",
    "этель",
];
/// Women's names on a consonant, which stay as they are. Most women's names are told by the list
/// of first names; these are not on it.
const UNCHANGING: [&str; 11] = [
    "кармен",
    "элен",
    "ирэн",
    "ирен",
    "эллен",
    "катрин",
    "кэтрин",
    "жаклин",
    "айгерим",
    "мадлен",
    "ирис",
];
/// Fathers whose sons' patronymic is stressed on the ending: «Ильичом».
const STRESSED_FATHERS: [&str; 5] = ["ильич", "кузьмич", "лукич", "фомич", "саввич"];

/// A name in a case. Several words are a full name, in whatever order.
pub(in super::super) fn name(name: &str, case: Case) -> String {
    if case == Case::Nominative {
        return name.to_owned();
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let gender = gender(&words);
    let several = words.len() > 1;
    let declined: Vec<String> = words
        .iter()
        .map(|word| {
            word.split('-')
                .map(|part| decline(&written(part), gender, several, case))
                .collect::<Vec<_>>()
                .join("-")
        })
        .collect();
    declined.join(" ")
}

/// A part of a name as names are written: lists have «ПАВЕЛ» and «пётр» too, and an ending in
/// small letters behind capitals is read out as letters.
fn written(part: &str) -> String {
    let mut chars = part.chars();
    let alike = !part.chars().any(char::is_lowercase) || !part.chars().any(char::is_uppercase);
    match chars.next().filter(|_| alike && part.chars().count() > 1) {
        Some(first) => first
            .to_uppercase()
            .chain(chars.as_str().to_lowercase().chars())
            .collect(),
        None => part.to_owned(),
    }
}

/// The words to address a person by: first name and patronymic where the full name has them.
pub(in super::super) fn address(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let Some(first) = words.iter().position(|word| names::known(word).is_some()) else {
        return words.join(" ");
    };
    let kept = words.iter().enumerate().filter(|(index, word)| {
        *index == first || (*index == first + 1 && names::patronymic(word).is_some())
    });
    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

/// Whose name it is: told by the patronymic, else by the first name, else by the surname.
fn gender(words: &[&str]) -> Option<Gender> {
    let patronymic = words.iter().find_map(|word| names::patronymic(word));
    let first = || {
        words.iter().find_map(|word| match names::known(word)?.1 {
            Bearer::Man => Some(Gender::Masculine),
            Bearer::Woman => Some(Gender::Feminine),
            Bearer::Either => None,
        })
    };
    let women = || {
        let listed = |word: &str| LIKE_NIGHT.contains(&word) || UNCHANGING.contains(&word);
        let found = words.iter().any(|word| listed(&word.to_lowercase()));
        found.then_some(Gender::Feminine)
    };
    let surname = || {
        words.iter().find_map(|word| {
            let word = word.to_lowercase();
            ["ова", "ева", "ёва", "ская", "цкая"]
                .iter()
                .any(|ending| word.ends_with(ending) && names::known(&word).is_none())
                .then_some(Gender::Feminine)
        })
    };
    patronymic.or_else(first).or_else(women).or_else(surname)
}

fn decline(word: &str, gender: Option<Gender>, several: bool, case: Case) -> String {
    let lower = word.to_lowercase();
    let listed = LIKE_NIGHT.contains(&lower.as_str()) || UNCHANGING.contains(&lower.as_str());
    if listed || names::known(word).is_some() {
        return first_name(word, gender, case);
    }
    if names::patronymic(word).is_some() {
        return patronymic(word, case);
    }
    if let Some(surname) = surname(word, gender, several, case) {
        return surname;
    }
    // An unknown first name alone is declined by its ending, an unknown surname is not.
    if several {
        word.to_owned()
    } else {
        first_name(word, gender, case)
    }
}

fn first_name(word: &str, gender: Option<Gender>, case: Case) -> String {
    if let Some((_, stem)) = IRREGULAR.iter().find(|(name, _)| *name == word) {
        return put(stem, &["а", "у", "а", "ом", "е"], case);
    }
    let lower = word.to_lowercase();
    let woman = UNCHANGING.contains(&lower.as_str())
        || match names::known(word) {
            Some((_, bearer)) => bearer == Bearer::Woman,
            None => gender == Some(Gender::Feminine),
        };
    let stem = without_last(word);
    let endings: &Endings = match lower.chars().last() {
        Some('а') if stem.ends_with(['ж', 'ш', 'ч', 'щ', 'ц']) => &["и", "е", "у", "ей", "е"],
        Some('а') if stem.ends_with(['г', 'к', 'х']) => &["и", "е", "у", "ой", "е"],
        Some('а') => &["ы", "е", "у", "ой", "е"],
        Some('я') if lower.ends_with("ия") => &["и", "и", "ю", "ей", "и"],
        // «Илья» is stressed on the ending, «Дарья» is not.
        Some('я') if lower == "илья" => &["и", "е", "ю", "ёй", "е"],
        Some('я') => &["и", "е", "ю", "ей", "е"],
        Some('ь') if LIKE_NIGHT.contains(&lower.as_str()) => &["и", "и", "ь", "ью", "и"],
        Some('ь') if !woman => &["я", "ю", "я", "ем", "е"],
        Some('й') if lower.ends_with("ий") => &["я", "ю", "я", "ем", "и"],
        Some('й') => &["я", "ю", "я", "ем", "е"],
        Some(last) if is_consonant(last) && !woman => {
            let light = "жшчщц".contains(last);
            let instrumental = if light { "ем" } else { "ом" };
            return put(word, &["а", "у", "а", instrumental, "е"], case);
        }
        _ => return word.to_owned(),
    };
    put(stem, endings, case)
}

fn patronymic(word: &str, case: Case) -> String {
    let lower = word.to_lowercase();
    if lower.ends_with('а') {
        return put(without_last(word), &["ы", "е", "у", "ой", "е"], case);
    }
    let stressed = STRESSED_FATHERS.contains(&lower.as_str());
    put(
        word,
        &["а", "у", "а", if stressed { "ом" } else { "ем" }, "е"],
        case,
    )
}

fn surname(word: &str, gender: Option<Gender>, several: bool, case: Case) -> Option<String> {
    let lower = word.to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    let long = lower.chars().count() > 3;
    if gender == Some(Gender::Feminine) {
        if ends(&["ова", "ева", "ёва", "ина", "ына"]) && (several || !ends(&["ина", "ына"]))
        {
            return Some(put(
                without_last(word),
                &["ой", "ой", "у", "ой", "ой"],
                case,
            ));
        }
        if ends(&["ская", "цкая", "ная", "вая"]) || (several && long && ends(&["ая"]))
        {
            let stem = without_last(without_last(word));
            return Some(put(stem, &["ой", "ой", "ую", "ой", "ой"], case));
        }
        return several.then(|| word.to_owned());
    }
    if long && ends(&["ов", "ев", "ёв", "ин", "ын"]) && (several || ends(&["ов", "ев", "ёв"]))
    {
        return Some(put(word, &["а", "у", "а", "ым", "е"], case));
    }
    if ends(&["ский", "цкий"]) || (several && ends(&["кий", "гий", "хий"])) {
        let stem = without_last(without_last(word));
        return Some(put(stem, &["ого", "ому", "ого", "им", "ом"], case));
    }
    // «Толстой» is an adjective, «Цой» is none.
    let adjective = lower.chars().count() > 4;
    if ends(&["ый", "ой"]) && several && adjective {
        let stem = without_last(without_last(word));
        return Some(put(stem, &["ого", "ому", "ого", "ым", "ом"], case));
    }
    if !several || ends(&["их", "ых"]) {
        return None;
    }
    let last = lower.chars().last()?;
    if gender == Some(Gender::Masculine) && last == 'й' {
        return Some(put(without_last(word), &["я", "ю", "я", "ем", "е"], case));
    }
    if let Some(stem) = fleeting(word).filter(|_| gender == Some(Gender::Masculine)) {
        return Some(put(&stem, &["а", "у", "а", "ом", "е"], case));
    }
    if gender == Some(Gender::Masculine) && is_consonant(last) {
        let instrumental = if "жшчщц".contains(last) {
            "ем"
        } else {
            "ом"
        };
        return Some(put(word, &["а", "у", "а", instrumental, "е"], case));
    }
    None
}

/// The stem of a surname whose vowel flees: «Кравец», «Кравца». In «Швец» it stays.
fn fleeting(word: &str) -> Option<String> {
    let stem = word.strip_suffix("ец")?;
    let lower = stem.to_lowercase();
    let mut before = lower.chars().rev();
    let last = before.next().filter(|c| is_consonant(*c))?;
    before.next().filter(|c| !is_consonant(*c))?;
    let softened = if last == 'л' { "ь" } else { "" };
    Some(format!("{stem}{softened}ц"))
}

fn put(stem: &str, endings: &Endings, case: Case) -> String {
    let [genitive, dative, accusative, instrumental, prepositional] = endings;
    let ending = match case {
        Case::Nominative => "",
        Case::Genitive => genitive,
        Case::Dative => dative,
        Case::Accusative => accusative,
        Case::Instrumental => instrumental,
        Case::Prepositional => prepositional,
    };
    format!("{stem}{ending}")
}

fn is_consonant(c: char) -> bool {
    "бвгджзклмнпрстфхцчшщ".contains(c)
}

fn without_last(word: &str) -> &str {
    let mut chars = word.chars();
    chars.next_back();
    chars.as_str()
}
