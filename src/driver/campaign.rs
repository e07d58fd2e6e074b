//! The campaign loop: asks the planner what to do, makes the calls, and tells how it goes.
//!
//! Everything that decides stands in the campaign room and the ledger; here it is only carried
//! out: leads are claimed, calls run as tasks, their ends go back to the planner.

mod budget;
mod caller;
mod claim;
mod doors;
mod ended;
mod outage;
mod outside;
mod scenarios;
mod stay;
fn chore_done(done: Result<anyhow::Result<()>, task::JoinError>) {
    if let Err(error) = done.unwrap_or_else(|panic| Err(panic.into())) {
        tracing::warn!(%error, "what a call left behind is put right when the run ends");
    }
}

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::task::{self, JoinSet};
use tokio_util::sync::CancellationToken;

use super::call::{CallJob, Called, NotBegun, make_call};
use super::clock;
use super::meter::Meter;
use super::news::{CallNews, CampaignNews, CampaignStep, Outbox};
use super::recovery::give_back;
use super::scribe::{is_locked, on_ledger};
use super::station::Station;
use super::stop::Stop;
use crate::ari::SocketState;
use crate::call::WaitingWords;
use crate::campaign::{
    CampaignId, DrainReason, LeadId, LeadPolicy, Money, Plan, Planner, Situation, Supply, Trouble,
    WaitReason,
};
use crate::dialogue::Scenario;
use crate::speech::SpeechError;
use crate::store::{CampaignState, LeadRow};
use budget::Budget;
use claim::{Claimed, Shown};
use doors::Doors;
use outage::Outage;
use outside::Looked;
pub use scenarios::Scenarios;
pub use stay::{Halt, Stay};

/// What a campaign is run with.
#[derive(Debug, Clone)]
pub struct CampaignJob {
    /// Which campaign.
    pub campaign: CampaignId,
    /// What to talk along.
    pub scenarios: Scenarios,
    /// Fields for leads that do not bring them.
    pub fields: BTreeMap<String, String>,
    /// Whom to ring, how often and when.
    pub policy: Arc<LeadPolicy>,
    /// What callees hear who have to wait for a conversation; `None` where none has to.
    pub waiting: Option<WaitingWords>,
    /// How long it goes on.
    pub stay: Stay,
    /// What it may cost; `None`: whatever it costs.
    pub max_cost: Option<Money>,
    /// Tells of new leads while they come in; closed when no more will.
    pub feed: Option<watch::Receiver<u64>>,
}

/// Why and how a campaign's run ended.
#[derive(Debug)]
pub struct CampaignEnd {
    /// Why it ended.
    pub reason: DrainReason,
    /// What stopped it, where it was none of those.
    pub halted: Option<Halt>,
    /// Calls begun.
    pub calls: u64,
    /// Answers that found no conversation in time.
    pub dropped: u64,
    /// How often each trouble outside paused it.
    pub pauses: BTreeMap<Trouble, u32>,
    /// What they cost by the tariff.
    pub cost: Money,
    /// A fault of the speech service that stopped it.
    pub speech: Option<SpeechError>,
    /// The last fault of the speech service that paused it.
    pub speech_trouble: Option<SpeechError>,
    /// A fault of Asterisk or of ours that stopped it.
    pub fault: Option<String>,
}

/// One run of a campaign under way.
struct Run<'a> {
    station: &'a Station,
    job: &'a CampaignJob,
    planner: Planner,
    calls: JoinSet<Result<Called, NotBegun>>,
    /// Whom each task rings: a task that panics cannot tell.
    lead_of: HashMap<task::Id, LeadId>,
    begun: u64,
    speech: Option<SpeechError>,
    fault: Option<String>,
    hang_up: CancellationToken,
    /// Looks at what is outside, which may take a while.
    looks: JoinSet<Looked>,
    /// The claim of the next lead.
    claims: JoinSet<Claimed>,
    /// What is put right meanwhile, in the ledger and in Asterisk.
    chores: JoinSet<anyhow::Result<()>>,
    outage: Outage,
    /// What ends it: the ledger cannot be used.
    error: Option<anyhow::Error>,
    outbox: Outbox,
    call_news: mpsc::UnboundedSender<CallNews>,
    waiting: Option<WaitReason>,
    doors: Doors,
    scenarios: Scenarios,
    /// Leads that cannot be talked with in this run; they are given back at its end.
    aside: Vec<LeadId>,
    /// What it is paused for, as far as that was told.
    paused: Option<Trouble>,
    speech_limit: Option<u32>,
    speech_trouble: Option<SpeechError>,
    budget: Budget,
    halted: Option<Halt>,
    /// It was stopped for good: by a signal, or by what only a person can mend.
    drains: bool,
    feed: Option<watch::Receiver<u64>>,
}

/// Works through a campaign until nobody is left, it is stopped, or it cannot go on. Whatever ends
/// it, calls that go on come to their end first.
///
/// # Errors
/// The ledger cannot be read or written, and not because another process holds it: that is waited
/// for.
pub async fn run_campaign(
    station: &Station,
    job: &CampaignJob,
    planner: Planner,
    stop: &Stop,
    news: mpsc::Sender<CampaignNews>,
) -> anyhow::Result<CampaignEnd> {
    #[expect(
        clippy::disallowed_methods,
        reason = "no call begins while a reader is behind: only those that go on may add to it"
    )]
    let (call_news, mut from_calls) = mpsc::unbounded_channel();
    let (doors, mut from_doors) = Doors::new(job.waiting.clone());
    let told = (Outbox::new(news), call_news);
    let mut run = Run::new((station, job), planner, stop, doors, told);
    let mut socket = station.ari.socket();
    loop {
        let state = *socket.borrow();
        let until = match run.step(state).await {
            Step::Over(reason) => {
                while let Ok(item) = from_calls.try_recv() {
                    run.pass_on(item);
                }
                run.give_back_aside().await;
                run.outbox.empty().await;
                return run.end(reason);
            }
            Step::Again => continue,
            Step::Wait(until) => until,
        };
        tokio::select! {
            biased;
            () = stop.drain.cancelled(), if !run.drains => run.drain(),
            Some(lead) = from_doors.recv() => run.planner.answered(lead, clock::now()),
            Some(item) = from_calls.recv() => run.pass_on(item),
            Some(ended) = run.calls.join_next_with_id() => run.ended(ended),
            Some(claimed) = run.claims.join_next() => run.claimed(claimed),
            Some(done) = run.chores.join_next() => chore_done(done),
            Some(looked) = run.looks.join_next() => run.looked(looked),
            () = stay::fed(&mut run.feed) => {}
            changed = socket.changed() => if changed.is_ok() {
                let state = *socket.borrow_and_update();
                run.socket_changed(state);
            },
            () = run.outbox.deliver() => {}
            () = tokio::time::sleep(until) => {}
        }
    }
}

enum Step {
    Again,
    Wait(Duration),
    Over(DrainReason),
}

/// Without anything else to wait for, look again this often: other processes write into the ledger.
const LOOK: Duration = Duration::from_secs(5);
/// After a failure to look.
const SOON: Duration = Duration::from_secs(1);

impl<'a> Run<'a> {
    /// A run that has done nothing yet.
    fn new(
        (station, job): (&'a Station, &'a CampaignJob),
        planner: Planner,
        stop: &Stop,
        doors: Doors,
        (outbox, call_news): (Outbox, mpsc::UnboundedSender<CallNews>),
    ) -> Self {
        Self {
            station,
            job,
            planner,
            calls: JoinSet::new(),
            lead_of: HashMap::new(),
            begun: 0,
            speech: None,
            fault: None,
            hang_up: stop.hang_up.clone(),
            looks: JoinSet::new(),
            claims: JoinSet::new(),
            chores: JoinSet::new(),
            outage: Outage::default(),
            error: None,
            outbox,
            call_news,
            waiting: None,
            doors,
            scenarios: job.scenarios.clone(),
            aside: Vec::new(),
            paused: None,
            speech_limit: None,
            speech_trouble: None,
            budget: Budget::new(job.max_cost),
            halted: None,
            drains: false,
            feed: job.feed.clone(),
        }
    }
}

impl Run<'_> {
    async fn step(&mut self, socket: SocketState) -> Step {
        self.doors.seat(&mut self.planner, clock::now());
        if self.is_beyond_planning(socket) {
            return self.when_idle(DrainReason::Stopped);
        }
        if socket == SocketState::Lost {
            return self.idle();
        }
        self.heed_speech_limit();
        let supply = match self.supply().await {
            Ok(supply) => supply,
            Err(error) => {
                self.ledger_failed(error);
                return Step::Wait(SOON);
            }
        };
        let now = clock::now();
        let plan = self.planner.plan(&Situation { now, supply });
        self.follow_breaker(now);
        match plan {
            // Whoever reads what is told here is not to be outrun.
            Plan::Call(_) if self.outbox.is_behind() => self.idle(),
            Plan::Call(caller_id) => self.claim(caller_id),
            Plan::Ask(trouble) => self.ask(trouble),
            Plan::WaitUntil(at, reason) => {
                let known = (at < Timestamp::MAX).then_some(at);
                self.waits(reason, known);
                let ms = at.duration_since(now).as_millis();
                Step::Wait(Duration::from_millis(u64::try_from(ms).unwrap_or(0)).min(LOOK))
            }
            Plan::WaitForCall(reason) => {
                self.waits(reason, None);
                Step::Wait(LOOK)
            }
            Plan::Drained(reason) => self.when_idle(reason),
        }
    }

    /// Whether it only waits for what goes on, and neither the ledger nor Asterisk need be asked.
    fn is_beyond_planning(&mut self, socket: SocketState) -> bool {
        if socket != SocketState::Lost {
            self.outage.is_over();
        } else if self.outage.lasts(clock::now()) && self.calls.is_empty() {
            self.fault.get_or_insert_with(Outage::fault);
            self.drain();
        }
        self.error.is_some() || socket == SocketState::Lost && self.planner.is_stopped()
    }

    /// Ends the run once nothing of it goes on.
    fn when_idle(&self, reason: DrainReason) -> Step {
        let idle = self.calls.is_empty() && self.claims.is_empty() && self.chores.is_empty();
        if idle {
            Step::Over(reason)
        } else {
            self.idle()
        }
    }

    /// A ledger that another process holds is tried again; any other failure ends the run, after
    /// its calls have come to their end.
    fn ledger_failed(&mut self, error: anyhow::Error) {
        if is_locked(&error) {
            tracing::warn!("another process holds the ledger: no new calls until it is free");
        } else {
            self.error.get_or_insert(error);
            self.drain();
        }
    }

    /// Nothing to do but to let in, or let go, whoever answered and waits.
    fn idle(&self) -> Step {
        let due = self.planner.seat_due();
        let until = due.map(|due| due.duration_since(clock::now()).as_millis().max(0));
        let until = until.and_then(|ms| u64::try_from(ms).ok());
        Step::Wait(until.map_or(LOOK, |ms| LOOK.min(Duration::from_millis(ms))))
    }

    /// Whether there is somebody to ring, as far as this run waits for it.
    async fn supply(&mut self) -> anyhow::Result<Supply> {
        let (campaign, now) = (self.job.campaign, clock::now());
        let policy = Arc::clone(&self.job.policy);
        let (due, state) = on_ledger(&self.station.ledger, move |ledger| {
            let due = ledger.next_due(campaign, &policy, now)?;
            Ok((due, ledger.campaign_state(campaign)?))
        })
        .await?;
        if state != CampaignState::Open {
            self.halt(Halt::Closed(state));
        } else if self.job.stay.is_over(now) {
            self.halt(Halt::Until);
        } else if matches!(self.halted, Some(Halt::Closed(_))) && !self.drains {
            self.halted = None;
            self.planner.go_on();
            self.outbox.put(CampaignStep::Resumed);
        }
        let feeding = self.feed.is_some();
        Ok(self.job.stay.supply(due, feeding, now))
    }

    /// Begins nothing more, for a reason that is none of the planner's.
    fn halt(&mut self, halt: Halt) {
        if self.halted.is_none() && !self.planner.is_stopped() {
            self.halted = Some(halt);
            self.planner.stop();
            self.outbox.put(CampaignStep::Halted(halt));
        }
    }

    fn begin(&mut self, lead: &LeadRow, scenario: Arc<Scenario>, shown: Shown) {
        self.begun += 1;
        self.waiting = None;
        let (id, job) = (lead.id, self.call_job(lead, scenario, shown));
        let (station, stop, news) = (
            self.station.clone(),
            self.hang_up.clone(),
            self.call_news.clone(),
        );
        let task = self.calls.spawn(async move {
            let called = Box::pin(make_call(&station, &job, &stop, &news)).await;
            if let Err(not_begun) = &called
                && let Err(error) = ended::release(&station.ledger, id, not_begun).await
            {
                tracing::warn!(lead = %id, %error, "a lead is given back when the run ends");
            }
            called
        });
        self.lead_of.insert(task.id(), id);
    }

    fn call_job(&mut self, lead: &LeadRow, scenario: Arc<Scenario>, shown: Shown) -> CallJob {
        let mut fields = self.job.fields.clone();
        fields.extend(lead.fields.clone());
        fields.extend(lead.name.clone().map(|name| ("name".to_owned(), name)));
        CallJob {
            number: lead.number.clone(),
            extension: lead.extension.clone(),
            fields,
            scenario,
            lead: Some((lead.id, lead.campaign)),
            caller_id: shown.number,
            caller_day: shown.day,
            seat: self.doors.open(lead.id),
            policy: Some(Arc::clone(&self.job.policy)),
            zone: lead.zone.clone(),
            meter: Meter::default(),
        }
    }

    /// Those who could not be talked with are for another run.
    async fn give_back_aside(&mut self) {
        for lead in std::mem::take(&mut self.aside) {
            if let Err(error) = give_back(&self.station.ledger, lead).await {
                tracing::warn!(%lead, %error, "a lead is given back when the run ends");
            }
        }
    }

    /// Begins nothing more, whoever resumes it.
    fn drain(&mut self) {
        self.drains = true;
        self.planner.stop();
    }

    fn socket_changed(&mut self, state: SocketState) {
        if state == SocketState::Replaced {
            self.fault.get_or_insert_with(|| {
                "another process took over our application at Asterisk".to_owned()
            });
            self.drain();
            self.hang_up.cancel();
        }
        self.outbox.put(CampaignStep::Asterisk(state));
    }

    fn waits(&mut self, reason: WaitReason, until: Option<Timestamp>) {
        let dull = reason == WaitReason::NobodyDue
            && (!self.calls.is_empty() || until.is_some_and(stay::is_soon));
        if self.waiting != Some(reason) && !dull {
            self.waiting = Some(reason);
            self.outbox.put(CampaignStep::Waiting(reason, until));
        }
    }

    /// News of a call, with the time at which it happened.
    fn pass_on(&mut self, news: CallNews) {
        let event = CampaignStep::Call(news.attempt, news.step);
        self.outbox.put_at(news.at, event);
    }

    fn end(self, reason: DrainReason) -> anyhow::Result<CampaignEnd> {
        if let Some(error) = self.error {
            return Err(error);
        }
        Ok(CampaignEnd {
            reason,
            halted: self.halted,
            calls: self.begun,
            dropped: self.doors.dropped(),
            pauses: self.planner.breaker().pauses().clone(),
            cost: self.budget.spent(),
            speech: self.speech,
            speech_trouble: self.speech_trouble,
            fault: self.fault,
        })
    }
}
