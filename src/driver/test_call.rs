//! A call without a talk: rings a number, hangs up when it is answered, and tells what the trunk
//! made of it. It is in the ledger like any other, since it rings a person.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::clock;
use super::scribe::{on_ledger, patiently};
use crate::ari::{Ari, CallLine, CallOrder, LineControl, MediaKind};
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

/// Rings and hangs up at the answer, or when it is stopped; what the line did.
///
/// # Errors
/// Asterisk or the ledger refuses; nothing of the call is left then either.
pub(super) async fn test_call(
    (ari, ledger): (&Ari, &Ledger),
    run: &Run,
    call: &TestCall,
    stop: &CancellationToken,
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
    let (disposition, release) = match ring(ari, (ledger, attempt), &order, stop).await {
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
    attempt: (&Ledger, AttemptId),
    order: &CallOrder,
    stop: &CancellationToken,
) -> anyhow::Result<(Disposition, Option<Release>)> {
    // What was made so far is removed with it.
    let prepared = Box::pin(ari.prepare(order));
    let Some(line) = stop.run_until_cancelled(prepared).await else {
        return Ok((Disposition::Interrupted, None));
    };
    let CallLine {
        mut events,
        media,
        control,
    } = line?;
    let limit = order.ring_timeout + GRACE;
    let rung = to_the_end(attempt, &control, (&mut events, limit), stop).await;
    let removed = control.cleanup().await;
    drop(media);
    let facts = rung?;
    removed?;
    Ok((classify(&facts), facts.release))
}

/// Dials, and follows the line to its end.
async fn to_the_end(
    (ledger, attempt): (&Ledger, AttemptId),
    control: &LineControl,
    (events, limit): (&mut mpsc::Receiver<LineEvent>, Duration),
    stop: &CancellationToken,
) -> anyhow::Result<LineFacts> {
    on_ledger(ledger, move |ledger| {
        ledger.mark_dialled(attempt, clock::now())
    })
    .await?;
    control.dial().await?;
    let mut facts = LineFacts::NEW;
    loop {
        let stopped = facts.ended_by == EndedBy::User;
        let event = tokio::select! {
            biased;
            () = stop.cancelled(), if !stopped => {
                facts.ended_by = EndedBy::User;
                control.hangup(HangupReason::Normal).await?;
                continue;
            }
            event = timeout(limit, events.recv()) => event.unwrap_or(None),
        };
        let Some(event) = event else { return Ok(facts) };
        facts.observe(&event);
        if event == LineEvent::Answered && !stopped {
            facts.ended_by = EndedBy::Talk;
            control.hangup(HangupReason::Normal).await?;
        }
        if matches!(event, LineEvent::Released(_) | LineEvent::Lost) {
            return Ok(facts);
        }
    }
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::ari::AriConfig;
    use crate::rehearsal::callee::parts;
    use crate::rehearsal::exchange::{Exchange, ExchangeOptions, LabCallees};

    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_is_left_of_a_test_call_that_is_stopped_or_fails() {
        let callees = LabCallees::new(parts().unwrap());
        let exchange = Exchange::start(ExchangeOptions::new(Arc::new(callees))).await;
        let exchange = exchange.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("novodial.db");
        let ledger = Ledger::open(&path).unwrap();
        let begin = || ledger.begin_run("novodial", 7, "host", clock::now());
        let connect = async |run: &Run| {
            let url = exchange.base_url().parse().unwrap();
            let config = AriConfig::new(url, "novodial", "rehearsal".into(), &run.app);
            Ari::connect(config).await.unwrap()
        };
        // It rings for ever.
        let call = TestCall {
            number: PhoneNumber::from_e164("+79000000052").unwrap(),
            endpoint: "PJSIP/+79000000052@novofon".to_owned(),
            caller_id: None,
            trunk: "novofon".to_owned(),
            ring_timeout: Duration::from_mins(1),
            media: MediaKind::WebSocket,
        };

        let run = begin().unwrap();
        let ari = connect(&run).await;
        let stop = CancellationToken::new();
        let stopped = async {
            exchange.calls_until(|calls| !calls.is_empty()).await;
            stop.cancel();
        };
        let rung = test_call((&ari, &ledger), &run, &call, &stop);
        let (ended, ()) = tokio::join!(rung, stopped);
        assert_eq!(ended.unwrap().0, Disposition::Interrupted);
        assert_eq!(exchange.ids(), Vec::<String>::new());

        let other = rusqlite::Connection::open(&path).unwrap();
        let broken = "CREATE TRIGGER broken BEFORE UPDATE OF dialled_at ON attempts
                      BEGIN SELECT raise(ABORT, 'broken'); END";
        other.execute_batch(broken).unwrap();
        let run = begin().unwrap();
        let ari = connect(&run).await;
        let never = CancellationToken::new();
        let failed = test_call((&ari, &ledger), &run, &call, &never).await;
        assert!(failed.unwrap_err().to_string().contains("broken"));
        assert_eq!(exchange.ids(), Vec::<String>::new());
        assert_eq!(ledger.open_attempts(None).unwrap(), []);
    }
}
