//! One task a call: the only place where the machine of a call meets the outside.
//!
//! The attempt is in the ledger before Asterisk hears of the channel, and `dial` is marked before
//! it is sent. Whatever happens, the channel, its media and its bridge are removed and the end is
//! recorded before it is told.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::clock::{self, CallClock};
use super::ear::Ear;
use super::mouth::Mouth;
use super::scribe::on_ledger;
use super::station::Station;
use super::talk::Talk;
use crate::ari::{AriError, CallLine, CallOrder, DialError};
use crate::call::{CallEnd, CallEvent, CallMachine, Turn};
use crate::campaign::{AttemptId, CampaignId, LeadId};
use crate::dialogue::{Dialogue, Scenario};
use crate::line::{Disposition, HangupReason};
use crate::phone::PhoneNumber;
use crate::speech::SpeechError;
use crate::store::{AttemptEnd, HungUpBy, NewAttempt};

/// Prompts that are fetched at once; the smallest account of the service allows two.
const PREPARED_AT_ONCE: usize = 4;

/// A call to be made.
#[derive(Debug, Clone)]
pub struct CallJob {
    /// Whom to ring.
    pub number: PhoneNumber,
    /// The lead's fields.
    pub fields: BTreeMap<String, String>,
    /// What to talk along.
    pub scenario: Arc<Scenario>,
    /// The lead and its campaign, if it is one.
    pub lead: Option<(LeadId, CampaignId)>,
}

/// What a watcher of a call is told, as it happens.
#[derive(Debug, Clone)]
pub enum CallNews {
    /// The attempt was recorded; nobody was rung yet.
    Begun(AttemptId),
    /// The phase of the call changed.
    Phase(AttemptId, &'static str),
    /// A turn is complete.
    Turn(AttemptId, Turn),
    /// The call is over and in the ledger.
    Ended(Box<CallReport>),
}

/// A call that is over.
#[derive(Debug, Clone)]
pub struct CallReport {
    /// Its attempt.
    pub attempt: AttemptId,
    /// Whom it rang.
    pub number: PhoneNumber,
    /// The lead, if it is one.
    pub lead: Option<LeadId>,
    /// How it ended.
    pub end: CallEnd,
    /// What was said.
    pub turns: Vec<Turn>,
    /// The recording.
    pub recording: Option<PathBuf>,
    /// What failed, for a person.
    pub error: Option<String>,
    /// A fault of the speech service that the next call will meet too.
    pub speech: Option<SpeechError>,
    /// Whether the trunk was asked to ring.
    pub dialled: bool,
}

/// A call that could not even be begun: nothing was recorded, nobody rung.
#[derive(Debug, thiserror::Error)]
pub enum NotBegun {
    /// The first prompt cannot be spoken.
    #[error(transparent)]
    Speech(#[from] SpeechError),
    /// The ledger refuses, or something else of ours.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

/// Makes one call, from the ledger's first word to its last.
///
/// # Errors
/// [`NotBegun`] only; from then on every end is a report.
pub async fn make_call(
    station: &Station,
    job: &CallJob,
    stop: &CancellationToken,
    news: &mpsc::Sender<CallNews>,
) -> Result<CallReport, NotBegun> {
    let dialogue = Dialogue::new(Arc::clone(&job.scenario), &job.fields)
        .context("the scenario cannot be spoken to this lead")?;
    let machine = CallMachine::new(station.plan.rules, dialogue);
    prepare_opening(station, &machine).await?;
    let (attempt, channel) = begin_attempt(station, job).await?;
    tell(news, CallNews::Begun(attempt)).await;
    let (rest, warming) = (machine.prompts(), station.clone());
    tokio::spawn(async move {
        if let Err(error) = prepare(&warming, rest).await {
            tracing::warn!(%error, "a prompt could not be prepared");
        }
    });
    let clock = CallClock::start();
    let order = order(station, job, channel);
    let mut talk = Talk::new(
        station.clone(),
        machine,
        clock,
        attempt,
        job.number.clone(),
        news.clone(),
    );
    let outcome = if stop.is_cancelled() {
        Placed::Stopped
    } else {
        place(station, &order, attempt).await
    };
    let dialled = matches!(outcome, Placed::Dialled(_));
    match outcome {
        Placed::Dialled(line) => {
            let CallLine {
                events,
                media,
                control,
            } = *line;
            let mouth = Mouth::new(media.commands.clone(), station.plan.codec.silence());
            let ear = Ear::new(station.recognizer.open());
            let control = talk
                .run(
                    super::talk::Outside {
                        events,
                        media,
                        control,
                        ear,
                        mouth,
                    },
                    stop,
                )
                .await;
            if let Err(error) = control.cleanup().await {
                tracing::warn!(%attempt, %error, "a channel may be left in Asterisk");
            }
        }
        Placed::Failed { trunk, error } => {
            talk.error = Some(error);
            talk.feed(&CallEvent::PlaceFailed { trunk }).await;
        }
        Placed::Stopped => {
            talk.feed(&CallEvent::Stop(crate::call::StopReason::User))
                .await;
            talk.feed(&CallEvent::PlaceFailed { trunk: false }).await;
        }
    }
    let report = talk.conclude(job.lead.map(|(lead, _)| lead), dialled).await;
    record_end(station, &report).await?;
    tell(news, CallNews::Ended(Box::new(report.clone()))).await;
    Ok(report)
}

/// The first prompt is at hand before anybody is rung: a bad key, an empty account or a dead proxy
/// shows here. The others follow while the phone rings.
async fn prepare_opening(station: &Station, machine: &CallMachine) -> Result<(), SpeechError> {
    prepare(station, machine.prompts().into_iter().take(1).collect()).await
}

/// Puts prompts on the shelf, from the cache on disk or the service, the first ones first.
///
/// # Errors
/// The first prompt that cannot be made; those after it are not tried.
pub async fn prepare(station: &Station, texts: Vec<String>) -> Result<(), SpeechError> {
    let missing = texts
        .into_iter()
        .filter(|text| station.shelf.get(text).is_none());
    let fetch = |text: String| async move {
        let audio = station.synthesizer.prompt(&text).await?;
        station.shelf.put(&text, audio);
        Ok(())
    };
    stream::iter(missing.map(fetch))
        .buffer_unordered(PREPARED_AT_ONCE)
        .try_collect()
        .await
}

async fn begin_attempt(station: &Station, job: &CallJob) -> anyhow::Result<(AttemptId, String)> {
    let plan = &station.plan;
    let channel = format!("{}-{}", station.run.app, station.next_channel());
    let attempt = NewAttempt {
        run: station.run.id,
        lead: job.lead.map(|(lead, _)| lead),
        campaign: job.lead.map(|(_, campaign)| campaign),
        channel_id: channel.clone(),
        number: job.number.clone(),
        caller_id: plan.caller_id.clone(),
        trunk: Some(plan.trunk.clone()),
        scenario: Some(job.scenario.name.clone()),
        at: clock::now(),
    };
    let id = on_ledger(&station.ledger, move |ledger| {
        ledger.begin_attempt(&attempt)
    })
    .await?;
    Ok((id, channel))
}

fn order(station: &Station, job: &CallJob, id: String) -> CallOrder {
    let plan = &station.plan;
    CallOrder {
        id,
        endpoint: plan.endpoint(&job.number),
        caller_id: plan.caller_id.clone(),
        codec: plan.codec,
        ring_timeout: std::time::Duration::from_millis(plan.rules.ring_timeout_ms),
        longest: std::time::Duration::from_millis(plan.rules.max_duration_ms),
        media: plan.media,
    }
}

enum Placed {
    Dialled(Box<CallLine>),
    Failed { trunk: bool, error: String },
    Stopped,
}

/// Makes the channel with its media, and dials.
async fn place(station: &Station, order: &CallOrder, attempt: AttemptId) -> Placed {
    let line = match station.ari.prepare(order).await {
        Ok(line) => line,
        Err(error) => {
            let trunk = matches!(error.cause(), AriError::TrunkUnavailable { .. });
            return Placed::Failed {
                trunk,
                error: error.to_string(),
            };
        }
    };
    let marked = on_ledger(&station.ledger, move |ledger| {
        ledger.mark_dialled(attempt, clock::now())
    })
    .await;
    let failed = match marked {
        Err(error) => Some(format!("{error:#}")),
        Ok(()) => match line.control.dial().await {
            Ok(()) => None,
            // It may ring: the events of the line tell, and its watchdog.
            Err(DialError::OutcomeUnknown(error)) => {
                tracing::warn!(%attempt, %error, "it is not known whether the phone rings");
                None
            }
            Err(error @ (DialError::NotRung(_) | DialError::Already)) => Some(error.to_string()),
        },
    };
    let Some(error) = failed else {
        return Placed::Dialled(Box::new(line));
    };
    if let Err(error) = line.control.cleanup().await {
        tracing::warn!(%attempt, %error, "a channel may be left in Asterisk");
    }
    Placed::Failed {
        trunk: false,
        error,
    }
}

async fn record_end(station: &Station, report: &CallReport) -> anyhow::Result<()> {
    let end = &report.end;
    let mut row = AttemptEnd::new(report.attempt, end.disposition, clock::now());
    row.outcome.clone_from(&end.outcome);
    row.cause = end.release.map(|release| release.cause);
    row.sip = end.release.and_then(|release| release.sip);
    row.hung_up_by = Some(hung_up_by(end));
    row.ring_ms = end.ring_ms.and_then(|ms| ms.try_into().ok());
    row.talk_ms = end.talk_ms.and_then(|ms| ms.try_into().ok());
    row.recording.clone_from(&report.recording);
    row.error.clone_from(&report.error);
    on_ledger(&station.ledger, move |ledger| ledger.end_attempt(&row)).await
}

fn hung_up_by(end: &CallEnd) -> HungUpBy {
    match (end.hung_up_by, end.disposition) {
        (crate::call::HungUpBy::Us, _) => HungUpBy::Bot,
        (crate::call::HungUpBy::FarEnd, Disposition::Answered | Disposition::Machine) => {
            HungUpBy::Callee
        }
        (crate::call::HungUpBy::FarEnd, _) => HungUpBy::Network,
    }
}

/// Tells a watcher; nobody watching is fine.
pub(super) async fn tell(news: &mpsc::Sender<CallNews>, item: CallNews) {
    if news.send(item).await.is_err() {
        tracing::trace!("nobody watches this call");
    }
}

/// Ends a live call of whatever process, by its channel.
///
/// # Errors
/// Asterisk cannot be asked.
pub async fn hang_up_channel(ari: &crate::ari::Ari, channel: &str) -> Result<(), AriError> {
    ari.hangup(channel, HangupReason::Normal).await
}
