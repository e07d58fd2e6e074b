//! What a state plays and presses, beside what it says.

use std::fmt;
use std::sync::Arc;

use super::document::Node;
use super::include::beside;
use super::place::Faults;
use super::read::Reader;
use super::{Scenario, ScenarioError, Text};

/// The longest file that is played: a callee who hears no voice for longer hangs up.
const LONGEST_MS: u64 = 60_000;

/// Asterisk sends a key for 100 ms and is silent for as long before the next.
const KEY_MS: u64 = 200;
/// What `w` waits among keys.
const WAIT_MS: u64 = 500;

/// A busy Asterisk is so late with its keys, in milliseconds: what is said sooner loses its beginning.
pub const KEYS_LATE_MS: u64 = 200;

/// A file that a state plays.
#[derive(Clone, PartialEq, Eq)]
pub struct Sound {
    /// The file, a WAV.
    pub wav: Arc<[u8]>,
    /// How long it plays, in milliseconds.
    pub ms: u64,
}

impl fmt::Debug for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sound({} ms)", self.ms)
    }
}

/// Whether a key can be sent; `w` waits half a second.
pub(in crate::dialogue) fn is_key(key: char) -> bool {
    matches!(key, '0'..='9' | '*' | '#' | 'A'..='D' | 'w')
}

/// How long it takes to send keys, in milliseconds.
pub fn keys_ms(keys: &str) -> u64 {
    let one = |key| if key == 'w' { WAIT_MS } else { KEY_MS };
    keys.chars().map(one).sum()
}

impl Scenario {
    /// Reads every file that a state plays; `reader` gives it by its path relative to the
    /// scenario's folder, or why it cannot be had.
    ///
    /// # Errors
    /// The places whose file cannot be played.
    pub fn read_sounds(
        &mut self,
        reader: &mut dyn FnMut(&str) -> Result<Sound, String>,
    ) -> Result<(), ScenarioError> {
        let mut faults = Faults::default();
        let files = self
            .states
            .values()
            .filter_map(|state| state.deeds.play.as_ref());
        for Text { text: path, place } in files {
            if self.sounds.contains_key(path) {
                continue;
            }
            match reader(path) {
                Ok(sound) if sound.ms <= LONGEST_MS => {
                    self.sounds.insert(path.clone(), sound);
                }
                Ok(sound) => faults.add(
                    place.clone(),
                    format!("`{path}` plays for {} s", sound.ms.div_ceil(1_000)),
                    format!("cut it to {} s: nobody listens for longer", LONGEST_MS / 1_000),
                ),
                Err(error) => faults.add(
                    place.clone(),
                    format!("`{path}` cannot be played: {error}"),
                    "paths are relative to the file they are written in; convert with: sox FILE -r 8000 -b 16 -c 1 OUT.wav",
                ),
            }
        }
        faults.into_error().map_or(Ok(()), Err)
    }
}

impl<'a> Reader<'a> {
    /// `play`: a path, seen from the scenario's folder.
    pub(super) fn file_to_play(&mut self, node: Option<Node<'a>>) -> Option<Text> {
        let node = node?;
        let (path, place) = (node.word(&mut self.faults)?, node.place());
        if path.contains("{{") {
            let hint = "name one file; another state can play another, by `next` with `if`";
            let message = "a file to play is the same for all leads";
            self.faults.add(place, message, hint);
            return None;
        }
        let text = beside(place.file.as_deref(), path);
        Some(Text { text, place })
    }

    /// `send_keys`: keys, or a template that gives them.
    pub(super) fn keys_to_send(&mut self, node: Option<Node<'a>>) -> Option<Text> {
        let text = self.one_text(node)?;
        let wrong = text.text.chars().find(|key| !is_key(*key));
        if let Some(wrong) = wrong.filter(|_| !text.text.contains("{{")) {
            let message = format!("`{wrong}` is no key");
            let hint = "keys are 0 to 9, *, #, A to D; w waits half a second";
            self.faults.add(text.place.clone(), message, hint);
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const SCENARIO: &str = "[scenario]\nname = \"t\"\nlanguage = \"en\"\nstart = \"a\"\n\
        [states.a]\nsay = \"Hello.\"\nplay = \"PATH\"\nsend_keys = \"KEYS\"\noutcome = \"done\"\n";

    fn read(path: &str, keys: &str) -> Result<Scenario, ScenarioError> {
        Scenario::parse(&SCENARIO.replace("PATH", path).replace("KEYS", keys))
    }

    fn sound(ms: u64) -> Sound {
        let wav = Arc::from(*b"RIFF");
        Sound { wav, ms }
    }

    #[test]
    fn a_file_that_cannot_be_played_is_a_fault_at_its_place() {
        let mut scenario = read("tune.wav", "1").unwrap();
        let error = scenario
            .read_sounds(&mut |_| Err("no such file".to_owned()))
            .unwrap_err();
        assert_eq!((error.line, error.column), (7, 8), "{error}");
        assert!(
            error
                .message
                .contains("`tune.wav` cannot be played: no such file")
        );
        let error = scenario
            .read_sounds(&mut |_| Ok(sound(60_020)))
            .unwrap_err();
        assert!(error.message.contains("plays for 61 s"), "{error}");
        scenario.read_sounds(&mut |_| Ok(sound(60_000))).unwrap();
        let known = BTreeMap::from([("tune.wav".to_owned(), sound(60_000))]);
        assert_eq!(scenario.sounds, known);
    }

    #[test]
    fn what_cannot_be_played_or_pressed_is_refused() {
        let error = read("{{ name }}.wav", "1").unwrap_err();
        assert_eq!(error.line, 7, "{error}");
        let error = read("a.wav", "12-4").unwrap_err();
        assert_eq!((error.line, error.message.as_str()), (8, "`-` is no key"));
        read("a.wav", "12w*#{{ extension }}").unwrap();
        read("a.wav", "12w*#AD").unwrap();
    }

    #[test]
    fn a_part_names_files_beside_itself() {
        let part = "[states.b]\nsay = \"Bye.\"\nplay = \"tune.wav\"\noutcome = \"b\"\n";
        let main = SCENARIO.replace("PATH", "tune.wav").replace("KEYS", "1");
        let main = format!("include = \"parts/end.toml\"\n{main}");
        let mut scenario = Scenario::load(&main, &mut |_| Ok(part.to_owned())).unwrap();
        let mut asked = Vec::new();
        scenario
            .read_sounds(&mut |path| {
                asked.push(path.to_owned());
                Ok(sound(20))
            })
            .unwrap();
        assert_eq!(asked, ["tune.wav", "parts/tune.wav"]);
    }

    #[test]
    fn keys_take_their_time() {
        assert_eq!(keys_ms("1w2"), 900);
    }
}
