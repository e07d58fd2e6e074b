//! Prints how the standard intents understand labelled utterances: a confusion matrix and the share
//! that is right.
//!
//! `cargo run --example confusion -- FILE…`, each file `LANGUAGE.….tsv` with lines
//! `intent<TAB>text`. With `--mistakes` the lines that came out wrong are shown too, but never those
//! of a file that was held out.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use novodial::dialogue::{IntentSet, STANDARD_INTENTS};
use novodial::language::Language;

/// How often each label was understood as each intent.
type Matrix = BTreeMap<(String, String), usize>;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let shows = arguments.iter().any(|argument| argument == "--mistakes");
    let (mut matrix, mut taken) = (Matrix::new(), Duration::ZERO);
    let mut out = io::stdout().lock();
    for file in arguments
        .iter()
        .filter(|argument| *argument != "--mistakes")
    {
        let path = Path::new(file);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let language = name.split('.').next().and_then(Language::parse);
        let language =
            language.ok_or_else(|| anyhow::anyhow!("{file}: no language in its name"))?;
        let set = IntentSet::standard_ref(language)?;
        let shows = shows && !name.contains("heldout");
        for line in std::fs::read_to_string(path)?.lines() {
            let Some((meant, text)) = line.split_once('\t') else {
                continue;
            };
            let began = now();
            let found = set.classify(text, |name| STANDARD_INTENTS.contains(&name));
            taken += began.elapsed();
            let found = found.map_or_else(|| "none".to_owned(), |evidence| evidence.intent);
            if shows && found != meant {
                writeln!(out, "{text}: {meant}, understood as {found}")?;
            }
            *matrix.entry((meant.to_owned(), found)).or_default() += 1;
        }
    }
    print(&matrix, taken, &mut out)
}

#[expect(clippy::disallowed_methods, reason = "a measurement, not a decision")]
fn now() -> Instant {
    Instant::now()
}

fn print(matrix: &Matrix, taken: Duration, out: &mut impl Write) -> anyhow::Result<()> {
    let all: usize = matrix.values().sum();
    let right: usize = matrix
        .iter()
        .filter(|((meant, found), _)| meant == found)
        .map(|(_, count)| count)
        .sum();
    let names: BTreeSet<&String> = matrix
        .keys()
        .flat_map(|(meant, found)| [meant, found])
        .collect();
    write!(out, "{:>15}", "meant \\ found")?;
    for name in &names {
        write!(out, " {:>5.5}", name)?;
    }
    writeln!(out)?;
    for meant in &names {
        write!(out, "{meant:>15}")?;
        for found in &names {
            match matrix.get(&((*meant).clone(), (*found).clone())) {
                Some(count) => write!(out, " {count:>5}")?,
                None => write!(out, "     .")?,
            }
        }
        writeln!(out)?;
    }
    let share = 100.0 * right as f64 / all.max(1) as f64;
    let each = taken.as_secs_f64() * 1e6 / all.max(1) as f64;
    writeln!(
        out,
        "{right} of {all} right, {share:.1} %; {each:.0} µs each"
    )?;
    Ok(())
}
