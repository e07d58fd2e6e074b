//! What is wrong outside: calls tell of it, and in a pause it is asked after.

use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinError;
use tokio::time::timeout;

use super::{Run, Step};
use crate::campaign::{BreakerState, Trouble, WaitReason, WhyNever};
use crate::driver::clock;
use crate::driver::news::CampaignStep;
use crate::driver::station::Station;
use crate::line::Disposition;
use crate::speech::{SpeechError, SpeechErrorClass};

/// Asterisk and the speech service have this long to say how they are.
const ASK_LIMIT: Duration = Duration::from_secs(10);

/// The trouble that a failure of the speech service is a sign of; `None` where waiting mends
/// nothing, or it is ours.
pub(super) fn trouble_of(error: &SpeechError) -> Option<Trouble> {
    match error.class {
        SpeechErrorClass::Quota => Some(Trouble::OutOfCredits),
        SpeechErrorClass::Throttle | SpeechErrorClass::Unreachable => Some(Trouble::SpeechDown),
        SpeechErrorClass::Auth
        | SpeechErrorClass::Terms
        | SpeechErrorClass::Config
        | SpeechErrorClass::Text
        | SpeechErrorClass::Protocol => None,
    }
}

/// Why a lead is put aside whose first prompt was not made: the next lead may have another one, and
/// for this one waiting mends nothing. `None`: it is no matter of this lead.
pub(super) fn why_aside(error: &SpeechError) -> Option<WhyNever> {
    match error.class {
        SpeechErrorClass::Text => Some(WhyNever::TextRefused),
        // A defect of ours or of what lies between: the list is not to be mended for it.
        SpeechErrorClass::Protocol => Some(WhyNever::SpeechFault),
        SpeechErrorClass::Quota
        | SpeechErrorClass::Throttle
        | SpeechErrorClass::Unreachable
        | SpeechErrorClass::Auth
        | SpeechErrorClass::Terms
        | SpeechErrorClass::Config => None,
    }
}

/// So many leads in a row whose first prompt the service does not take: it is no lead's doing.
const REFUSED_IN_A_ROW: u32 = 10;

/// First prompts that the service does not take, one lead after another.
#[derive(Debug, Default)]
pub(super) struct Refusals(u32);

impl Refusals {
    /// One more; whether it is of no use to go on.
    pub(super) fn refused(&mut self) -> bool {
        self.0 += 1;
        self.0 >= REFUSED_IN_A_ROW
    }

    /// A first prompt was made.
    pub(super) fn spoken(&mut self) {
        self.0 = 0;
    }
}

/// Whether only a person can mend it: there is nothing to wait for.
pub(super) fn needs_a_person(error: &SpeechError) -> bool {
    error.is_fatal() && trouble_of(error).is_none()
}

/// What a look outside has found.
#[derive(Debug)]
pub(super) enum Looked {
    /// Whether a trouble is over.
    Asked(Result<(), Trouble>),
    /// Whether the trunk is at all there.
    Trunk(Result<(), Trouble>),
}

impl Run<'_> {
    /// Begins to ask after a trouble, ringing nobody. Talks and those who wait for one go on
    /// meanwhile.
    pub(super) fn ask(&mut self, trouble: Trouble) -> Step {
        self.outbox.put(CampaignStep::Probing(trouble));
        self.waiting = Some(WaitReason::Breaker(trouble));
        self.planner.asking();
        let station = self.station.clone();
        self.looks.spawn(async move {
            let answer = timeout(ASK_LIMIT, look(&station, trouble)).await;
            Looked::Asked(answer.unwrap_or(Err(trouble)))
        });
        Step::Again
    }

    /// A look outside has come back.
    pub(super) fn looked(&mut self, looked: Result<Looked, JoinError>) {
        match looked {
            Ok(Looked::Asked(answer)) => {
                self.waiting = None;
                self.planner.asked(answer, clock::now());
            }
            Ok(Looked::Trunk(Ok(()))) => {}
            Ok(Looked::Trunk(Err(trouble))) => self.planner.trouble(trouble, clock::now()),
            Err(panic) => {
                tracing::error!(%panic, "a look outside panicked");
                self.planner.asked(Ok(()), clock::now());
            }
        }
    }

    /// Says when a pause has become a probe, or is over.
    pub(super) fn follow_breaker(&mut self, now: Timestamp) {
        match (self.paused, self.planner.breaker_state(now)) {
            (_, BreakerState::PausedUntil(_, trouble)) => self.paused = Some(trouble),
            (Some(trouble), BreakerState::Closed) => {
                self.paused = None;
                self.outbox.put(CampaignStep::GoesOn(trouble));
            }
            (None, BreakerState::Closed)
            | (
                _,
                BreakerState::AskNow(_)
                | BreakerState::ProbeNow(_)
                | BreakerState::Probing(_)
                | BreakerState::GivenUp(_),
            ) => {}
        }
    }

    /// A call is about to be placed: says so where it is the probe.
    pub(super) fn tell_probe(&mut self, now: Timestamp) {
        if let BreakerState::ProbeNow(trouble) = self.planner.breaker_state(now) {
            self.outbox.put(CampaignStep::Probing(trouble));
        }
    }

    /// A trunk that took no call is looked at: where Asterisk knows it to be offline, no further
    /// call need find it out.
    pub(super) fn suspect_trunk(&mut self, disposition: Disposition) {
        if disposition != Disposition::TrunkUnreachable {
            return;
        }
        let station = self.station.clone();
        self.looks.spawn(async move {
            let looked = timeout(ASK_LIMIT, look(&station, Trouble::Offline)).await;
            Looked::Trunk(looked.unwrap_or(Ok(())))
        });
    }

    /// Not more conversations than the speech service allows.
    pub(super) fn heed_speech_limit(&mut self) {
        let limit = self.station.recognizer.sessions();
        if limit == self.speech_limit {
            return;
        }
        self.speech_limit = limit;
        let before = self.planner.pulse().slots;
        self.planner.speech_limit(limit);
        let slots = self.planner.pulse().slots;
        if slots < before {
            self.outbox.put(CampaignStep::SpeechLimit(slots));
        }
    }
}

/// How it is outside; where nothing can be asked, a call is the only way to know.
async fn look(station: &Station, trouble: Trouble) -> Result<(), Trouble> {
    let speech = |error: SpeechError| trouble_of(&error).unwrap_or(trouble);
    match trouble {
        Trouble::Offline => match station.ari.endpoint_state(&station.plan.trunk).await {
            Ok(Some(state)) if state == "offline" => Err(trouble),
            Ok(_) => Ok(()),
            Err(error) => {
                tracing::warn!(%error, "Asterisk does not tell how the trunk is");
                Err(trouble)
            }
        },
        Trouble::SpeechDown => station.recognizer.check().await.map_err(speech),
        Trouble::OutOfCredits => station.synthesizer.check_account().await.map_err(speech),
        Trouble::Congestion | Trouble::Refused | Trouble::Silent => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_waited_for_and_what_does_not_is_told_at_once() {
        let error = |class| SpeechError {
            class,
            message: String::new(),
            hint: String::new(),
        };
        let of = |class| (trouble_of(&error(class)), needs_a_person(&error(class)));
        let expected = [
            (
                SpeechErrorClass::Quota,
                (Some(Trouble::OutOfCredits), false),
            ),
            (
                SpeechErrorClass::Unreachable,
                (Some(Trouble::SpeechDown), false),
            ),
            (
                SpeechErrorClass::Throttle,
                (Some(Trouble::SpeechDown), false),
            ),
            (SpeechErrorClass::Auth, (None, true)),
            (SpeechErrorClass::Terms, (None, true)),
            (SpeechErrorClass::Config, (None, true)),
            (SpeechErrorClass::Text, (None, false)),
            (SpeechErrorClass::Protocol, (None, false)),
        ];
        for (class, told) in expected {
            assert_eq!(of(class), told, "{class:?}");
            // Whoever is given back is claimed again at once: something has to hold that up.
            let waits = told.0.is_some() || told.1;
            assert_ne!(waits, why_aside(&error(class)).is_some(), "{class:?}");
        }
    }

    #[test]
    fn nobody_is_told_to_mend_a_list_for_a_fault_of_ours() {
        let why = |class| {
            why_aside(&SpeechError {
                class,
                message: String::new(),
                hint: String::new(),
            })
        };
        assert_eq!(why(SpeechErrorClass::Text), Some(WhyNever::TextRefused));
        let fault = why(SpeechErrorClass::Protocol).unwrap();
        assert_eq!(fault.as_str(), "speech_fault");
        assert!(!fault.to_string().contains("mend"), "{fault}");
    }
}
