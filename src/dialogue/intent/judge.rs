//! Which of the phrases that were found says what the utterance means.

use super::lexicon::Sense;
use super::matcher::{Match, Weight};
use super::utterance::Heard;
use super::{Evidence, Intent, IntentSet};

/// Below this a phrase is no evidence.
const THRESHOLD: f32 = 0.5;

/// A phrase that speaks for an intent.
#[derive(Debug, Clone)]
struct Candidate {
    intent: usize,
    weight: Weight,
    at: Vec<usize>,
    senses: Vec<Sense>,
    /// A consent that a negation has turned into a refusal.
    turned: bool,
}

/// Weighs an utterance; `expected` says which intents may be its meaning.
pub(super) fn judge(
    set: &IntentSet,
    heard: &[Heard],
    expected: &dyn Fn(&str) -> bool,
) -> Option<Evidence> {
    let found = set.index.find(heard);
    let candidates: Vec<Candidate> = found
        .into_iter()
        .filter_map(|found| candidate(set, heard, found))
        .collect();
    let is_expected = |candidate: &Candidate| {
        set.intent(candidate.intent)
            .is_some_and(|intent| expected(&intent.name))
    };
    let standing: Vec<&Candidate> = candidates
        .iter()
        .filter(|candidate| {
            !candidates
                .iter()
                .any(|other| outdoes(set, other, candidate, is_expected(other)))
        })
        .collect();
    let all = share(heard, &standing, |_| true);
    let mut best: Option<(u8, f32, usize, Evidence)> = None;
    for candidate in standing
        .iter()
        .copied()
        .filter(|candidate| is_expected(candidate))
    {
        let Some(intent) = set.intent(candidate.intent) else {
            continue;
        };
        // A word that means something only by itself is not carried by what else was said, but
        // for courtesies.
        let explained = if candidate.weight == Weight::Alone {
            share(heard, &standing, |other| {
                other.intent == candidate.intent || set.is_courtesy(other.intent)
            })
        } else {
            all
        };
        let score = score(candidate, explained);
        if score < THRESHOLD || vetoed(intent, candidate.intent, heard, &standing) {
            continue;
        }
        let rank = (intent.priority, score, candidate.at.len());
        let better = best
            .as_ref()
            .is_none_or(|(priority, best_score, words, _)| {
                (rank.0, rank.1, rank.2) > (*priority, *best_score, *words)
            });
        if better {
            let evidence = evidence(set, candidate, heard, score);
            best = Some((rank.0, rank.1, rank.2, evidence));
        }
    }
    best.map(|(.., evidence)| evidence)
}

/// What a found phrase speaks for. A negation before it takes its meaning away; consent it turns
/// into refusal.
fn candidate(set: &IntentSet, heard: &[Heard], found: Match) -> Option<Candidate> {
    let phrase = set.index.phrases.get(found.phrase)?;
    let mut candidate = Candidate {
        intent: phrase.intent,
        weight: phrase.weight,
        at: found.at,
        senses: found.senses,
        turned: false,
    };
    let first = *candidate.at.first()?;
    let begins_negated = heard
        .get(first)
        .is_some_and(|word| set.is_negation(&word.word));
    let before = heard.get(..first)?.iter().rposition(|word| !word.filler);
    let negation = before.filter(|before| {
        !begins_negated
            && heard
                .get(*before)
                .is_some_and(|word| set.is_negation(&word.word))
    });
    let Some(negation) = negation else {
        return Some(candidate);
    };
    if !set.is_consent(candidate.intent) {
        return None;
    }
    candidate.intent = set.refusal()?;
    candidate.weight = candidate.weight.max(Weight::Plain);
    candidate.turned = true;
    candidate.at.insert(0, negation);
    Some(candidate)
}

/// Whether a candidate is part of a longer one that means something else: «интересно» of «не
/// интересно». What is not expected here outdoes only consent, and refusal where it is consent
/// itself: neither may be heard where the other was said.
fn outdoes(set: &IntentSet, other: &Candidate, candidate: &Candidate, expected: bool) -> bool {
    let longer = other.at.len() > candidate.at.len()
        || (other.at.len() == candidate.at.len() && set.is_nothing(other.intent));
    if other.intent == candidate.intent
        || !longer
        || !candidate.at.iter().all(|at| other.at.contains(at))
    {
        return false;
    }
    expected
        || set.is_consent(candidate.intent)
        || set.is_nothing(other.intent)
        || (set.is_consent(other.intent) && set.is_refusal(candidate.intent))
}

/// The share of the words with a meaning that phrases of some intents account for.
fn share(heard: &[Heard], standing: &[&Candidate], counts: impl Fn(&Candidate) -> bool) -> f32 {
    let mut content = 0_u16;
    let mut explained = 0_u16;
    for (at, word) in heard.iter().enumerate() {
        if word.filler {
            continue;
        }
        content += 1;
        let mut counted = standing.iter().filter(|candidate| counts(candidate));
        explained += u16::from(counted.any(|candidate| candidate.at.contains(&at)));
    }
    if content == 0 {
        1.0
    } else {
        f32::from(explained) / f32::from(content)
    }
}

fn score(candidate: &Candidate, explained: f32) -> f32 {
    let (base, share) = match candidate.weight {
        Weight::Sure => (0.75, 0.25),
        Weight::Plain => (0.35, 0.6),
        Weight::Alone => (0.0, 0.75),
    };
    let words = u8::try_from(candidate.at.len().min(4)).unwrap_or(4);
    let slips = candidate.senses.iter().filter(|sense| sense.slip).count();
    let slips = u8::try_from(slips.min(4)).unwrap_or(4);
    let score = base + share * explained + 0.02 * f32::from(words) - 0.04 * f32::from(slips);
    score.clamp(0.0, 1.0)
}

/// Whether a word forbids this intent, unless one of its own phrases holds that word.
fn vetoed(intent: &Intent, index: usize, heard: &[Heard], standing: &[&Candidate]) -> bool {
    heard.iter().enumerate().any(|(at, word)| {
        word.senses
            .iter()
            .any(|sense| intent.unless.contains(&sense.symbol))
            && !standing
                .iter()
                .any(|candidate| candidate.intent == index && candidate.at.contains(&at))
    })
}

fn evidence(set: &IntentSet, candidate: &Candidate, heard: &[Heard], score: f32) -> Evidence {
    let words: Vec<&str> = candidate
        .at
        .iter()
        .filter_map(|at| heard.get(*at))
        .map(|word| word.word.as_str())
        .collect();
    let mut phrase: Vec<&str> = candidate
        .senses
        .iter()
        .map(|sense| set.lexicon.text(sense.symbol))
        .collect();
    if candidate.turned {
        phrase.insert(0, words.first().copied().unwrap_or_default());
    }
    let intent = set
        .intent(candidate.intent)
        .map_or("", |intent| &intent.name);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the score is between 0 and 1"
    )]
    let percent = (score * 100.0).round() as u8;
    Evidence {
        intent: intent.to_owned(),
        phrase: phrase.join(" "),
        words: candidate.at.len(),
        heard: words.join(" "),
        percent,
    }
}
