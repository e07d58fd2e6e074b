//! What is said in a recording, word by word with its time, as a recogniser would hear it.
//!
//! From a text beside the recording: plain, or as Audacity exports its labels (from, to and text
//! with tabs between, in seconds). The words of a line are spread over its time by their letters.

/// A word and when it is said, in milliseconds from the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) begins_ms: u64,
    pub(super) ends_ms: u64,
}

/// Reads a text. A line without times is said over the whole recording.
pub(super) fn words_of(text: &str, recording_ms: u64) -> Vec<Word> {
    let mut words: Vec<Word> = text
        .lines()
        .flat_map(|line| match timed(line) {
            Some((from, to, said)) => spread(said, from, to),
            None => spread(line, 0, recording_ms),
        })
        .collect();
    words.sort_by_key(|word| word.ends_ms);
    words
}

/// From, to and text, with tabs between.
fn timed(line: &str) -> Option<(u64, u64, &str)> {
    let (from, rest) = line.split_once('\t')?;
    let (to, said) = rest.split_once('\t')?;
    let ms = |seconds: &str| {
        let seconds: f64 = seconds.trim().parse().ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "held between nought and a day"
        )]
        let ms = (seconds.clamp(0.0, 86_400.0) * 1_000.0) as u64;
        Some(ms)
    };
    Some((ms(from)?, ms(to)?, said))
}

fn spread(said: &str, from_ms: u64, to_ms: u64) -> Vec<Word> {
    // A blank takes as much time as a letter.
    let length = |word: &str| word.chars().count() as u64 + 1;
    let whole: u64 = said.split_whitespace().map(length).sum();
    let time = to_ms.saturating_sub(from_ms);
    let mut spoken = 0;
    said.split_whitespace()
        .map(|word| {
            let at = |spoken: u64| from_ms + (time * spoken).checked_div(whole).unwrap_or(0);
            let begins_ms = at(spoken);
            spoken += length(word);
            Word {
                text: word.to_owned(),
                begins_ms,
                ends_ms: at(spoken),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(String, u64)> {
        let words = words_of(text, 4_000).into_iter();
        words.map(|word| (word.text, word.ends_ms)).collect()
    }

    #[test]
    fn words_stand_where_they_are_said() {
        let labels = "2.0\t3.0\tкто это\n0.250\t1.250\tалло да";
        let words = [("алло", 875), ("да", 1_250), ("кто", 2_500), ("это", 3_000)];
        assert_eq!(told(labels), words.map(|(word, at)| (word.to_owned(), at)));
        let plain = [("да", 1_500), ("алло", 4_000)];
        assert_eq!(told("да алло"), plain.map(|(w, at)| (w.to_owned(), at)));
        assert_eq!(told(" \n"), []);
    }
}
