//! Trouble of the speech service, put into its double.
//!
//! Sockets and requests are counted as the service counts them, so that a trouble of every third
//! one strikes whatever call that belongs to.

use std::time::Duration;

use super::{Trouble, What, Woe};
use crate::rehearsal::callee::Spread;
use crate::rehearsal::random::Random;
use crate::rehearsal::speech_service::{Canned, Fault, Scope, SpeechService};

/// Sockets and requests of one rehearsal for which trouble that strikes only some is laid out.
const LAID_OUT: u32 = 20_000;

impl Trouble {
    /// Puts in what concerns the sockets and requests of the speech service. Once, at the start.
    pub fn apply_to_speech(&self, service: &SpeechService, seed: u64) {
        for (at, woe) in self.woes.iter().enumerate() {
            match woe.what {
                What::LateSpeech { .. } | What::LostSpeech { .. } => {
                    each(woe, seed, at, |fault, scope| {
                        service.break_recognition(fault, scope)
                    });
                }
                What::TooMany | What::SlowSynthesis { .. } => {
                    each(woe, seed, at, |fault, scope| {
                        service.break_synthesis(fault, scope)
                    });
                }
                What::Quota { .. }
                | What::PacketGaps(_)
                | What::Congestion
                | What::EarlyEvent
                | What::EventsLost(_)
                | What::TrunkAway { .. } => {}
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

/// Puts a fault in for all, or for those whose turn it is.
fn each(woe: &Woe, seed: u64, at: usize, put_in: impl Fn(Fault, Scope)) {
    let length = |spread: Spread, number: u32| {
        let mut random = Random::named(seed, &format!("trouble {at} length {number}"));
        spread.draw(&mut random)
    };
    let always_alike = |spread: Spread| spread.least() == spread.most();
    let is_same_for_all = match woe.what {
        What::LateSpeech { by_ms } | What::SlowSynthesis { by_ms } => always_alike(by_ms),
        _ => true,
    };
    if woe.occasion.is_always() && is_same_for_all {
        if let Some(fault) = fault(woe.what, |spread| length(spread, 1)) {
            put_in(fault, Scope::Every);
        }
        return;
    }
    for number in (1..=LAID_OUT).filter(|number| woe.occasion.strikes(seed, at, *number)) {
        if let Some(fault) = fault(woe.what, |spread| length(spread, number)) {
            put_in(fault, Scope::Number(number as usize - 1));
        }
    }
}

fn fault(what: What, length: impl Fn(Spread) -> u32) -> Option<Fault> {
    let ms = |ms: u32| Duration::from_millis(ms.into());
    Some(match what {
        What::LateSpeech { by_ms } => Fault::LateStart(ms(length(by_ms))),
        What::LostSpeech { after_ms } => Fault::ResetAfter(ms(after_ms)),
        What::TooMany => Fault::Answer(Canned::too_many()),
        What::SlowSynthesis { by_ms } => Fault::SlowFirstAudio(ms(length(by_ms))),
        What::Quota { .. }
        | What::PacketGaps(_)
        | What::Congestion
        | What::EarlyEvent
        | What::EventsLost(_)
        | What::TrunkAway { .. } => return None,
    })
}
