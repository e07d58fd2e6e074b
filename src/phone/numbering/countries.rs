//! Time zones of whole countries, for numbers of which nothing better is known.
//!
//! From the zone table of the IANA database (public domain). A country with several zones names those
//! in which people are rung.

/// ISO 3166 code, zones.
const COUNTRIES: &[(&str, &[&str])] = &[
    ("AE", &["Asia/Dubai"]),
    ("AF", &["Asia/Kabul"]),
    ("AL", &["Europe/Tirane"]),
    ("AM", &["Asia/Yerevan"]),
    ("AO", &["Africa/Luanda"]),
    ("AR", &["America/Argentina/Buenos_Aires"]),
    ("AT", &["Europe/Vienna"]),
    (
        "AU",
        &[
            "Australia/Sydney",
            "Australia/Adelaide",
            "Australia/Darwin",
            "Australia/Brisbane",
            "Australia/Perth",
        ],
    ),
    ("AZ", &["Asia/Baku"]),
    ("BA", &["Europe/Sarajevo"]),
    ("BD", &["Asia/Dhaka"]),
    ("BE", &["Europe/Brussels"]),
    ("BG", &["Europe/Sofia"]),
    ("BH", &["Asia/Bahrain"]),
    ("BO", &["America/La_Paz"]),
    (
        "BR",
        &[
            "America/Noronha",
            "America/Sao_Paulo",
            "America/Manaus",
            "America/Rio_Branco",
        ],
    ),
    ("BY", &["Europe/Minsk"]),
    (
        "CA",
        &[
            "America/St_Johns",
            "America/Halifax",
            "America/Toronto",
            "America/Winnipeg",
            "America/Edmonton",
            "America/Vancouver",
        ],
    ),
    ("CH", &["Europe/Zurich"]),
    ("CL", &["America/Santiago", "America/Punta_Arenas"]),
    ("CM", &["Africa/Douala"]),
    ("CN", &["Asia/Shanghai"]),
    ("CO", &["America/Bogota"]),
    ("CR", &["America/Costa_Rica"]),
    ("CU", &["America/Havana"]),
    ("CY", &["Asia/Nicosia"]),
    ("CZ", &["Europe/Prague"]),
    ("DE", &["Europe/Berlin"]),
    ("DK", &["Europe/Copenhagen"]),
    ("DO", &["America/Santo_Domingo"]),
    ("DZ", &["Africa/Algiers"]),
    ("EC", &["America/Guayaquil", "Pacific/Galapagos"]),
    ("EE", &["Europe/Tallinn"]),
    ("EG", &["Africa/Cairo"]),
    ("ES", &["Europe/Madrid", "Atlantic/Canary"]),
    ("ET", &["Africa/Addis_Ababa"]),
    ("FI", &["Europe/Helsinki"]),
    ("FR", &["Europe/Paris"]),
    ("GB", &["Europe/London"]),
    ("GE", &["Asia/Tbilisi"]),
    ("GE-AB", &["Europe/Moscow"]),
    ("GH", &["Africa/Accra"]),
    ("GR", &["Europe/Athens"]),
    ("GT", &["America/Guatemala"]),
    ("HK", &["Asia/Hong_Kong"]),
    ("HR", &["Europe/Zagreb"]),
    ("HU", &["Europe/Budapest"]),
    ("ID", &["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]),
    ("IE", &["Europe/Dublin"]),
    ("IL", &["Asia/Jerusalem"]),
    ("IN", &["Asia/Kolkata"]),
    ("IQ", &["Asia/Baghdad"]),
    ("IR", &["Asia/Tehran"]),
    ("IS", &["Atlantic/Reykjavik"]),
    ("IT", &["Europe/Rome"]),
    ("JO", &["Asia/Amman"]),
    ("JP", &["Asia/Tokyo"]),
    ("KE", &["Africa/Nairobi"]),
    ("KG", &["Asia/Bishkek"]),
    ("KR", &["Asia/Seoul"]),
    ("KW", &["Asia/Kuwait"]),
    ("KZ", &["Asia/Almaty"]),
    ("LB", &["Asia/Beirut"]),
    ("LK", &["Asia/Colombo"]),
    ("LT", &["Europe/Vilnius"]),
    ("LU", &["Europe/Luxembourg"]),
    ("LV", &["Europe/Riga"]),
    ("MA", &["Africa/Casablanca"]),
    ("MD", &["Europe/Chisinau"]),
    ("ME", &["Europe/Podgorica"]),
    ("MK", &["Europe/Skopje"]),
    ("MN", &["Asia/Ulaanbaatar", "Asia/Hovd"]),
    ("MT", &["Europe/Malta"]),
    (
        "MX",
        &[
            "America/Cancun",
            "America/Mexico_City",
            "America/Hermosillo",
            "America/Tijuana",
        ],
    ),
    ("MY", &["Asia/Kuala_Lumpur"]),
    ("NG", &["Africa/Lagos"]),
    ("NL", &["Europe/Amsterdam"]),
    ("NO", &["Europe/Oslo"]),
    ("NP", &["Asia/Kathmandu"]),
    ("NZ", &["Pacific/Auckland", "Pacific/Chatham"]),
    ("OM", &["Asia/Muscat"]),
    ("PA", &["America/Panama"]),
    ("PE", &["America/Lima"]),
    ("PH", &["Asia/Manila"]),
    ("PK", &["Asia/Karachi"]),
    ("PL", &["Europe/Warsaw"]),
    ("PT", &["Europe/Lisbon", "Atlantic/Azores"]),
    ("PY", &["America/Asuncion"]),
    ("QA", &["Asia/Qatar"]),
    ("RO", &["Europe/Bucharest"]),
    ("RS", &["Europe/Belgrade"]),
    ("SA", &["Asia/Riyadh"]),
    ("SE", &["Europe/Stockholm"]),
    ("SG", &["Asia/Singapore"]),
    ("SI", &["Europe/Ljubljana"]),
    ("SK", &["Europe/Bratislava"]),
    ("SN", &["Africa/Dakar"]),
    ("SY", &["Asia/Damascus"]),
    ("TH", &["Asia/Bangkok"]),
    ("TJ", &["Asia/Dushanbe"]),
    ("TM", &["Asia/Ashgabat"]),
    ("TN", &["Africa/Tunis"]),
    ("TR", &["Europe/Istanbul"]),
    ("TW", &["Asia/Taipei"]),
    ("TZ", &["Africa/Dar_es_Salaam"]),
    ("UA", &["Europe/Kyiv"]),
    ("UG", &["Africa/Kampala"]),
    (
        "US",
        &[
            "America/New_York",
            "America/Chicago",
            "America/Denver",
            "America/Los_Angeles",
        ],
    ),
    ("UY", &["America/Montevideo"]),
    ("UZ", &["Asia/Tashkent"]),
    ("VE", &["America/Caracas"]),
    ("VN", &["Asia/Ho_Chi_Minh"]),
    ("XK", &["Europe/Belgrade"]),
    ("YE", &["Asia/Aden"]),
    ("ZA", &["Africa/Johannesburg"]),
    ("ZM", &["Africa/Lusaka"]),
];

/// The zones of a country.
pub(super) fn zones(country: &str) -> Option<&'static [&'static str]> {
    let at = COUNTRIES.binary_search_by_key(&country, |row| row.0).ok()?;
    COUNTRIES.get(at).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_countries_are_sorted_and_their_zones_exist() {
        assert!(COUNTRIES.is_sorted_by_key(|row| row.0));
        for zone in COUNTRIES.iter().flat_map(|row| row.1) {
            assert!(jiff::tz::TimeZone::get(zone).is_ok(), "{zone}");
        }
    }
}
