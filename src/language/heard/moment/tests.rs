//! A table of moments, all as of a Sunday, 22 November 2026, 11:20.

use jiff::civil::date;
use proptest::prelude::*;
use rstest::rstest;

use super::super::words;
use super::*;

fn read(text: &str) -> String {
    let now = date(2026, 11, 22).at(11, 20, 30, 0);
    shown(moment(&words(text), now))
}

fn shown(found: Option<Moment>) -> String {
    let Some(found) = found else {
        return "none".to_owned();
    };
    let from = found.from.strftime("%m-%d %H:%M").to_string();
    if found.exact {
        return from;
    }
    let to = found.to;
    let to = if to.date() == found.from.date() {
        to.strftime("%H:%M").to_string()
    } else {
        to.strftime("%m-%d %H:%M").to_string()
    };
    format!("{from}-{to}")
}

#[rstest]
#[case("завтра после обеда", "11-23 14:00-18:00")]
#[case("в понедельник в три", "11-23 15:00")]
#[case("через час", "11-22 12:20")]
#[case("послезавтра утром", "11-24 09:00-12:00")]
#[case("в пол третьего", "11-22 14:30")]
#[case("завтра в полтретьего", "11-23 14:30")]
#[case("завтра в половине шестого", "11-23 17:30")]
#[case("через полчаса", "11-22 11:50")]
#[case("через пол часа", "11-22 11:50")]
#[case("перезвоните минут через двадцать", "11-22 11:40")]
#[case("часа через два", "11-22 13:20")]
#[case("через полтора часа", "11-22 12:50")]
#[case("через час с половиной", "11-22 12:50")]
#[case("через час полтора", "11-22 12:20-12:50")]
#[case("через пару часов", "11-22 13:20")]
#[case("через два три часа", "11-22 13:20-14:20")]
#[case("через пять минут", "11-22 11:25")]
#[case("через два дня", "11-24 10:00-20:00")]
#[case("дня через три", "11-25 10:00-20:00")]
#[case("через неделю", "11-29 10:00-20:00")]
#[case("через неделю вечером", "11-29 18:00-21:00")]
#[case("через две недели в пять часов", "12-06 17:00")]
#[case("через месяц", "12-22 10:00-20:00")]
#[case("сегодня вечером", "11-22 18:00-21:00")]
#[case("сегодня", "11-22 11:20-20:00")]
#[case("вечером", "11-22 18:00-21:00")]
#[case("завтра", "11-23 10:00-20:00")]
#[case("завтра с утра", "11-23 09:00-12:00")]
#[case("давайте завтра часов в пять", "11-23 17:00")]
#[case("завтра в десять утра", "11-23 10:00")]
#[case("завтра в семь вечера", "11-23 19:00")]
#[case("завтра в час", "11-23 13:00")]
#[case("завтра в час дня", "11-23 13:00")]
#[case("завтра в час тридцать", "11-23 13:30")]
#[case("завтра в двенадцать", "11-23 12:00")]
#[case("завтра в полдень", "11-23 12:00")]
#[case("завтра в пятнадцать тридцать", "11-23 15:30")]
#[case("завтра в пятнадцать ноль ноль", "11-23 15:00")]
#[case("завтра в десять ноль пять", "11-23 10:05")]
#[case("завтра в два часа пятнадцать минут", "11-23 14:15")]
#[case("завтра в 15:30", "11-23 15:30")]
#[case("завтра в 10.30", "11-23 10:30")]
#[case("завтра к 9 утра", "11-23 09:00")]
#[case("завтра без пятнадцати пять", "11-23 16:45")]
#[case("завтра без четверти шесть", "11-23 17:45")]
#[case("завтра без десяти час", "11-23 12:50")]
#[case("завтра в четверть пятого", "11-23 16:15")]
#[case("завтра в десять минут шестого", "11-23 17:10")]
#[case("завтра с двух до пяти", "11-23 14:00-17:00")]
#[case("завтра с десяти до двух", "11-23 10:00-14:00")]
#[case("завтра между тремя и четырьмя", "11-23 15:00-16:00")]
#[case("завтра после шести", "11-23 18:00-21:00")]
#[case("завтра до обеда", "11-23 09:00-12:00")]
#[case("завтра в обед", "11-23 12:00-14:00")]
#[case("завтра во второй половине дня", "11-23 13:00-18:00")]
#[case("завтра в первой половине дня", "11-23 09:00-12:00")]
#[case("в среду", "11-25 10:00-20:00")]
#[case("во вторник вечером", "11-24 18:00-21:00")]
#[case("в воскресенье", "11-29 10:00-20:00")]
#[case("в следующую пятницу в четыре", "11-27 16:00")]
#[case("в эту субботу", "11-28 10:00-20:00")]
#[case("на следующей неделе", "11-23 10:00-11-27 20:00")]
#[case("в начале следующей недели", "11-23 10:00-11-24 20:00")]
#[case("в конце месяца", "11-22 11:20-11-30 20:00")]
#[case("в начале декабря", "12-01 10:00-12-11 20:00")]
#[case("в декабре", "12-01 10:00-12-31 20:00")]
#[case("на выходных", "11-22 11:20-20:00")]
#[case("двадцать пятого ноября", "11-25 10:00-20:00")]
#[case("двадцать пятого", "11-25 10:00-20:00")]
#[case("пятого числа", "12-05 10:00-20:00")]
#[case("тридцать первого", "12-31 10:00-20:00")]
#[case("пятого двенадцатого", "12-05 10:00-20:00")]
#[case("25 ноября в 14:00", "11-25 14:00")]
#[case("25.11", "11-25 10:00-20:00")]
#[case("четвертого декабря в пять", "12-04 17:00")]
#[case("третьего февраля", "02-03 10:00-20:00")]
#[case("в девять", "11-22 21:00")]
#[case("в три", "11-22 15:00")]
#[case("в одиннадцать утра", "11-23 11:00")]
#[case("три часа", "11-22 15:00")]
#[case("три", "11-22 15:00")]
#[case("в двенадцать ночи", "11-23 00:00")]
#[case("потом", "none")]
#[case("позвоните позже", "none")]
#[case("у меня пять детей", "none")]
#[case("я слушаю вас", "none")]
#[case("второй вариант", "none")]
#[case("на пять минут", "none")]
fn russian(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(read(text), expected, "{text}");
}

#[rstest]
#[case("next tuesday at noon", "11-24 12:00")]
#[case("tomorrow afternoon", "11-23 12:00-17:00")]
#[case("tomorrow at three", "11-23 15:00")]
#[case("tomorrow at three thirty pm", "11-23 15:30")]
#[case("tomorrow at 10 a.m.", "11-23 10:00")]
#[case("tomorrow at 9 p.m.", "11-23 21:00")]
#[case("tomorrow half past three", "11-23 15:30")]
#[case("tomorrow at quarter to five", "11-23 16:45")]
#[case("tomorrow at ten past six", "11-23 18:10")]
#[case("tomorrow at ten minutes to six", "11-23 17:50")]
#[case("tomorrow at nine in the morning", "11-23 09:00")]
#[case("tomorrow at eight in the evening", "11-23 20:00")]
#[case("tomorrow at five o'clock", "11-23 17:00")]
#[case("in an hour", "11-22 12:20")]
#[case("in half an hour", "11-22 11:50")]
#[case("in an hour and a half", "11-22 12:50")]
#[case("in a couple of hours", "11-22 13:20")]
#[case("in about twenty minutes", "11-22 11:40")]
#[case("in two days", "11-24 10:00-20:00")]
#[case("in a week", "11-29 10:00-20:00")]
#[case("the day after tomorrow", "11-24 10:00-20:00")]
#[case("this evening", "11-22 18:00-21:00")]
#[case("tonight at eight", "11-22 20:00")]
#[case("monday morning", "11-23 09:00-12:00")]
#[case("on friday after five", "11-27 17:00-21:00")]
#[case("wednesday between two and four", "11-25 14:00-16:00")]
#[case("tomorrow from nine to five", "11-23 09:00-17:00")]
#[case("next week", "11-23 10:00-11-27 20:00")]
#[case("at the end of the month", "11-22 11:20-11-30 20:00")]
#[case("november twenty fifth", "11-25 10:00-20:00")]
#[case("the twenty fifth of november at 3pm", "11-25 15:00")]
#[case("december the third", "12-03 10:00-20:00")]
#[case("on the fifth", "12-05 10:00-20:00")]
#[case("tomorrow after lunch", "11-23 14:00-18:00")]
#[case("later", "none")]
#[case("may i ask who is calling", "none")]
fn english(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(read(text), expected, "{text}");
}

#[test]
fn what_is_past_can_be_dated() {
    let now = date(2026, 11, 22).at(11, 20, 0, 0);
    let found = moment(&words("вчера"), now).unwrap();
    assert_eq!(found.from.date(), date(2026, 11, 21));
    let found = moment(&words("два дня назад"), now).unwrap();
    assert_eq!(found.from.date(), date(2026, 11, 20));
    let found = moment(&words("пятого марта 1985 года"), now).unwrap();
    assert_eq!(found.from.date(), date(1985, 3, 5));
}

#[test]
fn the_words_it_was_found_in_are_told() {
    let now = date(2026, 11, 22).at(11, 20, 0, 0);
    let heard = words("ну давайте завтра часов в пять наверное");
    let found = moment(&heard, now).unwrap();
    assert_eq!(
        super::super::said(&heard, found.range.clone()),
        "завтра часов в пять"
    );
    assert!(found.dated && found.timed && found.exact);
}

/// What the callee rules out is no promise: the next time that is said counts, or none.
#[rstest]
#[case("сегодня не могу завтра в десять", "11-23 10:00")]
#[case("сегодня не могу, завтра в десять", "11-23 10:00")]
#[case("завтра я занят в пятницу в два", "11-27 14:00")]
#[case("завтра к сожалению никак давайте в среду", "11-25 10:00-20:00")]
#[case("только не сегодня", "none")]
#[case("завтра не смогу", "none")]
#[case("не могу завтра", "none")]
#[case("не могу завтра давайте в пятницу", "11-27 10:00-20:00")]
#[case("завтра не могу послезавтра", "11-24 10:00-20:00")]
#[case("в три не могу в пять могу", "11-22 17:00")]
#[case("завтра в три не могу в пять могу", "11-23 17:00")]
#[case("завтра в три не могу в пятницу могу", "11-27 10:00-20:00")]
#[case("завтра в три не могу", "none")]
#[case("завтра в три нет в пять", "11-23 17:00")]
#[case("ни сегодня ни завтра не могу", "none")]
#[case("в среду или в четверг не могу в пятницу", "11-27 10:00-20:00")]
#[case("не звоните завтра", "none")]
#[case("i can't tomorrow friday is fine", "11-27 10:00-20:00")]
#[case("not tomorrow the day after", "11-24 10:00-20:00")]
#[case("not on friday", "none")]
#[case("yes but not in the morning", "none")]
#[case("tomorrow i can't", "none")]
#[case("tomorrow doesn't work thursday does", "11-26 10:00-20:00")]
#[case("i'm busy tomorrow", "none")]
// A denial of its own day, after one that was asked for or that a comma parts.
#[case("Давайте завтра, не могу сегодня", "11-23 10:00-20:00")]
#[case("давайте завтра не могу сегодня", "11-23 10:00-20:00")]
#[case("в пятницу, не могу в четверг", "11-27 10:00-20:00")]
#[case("Завтра в десять, я занят сегодня", "11-23 10:00")]
#[case("call me tomorrow, I can't today", "11-23 10:00-20:00")]
#[case("call me tomorrow at ten i can't do today", "11-23 10:00")]
#[case("завтра, к сожалению, не могу, давайте в пятницу", "11-27 10:00-20:00")]
#[case("завтра, к сожалению, не могу в пятницу смогу", "11-27 10:00-20:00")]
#[case("завтра, не могу, в пятницу", "11-27 10:00-20:00")]
#[case("No good tomorrow, Friday is fine", "11-27 10:00-20:00")]
#[case("no free time tomorrow", "none")]
// What is denied is something else, or nothing.
#[case("не могу сейчас завтра в десять", "11-23 10:00")]
#[case("я сейчас занят завтра в десять", "11-23 10:00")]
#[case("завтра в десять сейчас не могу", "11-23 10:00")]
#[case("не могу говорить завтра в десять перезвоните", "11-23 10:00")]
#[case("не могу завтра перезвоните", "11-23 10:00-20:00")]
#[case("перезвоните завтра не могу говорить", "11-23 10:00-20:00")]
#[case("не могу, завтра", "11-23 10:00-20:00")]
#[case("завтра нет проблем", "11-23 10:00-20:00")]
#[case("завтра я не занят", "11-23 10:00-20:00")]
#[case("почему не завтра", "11-23 10:00-20:00")]
#[case("not until friday", "11-27 10:00-20:00")]
#[case("i'm busy right now call me tomorrow", "11-23 10:00-20:00")]
#[case("tomorrow no problem", "11-23 10:00-20:00")]
#[case("завтра в десять, нет никаких проблем", "11-23 10:00")]
#[case("завтра в десять, нет, это не проблема", "11-23 10:00")]
#[case("завтра в десять нет никаких шансов", "none")]
#[case("Friday is no trouble", "11-27 10:00-20:00")]
#[case("Friday is no good", "none")]
#[case("No, call me tomorrow at ten", "11-23 10:00")]
#[case("no call me tomorrow at ten", "11-23 10:00")]
#[case("don't call me tomorrow", "none")]
fn what_is_ruled_out_is_no_promise(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(read(text), expected, "{text}");
}

/// Until when one is busy is from when on one is free.
#[rstest]
#[case("Занят до шести, перезвоните", "11-22 18:00-21:00")]
#[case("я занят до шести", "11-22 18:00-21:00")]
#[case("завтра занята на работе до шести", "11-23 18:00-21:00")]
#[case("не могу до шести перезвоните", "11-22 18:00-21:00")]
#[case("завтра занят до обеда", "11-23 14:00-18:00")]
#[case("i'm busy until six, call me back", "11-22 18:00-21:00")]
#[case("занят с двух до пяти перезвоните", "none")]
#[case("завтра занят с двух до пяти перезвоните", "11-23 10:00-20:00")]
#[case("завтра до шести занят", "11-23 18:00-21:00")]
#[case("до шести часов я занят перезвоните", "11-22 18:00-21:00")]
#[case("не могу говорить до шести", "11-22 18:00-21:00")]
#[case("завтра с двух до шести занят", "none")]
#[case("завтра до шести, сейчас занят", "11-23 09:00-18:00")]
#[case("перезвоните завтра до шести", "11-23 09:00-18:00")]
#[case("завтра до шести не занят", "11-23 09:00-18:00")]
#[case("занят до пятницы", "none")]
#[case("занят до пятого ноября", "none")]
fn who_is_busy_until_an_hour_is_free_after_it(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(read(text), expected, "{text}");
}

/// "The day after" is no day of its own where it says what it is after.
#[rstest]
#[case("Завтра день после операции", "11-23 10:00-20:00")]
#[case("tomorrow is the day after surgery", "11-23 10:00-20:00")]
#[case("not tomorrow, the day after please", "11-24 10:00-20:00")]
#[case("not tomorrow, the day after, at ten", "11-24 10:00")]
fn the_day_after_what(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(read(text), expected, "{text}");
}

#[rstest]
#[case("Wednesday two weeks from now", "12-02 10:00-20:00")]
#[case("wednesday a week from now", "11-25 10:00-20:00")]
#[case("on wednesday call me two weeks from now", "11-25 10:00-20:00")]
#[case("через две недели в среду", "12-02 10:00-20:00")]
#[case("через две недели в пятницу в три", "12-04 15:00")]
#[case("в среду через неделю", "11-25 10:00-20:00")]
#[case("an hour from now", "11-22 12:20")]
#[case("half an hour from now", "11-22 11:50")]
#[case("an hour and a half from now", "11-22 12:50")]
#[case("two weeks from now", "12-06 10:00-20:00")]
#[case("from now on", "none")]
fn weeks_and_hours_from_now(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(read(text), expected, "{text}");
}

/// As of Monday the 23rd, at ten.
#[rstest]
#[case("сегодня в девять", "11-23 21:00")]
#[case("сегодня в девять утра", "none")]
#[case("сегодня утром", "11-23 10:00-12:00")]
#[case("утром", "11-24 09:00-12:00")]
#[case("днем", "11-23 12:00-17:00")]
#[case("мне уже вчера звонили", "none")]
#[case("вчера в три звонили давайте завтра", "11-24 10:00-20:00")]
#[case("два дня назад звонили", "none")]
#[case("пятого марта 2020 года", "none")]
#[case("в начале месяца", "12-01 10:00-12-11 20:00")]
#[case("в начале ноября", "11-01 10:00-11-10 20:00")]
#[case("в конце ноября", "11-23 10:00-11-30 20:00")]
#[case("через ноль минут", "none")]
#[case("в девять", "11-23 21:00")]
fn a_call_back_is_ahead(#[case] text: &str, #[case] expected: &str) {
    let now = date(2026, 11, 23).at(10, 0, 0, 0);
    let found = moment_ahead(&words(text), now);
    assert!(found.as_ref().is_none_or(|found| found.to > now));
    assert_eq!(shown(found), expected, "{text}");
}

#[test]
fn a_part_of_the_day_that_has_begun_is_not_now() {
    let at = |hour| date(2026, 11, 23).at(hour, 0, 0, 0);
    let read = |text: &str, hour| shown(moment(&words(text), at(hour)));
    assert_eq!(read("вечером", 19), "11-23 20:00-21:00");
    assert_eq!(read("вечером", 20), "11-24 18:00-21:00");
    assert_eq!(read("утром", 9), "11-23 09:00-12:00");
}

/// A telephone number, or a number that no calendar holds, beside «через».
#[rstest]
#[case("перезвоните минут через двадцать 89000000001", "11-22 11:40")]
#[case("минут через двадцать тридцать", "11-22 11:40-11:50")]
#[case("через два три часа 89000000001", "11-22 13:20-14:20")]
#[case("через сто миллиардов минут", "none")]
#[case("через 999999999 часов", "none")]
#[case("через 9223372036854775,807 часа с половиной", "none")]
fn no_number_is_too_large(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(read(text), expected, "{text}");
}

proptest! {
    #[test]
    fn no_number_makes_it_fail(
        picks in proptest::collection::vec(0_usize..28, 1..9),
        number in proptest::num::u64::ANY,
        decimals in 0_u32..1000,
    ) {
        let (whole, split) = (number.to_string(), format!("{}.{decimals}", number / 2000));
        let list = [
            whole.as_str(), split.as_str(), "через", "минут", "часов", "дней", "недель", "месяцев",
            "лет", "миллиардов", "миллиард", "тысяч", "с", "половиной", "и", "целых", "десятых",
            "in", "hours", "and", "a", "half", "point", "nine", "назад", "минус", "ago", "to",
        ];
        let text: Vec<&str> = picks.iter().filter_map(|pick| list.get(*pick).copied()).collect();
        let heard = words(&text.join(" "));
        let now = date(2026, 11, 22).at(11, 20, 0, 0);
        if let Some(found) = moment(&heard, now) {
            prop_assert!(found.from <= found.to && !found.range.is_empty(), "{:?}", text);
        }
    }

    #[test]
    fn no_text_makes_it_fail_and_no_span_is_reversed(
        picks in proptest::collection::vec(0_usize..40, 1..9),
        hour in 0_i8..24,
    ) {
        let list = [
            "завтра", "в", "три", "часа", "через", "пол", "третьего", "без", "четверти", "пять",
            "минут", "с", "до", "после", "обеда", "утра", "дня", "вечером", "следующей", "неделе",
            "конце", "месяца", "пятого", "ноября", "среду", "и", "тридцать", "30.02", "24:00",
            "half", "past", "to", "noon", "in", "an", "hour", "pm", "the", "тысячу", "лет",
        ];
        let text: Vec<&str> = picks.iter().filter_map(|pick| list.get(*pick).copied()).collect();
        let text = text.join(" ");
        let now = date(2026, 11, 22).at(hour, 20, 0, 0);
        let heard = words(&text);
        if let Some(found) = moment(&heard, now) {
            prop_assert!(found.from <= found.to, "{}: {:?}", text, found);
            prop_assert!(found.range.end <= heard.len() && !found.range.is_empty(), "{}", text);
        }
    }
}
