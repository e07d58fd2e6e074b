//! Numbers in free text, masked: what a person typed or a trunk is asked for comes into logs too.

/// So many digits on end may be a number; extensions of the house are shorter.
const NUMBER: usize = 6;
/// So many digits with spaces, dashes and brackets between them are one, behind `+`, 7 or 8.
const SPACED: usize = 10;
/// What is left of it.
const SHOWN: usize = 2;

/// The same text with stars for the digits of numbers, all but the last two.
pub fn mask_numbers(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut masked = letters.clone();
    let mut at = 0;
    while at < letters.len() {
        let digits = number_from(&letters, at);
        let Some(last) = digits.last() else {
            at += 1;
            continue;
        };
        at = last + 1;
        let hidden = digits.len().saturating_sub(SHOWN);
        for digit in digits.iter().take(hidden) {
            if let Some(letter) = masked.get_mut(*digit) {
                *letter = '*';
            }
        }
    }
    masked.into_iter().collect()
}

/// Where the digits of a number are that begins here, or of a shorter run that is none, in whole.
fn number_from(letters: &[char], start: usize) -> Vec<usize> {
    let is_digit = |at: &usize| letters.get(*at).is_some_and(char::is_ascii_digit);
    let end = letters.len();
    let begins = matches!(letters.get(start), Some('+' | '7' | '8'));
    if begins {
        let between = |at: &usize| {
            let letter = letters.get(*at);
            letter.is_some_and(|letter| letter.is_ascii_digit() || " -()".contains(*letter))
        };
        let from = start + usize::from(letters.get(start) == Some(&'+'));
        let spaced: Vec<usize> = (from..end).take_while(between).filter(is_digit).collect();
        if spaced.len() >= SPACED {
            return spaced;
        }
    }
    let digits: Vec<usize> = (start..end).take_while(is_digit).collect();
    if digits.len() >= NUMBER {
        return digits;
    }
    // What is shorter is stepped over and stays.
    digits.last().map_or_else(Vec::new, |last| vec![*last])
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("PJSIP/79000000001@novofon", "PJSIP/*********01@novofon")]
    #[case("PJSIP/+79000000001@novofon2", "PJSIP/+*********01@novofon2")]
    #[case(
        "PJSIP/novofon/sip:89000000001@192.0.2.7",
        "PJSIP/novofon/sip:*********01@192.0.2.7"
    )]
    #[case("PJSIP/1001@lab", "PJSIP/1001@lab")]
    #[case("", "")]
    #[case("`8 (900) 000-00-05` is no number", "`* (***) ***-**-05` is no number")]
    #[case("+7 900 000 00 05", "+* *** *** ** 05")]
    #[case("on 2026-11-23 10:53:24Z", "on 2026-11-23 10:53:24Z")]
    #[case("campaign 7, row 12", "campaign 7, row 12")]
    #[case(
        "http://127.0.0.1:17106 was not reached",
        "http://127.0.0.1:17106 was not reached"
    )]
    #[case("звонок 4999999", "звонок *****99")]
    fn numbers_are_hidden_and_nothing_else(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(mask_numbers(text), shown);
    }
}
