//! Compares what an ear understood with what was said: every prompt in its order, its beginning and
//! its end, and how many letters between were lost.
//!
//! A machine that runs builders besides the lab makes its exchanges stall for an instant now and
//! then, which costs a letter or two. That is told apart from a prompt that is clipped, repeated or
//! missing, which never is an accident.

use novodial::rehearsal::voice::audible;
use serde_json::Value;

/// Letters that one stall or one cut may cost, of 60 ms each.
pub(super) const STALL: usize = 3;

/// A prompt as it stands in the history.
#[derive(Debug)]
struct Prompt {
    letters: Vec<char>,
    cut: bool,
}

/// What became of the prompts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heard {
    /// Letters heard, by prompt.
    pub(super) letters: Vec<usize>,
    /// Letters lost inside of prompts.
    pub(super) lost: usize,
}

/// Follows the bot's turns of a call in what was heard of it. A turn that was not cut must be
/// there from its first letters to its last, one that was must not be, nothing else may be there.
pub(super) fn follow(heard: &str, call: &Value) -> Result<Heard, String> {
    let turns = call["turns"].as_array().map_or(&[][..], Vec::as_slice);
    let prompts = turns
        .iter()
        .filter(|turn| turn["speaker"] == "bot")
        .map(|turn| Prompt {
            letters: letters(&audible(turn["text"].as_str().unwrap_or_default())),
            cut: !turn["cut_at_ms"].is_null(),
        });
    follow_prompts(heard, prompts)
}

/// How many letters differ between what was said and what was heard of it.
pub(super) fn differs(heard: &str, said: &str) -> usize {
    distance(&letters(heard), &letters(said))
}

fn distance(one: &[char], other: &[char]) -> usize {
    strsim::levenshtein(&String::from_iter(one), &String::from_iter(other))
}

fn letters(text: &str) -> Vec<char> {
    text.chars()
        .filter(|letter| !letter.is_whitespace())
        .collect()
}

fn follow_prompts(heard: &str, prompts: impl Iterator<Item = Prompt>) -> Result<Heard, String> {
    let mut rest = &letters(heard)[..];
    let mut result = Heard {
        letters: Vec::new(),
        lost: 0,
    };
    for prompt in prompts {
        let count = if prompt.cut {
            cut_prompt(rest, &prompt.letters)
        } else {
            whole_prompt(rest, &prompt.letters).map(|(count, lost)| {
                result.lost += lost;
                count
            })
        };
        let Some(count) = count else {
            let (said, rest) = (String::from_iter(&prompt.letters), String::from_iter(rest));
            return Err(format!("of `{said}` was heard: `{rest}`"));
        };
        result.letters.push(count);
        rest = &rest[count..];
    }
    match rest {
        [] => Ok(result),
        _ => Err(format!("heard too much: `{}`", String::from_iter(rest))),
    }
}

/// The letters of a prompt that was cut: the common beginning, which must not be all of it.
fn cut_prompt(rest: &[char], prompt: &[char]) -> Option<usize> {
    let same = prompt.iter().zip(rest).take_while(|(a, b)| a == b).count();
    (same < prompt.len()).then_some(same)
}

/// The letters that a prompt takes up, and how many of it are lost or wrong.
fn whole_prompt(rest: &[char], prompt: &[char]) -> Option<(usize, usize)> {
    let shortest = prompt.len().saturating_sub(STALL);
    let candidates =
        (shortest..=prompt.len()).filter_map(|count| Some((count, rest.get(..count)?)));
    let (lost, count) = candidates
        .filter(|(_, heard)| heard.first() == prompt.first() && heard.last() == prompt.last())
        .map(|(count, heard)| (distance(heard, prompt), count))
        .min()?;
    (lost <= STALL).then_some((count, lost))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str, prompts: &[(&str, bool)]) -> Result<Heard, String> {
        let prompts = prompts.iter().map(|(text, cut)| Prompt {
            letters: letters(text),
            cut: *cut,
        });
        follow_prompts(text, prompts)
    }

    #[test]
    fn a_prompt_may_lose_a_letter_inside_and_none_at_its_ends() {
        let hello = [("добрый день!", false)];
        let all = |lost| {
            Ok(Heard {
                letters: vec![11 - lost],
                lost,
            })
        };
        assert_eq!(heard("добрый день!", &hello), all(0));
        assert_eq!(heard("доб ый день!", &hello), all(1));
        assert_eq!(heard("доый день!", &hello), all(2));
        for clipped in ["обрый день!", "добрый день", "добрый", "", "добрый день!!"]
        {
            assert!(heard(clipped, &hello).is_err(), "{clipped}");
        }
    }

    #[test]
    fn a_cut_prompt_is_a_beginning_and_the_next_one_follows() {
        let talk = [("добрый день!", true), ("пока", false)];
        let expected = Heard {
            letters: vec![4, 4],
            lost: 0,
        };
        assert_eq!(heard("добр пока", &talk), Ok(expected));
        assert!(heard("добрый день! пока", &talk).is_err(), "it was not cut");
        assert!(heard("добр", &talk).is_err(), "the next one is missing");
    }
}
