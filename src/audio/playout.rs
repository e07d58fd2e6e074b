//! The playout queue: which audio is sent when, and what of it was heard.
//!
//! Little is sent ahead, so that silence after a flush is immediate. Each message carries a mark;
//! the mark's return tells that the message has left. What a flush removed never counts as heard.

use std::collections::VecDeque;

use super::{FRAME_MS, FRAME_SAMPLES};

/// Audio sent and not yet played, at most, in milliseconds.
const AHEAD_MS: u32 = 240;
/// One message, at most, in frames.
const MESSAGE_FRAMES: usize = 4;
/// A message of silence, in frames: each costs both sides some wake-ups. As many as a message of a
/// media WebSocket may hold.
const IDLE_FRAMES: usize = 10;
/// Messages of silence kept in the queue while nothing is said: no more, since a backlog never
/// drains. What is said next flushes them.
const IDLE_MESSAGES: usize = 2;

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its mark.
    pub mark: u64,
    /// Whole frames of G.711.
    pub audio: Vec<u8>,
}

/// What became known about a prompt or the audio that left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Played {
    /// The first sound of the prompt is leaving.
    Started(u32),
    /// G.711 audio that left; its end left just now.
    Audio(Vec<u8>),
    /// The prompt is over.
    Ended {
        /// Which prompt.
        prompt: u32,
        /// How much of it left, in milliseconds.
        heard_ms: u32,
        /// Whether that was all of it.
        complete: bool,
    },
}

#[derive(Debug)]
struct InFlight {
    mark: u64,
    bytes: Vec<u8>,
    sent_ms: u64,
    /// Speech, not filler silence.
    speech: bool,
}

#[derive(Debug)]
struct Prompt {
    id: u32,
    pending: VecDeque<u8>,
    whole: bool,
    started: bool,
    held: bool,
    heard_ms: u32,
}

/// The playout queue of one call. Times are milliseconds of the call's clock.
#[derive(Debug)]
pub struct Playout {
    silence: u8,
    next_mark: u64,
    prompt: Option<Prompt>,
    in_flight: VecDeque<InFlight>,
    /// When the head of the queue began to play.
    head_ms: u64,
}

impl Playout {
    /// A queue that fills up with this byte.
    pub fn new(silence: u8) -> Self {
        Self {
            silence,
            next_mark: 0,
            prompt: None,
            in_flight: VecDeque::new(),
            head_ms: 0,
        }
    }

    /// Begins a prompt; its audio follows by [`Self::feed`]. One prompt at a time: the one before
    /// must have ended or been stopped.
    pub fn begin(&mut self, id: u32) {
        self.prompt = Some(Prompt {
            id,
            pending: VecDeque::new(),
            whole: false,
            started: false,
            held: false,
            heard_ms: 0,
        });
    }

    /// Appends audio of the prompt under way, any number of bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        if let Some(prompt) = &mut self.prompt {
            prompt.pending.extend(bytes);
        }
    }

    /// No more audio of this prompt comes; the last frame is filled up with silence.
    pub fn end_of_prompt(&mut self) {
        let silence = self.silence;
        if let Some(prompt) = &mut self.prompt {
            prompt.whole = true;
            let rest = prompt.pending.len() % FRAME_SAMPLES;
            if rest > 0 {
                prompt
                    .pending
                    .extend(std::iter::repeat_n(silence, FRAME_SAMPLES - rest));
            }
        }
    }

    /// Whether filler silence is queued that a prompt need not wait for.
    pub fn must_flush_filler(&self) -> bool {
        let waiting = self
            .prompt
            .as_ref()
            .is_some_and(|p| !p.held && p.pending.len() >= FRAME_SAMPLES);
        waiting
            && !self.in_flight.is_empty()
            && self.in_flight.iter().all(|message| !message.speech)
    }

    /// Forgets the filler, which a flush has removed.
    pub fn filler_flushed(&mut self) {
        self.in_flight.clear();
    }

    /// The next message to send now, if any; `facts` takes what it means.
    pub fn next(&mut self, now_ms: u64, facts: &mut Vec<Played>) -> Option<Message> {
        // Its end may be known after its last sound has left: no mark of it comes then.
        self.end_if_over(facts);
        let ahead = self.frames_in_flight() * FRAME_MS;
        if let Some(prompt) = self.prompt.as_mut().filter(|prompt| !prompt.held) {
            let frames = (prompt.pending.len() / FRAME_SAMPLES).min(MESSAGE_FRAMES);
            if frames > 0 {
                if ahead >= AHEAD_MS {
                    return None;
                }
                let audio: Vec<u8> = prompt.pending.drain(..frames * FRAME_SAMPLES).collect();
                if !prompt.started {
                    prompt.started = true;
                    facts.push(Played::Started(prompt.id));
                }
                return Some(self.send(audio, now_ms, true));
            }
        }
        self.wants_filler().then(|| {
            self.send(
                vec![self.silence; IDLE_FRAMES * FRAME_SAMPLES],
                now_ms,
                false,
            )
        })
    }

    /// Silence follows the last of a prompt without a gap; it never comes between two parts of one.
    fn wants_filler(&self) -> bool {
        let to_come = self
            .prompt
            .as_ref()
            .is_some_and(|p| !p.held && (!p.whole || !p.pending.is_empty()));
        let filler = self.in_flight.iter().filter(|m| !m.speech).count();
        let speech = self.in_flight.len() > filler;
        (!speech || !to_come) && filler < IDLE_MESSAGES
    }

    fn send(&mut self, audio: Vec<u8>, now_ms: u64, speech: bool) -> Message {
        self.next_mark += 1;
        if self.in_flight.is_empty() {
            self.head_ms = now_ms;
        }
        let message = Message {
            mark: self.next_mark,
            audio: audio.clone(),
        };
        self.in_flight.push_back(InFlight {
            mark: self.next_mark,
            bytes: audio,
            sent_ms: now_ms,
            speech,
        });
        message
    }

    /// A mark has returned: everything up to it has left.
    pub fn played(&mut self, mark: u64, now_ms: u64, facts: &mut Vec<Played>) {
        while self
            .in_flight
            .front()
            .is_some_and(|message| message.mark <= mark)
        {
            if let Some(message) = self.in_flight.pop_front() {
                self.head_ms = now_ms.max(message.sent_ms);
                self.left(message, facts);
            }
        }
        self.end_if_over(facts);
    }

    /// Ends the prompt of which nothing is left, neither here nor on its way.
    fn end_if_over(&mut self, facts: &mut Vec<Played>) {
        let over = self.prompt.as_ref().is_some_and(|prompt| {
            prompt.whole && prompt.pending.is_empty() && !self.in_flight.iter().any(|m| m.speech)
        });
        if over {
            self.end(true, facts);
        }
    }

    /// Holds the prompt under way; what a flush at `now_ms` leaves unheard is kept for
    /// [`Self::go_on`].
    pub fn hold(&mut self, now_ms: u64, facts: &mut Vec<Played>) {
        let unheard = self.flushed(now_ms, facts);
        if let Some(prompt) = &mut self.prompt {
            prompt.held = true;
            for byte in unheard.into_iter().rev() {
                prompt.pending.push_front(byte);
            }
        }
    }

    /// Goes on with a prompt that was held.
    pub fn go_on(&mut self) {
        if let Some(prompt) = &mut self.prompt {
            prompt.held = false;
        }
    }

    /// Stops the prompt under way; what a flush at `now_ms` leaves unheard is given up.
    pub fn stop(&mut self, now_ms: u64, facts: &mut Vec<Played>) {
        self.flushed(now_ms, facts);
        self.end(false, facts);
    }

    /// Accounts for a flush; the speech that it kept from the callee.
    fn flushed(&mut self, now_ms: u64, facts: &mut Vec<Played>) -> Vec<u8> {
        let mut unheard = Vec::new();
        // Of the message at the head, as much has left as time has passed since it began.
        if let Some(mut head) = self.in_flight.pop_front() {
            let passed = now_ms.saturating_sub(self.head_ms);
            let frames = usize::try_from(passed / u64::from(FRAME_MS)).unwrap_or(usize::MAX);
            let heard = frames.saturating_mul(FRAME_SAMPLES).min(head.bytes.len());
            if head.speech {
                unheard.extend(head.bytes.split_off(heard));
                self.left(head, facts);
            }
        }
        let rest = self.in_flight.drain(..).filter(|message| message.speech);
        unheard.extend(rest.flat_map(|message| message.bytes));
        unheard
    }

    fn left(&mut self, message: InFlight, facts: &mut Vec<Played>) {
        if !message.speech || message.bytes.is_empty() {
            return;
        }
        if let Some(prompt) = &mut self.prompt {
            prompt.heard_ms += milliseconds(message.bytes.len());
        }
        facts.push(Played::Audio(message.bytes));
    }

    fn end(&mut self, complete: bool, facts: &mut Vec<Played>) {
        if let Some(prompt) = self.prompt.take() {
            facts.push(Played::Ended {
                prompt: prompt.id,
                heard_ms: prompt.heard_ms,
                complete,
            });
        }
    }

    fn frames_in_flight(&self) -> u32 {
        self.in_flight
            .iter()
            .map(|m| milliseconds(m.bytes.len()) / FRAME_MS)
            .sum()
    }
}

fn milliseconds(bytes: usize) -> u32 {
    u32::try_from(bytes / (FRAME_SAMPLES / FRAME_MS as usize)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends and plays against an exchange that takes 20 ms a frame, until nothing changes.
    fn run(playout: &mut Playout, from_ms: u64, for_ms: u64) -> Vec<(u64, Played)> {
        let (mut facts, mut all) = (Vec::new(), Vec::new());
        let mut queue: VecDeque<(u64, usize)> = VecDeque::new();
        for tick in 0..for_ms / 20 {
            let now = from_ms + tick * 20;
            if let Some((mark, frames)) = queue.front_mut() {
                *frames -= 1;
                if *frames == 0 {
                    playout.played(*mark, now, &mut facts);
                    queue.pop_front();
                }
            }
            while let Some(message) = playout.next(now, &mut facts) {
                queue.push_back((message.mark, message.audio.len() / FRAME_SAMPLES));
            }
            all.extend(facts.drain(..).map(|fact| (now, fact)));
        }
        all
    }

    #[test]
    fn a_prompt_is_heard_whole_and_reported_when_it_has_left() {
        let mut playout = Playout::new(0xD5);
        playout.begin(3);
        playout.feed(&[1; 1_000]);
        playout.feed(&[1; 605]);
        playout.end_of_prompt();
        let facts = run(&mut playout, 0, 400);
        assert_eq!(facts[0], (0, Played::Started(3)));
        let (at, ended) = facts.last().unwrap();
        assert_eq!(
            *ended,
            Played::Ended {
                prompt: 3,
                heard_ms: 220,
                complete: true
            }
        );
        assert_eq!(*at, 220);
        let heard: usize = facts
            .iter()
            .map(|(_, fact)| {
                if let Played::Audio(bytes) = fact {
                    bytes.len()
                } else {
                    0
                }
            })
            .sum();
        assert_eq!(heard, 1_760);
    }

    #[test]
    fn silence_is_sent_right_behind_the_last_of_a_prompt_and_never_inside_of_one() {
        let mut playout = Playout::new(0xD5);
        let mut facts = Vec::new();
        playout.begin(3);
        playout.feed(&[1; 320]);
        let first = playout.next(0, &mut facts).unwrap();
        assert_eq!(first.audio, [1; 320]);
        assert_eq!(playout.next(0, &mut facts), None, "more is to come");
        playout.feed(&[1; 160]);
        playout.end_of_prompt();
        let sent: Vec<_> = std::iter::from_fn(|| playout.next(20, &mut facts)).collect();
        let sounds: Vec<_> = sent.iter().map(|message| message.audio[0]).collect();
        assert_eq!(sounds, [1, 0xD5, 0xD5]);
        playout.played(sent[0].mark, 60, &mut facts);
        let over = |fact: &Played| matches!(fact, Played::Ended { complete: true, .. });
        assert!(
            facts.iter().any(over),
            "the silence is no part of it: {facts:?}"
        );
    }

    #[test]
    fn what_a_flush_removed_was_not_heard() {
        let mut playout = Playout::new(0xD5);
        playout.begin(1);
        playout.feed(&[1; 8_000]);
        playout.end_of_prompt();
        run(&mut playout, 0, 200);
        let mut facts = Vec::new();
        playout.stop(200, &mut facts);
        let Some(Played::Ended {
            heard_ms,
            complete: false,
            ..
        }) = facts.last()
        else {
            panic!("{facts:?}")
        };
        assert!((160..=200).contains(heard_ms), "{heard_ms}");
        assert!(run(&mut playout, 200, 200).is_empty());
    }

    #[test]
    fn a_prompt_that_was_held_goes_on_where_it_stopped() {
        let mut playout = Playout::new(0xD5);
        playout.begin(1);
        let prompt: Vec<u8> = (0..8_000_u32)
            .map(|i| u8::try_from(i / 160).unwrap())
            .collect();
        playout.feed(&prompt);
        playout.end_of_prompt();
        let mut facts = run(&mut playout, 0, 200);
        let mut held = Vec::new();
        playout.hold(200, &mut held);
        facts.extend(held.into_iter().map(|fact| (200, fact)));
        assert!(run(&mut playout, 200, 400).is_empty(), "silent while held");
        playout.go_on();
        assert!(playout.must_flush_filler());
        playout.filler_flushed();
        facts.extend(run(&mut playout, 600, 1_200));
        let heard: Vec<u8> = facts
            .iter()
            .filter_map(|(_, fact)| {
                let Played::Audio(bytes) = fact else {
                    return None;
                };
                Some(bytes.clone())
            })
            .flatten()
            .collect();
        assert_eq!(heard, prompt);
        let ended = Played::Ended {
            prompt: 1,
            heard_ms: 1_000,
            complete: true,
        };
        assert_eq!(facts.last().unwrap().1, ended);
        assert_eq!(
            facts
                .iter()
                .filter(|(_, f)| matches!(f, Played::Started(_)))
                .count(),
            1
        );
    }

    #[test]
    fn never_more_than_a_little_is_sent_ahead() {
        let mut playout = Playout::new(0xD5);
        playout.begin(1);
        playout.feed(&vec![1; 80_000]);
        let mut sent = 0;
        while let Some(message) = playout.next(0, &mut Vec::new()) {
            assert!(message.audio.len() <= 1_600);
            sent += message.audio.len();
        }
        assert!(sent <= 8 * (240 + 80), "{sent}");
    }

    #[test]
    fn silence_is_topped_up_to_two_messages_and_a_prompt_does_not_wait_for_it() {
        let mut playout = Playout::new(0xD5);
        let mut filler = 0;
        while playout.next(0, &mut Vec::new()).is_some() {
            filler += 1;
        }
        assert_eq!(filler, 2);
        assert!(!playout.must_flush_filler());
        playout.begin(1);
        playout.feed(&[1; 320]);
        assert!(playout.must_flush_filler());
        playout.filler_flushed();
        assert!(
            playout
                .next(0, &mut Vec::new())
                .is_some_and(|m| m.audio == [1; 320])
        );
    }

    #[test]
    fn a_prompt_of_nothing_ends() {
        let mut playout = Playout::new(0xD5);
        playout.begin(1);
        playout.end_of_prompt();
        let facts = run(&mut playout, 0, 100);
        assert!(
            matches!(facts[..], [(_, Played::Ended { complete: true, .. })]),
            "{facts:?}"
        );
    }
}
