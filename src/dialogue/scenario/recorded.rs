//! Whether callees are told that the talk is recorded: then it should be.

use super::Scenario;

/// Beginnings of the words that say so.
const WORDS: [&str; 2] = ["записыва", "recorded"];

impl Scenario {
    /// Whether some prompt tells the callee that the talk is recorded.
    pub fn says_it_records(&self) -> bool {
        let texts = self.states.values();
        let mut texts = texts.flat_map(|state| state.say.of(self.language));
        texts.any(|text| {
            let text = text.text.to_lowercase();
            WORDS.iter().any(|word| text.contains(word))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offer_says_that_it_records_and_a_plain_greeting_does_not() {
        let offer = include_str!("../../../scenarios/offer.ru.toml");
        assert!(Scenario::parse(offer).unwrap().says_it_records());
        let silent = offer.replace("записывается", "идёт");
        assert!(!Scenario::parse(&silent).unwrap().says_it_records());
    }
}
