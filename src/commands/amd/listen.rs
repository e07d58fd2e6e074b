//! A call that is only played: the machine of a call, its ear, a recording and what is said in it.

use std::sync::Arc;

use super::recogniser::Recogniser;
use super::words::Word;
use crate::audio::{FRAME_MS, Frame, level_dbfs};
use crate::call::{
    CallAction, CallEvent, CallMachine, CallRules, CallTime, Greet, OnMachine, PromptId, Verdict,
};
use crate::dialogue::{Dialogue, Scenario, Variables};
use crate::driver;
use crate::line::LineEvent;

/// What is talked along: a scenario that is shipped.
const TALK: &str = include_str!("../../../scenarios/offer.ru.toml");
/// A call is listened to for so long; after the recording there is silence.
const LISTENED_MS: u64 = 16_000;
/// From a prompt being wanted to its first sound, and how long a letter of it lasts.
const PROMPT_MS: u64 = 40;
const LETTER_MS: u64 = 65;
/// The detector reports speech this long after its onset.
const ONSET_MS: u64 = 60;
/// A sound of this level is the beginning of what is no speech, in dBFS.
const LOUD_DBFS: f32 = -36.0;

/// What is heard in a recording.
#[derive(Debug)]
pub(super) struct Sound {
    /// What the ear reports, with its time.
    events: Vec<(u64, CallEvent)>,
    /// When whoever answers begins to sound; nought where nothing sounds.
    begins_ms: u64,
}

impl Sound {
    pub(super) fn of(frames: &[Frame]) -> Self {
        let silence = std::iter::repeat(Frame::SILENCE);
        let length = usize::try_from(LISTENED_MS / u64::from(FRAME_MS)).unwrap_or(0);
        let frames = || frames.iter().copied().chain(silence.clone()).take(length);
        let events = driver::heard_in(frames());
        let first = events
            .first()
            .filter(|(_, event)| *event == CallEvent::SpeechStarted);
        let loud = || frames().position(|frame| level_dbfs(&frame) > LOUD_DBFS);
        let begins_ms = match first {
            Some((at, _)) => at.saturating_sub(ONSET_MS),
            None => loud().unwrap_or(0) as u64 * u64::from(FRAME_MS),
        };
        Self { events, begins_ms }
    }
}

/// What came of a call.
#[derive(Debug)]
pub(super) struct Heard {
    /// Who was believed to have answered in the end.
    pub(super) verdict: Option<Verdict>,
    /// When that was known, after the beginning of the greeting.
    pub(super) after_ms: u64,
    /// From the end of the first words to our first sound; `None` where we never began, or before
    /// them.
    pub(super) opened_ms: Option<u64>,
}

/// A prompt on its way out.
struct Playing {
    id: PromptId,
    begins_ms: u64,
    ends_ms: u64,
    begun: bool,
}

struct Call<'a> {
    machine: CallMachine,
    recogniser: Recogniser<'a>,
    now: u64,
    playing: Option<Playing>,
    verdict: Option<Verdict>,
    hello_ended: Option<u64>,
    opened: Option<u64>,
    hung_up: bool,
}

/// What calls are talked along.
///
/// # Errors
/// The shipped scenario cannot be read.
pub(super) fn talk() -> anyhow::Result<Dialogue> {
    let scenario = Arc::new(Scenario::parse(TALK)?);
    Ok(Dialogue::new(scenario, &Variables::new())?)
}

/// Answers a call with a recording.
pub(super) fn listen(dialogue: &Dialogue, sound: &Sound, words: &[Word], longest_ms: u32) -> Heard {
    let rules = CallRules {
        ring_timeout_ms: 60_000,
        max_duration_ms: 60_000,
        greet: Greet::AfterHello,
        on_machine: OnMachine::HangUp,
        longest_hello_ms: longest_ms.into(),
        advice_ms: None,
    };
    let mut call = Call {
        machine: CallMachine::new(rules, dialogue.clone()),
        recogniser: Recogniser::new(words),
        now: 0,
        playing: None,
        verdict: None,
        hello_ended: None,
        opened: None,
        hung_up: false,
    };
    call.take(&CallEvent::Line(LineEvent::Dialled));
    call.take(&CallEvent::Line(LineEvent::Answered));
    let mut events = sound.events.iter().peekable();
    while call.now < LISTENED_MS && !call.hung_up {
        call.now += u64::from(FRAME_MS);
        while let Some((_, event)) = events.next_if(|(at, _)| *at <= call.now) {
            call.take(event);
        }
        call.tick();
    }
    let known = call.verdict.as_ref().map_or(LISTENED_MS, |it| it.after_ms);
    let opened = call.opened.zip(call.hello_ended);
    Heard {
        after_ms: known.saturating_sub(sound.begins_ms),
        opened_ms: opened.and_then(|(opened, ended)| opened.checked_sub(ended)),
        verdict: call.verdict,
    }
}

impl Call<'_> {
    fn tick(&mut self) {
        for event in self.recogniser.tick(self.now) {
            self.take(&event);
        }
        self.play();
        while let Some((at, timer)) = self.machine.deadline().filter(|_| !self.hung_up)
            && at.0 <= self.now
        {
            self.take(&CallEvent::Timeout(timer));
        }
    }

    fn play(&mut self) {
        let Some(playing) = &mut self.playing else {
            return;
        };
        if !playing.begun && playing.begins_ms <= self.now {
            playing.begun = true;
            let id = playing.id;
            self.opened.get_or_insert(self.now);
            self.take(&CallEvent::PromptStarted(id));
        } else if playing.ends_ms <= self.now {
            self.stop(true);
        }
    }

    fn stop(&mut self, complete: bool) {
        if let Some(playing) = self.playing.take() {
            let heard = self.now.min(playing.ends_ms);
            let heard = heard.saturating_sub(playing.begins_ms);
            self.take(&CallEvent::PromptEnded {
                id: playing.id,
                heard_ms: u32::try_from(heard).unwrap_or(u32::MAX),
                complete,
            });
        }
    }

    fn take(&mut self, event: &CallEvent) {
        if *event == CallEvent::SpeechPaused && self.opened.is_none() {
            self.hello_ended = Some(self.now.saturating_sub(80));
        }
        let mut actions = Vec::new();
        self.machine.handle(CallTime(self.now), event, &mut actions);
        for action in actions {
            self.act(action);
        }
    }

    fn act(&mut self, action: CallAction) {
        match action {
            CallAction::Play { id, text } => {
                let begins_ms = self.now + PROMPT_MS;
                self.playing = Some(Playing {
                    id,
                    begins_ms,
                    ends_ms: begins_ms + text.chars().count() as u64 * LETTER_MS,
                    begun: false,
                });
            }
            CallAction::StopPlaying => self.stop(false),
            CallAction::Commit => self.recogniser.commit(self.now),
            CallAction::Judged(verdict) => self.verdict = Some(verdict),
            CallAction::Hangup(_) | CallAction::Finish(_) => self.hung_up = true,
            // A prompt that is held for a moment ends a moment later: of no account here.
            CallAction::HoldPlaying
            | CallAction::GoOnPlaying
            | CallAction::Ask { .. }
            | CallAction::DoNotCall
            | CallAction::Conclude { .. }
            | CallAction::Record(_)
            | CallAction::ListenForBeep
            | CallAction::Transfer(_)
            | CallAction::PlayMusic(_)
            | CallAction::PlayFile { .. }
            | CallAction::SendKeys(_)
            | CallAction::Join
            | CallAction::GiveUpTransfer => {}
        }
    }
}
