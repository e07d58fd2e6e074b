//! Codes behind +7: fixed-line codes tell the region, some mobile ones a group of regions.
//!
//! Fixed-line codes: the Russian numbering plan (order of the Ministry of Digital Development, codes
//! ABC; public). Mobile codes (DEF) are dealt out in ranges of ten thousand all over the country and
//! tell nothing, but for the hundreds that the two oldest operators were given by large area
//! (91x, 92x and their sisters); for those, every zone of the area is named. The exact region of a
//! mobile number is in the regulator's register: `novodial numbering import`.

use super::zones::{
    ANADYR, ASTRAKHAN, BARNAUL, CHITA, IRKUTSK, KALININGRAD, KAMCHATKA, KIROV, KRASNOYARSK,
    MAGADAN, MOSCOW, NOVOKUZNETSK, NOVOSIBIRSK, OMSK, QYZYLORDA, SAKHALIN, SAMARA, SARATOV,
    SIMFEROPOL, SREDNEKOLYMSK, TOMSK, ULYANOVSK, UST_NERA, VLADIVOSTOK, VOLGOGRAD, YAKUTSK,
    YEKATERINBURG,
};

/// A code of three digits, its region, the zones of that region.
type Row = (u16, &'static str, &'static [&'static str]);

/// The region and zones of a fixed-line code.
pub(super) fn fixed(code: u16) -> Option<(&'static str, &'static [&'static str])> {
    let at = FIXED.binary_search_by_key(&code, |row| row.0).ok()?;
    FIXED.get(at).map(|row| (row.1, row.2))
}

/// The large area of a mobile code and its zones.
pub(super) fn mobile(code: u16) -> Option<(&'static str, &'static [&'static str])> {
    let found = MOBILE.iter().find(|row| row.0.contains(&code));
    found.map(|row| (row.1, row.2))
}

const FIXED: &[Row] = &[
    (301, "Бурятия", &[IRKUTSK]),
    (302, "Забайкальский край", &[CHITA]),
    (336, "Байконур", &[QYZYLORDA]),
    (341, "Удмуртия", &[SAMARA]),
    (342, "Пермский край", &[YEKATERINBURG]),
    (343, "Свердловская область", &[YEKATERINBURG]),
    (345, "Тюменская область", &[YEKATERINBURG]),
    (346, "Ханты-Мансийский автономный округ", &[YEKATERINBURG]),
    (347, "Башкортостан", &[YEKATERINBURG]),
    (349, "Ямало-Ненецкий автономный округ", &[YEKATERINBURG]),
    (351, "Челябинская область", &[YEKATERINBURG]),
    (352, "Курганская область", &[YEKATERINBURG]),
    (353, "Оренбургская область", &[YEKATERINBURG]),
    (365, "Крым", &[SIMFEROPOL]),
    (381, "Омская область", &[OMSK]),
    (382, "Томская область", &[TOMSK]),
    (383, "Новосибирская область", &[NOVOSIBIRSK]),
    (384, "Кемеровская область", &[NOVOKUZNETSK]),
    (385, "Алтайский край", &[BARNAUL]),
    (388, "Республика Алтай", &[BARNAUL]),
    (390, "Хакасия", &[KRASNOYARSK]),
    (391, "Красноярский край", &[KRASNOYARSK]),
    (394, "Тыва", &[KRASNOYARSK]),
    (395, "Иркутская область", &[IRKUTSK]),
    (401, "Калининградская область", &[KALININGRAD]),
    (411, "Якутия", &[YAKUTSK, UST_NERA, SREDNEKOLYMSK]),
    (413, "Магаданская область", &[MAGADAN]),
    (415, "Камчатский край", &[KAMCHATKA]),
    (416, "Амурская область", &[YAKUTSK]),
    (421, "Хабаровский край", &[VLADIVOSTOK]),
    (423, "Приморский край", &[VLADIVOSTOK]),
    (424, "Сахалинская область", &[SAKHALIN]),
    (426, "Еврейская автономная область", &[VLADIVOSTOK]),
    (427, "Чукотский автономный округ", &[ANADYR]),
    (471, "Курская область", &[MOSCOW]),
    (472, "Белгородская область", &[MOSCOW]),
    (473, "Воронежская область", &[MOSCOW]),
    (474, "Липецкая область", &[MOSCOW]),
    (475, "Тамбовская область", &[MOSCOW]),
    (481, "Смоленская область", &[MOSCOW]),
    (482, "Тверская область", &[MOSCOW]),
    (483, "Брянская область", &[MOSCOW]),
    (484, "Калужская область", &[MOSCOW]),
    (485, "Ярославская область", &[MOSCOW]),
    (486, "Орловская область", &[MOSCOW]),
    (487, "Тульская область", &[MOSCOW]),
    (491, "Рязанская область", &[MOSCOW]),
    (492, "Владимирская область", &[MOSCOW]),
    (493, "Ивановская область", &[MOSCOW]),
    (494, "Костромская область", &[MOSCOW]),
    (495, "Москва", &[MOSCOW]),
    (496, "Московская область", &[MOSCOW]),
    (498, "Московская область", &[MOSCOW]),
    (499, "Москва", &[MOSCOW]),
    (811, "Псковская область", &[MOSCOW]),
    (812, "Санкт-Петербург", &[MOSCOW]),
    (813, "Ленинградская область", &[MOSCOW]),
    (814, "Карелия", &[MOSCOW]),
    (815, "Мурманская область", &[MOSCOW]),
    (816, "Новгородская область", &[MOSCOW]),
    (817, "Вологодская область", &[MOSCOW]),
    (818, "Архангельская область", &[MOSCOW]),
    (820, "Вологодская область", &[MOSCOW]),
    (821, "Коми", &[MOSCOW]),
    (831, "Нижегородская область", &[MOSCOW]),
    (833, "Кировская область", &[KIROV]),
    (834, "Мордовия", &[MOSCOW]),
    (835, "Чувашия", &[MOSCOW]),
    (836, "Марий Эл", &[MOSCOW]),
    (841, "Пензенская область", &[MOSCOW]),
    (842, "Ульяновская область", &[ULYANOVSK]),
    (843, "Татарстан", &[MOSCOW]),
    (844, "Волгоградская область", &[VOLGOGRAD]),
    (845, "Саратовская область", &[SARATOV]),
    (846, "Самарская область", &[SAMARA]),
    (847, "Калмыкия", &[MOSCOW]),
    (848, "Самарская область", &[SAMARA]),
    (851, "Астраханская область", &[ASTRAKHAN]),
    (855, "Татарстан", &[MOSCOW]),
    (856, "Донецк", &[MOSCOW]),
    (857, "Луганск", &[MOSCOW]),
    (861, "Краснодарский край", &[MOSCOW]),
    (862, "Краснодарский край", &[MOSCOW]),
    (863, "Ростовская область", &[MOSCOW]),
    (865, "Ставропольский край", &[MOSCOW]),
    (866, "Кабардино-Балкария", &[MOSCOW]),
    (867, "Северная Осетия", &[MOSCOW]),
    (869, "Севастополь", &[SIMFEROPOL]),
    (871, "Чечня", &[MOSCOW]),
    (872, "Дагестан", &[MOSCOW]),
    (873, "Ингушетия", &[MOSCOW]),
    (877, "Адыгея", &[MOSCOW]),
    (878, "Карачаево-Черкесия", &[MOSCOW]),
    (879, "Ставропольский край", &[MOSCOW]),
];

type Codes = std::ops::RangeInclusive<u16>;

/// Wide on purpose: a zone too many costs an hour of calling, one too few wakes somebody.
const MOBILE: &[(Codes, &str, &[&str])] = &[
    (910..=910, "Центр", &[MOSCOW]),
    (911..=911, "Северо-Запад", &[KALININGRAD, MOSCOW]),
    (912..=912, "Урал и соседи", &[MOSCOW, SAMARA, YEKATERINBURG]),
    (
        913..=913,
        "Сибирь",
        &[OMSK, NOVOSIBIRSK, KRASNOYARSK, IRKUTSK],
    ),
    (914..=914, "Восточная Сибирь и Дальний Восток", FAR_EAST),
    (915..=916, "Москва и Центр", &[MOSCOW]),
    (917..=917, "Поволжье", &[MOSCOW, SAMARA, YEKATERINBURG]),
    (918..=918, "Юг", &[MOSCOW, ASTRAKHAN]),
    (
        919..=919,
        "Центр, Поволжье и Урал",
        &[MOSCOW, SAMARA, YEKATERINBURG],
    ),
    (920..=920, "Центр", &[MOSCOW]),
    (921..=921, "Северо-Запад", &[KALININGRAD, MOSCOW]),
    (922..=922, "Урал и соседи", &[MOSCOW, SAMARA, YEKATERINBURG]),
    (
        923..=923,
        "Сибирь",
        &[OMSK, NOVOSIBIRSK, KRASNOYARSK, IRKUTSK],
    ),
    (924..=924, "Восточная Сибирь и Дальний Восток", FAR_EAST),
    (925..=926, "Москва", &[MOSCOW]),
    (927..=927, "Поволжье", &[MOSCOW, SAMARA, YEKATERINBURG]),
    (928..=928, "Юг", &[MOSCOW, ASTRAKHAN]),
    (985..=985, "Москва", &[MOSCOW]),
];

const FAR_EAST: &[&str] = &[IRKUTSK, YAKUTSK, VLADIVOSTOK, MAGADAN, KAMCHATKA];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_codes_are_sorted_and_their_zones_exist() {
        assert!(FIXED.is_sorted_by_key(|row| row.0));
        let zones = FIXED.iter().flat_map(|row| row.2);
        for zone in zones.chain(MOBILE.iter().flat_map(|row| row.2)) {
            assert!(jiff::tz::TimeZone::get(zone).is_ok(), "{zone}");
        }
    }
}
