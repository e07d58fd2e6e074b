//! What becomes of a run when one of its calls has ended, was never begun, or broke a thing of ours.

use tokio::task;

use super::{Run, outside};
use crate::campaign::{CallEnded, LeadId, Money, WhyNever};
use crate::dialogue::TemplateError;
use crate::driver::call::{Called, NotBegun};
use crate::driver::clock;
use crate::driver::news::CampaignStep;
use crate::driver::recovery::{end_orphan, give_back, put_aside};
use crate::line::Disposition;
use crate::speech::SpeechError;
use crate::store::{Ledger, StoreError};

impl Run<'_> {
    /// A call's task has ended.
    pub(super) fn ended(
        &mut self,
        ended: Result<(task::Id, Result<Called, NotBegun>), task::JoinError>,
    ) {
        let task = ended
            .as_ref()
            .map_or_else(task::JoinError::id, |(id, _)| *id);
        let Some(lead) = self.lead_of.remove(&task) else {
            return;
        };
        self.doors.close(lead);
        match ended {
            Ok((_, Ok(Called { report, recorded }))) => {
                self.budget.settle(lead, report.cost);
                let disposition = report.end.disposition;
                let trouble = report.speech.as_ref().and_then(outside::trouble_of);
                let end = CallEnded {
                    disposition,
                    trouble,
                };
                self.planner.ended(lead, end, clock::now());
                self.suspect_trunk(disposition);
                if let Some(error) = report.speech {
                    self.speech_failed(error);
                }
                if let Err(error) = recorded {
                    self.error.get_or_insert(error);
                    self.drain();
                }
            }
            Ok((_, Err(error))) => self.not_begun(lead, error),
            Err(panic) => self.panicked(lead, &panic),
        }
    }

    /// A defect of ours: the callee is not left on a silent line, nor the lead in a call.
    fn panicked(&mut self, lead: LeadId, panic: &task::JoinError) {
        tracing::error!(%panic, "a call's task panicked");
        self.budget.forfeit(lead);
        self.planner.ended(lead, Disposition::Failed, clock::now());
        let station = self.station.clone();
        self.chores
            .spawn(async move { end_orphan(&station, lead).await });
    }

    /// A call was never begun: its task gave the lead back.
    fn not_begun(&mut self, lead: LeadId, error: NotBegun) {
        self.begun = self.begun.saturating_sub(1);
        self.budget.settle(lead, Money::default());
        let trouble = match &error {
            NotBegun::Speech(error) => outside::trouble_of(error),
            NotBegun::Other(_) => None,
        };
        self.planner.withdrawn(lead, trouble, clock::now());
        match error {
            NotBegun::Speech(error) if outside::why_aside(&error).is_some() => {
                self.unspeakable(lead, error);
            }
            NotBegun::Speech(error) => self.speech_failed(error),
            NotBegun::Other(error) => self.skipped(lead, &error),
        }
    }

    /// The service does not take a lead's first prompt: it is put aside, and the others are rung,
    /// unless theirs fare no better.
    fn unspeakable(&mut self, lead: LeadId, error: SpeechError) {
        let why = error.to_string();
        if self.refusals.refused() {
            self.speech.get_or_insert(error);
            self.drain();
        }
        self.outbox.put(CampaignStep::Skipped { lead, why });
    }

    fn skipped(&mut self, lead: LeadId, error: &anyhow::Error) {
        let why = format!("{error:#}");
        let mut causes = error.chain();
        let cause = causes.find_map(|cause| cause.downcast_ref::<StoreError>());
        if let Some(StoreError::CallerIdSpent(number)) = cause {
            self.planner.caller_ids().spent(number, clock::now());
        } else if !cause.is_some_and(passes) && !is_unspeakable(error) {
            self.fault.get_or_insert_with(|| why.clone());
            self.drain();
        }
        self.outbox.put(CampaignStep::Skipped { lead, why });
    }

    /// Where the next call would meet the same fault and waiting mends nothing, no new ones.
    fn speech_failed(&mut self, error: SpeechError) {
        if outside::needs_a_person(&error) {
            self.speech.get_or_insert(error);
            self.drain();
        } else {
            self.speech_trouble = Some(error);
        }
    }
}

/// Gives the lead of a call back that was never begun; aside where it would fare no better.
///
/// # Errors
/// The ledger cannot be written.
pub(super) async fn release(
    ledger: &Ledger,
    lead: LeadId,
    not_begun: &NotBegun,
) -> anyhow::Result<()> {
    match not_begun {
        NotBegun::Other(error) if is_unspeakable(error) => {
            put_aside(ledger, lead, WhyNever::NoValue).await
        }
        NotBegun::Speech(error) => match outside::why_aside(error) {
            Some(why) => put_aside(ledger, lead, why).await,
            None => give_back(ledger, lead).await,
        },
        NotBegun::Other(_) => give_back(ledger, lead).await,
    }
}

/// Whether the scenario cannot be said with what is known of this lead: the next may do.
fn is_unspeakable(error: &anyhow::Error) -> bool {
    let mut causes = error.chain();
    causes.any(|cause| cause.downcast_ref::<TemplateError>().is_some())
}

/// Whether others rang first, or what allowed the call has changed: the next claim judges anew.
fn passes(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Forbidden(_)
            | StoreError::Busy { .. }
            | StoreError::Claimed(_)
            | StoreError::NotClaimed(_)
            | StoreError::Closed(_)
            | StoreError::OutsideHours(_)
            | StoreError::Locked
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::RunId;

    #[test]
    fn a_lead_that_others_took_or_that_has_gone_stops_nobody_else() {
        let lead = LeadId(1);
        let (attempt, run) = (crate::campaign::AttemptId(1), RunId(1));
        for error in [
            StoreError::NotClaimed(lead),
            StoreError::Claimed(lead),
            StoreError::Busy { attempt, run },
            StoreError::OutsideHours(lead),
        ] {
            assert!(passes(&error), "{error}");
        }
        assert!(!passes(&StoreError::DiskFull));
    }
}
