//! Tables of answers and the values they give.

use jiff::civil::{DateTime, date};
use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn now() -> DateTime {
    date(2026, 11, 22).at(11, 20, 0, 0)
}

fn fill(kind: &SlotKind, text: &str) -> String {
    parse(kind, text, now()).map_or_else(|| "none".to_owned(), |slot| slot.value.to_string())
}

#[rstest]
#[case("да", "yes")]
#[case("ага давайте", "yes")]
#[case("почему бы и нет", "yes")]
#[case("нет спасибо", "no")]
#[case("да нет не надо", "no")]
#[case("yes please", "yes")]
#[case("not interested", "no")]
#[case("синий", "none")]
fn consent_and_refusal(#[case] text: &str, #[case] value: &str) {
    assert_eq!(fill(&SlotKind::YesNo, text), value, "{text}");
}

#[rstest]
#[case("человек двадцать пять", "25")]
#[case("две с половиной", "2.5")]
#[case("полторы тысячи", "1500")]
#[case("пять нет шесть", "6")]
#[case("пять ой точнее семь", "7")]
#[case("ни одного", "0")]
#[case("нисколько", "0")]
#[case("я бы сказал на восемь", "8")]
#[case("on a scale about nine", "9")]
#[case("twenty five", "25")]
#[case("17", "17")]
#[case("не знаю", "none")]
#[case("полтора десятка", "15")]
#[case("четвёрка", "4")]
#[case("на троечку", "3")]
#[case("ставлю пятёрку", "5")]
#[case("не пятёрка", "none")]
#[case("я в Пятёрочке", "none")]
#[case("я около Пятёрочки, четвёрка", "4")]
#[case("пятёрочка", "5")]
#[case("не пять", "none")]
#[case("первый раз слышу", "none")]
#[case("из пяти четыре", "4")]
#[case("четыре из пяти", "4")]
#[case("out of five i'd say four", "4")]
#[case("из пяти", "5")]
#[case("на пять не тянет", "none")]
#[case("на пять не тянет, четыре", "4")]
#[case("не поставлю пять", "none")]
#[case("до пятёрки не дотягивает", "none")]
#[case("десять, не считая директора", "10")]
fn numbers(#[case] text: &str, #[case] value: &str) {
    assert_eq!(fill(&SlotKind::Number, text), value, "{text}");
}

#[rstest]
#[case("полторы тысячи рублей", "1500", Some(Currency::Rub))]
#[case("ну тысяч пять", "5000", None)]
#[case("рублей пятьсот", "500", Some(Currency::Rub))]
#[case("сто двадцать рублей пятьдесят копеек", "120.5", Some(Currency::Rub))]
#[case("двести баксов", "200", Some(Currency::Usd))]
#[case("$250", "250", Some(Currency::Usd))]
#[case("1 500 ₽", "1500", Some(Currency::Rub))]
#[case("two hundred dollars and fifty cents", "200.5", Some(Currency::Usd))]
#[case("a couple of thousand euros", "2000", Some(Currency::Eur))]
#[case("за два месяца три тысячи рублей", "3000", Some(Currency::Rub))]
fn sums(#[case] text: &str, #[case] amount: &str, #[case] currency: Option<Currency>) {
    let slot = parse(&SlotKind::Money, text, now()).unwrap();
    assert_eq!(slot.value.to_string(), amount, "{text}");
    assert_eq!(
        slot.value,
        SlotValue::Money(Quantity::parse(amount).unwrap(), currency)
    );
}

#[rstest]
#[case(SlotKind::Date, "в среду в три", "2026-11-25")]
#[case(SlotKind::Date, "в три", "none")]
#[case(SlotKind::Time, "в половине четвертого", "15:30")]
#[case(SlotKind::Time, "в среду", "none")]
#[case(SlotKind::Moment, "завтра после обеда", "2026-11-23T14:00")]
#[case(SlotKind::Moment, "через час", "2026-11-22T12:20")]
#[case(SlotKind::Moment, "next tuesday at noon", "2026-11-24T12:00")]
#[case(SlotKind::Moment, "когда-нибудь", "none")]
#[case(SlotKind::Moment, "мне уже вчера звонили", "none")]
#[case(
    SlotKind::Moment,
    "сегодня не могу, завтра в десять",
    "2026-11-23T10:00"
)]
#[case(SlotKind::Date, "завтра не смогу", "none")]
#[case(SlotKind::Date, "завтра не могу послезавтра", "2026-11-24")]
#[case(SlotKind::Date, "вчера", "2026-11-21")]
#[case(SlotKind::Time, "в девять", "09:00")]
#[case(SlotKind::Time, "в три не могу в пять могу", "17:00")]
#[case(SlotKind::Time, "через час", "12:20")]
fn days_and_hours(#[case] kind: SlotKind, #[case] text: &str, #[case] value: &str) {
    assert_eq!(fill(&kind, text), value, "{text}");
}

#[rstest]
#[case(
    "восемь девятьсот ноль ноль ноль двенадцать тридцать четыре",
    "+79000001234"
)]
#[case(
    "восемь девятьсот шестнадцать ноль ноль ноль двенадцать тридцать четыре",
    "+79160001234"
)]
#[case(
    "плюс семь девятьсот ноль ноль ноль сорок пять шестьдесят семь",
    "+79000004567"
)]
#[case("девятьсот три нуля ноль один двадцать три", "+79000000123")]
#[case("семь девятьсот три нуля ноль один", "none")]
#[case("8 900 000 12", "none")]
#[case("8 900 000 00 01", "+79000000001")]
#[case("+7 (900) 000-00-01", "+79000000001")]
#[case("мой номер 89000000001 записали", "+79000000001")]
#[case("девять ноль ноль три нуля один три четверки", "+79000001444")]
#[case("two one two five five five zero one double zero", "+12125550100")]
#[case("plus one two one two five five five oh one two three", "+12125550123")]
#[case("пять шесть семь", "none")]
#[case(
    "восемь восемьсот пять пять пять тридцать пять тридцать пять",
    "+78005553535"
)]
#[case("восемь восемьсот пятьсот пять пять пять пять", "+78005005555")]
#[case("восемь восемьсот пять пять тридцать пять тридцать пять", "none")]
// A code said as one, without the eight before it.
#[case(
    "восемьсот сорок три двести пять двенадцать тридцать четыре",
    "+78432051234"
)]
#[case(
    "восемьсот тридцать один двести пять двенадцать тридцать четыре",
    "+78312051234"
)]
#[case(
    "восемь восемьсот сорок три двести пять двенадцать тридцать четыре",
    "+78432051234"
)]
#[case(
    "четыреста девяносто пять двести пять двенадцать тридцать четыре",
    "+74952051234"
)]
fn telephone_numbers(#[case] text: &str, #[case] value: &str) {
    assert_eq!(fill(&SlotKind::Phone, text), value, "{text}");
}

#[rstest]
#[case("иван собака яндекс точка ру", "ivan@yandex.ru")]
#[case("моя почта иван точка петров собачка мейл ру", "ivan.petrov@mail.ru")]
#[case(
    "записывайте анна тире двадцать пять собака джимейл точка ком",
    "anna-25@gmail.com"
)]
#[case("info собака ромашка точка ру спасибо", "info@romashka.ru")]
#[case("ivan@example.com", "ivan@example.com")]
#[case("Пишите на Ivan@Example.com.", "ivan@example.com")]
#[case("my email is john dot smith at gmail dot com", "john.smith@gmail.com")]
#[case("john underscore smith at example dot org", "john_smith@example.org")]
#[case("у меня есть собака", "none")]
#[case("нет почты", "none")]
#[case("иван тире плюс собака мейл точка ру", "none")]
fn e_mail_addresses(#[case] text: &str, #[case] value: &str) {
    assert_eq!(fill(&SlotKind::Email, text), value, "{text}");
}

#[rstest]
#[case("меня зовут анна петровна", "Анна Петровна")]
#[case("анна", "Анна")]
#[case("ну иваном меня зовут", "Иван")]
#[case("семен", "Семён")]
#[case("меня зовут шахноза", "Шахноза")]
#[case("шахноза", "Шахноза")]
#[case("my name is john smith", "John Smith")]
#[case("this is kate", "Kate")]
#[case("анна смирнова", "Анна Смирнова")]
#[case("меня зовут анна петровна смирнова", "Анна Петровна Смирнова")]
#[case("иванова анна петровна", "Иванова Анна Петровна")]
#[case("магомед алиев", "Магомед Алиев")]
#[case("jean-luc", "Jean-Luc")]
#[case("Анна-Мария", "Анна-Мария")]
#[case("анна готова слушать", "Анна")]
#[case("Да, Иванова Анна", "Иванова Анна")]
#[case("Магазин, Анна слушает", "Анна")]
#[case("магазин анна слушает", "Анна")]
#[case("Анна, магазин, слушаю", "Анна")]
#[case("Здравствуйте, Анна Смирнова", "Анна Смирнова")]
#[case("это неправильный номер", "none")]
#[case("не скажу", "none")]
#[case("а зачем вам", "none")]
#[case("да", "none")]
fn names(#[case] text: &str, #[case] value: &str) {
    assert_eq!(fill(&SlotKind::Name, text), value, "{text}");
}

fn sizes() -> SlotKind {
    let option = |value: &str, phrases: &[&str]| ChoiceOption {
        value: value.to_owned(),
        phrases: phrases.iter().map(|phrase| (*phrase).to_owned()).collect(),
    };
    SlotKind::Choice(vec![
        option("small", &["маленькая", "девять литров"]),
        option("large", &["большая", "девятнадцать литров"]),
        option("самовывоз", &[]),
    ])
}

#[rstest]
#[case("давайте большую", "large")]
#[case("девять литров", "small")]
#[case("самовывоз", "самовывоз")]
#[case("второй вариант", "large")]
#[case("последнее", "самовывоз")]
#[case("четвертый", "none")]
#[case("никакую", "none")]
#[case("не большую", "none")]
#[case("только не самовывоз", "none")]
#[case("не маленькую а большую", "large")]
#[case("ни один", "none")]
#[case("первым делом", "none")]
#[case("первый раз слышу", "none")]
#[case("Не, большую", "large")]
#[case("не... большую", "none")]
fn one_of_a_list(#[case] text: &str, #[case] value: &str) {
    assert_eq!(fill(&sizes(), text), value, "{text}");
}

#[test]
fn free_text_is_kept_as_it_was_heard_and_nothing_is_nothing() {
    assert_eq!(
        fill(&SlotKind::Text, "  всё хорошо, но дорого "),
        "всё хорошо, но дорого"
    );
    assert_eq!(fill(&SlotKind::Text, "  "), "none");
}

#[test]
fn the_words_it_was_found_in_are_shown() {
    let shown = |kind: SlotKind, text: &str| parse(&kind, text, now()).unwrap().evidence;
    assert_eq!(
        shown(SlotKind::Money, "ну рублей пятьсот наверное"),
        "рублей пятьсот"
    );
    assert_eq!(
        shown(SlotKind::Moment, "давайте в среду в три"),
        "среду в три"
    );
    assert_eq!(shown(SlotKind::Name, "меня зовут анна"), "анна");
}

#[test]
fn every_kind_has_its_name() {
    for name in SlotKind::NAMES {
        assert!(SlotKind::named(name).is_some(), "{name}");
    }
    assert_eq!(SlotKind::named("choice"), None);
}

proptest! {
    #[test]
    fn no_text_makes_it_fail(text in "[а-яa-z0-9 @.,:+]{0,60}") {
        for name in SlotKind::NAMES {
            let kind = SlotKind::named(name).unwrap();
            if let Some(slot) = parse(&kind, &text, now()) {
                prop_assert!(!slot.evidence.is_empty());
            }
        }
    }
}

#[rstest]
#[case(SlotKind::Number, "не двадцать, а тридцать", Some("30"))]
#[case(SlotKind::Number, "not twenty but thirty", Some("30"))]
#[case(SlotKind::Date, "не завтра а послезавтра", Some("2026-11-24"))]
#[case(SlotKind::Time, "не в три а в пять", Some("17:00"))]
// Nothing is put right here.
#[case(SlotKind::Number, "нас двадцать а не помню сколько ещё", Some("20"))]
#[case(SlotKind::Number, "не знаю а вы", None)]
fn what_is_put_right_counts(
    #[case] kind: SlotKind,
    #[case] text: &str,
    #[case] value: Option<&str>,
) {
    assert_eq!(fill(&kind, text), value.unwrap_or("none"), "{text}");
}
