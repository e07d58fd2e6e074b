//! A call without a talk: rings a number, hangs up when it is answered, and tells what the trunk
//! made of it. It is in the ledger like any other, since it rings a person.

use std::time::Duration;

use tokio::time::timeout;

use super::clock;
use super::scribe::{on_ledger, patiently};
use crate::ari::{Ari, CallLine, CallOrder, MediaKind};
use crate::audio::G711;
use crate::campaign::AttemptId;
use crate::line::{Disposition, EndedBy, HangupReason, LineEvent, LineFacts, Release, classify};
use crate::phone::PhoneNumber;
use crate::store::{AttemptEnd, Ledger, NewAttempt, Run};

/// Added to the ring time before we end it ourselves.
const GRACE: Duration = Duration::from_secs(5);

/// A test call to make.
#[derive(Debug, Clone)]
pub(super) struct TestCall {
    /// Whom to ring.
    pub(super) number: PhoneNumber,
    /// The dial string.
    pub(super) endpoint: String,
    /// The number to show.
    pub(super) caller_id: Option<String>,
    /// The trunk, for the history.
    pub(super) trunk: String,
    /// How long it may ring.
    pub(super) ring_timeout: Duration,
    /// How the audio is carried.
    pub(super) media: MediaKind,
}

/// Rings and hangs up at the answer; what the line did.
///
/// # Errors
/// Asterisk or the ledger refuses.
pub(super) async fn test_call(
    ari: &Ari,
    ledger: &Ledger,
    run: &Run,
    call: &TestCall,
) -> anyhow::Result<(Disposition, Option<Release>)> {
    let order = CallOrder {
        id: format!("{}-1", run.app),
        endpoint: call.endpoint.clone(),
        caller_id: call.caller_id.clone(),
        codec: G711::Alaw,
        ring_timeout: call.ring_timeout,
        longest: GRACE,
        media: call.media,
    };
    let attempt = begin(ledger, run, call, &order.id).await?;
    let (disposition, release) = match ring(ari, ledger, attempt, &order).await {
        Ok(end) => end,
        Err(error) => {
            end(ledger, attempt, Disposition::Failed, None).await?;
            return Err(error);
        }
    };
    end(ledger, attempt, disposition, release).await?;
    Ok((disposition, release))
}

async fn begin(
    ledger: &Ledger,
    run: &Run,
    call: &TestCall,
    channel: &str,
) -> anyhow::Result<AttemptId> {
    let attempt = NewAttempt {
        run: run.id,
        lead: None,
        campaign: None,
        channel_id: channel.to_owned(),
        number: call.number.clone(),
        extension: None,
        caller_id: call.caller_id.clone(),
        trunk: Some(call.trunk.clone()),
        scenario: None,
        at: clock::now(),
    };
    on_ledger(ledger, move |ledger| ledger.begin_attempt(&attempt)).await
}

async fn ring(
    ari: &Ari,
    ledger: &Ledger,
    attempt: AttemptId,
    order: &CallOrder,
) -> anyhow::Result<(Disposition, Option<Release>)> {
    let CallLine {
        mut events,
        media,
        control,
    } = ari.prepare(order).await?;
    on_ledger(ledger, move |ledger| {
        ledger.mark_dialled(attempt, clock::now())
    })
    .await?;
    control.dial().await?;
    let mut facts = LineFacts::NEW;
    let limit = order.ring_timeout + GRACE;
    while let Some(event) = timeout(limit, events.recv()).await.unwrap_or(None) {
        facts.observe(&event);
        if event == LineEvent::Answered {
            facts.ended_by = EndedBy::Talk;
            control.hangup(HangupReason::Normal).await?;
        }
        if matches!(event, LineEvent::Released(_) | LineEvent::Lost) {
            break;
        }
    }
    control.cleanup().await?;
    drop(media);
    Ok((classify(&facts), facts.release))
}

async fn end(
    ledger: &Ledger,
    attempt: AttemptId,
    disposition: Disposition,
    release: Option<Release>,
) -> anyhow::Result<()> {
    let mut end = AttemptEnd::new(attempt, disposition, clock::now());
    end.cause = release.map(|release| release.cause);
    end.sip = release.and_then(|release| release.sip);
    patiently(ledger, move |ledger| ledger.end_attempt(&end)).await
}
