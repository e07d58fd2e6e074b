//! What was heard, sent, committed and answered in one call: the recogniser without its socket.
//!
//! Pure: time is handed in, chunks to send and events to report come out. It promises exactly
//! one `Final` for each commit, in order, whatever the service does (reference §1.6, §8), and
//! tells a new session everything that has not been answered.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::answers::{Answers, Awaited};
use super::segment::{Commit, Segment};
use super::wire::{BYTES_PER_MS, Chunk};
use crate::audio::{FRAME_SAMPLES, Frame};
use crate::speech::RecognizerEvent;
use crate::speech::elevenlabs::config::SpeechTiming;

/// A message while talking: five frames.
const MESSAGE: usize = 100 * BYTES_PER_MS;
/// A message while catching up, and the longest piece of priming silence.
const LONG_MESSAGE: usize = 500 * BYTES_PER_MS;
/// Audio that a commit needs; the service kills the session under 300 ms.
const LEAST_COMMIT: usize = 350 * BYTES_PER_MS;
/// From here on a segment is closed by us at the next pause, at the latest at the second
/// figure: the service does it at 36 s, where it may cut a word and cross our own commit.
const LONG_SEGMENT: usize = 20_000 * BYTES_PER_MS;
const LONGEST_SEGMENT: usize = 28_000 * BYTES_PER_MS;
/// Audio kept for telling it again; half a second more before the oldest is let go.
const MEMORY: usize = 40_000 * BYTES_PER_MS;
/// What is kept when the service closed the segment itself: it answers some 300 ms later.
const TAIL: usize = 400 * BYTES_PER_MS;
/// Frames of quiet that count as a pause in a long segment.
const PAUSE_FRAMES: u32 = 10;
/// Mean amplitude under which a frame is quiet (some -44 dBFS).
const QUIET: usize = 200;
/// Characters of what was said before that a new session is told (the vendor advises < 50).
const CONTEXT_CHARS: usize = 45;
/// No commit is answered sooner (250 ms and more were seen).
const SOONEST_ANSWER: Duration = Duration::from_millis(150);
/// A commit that the service has not answered by then never will be.
const GIVE_UP: Duration = Duration::from_secs(10);

/// The state of one call's ear.
#[derive(Debug)]
pub(super) struct Hearing {
    timing: SpeechTiming,
    /// All but the last are closed; the last is open.
    segments: VecDeque<Segment>,
    connected: bool,
    first_chunk: bool,
    prime_left: usize,
    /// Bytes that the session has got since the last commit.
    uncommitted: usize,
    last_sent: Option<Instant>,
    not_before: Option<Instant>,
    quiet_frames: u32,
    answers: Answers,
    context: String,
    events: VecDeque<RecognizerEvent>,
}

impl Hearing {
    pub(super) fn new(timing: SpeechTiming) -> Self {
        Self {
            timing,
            segments: VecDeque::from([Segment::default()]),
            connected: false,
            first_chunk: false,
            prime_left: 0,
            uncommitted: 0,
            last_sent: None,
            not_before: None,
            quiet_frames: 0,
            answers: Answers::default(),
            context: String::new(),
            events: VecDeque::new(),
        }
    }

    /// The next thing to report.
    pub(super) fn event(&mut self) -> Option<RecognizerEvent> {
        self.events.pop_front()
    }

    /// Adds something to report, after all that is due before it.
    pub(super) fn push(&mut self, event: RecognizerEvent) {
        self.events.push_back(event);
    }

    /// Whether a commit of the call waits for its text.
    pub(super) fn is_waiting(&self) -> bool {
        self.segments
            .iter()
            .any(|s| s.is_pending() && s.commit.as_ref().is_some_and(|c| c.asked))
    }

    /// 20 ms of the callee.
    pub(super) fn audio(&mut self, frame: &Frame, now: Instant) {
        let total: usize = frame.0.iter().map(|s| usize::from(s.unsigned_abs())).sum();
        let quiet = total < QUIET * FRAME_SAMPLES;
        self.quiet_frames = if quiet { self.quiet_frames + 1 } else { 0 };
        let Some(open) = self.segments.back_mut() else {
            return;
        };
        open.append(frame);
        if open.audio.len() >= MEMORY + LONG_MESSAGE {
            open.trim(MEMORY);
        }
        let since_commit = self.uncommitted + open.unsent();
        let paused = since_commit >= LONG_SEGMENT && self.quiet_frames >= PAUSE_FRAMES;
        if paused || since_commit >= LONGEST_SEGMENT {
            self.close_segment(false, now);
        }
    }

    /// The callee paused: a `Final` is owed.
    pub(super) fn commit(&mut self, now: Instant) {
        self.close_segment(true, now);
        self.settle();
    }

    fn close_segment(&mut self, asked: bool, now: Instant) {
        if let Some(open) = self.segments.back_mut() {
            open.commit = Some(Commit {
                asked,
                empty: open.audio.is_empty(),
                deadline: now + self.timing.commit_answer,
                sent_at: None,
                guess: None,
            });
        }
        self.segments.push_back(Segment::default());
    }

    /// A session is up: everything unanswered is to be told again.
    pub(super) fn connected(&mut self, now: Instant) {
        self.connected = true;
        self.first_chunk = true;
        self.prime_left =
            usize::try_from(self.timing.prime.as_millis()).unwrap_or(0) * BYTES_PER_MS;
        self.uncommitted = 0;
        self.answers = Answers::default();
        self.not_before = None;
        // What was answered by a guess is done, except silence: there the words may still come.
        self.segments.retain_mut(|segment| {
            let guess = segment.commit.as_mut().and_then(|c| c.guess.take());
            match (guess, segment.commit.as_mut()) {
                (Some(guess), Some(commit)) if guess.is_empty() && !commit.empty => {
                    commit.asked = false;
                    commit.deadline = now + self.timing.commit_answer;
                    true
                }
                (Some(_), _) => false,
                (None, _) => true,
            }
        });
        for segment in &mut self.segments {
            segment.sent = 0;
            if let Some(commit) = &mut segment.commit {
                commit.sent_at = None;
            }
        }
        self.events.push_back(RecognizerEvent::Ready);
    }

    /// The session is gone.
    pub(super) fn broken(&mut self) {
        self.connected = false;
        self.not_before = None;
        for commit in self.segments.iter_mut().filter_map(|s| s.commit.as_mut()) {
            commit.sent_at = None;
        }
    }

    /// No session will come any more: answers what is owed.
    pub(super) fn give_up(&mut self) {
        self.connected = false;
        for index in 0..self.segments.len() {
            self.answer_with_partial(index);
        }
        self.segments = VecDeque::from([Segment::default()]);
    }

    /// The next chunk that is due, if any; call it until it gives none.
    pub(super) fn next_chunk(&mut self, now: Instant) -> Option<Chunk> {
        if !self.connected || self.not_before.is_some_and(|at| now < at) {
            return None;
        }
        self.not_before = None;
        let chunk = self.priming().or_else(|| self.telling(now)).or_else(|| {
            let idle = self
                .last_sent
                .is_none_or(|at| now >= at + self.timing.keepalive);
            idle.then(|| silence(MESSAGE))
        })?;
        self.last_sent = Some(now);
        self.uncommitted = if chunk.commit {
            0
        } else {
            self.uncommitted + chunk.audio.len()
        };
        Some(self.with_context(chunk))
    }

    fn with_context(&mut self, mut chunk: Chunk) -> Chunk {
        if std::mem::take(&mut self.first_chunk) && !self.context.is_empty() {
            chunk.previous_text = Some(self.context.clone());
        }
        chunk
    }

    fn priming(&mut self) -> Option<Chunk> {
        let bytes = self.prime_left.min(LONG_MESSAGE);
        self.prime_left -= bytes;
        (bytes > 0).then(|| silence(bytes))
    }

    /// The oldest untold audio or commit.
    fn telling(&mut self, now: Instant) -> Option<Chunk> {
        for segment in &mut self.segments {
            let unsent = segment.unsent();
            let Some(commit) = &mut segment.commit else {
                if unsent < MESSAGE {
                    return None;
                }
                return Some(Self::piece(segment, &mut self.not_before, now));
            };
            if commit.sent_at.is_some() || commit.empty {
                continue;
            }
            if unsent > 0 {
                return Some(Self::piece(segment, &mut self.not_before, now));
            }
            if self.uncommitted < LEAST_COMMIT {
                return Some(silence(LEAST_COMMIT - self.uncommitted));
            }
            commit.sent_at = Some(now);
            return Some(Chunk {
                commit: true,
                ..Chunk::default()
            });
        }
        None
    }

    /// The next piece of a segment; a long one is followed by a breath, so that catching up goes
    /// at ten times real time and no faster.
    fn piece(segment: &mut Segment, not_before: &mut Option<Instant>, now: Instant) -> Chunk {
        let behind = segment.unsent() >= 2 * MESSAGE;
        let audio = segment.take(if behind { LONG_MESSAGE } else { MESSAGE });
        if behind {
            let ms = u64::try_from(audio.len() / BYTES_PER_MS).unwrap_or(0);
            *not_before = Some(now + Duration::from_millis(ms / 10));
        }
        Chunk {
            audio,
            ..Chunk::default()
        }
    }

    /// When `tick` and `next_chunk` are to be called again, if nothing happens before.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let watchdogs = self.segments.iter().filter_map(|s| {
            let commit = s.commit.as_ref()?;
            Some(if commit.guess.is_none() {
                commit.deadline
            } else {
                commit.deadline + GIVE_UP
            })
        });
        let sending = self.connected.then(|| {
            self.not_before
                .or(self.last_sent.map(|at| at + self.timing.keepalive))
        });
        watchdogs.chain(sending.flatten()).min()
    }

    /// Answers commits whose time is over.
    pub(super) fn tick(&mut self, now: Instant) {
        let late: Vec<usize> = self
            .segments
            .iter()
            .enumerate()
            .filter(|(_, s)| s.is_pending() && s.commit.as_ref().is_some_and(|c| now >= c.deadline))
            .map(|(index, _)| index)
            .collect();
        for index in late {
            tracing::debug!("a commit was not answered in time");
            self.answer_with_partial(index);
        }
        self.segments.retain(|s| {
            s.commit
                .as_ref()
                .is_none_or(|c| c.guess.is_none() || now < c.deadline + GIVE_UP)
        });
        self.settle();
    }

    fn answer_with_partial(&mut self, index: usize) {
        let Some(segment) = self.segments.get_mut(index).filter(|s| s.is_pending()) else {
            return;
        };
        let text = segment.partial.clone();
        if let Some(commit) = &mut segment.commit {
            commit.guess = Some(text.clone());
            let asked = commit.asked;
            self.report(text, asked);
        }
    }

    /// Answers the commits of nothing, once it is their turn.
    fn settle(&mut self) {
        while let Some(index) = self.segments.iter().position(Segment::is_pending) {
            let empty = self
                .segments
                .get(index)
                .and_then(|s| s.commit.as_ref())
                .is_some_and(|c| c.empty);
            if !empty {
                return;
            }
            if let Some(commit) = self.segments.remove(index).and_then(|s| s.commit) {
                self.report(String::new(), commit.asked);
            }
        }
    }

    /// A guess of the service.
    pub(super) fn partial(&mut self, text: String, now: Instant) {
        if self.answers.is_echo(&text, now) {
            return;
        }
        // Until a commit is answered, guesses are about what it closed.
        let about = self
            .segments
            .iter_mut()
            .find(|s| s.is_pending() && s.awaits_service());
        if let Some(segment) = about {
            segment.partial = text;
        } else if let Some(open) = self.segments.back_mut()
            && open.partial != text
        {
            open.partial.clone_from(&text);
            if !text.is_empty() {
                self.events.push_back(RecognizerEvent::Partial(text));
            }
        }
    }

    /// A segment was closed by the service.
    pub(super) fn committed(&mut self, text: String, timed: bool, now: Instant) {
        let awaited = self.awaited(now);
        if !self.answers.is_news(&text, timed, awaited, now) {
            return;
        }
        self.resolve(text, now);
        self.settle();
    }

    /// Whether a commit waits, and long enough for an answer.
    fn awaited(&self, now: Instant) -> Awaited {
        let oldest = self
            .segments
            .iter()
            .find_map(|s| s.commit.as_ref()?.sent_at);
        match oldest {
            None => Awaited::Nothing,
            Some(sent) if now < sent + SOONEST_ANSWER => Awaited::Soon,
            Some(_) => Awaited::Now,
        }
    }

    /// Gives a text to the oldest commit that waits for one.
    fn resolve(&mut self, text: String, now: Instant) {
        let Some(index) = self.segments.iter().position(Segment::awaits_service) else {
            self.closed_by_service(text);
            return;
        };
        let guess = self
            .segments
            .get(index)
            .and_then(|s| s.commit.as_ref()?.guess.clone());
        let next_is_due = self
            .segments
            .iter()
            .skip(index + 1)
            .find_map(|s| s.commit.as_ref()?.sent_at)
            .is_some_and(|sent| now >= sent + SOONEST_ANSWER);
        let commit = self.segments.remove(index).and_then(|s| s.commit);
        match guess {
            // The service passed this commit over: the text is the next one's.
            Some(_) if next_is_due => self.resolve(text, now),
            // Late: the call has its answer, and needs this one only if that was silence.
            Some(guess) if guess.is_empty() => self.report(text, false),
            Some(_) => {}
            None => self.report(text, commit.is_some_and(|c| c.asked)),
        }
    }

    /// The service closed the open segment by itself.
    fn closed_by_service(&mut self, text: String) {
        self.uncommitted = 0;
        if let Some(open) = self.segments.back_mut() {
            open.trim(TAIL + open.unsent());
            open.partial.clear();
        }
        self.report(text, false);
    }

    fn report(&mut self, text: String, asked: bool) {
        if !text.is_empty() {
            self.remember(&text);
        }
        if asked {
            self.events.push_back(RecognizerEvent::Final(text));
        } else if !text.is_empty() {
            self.events.push_back(RecognizerEvent::Unasked(text));
        }
    }

    /// Keeps the last words, whole, for the next session.
    fn remember(&mut self, text: &str) {
        let joined = format!("{} {text}", self.context);
        let mut kept: Vec<&str> = Vec::new();
        let mut length = 0;
        for word in joined.split_whitespace().rev() {
            length += word.chars().count() + 1;
            if length > CONTEXT_CHARS + 1 {
                break;
            }
            kept.push(word);
        }
        kept.reverse();
        self.context = kept.join(" ");
    }
}

fn silence(bytes: usize) -> Chunk {
    Chunk {
        audio: vec![0; bytes],
        ..Chunk::default()
    }
}
