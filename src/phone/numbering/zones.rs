//! The names of time zones that the tables share, and which zone a region of Russia keeps.

pub(super) const KALININGRAD: &str = "Europe/Kaliningrad";
pub(super) const MOSCOW: &str = "Europe/Moscow";
pub(super) const KIROV: &str = "Europe/Kirov";
pub(super) const VOLGOGRAD: &str = "Europe/Volgograd";
pub(super) const SIMFEROPOL: &str = "Europe/Simferopol";
pub(super) const SAMARA: &str = "Europe/Samara";
pub(super) const SARATOV: &str = "Europe/Saratov";
pub(super) const ULYANOVSK: &str = "Europe/Ulyanovsk";
pub(super) const ASTRAKHAN: &str = "Europe/Astrakhan";
pub(super) const YEKATERINBURG: &str = "Asia/Yekaterinburg";
pub(super) const QYZYLORDA: &str = "Asia/Qyzylorda";
pub(super) const OMSK: &str = "Asia/Omsk";
pub(super) const NOVOSIBIRSK: &str = "Asia/Novosibirsk";
pub(super) const BARNAUL: &str = "Asia/Barnaul";
pub(super) const TOMSK: &str = "Asia/Tomsk";
pub(super) const NOVOKUZNETSK: &str = "Asia/Novokuznetsk";
pub(super) const KRASNOYARSK: &str = "Asia/Krasnoyarsk";
pub(super) const IRKUTSK: &str = "Asia/Irkutsk";
pub(super) const CHITA: &str = "Asia/Chita";
pub(super) const YAKUTSK: &str = "Asia/Yakutsk";
pub(super) const VLADIVOSTOK: &str = "Asia/Vladivostok";
pub(super) const UST_NERA: &str = "Asia/Ust-Nera";
pub(super) const MAGADAN: &str = "Asia/Magadan";
pub(super) const SAKHALIN: &str = "Asia/Sakhalin";
pub(super) const SREDNEKOLYMSK: &str = "Asia/Srednekolymsk";
pub(super) const KAMCHATKA: &str = "Asia/Kamchatka";
pub(super) const ANADYR: &str = "Asia/Anadyr";

/// The beginnings of the words by which the register names a region, and its zones.
const REGIONS: &[(&str, &[&str])] = &[
    ("калининград", &[KALININGRAD]),
    ("киров", &[KIROV]),
    ("волгоград", &[VOLGOGRAD]),
    ("крым", &[SIMFEROPOL]),
    ("севастопол", &[SIMFEROPOL]),
    ("самар", &[SAMARA]),
    ("удмурт", &[SAMARA]),
    ("саратов", &[SARATOV]),
    ("ульянов", &[ULYANOVSK]),
    ("астрахан", &[ASTRAKHAN]),
    ("свердлов", &[YEKATERINBURG]),
    ("челябин", &[YEKATERINBURG]),
    ("курган", &[YEKATERINBURG]),
    ("тюмен", &[YEKATERINBURG]),
    ("ханты", &[YEKATERINBURG]),
    ("югра", &[YEKATERINBURG]),
    ("ямало", &[YEKATERINBURG]),
    ("перм", &[YEKATERINBURG]),
    ("башкор", &[YEKATERINBURG]),
    ("оренбург", &[YEKATERINBURG]),
    ("байконур", &[QYZYLORDA]),
    ("омск", &[OMSK]),
    ("новосибир", &[NOVOSIBIRSK]),
    ("алтай", &[BARNAUL]),
    ("томск", &[TOMSK]),
    ("кемеров", &[NOVOKUZNETSK]),
    ("кузбасс", &[NOVOKUZNETSK]),
    ("краснояр", &[KRASNOYARSK]),
    ("хакас", &[KRASNOYARSK]),
    ("тыва", &[KRASNOYARSK]),
    ("таймыр", &[KRASNOYARSK]),
    ("эвенк", &[KRASNOYARSK]),
    ("иркут", &[IRKUTSK]),
    ("бурят", &[IRKUTSK]),
    ("забайкал", &[CHITA]),
    ("читин", &[CHITA]),
    ("агинск", &[CHITA]),
    ("амурск", &[YAKUTSK]),
    ("якут", &[YAKUTSK, UST_NERA, SREDNEKOLYMSK]),
    ("примор", &[VLADIVOSTOK]),
    ("хабаров", &[VLADIVOSTOK]),
    ("еврейск", &[VLADIVOSTOK]),
    ("магадан", &[MAGADAN]),
    ("сахалин", &[SAKHALIN]),
    ("камчат", &[KAMCHATKA]),
    ("коряк", &[KAMCHATKA]),
    ("чукот", &[ANADYR]),
];

/// The same for the regions that keep Moscow's time.
const MOSCOW_REGIONS: &[&str] = &[
    "москв",
    "московск",
    "санкт",
    "петербург",
    "ленинград",
    "псков",
    "карел",
    "мурман",
    "новгород",
    "вологод",
    "архангел",
    "ненецк",
    "коми",
    "нижегород",
    "мордов",
    "чуваш",
    "марий",
    "пензен",
    "татарстан",
    "калмык",
    "краснодар",
    "ростов",
    "ставропол",
    "кабардин",
    "осети",
    "чечен",
    "чечн",
    "дагестан",
    "ингуш",
    "адыге",
    "карачаев",
    "курск",
    "белгород",
    "воронеж",
    "липец",
    "тамбов",
    "смолен",
    "твер",
    "брянск",
    "калуж",
    "ярослав",
    "орлов",
    "тульск",
    "рязан",
    "владимир",
    "иванов",
    "костром",
    "донец",
    "луган",
    "запорож",
    "херсон",
    "абхаз",
    "сириус",
];

/// The zones of a region as the register writes it; of two regions in one text, those of both.
/// Empty for a text that names no region, such as the whole country.
pub(super) fn of_region(text: &str) -> Vec<&'static str> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|sign: char| !sign.is_alphabetic())
        .filter(|word| !word.is_empty())
        .collect();
    let names = |stem: &str| words.iter().any(|word| word.starts_with(stem));
    let mut zones: Vec<&'static str> = REGIONS
        .iter()
        .filter(|(stem, _)| names(stem))
        .flat_map(|(_, zones)| zones.iter().copied())
        .collect();
    // The Yamal-Nenets district is not the Nenets one.
    let in_moscow = |stem: &&&str| names(stem) && !(**stem == "ненецк" && names("ямало"));
    if MOSCOW_REGIONS.iter().any(|stem| in_moscow(&stem)) {
        zones.push(MOSCOW);
    }
    zones.sort_unstable();
    zones.dedup();
    zones
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("г. Москва и Московская область", &[MOSCOW])]
    #[case("Омская область", &[OMSK])]
    #[case("Томская область", &[TOMSK])]
    #[case("Республика Саха (Якутия)", &[SREDNEKOLYMSK, UST_NERA, YAKUTSK])]
    #[case("Сахалинская область", &[SAKHALIN])]
    #[case("Ямало-Ненецкий автономный округ", &[YEKATERINBURG])]
    #[case("Ненецкий автономный округ", &[MOSCOW])]
    #[case("Кемеровская область - Кузбасс", &[NOVOKUZNETSK])]
    #[case("Самарская область, Саратовская область", &[SAMARA, SARATOV])]
    #[case("Республика Северная Осетия - Алания", &[MOSCOW])]
    #[case("Российская Федерация", &[])]
    #[case("-", &[])]
    fn regions_have_their_zones(#[case] region: &str, #[case] zones: &[&str]) {
        assert_eq!(of_region(region), zones, "{region}");
    }

    #[test]
    fn every_zone_exists() {
        for zone in REGIONS.iter().flat_map(|(_, zones)| zones.iter()) {
            assert!(jiff::tz::TimeZone::get(zone).is_ok(), "{zone}");
        }
    }
}
