//! Trouble of the speech service, put into its double.
//!
//! Sockets and requests are counted as the service counts them, so that a trouble of every third
//! one strikes whatever call that belongs to.

use std::time::Duration;

use super::{Trouble, What, Woe};
use crate::rehearsal::callee::Spread;
use crate::rehearsal::random::Random;
use crate::rehearsal::speech_service::{Canned, Fault, Scope, SpeechService};

/// Sockets and requests of one rehearsal for which trouble that differs is laid out.
const LAID_OUT: u32 = 20_000;

impl Trouble {
    /// Puts in what concerns the sockets and requests of the speech service. Once, at the start.
    pub fn apply_to_speech(&self, service: &SpeechService, seed: u64) {
        for (at, woe) in self.woes.iter().enumerate() {
            for (fault, scope) in woe.faults(seed, at) {
                if woe.what.is_of_recognition() {
                    service.break_recognition(fault, scope);
                } else {
                    service.break_synthesis(fault, scope);
                }
            }
        }
    }

    /// Puts in what concerns the account. Before the call with this number, from 1, is dialled.
    pub fn before_call(&self, service: &SpeechService, seed: u64, number: u32) {
        for what in self.striking(seed, number) {
            if let What::Quota { credits_left } = what {
                service.set_credits_left(credits_left.into());
            }
        }
    }
}

impl Woe {
    /// The faults of the speech service that it is, and whom they concern; `at` is its place in
    /// the profile.
    fn faults(&self, seed: u64, at: usize) -> Vec<(Fault, Scope)> {
        if self.occasion.is_always() && self.what.is_always_alike() {
            let fault = self.what.fault(&mut Random::new(seed, at));
            return fault
                .map(|fault| (fault, Scope::Every))
                .into_iter()
                .collect();
        }
        let struck = (1..=LAID_OUT).filter(|number| self.occasion.strikes(seed, at, *number));
        struck
            .filter_map(|number| {
                let name = format!("trouble {at} length {number}");
                let fault = self.what.fault(&mut Random::named(seed, &name))?;
                Some((fault, Scope::Number(number as usize - 1)))
            })
            .collect()
    }
}

impl What {
    /// Whether nothing of it is drawn anew each time.
    fn is_always_alike(self) -> bool {
        let (Self::LateSpeech { by_ms } | Self::SlowSynthesis { by_ms }) = self else {
            return true;
        };
        by_ms.least() == by_ms.most()
    }

    /// The fault of the speech service that it is, if it is one.
    fn fault(self, random: &mut Random) -> Option<Fault> {
        let ms = |ms: u32| Duration::from_millis(ms.into());
        let mut drawn = |spread: Spread| ms(spread.draw(random));
        match self {
            Self::LateSpeech { by_ms } => Some(Fault::LateStart(drawn(by_ms))),
            Self::LostSpeech { after_ms } => Some(Fault::ResetAfter(ms(after_ms))),
            Self::TooMany => Some(Fault::Answer(Canned::too_many())),
            Self::SlowSynthesis { by_ms } => Some(Fault::SlowFirstAudio(drawn(by_ms))),
            Self::Quota { .. }
            | Self::PacketGaps(_)
            | Self::Congestion
            | Self::EarlyEvent
            | Self::EventsLost(_)
            | Self::TrunkAway { .. } => None,
        }
    }

    /// Whether it concerns recognition.
    fn is_of_recognition(self) -> bool {
        matches!(self, Self::LateSpeech { .. } | Self::LostSpeech { .. })
    }
}
