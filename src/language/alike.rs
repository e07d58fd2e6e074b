//! Letters of two alphabets that look the same on a screen: `bуe` with a Cyrillic `у` is no `bye`.

/// Cyrillic letters, each with the Latin one that it looks like.
const ALIKE: [(char, char); 29] = [
    ('а', 'a'),
    ('в', 'b'),
    ('е', 'e'),
    ('ё', 'e'),
    ('к', 'k'),
    ('м', 'm'),
    ('н', 'h'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('т', 't'),
    ('у', 'y'),
    ('х', 'x'),
    ('і', 'i'),
    ('ј', 'j'),
    ('ѕ', 's'),
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('У', 'Y'),
    ('Х', 'X'),
    ('І', 'I'),
];

/// Whether a letter is Cyrillic.
pub fn is_cyrillic(letter: char) -> bool {
    matches!(letter, '\u{400}'..='\u{52f}')
}

/// The Latin letter that a Cyrillic one looks like.
fn latin_alike(letter: char) -> Option<char> {
    let found = ALIKE.iter().find(|(cyrillic, _)| *cyrillic == letter);
    found.map(|(_, latin)| *latin)
}

/// Of two words that look the same and are not: which letter is to blame, as a sentence without a
/// point. `None`: they are the same, or can be told apart.
pub fn told_apart(written: &str, meant: &str) -> Option<String> {
    let folded = |word: &str| -> String {
        let letters = word.chars();
        letters
            .map(|letter| latin_alike(letter).unwrap_or(letter))
            .collect()
    };
    if folded(written) != folded(meant) {
        return None;
    }
    let mut letters = written.chars().zip(meant.chars());
    let (ours, theirs) = letters.find(|(ours, theirs)| ours != theirs)?;
    let (letter, which) = if is_cyrillic(ours) {
        (ours, "written here")
    } else {
        (theirs, "meant")
    };
    Some(format!(
        "they look the same: the letter `{letter}` in the one {which} is Cyrillic"
    ))
}

/// A Latin word into which Cyrillic letters have slipped, as it was meant: `company` for `cоmpany`.
/// `None`: nothing tells that it is one.
pub fn latin_meant(word: &str) -> Option<String> {
    let latin = word.contains(|letter: char| letter.is_ascii_alphabetic());
    let letters = word.chars();
    let meant: String = letters
        .map(|letter| latin_alike(letter).unwrap_or(letter))
        .collect();
    (latin && meant.is_ascii() && meant != word).then_some(meant)
}

/// A word in Latin letters, as a name is written in a passport: `gorod` for «Город».
pub fn in_latin(word: &str) -> String {
    let letters = word.chars().flat_map(char::to_lowercase);
    letters
        .map(|letter| match latin_of(letter) {
            Some(latin) => latin.to_owned(),
            None if letter.is_ascii_alphanumeric() => letter.to_string(),
            None => "_".to_owned(),
        })
        .collect()
}

fn latin_of(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'е' | 'ё' | 'э' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'й' | 'і' => "i",
        'к' => "k",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ы' => "y",
        'ъ' | 'ь' => "",
        'ю' => "yu",
        'я' => "ya",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_look_the_same_are_told_apart_by_the_letter() {
        let told = told_apart("bуe", "bye").unwrap();
        assert!(told.contains("`у` in the one written here"), "{told}");
        let told = told_apart("agreed", "аgreed").unwrap();
        assert!(told.contains("`а` in the one meant"), "{told}");
        for (written, meant) in [
            ("bye", "bye"),
            ("bey", "bye"),
            ("да", "yes"),
            ("буe", "bye"),
        ] {
            assert_eq!(told_apart(written, meant), None, "{written}");
        }
    }

    #[test]
    fn a_latin_word_is_told_by_its_latin_letters() {
        assert_eq!(latin_meant("cоmpany").as_deref(), Some("company"));
        for word in ["company", "сумма", "goрод_ж"] {
            assert_eq!(latin_meant(word), None, "{word}");
        }
    }

    #[test]
    fn a_word_is_written_in_latin_letters() {
        for (word, latin) in [
            ("Город", "gorod"),
            ("имя_клиента", "imya_klienta"),
            ("объём", "obem"),
            ("e mail", "e_mail"),
        ] {
            assert_eq!(in_latin(word), latin);
        }
    }
}
