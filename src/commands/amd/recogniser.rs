//! The recogniser of a call that is only played: its texts come as late as those of the service.
//!
//! By the double that stands for the service in rehearsals: a guess at most every 300 ms and 160 ms
//! behind the sound, none while a text is owed, a text 320 ms after it was asked for. Calls send the
//! silence that a session wants before its first guess while the phone rings.

use std::collections::VecDeque;
use std::time::Duration;

use super::words::Word;
use crate::call::CallEvent;
use crate::rehearsal::speech_service::{Partials, Timing};

/// Sound goes to the service in pieces of this length.
const PIECE_MS: u64 = 100;

/// A recogniser that hears what is written down.
#[derive(Debug)]
pub(super) struct Recogniser<'a> {
    /// What it has not given a text of.
    words: &'a [Word],
    commit: Duration,
    partials: Partials,
    owed: VecDeque<(Duration, String)>,
}

impl<'a> Recogniser<'a> {
    pub(super) fn new(words: &'a [Word]) -> Self {
        let timing = Timing::default();
        Self {
            words,
            commit: timing.commit,
            partials: Partials::new(&timing),
            owed: VecDeque::new(),
        }
    }

    /// What it reports by now.
    pub(super) fn tick(&mut self, now_ms: u64) -> Vec<CallEvent> {
        let now = Duration::from_millis(now_ms);
        let mut events = Vec::new();
        while let Some((_, text)) = self.owed.pop_front_if(|(due, _)| *due <= now) {
            events.push(CallEvent::FinalText(text));
        }
        if now_ms.is_multiple_of(PIECE_MS) {
            let heard = |word: &Word| word.ends_ms <= now_ms;
            let (text, _) = self.split(self.words.partition_point(heard));
            self.partials.heard(now, text);
        }
        events.extend(self.partials.due(now).map(CallEvent::PartialText));
        events
    }

    /// The text of what was heard since the last commit is wanted.
    pub(super) fn commit(&mut self, now_ms: u64) {
        // Of a word that is cut, the half is enough.
        let heard = |word: &Word| word.begins_ms + word.ends_ms <= 2 * now_ms;
        let (text, rest) = self.split(self.words.partition_point(heard));
        self.words = rest;
        let now = Duration::from_millis(now_ms);
        let last = self.owed.back().map_or(Duration::ZERO, |(due, _)| *due);
        let due = (now + self.commit).max(last);
        self.owed.push_back((due, text));
        self.partials.commit(due);
    }

    /// So many words as a text, and the others.
    fn split(&self, count: usize) -> (String, &'a [Word]) {
        let (heard, rest) = self.words.split_at(count);
        let texts: Vec<&str> = heard.iter().map(|word| word.text.as_str()).collect();
        (texts.join(" "), rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::amd::words::words_of;

    #[test]
    fn guesses_lag_and_rest_and_a_text_comes_after_its_commit() {
        let words = words_of("0\t1.0\tалло да да", 2_000);
        let mut recogniser = Recogniser::new(&words);
        let mut told = Vec::new();
        for now in (0..2_000).step_by(20) {
            if now == 1_080 {
                recogniser.commit(now);
            }
            told.extend(recogniser.tick(now).into_iter().map(|event| (now, event)));
        }
        let guess = |text: &str| CallEvent::PartialText(text.to_owned());
        let expected = [
            (660, guess("алло")),
            (960, guess("алло да")),
            (1_400, CallEvent::FinalText("алло да да".to_owned())),
        ];
        assert_eq!(told, expected);
    }
}
