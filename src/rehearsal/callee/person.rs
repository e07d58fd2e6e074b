//! How a person behaves on the telephone, as data: manners and words.
//!
//! Read from a character's file ([`crate::rehearsal::people`]) or made of a part of the lab
//! ([`Part`]); played by a [`super::Callee`].

use crate::language::{Token, tokenize};

use super::part::{Act, Part};
use super::script::Script;
use super::spread::Spread;

/// A person who may pick up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What the character is called.
    pub name: String,
    /// Times and habits.
    pub manner: Manner,
    /// What is said to what.
    pub speech: Speech,
}

/// Times and habits of a person, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manner {
    /// From the answer to the hello.
    pub hello_ms: Spread,
    /// Silence after which the bot's turn counts as over.
    pub turn_end_ms: u32,
    /// From then to the reply.
    pub reaction_ms: Spread,
    /// Says the hello even if the bot speaks, and does not answer what was said over it: a
    /// machine.
    pub machine: bool,
    /// Silence on both sides that is borne; then the next of [`Speech::dead_air`] is said, and
    /// after the last of them the person hangs up. For ever if absent.
    pub patience_ms: Option<Spread>,
    /// From the answer to the moment the person has had enough and hangs up.
    pub stay_ms: u32,
    /// Turns of the bot that are not understood, out of a hundred.
    pub mishears_percent: u32,
    /// How the line sounds.
    pub sound: Sound,
}

/// What the line adds to a voice, and takes from it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sound {
    /// Louder or softer than usual, in dB; usual is some -20 dBFS.
    pub voice_db: i32,
    /// Steady noise of this level, in dBFS.
    pub noise_dbfs: Option<i32>,
    /// The bot's own voice, coming back.
    pub echo: Option<Echo>,
}

/// The bot's own voice, coming back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Echo {
    /// How much softer than it came, in dB; below 0.
    pub db: i32,
    /// How much later, in milliseconds.
    pub delay_ms: u32,
}

/// Texts of which one is drawn each time; none is silence.
pub type Lines = Vec<Script>;

/// What a person says to what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Speech {
    /// On picking up, unless the bot speaks first.
    pub hello: Lines,
    /// Answers to what the bot said; the first rule that applies answers.
    pub rules: Vec<Rule>,
    /// Answers to turns that no rule is for, each once, in order.
    pub sequence: Vec<Lines>,
    /// The answer when no rule is left and the sequence is through.
    pub otherwise: Lines,
    /// Said to a turn that was not understood.
    pub not_understood: Lines,
    /// Said into dead air, each once, in order.
    pub dead_air: Vec<Lines>,
    /// What is done while the bot speaks.
    pub meanwhile: Vec<Meanwhile>,
}

/// An answer to certain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Any of these in the bot's turn.
    pub heard: Vec<Phrase>,
    /// The answer.
    pub say: Lines,
    /// How often it is given; then the rules below it are asked. Always if absent.
    pub times: Option<u32>,
}

/// Something done while the bot speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meanwhile {
    /// In which turn of the bot, from 1; in every turn if absent.
    pub turn: Option<u32>,
    /// Any of these words set it off; none: only the time does.
    pub heard: Vec<Phrase>,
    /// Time from the bot's first sound in that turn, or from those words.
    pub after_ms: Spread,
    /// Done again after as much time, as long as the turn goes on.
    pub every_ms: Option<Spread>,
    /// How often at most, over the whole call.
    pub times: Option<u32>,
    /// In how many turns out of a hundred.
    pub chance_percent: u32,
    /// Whether the floor is taken: the bot should fall silent, and this was the answer to its
    /// turn. A backchannel ("uh-huh") does not.
    pub takes_floor: bool,
    /// What is said or done.
    pub say: Lines,
}

/// Words that stand side by side, compared by their stems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase(Vec<Token>);

impl Phrase {
    /// The words of a text; `None` if it has none.
    pub fn new(text: &str) -> Option<Self> {
        let tokens = tokenize(text);
        (!tokens.is_empty()).then_some(Self(tokens))
    }

    /// Whether they stand in what was heard.
    pub(super) fn is_in(&self, heard: &[Token]) -> bool {
        heard.windows(self.0.len()).any(|window| {
            let mut pairs = window.iter().zip(&self.0);
            pairs.all(|(one, other)| one.stem == other.stem)
        })
    }
}

impl Default for Manner {
    /// Somebody with ordinary manners who waits for ever.
    fn default() -> Self {
        Self {
            hello_ms: Spread::triangle(250, 500, 1_200),
            // Longer than a pause between words, shorter than people leave between sentences to
            // a stranger.
            turn_end_ms: 500,
            reaction_ms: Spread::triangle(100, 300, 1_100),
            machine: false,
            patience_ms: None,
            // Nobody listens to a silent line for two minutes.
            stay_ms: 120_000,
            mishears_percent: 0,
            sound: Sound::default(),
        }
    }
}

impl Person {
    /// The person of a part of the lab, who answers turn after turn whatever was said.
    pub fn of_part(part: &Part) -> Self {
        let one = |acts: &Vec<Act>| vec![Script::of(acts)];
        Self {
            name: part.name.clone(),
            manner: Manner {
                hello_ms: Spread::always(part.greeting_after_ms),
                turn_end_ms: part.patience_ms,
                reaction_ms: Spread::always(part.reply_after_ms),
                machine: part.speaks_over,
                stay_ms: part.stay_ms,
                ..Manner::default()
            },
            speech: Speech {
                hello: one(&part.greeting),
                sequence: part.replies.iter().map(one).collect(),
                otherwise: part.replies.last().map(one).unwrap_or_default(),
                meanwhile: part.during.iter().map(Meanwhile::of_part).collect(),
                ..Speech::default()
            },
        }
    }
}

impl Meanwhile {
    fn of_part(during: &super::part::During) -> Self {
        Self {
            turn: during.turn.and_then(|turn| u32::try_from(turn).ok()),
            heard: Vec::new(),
            after_ms: Spread::always(during.after_ms),
            every_ms: None,
            times: None,
            chance_percent: 100,
            takes_floor: during.takes_floor,
            say: vec![Script::of(&during.acts)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_found_in_any_form_of_its_words_side_by_side() {
        let phrase = Phrase::new("удобно говорить").unwrap();
        let is_in = |text: &str| phrase.is_in(&tokenize(text));
        assert!(is_in("вам удобно говорить?"));
        assert!(is_in("удобно, говорите"));
        assert!(!is_in("говорить удобно"));
        assert!(!is_in("удобно сейчас говорить"));
        assert!(!is_in("удобно"));
        assert_eq!(Phrase::new(" ?!"), None);
    }
}
