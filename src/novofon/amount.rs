//! Amounts, ids and counts as the provider writes them: now a number, now a text.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::campaign::Money;

/// Reads `12.5`, `"-3,25"` or `1.23456`, rounded to the ten-thousandth.
pub(super) fn money(text: &str) -> Option<Money> {
    let text = text.trim().replace(',', ".");
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.as_str()),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let kept: String = decimals.chars().take(4).collect();
    let money = Money::parse(&format!("{whole}.{kept}"))?;
    let rest = decimals.get(4..).unwrap_or_default();
    if !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let up = i64::from(rest.starts_with(['5', '6', '7', '8', '9']));
    let amount = money.0.checked_add(up)?;
    Some(Money(if negative { -amount } else { amount }))
}

/// A number or a text as text; nothing for `null` and an empty text.
pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) if !text.trim().is_empty() => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::String(_) | Value::Null | Value::Array(_) | Value::Object(_) => None,
    })
}

/// An amount, as a number or a text; nothing for `null`.
pub(super) fn amount<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Money>, D::Error> {
    let Some(text) = text(from)? else {
        return Ok(None);
    };
    money(&text)
        .map(Some)
        .ok_or_else(|| serde::de::Error::custom("an amount is no decimal number"))
}

/// Whole seconds or channels; a fraction is rounded down.
pub(super) fn count<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    let Some(text) = text(from)? else {
        return Ok(None);
    };
    let whole = text.split('.').next().unwrap_or_default();
    whole
        .parse()
        .map(Some)
        .map_err(|_| serde::de::Error::custom("a count is no whole number"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("12.5", Some(125_000))]
    #[case("0", Some(0))]
    #[case("-3,25", Some(-32_500))]
    #[case("1.23456", Some(12_346))]
    #[case("1.23454", Some(12_345))]
    #[case("1.9", Some(19_000))]
    #[case("", None)]
    #[case("1e3", None)]
    #[case("1.0000x", None)]
    fn amounts_of_any_spelling_are_read(#[case] text: &str, #[case] expected: Option<i64>) {
        assert_eq!(money(text), expected.map(Money));
    }

    #[test]
    fn numbers_and_texts_are_alike() {
        #[derive(Deserialize)]
        struct Row {
            #[serde(deserialize_with = "text")]
            id: Option<String>,
            #[serde(deserialize_with = "amount")]
            cost: Option<Money>,
            #[serde(deserialize_with = "count")]
            seconds: Option<u32>,
        }
        for row in [
            r#"{"id": 7, "cost": 1.5, "seconds": 61}"#,
            r#"{"id": "7", "cost": "1.50", "seconds": "61"}"#,
        ] {
            let row: Row = serde_json::from_str(row).unwrap();
            assert_eq!(row.id.as_deref(), Some("7"));
            assert_eq!(row.cost, Some(Money(15_000)));
            assert_eq!(row.seconds, Some(61));
        }
    }
}
