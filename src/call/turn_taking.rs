//! What is known of the callee's turn under way: when it began, whether the callee is speaking,
//! which texts have come and which are owed.

use super::CallTime;
use crate::language::words_of;

/// The voice detector reports a pause this long after the last voice.
pub(super) const PAUSE_MS: u64 = 80;
/// The voice detector reports speech this long after its onset.
pub(super) const ONSET_MS: u64 = 60;

/// Said to show that one listens, once or over and over; never an interruption.
const BACKCHANNELS: &[&str] = &[
    "угу",
    "ага",
    "да",
    "так",
    "ну",
    "понятно",
    "хорошо",
    "алло",
    "ясно",
    "мм",
    "ммм",
    "м",
    "хм",
    "э",
    "эм",
    "ok",
    "okay",
    "yeah",
    "yes",
    "uh huh",
    "mm",
    "mmm",
    "mhm",
    "hm",
    "hmm",
    "uh",
    "hello",
    "right",
    "i see",
];

/// Words after which something follows.
const OPEN_ENDS: &[&str] = &[
    "и",
    "а",
    "но",
    "ну",
    "или",
    "если",
    "чтобы",
    "потому",
    "э",
    "эм",
    "мм",
    "на",
    "в",
    "с",
    "у",
    "по",
    "за",
    "для",
    "and",
    "but",
    "or",
    "if",
    "because",
    "uh",
    "um",
    "the",
    "a",
    "to",
    "my",
];

/// Words after which something follows, unless the recogniser heard an end («Что?», «Давайте
/// сейчас.»).
const OPEN_UNLESS_ENDED: &[&str] = &[
    "что",
    "как",
    "когда",
    "сейчас",
    "значит",
    "я",
    "мне",
    "that",
    "so",
    "well",
    "i",
];

/// Whether a text over our prompt only shows that somebody listens.
pub(super) fn is_backchannel(text: &str) -> bool {
    is_made_of_backchannels(&words_of(text), false)
}

/// Whether a guess may yet become a sign of listening: «у» before «угу».
pub(super) fn may_be_backchannel(guess: &str) -> bool {
    is_made_of_backchannels(&words_of(guess), true)
}

/// Whether words are one sign of listening after another; of the last one its beginning will do
/// where more may come.
fn is_made_of_backchannels(words: &[String], under_way: bool) -> bool {
    BACKCHANNELS.iter().any(|known| {
        let known: Vec<&str> = known.split(' ').collect();
        match words.split_at_checked(known.len()) {
            Some((said, [])) if said == known => true,
            Some((said, rest)) if said == known => is_made_of_backchannels(rest, under_way),
            _ => under_way && is_beginning(words, &known),
        }
    })
}

/// Whether words begin a phrase, the last of them perhaps cut.
fn is_beginning(words: &[String], phrase: &[&str]) -> bool {
    let Some((last, whole)) = words.split_last() else {
        return true;
    };
    let next = phrase.get(whole.len());
    next.is_some_and(|next| next.starts_with(last.as_str()))
        && phrase.iter().zip(whole).all(|(a, b)| a == b)
}

/// Whether a text sounds as if more were to come: a filler or a conjunction at its end, or digits.
/// The recogniser's own mark at the end closes digits, and words that may end a sentence.
pub(super) fn is_open(text: &str) -> bool {
    let ended = text.trim_end().ends_with(['.', '!', '?']);
    let words = words_of(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        // «Да, это я» is all that was to be said.
        [] | [.., "это", "я"] => false,
        [.., last] if OPEN_ENDS.contains(last) => true,
        [.., _] if ended => false,
        [.., last] => OPEN_UNLESS_ENDED.contains(last) || last.chars().all(|c| c.is_ascii_digit()),
    }
}

/// The callee's turn under way.
#[derive(Debug, Clone, Default)]
pub(super) struct CalleeTurn {
    /// Onset of its first speech.
    pub(super) began: Option<CallTime>,
    /// Onset of its last speech.
    pub(super) set_in: Option<CallTime>,
    /// End of its last speech, while the callee is silent.
    pub(super) paused: Option<CallTime>,
    /// Whether the callee is speaking.
    pub(super) speaking: bool,
    /// Whether the last speech set in by itself, and not while our voice may have come back.
    pub(super) apart: bool,
    /// Final texts, joined.
    text: String,
    /// Where the last of them begins.
    last: usize,
    /// The guess at what is not final yet.
    partial: String,
    /// Commits without their text.
    owed: u32,
}

impl CalleeTurn {
    /// A key pressed is a turn too; written in brackets.
    pub(super) fn of_key(now: CallTime, digit: char) -> Self {
        let (began, paused) = (Some(now), Some(now));
        Self {
            began,
            paused,
            text: format!("[{digit}]"),
            ..Self::default()
        }
    }

    /// Speech set in; `apart` from anything we said.
    pub(super) fn speech_started(&mut self, now: CallTime, apart: bool) {
        self.speaking = true;
        self.apart = apart;
        self.paused = None;
        let onset = CallTime(now.0.saturating_sub(ONSET_MS));
        self.set_in = Some(onset);
        self.began.get_or_insert(onset);
    }

    /// The callee paused; a commit is now owed a text.
    pub(super) fn speech_paused(&mut self, now: CallTime) {
        self.speaking = false;
        self.paused = Some(CallTime(now.0.saturating_sub(PAUSE_MS)));
        self.owed += 1;
    }

    /// A text was asked for, whether or not the callee goes on speaking.
    pub(super) fn owes_text(&mut self, now: CallTime) {
        self.began.get_or_insert(now);
        self.owed += 1;
    }

    pub(super) fn partial(&mut self, text: String) {
        self.partial = text;
    }

    pub(super) fn text_came(&mut self, text: &str, asked: bool) {
        if asked {
            self.owed = self.owed.saturating_sub(1);
        }
        self.partial.clear();
        let text = text.trim();
        // A recogniser writes «…» where it heard something and no word.
        if text.chars().any(char::is_alphanumeric) {
            if !self.text.is_empty() {
                self.text.push(' ');
            }
            self.last = self.text.len();
            self.text.push_str(text);
        }
    }

    /// The recogniser will not answer: take its last guess for the text.
    pub(super) fn give_up_waiting(&mut self) {
        let guess = std::mem::take(&mut self.partial);
        self.text_came(&guess, false);
        self.owed = 0;
    }

    /// What was said, as far as it is final.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The last text of it that came.
    pub(super) fn last_text(&self) -> &str {
        self.text.get(self.last..).unwrap_or_default()
    }

    /// What was said, with the guess at what is not final yet.
    pub(super) fn guess(&self) -> String {
        format!("{} {}", self.text, self.partial).trim().to_owned()
    }

    pub(super) fn is_owed(&self) -> bool {
        self.owed > 0
    }

    /// Ends the turn; the next one begins empty. Texts still owed belong to the one taken.
    pub(super) fn take(&mut self) -> Self {
        std::mem::take(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_that_wants_more_is_open_and_a_name_given_is_not() {
        for open in [
            "да но",
            "ну",
            "Да, но…",
            "мне нужно 25",
            "сейчас",
            "ну.",
            "да и я",
        ] {
            assert!(is_open(open), "{open}");
        }
        for whole in [
            "да это я",
            "Это я.",
            "да верно",
            "12.",
            "Что?",
            "Давайте сейчас.",
            "…",
            "",
        ] {
            assert!(!is_open(whole), "{whole}");
        }
    }

    #[test]
    fn signs_of_listening_are_told_however_they_are_written() {
        for sign in ["угу", "Угу.", "Угу, угу.", "Да-да…", "Mm-hmm.", "I see."] {
            assert!(is_backchannel(sign), "{sign}");
            assert!(may_be_backchannel(sign), "{sign}");
        }
        for word in [
            "Да, нет.",
            "угу подождите",
            "нет",
            "стоп",
            "I seek",
            "",
            "…",
        ] {
            assert!(!is_backchannel(word), "{word}");
        }
        for beginning in ["", "У", "Да, т", "uh", "I s"] {
            assert!(may_be_backchannel(beginning), "{beginning}");
        }
        for word in ["Да, не", "под", "угу под", "I want"] {
            assert!(!may_be_backchannel(word), "{word}");
        }
    }
}
