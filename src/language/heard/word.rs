//! Words that keep what numbers need: a point or a colon between digits, a leading plus.

/// A word in lower case, `ё` written as `е`; a number in digits keeps its point, comma or colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// Whether a sign of punctuation parts it from the word before.
    pub parted: bool,
}

impl Word {
    /// Whether it is written in digits only.
    pub fn is_digits(&self) -> bool {
        !self.text.is_empty() && self.text.chars().all(|c| c.is_ascii_digit())
    }
}

/// Splits a text into words. Letters and digits that stand together are parted («5к», "3pm").
pub fn words(text: &str) -> Vec<Word> {
    let chars: Vec<char> = text
        .to_lowercase()
        .replace('ё', "е")
        .replace('’', "'")
        .chars()
        .collect();
    let mut words: Vec<Word> = Vec::new();
    let (mut open, mut parted) = (false, false);
    for (index, &c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| chars.get(at)).copied();
        let after = chars.get(index + 1).copied();
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
        let inside = match c {
            '.' | ',' | ':' => digit(before) && digit(after),
            '\'' => letter(before) && letter(after),
            _ => c.is_alphanumeric(),
        };
        if !inside {
            // Signs that are said by themselves: «+7», «100 $», «a@b».
            if "+$€₽£%@".contains(c) {
                words.push(Word {
                    text: c.to_string(),
                    parted: std::mem::take(&mut parted),
                });
            }
            parted |= ",.;:!?—–…".contains(c) && !words.is_empty();
            open = false;
            continue;
        }
        let changes =
            (c.is_ascii_digit() && letter(before)) || (c.is_alphabetic() && digit(before));
        match words.last_mut() {
            Some(word) if open && !changes => word.text.push(c),
            _ => words.push(Word {
                text: c.to_string(),
                parted: std::mem::take(&mut parted),
            }),
        }
        open = true;
    }
    words
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("в 15:30, двадцать-пять", &["в", "15:30", "двадцать", "пять"])]
    #[case("2,5 млн. 1.5", &["2,5", "млн", "1.5"])]
    #[case("Ещё 5к и 3pm", &["еще", "5", "к", "и", "3", "pm"])]
    #[case("+7 (900) 000-00-01", &["+", "7", "900", "000", "00", "01"])]
    #[case("don't", &["don't"])]
    #[case(" … — ", &[])]
    fn a_text_in_words(#[case] text: &str, #[case] expected: &[&str]) {
        let words = words(text);
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn what_punctuation_parts_is_marked() {
        let words = words("Не могу, завтра — в 15:30. Нет!");
        let parted = words.iter().filter(|word| word.parted);
        let parted: Vec<&str> = parted.map(|word| word.text.as_str()).collect();
        assert_eq!(parted, ["завтра", "в", "нет"]);
    }
}
