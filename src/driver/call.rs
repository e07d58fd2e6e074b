//! One task a call: the only place where the machine of a call meets the outside.
//!
//! The attempt is in the ledger before Asterisk hears of the channel, and `dial` is marked before
//! it is sent. Whatever happens, the channel, its media and its bridge are removed and the end is
//! recorded before it is told.

mod dial;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::clock;
use super::ear::Ear;
use super::meter::Meter;
use super::mouth::Mouth;
use super::news::{CallBegun, CallNews, CallStep, tell};
use super::record::{Promises, record_end};
use super::scribe::patiently;
use super::seat::SeatDoor;
use super::station::Station;
use super::talk::{Outside, Talk};
use crate::ari::{AriError, CallOrder};
use crate::audio::Truth;
use crate::call::{CallEnd, CallEvent, CallMachine, StopReason, Turn};
use crate::campaign::{AttemptId, CampaignId, LeadId, LeadPolicy, Money, Verdict};
use crate::dialogue::{Dialogue, Scenario};
use crate::line::HangupReason;
use crate::phone::{Extension, PhoneNumber};
use crate::speech::{SpeechError, SpeechErrorClass};
use crate::store::{AttemptRules, CallerDay, Ledger, NewAttempt};
use dial::{NotPlaced, place};

/// Prompts that are fetched at once; the smallest account of the service allows two.
const PREPARED_AT_ONCE: usize = 4;
/// A claimed lead does not wait for its first prompt for longer: its turn is somebody else's then.
const OPENING_LIMIT: Duration = Duration::from_secs(30);

/// A call to be made.
#[derive(Debug, Clone)]
pub struct CallJob {
    /// Whom to ring.
    pub number: PhoneNumber,
    /// The desk behind the exchange that answers there.
    pub extension: Option<Extension>,
    /// The lead's fields.
    pub fields: BTreeMap<String, String>,
    /// What to talk along.
    pub scenario: Arc<Scenario>,
    /// The lead and its campaign, if it is one.
    pub lead: Option<(LeadId, CampaignId)>,
    /// The number that the callee sees; `None` takes the station's.
    pub caller_id: Option<String>,
    /// How often that number may ring in a day; `None`: as often as it likes.
    pub caller_day: Option<CallerDay>,
    /// The conversation that it has to wait for when answered; `None` where there is one.
    pub seat: Option<SeatDoor>,
    /// What decides when that lead is rung again; `None` leaves it to the next claim.
    pub policy: Option<Arc<LeadPolicy>>,
    /// The callee's clock.
    pub zone: TimeZone,
    /// What it costs at the speech service, with what was spoken for it before.
    pub meter: Meter,
}

impl CallJob {
    fn caller_id(&self, station: &Station) -> Option<String> {
        let own = self.caller_id.clone();
        own.or_else(|| station.plan.caller_id.clone())
    }
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
    /// What it sounded like; `None` where nobody answered.
    pub truth: Option<Truth>,
    /// What failed, for a person.
    pub error: Option<String>,
    /// A fault of the speech service that the next call will meet too.
    pub speech: Option<SpeechError>,
    /// Whether the callee asked not to be called again.
    pub opted_out: bool,
    /// Whether the trunk was asked to ring.
    pub dialled: bool,
    /// What it cost by the tariff.
    pub cost: Money,
    /// Characters that the speech service was paid for.
    pub characters: u64,
    /// How much sound the speech service heard, in milliseconds.
    pub heard_ms: u64,
    /// What the policy makes of the lead now; `None` where it is none.
    pub verdict: Option<Verdict>,
}

/// A call that was made.
#[derive(Debug)]
pub struct Called {
    /// How it went.
    pub report: CallReport,
    /// Whether its end is in the ledger. Where it is not, the attempt stays open until the run is
    /// closed, or the next one begins.
    pub recorded: anyhow::Result<()>,
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
/// [`NotBegun`] only; from then on every end is a report, also one that cannot be recorded.
pub async fn make_call(
    station: &Station,
    job: &CallJob,
    stop: &CancellationToken,
    news: &mpsc::UnboundedSender<CallNews>,
) -> Result<Called, NotBegun> {
    let dialogue = Dialogue::new(Arc::clone(&job.scenario), &job.fields)
        .context("the scenario cannot be spoken to this lead")?
        .at(clock::now().to_zoned(job.zone.clone()).datetime());
    let message = station.plan.machine_message.as_ref();
    let message = message.map(|text| dialogue.render(text)).transpose();
    let message = message.context("[call] machine_message cannot be said to this lead")?;
    let mut machine = CallMachine::new(station.plan.rules, dialogue);
    if let Some(message) = message {
        machine = machine.with_message(message);
    }
    if let Some(extension) = &job.extension {
        machine = machine.to_extension(extension.as_str());
    }
    if let Some(door) = &job.seat {
        machine = machine.waiting_for_seat(door.words.clone());
    }
    prepare_opening(station, &machine, &job.meter).await?;
    let (attempt, channel) = begin_attempt(station, job).await?;
    tell(
        news,
        attempt,
        CallStep::Begun(Box::new(begun(station, job))),
    );
    let live = station.live.begin(attempt, stop);
    prepare_rest(station, machine.prompts(), &job.meter);
    let mut talk = Talk::new(station, machine, attempt, job.number.clone(), news.clone());
    talk.promises = Promises::new(job.policy.as_deref(), &job.zone);
    talk.meter = job.meter.clone();
    let order = order(station, job, channel);
    let dialled = ring(station, (&order, job), &mut talk, &live.stop).await;
    let mut report = talk.conclude(job.lead.map(|(lead, _)| lead), dialled).await;
    let recorded = record_end(station, job, &mut report).await;
    tell(news, attempt, CallStep::Ended(Box::new(report.clone())));
    let recorded = recorded.with_context(|| unrecorded(&report));
    Ok(Called { report, recorded })
}

fn unrecorded(report: &CallReport) -> String {
    let (attempt, number) = (report.attempt, &report.number);
    // In full: somebody has to type it.
    let opted_out = if report.opted_out {
        let number = number.e164();
        format!(
            "; its callee asked not to be called again, and is rung unless you type: novodial do-not-call add {number}"
        )
    } else {
        String::new()
    };
    format!("the end of call {attempt} to {number} cannot be recorded{opted_out}")
}

/// Places the call and holds the talk; whether the trunk was asked to ring.
async fn ring(
    station: &Station,
    (order, job): (&CallOrder, &CallJob),
    talk: &mut Talk,
    stop: &CancellationToken,
) -> bool {
    if stop.is_cancelled() {
        talk.feed(&CallEvent::Stop(StopReason::User)).await;
        talk.feed(&CallEvent::PlaceFailed { trunk: false }).await;
        return false;
    }
    let seat = job.seat.clone();
    let attempt = (talk.attempt(), job.policy.clone());
    let line = match place(station, order, attempt).await {
        Ok(line) => {
            talk.tell(CallStep::Phase("dialling"));
            line
        }
        Err(NotPlaced { trunk, error }) => {
            talk.error = Some(error);
            talk.feed(&CallEvent::PlaceFailed { trunk }).await;
            return false;
        }
    };
    let silence = station.plan.codec.silence();
    let mouth = Mouth::new(line.media.commands.clone(), silence, talk.meter.clone());
    // A call that may be let go needs no recogniser yet: the service counts them.
    let ear = match seat {
        Some(_) => Ear::without_recognizer(),
        None => Ear::new(station.recognizer.open()),
    };
    let outside = Outside {
        line,
        ear,
        mouth,
        seat,
        operator: None,
    };
    let control = talk.run(outside, stop).await;
    if let Err(error) = control.cleanup().await {
        tracing::warn!(attempt = %talk.attempt(), %error, "a channel may be left in Asterisk");
    }
    true
}

fn begun(station: &Station, job: &CallJob) -> CallBegun {
    CallBegun {
        number: job.number.clone(),
        lead: job.lead.map(|(lead, _)| lead),
        caller_id: job.caller_id(station),
        scenario: job.scenario.name.clone(),
    }
}

/// The first prompt is at hand before anybody is rung: a bad key, an empty account or a dead proxy
/// shows here. The others follow while the phone rings.
async fn prepare_opening(
    station: &Station,
    machine: &CallMachine,
    meter: &Meter,
) -> Result<(), SpeechError> {
    let first = machine.prompts().into_iter().take(1).collect();
    in_time(OPENING_LIMIT, prepare(station, first, meter)).await
}

/// What takes the speech service longer than this is a trouble of its own.
async fn in_time(
    limit: Duration,
    work: impl Future<Output = Result<(), SpeechError>>,
) -> Result<(), SpeechError> {
    let done = timeout(limit, work).await;
    done.unwrap_or_else(|_| {
        Err(SpeechError {
            class: SpeechErrorClass::Throttle,
            message: format!("the first prompt was not made within {limit:?}"),
            hint: "the speech service is slow: lower --max-calls, or take a larger plan".to_owned(),
        })
    })
}

/// Puts prompts on the shelf, from the cache on disk or the service, the first ones first.
///
/// # Errors
/// The first prompt that cannot be made; those after it are not tried.
pub async fn prepare(
    station: &Station,
    texts: Vec<String>,
    meter: &Meter,
) -> Result<(), SpeechError> {
    let missing = texts
        .into_iter()
        .filter(|text| station.shelf.get(text).is_none());
    let fetch = |text: String| async move {
        let spoken = station.synthesizer.spoken(&text).await?;
        meter.add(spoken.paid_characters);
        station.shelf.put(&text, spoken.audio);
        Ok(())
    };
    stream::iter(missing.map(fetch))
        .buffer_unordered(PREPARED_AT_ONCE)
        .try_collect()
        .await
}

/// The other prompts are fetched while the phone rings.
fn prepare_rest(station: &Station, texts: Vec<String>, meter: &Meter) {
    let (station, meter) = (station.clone(), meter.clone());
    tokio::spawn(async move {
        if let Err(error) = prepare(&station, texts, &meter).await {
            // It is streamed when its turn comes; what fails then is told with the call.
            tracing::info!(%error, "a prompt could not be prepared");
        }
    });
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
        extension: job.extension.clone(),
        caller_id: job.caller_id(station),
        trunk: Some(plan.trunk.clone()),
        scenario: Some(job.scenario.name.clone()),
        at: clock::now(),
    };
    let (policy, caller_day) = (job.policy.clone(), job.caller_day);
    let begin = move |ledger: &Ledger| {
        let attempt = NewAttempt {
            at: clock::now(),
            ..attempt.clone()
        };
        match &policy {
            None => ledger.begin_attempt(&attempt),
            Some(policy) => {
                let rules = AttemptRules { policy, caller_day };
                ledger.begin_attempt_under(&attempt, &rules)
            }
        }
    };
    Ok((patiently(&station.ledger, begin).await?, channel))
}

fn order(station: &Station, job: &CallJob, id: String) -> CallOrder {
    let plan = &station.plan;
    CallOrder {
        id,
        endpoint: plan.endpoint(&job.number),
        caller_id: job.caller_id(station),
        codec: plan.codec,
        ring_timeout: Duration::from_millis(plan.rules.ring_timeout_ms),
        longest: Duration::from_millis(plan.rules.max_duration_ms),
        media: plan.media,
    }
}

/// Ends a live call of whatever process, by its channel.
///
/// # Errors
/// Asterisk cannot be asked.
pub async fn hang_up_channel(ari: &crate::ari::Ari, channel: &str) -> Result<(), AriError> {
    ari.hangup(channel, HangupReason::Normal).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_first_prompt_that_never_comes_is_a_trouble_of_the_speech_service() {
        let never = std::future::pending();
        let error = in_time(Duration::from_millis(5), never).await.unwrap_err();
        assert_eq!(error.class, SpeechErrorClass::Throttle);
        assert!(error.message.contains("5ms"), "{error}");
        in_time(Duration::from_mins(1), async { Ok(()) })
            .await
            .unwrap();
    }
}
