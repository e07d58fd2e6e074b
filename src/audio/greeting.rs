//! Who picked up, by sound alone: how long the first words last, and whether a fax calls.
//!
//! A person says a word or two and waits; a machine speaks on. The same rule runs in a call; here
//! it runs over recordings, so that its one threshold can be chosen by measurement. What machines
//! *say* is judged in the call besides, and not here.

use super::{FRAME_MS, Frame, Signal, SignalDetector, VoiceChange, VoiceDetector};

/// The voice detector reports speech this long after its onset, and its end so long after it.
const ONSET_MS: u32 = 60;
const PAUSE_MS: u32 = 80;
/// The pause that ends somebody's first words.
const HELLO_PAUSE_MS: u32 = 350;

/// The first words of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hello {
    /// How long they last, pauses shorter than 350 ms among them; 0 where nobody speaks.
    pub length_ms: u32,
    /// Whether they were still going on at the recording's end.
    pub cut: bool,
    /// When a fax was told, from the beginning of the recording.
    pub fax_ms: Option<u32>,
}

/// What a threshold makes of first words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether a machine is believed to have answered.
    pub machine: bool,
    /// How long after the greeting's onset that is known, in milliseconds.
    pub after_ms: u32,
}

impl Hello {
    /// Listens to a recording that begins with the answer.
    pub fn of(frames: impl IntoIterator<Item = Frame>) -> Self {
        let (mut voice, mut signals) = (VoiceDetector::default(), SignalDetector::default());
        let mut hello = Self {
            length_ms: 0,
            cut: false,
            fax_ms: None,
        };
        let (mut began, mut ended) = (None::<u32>, None::<u32>);
        let mut now_ms = 0;
        for frame in frames {
            now_ms += FRAME_MS;
            if signals.push(&frame) == Some(Signal::Fax) {
                hello.fax_ms.get_or_insert(now_ms);
            }
            match voice.push(&frame) {
                Some(VoiceChange::Started) => {
                    began.get_or_insert(now_ms.saturating_sub(ONSET_MS));
                    ended = None;
                }
                Some(VoiceChange::Paused) => ended = Some(now_ms.saturating_sub(PAUSE_MS)),
                None => {}
            }
            if ended.is_some_and(|end| now_ms >= end + HELLO_PAUSE_MS) {
                break;
            }
        }
        if let Some(began) = began {
            hello.cut = ended.is_none();
            hello.length_ms = ended.unwrap_or(now_ms).saturating_sub(began);
        }
        hello
    }

    /// What is believed where first words of `longest_ms` and more are a machine's.
    pub fn verdict(&self, longest_ms: u32) -> Verdict {
        if let Some(after_ms) = self.fax_ms {
            return Verdict {
                machine: true,
                after_ms,
            };
        }
        if self.length_ms >= longest_ms {
            return Verdict {
                machine: true,
                after_ms: longest_ms,
            };
        }
        Verdict {
            machine: false,
            after_ms: self.length_ms + HELLO_PAUSE_MS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Voice (a square wave, rich in harmonics) and silence in turns, in milliseconds.
    fn hello(spans: &[u32]) -> Hello {
        let frame = |loud: bool| {
            Frame(std::array::from_fn(|i| match (loud, i % 54 < 27) {
                (true, true) => 3_000,
                (true, false) => -3_000,
                (false, _) => 4,
            }))
        };
        let spans = spans.iter().enumerate();
        let frames = spans.flat_map(|(at, ms)| {
            let count = (ms / FRAME_MS) as usize;
            std::iter::repeat_n(frame(at % 2 == 1), count)
        });
        Hello::of(frames)
    }

    #[test]
    fn first_words_last_until_a_pause() {
        let short = hello(&[600, 200, 1_000, 200, 500]);
        assert!((180..=220).contains(&short.length_ms), "{short:?}");
        let joined = hello(&[600, 140, 200, 140, 1_000]);
        assert!((460..=500).contains(&joined.length_ms), "{joined:?}");
        assert_eq!(hello(&[2_000]).length_ms, 0);
    }

    #[test]
    fn a_threshold_decides_and_tells_when() {
        let hello = |length_ms, fax_ms| Hello {
            length_ms,
            cut: false,
            fax_ms,
        };
        let verdict = |machine, after_ms| Verdict { machine, after_ms };
        assert_eq!(hello(600, None).verdict(2_000), verdict(false, 950));
        assert_eq!(hello(4_000, None).verdict(2_000), verdict(true, 2_000));
        assert_eq!(hello(0, Some(1_800)).verdict(5_000), verdict(true, 1_800));
    }
}
