//! The machine that makes up its mind about who answered.
//!
//! A person says a word or two and waits; a machine speaks on, over its own pauses and over us.
//! So whoever pauses is taken for a person at first, which lets the talk begin without delay, and
//! what comes later may correct that: words above all, and speech that does not stop.

use super::words::{HUMAN, MACHINE, MACHINE_IN_TALK, SURE, Told, weigh};
use super::{Answerer, Reason, Verdict, after};
use crate::call::CallTime;
use crate::call::turn_taking::{ONSET_MS, PAUSE_MS};

/// How long after the answer a machine may still tell itself.
const WATCH_MS: u64 = 20_000;
/// The pause that ends first words.
const WAITS_MS: u64 = 350;
/// Speech after a longer silence is no part of one greeting.
const APART_MS: u64 = 1_500;
/// So much speech in one greeting is no person's, where nothing in it is.
const SPOKEN_MS: u64 = 4_500;
/// Long speech that is to be a machine's has so many words, where they are recognised at all: a
/// television goes on without them.
const LEAST_WORDS: usize = 6;
const MANY_WORDS: usize = 9;
/// A greeting before a beep is at least so long.
const BEFORE_BEEP_MS: u64 = 1_000;
/// A beep that nothing follows for so long was all there is.
const AFTER_BEEP_MS: u64 = 1_000;
/// Of fewer words than these only the sure ones tell a machine: «вы позвонили Ивану».
const FEW_WORDS: usize = 5;
/// Nobody who hears us interrupts sooner.
const REACTS_MS: u64 = 500;
/// What the voice detector takes for speech and takes back is shorter.
const TAKEN_BACK_MS: u64 = 400;

/// Something that was heard, or that we did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::call) enum Sign<'a> {
    SpeechStarted,
    SpeechPaused,
    /// The present guess at what is being said.
    Guess(&'a str),
    /// What was said.
    Text(&'a str),
    /// A prompt of ours has begun.
    WeSpeak,
    /// It has ended; whether it was played to its end.
    WeEnded(bool),
    Beep,
    FaxTone,
    InformationTones,
    Music,
    /// The time that was asked for has come.
    Time,
}

/// What a sign leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::call) enum Finding {
    /// It is known who answered, or known better.
    Known(Verdict),
    /// A guess sounds like a machine: its text is wanted, since a guess alone decides nothing.
    AskText,
}

/// Listens to whoever answered.
#[derive(Debug, Clone)]
pub(in crate::call) struct Judge {
    /// First words without a pause of this length are a machine's, in milliseconds.
    longest_ms: u64,
    answered: Option<CallTime>,
    verdict: Option<Verdict>,
    due: Option<CallTime>,
    /// Since when words follow one another without a pause, while somebody speaks.
    stretch: Option<CallTime>,
    /// The onset of what is being said.
    onset: Option<CallTime>,
    /// The end of the last speech.
    ended: Option<CallTime>,
    /// Speech of this greeting up to the last pause, in milliseconds.
    spoken_ms: u64,
    /// The longest speech so far, in milliseconds.
    longest_speech_ms: u64,
    /// The callee answers what we have said: the greeting is over.
    in_talk: bool,
    we_speak: Option<CallTime>,
    /// Somebody has begun to speak when we had been heard for a while, as who interrupts does.
    interrupts: bool,
    we_were_heard: bool,
    /// What is being said began while we spoke, and may be our own voice.
    over_us: bool,
    /// A beep came before anybody spoke, or before the words of who did.
    beeped: bool,
    text: String,
    /// What is not final yet.
    guess: String,
    asked: bool,
}

impl Judge {
    pub(in crate::call) fn new(longest_ms: u64) -> Self {
        Self {
            longest_ms,
            answered: None,
            verdict: None,
            due: None,
            stretch: None,
            onset: None,
            ended: None,
            spoken_ms: 0,
            longest_speech_ms: 0,
            in_talk: false,
            we_speak: None,
            interrupts: false,
            we_were_heard: false,
            over_us: false,
            beeped: false,
            text: String::new(),
            guess: String::new(),
            asked: false,
        }
    }

    /// The call was answered: from now on somebody is there.
    pub(in crate::call) fn answered(&mut self, now: CallTime) {
        self.answered.get_or_insert(now);
    }

    /// Who answered, as far as it is known.
    pub(in crate::call) fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }

    /// When [`Sign::Time`] is wanted.
    pub(in crate::call) fn deadline(&self) -> Option<CallTime> {
        self.due
    }

    /// Takes what happened; what it leads to, if anything.
    pub(in crate::call) fn take(&mut self, now: CallTime, sign: Sign<'_>) -> Option<Finding> {
        let is_machine = |verdict: &Verdict| verdict.answerer.is_machine();
        let over = after(self.answered, now) > WATCH_MS;
        if self.answered.is_none() || over || self.verdict.as_ref().is_some_and(is_machine) {
            self.due = None;
            return None;
        }
        match sign {
            Sign::SpeechStarted => self.speech_started(now),
            Sign::SpeechPaused => self.speech_paused(now),
            Sign::Guess(guess) => return self.guess(guess),
            Sign::Text(text) => return self.text(now, text),
            Sign::WeSpeak => self.we_speak = Some(now),
            Sign::WeEnded(whole) => {
                self.we_speak = None;
                self.we_were_heard |= whole;
            }
            Sign::Beep => return self.beep(now),
            Sign::FaxTone => return Some(self.known(now, Answerer::Fax, Reason::FaxTone)),
            Sign::InformationTones => {
                let reason = Reason::InformationTones;
                return Some(self.known(now, Answerer::Announcement, reason));
            }
            Sign::Music => return self.music(now),
            Sign::Time => return self.time(now),
        }
        None
    }

    fn speech_started(&mut self, now: CallTime) {
        self.beeped = false;
        let onset = CallTime(now.0.saturating_sub(ONSET_MS));
        let silence = self.ended.map(|ended| onset.since(ended));
        self.interrupts |= self
            .we_speak
            .is_some_and(|since| onset.since(since) >= REACTS_MS);
        self.over_us = self.we_speak.is_some();
        if self.we_were_heard && self.we_speak.is_none() {
            self.reply_begins();
        } else if silence.is_some_and(|ms| ms > APART_MS) {
            self.spoken_ms = 0;
        }
        if silence.is_none_or(|ms| ms >= WAITS_MS) {
            self.stretch = None;
        }
        let stretch = *self.stretch.get_or_insert(onset);
        self.onset = Some(onset);
        let by_length = stretch.plus(self.longest_ms);
        let by_sum = onset.plus(SPOKEN_MS.saturating_sub(self.spoken_ms));
        self.due = (!self.in_talk).then(|| by_length.min(by_sum).max(now.plus(1)));
    }

    /// What is said now answers us, and is weighed by itself.
    fn reply_begins(&mut self) {
        self.in_talk = true;
        self.text.clear();
        self.guess.clear();
        self.asked = false;
    }

    fn speech_paused(&mut self, now: CallTime) {
        let Some(onset) = self.onset.take() else {
            return;
        };
        let end = CallTime(now.0.saturating_sub(PAUSE_MS));
        let spoken = end.since(onset);
        self.spoken_ms += spoken;
        self.longest_speech_ms = self.longest_speech_ms.max(spoken);
        self.ended = Some(end);
        self.due = self.verdict.is_none().then(|| end.plus(WAITS_MS));
    }

    fn guess(&mut self, guess: &str) -> Option<Finding> {
        guess.clone_into(&mut self.guess);
        let told = self.told();
        // A text that did not settle it is not asked for again until it would.
        let first = self.text.is_empty();
        let needed = if first { MACHINE } else { SURE };
        let asks = told.points >= needed.max(self.needed()) && !self.asked;
        self.asked |= asks;
        asks.then_some(Finding::AskText)
    }

    fn text(&mut self, now: CallTime, text: &str) -> Option<Finding> {
        self.asked = false;
        self.guess.clear();
        if text.trim().is_empty() {
            return None;
        }
        self.text.push(' ');
        self.text.push_str(text);
        let told = weigh(&self.text);
        if self.is_told_by(&told) {
            return Some(self.known(now, told.machine, Reason::Said(told.quoted)));
        }
        if self.beeped && told.points < HUMAN {
            // A person, whose line beeps because it is recorded.
            self.beeped = false;
            let waited = self.ended.filter(|_| self.verdict.is_none());
            self.due = waited.map(|end| end.plus(WAITS_MS).max(now.plus(1)));
        }
        self.by_length(now)
    }

    /// What all the words so far tell, the guess with them.
    fn told(&self) -> Told {
        weigh(&format!("{} {}", self.text, self.guess))
    }

    fn needed(&self) -> i32 {
        if self.in_talk {
            MACHINE_IN_TALK
        } else {
            MACHINE
        }
    }

    /// Whether words are enough. Whoever is still speaking may yet say what only a person says.
    fn is_told_by(&self, told: &Told) -> bool {
        let unsure = self.onset.is_some() || told.count < FEW_WORDS;
        let needed = if unsure { SURE } else { MACHINE };
        told.points >= needed.max(self.needed())
    }

    /// Who beeps after a greeting, or instead of one, wants a message.
    fn beep(&mut self, now: CallTime) -> Option<Finding> {
        let told = self.told();
        let greeted = self.spoken_ms >= BEFORE_BEEP_MS && !self.in_talk;
        let silent = self.longest_speech_ms == 0 || greeted && told.count == 0;
        if silent && self.onset.is_none() && !self.in_talk {
            // The network's information tones begin like this, and people whose line is recorded;
            // the words of a greeting may still come.
            self.beeped = true;
            self.due = Some(now.plus(AFTER_BEEP_MS));
        }
        let greeted = greeted && told.count > 0 && told.points >= HUMAN;
        greeted.then(|| self.known(now, Answerer::Voicemail, Reason::Beep))
    }

    /// Music behind somebody who speaks is no machine.
    fn music(&mut self, now: CallTime) -> Option<Finding> {
        let speaks = self.longest_speech_ms > TAKEN_BACK_MS || !self.text.trim().is_empty();
        if speaks || self.in_talk {
            return None;
        }
        Some(self.known(now, Answerer::Music, Reason::Music))
    }

    fn time(&mut self, now: CallTime) -> Option<Finding> {
        if self.due.is_none_or(|due| due > now) {
            return None;
        }
        self.due = None;
        if self.onset.is_some() {
            return self.by_length(now);
        }
        if self.beeped {
            return Some(self.known(now, Answerer::Voicemail, Reason::Beep));
        }
        if self.asked || self.longest_speech_ms == 0 {
            return None;
        }
        let told = weigh(&self.text);
        if self.is_told_by(&told) {
            return Some(self.known(now, told.machine, Reason::Said(told.quoted)));
        }
        let stretch = self.stretch.zip(self.ended);
        let length = stretch.map_or(0, |(from, to)| to.since(from));
        Some(self.known(now, Answerer::Human, Reason::Waited(length)))
    }

    /// Whether the greeting is too long for a person.
    fn by_length(&mut self, now: CallTime) -> Option<Finding> {
        // A guess that speaks for a person is enough to wait for more; so is an interruption with
        // nothing of a machine in it.
        let told = self.told();
        let interrupts = self.interrupts && told.points < MACHINE;
        if self.in_talk || told.points < HUMAN || interrupts {
            return None;
        }
        let speaking = self.onset.map_or(0, |onset| now.since(onset));
        let stretch = self.stretch.filter(|_| self.onset.is_some());
        let stretch = stretch.map_or(0, |from| now.since(from));
        let unheard = told.count == 0 && !self.over_us;
        if stretch >= self.longest_ms && (unheard || told.count >= LEAST_WORDS) {
            return Some(self.known_by(now, &told, Reason::SpokeLong(stretch)));
        }
        let spoken = self.spoken_ms + speaking;
        if spoken >= SPOKEN_MS && told.count >= MANY_WORDS {
            return Some(self.known_by(now, &told, Reason::SpokeOn(spoken)));
        }
        // Not yet: what is being said may still get too long. After a pause its end is waited for.
        if self.onset.is_some() {
            let due = self.stretch.map(|from| from.plus(self.longest_ms));
            self.due = due.filter(|due| *due > now);
        }
        None
    }

    fn known_by(&mut self, now: CallTime, told: &Told, reason: Reason) -> Finding {
        let heard = told.count > 0;
        let machine = if heard {
            told.machine
        } else {
            Answerer::Voicemail
        };
        self.known(now, machine, reason)
    }

    fn known(&mut self, now: CallTime, answerer: Answerer, reason: Reason) -> Finding {
        let verdict = Verdict {
            answerer,
            reason,
            after_ms: after(self.answered, now),
        };
        self.due = None;
        self.verdict = Some(verdict.clone());
        Finding::Known(verdict)
    }
}
