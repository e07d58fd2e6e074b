//! Nouns that are counted: their form after a number, and the cases made from three forms.

use super::super::{Currency, Quantity, join};
use super::cardinal::cardinal;
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
    let gender = gender.unwrap_or_else(|| gender_of(forms.first().copied().unwrap_or_default()));
    join(&[cardinal(n, gender, case), plural_of(n, forms, gender, case)])
}

/// The noun's form after the number, without the number.
pub(in super::super) fn plural(n: i64, forms: &[&str], case: Case) -> String {
    let gender = gender_of(forms.first().copied().unwrap_or_default());
    plural_of(n, forms, gender, case)
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
        Agreement::Plural => plural_case(few, case),
    }
}

fn gender_of(word: &str) -> Gender {
    match word.chars().last() {
        Some('а' | 'я') => Gender::Feminine,
        Some('о' | 'е' | 'ё') => Gender::Neuter,
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

/// The plural in an oblique case, from the genitive singular: «дня» → «дням».
fn plural_case(genitive: &str, case: Case) -> String {
    // The plural of these is made from another stem.
    let own = match genitive {
        "человека" => Some("людя"),
        "ребёнка" | "ребенка" => Some("детя"),
        _ => None,
    };
    let stem = without_last(genitive);
    let soft = genitive.ends_with(['я', 'и']) && !ends_hard(stem);
    let base = own.map_or_else(
        || format!("{stem}{}", if soft { "я" } else { "а" }),
        str::to_owned,
    );
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
