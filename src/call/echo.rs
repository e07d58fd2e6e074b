//! Our own words coming back: a speakerphone, a bad hybrid, a line that loops.
//!
//! The voice detector does not fire on a soft echo, but the recogniser hears everything since the
//! last commit, and would hand us our own question as the callee's answer. What repeats several
//! words of a recent prompt in order is therefore no word of the callee's. Of the prompt that has
//! just begun, or goes on, a piece of its first words is enough: what says the same at once is its
//! echo, and it takes a quarter of a second to know a line for one that returns our voice.

use std::collections::VecDeque;

use super::CallTime;
use super::machine::CallMachine;

/// Our voice is back this long after a prompt at the latest.
const LATEST_MS: u64 = 700;
/// As many words of a prompt in a row are no coincidence; people repeat two or three.
const LEAST_WORDS: usize = 4;
/// So many words of a prompt are its beginning.
const FIRST_WORDS: usize = 4;
/// Prompts that can still come back in one text: it reaches back to the last commit.
const REMEMBERED: usize = 6;

/// What we said last, word by word.
#[derive(Debug, Clone, Default)]
pub(super) struct OwnWords {
    prompts: VecDeque<Vec<String>>,
    /// The line is known to return our voice.
    come_back: bool,
    /// Since when the last prompt is heard, without a break.
    began: Option<CallTime>,
    /// When the last prompt ended.
    silent_since: Option<CallTime>,
}

impl CallMachine {
    /// Whether what is heard now may be our own voice.
    pub(super) fn may_echo(&self, now: CallTime) -> bool {
        let ended = self.own_words.silent_since;
        !self.prompts.is_empty() || ended.is_some_and(|end| now.since(end) <= LATEST_MS)
    }

    /// A text without our own echo. Words of ours that the callee says in a turn of the callee's
    /// are an answer («Скажите «не звоните»»), and a wish to be called no more is one at any time.
    pub(super) fn without_echo(&self, text: &str) -> String {
        let kept = self.own_words.taken_out_of(text);
        let turn = self.late.front().unwrap_or(&self.turn);
        let spoken = turn.began.is_some();
        let meant = spoken && (turn.apart || self.dialogue.opts_out(&kept));
        let echo = self.own_words.come_back_as(&kept)
            || turn
                .set_in
                .is_some_and(|at| self.own_words.begin_as(&kept, at));
        if !meant && echo {
            return String::new();
        }
        kept
    }
}

impl OwnWords {
    /// We are about to say this.
    pub(super) fn say(&mut self, prompt: &str) {
        if self.prompts.len() == REMEMBERED {
            self.prompts.pop_front();
        }
        let words = prompt.split_whitespace().map(plain);
        self.prompts
            .push_back(words.filter(|word| !word.is_empty()).collect());
    }

    /// The prompt is heard from now on, or again.
    pub(super) fn began(&mut self, now: CallTime) {
        self.began = Some(now);
    }

    /// A prompt ended, or was cut.
    pub(super) fn ended(&mut self, now: CallTime) {
        self.silent_since = Some(now);
    }

    /// Our voice comes back: even a few words of it, or the beginning of one, are an echo then.
    pub(super) fn expect_echo(&mut self) {
        self.come_back = true;
    }

    /// Whether all of a text is a piece of ours, on a line that returns our voice.
    fn come_back_as(&self, text: &str) -> bool {
        let heard: Vec<String> = text.split_whitespace().map(plain).collect();
        self.come_back && self.is_ours(&heard)
    }

    /// Whether a text, whose speech set in then, is a piece of the first words that we say.
    fn begin_as(&self, text: &str, at: CallTime) -> bool {
        let soon = |began: CallTime| began <= at && at.since(began) <= LATEST_MS;
        let heard: String = text.split_whitespace().map(plain).collect();
        let prompt = self.prompts.back().filter(|_| self.began.is_some_and(soon));
        prompt.is_some_and(|words| {
            let first: String = words.iter().take(FIRST_WORDS).cloned().collect();
            !heard.is_empty() && first.contains(&heard)
        })
    }

    /// A text without what of it repeats many words of ours in order.
    fn taken_out_of(&self, text: &str) -> String {
        let written: Vec<&str> = text.split_whitespace().collect();
        let heard: Vec<String> = written.iter().copied().map(plain).collect();
        let mut kept = Vec::new();
        let mut at = 0;
        while let Some((word, rest)) = written.get(at).zip(heard.get(at..)) {
            match self.echoed(rest) {
                echo if echo >= LEAST_WORDS => at += echo,
                _ => {
                    kept.push(*word);
                    at += 1;
                }
            }
        }
        kept.join(" ")
    }

    /// Whether all of it stands side by side in a prompt; of the last word its beginning will do.
    fn is_ours(&self, heard: &[String]) -> bool {
        let Some((last, words)) = heard.split_last() else {
            return false;
        };
        let mut prompts = self.prompts.iter();
        prompts.any(|prompt| {
            prompt.windows(heard.len()).any(|own| {
                own.iter().zip(words).all(|(own, word)| own == word)
                    && own.last().is_some_and(|own| own.starts_with(last.as_str()))
            })
        })
    }

    /// How many of the first words are our own in a row.
    fn echoed(&self, heard: &[String]) -> usize {
        self.prompts
            .iter()
            .flat_map(|prompt| (0..prompt.len()).filter_map(|from| prompt.get(from..)))
            .map(|own| heard.iter().zip(own).take_while(|(a, b)| a == b).count())
            .max()
            .unwrap_or(0)
    }
}

/// A word as it is compared: a recogniser writes its own capitals and punctuation.
fn plain(word: &str) -> String {
    let letters = word.chars().filter(|c| c.is_alphanumeric());
    letters
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'ё' { 'е' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const WHO: &str = "Это робот компании «Ромашка». Мы звоним, чтобы предложить воду.";
    const ASK: &str = "Вам удобно сейчас говорить?";

    #[rstest]
    #[case::all_of_it(
        "это робот компании ромашка мы звоним чтобы предложить воду вам удобно сейчас говорить",
        ""
    )]
    #[case::before_an_answer("Вам удобно сейчас говорить? Да, говорите.", "Да, говорите.")]
    #[case::a_part_of_it("чтобы предложить воду да ну", "чтобы предложить воду да ну")]
    #[case::from_the_middle("робот компании Ромашка мы звоним нет", "нет")]
    #[case::around_an_answer(
        "мы звоним чтобы предложить не надо вам удобно сейчас говорить",
        "не надо"
    )]
    #[case::people_repeat_a_little("удобно говорить? да", "удобно говорить? да")]
    #[case::other_words("больше мне не звоните", "больше мне не звоните")]
    #[case::nothing("", "")]
    fn what_comes_back_is_no_word_of_the_callees(#[case] text: &str, #[case] left: &str) {
        let mut own = OwnWords::default();
        own.say(WHO);
        own.say(ASK);
        assert_eq!(own.taken_out_of(text), left);
    }

    #[test]
    fn on_a_line_with_an_echo_even_the_beginning_of_a_word_is_ours() {
        let mut own = OwnWords::default();
        own.say(WHO);
        assert!(!own.come_back_as("мы звон"));
        own.expect_echo();
        for ours in ["мы звон", "робот", "Это ро"] {
            assert!(own.come_back_as(ours), "{ours}");
        }
        for theirs in ["это кто", "да", "мы заняты", ""] {
            assert!(!own.come_back_as(theirs), "{theirs}");
        }
    }

    #[test]
    fn what_was_said_long_ago_does_not_come_back() {
        let mut own = OwnWords::default();
        own.say(ASK);
        for _ in 0..REMEMBERED {
            own.say("Да или нет?");
        }
        assert_eq!(own.taken_out_of(ASK), ASK);
    }

    #[test]
    fn a_line_without_an_echo_keeps_every_word() {
        let own = OwnWords::default();
        assert_eq!(own.taken_out_of("Алло?  Кто это?"), "Алло? Кто это?");
    }
}
