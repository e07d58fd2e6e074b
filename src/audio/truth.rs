//! What the talk sounded like: measured on the two sides of the recording, not on timers.
//!
//! Both tracks are cut into frames of 20 ms; what stands out from the noise of the line is speech. Where the callee's
//! speech ends and ours begins, a gap is measured; where the callee begins while we speak, how
//! soon we fell silent; where both speak, talk-over; where neither does, dead air.

use super::level::NoiseFloor;
use super::{FRAME_MS, FRAME_SAMPLES, Frame};

/// A sound this short is a click.
const CLICK_MS: u64 = 40;
/// A silence this short is inside a word.
const WORD_MS: u64 = 80;
/// Speech of one side with a shorter break is one piece.
const ONE_PIECE_MS: u64 = 300;
/// We fell silent because of the callee if it was this soon.
const BARGE_IN_MS: u64 = 2_000;

/// A piece of speech of one side, in milliseconds since the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    began_ms: u64,
    ended_ms: u64,
}

/// What was measured on a call. All in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth {
    /// From the end of the callee's speech to our first sound, for each time we answered.
    pub gaps_ms: Vec<u64>,
    /// From the onset of the callee's speech over ours to our silence, where we stopped for it.
    pub barge_in_stops_ms: Vec<u64>,
    /// Both spoke, in all.
    pub talk_over_ms: u64,
    /// Neither spoke, the longest time at one stretch.
    pub longest_silence_ms: u64,
    /// Our speech went on up to the very end: the goodbye was cut.
    pub clipped_end: bool,
    /// Holes inside what we said: audio that came too late.
    pub underruns: u32,
    /// How long it was measured.
    pub length_ms: u64,
}

/// Follows one side.
#[derive(Debug, Default)]
struct Side {
    floor: NoiseFloor,
    pieces: Vec<Piece>,
    /// The sound that goes on: when it began, and the end of its last loud frame.
    sound: Option<Piece>,
}

impl Side {
    fn push(&mut self, ended_ms: u64, frame: &Frame) {
        let loud = self.floor.is_loud(frame);
        let began_ms = ended_ms.saturating_sub(u64::from(FRAME_MS));
        match &mut self.sound {
            Some(sound) if loud => sound.ended_ms = ended_ms,
            Some(sound) if ended_ms >= sound.ended_ms + WORD_MS => self.close(),
            None if loud => self.sound = Some(Piece { began_ms, ended_ms }),
            Some(_) | None => {}
        }
    }

    fn close(&mut self) {
        let Some(sound) = self.sound.take() else {
            return;
        };
        if sound.ended_ms < sound.began_ms + CLICK_MS {
            return;
        }
        match self.pieces.last_mut() {
            Some(last) if sound.began_ms < last.ended_ms + ONE_PIECE_MS => {
                last.ended_ms = sound.ended_ms;
            }
            Some(_) | None => self.pieces.push(sound),
        }
    }
}

/// Measures a call as its recording grows.
#[derive(Debug, Default)]
pub struct TruthMeter {
    callee: Side,
    bot: Side,
    rest: (Vec<i16>, Vec<i16>),
    at_ms: u64,
    /// How long our track has held nothing at all.
    nothing_ms: u64,
    underruns: u32,
}

impl TruthMeter {
    /// Takes what both sides said in the same stretch of time.
    pub fn push(&mut self, callee: &[i16], bot: &[i16]) {
        let (mut left, mut right) = std::mem::take(&mut self.rest);
        if left.is_empty() && right.is_empty() {
            self.measure(callee, bot);
            return;
        }
        left.extend(callee);
        right.extend(bot);
        self.measure(&left, &right);
    }

    /// Measures the whole frames; what is left over waits for more.
    fn measure(&mut self, callee: &[i16], bot: &[i16]) {
        let (callees, _) = callee.as_chunks::<FRAME_SAMPLES>();
        let (bots, _) = bot.as_chunks::<FRAME_SAMPLES>();
        for (callee, bot) in callees.iter().zip(bots) {
            self.at_ms += u64::from(FRAME_MS);
            self.callee.push(self.at_ms, &Frame(*callee));
            self.bot.push(self.at_ms, &Frame(*bot));
            self.follow_holes(bot);
        }
        let measured = callees.len().min(bots.len()) * FRAME_SAMPLES;
        let rest = |side: &[i16]| side.get(measured..).unwrap_or_default().to_vec();
        self.rest = (rest(callee), rest(bot));
    }

    /// A pause inside of speech is quiet, but no G.711 of ours is nothing: that is laid where no
    /// audio was.
    fn follow_holes(&mut self, bot: &[i16]) {
        if bot.iter().all(|sample| *sample == 0) {
            self.nothing_ms += u64::from(FRAME_MS);
            return;
        }
        if (CLICK_MS..ONE_PIECE_MS).contains(&self.nothing_ms) && !self.bot.pieces.is_empty() {
            self.underruns += 1;
        }
        self.nothing_ms = 0;
    }

    /// The call is over: what was measured.
    pub fn finish(mut self) -> Truth {
        let clipped_end = self.bot.sound.is_some();
        self.callee.close();
        self.bot.close();
        let (callee, bot) = (&self.callee.pieces, &self.bot.pieces);
        Truth {
            gaps_ms: gaps(callee, bot),
            barge_in_stops_ms: stops(callee, bot),
            talk_over_ms: overlap(callee, bot),
            longest_silence_ms: longest_silence(callee, bot, self.at_ms),
            clipped_end,
            underruns: self.underruns,
            length_ms: self.at_ms,
        }
    }
}

/// For each piece of ours that follows speech of the callee: how long after it.
fn gaps(callee: &[Piece], bot: &[Piece]) -> Vec<u64> {
    let mut gaps = Vec::new();
    let mut last_bot_end = 0;
    for ours in bot {
        let before = callee
            .iter()
            .rev()
            .find(|theirs| theirs.began_ms < ours.began_ms);
        if let Some(theirs) = before
            && theirs.ended_ms <= ours.began_ms
            && theirs.ended_ms > last_bot_end
        {
            gaps.push(ours.began_ms - theirs.ended_ms);
        }
        last_bot_end = ours.ended_ms;
    }
    gaps
}

/// For each piece of ours that the callee spoke into and that ended soon after: how soon.
fn stops(callee: &[Piece], bot: &[Piece]) -> Vec<u64> {
    bot.iter()
        .filter_map(|ours| {
            let onset = callee.iter().find(|theirs| {
                theirs.began_ms > ours.began_ms && theirs.began_ms < ours.ended_ms
            })?;
            let stop = ours.ended_ms - onset.began_ms;
            (stop <= BARGE_IN_MS && onset.ended_ms > ours.ended_ms).then_some(stop)
        })
        .collect()
}

fn overlap(callee: &[Piece], bot: &[Piece]) -> u64 {
    let both = |a: &Piece, b: &Piece| {
        a.ended_ms
            .min(b.ended_ms)
            .saturating_sub(a.began_ms.max(b.began_ms))
    };
    callee
        .iter()
        .flat_map(|theirs| bot.iter().map(move |ours| both(theirs, ours)))
        .sum()
}

fn longest_silence(callee: &[Piece], bot: &[Piece], end_ms: u64) -> u64 {
    let mut pieces: Vec<Piece> = callee.iter().chain(bot).copied().collect();
    pieces.sort_by_key(|piece| piece.began_ms);
    let (mut longest, mut spoken_until) = (0, 0);
    for piece in pieces {
        longest = longest.max(piece.began_ms.saturating_sub(spoken_until));
        spoken_until = spoken_until.max(piece.ended_ms);
    }
    longest.max(end_ms.saturating_sub(spoken_until))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A track that is loud in these spans.
    fn track(spans: &[(u64, u64)], length_ms: u64) -> Vec<i16> {
        (0..length_ms * 8)
            .map(|i| {
                let loud = spans
                    .iter()
                    .any(|(from, to)| (from * 8..to * 8).contains(&i));
                let tone = if i % 54 < 27 { 3000 } else { -3000 };
                if loud { tone } else { 0 }
            })
            .collect()
    }

    fn measure(callee: &[(u64, u64)], bot: &[(u64, u64)], length_ms: u64) -> Truth {
        let (callee, bot) = (track(callee, length_ms), track(bot, length_ms));
        let mut meter = TruthMeter::default();
        for (callee, bot) in callee.chunks(333).zip(bot.chunks(333)) {
            meter.push(callee, bot);
        }
        meter.finish()
    }

    #[test]
    fn a_gap_is_from_the_callees_last_sound_to_our_first() {
        let truth = measure(
            &[(400, 800), (4_000, 4_500)],
            &[(1_200, 3_600), (4_940, 8_000)],
            9_000,
        );
        assert_eq!(truth.gaps_ms, [400, 440]);
        assert_eq!((truth.talk_over_ms, truth.clipped_end), (0, false));
        assert_eq!(truth.longest_silence_ms, 1_000);
        assert_eq!(truth.length_ms, 9_000);
    }

    #[test]
    fn an_interruption_tells_how_soon_we_fell_silent() {
        let truth = measure(&[(2_000, 3_500)], &[(1_000, 2_200), (4_000, 5_000)], 6_000);
        assert_eq!(truth.barge_in_stops_ms, [200]);
        assert_eq!(truth.talk_over_ms, 200);
        assert_eq!(truth.gaps_ms, [500]);
    }

    #[test]
    fn a_backchannel_is_talk_over_and_no_stop() {
        let truth = measure(&[(2_000, 2_200)], &[(1_000, 4_000)], 5_000);
        assert_eq!(truth.barge_in_stops_ms, [0; 0]);
        assert_eq!(truth.talk_over_ms, 200);
    }

    #[test]
    fn a_hole_inside_our_speech_is_counted_and_a_pause_between_two_prompts_is_not() {
        let said = &[(1_000, 2_000), (2_120, 3_000), (3_600, 4_000)];
        assert_eq!(measure(&[], said, 5_000).underruns, 1);
        assert_eq!(measure(said, &[(500, 900)], 5_000).underruns, 0);
    }

    #[test]
    fn a_goodbye_that_is_cut_shows() {
        assert!(measure(&[(0, 400)], &[(800, 2_000)], 2_000).clipped_end);
    }
}
