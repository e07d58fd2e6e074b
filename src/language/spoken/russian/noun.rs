//! Nouns that are counted: their form after a number, and the cases made from three forms.

use super::super::{Currency, Quantity, join};
use super::cardinal::{cardinal, decimal};
use crate::language::{Case, Gender};

/// A noun in all its forms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noun {
    pub(super) gender: Gender,
    pub(super) one: [&'static str; 6],
    pub(super) many: [&'static str; 6],
}

impl Noun {
    const fn unchanging(word: &'static str) -> Self {
        Self {
            gender: Gender::Masculine,
            one: [word; 6],
            many: [word; 6],
        }
    }

    /// The form after a number in this case.
    pub(super) fn after(&self, n: u64, case: Case) -> &'static str {
        match agreement(n, case) {
            Agreement::One => case.of(&self.one),
            Agreement::Few => Case::Genitive.of(&self.one),
            Agreement::Many => Case::Genitive.of(&self.many),
            Agreement::Plural => case.of(&self.many),
        }
    }
}

/// What form a number asks of its noun.
enum Agreement {
    /// The singular in the case of the phrase.
    One,
    /// The genitive singular: «два рубля».
    Few,
    /// The genitive plural: «пять рублей».
    Many,
    /// The plural in the case of the phrase: «пяти рублям».
    Plural,
}

fn agreement(n: u64, case: Case) -> Agreement {
    // A number that ends in a thousand or a million is a noun itself: «к пяти тысячам рублей».
    let noun_itself = n.is_multiple_of(1000);
    match (n % 10, n % 100) {
        _ if noun_itself => Agreement::Many,
        (1, rest) if rest != 11 => Agreement::One,
        _ if case.is_oblique() => Agreement::Plural,
        (2..=4, rest) if !(12..=14).contains(&rest) => Agreement::Few,
        _ => Agreement::Many,
    }
}

const RUBLE: Noun = Noun {
    gender: Gender::Masculine,
    one: ["рубль", "рубля", "рублю", "рубль", "рублём", "рубле"],
    many: ["рубли", "рублей", "рублям", "рубли", "рублями", "рублях"],
};
const KOPECK: Noun = Noun {
    gender: Gender::Feminine,
    one: [
        "копейка",
        "копейки",
        "копейке",
        "копейку",
        "копейкой",
        "копейке",
    ],
    many: [
        "копейки",
        "копеек",
        "копейкам",
        "копейки",
        "копейками",
        "копейках",
    ],
};
const DOLLAR: Noun = Noun {
    gender: Gender::Masculine,
    one: [
        "доллар",
        "доллара",
        "доллару",
        "доллар",
        "долларом",
        "долларе",
    ],
    many: [
        "доллары",
        "долларов",
        "долларам",
        "доллары",
        "долларами",
        "долларах",
    ],
};
const CENT: Noun = Noun {
    gender: Gender::Masculine,
    one: ["цент", "цента", "центу", "цент", "центом", "центе"],
    many: ["центы", "центов", "центам", "центы", "центами", "центах"],
};
const POUND: Noun = Noun {
    gender: Gender::Masculine,
    one: ["фунт", "фунта", "фунту", "фунт", "фунтом", "фунте"],
    many: ["фунты", "фунтов", "фунтам", "фунты", "фунтами", "фунтах"],
};
const PENNY: Noun = Noun {
    gender: Gender::Masculine,
    one: ["пенс", "пенса", "пенсу", "пенс", "пенсом", "пенсе"],
    many: ["пенсы", "пенсов", "пенсам", "пенсы", "пенсами", "пенсах"],
};
const TIYN: Noun = Noun {
    gender: Gender::Masculine,
    one: ["тиын", "тиына", "тиыну", "тиын", "тиыном", "тиыне"],
    many: ["тиыны", "тиынов", "тиынам", "тиыны", "тиынами", "тиынах"],
};
const YUAN: Noun = Noun {
    gender: Gender::Masculine,
    one: ["юань", "юаня", "юаню", "юань", "юанем", "юане"],
    many: ["юани", "юаней", "юаням", "юани", "юанями", "юанях"],
};
const FEN: Noun = Noun {
    gender: Gender::Masculine,
    one: ["фэнь", "фэня", "фэню", "фэнь", "фэнем", "фэне"],
    many: ["фэни", "фэней", "фэням", "фэни", "фэнями", "фэнях"],
};
const EURO: Noun = Noun::unchanging("евро");
const TENGE: Noun = Noun::unchanging("тенге");

/// An amount with its currency; hundredths only where there are any.
pub(in super::super) fn money(amount: Quantity, currency: Currency, case: Case) -> String {
    let (whole, hundredths) = amount.in_hundredths();
    let (large, small) = match currency {
        Currency::Rub => (RUBLE, KOPECK),
        Currency::Usd => (DOLLAR, CENT),
        Currency::Eur => (EURO, CENT),
        Currency::Gbp => (POUND, PENNY),
        Currency::Kzt => (TENGE, TIYN),
        Currency::Cny => (YUAN, FEN),
    };
    let mut words = Vec::new();
    if whole == 0 && amount.thousandths() < 0 {
        words.push("минус".to_owned());
    }
    for (n, noun, said) in [
        (whole, large, whole != 0 || hundredths == 0),
        (hundredths, small, hundredths != 0),
    ] {
        if said {
            words.push(cardinal(n, noun.gender, case));
            words.push(noun.after(n.unsigned_abs(), case).to_owned());
        }
    }
    join(&words)
}

/// A number with its noun, of which three forms are known.
pub(in super::super) fn count(
    n: i64,
    forms: &[&str],
    gender: Option<Gender>,
    case: Case,
) -> String {
    let gender = gender.unwrap_or_else(|| gender_of(forms));
    join(&[cardinal(n, gender, case), plural_of(n, forms, gender, case)])
}

/// A fraction with its noun, which stands in the genitive singular: «две целых пять десятых
/// часа». One and a half has a word of its own, that is counted with as two is.
pub(in super::super) fn count_fraction(
    n: Quantity,
    forms: &[&str],
    gender: Option<Gender>,
    case: Case,
) -> String {
    let gender = gender.unwrap_or_else(|| gender_of(forms));
    if n.thousandths() != ONE_AND_A_HALF {
        let part = plural_fraction(n, forms, case);
        return join(&[decimal(n, Gender::Feminine, case), part]);
    }
    let number = match (case.is_oblique(), gender) {
        (true, _) => "полутора",
        (false, Gender::Feminine) => "полторы",
        (false, Gender::Masculine | Gender::Neuter) => "полтора",
    };
    join(&[number.to_owned(), plural_fraction(n, forms, case)])
}

/// The noun's form after a fraction, without the fraction.
pub(in super::super) fn plural_fraction(n: Quantity, forms: &[&str], case: Case) -> String {
    if n.thousandths() == ONE_AND_A_HALF {
        return plural_of(2, forms, gender_of(forms), case);
    }
    let one = forms.first().copied().unwrap_or_default();
    forms.get(1).copied().unwrap_or(one).to_owned()
}

/// In thousandths.
const ONE_AND_A_HALF: i64 = 1_500;

/// The noun's form after the number, without the number.
pub(in super::super) fn plural(n: i64, forms: &[&str], case: Case) -> String {
    plural_of(n, forms, gender_of(forms), case)
}

fn plural_of(n: i64, forms: &[&str], gender: Gender, case: Case) -> String {
    let one = forms.first().copied().unwrap_or_default();
    let few = forms.get(1).copied().unwrap_or(one);
    let many = forms.get(2).copied().unwrap_or(few);
    match agreement(n.unsigned_abs(), case) {
        Agreement::One => singular(one, few, gender, case),
        Agreement::Few => few.to_owned(),
        Agreement::Many => many.to_owned(),
        Agreement::Plural if case == Case::Genitive => many.to_owned(),
        Agreement::Plural => plural_case(few, gender, case),
    }
}

/// The gender of a noun, told by its first form; where that leaves it open, by the genitive
/// after it: «ночь», «ночи», but «день», «дня», and «имя», «имени».
fn gender_of(forms: &[&str]) -> Gender {
    let word = forms.first().copied().unwrap_or_default();
    let genitive = forms.get(1).copied().unwrap_or_default();
    match word.chars().last() {
        Some('я') if word.ends_with("мя") && genitive.ends_with("ени") => Gender::Neuter,
        Some('а' | 'я') => Gender::Feminine,
        Some('о' | 'е' | 'ё') => Gender::Neuter,
        Some('ь') if genitive.ends_with('и') => Gender::Feminine,
        _ => Gender::Masculine,
    }
}

/// The singular in a case, from the nominative and the genitive: «день», «дня» → «дню».
fn singular(one: &str, genitive: &str, gender: Gender, case: Case) -> String {
    let stem = without_last(genitive);
    let soft = genitive.ends_with(['я', 'и']) && !ends_hard(stem);
    let third_declension = gender == Gender::Feminine && one.ends_with('ь');
    match (case, gender) {
        (Case::Genitive, _) => genitive.to_owned(),
        (Case::Dative | Case::Prepositional, _) if like_name(genitive, gender) => {
            genitive.to_owned()
        }
        (Case::Accusative, Gender::Feminine) if one.ends_with('а') => {
            without_last(one).to_owned() + "у"
        }
        (Case::Accusative, Gender::Feminine) if one.ends_with('я') => {
            without_last(one).to_owned() + "ю"
        }
        (Case::Nominative | Case::Accusative, _) => one.to_owned(),
        (Case::Instrumental, Gender::Feminine) if third_declension => one.to_owned() + "ю",
        (Case::Dative | Case::Prepositional, Gender::Feminine) => {
            let unchanged = third_declension || one.ends_with("ия");
            stem.to_owned() + if unchanged { "и" } else { "е" }
        }
        (Case::Instrumental, Gender::Feminine) => {
            let light = soft || stem.ends_with(['ж', 'ш', 'ч', 'щ', 'ц']);
            stem.to_owned() + if light { "ей" } else { "ой" }
        }
        (Case::Dative, _) => stem.to_owned() + if soft { "ю" } else { "у" },
        (Case::Instrumental, _) => {
            // Where a vowel fled, the ending took its stress: «день», «днём».
            let fled = soft && genitive.chars().count() < one.chars().count();
            let light = soft || stem.ends_with(['ж', 'ш', 'ч', 'щ', 'ц']);
            let ending = match (fled, light) {
                (true, _) => "ём",
                (false, true) => "ем",
                (false, false) => "ом",
            };
            stem.to_owned() + ending
        }
        (Case::Prepositional, _) => {
            stem.to_owned()
                + if genitive.ends_with("ия") {
                    "и"
                } else {
                    "е"
                }
        }
    }
}

/// Whether a noun is declined like «имя», «имени».
fn like_name(genitive: &str, gender: Gender) -> bool {
    gender == Gender::Neuter && genitive.ends_with("ени")
}

/// The plural in an oblique case, from the genitive singular: «дня» → «дням».
fn plural_case(genitive: &str, gender: Gender, case: Case) -> String {
    // The plural of these is made from another stem.
    let own = match genitive {
        _ if like_name(genitive, gender) => Some(without_last(genitive).to_owned() + "а"),
        "человека" => Some("людя".to_owned()),
        "ребёнка" | "ребенка" => Some("детя".to_owned()),
        _ => None,
    };
    let stem = without_last(genitive);
    let soft = genitive.ends_with(['я', 'и']) && !ends_hard(stem);
    let base = own.unwrap_or_else(|| format!("{stem}{}", if soft { "я" } else { "а" }));
    match case {
        Case::Instrumental => base + "ми",
        Case::Prepositional => base + "х",
        Case::Nominative | Case::Genitive | Case::Dative | Case::Accusative => base + "м",
    }
}

/// After these a soft ending is only spelling: «копейки» is hard.
fn ends_hard(stem: &str) -> bool {
    stem.ends_with(['г', 'к', 'х', 'ж', 'ш', 'ч', 'щ', 'ц'])
}

fn without_last(word: &str) -> &str {
    let mut chars = word.chars();
    chars.next_back();
    chars.as_str()
}
