//! How a word sounds, roughly: so that a word misspelt by ear is known all the same.

/// The sound of a Russian word: unstressed vowels are not told apart, voiced consonants not from
/// voiceless ones, and signs and doubled consonants are left out. «перезваните» sounds like
/// «перезвоните». `None` for words of other letters.
pub fn sound(word: &str) -> Option<String> {
    let mut sound = String::with_capacity(word.len());
    for c in word.chars() {
        let reduced = match c {
            'о' | 'а' => 'а',
            'е' | 'и' | 'э' | 'ы' | 'я' | 'ё' => 'и',
            'у' | 'ю' => 'у',
            'б' | 'п' => 'п',
            'в' | 'ф' => 'ф',
            'г' | 'к' => 'к',
            'д' | 'т' => 'т',
            'ж' | 'ш' | 'щ' | 'ч' => 'ш',
            'з' | 'с' | 'ц' => 'с',
            'й' | 'ь' | 'ъ' => continue,
            'л' | 'м' | 'н' | 'р' | 'х' => c,
            _ => return None,
        };
        let vowel = ['а', 'и', 'у'].contains(&reduced);
        if vowel || !sound.ends_with(reduced) {
            sound.push(reduced);
        }
    }
    Some(sound)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("перезваните", "перезвоните")]
    #[case("канешно", "конечно")]
    #[case("ашиблись", "ошиблись")]
    #[case("отправте", "отправьте")]
    #[case("бальше", "больше")]
    #[case("пофтарите", "повторите")]
    #[case("безплатно", "бесплатно")]
    fn what_sounds_alike_is_alike(#[case] heard: &str, #[case] meant: &str) {
        assert_eq!(sound(heard), sound(meant));
    }

    #[rstest]
    #[case("данные", "дорого")]
    #[case("робот", "работа")]
    #[case("занятия", "заняты")]
    #[case("голос", "голод")]
    fn what_sounds_otherwise_is_not(#[case] one: &str, #[case] other: &str) {
        assert_ne!(sound(one), sound(other));
    }

    #[test]
    fn other_letters_have_no_sound_here() {
        assert_eq!(sound("call"), None);
        assert_eq!(sound("5к"), None);
    }
}
