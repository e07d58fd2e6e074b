//! What the network says before the answer: busy, off, no such number; and what the call does then.
//!
//! Tones and words are joined here. Texts of that time are no turns of the talk and tell nothing of
//! who answers, with one exception: an announcement whose speech goes on across the answer is a
//! machine's, and is weighed as one.

mod phrase;
mod words;

use std::fmt;

use super::answerer::Sign;
use super::machine::{CallMachine, Phase};
use super::turn_taking::{ONSET_MS, PAUSE_MS};
use super::{CallAction, CallEvent, CallTime, Timer};
use crate::line::{EarlyMedia, EndedBy, HangupReason};
use words::said;

/// An announcement that pauses for so long has said what there is to say.
const OVER_MS: u64 = 700;
/// Speech that sets in so soon after the answer has not paused at it.
const ACROSS_MS: u64 = ONSET_MS + 100;
/// A text that the recogniser gave up on may come so late after the answer.
const LATE_MS: u64 = 10_000;
/// Speech that goes on for so long after the answer is a machine's that had begun before it.
const GOES_ON_MS: u64 = 700;

/// By what it is known what the network said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeardBy {
    /// A tone, over three of its periods.
    Tone,
    /// These words.
    Words(String),
}

impl fmt::Display for HeardBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tone => f.write_str("its tone"),
            Self::Words(words) => write!(f, "said: «{words}»"),
        }
    }
}

/// What the network said before the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkSaid {
    /// What.
    pub what: EarlyMedia,
    /// By what that is known.
    pub by: HeardBy,
    /// Since when, in milliseconds of the call.
    pub at: CallTime,
}

/// What of an event is sound before the answer.
enum Sound<'a> {
    Started,
    Paused,
    Guess(&'a str),
    Text { text: &'a str, asked: bool },
    Tone(EarlyMedia),
}

fn sound(event: &CallEvent) -> Option<Sound<'_>> {
    Some(match event {
        CallEvent::SpeechStarted => Sound::Started,
        CallEvent::SpeechPaused => Sound::Paused,
        CallEvent::PartialText(guess) => Sound::Guess(guess),
        CallEvent::FinalText(text) => Sound::Text { text, asked: true },
        CallEvent::UnaskedText(text) => Sound::Text { text, asked: false },
        CallEvent::BusyTone => Sound::Tone(EarlyMedia::Busy),
        CallEvent::CongestionTone => Sound::Tone(EarlyMedia::Congestion),
        CallEvent::Line(_)
        | CallEvent::PlaceFailed { .. }
        | CallEvent::Beep
        | CallEvent::Fax
        | CallEvent::InformationTones
        | CallEvent::Music
        | CallEvent::EchoFound
        | CallEvent::RecognizerFailed
        | CallEvent::Advised { .. }
        | CallEvent::PromptStarted(_)
        | CallEvent::PromptEnded { .. }
        | CallEvent::PromptFailed(_)
        | CallEvent::OperatorReady
        | CallEvent::TransferFailed
        | CallEvent::Joined
        | CallEvent::OperatorLeft
        | CallEvent::MediaLost
        | CallEvent::Seated
        | CallEvent::Dropped
        | CallEvent::Stop(_)
        | CallEvent::Timeout(_) => return None,
    })
}

/// Joins what is heard before the answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Network {
    speaking: bool,
    /// Commits from before the answer without their text.
    owed: u32,
    /// All that was said so far.
    text: String,
    said: Option<NetworkSaid>,
    /// The answer, where somebody was speaking at it.
    across: Option<CallTime>,
    /// That speech goes on since this time.
    went_on: Option<CallTime>,
    /// What was said up to the answer, until it is known that the speech goes on for long.
    before: Option<String>,
    /// The recogniser gave up on a text, which may come unasked.
    may_come: bool,
}

impl Network {
    /// What the network said, if anything was understood.
    pub(super) fn said(&self, rang: bool) -> Option<NetworkSaid> {
        let mut said = self.said.clone()?;
        // A phone that rang exists: whatever was said is no reason never to ring it again.
        if rang && said.what == EarlyMedia::NoSuchNumber {
            said.what = EarlyMedia::Unreachable;
        }
        Some(said)
    }

    /// A final text: what all of them say now.
    fn text_came(&mut self, now: CallTime, text: &str) {
        self.text.push(' ');
        self.text.push_str(text);
        let known = said(&self.text).map(|(what, words)| NetworkSaid {
            what,
            by: HeardBy::Words(words),
            at: now,
        });
        let what = |said: &Option<NetworkSaid>| said.as_ref().map(|said| said.what);
        let by_tone = self.said.as_ref().is_some_and(|it| it.by == HeardBy::Tone);
        // It is known since it was said first; words that say nothing do not undo a tone.
        if what(&known) != what(&self.said) && !(by_tone && known.is_none()) {
            self.said = known;
        }
    }

    /// Whether nobody will answer, by what was said in words. A line that is said to be busy may
    /// yet become free.
    fn is_final(&self) -> bool {
        let what = self.said.as_ref().map(|said| said.what);
        matches!(
            what,
            Some(EarlyMedia::Unreachable | EarlyMedia::NoSuchNumber)
        )
    }
}

impl CallMachine {
    /// Takes what belongs to the time before the answer; whether it did.
    pub(super) fn hear_network(
        &mut self,
        now: CallTime,
        event: &CallEvent,
        out: &mut Vec<CallAction>,
    ) -> bool {
        let Some(sound) = sound(event) else {
            return false;
        };
        if self.answered.is_some() {
            return self.hear_rest_of_network(now, &sound, out);
        }
        match sound {
            Sound::Started => {
                self.network.speaking = true;
                self.timers.clear(Timer::Endpoint);
            }
            Sound::Paused => self.network_paused(now, out),
            Sound::Guess(guess) => self.network_guessed(guess, out),
            Sound::Text { text, asked } => {
                self.network.owed = self.network.owed.saturating_sub(u32::from(asked));
                self.network.may_come = asked && text.trim().is_empty();
                self.network.text_came(now, text);
                self.leave_if_said(now, out);
                if !self.network_owes_words() {
                    self.no_more_words(now, out);
                }
            }
            Sound::Tone(what) => self.tone(now, what, out),
        }
        true
    }

    fn network_paused(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if !self.network.speaking {
            return;
        }
        self.ask_network_text(out);
        if self.phase == Phase::Dialling {
            let paused = CallTime(now.0.saturating_sub(PAUSE_MS));
            self.timers.set(Timer::Endpoint, paused.plus(OVER_MS));
        }
    }

    fn ask_network_text(&mut self, out: &mut Vec<CallAction>) {
        self.network.speaking = false;
        self.network.owed += 1;
        out.push(CallAction::Commit);
    }

    /// A guess decides nothing; one that would has its text asked for.
    fn network_guessed(&mut self, guess: &str, out: &mut Vec<CallAction>) {
        let network = &self.network;
        let tells = || said(&format!("{} {guess}", network.text)).is_some();
        if network.owed == 0 && network.said.is_none() && tells() {
            self.network.owed += 1;
            out.push(CallAction::Commit);
        }
    }

    /// Leaves when the announcement has paused for long, and all of its text is there.
    pub(super) fn leave_if_said(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        let over = !self.network_owes_words() && !self.timers.is_set(Timer::Endpoint);
        if over && self.network.is_final() {
            self.leave_network(now, out);
        }
    }

    fn tone(&mut self, now: CallTime, what: EarlyMedia, out: &mut Vec<CallAction>) {
        // Words say more than the tone that follows them.
        self.network.said.get_or_insert(NetworkSaid {
            what,
            by: HeardBy::Tone,
            at: now,
        });
        self.leave_network(now, out);
    }

    fn leave_network(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        if self.phase == Phase::Dialling {
            let reason = HangupReason::NoAnswer;
            self.hang_up(now, reason, EndedBy::Announcement, out);
        }
    }

    /// Whether the text of an announcement is still to come.
    pub(super) fn network_owes_words(&self) -> bool {
        self.network.speaking || self.network.owed > 0
    }

    /// The line is gone: the text of what was being said is asked for.
    pub(super) fn network_is_gone(&mut self, out: &mut Vec<CallAction>) {
        if self.network.speaking {
            self.ask_network_text(out);
        }
    }

    /// Somebody answered; the text of what was being said is asked for.
    pub(super) fn network_is_over(&mut self, now: CallTime, out: &mut Vec<CallAction>) {
        self.timers.clear(Timer::Endpoint);
        if self.network.speaking {
            self.ask_network_text(out);
            self.network.across = Some(now);
        }
    }

    /// Texts that are still owed for what was said before the answer come before all others.
    fn hear_rest_of_network(
        &mut self,
        now: CallTime,
        sound: &Sound<'_>,
        out: &mut Vec<CallAction>,
    ) -> bool {
        let network = &mut self.network;
        let owed = network.owed > 0;
        match sound {
            Sound::Started => {
                let across = network.across.take();
                network.went_on = across.filter(|at| now.since(*at) <= ACROSS_MS);
                false
            }
            Sound::Text { text, asked: true } if owed => {
                network.owed -= 1;
                network.may_come = text.trim().is_empty();
                // A song may be sung and an advertisement spoken until a person picks up.
                let weighs = network.owed == 0 && network.went_on.is_some();
                let tells = weighs && said(text).is_some();
                network.before = tells.then(|| (*text).to_owned());
                true
            }
            Sound::Text { text, asked: false } if network.may_come => {
                network.may_come = false;
                let late = now.since(self.answered.unwrap_or(now)) <= LATE_MS;
                late && !self.dialogue.opts_out(text)
            }
            Sound::Guess(_) | Sound::Text { .. } if owed => true,
            Sound::Guess(_) | Sound::Text { .. } => {
                // Texts come in order: what is asked for later comes later.
                network.may_come &= matches!(sound, Sound::Guess(_));
                let long = network
                    .went_on
                    .is_some_and(|at| now.since(at) >= GOES_ON_MS);
                if let Some(before) = network.before.take_if(|_| long) {
                    self.watch_sign(now, Sign::Text(&before), out);
                }
                false
            }
            // The end of what the network said comes a little after the answer.
            Sound::Paused => {
                if network.went_on.is_some_and(|at| now.since(at) < GOES_ON_MS) {
                    (network.went_on, network.before) = (None, None);
                }
                false
            }
            Sound::Tone(_) => true,
        }
    }
}
