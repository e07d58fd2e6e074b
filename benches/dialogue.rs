//! What understanding costs: the classification of an utterance (promised: under 100 µs), and the
//! reading of a scenario of 200 states (promised: under 20 ms).
//!
//! `cargo bench --bench dialogue`

use std::fmt::Write;
use std::io::Write as _;
use std::time::Instant;

use novodial::dialogue::{IntentSet, STANDARD_INTENTS, Scenario};
use novodial::language::Language;

const FILES: [(Language, &str); 2] = [
    (
        Language::Russian,
        include_str!("../tests/utterances/ru.dev.tsv"),
    ),
    (
        Language::English,
        include_str!("../tests/utterances/en.dev.tsv"),
    ),
];
const STATES: usize = 200;
const LOADS: u32 = 50;

#[expect(clippy::disallowed_methods, reason = "a measurement, not a decision")]
fn now() -> Instant {
    Instant::now()
}

fn main() -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for (language, file) in FILES {
        let set = IntentSet::standard_ref(language)?;
        let texts: Vec<&str> = file
            .lines()
            .filter_map(|line| Some(line.split_once('\t')?.1))
            .collect();
        let began = now();
        let found = texts
            .iter()
            .filter(|text| {
                set.classify(text, |name| STANDARD_INTENTS.contains(&name))
                    .is_some()
            })
            .count();
        let each = began.elapsed().as_secs_f64() * 1e6 / texts.len() as f64;
        writeln!(
            out,
            "{language:?}: {each:.1} µs an utterance, {found} of {} understood",
            texts.len()
        )?;
    }
    let source = scenario()?;
    let began = now();
    for _ in 0..LOADS {
        Scenario::parse(&source).map_err(|error| anyhow::anyhow!("{error}"))?;
    }
    let each = began.elapsed().as_secs_f64() * 1e3 / f64::from(LOADS);
    writeln!(out, "{STATES} states: {each:.2} ms to read")?;
    Ok(())
}

/// A scenario of that many questions, each leading to the next.
fn scenario() -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        "[scenario]\nname = \"long\"\nlanguage = \"ru\"\nstart = \"s0\"\n\
         [intents.own]\nphrases = [\"своя фраза\", \"другая фраза\"]\n\
         [global]\nno_input = \"end\"\nno_match = \"end\"\n\
         [global.on]\ndo_not_call = \"stop\"\n",
    );
    for state in 0..STATES - 2 {
        let is_last = state + 3 == STATES;
        let next = if is_last {
            "end".to_owned()
        } else {
            format!("s{}", state + 1)
        };
        writeln!(
            text,
            "[states.s{state}]\nsay = \"Вопрос {state}, {{{{ company }}}}?\"\n\
             on = {{ yes = \"{next}\", no = \"{next}\", own = \"end\" }}\nkeys = {{ 1 = \"{next}\" }}"
        )?;
    }
    text.push_str("[states.end]\nsay = \"Всего доброго!\"\noutcome = \"end\"\n");
    text.push_str("[states.stop]\nsay = \"Больше не позвоним.\"\noutcome = \"do_not_call\"\ndo_not_call = true\n");
    text.push_str("[variables]\ncompany = \"Ромашка\"\n");
    Ok(text)
}
