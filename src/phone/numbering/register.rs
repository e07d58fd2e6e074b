//! The regulator's register of the Russian numbering plan, as its CSV files have it.
//!
//! `ABC-3xx.csv`, `ABC-4xx.csv`, `ABC-8xx.csv`, `DEF-9xx.csv`: semicolons, UTF-8 with BOM (older copies
//! in Windows-1251), `АВС/ DEF;От;До;Емкость;Оператор;Регион` and, since 2024, `Территория ГАР;ИНН`.
//! The server is known to answer with a web page instead, so the header is looked at first.

use thiserror::Error;

use super::Range;

/// Why a file is not the register.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RegisterError {
    /// Not the header of the register.
    #[error(
        "line 1: not the header of the numbering register (АВС/ DEF;От;До;Емкость;Оператор;Регион…)"
    )]
    Header,
    /// A row that is no range.
    #[error("line {line}: {what}")]
    Row {
        /// Its line, from 1.
        line: u64,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A header and nothing else.
    #[error("the file has no ranges")]
    Empty,
}

impl RegisterError {
    /// What to do now.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Header => {
                "download ABC-3xx.csv, ABC-4xx.csv, ABC-8xx.csv and DEF-9xx.csv from \
                 opendata.digital.gov.ru with a browser; it may have sent a web page instead"
            }
            Self::Row { .. } | Self::Empty => "download the file again; this copy is incomplete",
        }
    }
}

/// Reads one file of the register. Neighbouring ranges of one region come as one.
///
/// # Errors
/// The first thing that is wrong; nothing of a broken file is to be used.
pub fn read_register(bytes: &[u8]) -> Result<Vec<Range>, RegisterError> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').into(),
        Err(_) => {
            encoding_rs::WINDOWS_1251
                .decode_without_bom_handling(bytes)
                .0
        }
    };
    let mut lines = text.lines().enumerate();
    let header = lines.next().ok_or(RegisterError::Header)?.1;
    let place = region_column(header).ok_or(RegisterError::Header)?;
    let mut ranges: Vec<Range> = Vec::new();
    for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let range = range(line, place).map_err(|what| RegisterError::Row {
            line: index as u64 + 1,
            what,
        })?;
        ranges.push(range);
    }
    if ranges.is_empty() {
        return Err(RegisterError::Empty);
    }
    Ok(merged(ranges))
}

/// Sorts ranges and joins neighbours of one region; where two overlap, the one that begins first
/// keeps what both claim.
pub(super) fn merged(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_by_key(|range| range.first);
    let mut joined: Vec<Range> = Vec::with_capacity(ranges.len());
    for mut range in ranges {
        let Some(before) = joined.last_mut() else {
            joined.push(range);
            continue;
        };
        if before.last + 1 >= range.first && before.region == range.region {
            before.last = before.last.max(range.last);
            continue;
        }
        range.first = range.first.max(before.last + 1);
        if range.first <= range.last {
            joined.push(range);
        }
    }
    joined
}

/// Where the region stands, by the header: the column of the address register, else `Регион`.
fn region_column(header: &str) -> Option<(usize, usize)> {
    let titles: Vec<String> = header
        .split(';')
        .map(|title| plain(title).to_lowercase())
        .collect();
    let at = |name: &str| titles.iter().position(|title| title.starts_with(name));
    let begins = titles.get(1)?.as_str() == "от" && titles.get(2)?.as_str() == "до";
    let region = at("регион")?;
    begins.then(|| (at("территория").unwrap_or(region), region))
}

fn range(line: &str, (place, fallback): (usize, usize)) -> Result<Range, &'static str> {
    let fields: Vec<&str> = line.split(';').map(plain).collect();
    let digits = |index: usize, length: usize| {
        let field = fields.get(index).copied().unwrap_or_default();
        let fits = !field.is_empty() && field.len() <= length;
        let number: Option<u64> = field.parse().ok().filter(|_| fits);
        number.filter(|_| field.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let code = digits(0, 3)
        .filter(|code| *code >= 300)
        .ok_or("the code is not three digits")?;
    let from = digits(1, 7).ok_or("the start is not seven digits")?;
    let to = digits(2, 7).ok_or("the end is not seven digits")?;
    if from > to {
        return Err("the range ends before it starts");
    }
    let named = |index: usize| {
        fields
            .get(index)
            .copied()
            .filter(|text| !matches!(*text, "" | "-"))
    };
    let region = named(place).or_else(|| named(fallback)).unwrap_or_default();
    // Town|district|region: the last part is the region.
    let region = region.rsplit('|').next().unwrap_or_default().trim();
    let start = code * 10_000_000;
    Ok(Range {
        first: start + from,
        last: start + to,
        region: region.to_owned(),
    })
}

fn plain(field: &str) -> &str {
    field.trim().trim_matches('"').trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: &str = "\u{feff}АВС/ DEF;От;До;Емкость;Оператор;Регион;Территория ГАР;ИНН\r\n\
        900;0000000;0009999;10000;ООО \"Т\";-;г.о. Тула|Тульская область;77\r\n\
        900;0010000;0019999;10000;ООО \"К\";-;г.о. Алексин|Тульская область;78\r\n\
        900;0030000;0039999;10000;ООО \"К\";Омская обл.;-;78\r\n";

    #[test]
    fn ranges_of_one_region_that_touch_are_one() {
        let ranges = read_register(NEW.as_bytes()).unwrap();
        let shown: Vec<_> = ranges
            .iter()
            .map(|r| (r.first, r.last, r.region.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                (9_000_000_000, 9_000_019_999, "Тульская область"),
                (9_000_030_000, 9_000_039_999, "Омская обл.")
            ]
        );
    }

    #[test]
    fn an_older_file_has_six_columns_and_another_encoding() {
        let text = "АВС/ DEF;От;До;Емкость;Оператор;Регион\n301; 2110000; 2129999; 20000; \"РТ\"; Респ. Бурятия\n";
        let bytes = encoding_rs::WINDOWS_1251.encode(text).0;
        let ranges = read_register(&bytes).unwrap();
        assert_eq!(ranges[0].first, 3_012_110_000);
        assert_eq!(ranges[0].region, "Респ. Бурятия");
    }

    #[test]
    fn what_is_not_the_register_is_refused_as_a_whole() {
        let error = |text: &str| read_register(text.as_bytes()).unwrap_err();
        assert_eq!(
            error("<!doctype html><title>403</title>"),
            RegisterError::Header
        );
        assert_eq!(error(""), RegisterError::Header);
        assert_eq!(
            error("АВС/ DEF;От;До;Емкость;Оператор;Регион\n"),
            RegisterError::Empty
        );
        for (row, what) in [
            ("90;0000000;0009999;1;X;Y", "the code is not three digits"),
            (
                "900;0000000x;0009999;1;X;Y",
                "the start is not seven digits",
            ),
            ("900;0000000;;1;X;Y", "the end is not seven digits"),
            (
                "900;0009999;0000000;1;X;Y",
                "the range ends before it starts",
            ),
        ] {
            let text = format!("АВС/ DEF;От;До;Емкость;Оператор;Регион\n{row}\n");
            assert_eq!(error(&text), RegisterError::Row { line: 2, what });
        }
        assert!(!RegisterError::Header.hint().is_empty());
    }

    #[test]
    fn overlapping_ranges_leave_no_number_in_two_regions_and_none_out() {
        let range = |first, last, region: &str| Range {
            first,
            last,
            region: region.to_owned(),
        };
        let ranges = merged(vec![
            range(10, 30, "b"),
            range(5, 20, "a"),
            range(31, 40, "b"),
            range(12, 14, "c"),
        ]);
        assert_eq!(ranges, [range(5, 20, "a"), range(21, 40, "b")]);
    }
}
