//! Which of the phrases that were found says what the utterance means.

use super::lexicon::Sense;
use super::matcher::{Match, Weight};
use super::utterance::Heard;
use super::{By, CONSENT, Evidence, Intent, IntentSet, REFUSAL, STANDARD_INTENTS};

/// Below this a phrase is no evidence.
const THRESHOLD: f32 = 0.5;
/// In answer to a question less will do, but for consent: what is asked for is likely to be said.
const ANSWER_THRESHOLD: f32 = 0.4;

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

/// What an utterance is weighed for.
pub(super) struct Question<'a> {
    /// Which intents may be its meaning.
    pub(super) expected: &'a dyn Fn(&str) -> bool,
    /// Whether it answers a question. Then what is said last counts as if it were said by itself:
    /// «я только выйду, да, говорите».
    pub(super) asked: bool,
}

/// What was heard, and the phrases in it that no longer one outdoes.
struct Case<'a> {
    set: &'a IntentSet,
    heard: &'a [Heard],
    standing: Vec<&'a Candidate>,
    asked: bool,
}

/// Weighs an utterance.
pub(super) fn judge(set: &IntentSet, heard: &[Heard], question: &Question) -> Option<Evidence> {
    let found = set.index.find(heard);
    let candidates: Vec<Candidate> = found
        .into_iter()
        .filter_map(|found| candidate(set, heard, found))
        .collect();
    let candidates = without_denied(set, heard, candidates);
    let is_expected = |candidate: &Candidate| {
        set.intent(candidate.intent)
            .is_some_and(|intent| (question.expected)(&intent.name))
    };
    let stands = |candidate: &&Candidate| {
        !candidates.iter().any(|other| {
            outdoes(set, other, candidate, is_expected(other))
                && !is_more_special(set, heard, candidate, other)
        })
    };
    let case = Case {
        set,
        heard,
        standing: candidates.iter().filter(stands).collect(),
        asked: question.asked,
    };
    let mut best: Option<(u8, f32, &Candidate)> = None;
    for candidate in &case.standing {
        if !is_expected(candidate) {
            continue;
        }
        let Some((priority, score)) = case.weigh(candidate) else {
            continue;
        };
        let rank = (priority, score, candidate.at.len());
        let better =
            best.is_none_or(|(priority, score, best)| rank > (priority, score, best.at.len()));
        if better {
            best = Some((priority, score, candidate));
        }
    }
    best.map(|(_, score, candidate)| evidence(set, candidate, heard, score))
}

impl Case<'_> {
    /// The priority and the score of a candidate, if it is evidence.
    fn weigh(&self, candidate: &Candidate) -> Option<(u8, f32)> {
        let intent = self.set.intent(candidate.intent)?;
        let score = score(candidate, self.explained(candidate));
        let consent = self.set.is_consent(candidate.intent);
        let likely = self.asked && !consent && candidate.weight != Weight::Alone;
        let threshold = if likely { ANSWER_THRESHOLD } else { THRESHOLD };
        if consent && self.takes_leave(candidate.weight) {
            return None;
        }
        let counts =
            score >= threshold && !vetoed(intent, candidate.intent, self.heard, &self.standing);
        counts.then_some((intent.priority, score))
    }

    /// Whether a farewell was said: «ладно», «да да» and «конечно» beside it are no consent. «Пока»
    /// is a farewell where nothing follows it; beside a mere «ладно» it always is.
    fn takes_leave(&self, weight: Weight) -> bool {
        let last = self.heard.iter().rposition(|word| !word.hesitation);
        let mut standing = self.standing.iter();
        standing.any(|other| {
            let ends = last.is_some_and(|last| other.at.last() == Some(&last));
            let firm = other.weight != Weight::Alone || ends || weight == Weight::Alone;
            firm && self.set.means(other.intent, "goodbye")
        })
    }

    /// How much of what was said goes with a candidate.
    fn explained(&self, candidate: &Candidate) -> f32 {
        // A word that means something only by itself is not carried by what else was said, but
        // for courtesies.
        if candidate.weight == Weight::Alone {
            return share(self.heard, 0, &self.standing, |other| {
                other.intent == candidate.intent || self.set.is_courtesy(other.intent)
            });
        }
        let all = share(self.heard, 0, &self.standing, |_| true);
        let last = candidate.at.first().copied().filter(|_| self.asked);
        let last = last.map_or(all, |first| {
            share(self.heard, first, &self.standing, |_| true)
        });
        all.max(last)
    }
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
    // «Не надо отменять»: what a scenario listens for is not meant behind a wish that is denied.
    let wished = set.is_own(candidate.intent) && is_infinitive(heard, first);
    let carried = |word: &Heard| wished && set.is_carrier(&word.word);
    let mut before = heard.get(..first)?.iter();
    let before = before.rposition(|word| !word.filler && !carried(word));
    let negation = before.filter(|before| {
        !begins_negated
            && heard
                .get(*before)
                .is_some_and(|word| set.is_negation(&word.word))
            && !is_bidden_unknowing(heard, *before, first)
    });
    // «Can't you leave me alone» is a wish to be left alone.
    let Some(negation) = negation.filter(|_| !set.is_opt_out(candidate.intent)) else {
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

/// Whether a word is what is wished or refused: «отменять», "to cancel", and not «отмените».
fn is_infinitive(heard: &[Heard], at: usize) -> bool {
    let text = |at: usize| heard.get(at).map_or("", |word| word.word.as_str());
    let russian = ["ть", "ти", "чь", "ться", "тись"];
    russian.iter().any(|ending| text(at).ends_with(ending))
        || at.checked_sub(1).is_some_and(|before| text(before) == "to")
}

/// Whether a request follows a doubt that ends at `last`: «не знаю, отмените». What is doubted is
/// said otherwise: «не знаю, отменять ли», "I don't know if I'll cancel".
fn is_bidden(heard: &[Heard], last: usize, first: usize) -> bool {
    const LEADING: [&str; 6] = ["что", "чтобы", "that", "if", "whether", "to"];
    const PERSONS: [&str; 10] = [
        "i", "we", "you", "he", "she", "they", "it", "see", "not", "no",
    ];
    const BETWEEN: [&str; 8] = [
        "so", "just", "please", "maybe", "then", "well", "sorry", "actually",
    ];
    let text = |at: usize| heard.get(at).map_or("", |word| word.word.as_str());
    if LEADING.contains(&text(last)) {
        return false;
    }
    let bid = text(first);
    if !bid.is_ascii() {
        return ["ите", "йте", "ьте"]
            .iter()
            .any(|ending| bid.ends_with(ending));
    }
    let apart = (last + 1..first).all(|at| BETWEEN.contains(&text(at)));
    apart && !PERSONS.contains(&bid) && !bid.ends_with("ing")
}

/// The same after "not" and "know": the latter is no word that carries meaning.
fn is_bidden_unknowing(heard: &[Heard], negation: usize, first: usize) -> bool {
    let known = heard
        .get(negation + 1)
        .is_some_and(|word| word.word == "know");
    known && negation + 1 < first && is_bidden(heard, negation + 1, first)
}

/// Drops what is said after a denial: it is not meant. Consent becomes a refusal. A doubt, «вряд ли
/// приду», does so only to what a scenario listens for itself.
fn without_denied(
    set: &IntentSet,
    heard: &[Heard],
    mut candidates: Vec<Candidate>,
) -> Vec<Candidate> {
    let denials: Vec<(bool, Vec<usize>)> = candidates
        .iter()
        .filter(|c| set.is_denial(c.intent) || set.is_doubt(c.intent))
        .map(|c| (set.is_doubt(c.intent), c.at.clone()))
        .collect();
    if denials.is_empty() {
        return candidates;
    }
    let follows = |candidate: &Candidate, denial: &[usize]| {
        let (Some(last), Some(first)) = (denial.last(), candidate.at.first()) else {
            return false;
        };
        let between = heard.get(last + 1..*first);
        between.is_some_and(|words| words.iter().all(|word| word.filler))
    };
    let bids = |candidate: &Candidate, doubt: &[usize]| {
        let ends = doubt.last().zip(candidate.at.first());
        ends.is_some_and(|(last, first)| is_bidden(heard, *last, *first))
    };
    let denied = |candidate: &Candidate| {
        let own = set.is_own(candidate.intent);
        let found = denials.iter().find(|(doubt, at)| {
            (!doubt || (own && !bids(candidate, at))) && follows(candidate, at)
        });
        found.map(|(_, at)| at)
    };
    candidates.retain_mut(|candidate| {
        if set.is_doubt(candidate.intent) {
            return false;
        }
        let Some(denial) = denied(candidate).filter(|_| !set.is_opt_out(candidate.intent)) else {
            return true;
        };
        let Some(refusal) = set.refusal().filter(|_| set.is_consent(candidate.intent)) else {
            return false;
        };
        candidate.intent = refusal;
        candidate.weight = candidate.weight.max(Weight::Plain);
        candidate.turned = true;
        let mut at = denial.clone();
        at.append(&mut candidate.at);
        candidate.at = at;
        true
    });
    candidates
}

/// Whether a candidate is part of a longer one that means something else: «интересно» of «не
/// интересно». What is not expected here outdoes only courtesies, and refusal where it is consent
/// itself: neither may be heard where the other was said. A machine's words outdo all, and who asks to
/// be rung later does not opt out: "I don't know, call me later".
fn outdoes(set: &IntentSet, other: &Candidate, candidate: &Candidate, expected: bool) -> bool {
    // What is written in a list goes before what a negation made of it; what a scenario listens for
    // itself, «у нас есть», is not nothing.
    let nothing = set.is_nothing(other.intent) && !set.is_own(candidate.intent);
    let firmer = nothing || (candidate.turned && !other.turned);
    let longer =
        other.at.len() > candidate.at.len() || (other.at.len() == candidate.at.len() && firmer);
    if other.intent == candidate.intent
        || !longer
        || !candidate.at.iter().all(|at| other.at.contains(at))
    {
        return false;
    }
    expected
        || set.is_courtesy(candidate.intent)
        || set.is_nothing(other.intent)
        || set.means(other.intent, "voicemail")
        || (set.is_consent(other.intent) && set.is_refusal(candidate.intent))
        || (set.means(other.intent, "call_later") && set.is_opt_out(candidate.intent))
}

/// Whether a scenario's own intent tells more than the consent or refusal around it, «I'm not
/// interested» where it listens for «not interested», or than an intent of lower priority.
fn is_more_special(
    set: &IntentSet,
    heard: &[Heard],
    candidate: &Candidate,
    other: &Candidate,
) -> bool {
    let (Some(own), Some(general)) = (set.intent(candidate.intent), set.intent(other.intent))
    else {
        return false;
    };
    let is_own = !STANDARD_INTENTS.contains(&own.name.as_str());
    let is_general = STANDARD_INTENTS.contains(&general.name.as_str())
        && ([CONSENT, REFUSAL].contains(&general.name.as_str()) || own.priority > general.priority);
    let mut around = other.at.iter().filter(|at| !candidate.at.contains(at));
    is_own
        && is_general
        && !set.is_nothing(candidate.intent)
        && !around.any(|at| {
            heard
                .get(*at)
                .is_some_and(|word| set.is_negation(&word.word))
        })
}

/// The share of the words, from one of them on, that phrases of some intents account for. A filler counts only where a
/// phrase asked for it, and then for half.
fn share(
    heard: &[Heard],
    from: usize,
    standing: &[&Candidate],
    counts: impl Fn(&Candidate) -> bool,
) -> f32 {
    let mut content = 0.0;
    let mut explained = 0.0;
    for (at, word) in heard.iter().enumerate().skip(from) {
        let mut holding = standing
            .iter()
            .filter(|candidate| candidate.at.contains(&at))
            .peekable();
        let weight = match (word.filler, holding.peek()) {
            (false, _) => 1.0,
            (true, Some(_)) => 0.5,
            (true, None) => continue,
        };
        content += weight;
        if holding.any(|candidate| counts(candidate)) {
            explained += weight;
        }
    }
    if content == 0.0 {
        1.0
    } else {
        explained / content
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
        by: By::Rules,
        percent,
    }
}
