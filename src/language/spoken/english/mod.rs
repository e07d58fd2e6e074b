//! English: numbers, money, dates and times in words.

mod calendar;
mod number;

pub(super) use calendar::{date, moment, time, weekday};
pub(super) use number::{cardinal, count, count_fraction, decimal, money, ordinal, plural};

/// A number digit by digit, in groups as they are written in North America.
pub(super) fn phone(text: &str) -> String {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    let sizes: &[usize] = match digits.len() {
        7 => &[3, 4],
        10 => &[3, 3, 4],
        11 => &[1, 3, 3, 4],
        12 => &[2, 3, 3, 4],
        _ => &[3, 3, 3, 3, 3],
    };
    let mut at = 0;
    let mut groups = Vec::new();
    for size in sizes {
        let group: Vec<String> = digits
            .iter()
            .skip(at)
            .take(*size)
            .filter_map(|digit| digit.to_digit(10))
            .map(|digit| cardinal(i64::from(digit)))
            .collect();
        at += size;
        if !group.is_empty() {
            groups.push(group.join(" "));
        }
    }
    let plus = if text.trim_start().starts_with('+') {
        "plus "
    } else {
        ""
    };
    format!("{plus}{}", groups.join(", "))
}

/// The first name, which is how a stranger is addressed after the greeting.
pub(super) fn address(name: &str) -> String {
    let titles = ["mr", "mrs", "ms", "miss", "dr"];
    let words: Vec<&str> = name.split_whitespace().collect();
    let titled = words
        .first()
        .is_some_and(|word| titles.contains(&word.trim_end_matches('.').to_lowercase().as_str()));
    match (titled, words.as_slice()) {
        (true, [title, .., last]) => format!("{title} {last}"),
        (_, [first, ..]) => (*first).to_owned(),
        _ => String::new(),
    }
}
