//! Sound that is played to nobody in particular: an operator's announcement, a ring-back.

use super::mouth::Mouth;
use super::part::Act;
use crate::audio::Frame;

/// Acts as frames, once or over and over.
#[derive(Debug)]
pub struct Announcement {
    acts: Vec<Act>,
    repeats: bool,
    mouth: Mouth,
}

impl Announcement {
    /// An announcement at its beginning.
    pub fn new(acts: &[Act], repeats: bool) -> Self {
        let mut mouth = Mouth::default();
        mouth.act(acts);
        Self {
            acts: acts.to_vec(),
            repeats,
            mouth,
        }
    }

    /// The next 20 ms; `None` when all was said.
    pub fn next_frame(&mut self) -> Option<Frame> {
        if !self.mouth.is_busy() {
            if !self.repeats {
                return None;
            }
            self.mouth.act(&self.acts);
        }
        Some(self.mouth.next().frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::voice::Listener;

    fn heard(frames: impl Iterator<Item = Frame>) -> String {
        let mut listener = Listener::new();
        for frame in frames.chain([Frame::SILENCE; 5]) {
            listener.push(&frame.0);
        }
        listener.text()
    }

    #[test]
    fn it_is_said_once_or_over_and_over() {
        let acts = [Act::Say("абонент недоступен".into()), Act::PauseMs(500)];
        let mut once = Announcement::new(&acts, false);
        let frames: Vec<Frame> = std::iter::from_fn(|| once.next_frame()).collect();
        assert_eq!(heard(frames.iter().copied()), "абонент недоступен");
        let mut again = Announcement::new(&acts, true);
        let twice = std::iter::from_fn(|| again.next_frame()).take(2 * frames.len());
        assert_eq!(heard(twice), "абонент недоступен абонент недоступен");
        let mut nothing = Announcement::new(&[], true);
        assert_eq!(nothing.next_frame(), Some(Frame::SILENCE));
    }
}
