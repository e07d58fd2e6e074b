//! Asterisk's events into the line's: each thing said once, the end exactly once and last.
//!
//! Asterisk says the same thing in two ways (`Dial RINGING` and a state change, in either order),
//! and a look after a broken socket may say it a third time.

use super::event::Event;
use crate::line::LineEvent;

/// What was said about one channel so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Translator {
    dialled: bool,
    ringing: bool,
    progress: bool,
    far_end: bool,
    /// Whether it was answered.
    pub(super) answered: bool,
    /// Whether the terminal event was said.
    pub(super) ended: bool,
}

impl Translator {
    /// The line's event, unless it was said before or says nothing to a call.
    pub(super) fn translate(&mut self, event: &Event) -> Option<LineEvent> {
        if self.ended {
            return None;
        }
        match event {
            Event::Dial(status) => match status.as_str() {
                "" => once(&mut self.dialled, LineEvent::Dialled),
                "RINGING" => self.ringing(),
                "PROGRESS" => once(&mut self.progress, LineEvent::Progress),
                "ANSWER" => once(&mut self.answered, LineEvent::Answered),
                // Final words, and wrong ones: the release decides.
                _ => None,
            },
            Event::State(state) => match state.as_str() {
                "Ring" | "Ringing" => self.ringing(),
                "Up" => once(&mut self.answered, LineEvent::Answered),
                _ => None,
            },
            Event::Digit { digit, duration_ms } => Some(LineEvent::Digit {
                digit: *digit,
                duration_ms: *duration_ms,
            }),
            Event::FarEndHungUp(release) => {
                once(&mut self.far_end, LineEvent::FarEndHungUp(*release))
            }
            Event::Destroyed(release) => once(&mut self.ended, LineEvent::Released(*release)),
            Event::Gone => once(&mut self.ended, LineEvent::Lost),
            Event::Entered | Event::Media(_) => None,
        }
    }

    /// A late `Ringing` after the answer would only confuse.
    fn ringing(&mut self) -> Option<LineEvent> {
        if self.answered {
            None
        } else {
            once(&mut self.ringing, LineEvent::Ringing)
        }
    }
}

fn once(said: &mut bool, event: LineEvent) -> Option<LineEvent> {
    (!std::mem::replace(said, true)).then_some(event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::{Cause, Release};

    fn dial(status: &str) -> Event {
        Event::Dial(status.to_owned())
    }

    fn state(state: &str) -> Event {
        Event::State(state.to_owned())
    }

    fn said(events: &[Event]) -> Vec<LineEvent> {
        let mut translator = Translator::default();
        events
            .iter()
            .filter_map(|event| translator.translate(event))
            .collect()
    }

    #[test]
    fn what_asterisk_says_twice_is_said_once() {
        let events = [
            Event::Entered,
            dial(""),
            state("Ringing"),
            dial("RINGING"),
            dial("PROGRESS"),
            state("Up"),
            dial("ANSWER"),
            dial("RINGING"),
        ];
        let expected = [
            LineEvent::Dialled,
            LineEvent::Ringing,
            LineEvent::Progress,
            LineEvent::Answered,
        ];
        assert_eq!(said(&events), expected);
    }

    #[test]
    fn nothing_comes_after_the_end() {
        let release = Release {
            cause: Cause(17),
            sip: Some(486),
        };
        let events = [
            Event::FarEndHungUp(release),
            Event::Destroyed(release),
            Event::Gone,
            dial("RINGING"),
            Event::Digit {
                digit: '1',
                duration_ms: 80,
            },
        ];
        let expected = [
            LineEvent::FarEndHungUp(release),
            LineEvent::Released(release),
        ];
        assert_eq!(said(&events), expected);
    }

    #[test]
    fn the_final_words_of_dial_are_not_believed() {
        assert_eq!(
            said(&[dial("BUSY"), dial("NOANSWER"), dial("CONGESTION")]),
            []
        );
    }
}
