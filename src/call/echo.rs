//! Our own words coming back: a speakerphone, a bad hybrid, a line that loops.
//!
//! The voice detector does not fire on a soft echo, but the recogniser hears everything since the
//! last commit, and would hand us our own question as the callee's answer. What repeats several
//! words of a recent prompt in order is therefore no word of the callee's.

use std::collections::VecDeque;

/// As many words of a prompt in a row are no coincidence; people repeat two or three.
const LEAST_WORDS: usize = 4;
/// Prompts that can still come back in one text: it reaches back to the last commit.
const REMEMBERED: usize = 6;

/// What we said last, word by word.
#[derive(Debug, Clone, Default)]
pub(super) struct OwnWords {
    prompts: VecDeque<Vec<String>>,
    /// The line is known to return our voice.
    come_back: bool,
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

    /// Our voice comes back: even a few words of it, or the beginning of one, are an echo then.
    pub(super) fn expect_echo(&mut self) {
        self.come_back = true;
    }

    /// A text without what of it is our own echo.
    pub(super) fn taken_out_of(&self, text: &str) -> String {
        let written: Vec<&str> = text.split_whitespace().collect();
        let heard: Vec<String> = written.iter().copied().map(plain).collect();
        if self.come_back && self.is_ours(&heard) {
            return String::new();
        }
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
        assert_eq!(own.taken_out_of("мы звон"), "мы звон");
        own.expect_echo();
        for ours in ["мы звон", "робот", "Это ро"] {
            assert_eq!(own.taken_out_of(ours), "", "{ours}");
        }
        for theirs in ["это кто", "да", "мы заняты"] {
            assert_eq!(own.taken_out_of(theirs), theirs);
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
