//! Dates, days of the week and times of day.

use jiff::civil::{Date, DateTime, Time};

use super::super::join;
use super::cardinal::cardinal;
use super::noun::Noun;
use super::ordinal::ordinal;
use crate::language::{Case, Gender};

const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];
const WEEKDAYS: [[&str; 6]; 7] = [
    [
        "понедельник",
        "понедельника",
        "понедельнику",
        "понедельник",
        "понедельником",
        "понедельнике",
    ],
    [
        "вторник",
        "вторника",
        "вторнику",
        "вторник",
        "вторником",
        "вторнике",
    ],
    ["среда", "среды", "среде", "среду", "средой", "среде"],
    [
        "четверг",
        "четверга",
        "четвергу",
        "четверг",
        "четвергом",
        "четверге",
    ],
    [
        "пятница",
        "пятницы",
        "пятнице",
        "пятницу",
        "пятницей",
        "пятнице",
    ],
    [
        "суббота",
        "субботы",
        "субботе",
        "субботу",
        "субботой",
        "субботе",
    ],
    [
        "воскресенье",
        "воскресенья",
        "воскресенью",
        "воскресенье",
        "воскресеньем",
        "воскресенье",
    ],
];
const HOUR: Noun = Noun {
    gender: Gender::Masculine,
    one: ["час", "часа", "часу", "час", "часом", "часе"],
    many: ["часы", "часов", "часам", "часы", "часами", "часах"],
};
const MINUTE: Noun = Noun {
    gender: Gender::Feminine,
    one: ["минута", "минуты", "минуте", "минуту", "минутой", "минуте"],
    many: [
        "минуты",
        "минут",
        "минутам",
        "минуты",
        "минутами",
        "минутах",
    ],
};

/// «двадцать третье ноября», in a case «двадцать третьего ноября».
pub(in super::super) fn date(date: Date, year: bool, case: Case) -> String {
    let day = ordinal(i64::from(date.day()), Gender::Neuter, case);
    let month = usize::from(date.month().unsigned_abs()) - 1;
    let month = MONTHS.get(month).copied().unwrap_or_default();
    if !year {
        return join(&[&day, month]);
    }
    let year = ordinal(i64::from(date.year()), Gender::Masculine, Case::Genitive);
    join(&[&day, month, &year, "года"])
}

/// The day of the week.
pub(in super::super) fn weekday(date: Date, case: Case) -> &'static str {
    let index = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
    WEEKDAYS.get(index).map_or("", |forms| case.of(forms))
}

/// «пятнадцать часов тридцать минут»; full hours without minutes.
pub(in super::super) fn time(time: Time, case: Case) -> String {
    let hour = counted(time.hour(), &HOUR, case);
    if time.minute() == 0 {
        return hour;
    }
    join(&[hour, counted(time.minute(), &MINUTE, case)])
}

fn counted(n: i8, noun: &Noun, case: Case) -> String {
    let count = cardinal(i64::from(n), noun.gender, case);
    join(&[
        count.as_str(),
        noun.after(u64::from(n.unsigned_abs()), case),
    ])
}

/// «сегодня», «завтра», «послезавтра», a day of the coming week by its name too, else the date;
/// then the time.
pub(in super::super) fn moment(at: DateTime, now: DateTime) -> String {
    let day = at.date();
    let days = (day - now.date()).get_days();
    let near = match days {
        0 => "сегодня".to_owned(),
        1 => "завтра".to_owned(),
        2 => "послезавтра".to_owned(),
        3..=7 => {
            let name = weekday(day, Case::Accusative);
            let before = if name.starts_with("вт") {
                "во"
            } else {
                "в"
            };
            format!("{before} {name}, {},", date(day, false, Case::Genitive))
        }
        _ => date(day, day.year() != now.year(), Case::Genitive),
    };
    let before = "в";
    format!("{near} {before} {}", time(at.time(), Case::Accusative))
}
