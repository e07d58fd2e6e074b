//! The callee's ear: where the bot's turns begin and end, and what was said in them.

use crate::audio::{FRAME_MS, Frame};
use crate::rehearsal::voice::{Listener, SYMBOL_SAMPLES};

/// Mean square above which a frame is sound: an amplitude of 300, some -41 dBFS; a silent line
/// gives 8.
const LOUD: i64 = 300 * 300;
/// Loud frames in a row that make a turn begin; a single one is a click.
const ONSET_FRAMES: u32 = 2;

/// Frames in a row that may be late before it is heard: a telephone conceals as much, and the
/// clocks of a busy machine are no better.
const CONCEALED: u32 = 2;

/// What a frame told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// Nothing new.
    Nothing,
    /// The bot began to speak at this time.
    Began(u32),
    /// The bot's turn is over.
    Ended(Turn),
}

/// A turn of the bot, in milliseconds since the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) began_ms: u32,
    pub(super) ended_ms: u32,
    pub(super) text: String,
}

/// Listens frame by frame.
#[derive(Debug)]
pub(super) struct Ear {
    listener: Listener,
    patience_ms: u32,
    loud_frames: u32,
    /// When the turn that is going on began.
    began_ms: Option<u32>,
    /// End of the last loud frame.
    last_loud_ms: u32,
    /// Frames in a row that did not come.
    missing: u32,
    /// Frames that came late into a turn, and were concealed.
    late_frames: u32,
    /// Frames that came too late into a turn to be concealed.
    lost_frames: u32,
}

impl Ear {
    pub(super) fn new(patience_ms: u32) -> Self {
        Self {
            listener: Listener::new(),
            patience_ms,
            loud_frames: 0,
            began_ms: None,
            last_loud_ms: 0,
            missing: 0,
            late_frames: 0,
            lost_frames: 0,
        }
    }

    /// Frames that came late into a turn and went unnoticed.
    pub(super) fn late_frames(&self) -> u32 {
        self.late_frames
    }

    /// Frames that came so late into a turn that a hole was heard.
    pub(super) fn lost_frames(&self) -> u32 {
        self.lost_frames
    }

    /// When the bot's turn began, if one is going on.
    pub(super) fn turn_began(&self) -> Option<u32> {
        self.began_ms
    }

    /// Words of the turn that is going on which are heard to their end.
    pub(super) fn whole_words(&self) -> usize {
        let words = self.listener.words();
        let is_open = words.last().is_some_and(|word| {
            let pause = SYMBOL_SAMPLES as u64;
            self.listener.heard_until() < word.end + pause
        });
        words.len() - usize::from(is_open)
    }

    /// The first words of the turn that is going on.
    pub(super) fn text_of(&self, words: usize) -> String {
        let words = self.listener.words().iter().take(words);
        let texts: Vec<&str> = words.map(|word| word.text.as_str()).collect();
        texts.join(" ")
    }

    /// Milliseconds since the bot's last sound.
    pub(super) fn silent_for(&self, now_ms: u32) -> u32 {
        now_ms.saturating_sub(self.last_loud_ms)
    }

    /// Hears the frame that began at `now_ms`; `None` is a line on which nothing came.
    pub(super) fn hear(&mut self, now_ms: u32, frame: Option<&Frame>) -> Told {
        self.listen(frame);
        let frame = frame.unwrap_or(&Frame::SILENCE);
        if is_loud(frame) {
            self.loud_frames += 1;
            if self.began_ms.is_some() || self.loud_frames >= ONSET_FRAMES {
                self.last_loud_ms = now_ms + FRAME_MS;
            }
            if self.began_ms.is_none() && self.loud_frames >= ONSET_FRAMES {
                let began = now_ms.saturating_sub((ONSET_FRAMES - 1) * FRAME_MS);
                self.began_ms = Some(began);
                return Told::Began(began);
            }
            return Told::Nothing;
        }
        self.loud_frames = 0;
        if now_ms + FRAME_MS < self.last_loud_ms + self.patience_ms {
            return Told::Nothing;
        }
        self.end().map_or(Told::Nothing, Told::Ended)
    }

    /// Listens for words. What is only late is no pause between them.
    fn listen(&mut self, frame: Option<&Frame>) {
        let Some(frame) = frame else {
            self.missing += 1;
            let silent = match self.missing {
                ..=CONCEALED => 0,
                missing if missing == CONCEALED + 1 => missing,
                _ => 1,
            };
            for _ in 0..silent {
                self.listener.push(&Frame::SILENCE.0);
            }
            return;
        };
        if self.began_ms.is_some() {
            match self.missing {
                ..=CONCEALED => self.late_frames += self.missing,
                missing => self.lost_frames += missing,
            }
        }
        self.missing = 0;
        self.listener.push(&frame.0);
    }

    /// Ends the turn that is going on, if any: patience is over, or the line is gone.
    pub(super) fn end(&mut self) -> Option<Turn> {
        let began_ms = self.began_ms.take()?;
        // Lets the listener judge what it still holds back.
        for _ in 0..5 {
            self.listener.push(&Frame::SILENCE.0);
        }
        Some(Turn {
            began_ms,
            ended_ms: self.last_loud_ms,
            text: self.listener.take(),
        })
    }
}

fn is_loud(frame: &Frame) -> bool {
    let square: i64 = frame.0.iter().map(|s| i64::from(*s) * i64::from(*s)).sum();
    square > LOUD * i64::try_from(frame.0.len()).unwrap_or(i64::MAX)
}
