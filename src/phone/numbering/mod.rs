//! Where a number lives: its region and the time zones it may be in.
//!
//! What the user imported from the regulator's register comes first, then the tables that are
//! shipped, then the country as a whole. A number that could be in several zones names them all; one
//! of which nothing is known names none, and the default zone of the settings applies.

mod america;
mod countries;
mod register;
mod russia;
mod zones;

use std::collections::BTreeMap;

pub use register::{RegisterError, read_register};

use super::PhoneNumber;

/// Whether a Russian code of three digits belongs to a place.
pub(super) fn is_fixed_code(code: u16) -> bool {
    russia::fixed(code).is_some()
}

/// A range of the numbering plan behind +7, both ends in it, ten digits each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// Its first number.
    pub first: u64,
    /// Its last number.
    pub last: u64,
    /// Its region, as the register writes it.
    pub region: String,
}

/// Where a number lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The region or country, where it is known.
    pub region: Option<String>,
    /// The IANA zones it may be in; empty: nothing is known.
    pub zones: Vec<&'static str>,
    /// Where this is from.
    pub source: PlaceSource,
}

/// What told where a number lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlaceSource {
    /// The register that the user imported.
    Register,
    /// The tables of codes that are shipped.
    Codes,
    /// Its country.
    Country,
    /// Nothing did.
    Unknown,
}

/// The numbering plan: the shipped tables and the imported register.
///
/// ```
/// use novodial::phone::{Numbering, PhoneNumber};
/// let omsk = PhoneNumber::from_e164("+73812000001")?;
/// assert_eq!(Numbering::default().place(&omsk).zones, ["Asia/Omsk"]);
/// # Ok::<(), novodial::phone::NumberError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Numbering {
    /// Sorted, none overlaps another; regions by their place in `regions`.
    ranges: Vec<(u64, u64, usize)>,
    regions: Vec<(String, Vec<&'static str>)>,
}

impl Numbering {
    /// The tables with an imported register on top.
    pub fn with_register(ranges: Vec<Range>) -> Self {
        let mut numbering = Self::default();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for range in register::merged(ranges) {
            let next = numbering.regions.len();
            let place = *places.entry(range.region.clone()).or_insert(next);
            if place == next {
                let zones = zones::of_region(&range.region);
                numbering.regions.push((range.region, zones));
            }
            numbering.ranges.push((range.first, range.last, place));
        }
        numbering
    }

    /// Whether a register was imported.
    pub fn has_register(&self) -> bool {
        !self.ranges.is_empty()
    }

    /// Where a number lives.
    pub fn place(&self, number: &PhoneNumber) -> Place {
        let digits = number.e164().trim_start_matches('+');
        match (digits.strip_prefix('7'), digits.strip_prefix('1')) {
            (Some(national), _) => self.behind_seven(national),
            (_, Some(national)) => america::zones(national).map_or_else(
                || of_country("US"),
                |zones| place(None, zones, PlaceSource::Codes),
            ),
            (None, None) => phonenumber::parse(None, number.e164())
                .ok()
                .and_then(|parsed| parsed.country().id())
                .map_or_else(unknown, |country| of_country(country.as_ref())),
        }
    }

    /// Whether the number lies in an allotted range of the register; `None` where the register does
    /// not tell: none was imported, not the file of this code, or another country.
    pub fn is_allotted(&self, number: &PhoneNumber) -> Option<bool> {
        let national = number.e164().strip_prefix("+7")?;
        let code: u64 = national.get(..3)?.parse().ok()?;
        let digits: u64 = national.parse().ok()?;
        // Each file holds all codes that begin with one digit.
        let (first, last) = (code / 100 * 1_000_000_000, (code / 100 + 1) * 1_000_000_000);
        let at = self.ranges.partition_point(|range| range.0 < first);
        let covered = self.ranges.get(at).is_some_and(|range| range.0 < last);
        covered.then(|| self.range_of(digits).is_some())
    }

    fn range_of(&self, digits: u64) -> Option<&(String, Vec<&'static str>)> {
        let after = self.ranges.partition_point(|range| range.0 <= digits);
        let (_, last, place) = self.ranges.get(after.checked_sub(1)?)?;
        (digits <= *last).then(|| self.regions.get(*place))?
    }

    fn behind_seven(&self, national: &str) -> Place {
        let code: u16 = national
            .get(..3)
            .and_then(|code| code.parse().ok())
            .unwrap_or(0);
        match code {
            600..=799 => return of_country("KZ"),
            840 | 940 => return of_country("GE-AB"),
            _ => {}
        }
        let registered = national
            .parse()
            .ok()
            .and_then(|digits| self.range_of(digits));
        if let Some((region, zones)) = registered.filter(|(_, zones)| !zones.is_empty()) {
            return place(Some(region), zones, PlaceSource::Register);
        }
        match russia::fixed(code).or_else(|| russia::mobile(code)) {
            Some((region, zones)) => place(Some(region), zones, PlaceSource::Codes),
            None => unknown(),
        }
    }
}

fn place(region: Option<&str>, zones: &[&'static str], source: PlaceSource) -> Place {
    Place {
        region: region.map(str::to_owned),
        zones: zones.to_vec(),
        source,
    }
}

fn of_country(country: &str) -> Place {
    match countries::zones(country) {
        Some(zones) => place(Some(country), zones, PlaceSource::Country),
        None => unknown(),
    }
}

fn unknown() -> Place {
    place(None, &[], PlaceSource::Unknown)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::from_e164(text).unwrap()
    }

    #[rstest]
    #[case("+74950000001", Some("Москва"), &["Europe/Moscow"], PlaceSource::Codes)]
    #[case("+74230000001", Some("Приморский край"), &["Asia/Vladivostok"], PlaceSource::Codes)]
    #[case("+79110000001", Some("Северо-Запад"), &["Europe/Kaliningrad", "Europe/Moscow"], PlaceSource::Codes)]
    #[case("+79000000001", None, &[], PlaceSource::Unknown)]
    #[case("+77010000001", Some("KZ"), &["Asia/Almaty"], PlaceSource::Country)]
    #[case("+442079460000", Some("GB"), &["Europe/London"], PlaceSource::Country)]
    #[case("+12125550100", None, &["America/New_York"], PlaceSource::Codes)]
    fn codes_and_countries_tell_the_zones(
        #[case] text: &str,
        #[case] region: Option<&str>,
        #[case] zones: &[&str],
        #[case] source: PlaceSource,
    ) {
        let place = Numbering::default().place(&number(text));
        assert_eq!(place.region.as_deref(), region);
        assert_eq!(place.zones, zones);
        assert_eq!(place.source, source);
        assert_eq!(Numbering::default().is_allotted(&number(text)), None);
    }

    #[test]
    fn the_register_comes_first_and_knows_what_is_allotted() {
        let range = |first, last, region: &str| Range {
            first,
            last,
            region: region.to_owned(),
        };
        let numbering = Numbering::with_register(vec![
            range(9_000_000_000, 9_000_009_999, "Омская область"),
            range(9_110_000_000, 9_110_009_999, "Калининградская область"),
            range(9_990_000_000, 9_990_009_999, "Российская Федерация"),
        ]);
        let zones = |text| numbering.place(&number(text)).zones;
        assert_eq!(zones("+79000000001"), ["Asia/Omsk"]);
        assert_eq!(zones("+79110000001"), ["Europe/Kaliningrad"]);
        assert_eq!(
            zones("+79110010000"),
            ["Europe/Kaliningrad", "Europe/Moscow"],
            "by its code"
        );
        assert_eq!(
            zones("+79990000001"),
            [""; 0],
            "the whole country tells nothing"
        );
        assert_eq!(numbering.is_allotted(&number("+79000009999")), Some(true));
        assert_eq!(numbering.is_allotted(&number("+79000010000")), Some(false));
        assert_eq!(
            numbering.is_allotted(&number("+78120000001")),
            None,
            "that file is missing"
        );
        assert_eq!(numbering.is_allotted(&number("+442079460000")), None);
    }

    #[test]
    fn every_fixed_code_that_may_be_dialled_has_a_zone() {
        for code in 300..900 {
            let text = format!("+7{code}0000001");
            let dialled = PhoneNumber::parse(&text, &crate::phone::NumberRules::default());
            if let Ok(number) = dialled {
                let place = Numbering::default().place(&number);
                assert!(!place.zones.is_empty(), "{code}");
            }
        }
    }
}
