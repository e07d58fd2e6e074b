//! What a recogniser would write of a recording: the words with their times, and errors of its own.

/// What is said when, in milliseconds.
#[derive(Default)]
pub(super) struct Words(Vec<(u32, u32, String)>);

impl Words {
    /// Adds what is said in that time; a recogniser writes no punctuation.
    pub(super) fn push(&mut self, from_ms: u32, to_ms: u32, text: &str) {
        let plain: String = text
            .to_lowercase()
            .chars()
            .map(|c| {
                if c.is_alphanumeric() || c == '\'' {
                    c
                } else {
                    ' '
                }
            })
            .collect();
        let words: Vec<&str> = plain.split_whitespace().collect();
        self.0.push((from_ms, to_ms, words.join(" ")));
    }

    /// One word of 25 is not heard, one of 25 misheard; the same ones each time.
    pub(super) fn errors(mut self, seed: usize) -> Self {
        let mut state = u32::try_from(seed).unwrap_or(0).wrapping_mul(2_654_435_761) | 1;
        for (_, _, text) in &mut self.0 {
            let mut kept = Vec::new();
            for word in text.split_whitespace() {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                match (state >> 16) % 25 {
                    0 => {}
                    1 => kept.push(misheard(word)),
                    _ => kept.push(word.to_owned()),
                }
            }
            *text = kept.join(" ");
        }
        self
    }

    /// As Audacity writes labels: from, to, text, with tabs between, times in seconds.
    pub(super) fn labels(&self) -> String {
        let mut lines = String::new();
        for (from, to, text) in self.0.iter().filter(|(_, _, text)| !text.is_empty()) {
            let seconds = |ms: &u32| f64::from(*ms) / 1_000.0;
            let line = format!("{:.3}\t{:.3}\t{text}\n", seconds(from), seconds(to));
            lines.push_str(&line);
        }
        lines
    }
}

/// An unstressed vowel is heard as another, or the end of the word not at all.
fn misheard(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() > 5 {
        return letters[..letters.len() - 2].iter().collect();
    }
    letters
        .iter()
        .map(|letter| match letter {
            'о' => 'а',
            'а' => 'о',
            'е' => 'и',
            'и' => 'е',
            'e' => 'a',
            other => *other,
        })
        .collect()
}
