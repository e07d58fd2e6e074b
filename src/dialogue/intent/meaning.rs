//! What an intent means, in a line: for a model that is asked which one was meant.

use super::{IntentSet, NOTHING, STANDARD_INTENTS};

/// So many phrases of a scenario's own intent show what it means.
const EXAMPLES: usize = 6;

/// The standard intents in words; the labels of the test utterances follow the same ones.
const MEANINGS: [(&str, &str); STANDARD_INTENTS.len()] = [
    (
        "do_not_call",
        "wants no more calls, or the number or data removed",
    ),
    (
        "voicemail",
        "an answering machine, a voice mailbox or the network speaks",
    ),
    (
        "wrong_person",
        "wrong number, not that person, or that person is not there",
    ),
    ("human", "wants an operator, a manager, a living person"),
    (
        "call_later",
        "not now, busy, driving; wants to be called at another time",
    ),
    (
        "send_info",
        "wants it by mail, messenger, text message, in writing",
    ),
    (
        "where_number",
        "asks how the caller came by the number or the data",
    ),
    (
        "too_expensive",
        "too dear, no money for it, cheaper elsewhere, asks for less",
    ),
    ("price", "asks after the cost, or whether it is free"),
    (
        "robot",
        "asks or states that a machine or a recording is speaking",
    ),
    (
        "who_is_calling",
        "asks who is calling, from which company, on whose behalf",
    ),
    (
        "repeat",
        "did not hear or understand; wants it again, louder or slower",
    ),
    (
        "no",
        "refusal, no interest, disagreement, denial, irony included",
    ),
    (
        "yes",
        "consent, interest, confirmation, an invitation to go on",
    ),
    ("goodbye", "a farewell and nothing more"),
    (
        "greeting",
        "a greeting or the answering of a telephone, nothing more",
    ),
];

impl IntentSet {
    /// What an intent means: a standard one in words, a scenario's own by what people say.
    pub(in crate::dialogue) fn meaning_of(&self, name: &str) -> String {
        if let Some((_, meaning)) = MEANINGS.iter().find(|(known, _)| *known == name) {
            return (*meaning).to_owned();
        }
        let own = self.rules.iter().filter(|(known, _)| known == name);
        let phrases = own.flat_map(|(_, rules)| {
            let all = rules.phrases.iter().chain(&rules.sure);
            all.chain(&rules.alone)
        });
        let shown: Vec<String> = phrases.take(EXAMPLES).map(|text| spoken(text)).collect();
        let base = self.intents.iter().find(|intent| intent.name == name);
        let base = base.filter(|intent| intent.means != name && intent.means != NOTHING);
        let base = base.map(|intent| format!("a kind of {}; ", intent.means));
        format!(
            "{}says something like: {}",
            base.unwrap_or_default(),
            shown.join("; ")
        )
    }
}

/// A phrase without the signs of patterns.
fn spoken(pattern: &str) -> String {
    let plain = super::plain(pattern).replace("..", " ");
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::intent::Rules;
    use crate::language::Language;

    #[test]
    fn every_intent_can_be_told() {
        let mut set = IntentSet::standard(Language::English).unwrap();
        for (name, (known, meaning)) in STANDARD_INTENTS.iter().zip(MEANINGS) {
            assert_eq!(*name, known);
            assert_eq!(set.meaning_of(name), meaning);
        }
        let rules = Rules {
            extends: Some("no".to_owned()),
            phrases: vec!["(we) have one|some already".to_owned()],
            ..Rules::default()
        };
        set.define("already_have", &rules).unwrap();
        assert_eq!(
            set.meaning_of("already_have"),
            "a kind of no; says something like: we have one some already"
        );
    }
}
