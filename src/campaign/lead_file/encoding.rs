//! In which encoding a list is written, told from its bytes.
//!
//! UTF-8 proves itself; what is not UTF-8 and reads as Cyrillic words is the code page that does so
//! best. The decision falls once, over everything that is there when the first byte beyond ASCII is
//! met, so that a single damaged row of a UTF-8 list stays a damaged row.

use encoding_rs::{IBM866, KOI8_R, WINDOWS_1251};

use super::error::RowFault;

/// The encoding of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16 with a byte order mark, as spreadsheets save "Unicode text".
    Utf16,
    /// Windows-1251, as spreadsheets save CSV in Russia.
    Windows1251,
    /// KOI8-R, of older mail and Unix.
    Koi8R,
    /// IBM866, of DOS.
    Ibm866,
}

impl Encoding {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Windows1251 => "Windows-1251",
            Self::Koi8R => "KOI8-R",
            Self::Ibm866 => "IBM866",
        }
    }

    /// Decodes one row.
    pub(super) fn decode(self, raw: &[u8]) -> Result<String, RowFault> {
        let table = match self {
            // UTF-16 was put into UTF-8 before it was cut into rows.
            Self::Utf8 | Self::Utf16 => {
                let text = std::str::from_utf8(raw).map_err(|_| RowFault::NotUtf8)?;
                return Ok(text.to_owned());
            }
            Self::Windows1251 => WINDOWS_1251,
            Self::Koi8R => KOI8_R,
            Self::Ibm866 => IBM866,
        };
        Ok(table.decode_without_bom_handling(raw).0.into_owned())
    }
}

/// The encoding of these bytes; `None` while they are all ASCII.
pub(super) fn told_by(bytes: &[u8]) -> Option<Encoding> {
    if bytes.is_ascii() {
        return None;
    }
    let lines = || {
        bytes
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_ascii())
    };
    let good = lines()
        .filter(|line| std::str::from_utf8(line).is_ok())
        .count();
    // The last line may be cut in the middle of a letter.
    if good > 0 && good * 2 >= lines().count().saturating_sub(1) {
        return Some(Encoding::Utf8);
    }
    let cyrillic = [Encoding::Windows1251, Encoding::Koi8R, Encoding::Ibm866];
    let scores = cyrillic.map(|encoding| (score(encoding, bytes), encoding));
    let best = scores
        .into_iter()
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    // Not even half of the signs are letters of words: no code page that we know.
    best.filter(|(score, _)| *score > 0)
        .map_or(Some(Encoding::Utf8), |(_, encoding)| Some(encoding))
}

/// How much the text reads as Russian words: a small letter after any letter speaks for it, a
/// capital after a small letter and signs that no list has speak against it.
fn score(encoding: Encoding, bytes: &[u8]) -> i64 {
    let Ok(text) = encoding.decode(bytes) else {
        return i64::MIN;
    };
    let mut before = ' ';
    let mut score = 0;
    for sign in text.chars() {
        let cyrillic = |sign: char| matches!(sign, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё');
        score += match sign {
            _ if sign.is_ascii() => 0,
            'Ъ' | 'Ь' | 'Ы' if !cyrillic(before) => -2,
            'А'..='Я' | 'Ё' if before.is_lowercase() => -3,
            'а'..='я' | 'ё' if cyrillic(before) => 2,
            sign if cyrillic(sign) => 1,
            '№' | '«' | '»' | '—' | '–' | '„' | '“' | '”' | '’' | '…' | '\u{a0}' => {
                0
            }
            _ => -3,
        };
        before = sign;
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, table: &'static encoding_rs::Encoding) -> Option<Encoding> {
        told_by(&table.encode(text).0)
    }

    const LIST: &str = "телефон;имя;город\n89000000001;Анна;Нижний Новгород\n89000000002;ИВАН;—\n";

    #[test]
    fn each_code_page_of_russian_is_told() {
        assert_eq!(told(LIST, WINDOWS_1251), Some(Encoding::Windows1251));
        assert_eq!(told(&LIST.replace('—', "-"), KOI8_R), Some(Encoding::Koi8R));
        assert_eq!(
            told(&LIST.replace('—', "-"), IBM866),
            Some(Encoding::Ibm866)
        );
        assert_eq!(told_by(LIST.as_bytes()), Some(Encoding::Utf8));
        assert_eq!(told_by(b"phone,name\n"), None);
    }

    #[test]
    fn a_damaged_row_does_not_change_the_encoding_of_the_others() {
        let mut bytes = "phone,name\n1,Анна\n2,Борис\n".as_bytes().to_vec();
        bytes.extend(b"3,\xc2\xe5\xf0\xe0\n");
        assert_eq!(told_by(&bytes), Some(Encoding::Utf8));
    }

    #[test]
    fn what_reads_as_no_russian_is_left_to_utf_8_and_its_complaint() {
        let bytes = b"phone\n\x01\xfd\xa4\xb1\xb3\n";
        assert_eq!(told_by(bytes), Some(Encoding::Utf8));
    }
}
