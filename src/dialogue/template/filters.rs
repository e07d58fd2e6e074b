//! The filters of prompts: numbers, money, dates, names and telephone numbers in spoken words.
//!
//! `{{ sum | money }}`, `{{ days | count("день", "дня", "дней") }}`, `{{ when | moment }}`. Case,
//! gender, currency and year are given by name: `{{ name | name(case="dative") }}`.

use jiff::civil::{Date, DateTime, Time};
use minijinja::value::{Kwargs, Rest};
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::super::scenario::place::nearest;
use crate::language::spoken::{self, Currency};
use crate::language::{Case, Gender, Language, Quantity};

/// The filters that are ours, with what each makes of a value; the documentation lists them too.
pub(in crate::dialogue) const OURS: &[&str] = &[
    "number", "ordinal", "count", "plural", "money", "date", "weekday", "time", "moment", "phone",
    "name", "address",
];

/// What minijinja has and a prompt may want; the rest of its filters are for web pages.
pub(in crate::dialogue) const TAKEN_OVER: &[&str] = &[
    "lower",
    "upper",
    "title",
    "trim",
    "default",
    "round",
    "abs",
    "int",
    "float",
    "first",
    "last",
    "join",
    "split",
    "length",
    "string",
    "replace",
    "capitalize",
    "d",
    "min",
    "max",
    "sum",
];

pub(super) fn add(environment: &mut Environment<'static>, language: Language) {
    environment.add_filter("number", move |value: Value, options: Kwargs| {
        let (gender, case) = (gender(&options)?, case(&options)?);
        options.assert_all_used()?;
        let gender = gender.unwrap_or(Gender::Masculine);
        Ok::<_, Error>(spoken::decimal(language, quantity(&value)?, gender, case))
    });
    environment.add_filter("ordinal", move |value: Value, options: Kwargs| {
        let (gender, case) = (gender(&options)?, case(&options)?);
        options.assert_all_used()?;
        let gender = gender.unwrap_or(Gender::Masculine);
        Ok::<_, Error>(spoken::ordinal(language, whole(&value)?, gender, case))
    });
    environment.add_filter(
        "count",
        move |value: Value, forms: Rest<String>, options: Kwargs| {
            let (gender, case) = (gender(&options)?, case(&options)?);
            options.assert_all_used()?;
            let forms = noun(&forms)?;
            Ok::<_, Error>(spoken::count_quantity(
                language,
                quantity(&value)?,
                &forms,
                gender,
                case,
            ))
        },
    );
    environment.add_filter(
        "plural",
        move |value: Value, forms: Rest<String>, options: Kwargs| {
            let case = case(&options)?;
            options.assert_all_used()?;
            let forms = noun(&forms)?;
            let number = quantity(&value)?;
            Ok::<_, Error>(spoken::plural_quantity(language, number, &forms, case))
        },
    );
    environment.add_filter("money", move |value: Value, options: Kwargs| {
        let (currency, case) = (currency(&options, language)?, case(&options)?);
        options.assert_all_used()?;
        Ok::<_, Error>(spoken::money(language, quantity(&value)?, currency, case))
    });
    add_times(environment, language);
    environment.add_filter("phone", move |value: Value| {
        spoken::phone(language, &value.to_string())
    });
    environment.add_filter("name", move |value: Value, options: Kwargs| {
        let case = case(&options)?;
        options.assert_all_used()?;
        Ok::<_, Error>(spoken::name(language, &value.to_string(), case))
    });
    environment.add_filter("address", move |value: Value| {
        spoken::address(language, &value.to_string())
    });
}

/// Filters of the same names that leave every value as it is.
pub(super) fn add_none(environment: &mut Environment<'static>) {
    for name in OURS {
        let as_it_is = |value: Value, _forms: Rest<Value>, _options: Kwargs| value;
        environment.add_filter(*name, as_it_is);
    }
}

fn add_times(environment: &mut Environment<'static>, language: Language) {
    environment.add_filter("date", move |value: Value, options: Kwargs| {
        let year: Option<bool> = options.get("year")?;
        let case = case(&options)?;
        options.assert_all_used()?;
        let date = date(&value)?;
        Ok::<_, Error>(spoken::date(language, date, year.unwrap_or(false), case))
    });
    environment.add_filter("weekday", move |value: Value, options: Kwargs| {
        let case = case(&options)?;
        options.assert_all_used()?;
        Ok::<_, Error>(spoken::weekday(language, date(&value)?, case))
    });
    environment.add_filter("time", move |value: Value, options: Kwargs| {
        let case = case(&options)?;
        options.assert_all_used()?;
        Ok::<_, Error>(spoken::time(language, time(&value)?, case))
    });
    environment.add_filter("moment", move |state: &State<'_, '_>, value: Value| {
        let at = moment(&value)?;
        let now = state.lookup("now").filter(|now| !now.is_undefined());
        // Without a clock nothing is "tomorrow": far from the moment it is said by its date.
        let now = match now {
            Some(now) => moment(&now)?,
            None => at.checked_sub(jiff::Span::new().days(90)).unwrap_or(at),
        };
        Ok::<_, Error>(spoken::moment(language, at, now))
    });
}

fn refused(value: &Value, wanted: &str) -> Error {
    Error::new(
        ErrorKind::InvalidOperation,
        format!("`{value}` is not {wanted}"),
    )
}

/// A number; what a prompt reckoned is rounded to thousandths, since binary fractions miss them.
fn quantity(value: &Value) -> Result<Quantity, Error> {
    let text = value.to_string();
    let reckoned = || {
        let number = f64::try_from(value.clone())
            .ok()
            .filter(|_| value.is_number())?;
        Quantity::parse(&format!("{number:.3}"))
    };
    Quantity::parse(&text)
        .or_else(reckoned)
        .ok_or_else(|| refused(value, "a number"))
}

fn whole(value: &Value) -> Result<i64, Error> {
    let quantity = quantity(value)?;
    quantity
        .as_whole()
        .ok_or_else(|| refused(value, "a whole number"))
}

fn noun(forms: &Rest<String>) -> Result<Vec<&str>, Error> {
    if forms.is_empty() {
        return Err(Error::new(
            ErrorKind::MissingArgument,
            "write the forms of the noun: count(\"день\", \"дня\", \"дней\")",
        ));
    }
    Ok(forms.iter().map(String::as_str).collect())
}

/// A day as `2026-11-23`, `23.11.2026`, or the beginning of a moment.
fn date(value: &Value) -> Result<Date, Error> {
    let text = value.to_string();
    let text = text.trim();
    text.parse()
        .ok()
        .or_else(|| Date::strptime("%d.%m.%Y", text).ok())
        .or_else(|| moment(value).ok().map(DateTime::date))
        .ok_or_else(|| refused(value, "a date like 2026-11-23"))
}

/// A time of day as `15:30`, or that of a moment.
fn time(value: &Value) -> Result<Time, Error> {
    let text = value.to_string();
    Time::strptime("%H:%M", text.trim())
        .ok()
        .or_else(|| text.trim().parse().ok())
        .or_else(|| moment(value).ok().map(DateTime::time))
        .ok_or_else(|| refused(value, "a time like 15:30"))
}

fn moment(value: &Value) -> Result<DateTime, Error> {
    moment_of(&value.to_string()).ok_or_else(|| refused(value, "a moment like 2026-11-23T15:30"))
}

/// A moment as leads bring it, `2026-11-23T15:30` or `23.11.2026 15:30`; a day is its midnight.
pub(in crate::dialogue) fn moment_of(text: &str) -> Option<DateTime> {
    let text = text.trim();
    let day = || text.parse().ok().map(|date: Date| date.at(0, 0, 0, 0));
    text.parse()
        .ok()
        .or_else(|| DateTime::strptime("%d.%m.%Y %H:%M", text).ok())
        .or_else(day)
}

fn case(options: &Kwargs) -> Result<Case, Error> {
    let Some(word) = options.get::<Option<String>>("case")? else {
        return Ok(Case::Nominative);
    };
    let known = [
        "nominative",
        "genitive",
        "dative",
        "accusative",
        "instrumental",
        "prepositional",
    ];
    Case::parse(&word).ok_or_else(|| unknown("case", &word, &known))
}

fn gender(options: &Kwargs) -> Result<Option<Gender>, Error> {
    let Some(word) = options.get::<Option<String>>("gender")? else {
        return Ok(None);
    };
    let known = ["masculine", "feminine", "neuter"];
    let gender = Gender::parse(&word).ok_or_else(|| unknown("gender", &word, &known))?;
    Ok(Some(gender))
}

fn currency(options: &Kwargs, language: Language) -> Result<Currency, Error> {
    let Some(word) = options.get::<Option<String>>("currency")? else {
        return Ok(match language {
            Language::Russian => Currency::Rub,
            Language::English => Currency::Usd,
        });
    };
    let known = ["RUB", "USD", "EUR", "GBP", "KZT", "CNY"];
    Currency::parse(&word).ok_or_else(|| unknown("currency", &word, &known))
}

fn unknown(what: &str, word: &str, known: &[&str]) -> Error {
    let hint = nearest(word, known.iter().copied());
    Error::new(
        ErrorKind::InvalidOperation,
        format!("no such {what}: `{word}`; {hint}"),
    )
}

/// The first filter of a template that there is none of. Told beforehand: the engine itself
/// notices only when it comes by.
pub(super) fn unknown_filter(text: &str) -> Option<String> {
    let known = |name: &str| OURS.contains(&name) || TAKEN_OVER.contains(&name);
    let used = inside_tags(text);
    let mut pieces = used.split('|');
    pieces.next();
    pieces
        .map(|piece| {
            let name = piece.trim_start().chars();
            name.take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        })
        .find(|name| !name.is_empty() && !known(name))
}

/// What stands outside of `{{ … }}` and `{% … %}`.
pub(super) fn outside_tags(text: &str) -> String {
    let mut outside = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.find('{').and_then(|at| rest.split_at_checked(at)) {
        outside.push_str(before);
        rest = from
            .find('}')
            .and_then(|at| from.get(at + 1..))
            .unwrap_or_default();
        rest = rest.strip_prefix('}').unwrap_or(rest);
    }
    outside + rest
}

/// What stands inside `{{ … }}` and `{% … %}`, texts in quotes left out.
pub(super) fn inside_tags(text: &str) -> String {
    let mut inside = String::new();
    let mut rest = text;
    while let Some((open, close)) = [("{{", "}}"), ("{%", "%}")]
        .into_iter()
        .filter(|(open, _)| rest.contains(open))
        .min_by_key(|(open, _)| rest.find(open))
    {
        let Some((_, after)) = rest.split_once(open) else {
            break;
        };
        let (tag, after) = after.split_once(close).unwrap_or((after, ""));
        let mut quote = None;
        for c in tag.chars() {
            match quote {
                None if c == '"' || c == '\'' => quote = Some(c),
                None => inside.push(c),
                Some(open) if c == open => quote = None,
                Some(_) => {}
            }
        }
        inside.push(' ');
        rest = after;
    }
    inside
}

/// The hint for a filter that there is none of.
pub(super) fn nearest_filter(name: &str) -> String {
    nearest(name, OURS.iter().chain(TAKEN_OVER).copied())
}
