//! What is wrong with a text that is no template, told so that it can be mended: the parser names
//! neither the sign nor the tag.

use super::filters;
use crate::language::latin_meant;

/// What to do where nothing better is known.
const USUAL: &str =
    "variables are written {{ name }}, parts that may be missing {% if name %}…{% endif %}";

/// What to do about a letter that names may not have.
const FOREIGN: &str = "a variable has Latin letters, digits and `_`: give it such a name, and the column of the list the same";

/// What is wrong with a template that the parser refuses, and what to do; `said` is its own word.
pub(in crate::dialogue) fn mend(text: &str, said: &str) -> (String, String) {
    if filters::unknown_filter(text).is_some() {
        let hint = "the filters that there are: novodial docs scenario";
        return (said.to_owned(), hint.to_owned());
    }
    unclosed_tag(text)
        .or_else(|| foreign(text))
        .or_else(|| unclosed_part(text))
        .unwrap_or_else(|| (said.to_owned(), USUAL.to_owned()))
}

/// A letter in a name that names may not have.
fn foreign(text: &str) -> Option<(String, String)> {
    let inside = filters::inside_tags(text);
    let mut words = inside.split(|sign: char| !(sign.is_alphanumeric() || sign == '_'));
    let (word, letter) =
        words.find_map(|word| Some((word, word.chars().find(|c| !c.is_ascii())?)))?;
    let fault = format!("`{letter}` of `{word}` is no letter that a variable may have");
    let hint = latin_meant(word).map_or_else(
        || FOREIGN.to_owned(),
        |meant| format!("it is Cyrillic and only looks Latin: write `{meant}` in Latin letters"),
    );
    Some((fault, hint))
}

/// A tag that is opened and not closed.
fn unclosed_tag(text: &str) -> Option<(String, String)> {
    let mut rest = text;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let from = rest.get(at..)?;
        let (open, close) = if from.starts_with("{{") {
            ("{{", "}}")
        } else {
            ("{%", "%}")
        };
        let inside = from.get(open.len()..)?;
        let end = inside.find(close);
        let next = inside.find("{{").into_iter().chain(inside.find("{%")).min();
        match (end, next) {
            (Some(end), Some(next)) if next < end => return Some(open_tag(open, inside)),
            (None, _) => return Some(open_tag(open, inside)),
            (Some(end), _) => rest = inside.get(end + close.len()..)?,
        }
    }
    None
}

fn open_tag(open: &str, inside: &str) -> (String, String) {
    let word: String = inside
        .trim_start()
        .chars()
        .take_while(|sign| sign.is_alphanumeric() || *sign == '_')
        .collect();
    let fault = format!("`{open} {word}` is never closed");
    let usual = if open == "{{" {
        "variables are written {{ name }}"
    } else {
        "parts that may be missing are written {% if name %}…{% endif %}"
    };
    (fault, usual.to_owned())
}

/// An `if` without its end, or an end without its `if`.
fn unclosed_part(text: &str) -> Option<(String, String)> {
    let mut open: Vec<&str> = Vec::new();
    for tag in text.split("{%").skip(1) {
        let tag = tag.split_once("%}").map_or(tag, |(tag, _)| tag);
        let tag = tag.trim_matches(['-', '+', ' ']);
        let word = tag.split_whitespace().next().unwrap_or_default();
        match word {
            "if" | "for" => open.push(tag),
            "endif" | "endfor" if open.pop().is_none() => {
                let begins = word.trim_start_matches("end");
                return Some((
                    format!("`{{% {word} %}}` ends nothing"),
                    format!("write `{{% {begins} … %}}` where the part begins, or take it out"),
                ));
            }
            _ => {}
        }
    }
    let tag = open.pop()?;
    let ends = if tag.starts_with("for") {
        "endfor"
    } else {
        "endif"
    };
    Some((
        format!("`{{% {tag} %}}` has no end"),
        format!("write `{{% {ends} %}}` where the part ends"),
    ))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::variables_of;
    use super::*;

    #[rstest]
    #[case(
        "Ваш город {{ Город }}.",
        "`Г` of `Город`",
        "Latin letters, digits and `_`"
    )]
    #[case(
        "Это {{ cоmpany }}.",
        "`о` of `cоmpany`",
        "only looks Latin: write `company`"
    )]
    #[case("{% if имя %}Да{% endif %}", "`и` of `имя`", "the column of")]
    #[case("{{ сумма | money }}", "`с` of `сумма`", "the column of")]
    #[case(
        "Да{% if name %}, {{ name }}!",
        "`{% if name %}` has no end",
        "{% endif %}"
    )]
    #[case(
        "Да{% endif %}!",
        "`{% endif %}` ends nothing",
        "where the part begins"
    )]
    #[case("{% for a in b %}x", "`{% for a in b %}` has no end", "{% endfor %}")]
    #[case(
        "Здравствуйте, {{ name!",
        "`{{ name` is never closed",
        "written {{ name }}"
    )]
    #[case(
        "{{ name и {{ city }}",
        "`{{ name` is never closed",
        "written {{ name }}"
    )]
    #[case("{% if name Да{% endif %}", "`{% if` is never closed", "{% endif %}")]
    #[case(
        "{{ sum | mony }}",
        "no such filter: `mony`; did you mean `money`?",
        "docs scenario"
    )]
    #[case("{{ sum | mоney }}", "the letter `о`", "docs scenario")]
    #[case("{{ a b }}", "syntax error", "{{ name }}")]
    fn the_fault_and_its_mend_are_named(
        #[case] text: &str,
        #[case] fault: &str,
        #[case] hint: &str,
    ) {
        let said = variables_of(text).unwrap_err().message;
        let (told, mended) = mend(text, &said);
        assert!(told.contains(fault), "{told}");
        assert!(mended.contains(hint), "{mended}");
    }
}
