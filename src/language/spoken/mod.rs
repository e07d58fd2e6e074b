//! How numbers, money, dates, times, telephone numbers and names are said.
//!
//! A prompt is written for the ear, and a synthesiser guesses gender and case wrongly: here they
//! are given. Every function takes the language first and returns words only, no digits. English
//! disregards gender and case.

mod english;
mod russian;

use jiff::civil::{Date, DateTime, Time};

use super::{Case, Gender, Language, Quantity};

/// A currency that amounts are said in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Currency {
    /// Russian rubles and kopecks.
    Rub,
    /// Dollars and cents.
    Usd,
    /// Euros and cents.
    Eur,
    /// Pounds and pence.
    Gbp,
    /// Tenge and tiyn.
    Kzt,
    /// Yuan and fen.
    Cny,
}

impl Currency {
    /// Reads an ISO 4217 code in either case, or a sign.
    pub fn parse(text: &str) -> Option<Self> {
        match text.to_lowercase().as_str() {
            "rub" | "rur" | "₽" => Some(Self::Rub),
            "usd" | "$" => Some(Self::Usd),
            "eur" | "€" => Some(Self::Eur),
            "gbp" | "£" => Some(Self::Gbp),
            "kzt" | "₸" => Some(Self::Kzt),
            "cny" | "¥" => Some(Self::Cny),
            _ => None,
        }
    }

    /// The ISO 4217 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Rub => "RUB",
            Self::Usd => "USD",
            Self::Eur => "EUR",
            Self::Gbp => "GBP",
            Self::Kzt => "KZT",
            Self::Cny => "CNY",
        }
    }
}

/// A whole number: «сорок одну» is `number(Russian, 41, Feminine, Accusative)`.
pub fn number(language: Language, n: i64, gender: Gender, case: Case) -> String {
    match language {
        Language::Russian => russian::cardinal(n, gender, case),
        Language::English => english::cardinal(n),
    }
}

/// A number with up to three decimal places: «две целых пять десятых», "two point five". Whole
/// ones are said as [`number`] says them.
pub fn decimal(language: Language, quantity: Quantity, gender: Gender, case: Case) -> String {
    match language {
        Language::Russian => russian::decimal(quantity, gender, case),
        Language::English => english::decimal(quantity),
    }
}

/// An ordinal: «двадцать третьего» is `ordinal(Russian, 23, Neuter, Genitive)`.
pub fn ordinal(language: Language, n: i64, gender: Gender, case: Case) -> String {
    match language {
        Language::Russian => russian::ordinal(n, gender, case),
        Language::English => english::ordinal(n),
    }
}

/// A number with the noun it counts: «пять дней», "five days".
///
/// `forms` are one, few and many in Russian («день», «дня», «дней»; the last repeated where there
/// are fewer), one and many in English. The other cases are made from them, and the gender is read
/// off the first two, unless `gender` says otherwise.
pub fn count(
    language: Language,
    n: i64,
    forms: &[&str],
    gender: Option<Gender>,
    case: Case,
) -> String {
    match language {
        Language::Russian => russian::count(n, forms, gender, case),
        Language::English => english::count(n, forms),
    }
}

/// A number that may be a fraction with the noun it counts: «полтора часа», "two point five hours".
/// Else as [`count`].
pub fn count_quantity(
    language: Language,
    n: Quantity,
    forms: &[&str],
    gender: Option<Gender>,
    case: Case,
) -> String {
    match (n.as_whole(), language) {
        (Some(n), _) => count(language, n, forms, gender, case),
        (None, Language::Russian) => russian::count_fraction(n, forms, gender, case),
        (None, Language::English) => english::count_fraction(n, forms),
    }
}

/// The noun alone in the form that a number asks for which may be a fraction.
pub fn plural_quantity(language: Language, n: Quantity, forms: &[&str], case: Case) -> String {
    match (n.as_whole(), language) {
        (Some(n), _) => plural(language, n, forms, case),
        (None, Language::Russian) => russian::plural_fraction(n, forms, case),
        // What is not one is many: "half a day" is written, "zero point five days" is said.
        (None, Language::English) => english::plural(0, forms).to_owned(),
    }
}

/// The noun alone in the form that the number asks for: «дней».
pub fn plural(language: Language, n: i64, forms: &[&str], case: Case) -> String {
    match language {
        Language::Russian => russian::plural(n, forms, case),
        Language::English => english::plural(n, forms).to_owned(),
    }
}

/// An amount of money, hundredths said where there are any: «тысяча пятьсот рублей двадцать
/// копеек».
pub fn money(language: Language, amount: Quantity, currency: Currency, case: Case) -> String {
    match language {
        Language::Russian => russian::money(amount, currency, case),
        Language::English => english::money(amount, currency),
    }
}

/// A day of the year: «двадцать третье ноября», with `year` «две тысячи двадцать шестого года».
pub fn date(language: Language, date: Date, year: bool, case: Case) -> String {
    match language {
        Language::Russian => russian::date(date, year, case),
        Language::English => english::date(date, year),
    }
}

/// The day of the week: «в среду» is `"в " + weekday(Russian, …, Accusative)`.
pub fn weekday(language: Language, date: Date, case: Case) -> String {
    match language {
        Language::Russian => russian::weekday(date, case).to_owned(),
        Language::English => english::weekday(date).to_owned(),
    }
}

/// A time of day to the minute: «пятнадцать часов тридцать минут», "three thirty p.m.".
pub fn time(language: Language, time: Time, case: Case) -> String {
    match language {
        Language::Russian => russian::time(time, case),
        Language::English => english::time(time),
    }
}

/// When something is to happen, as one would say it at `now`: «завтра в пятнадцать часов»,
/// «в среду, двадцать пятого ноября, в десять часов».
pub fn moment(language: Language, at: DateTime, now: DateTime) -> String {
    match language {
        Language::Russian => russian::moment(at, now),
        Language::English => english::moment(at, now),
    }
}

/// A telephone number in the groups that people say it in; anything but digits and a leading `+`
/// is disregarded.
pub fn phone(language: Language, number: &str) -> String {
    match language {
        Language::Russian => russian::phone(number),
        Language::English => english::phone(number),
    }
}

/// A person's name in a case: first name, patronymic and common kinds of surname. English, and
/// words of no known pattern, stay as they are.
pub fn name(language: Language, name: &str, case: Case) -> String {
    match language {
        Language::Russian => russian::name(name, case),
        Language::English => name.to_owned(),
    }
}

/// How to address a person of this full name: first name and patronymic in Russian, the first
/// name in English. «Иванова Анна Петровна» is addressed as «Анна Петровна».
pub fn address(language: Language, name: &str) -> String {
    match language {
        Language::Russian => russian::address(name),
        Language::English => english::address(name),
    }
}

/// Joins words by single blanks, the empty ones left out.
fn join<S: AsRef<str>>(words: &[S]) -> String {
    let present: Vec<&str> = words
        .iter()
        .map(AsRef::as_ref)
        .filter(|word| !word.is_empty())
        .collect();
    present.join(" ")
}

#[cfg(test)]
mod tests;
