//! Calls against the embedded exchange, measured: `cargo bench --bench calls -- conversation` (with
//! `alarms`, say, one of its suites; with `show` what missed its aim) and
//! `-- load 10 50 100`; on a real Asterisk: `-- lab 40`; how long the first request takes: `-- cold`;
//! and the voice detector on a corpus of sound: `-- voice DIR`. The figures stand in
//! `docs/performance.md`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a program that measures, for a person at a terminal"
)]

mod cold;
mod conversation;
mod lab;
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
    let counts: Vec<_> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let given = |usual: &[usize]| {
        if counts.is_empty() {
            usual.to_vec()
        } else {
            counts.clone()
        }
    };
    if asked("cold") {
        cold::measure();
    }
    if asked("conversation") {
        conversation::measure(&words);
    }
    if asked("load") {
        load::measure(&given(&[10, 50, 100]));
    }
    // It needs root and installs Asterisk: nobody gets it unasked.
    if asked("lab") && !words.is_empty() {
        lab::measure(&given(&[40]));
    }
}
