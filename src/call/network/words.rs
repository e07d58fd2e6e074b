//! What the network's announcements say before an answer, and what they say of it.
//!
//! Two words at least, since one alone stands in songs and in advertisements. What may still lead to
//! an answer (call waiting, forwarding, a voicemail that follows, a queue) makes the whole say nothing.

use std::sync::LazyLock;

use super::phrase::{Phrase, quoted};
use crate::language::{Token, tokenize};
use crate::line::EarlyMedia;

use EarlyMedia::{Busy, Congestion, NoSuchNumber, Unreachable};

/// Whoever says this may yet put the call through, or takes a message.
const HOPE: &[&str] = &[
    "оставайтесь линии",
    "не кладите",
    "не вешайте",
    "не отключайтесь",
    "дождитесь",
    "ждите",
    "ожидайте",
    "ожидании",
    "подождите",
    "дозваниваться",
    "дозваниваемся",
    "дозвонимся",
    "соединяем",
    "соединяю",
    "перенаправлен",
    "переведен",
    "переадресован",
    "переадресация",
    "вторая линия",
    "другая линия",
    "звонок важен",
    "все операторы",
    "все линии",
    "оставьте",
    "оставить",
    "автоответчик",
    "голосовая почта",
    "голосовой ящик",
    "голосовой помощник",
    "секретарь",
    "ассистент",
    "после сигнала",
    "внутренний",
    "добавочный",
    "hold",
    "stay line",
    "wait",
    "waiting",
    "queue",
    "forwarded",
    "forwarding",
    "transferred",
    "redirected",
    "connecting you",
    "connect you",
    "call is important",
    "leave message",
    "record message",
    "voicemail",
    "voice mail",
    "mailbox",
    "after the tone",
    "after the beep",
    "extension",
    "assistant",
];

/// What phrases say. Where several say different things, the kind that stands first here holds: it
/// costs least if it is wrong. A number of which it is said that it does not exist is never rung
/// again, and a number dialled in a wrong form is told to be wrong, too: so only clear words count.
#[rustfmt::skip]
const SAYS: &[(EarlyMedia, &[&str])] = &[
    (Unreachable, &[
        "аппарат выключен", "телефон выключен", "абонент выключен", "аппарат отключен",
        "телефон отключен", "абонент отключен", "вне зоны", "выключен находится", "зоны действия сети",
        "зоны обслуживания", "зоны покрытия", "абонент недоступен", "телефон недоступен",
        "аппарат недоступен", "номер недоступен", "временно недоступен", "сейчас недоступен",
        "абонент не доступен", "абонент не в сети", "не зарегистрирован сети",
        "абонент заблокирован", "номер заблокирован", "телефон заблокирован",
        "номер не обслуживается", "абонент не обслуживается", "телефон не обслуживается",
        "соединение не может установлено", "невозможно установить соединение",
        "неправильно набран", "набран неправильно", "неверно набран", "набран неверно",
        "switched off", "turned off", "powered off", "out of coverage", "outside coverage",
        "coverage area", "out of range", "temporarily unavailable", "currently unavailable",
        "subscriber unavailable", "number unavailable", "temporarily not available",
        "currently not available", "subscriber not available", "cannot be reached",
        "can't be reached", "not reachable", "not in service", "out of service",
        "temporarily disconnected", "cannot be completed", "can't be completed", "not a valid number",
        "invalid number",
    ]),
    (NoSuchNumber, &[
        "номер не существует", "номера не существует", "не существует номер", "несуществующий номер",
        "нет такого номера", "такого номера нет",
        "number does not exist", "number doesn't exist", "number you dialed not exist",
        "number you dialled not exist", "no such number", "nonexistent number",
        "no longer in service", "number not allocated",
    ]),
    (Busy, &[
        "абонент занят", "номер занят", "линия занята", "телефон занят", "абонент разговаривает",
        "number is busy", "line is busy", "subscriber is busy", "phone is busy", "user is busy",
        "number you are calling busy", "on another call",
    ]),
    (Congestion, &[
        "линия перегружена", "сеть перегружена", "направление перегружено", "перегрузка сети",
        "circuits are busy", "network is busy", "network congestion",
    ]),
];

struct Known {
    hope: Vec<Phrase>,
    says: Vec<(EarlyMedia, Vec<Phrase>)>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let hope = HOPE.iter().map(|words| Phrase::new(words));
    let says = SAYS.iter().map(|(what, words)| {
        let exact = *what == NoSuchNumber;
        let phrase = |words: &&str| match Phrase::new(words) {
            phrase if exact => phrase.exactly(),
            phrase => phrase,
        };
        (*what, words.iter().map(phrase).collect())
    });
    Known {
        hope: hope.collect(),
        says: says.collect(),
    }
});

/// Whether what is said may still lead to an answer.
fn hopes(tokens: &[Token]) -> bool {
    let mut hope = KNOWN.hope.iter();
    hope.any(|phrase| phrase.span(tokens).is_some())
}

/// What a text says, and the words that do.
pub(super) fn said(text: &str) -> Option<(EarlyMedia, String)> {
    let tokens = tokenize(text);
    if hopes(&tokens) {
        return None;
    }
    KNOWN.says.iter().find_map(|(what, phrases)| {
        let span = phrases.iter().find_map(|phrase| phrase.span(&tokens))?;
        Some((*what, quoted(&tokens, span)))
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "Аппарат абонента выключен или находится вне зоны действия сети.",
        Unreachable
    )]
    #[case("Телефон вызываемого абонента выключен.", Unreachable)]
    #[case(
        "Абонент временно недоступен. Попробуйте позвонить позже.",
        Unreachable
    )]
    #[case("Вызываемый вами номер временно не обслуживается.", Unreachable)]
    #[case("Абонент временно заблокирован.", Unreachable)]
    #[case("Соединение с абонентом не может быть установлено.", Unreachable)]
    #[case("аппарат абонента выключе или находится", Unreachable)]
    #[case("Неправильно набран номер.", Unreachable)]
    #[case(
        "The subscriber you are calling is temporarily unavailable.",
        Unreachable
    )]
    #[case("The mobile phone is switched off or out of coverage.", Unreachable)]
    #[case("Your call cannot be completed as dialed.", Unreachable)]
    #[case("Набранный вами номер не существует.", NoSuchNumber)]
    #[case("Вы набрали несуществующий номер.", NoSuchNumber)]
    #[case(
        "Набран несуществующий номер. Проверьте правильность набора.",
        NoSuchNumber
    )]
    #[case("The number you have dialed does not exist.", NoSuchNumber)]
    #[case("номер не существует или временно недоступен", Unreachable)]
    #[case("Вызываемый абонент занят.", Busy)]
    #[case("Абонент разговаривает. Перезвоните, пожалуйста, позже.", Busy)]
    #[case("The number you are calling is busy.", Busy)]
    #[case("Линия перегружена, перезвоните позднее.", Congestion)]
    #[case("All circuits are busy now.", Congestion)]
    fn an_announcement_is_understood(#[case] text: &str, #[case] what: EarlyMedia) {
        assert_eq!(said(text).map(|(what, _)| what), Some(what));
    }

    #[rstest]
    #[case::waiting("Абонент разговаривает по другой линии, оставайтесь на линии.")]
    #[case::waiting("Абонент сейчас разговаривает. Ваш вызов поставлен на ожидание.")]
    #[case::waiting("The line is busy, please hold.")]
    #[case::trying("Абонент недоступен, мы продолжаем дозваниваться, не кладите трубку.")]
    #[case::forwarding("Телефон выключен, ваш звонок перенаправлен.")]
    #[case::forwarding("The phone is switched off. Your call is being forwarded.")]
    #[case::voicemail("Абонент недоступен. Оставьте сообщение после сигнала.")]
    #[case::voicemail("The subscriber is not available, leave your message after the tone.")]
    #[case::queue("Ваш звонок очень важен для нас. Все операторы заняты, ждите ответа.")]
    #[case::queue("Все линии заняты, ожидайте.")]
    #[case::company(
        "Здравствуйте! Вы позвонили в компанию Ромашка. Ваш звонок очень важен для нас."
    )]
    #[case::desk("Вы набрали несуществующий внутренний номер.")]
    #[case::advertised("Хотите такую же мелодию вместо гудка? Наберите номер.")]
    #[case::song("я тебе не верю телефон молчит и гаснет свет")]
    #[case::song("позвони мне позвони, этот номер существует для тебя")]
    #[case::person("алло слушаю вас")]
    #[case::one_word("недоступен")]
    #[case::exists("номер существует")]
    #[case::misheard("набран несуществующи номер")]
    #[case::recorded("В целях повышения качества обслуживания разговор записывается.")]
    #[case::ringing("Соединение устанавливается, гудок.")]
    #[case::nothing("")]
    fn what_may_still_be_answered_says_nothing(#[case] text: &str) {
        assert_eq!(said(text), None);
    }

    #[test]
    fn what_decides_is_quoted_and_is_never_a_word_alone() {
        let said = said("Здравствуйте. Аппарат абонента выключен или находится").unwrap();
        assert_eq!(said.1, "аппарат абонента выключен");
        for (what, words) in SAYS
            .iter()
            .flat_map(|(what, all)| all.iter().map(move |w| (what, w)))
        {
            assert!(tokenize(words).len() >= 2, "{what:?}: {words}");
        }
    }
}
