//! Learns from texts which words are a machine's: logistic regressions over the traits of a text,
//! trained by stochastic gradient descent with the steps of `AdaGrad` (Duchi, Hazan and Singer, 2011).
//! The same texts give the same table.

use std::collections::BTreeMap;

use novodial::call::traits;

/// Rounds through all texts.
const ROUNDS: usize = 12;
const STEP: f64 = 0.3;
/// How strongly a weight is drawn back to nothing at each step.
const DECAY: f64 = 0.0003;
/// A trait of fewer texts is chance.
const LEAST_TEXTS: u32 = 3;
/// How much a beginning of a text counts: it is all that is heard at first.
const BEGINNING: f64 = 0.3;
/// Beginnings of so many words, of people and of machines.
const BEGINNINGS: [&[usize]; 2] = [&[3, 6, 10], &[4, 6, 9, 13]];
/// How much a sentence counts by itself: who is heard from the middle on says no more.
const SENTENCE: f64 = 0.5;
/// A sentence has so many words.
const SENTENCE_WORDS: usize = 3;
/// A weight that tells nothing, in hundredths.
const LEAST_WEIGHT: f64 = 15.0;
/// The kinds of machines, in the order of the table.
const KINDS: [&str; 3] = ["voicemail", "announcement", "assistant"];

/// A text as the numbers of its traits.
struct Example {
    traits: Vec<usize>,
    /// Its place in [`KINDS`]; none: a person.
    kind: Option<usize>,
    /// How much it counts.
    counts: f64,
}

/// A text, which machine says it if any, and how much it counts.
type Labelled = (String, Option<usize>, f64);

/// The table: for each trait how much it speaks for a machine, and for each kind of machine against
/// the others, in hundredths of the logarithm of the odds. From labelled greetings and from what
/// people reply, each file with how much its texts count.
pub(super) fn table(greetings: &[(&str, f64)], replies: (&[&str], f64)) -> String {
    let (mut texts, mut of_texts): (Vec<Labelled>, Vec<Labelled>) = Default::default();
    for (file, counts) in greetings {
        for line in super::lines(file) {
            let (label, text) = line.split_once(' ').unwrap_or((line, ""));
            let kind = KINDS.iter().position(|kind| *kind == label);
            texts.push((super::spoken(text), kind, *counts));
            of_texts.extend(parts(text, kind, *counts));
        }
    }
    for line in replies.0.iter().flat_map(|file| super::lines(file)) {
        let (_, text) = line.split_once('\t').unwrap_or(("", line));
        texts.push((text.to_owned(), None, replies.1));
    }
    let (names, examples) = examples(&texts, &of_texts);
    let mut columns = vec![learn(names.len(), &examples, |kind| Some(kind.is_some()))];
    for at in 0..KINDS.len() {
        columns.push(learn(names.len(), &examples, |kind| {
            kind.map(|kind| kind == at)
        }));
    }
    let mut table = String::new();
    for (name, at) in names {
        let row: Vec<f64> = columns.iter().map(|column| column[at] * 100.0).collect();
        if row.iter().any(|weight| weight.abs() >= LEAST_WEIGHT) {
            let cells: Vec<String> = row.iter().map(|weight| format!("{weight:.0}")).collect();
            table.extend([&name, "\t", &cells.join("\t"), "\n"]);
        }
    }
    table
}

/// Beginnings and sentences of a text.
fn parts(text: &str, kind: Option<usize>, counts: f64) -> Vec<Labelled> {
    let whole = super::spoken(text);
    let words: Vec<&str> = whole.split_whitespace().collect();
    let lengths = BEGINNINGS[usize::from(kind.is_some())].iter();
    let lengths = lengths.filter(|length| **length < words.len());
    let mut parts: Vec<Labelled> = lengths
        .map(|length| (words[..*length].join(" "), kind, BEGINNING * counts))
        .collect();
    let marked = text.replace(['[', ']'], ".");
    let sentences = marked.split(['.', '!', '?', '…']);
    let sentences: Vec<&str> = sentences
        .filter(|part| part.split_whitespace().count() >= SENTENCE_WORDS)
        .collect();
    if sentences.len() > 1 {
        let sentences = sentences.into_iter();
        parts.extend(sentences.map(|part| (part.to_owned(), kind, SENTENCE * counts)));
    }
    parts
}

/// The traits that are common enough, with their numbers, and the texts as such numbers.
fn examples(texts: &[Labelled], of_texts: &[Labelled]) -> (BTreeMap<String, usize>, Vec<Example>) {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for one in texts.iter().flat_map(|(text, ..)| traits(text)) {
        *counts.entry(one).or_default() += 1;
    }
    let common = counts
        .into_iter()
        .filter(|(_, count)| *count >= LEAST_TEXTS);
    let names: BTreeMap<String, usize> =
        common.zip(0..).map(|((name, _), at)| (name, at)).collect();
    let numbers = |text: &str| {
        let traits = traits(text).into_iter();
        traits.filter_map(|one| names.get(&one).copied()).collect()
    };
    let all = texts.iter().chain(of_texts);
    let examples = all.map(|(text, kind, counts)| Example {
        traits: numbers(text),
        kind: *kind,
        counts: *counts,
    });
    let examples = examples.collect();
    (names, examples)
}

/// The weights of one question to the examples; it has no answer for some.
fn learn(
    traits: usize,
    examples: &[Example],
    question: impl Fn(Option<usize>) -> Option<bool>,
) -> Vec<f64> {
    let asked = examples
        .iter()
        .filter_map(|example| question(example.kind).map(|truth| (example, truth)));
    let mut asked: Vec<(&Example, bool)> = asked.collect();
    let mut weights = vec![0.0; traits];
    let mut squares = vec![1e-6; traits];
    let mut state = 1_u64;
    for _ in 0..ROUNDS {
        shuffle(&mut asked, &mut state);
        for (example, truth) in &asked {
            let sum: f64 = example.traits.iter().map(|at| weights[*at]).sum();
            let guess = 1.0 / (1.0 + (-sum.clamp(-30.0, 30.0)).exp());
            let error = example.counts * (guess - f64::from(u8::from(*truth)));
            for at in &example.traits {
                let slope: f64 = error + DECAY * weights[*at];
                squares[*at] += slope * slope;
                weights[*at] -= STEP * slope / squares[*at].sqrt();
            }
        }
    }
    weights
}

fn shuffle<T>(items: &mut [T], state: &mut u64) {
    for last in (1..items.len()).rev() {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        items.swap(last, (*state >> 33) as usize % (last + 1));
    }
}
