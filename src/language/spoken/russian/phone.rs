//! Telephone numbers in the groups that are said: «девятьсот шестнадцать, сто двадцать три».

use super::super::join;
use super::cardinal::cardinal;
use crate::language::{Case, Gender};

/// A number in groups, a comma after each, so that it is said with pauses.
pub(in super::super) fn phone(number: &str) -> String {
    let plus = number.trim_start().starts_with('+');
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let mut groups: Vec<String> = Vec::new();
    let mut at = 0;
    for (index, size) in sizes(digits.len()).into_iter().enumerate() {
        let group: String = digits.iter().skip(at).take(size).collect();
        at += size;
        let words = say(&group);
        groups.push(if index == 0 && plus {
            join(&["плюс", &words])
        } else {
            words
        });
    }
    groups.join(", ")
}

/// How a number of so many digits is cut: seven and ten as in Russia, the rest by twos and threes.
fn sizes(digits: usize) -> Vec<usize> {
    match digits {
        0 => vec![],
        1..=3 => vec![digits],
        4 => vec![2, 2],
        5 => vec![1, 2, 2],
        6 => vec![2, 2, 2],
        7 => vec![3, 2, 2],
        10 => vec![3, 3, 2, 2],
        _ if digits > 10 => {
            let mut sizes = sizes_of_code(digits - 10);
            sizes.extend([3, 3, 2, 2]);
            sizes
        }
        _ => {
            let mut sizes = sizes(digits - 4);
            sizes.extend([2, 2]);
            sizes
        }
    }
}

/// The country's code, three digits at most to a group.
fn sizes_of_code(digits: usize) -> Vec<usize> {
    let mut sizes = vec![3; digits / 3];
    if !digits.is_multiple_of(3) {
        sizes.insert(0, digits % 3);
    }
    sizes
}

/// One group; its leading zeros are said one by one.
fn say(group: &str) -> String {
    let significant = group.trim_start_matches('0');
    let zeros = group.len() - significant.len();
    let mut words = vec!["ноль".to_owned(); zeros];
    if let Ok(n) = significant.parse::<i64>() {
        words.push(cardinal(n, Gender::Masculine, Case::Nominative));
    }
    join(&words)
}
