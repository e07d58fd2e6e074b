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
    /// The line's events, unless they were said before or say nothing to a call. What cannot be
    /// before `Dialled` brings it along if Asterisk has not told it yet.
    pub(super) fn translate(&mut self, event: &Event) -> Vec<LineEvent> {
        if self.ended {
            return Vec::new();
        }
        let said = self.one(event);
        let after_dial = said.as_ref().is_some_and(comes_after_dial);
        let dialled = if after_dial {
            once(&mut self.dialled, LineEvent::Dialled)
        } else {
            None
        };
        dialled.into_iter().chain(said).collect()
    }

    fn one(&mut self, event: &Event) -> Option<LineEvent> {
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

/// Whether this cannot be before the callee was dialled: a SIP response answers an INVITE.
/// (Asterisk's tasks race: a fast refusal may overtake the event that it was dialled.)
const fn comes_after_dial(event: &LineEvent) -> bool {
    match event {
        LineEvent::Ringing | LineEvent::Progress | LineEvent::Answered => true,
        LineEvent::FarEndHungUp(release) | LineEvent::Released(release) => release.sip.is_some(),
        LineEvent::Dialled | LineEvent::Digit { .. } | LineEvent::Lost => false,
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
            .flat_map(|event| translator.translate(event))
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
    fn dialled_comes_first_whatever_asterisk_says_first() {
        let dialled_and = |event| vec![LineEvent::Dialled, event];
        assert_eq!(
            said(&[state("Ringing"), dial("")]),
            dialled_and(LineEvent::Ringing)
        );
        assert_eq!(
            said(&[dial("PROGRESS"), dial("")]),
            dialled_and(LineEvent::Progress)
        );
        assert_eq!(
            said(&[state("Up"), dial("")]),
            dialled_and(LineEvent::Answered)
        );
        let refused = Release {
            cause: Cause(1),
            sip: Some(404),
        };
        assert_eq!(
            said(&[Event::FarEndHungUp(refused), dial("")]),
            dialled_and(LineEvent::FarEndHungUp(refused))
        );
    }

    #[test]
    fn an_end_without_an_answer_of_the_trunk_does_not_say_that_it_was_dialled() {
        let release = Release {
            cause: Cause(16),
            sip: None,
        };
        let events = [Event::FarEndHungUp(release), Event::Destroyed(release)];
        let expected = [
            LineEvent::FarEndHungUp(release),
            LineEvent::Released(release),
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
            dial(""),
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
            LineEvent::Dialled,
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
