//! Calls against the embedded exchange, measured: `cargo bench --bench calls -- conversation` and
//! `cargo bench --bench calls -- load 10 50 100`; and the voice detector on a corpus of sound:
//! `cargo bench --bench calls -- voice DIR`. The figures stand in `docs/performance.md`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a program that measures, for a person at a terminal"
)]

mod conversation;
mod load;
mod stage;
mod truth;
mod voice;

fn main() {
    // `cargo bench` adds a `--bench` of its own.
    let words: Vec<_> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    if let [word, corpus] = &words[..]
        && word == "voice"
    {
        voice::measure(corpus);
        return;
    }
    let asked = |word: &str| words.is_empty() || words.iter().any(|given| given == word);
    if asked("conversation") {
        conversation::measure(asked("show") && !words.is_empty());
    }
    if asked("load") {
        let counts: Vec<_> = words.iter().filter_map(|word| word.parse().ok()).collect();
        load::measure(if counts.is_empty() {
            &[10, 50, 100]
        } else {
            &counts
        });
    }
}
