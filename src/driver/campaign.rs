//! The campaign loop: asks the planner what to do, makes the calls, and tells how it goes.
//!
//! Everything that decides stands in the campaign room and the ledger; here it is only carried
//! out: leads are claimed, calls run as tasks, their ends go back to the planner.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio::task::{self, JoinSet};
use tokio_util::sync::CancellationToken;

use super::call::{CallJob, CallNews, CallReport, NotBegun, make_call};
use super::clock;
use super::scribe::on_ledger;
use super::station::Station;
use super::stop::Stop;
use crate::ari::SocketState;
use crate::campaign::{
    CallerIdKey, CampaignId, DrainReason, LeadId, LeadPolicy, Plan, Planner, Situation, Supply,
    WaitReason,
};
use crate::dialogue::Scenario;
use crate::line::Disposition;
use crate::speech::SpeechError;
use crate::store::{LeadRow, StoreError};

/// What a campaign is run with.
#[derive(Debug, Clone)]
pub struct CampaignJob {
    /// Which campaign.
    pub campaign: CampaignId,
    /// What to talk along.
    pub scenario: Arc<Scenario>,
    /// Fields for leads that do not bring them.
    pub fields: BTreeMap<String, String>,
    /// Whom to ring, how often and when.
    pub policy: Arc<LeadPolicy>,
}

/// What a watcher of a campaign is told.
#[derive(Debug, Clone)]
pub enum CampaignNews {
    /// Something about one of its calls.
    Call(CallNews),
    /// The campaign waits, and for what.
    Waiting(WaitReason, Option<Timestamp>),
    /// The event socket of Asterisk was lost, or is back.
    Asterisk(SocketState),
    /// A lead was skipped: it cannot be rung, and why.
    Skipped {
        /// Which lead.
        lead: LeadId,
        /// Why, for a person.
        why: String,
    },
}

/// Why and how a campaign's run ended.
#[derive(Debug)]
pub struct CampaignEnd {
    /// Why it ended.
    pub reason: DrainReason,
    /// Calls begun.
    pub calls: u64,
    /// A fault of the speech service that stopped it.
    pub speech: Option<SpeechError>,
    /// A fault of Asterisk or of ours that stopped it.
    pub fault: Option<String>,
}

/// One run of a campaign under way.
struct Run<'a> {
    station: &'a Station,
    job: &'a CampaignJob,
    planner: Planner,
    calls: JoinSet<Result<CallReport, NotBegun>>,
    /// Whom each task rings: a task that panics cannot tell.
    lead_of: HashMap<task::Id, LeadId>,
    begun: u64,
    speech: Option<SpeechError>,
    fault: Option<String>,
    hang_up: CancellationToken,
    news: mpsc::Sender<CampaignNews>,
    call_news: mpsc::Sender<CallNews>,
    waiting: Option<WaitReason>,
}

/// Works through a campaign until nobody is left, it is stopped, or it cannot go on.
///
/// # Errors
/// The ledger cannot be read or written.
pub async fn run_campaign(
    station: &Station,
    job: &CampaignJob,
    planner: Planner,
    stop: &Stop,
    news: &mpsc::Sender<CampaignNews>,
) -> anyhow::Result<CampaignEnd> {
    let (call_news, mut from_calls) = mpsc::channel(256);
    let mut run = Run {
        station,
        job,
        planner,
        calls: JoinSet::new(),
        lead_of: HashMap::new(),
        begun: 0,
        speech: None,
        fault: None,
        hang_up: stop.hang_up.clone(),
        news: news.clone(),
        call_news,
        waiting: None,
    };
    let mut socket = station.ari.socket();
    loop {
        let step = run.step(*socket.borrow()).await?;
        let until = match step {
            Step::Over(reason) => {
                while let Ok(item) = from_calls.try_recv() {
                    run.tell(CampaignNews::Call(item)).await;
                }
                return Ok(run.end(reason));
            }
            Step::Again => continue,
            Step::Wait(until) => until,
        };
        tokio::select! {
            biased;
            Some(item) = from_calls.recv() => run.tell(CampaignNews::Call(item)).await,
            Some(ended) = run.calls.join_next_with_id() => run.ended(ended).await?,
            () = stop.drain.cancelled(), if !run.is_stopped() => run.planner_stop(),
            changed = socket.changed() => if changed.is_ok() {
                let state = *socket.borrow_and_update();
                run.socket_changed(state).await;
            },
            () = tokio::time::sleep(until) => {}
        }
    }
}

enum Step {
    Again,
    Wait(Duration),
    Over(DrainReason),
}

/// A run waits so long for somebody who is being rung by others, or rests for a moment.
const SOON: SignedDuration = SignedDuration::from_secs(60);

/// Without anything else to wait for, look again this often.
const IDLE: Duration = Duration::from_hours(1);

impl Run<'_> {
    async fn step(&mut self, socket: SocketState) -> anyhow::Result<Step> {
        if socket == SocketState::Lost {
            return Ok(Step::Wait(IDLE));
        }
        let situation = Situation {
            now: clock::now(),
            supply: self.supply().await?,
        };
        Ok(match self.planner.plan(&situation) {
            Plan::Call(caller_id) => self.call(caller_id).await?,
            // Nothing here can be asked without ringing somebody: the next call is the probe.
            Plan::Ask(_) => {
                self.planner.asked(Ok(()), situation.now);
                Step::Again
            }
            Plan::WaitUntil(at, reason) => {
                self.waits(reason, Some(at)).await;
                let ms = at.duration_since(situation.now).as_millis();
                Step::Wait(Duration::from_millis(u64::try_from(ms).unwrap_or(0)).min(IDLE))
            }
            Plan::WaitForCall(reason) => {
                self.waits(reason, None).await;
                Step::Wait(IDLE)
            }
            Plan::Drained(reason) => Step::Over(reason),
        })
    }

    async fn supply(&self) -> anyhow::Result<Supply> {
        let (campaign, now) = (self.job.campaign, clock::now());
        let policy = Arc::clone(&self.job.policy);
        let due = on_ledger(&self.station.ledger, move |ledger| {
            ledger.next_due(campaign, &policy, now)
        })
        .await?;
        Ok(match due {
            Some(at) if at <= now => Supply::Ready,
            Some(at) if at.duration_since(now) <= SOON => Supply::HeldElsewhere,
            // What is due later is for a later run.
            Some(_) | None => Supply::Exhausted,
        })
    }

    async fn call(&mut self, caller_id: Option<CallerIdKey>) -> anyhow::Result<Step> {
        let (campaign, run) = (self.job.campaign, self.station.run.id);
        let policy = Arc::clone(&self.job.policy);
        let claimed = on_ledger(&self.station.ledger, move |ledger| {
            ledger.next_lead(campaign, run, &policy, clock::now())
        })
        .await?;
        let Some(lead) = claimed.lead() else {
            // Those who were looked at must wait; the supply is told anew.
            return Ok(Step::Again);
        };
        self.planner.placed(lead.id, caller_id, clock::now());
        self.begun += 1;
        self.waiting = None;
        let job = self.call_job(&lead);
        let (station, stop, news) = (
            self.station.clone(),
            self.hang_up.clone(),
            self.call_news.clone(),
        );
        let id = lead.id;
        let task = self
            .calls
            .spawn(async move { make_call(&station, &job, &stop, &news).await });
        self.lead_of.insert(task.id(), id);
        Ok(Step::Again)
    }

    fn call_job(&self, lead: &LeadRow) -> CallJob {
        let mut fields = self.job.fields.clone();
        fields.extend(lead.fields.clone());
        fields.extend(lead.name.clone().map(|name| ("name".to_owned(), name)));
        CallJob {
            number: lead.number.clone(),
            fields,
            scenario: Arc::clone(&self.job.scenario),
            lead: Some((lead.id, lead.campaign)),
        }
    }

    async fn ended(
        &mut self,
        ended: Result<(task::Id, Result<CallReport, NotBegun>), task::JoinError>,
    ) -> anyhow::Result<()> {
        let task = ended
            .as_ref()
            .map_or_else(task::JoinError::id, |(id, _)| *id);
        let Some(lead) = self.lead_of.remove(&task) else {
            return Ok(());
        };
        match ended {
            Ok((_, Ok(report))) => {
                self.planner
                    .ended(lead, report.end.disposition, clock::now());
                if let Some(error) = report.speech.filter(SpeechError::is_fatal) {
                    self.stop_for_speech(error);
                }
            }
            Ok((_, Err(error))) => self.not_begun(lead, error).await?,
            Err(panic) => {
                tracing::error!(%panic, "a call's task panicked");
                self.planner.ended(lead, Disposition::Failed, clock::now());
            }
        }
        Ok(())
    }

    /// A call was never begun: the lead goes back, or aside if it will never do.
    async fn not_begun(&mut self, lead: LeadId, error: NotBegun) -> anyhow::Result<()> {
        self.begun = self.begun.saturating_sub(1);
        on_ledger(&self.station.ledger, move |ledger| {
            ledger.release_lead(lead)
        })
        .await?;
        self.planner.withdrawn(lead, None, clock::now());
        match error {
            NotBegun::Speech(error) => self.stop_for_speech(error),
            NotBegun::Other(error) => {
                let skipped = error
                    .chain()
                    .find_map(|cause| cause.downcast_ref::<StoreError>());
                let why = format!("{error:#}");
                if !matches!(
                    skipped,
                    Some(StoreError::Forbidden(_) | StoreError::Busy { .. })
                ) {
                    self.fault.get_or_insert_with(|| why.clone());
                    self.planner.stop();
                }
                self.tell(CampaignNews::Skipped { lead, why }).await;
            }
        }
        Ok(())
    }

    /// The next call would meet the same fault: no new ones.
    fn stop_for_speech(&mut self, error: SpeechError) {
        self.speech.get_or_insert(error);
        self.planner.stop();
    }

    fn planner_stop(&mut self) {
        self.planner.stop();
    }

    fn is_stopped(&self) -> bool {
        self.planner.is_stopped()
    }

    async fn socket_changed(&mut self, state: SocketState) {
        if state == SocketState::Replaced {
            self.fault.get_or_insert_with(|| {
                "another process took over our application at Asterisk".to_owned()
            });
            self.planner.stop();
            self.hang_up.cancel();
        }
        self.tell(CampaignNews::Asterisk(state)).await;
    }

    async fn waits(&mut self, reason: WaitReason, until: Option<Timestamp>) {
        if self.waiting != Some(reason) {
            self.waiting = Some(reason);
            self.tell(CampaignNews::Waiting(reason, until)).await;
        }
    }

    async fn tell(&self, item: CampaignNews) {
        if self.news.send(item).await.is_err() {
            tracing::trace!("nobody watches this campaign");
        }
    }

    fn end(self, reason: DrainReason) -> CampaignEnd {
        CampaignEnd {
            reason,
            calls: self.begun,
            speech: self.speech,
            fault: self.fault,
        }
    }
}
