//! Whole runs on the embedded exchange, with a ledger that others hold, an Asterisk that is gone and
//! defects of our own. Nobody speaks: what counts is who is rung, who hangs up, and what is left.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use rusqlite::Connection;
use secrecy::SecretString;
use tempfile::TempDir;

use super::*;
use crate::ari::{Ari, AriConfig, MediaKind};
use crate::audio::G711;
use crate::call::{CallRules, Greet, OnMachine};
use crate::campaign::{
    BreakerLimits, CallerIdLimits, Consent, Lead, Mode, PlannerLimits, Ramp, Tariff,
};
use crate::driver::recovery::{end_open_calls, recover};
use crate::driver::station::{LinePlan, Shelf};
use crate::line::Disposition;
use crate::phone::{NumberFormat, PhoneNumber};
use crate::rehearsal::callee::{Callee, Side, parse};
use crate::rehearsal::exchange::{
    Callees, Calling, Condition, Dialled, Exchange, ExchangeOptions, Line,
};
use crate::speech::{
    Recognizer, RecognizerCommand, RecognizerEvent, RecognizerSession, Spoken, Synthesizer,
};
use crate::store::{AttemptEnd, Campaign, Ledger, NewAttempt, StoreError};

/// A bot that says a word, and waits.
const SCENARIO: &str = r#"
[scenario]
name = "brief"
language = "ru"
start = "greeting"
attempts = 1
[global]
no_input = "silence"
no_match = "silence"
[states.greeting]
say = "Удобно говорить?"
on = { yes = "silence" }
[states.silence]
say = "Всего доброго."
outcome = "no_input"
"#;

/// Picks up at once, says nothing, and hangs up two seconds later.
const CALLEE: &str = r#"
[[part]]
name = "silent"
numbers = []
stay_ms = 2000
"#;

#[derive(Debug)]
struct Silent;

impl Callees for Silent {
    fn line(&self, calling: &Calling) -> Line {
        let parts = parse(CALLEE).unwrap();
        let callee = Callee::new(&parts[0], &calling.caller_digits(), &calling.digits());
        Line::answered(Duration::from_millis(50), callee)
    }
}

/// Hears nothing; or does not even open.
#[derive(Debug)]
struct Deaf {
    panics: bool,
}

#[async_trait]
impl Recognizer for Deaf {
    fn open(&self) -> RecognizerSession {
        assert!(!self.panics, "a defect");
        let (commands, mut asked) = mpsc::channel(64);
        let (told, events) = mpsc::channel(64);
        tokio::spawn(async move {
            while let Some(command) = asked.recv().await {
                let heard = matches!(command, RecognizerCommand::Commit);
                if heard
                    && told
                        .send(RecognizerEvent::Final(String::new()))
                        .await
                        .is_err()
                {
                    return;
                }
            }
        });
        RecognizerSession { commands, events }
    }

    async fn check(&self) -> Result<(), SpeechError> {
        Ok(())
    }
}

/// A breath of silence for each text.
#[derive(Debug)]
struct Breath;

#[async_trait]
impl Synthesizer for Breath {
    async fn spoken(&self, _: &str) -> Result<Spoken, SpeechError> {
        Ok(Spoken {
            audio: Bytes::from(vec![G711::Alaw.silence(); 800]),
            paid_characters: 0,
        })
    }

    async fn stream(
        &self,
        text: &str,
    ) -> Result<mpsc::Receiver<Result<Bytes, SpeechError>>, SpeechError> {
        let (pieces, audio) = mpsc::channel(1);
        pieces.try_send(self.prompt(text).await).unwrap();
        Ok(audio)
    }

    async fn check_account(&self) -> Result<(), SpeechError> {
        Ok(())
    }
}

fn number(last: u32) -> PhoneNumber {
    PhoneNumber::from_e164(&format!("+7900000{last:04}")).unwrap()
}

fn lead(last: u32) -> Lead {
    Lead::new(number(last), u64::from(last) + 1)
}

/// An exchange, and a run of a ledger that waits for others no longer than a moment.
struct Scene {
    exchange: Exchange,
    station: Station,
    ledger: Ledger,
    campaign: Campaign,
    folder: TempDir,
}

impl Scene {
    async fn set(leads: &[Lead]) -> Self {
        let exchange = Exchange::start(ExchangeOptions::new(Arc::new(Silent))).await;
        let exchange = exchange.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("novodial.db")).unwrap();
        ledger.wait_at_most(Duration::from_millis(20));
        let campaign = ledger.open_campaign("spring", "/spring.csv", None, clock::now());
        let campaign = campaign.unwrap();
        ledger
            .import_leads(campaign.id, leads, clock::now())
            .unwrap();
        let station = station(&exchange, &ledger).await;
        Self {
            exchange,
            station,
            ledger,
            campaign,
            folder,
        }
    }

    fn job(&self) -> CampaignJob {
        CampaignJob {
            campaign: self.campaign.id,
            scenarios: Scenarios::new(
                Arc::new(Scenario::parse(SCENARIO).unwrap()),
                BTreeMap::new(),
                |_, _| Err("there is no other".to_owned()),
            ),
            fields: BTreeMap::new(),
            policy: Arc::new(LeadPolicy::default()),
            waiting: None,
            stay: Stay {
                until: None,
                waits: None,
                soon: SignedDuration::from_secs(6),
            },
            max_cost: None,
            feed: None,
        }
    }

    /// Begins a run in a task of its own.
    fn run(&self, max_calls: u32, job: CampaignJob, stop: &Stop) -> Running {
        let (running, mut news) = self.watched(limits(max_calls), job, stop);
        tokio::spawn(async move { while news.recv().await.is_some() {} });
        running
    }

    /// Begins a run, and tells what it tells.
    fn watched(
        &self,
        limits: PlannerLimits,
        job: CampaignJob,
        stop: &Stop,
    ) -> (Running, mpsc::Receiver<CampaignNews>) {
        let (station, stop) = (self.station.clone(), stop.clone());
        let planner = Planner::new(limits).unwrap();
        let (news, heard) = mpsc::channel(64);
        let run = async move { run_campaign(&station, &job, planner, &stop, news).await };
        (tokio::spawn(run), heard)
    }

    /// Somebody else takes the ledger.
    fn lock(&self) -> Connection {
        let other = Connection::open(self.folder.path().join("novodial.db")).unwrap();
        let patience = Duration::from_secs(10);
        other.busy_timeout(patience).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        other
    }

    async fn released(&self, count: usize) -> Vec<Dialled> {
        let over = |calls: &[Dialled]| {
            let over = calls.iter().filter(|call| call.released.is_some());
            over.count() >= count
        };
        self.exchange.calls_until(over).await
    }

    /// Every call that was begun has its end, and its channel is gone.
    fn nothing_is_left(&self) {
        assert_eq!(self.ledger.open_attempts(None).unwrap(), []);
        let counts = self.ledger.lead_counts(self.campaign.id).unwrap();
        assert_eq!(counts.in_call, 0, "{counts:?}");
        assert_eq!(self.exchange.ids(), Vec::<String>::new());
    }

    /// Every callee was let talk to the end.
    fn nobody_was_cut(calls: &[Dialled]) {
        for call in calls {
            let measured = call.measured.as_ref().unwrap();
            assert_eq!(measured.released_by, Side::Callee, "{call:#?}");
        }
    }
}

type Running = task::JoinHandle<anyhow::Result<CampaignEnd>>;

/// How a run ended, in good time.
async fn end_of(running: Running) -> anyhow::Result<CampaignEnd> {
    let ended = tokio::time::timeout(Duration::from_mins(1), running).await;
    ended.expect("it ends").expect("no panic")
}

async fn station(exchange: &Exchange, ledger: &Ledger) -> Station {
    let run = ledger
        .begin_run("novodial", 7, "host", clock::now())
        .unwrap();
    let password = SecretString::from("rehearsal".to_owned());
    let url = exchange.base_url().parse().unwrap();
    let config = AriConfig::new(url, "novodial", password, &run.app);
    let rules = CallRules {
        advice_ms: None,
        ring_timeout_ms: 10_000,
        max_duration_ms: 60_000,
        greet: Greet::AtOnce,
        on_machine: OnMachine::HangUp,
        longest_hello_ms: 5_000,
    };
    Station {
        ari: Ari::connect(config).await.unwrap(),
        recognizer: Arc::new(Deaf { panics: false }),
        synthesizer: Arc::new(Breath),
        model: None,
        ledger: ledger.clone(),
        run,
        plan: Arc::new(LinePlan {
            trunk: "novofon".to_owned(),
            dial: "PJSIP/{number}@{trunk}".to_owned(),
            number_format: NumberFormat::Plus,
            caller_id: Some("+74950000001".to_owned()),
            codec: G711::Alaw,
            media: MediaKind::WebSocket,
            rules,
            tariff: Tariff {
                attempt_fee: Money(10_000),
                ..Tariff::default()
            },
            recordings: None,
            machine_message: None,
        }),
        shelf: Shelf::default(),
        channels: Arc::new(AtomicU64::new(0)),
        live: crate::driver::hang_up::LiveCalls::default(),
    }
}

fn limits(max_calls: u32) -> PlannerLimits {
    PlannerLimits {
        max_calls,
        max_conversations: max_calls,
        mode: Mode::Progressive,
        calls_per_second: 100.0,
        ramp: Ramp::NONE,
        caller_ids: Vec::new(),
        ring_timeout: SignedDuration::from_secs(10),
        limit: None,
        zone: TimeZone::UTC,
        breaker: BreakerLimits::default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_another_process_holds_cuts_no_talk_and_ends_no_run() {
    let leads: Vec<_> = (1..=6).map(lead).collect();
    let scene = Scene::set(&leads).await;
    // Nobody can be claimed at first.
    let before = scene.lock();
    let running = scene.run(4, scene.job(), &Stop::unheard());
    let ledger = scene.ledger.clone();
    let locked = task::spawn_blocking(move || ledger.release_lead(LeadId(99))).await;
    assert!(matches!(locked.unwrap(), Err(StoreError::Locked)));
    before.execute_batch("COMMIT").unwrap();
    // Nor can the ends of those who talk be written.
    let talking = |calls: &[Dialled]| calls.iter().filter(|call| call.answered).count() == 4;
    scene.exchange.calls_until(talking).await;
    let during = scene.lock();
    Scene::nobody_was_cut(&scene.released(4).await[..4]);
    assert!(!running.is_finished());
    during.execute_batch("COMMIT").unwrap();

    let end = end_of(running).await.unwrap();
    assert_eq!((end.calls, end.reason), (6, DrainReason::Exhausted));
    assert_eq!(end.cost, Money(60_000));
    let calls = scene.released(6).await;
    assert_eq!(calls.len(), 6, "each was rung once");
    Scene::nobody_was_cut(&calls);
    scene.nothing_is_left();
    let counts = scene.ledger.lead_counts(scene.campaign.id).unwrap();
    assert_eq!(counts.done, 6, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_fails_ends_the_run_after_the_talks_and_its_calls_are_ended_later() {
    let leads: Vec<_> = (1..=4).map(lead).collect();
    let scene = Scene::set(&leads).await;
    let other = Connection::open(scene.folder.path().join("novodial.db")).unwrap();
    let broken = "CREATE TRIGGER broken BEFORE UPDATE OF ended_at ON attempts
                  WHEN new.number = '+79000000001' BEGIN SELECT raise(ABORT, 'broken'); END";
    other.execute_batch(broken).unwrap();
    let error = end_of(scene.run(2, scene.job(), &Stop::unheard())).await;
    let error = format!("{:#}", error.unwrap_err());
    assert!(
        error.starts_with(
            "the end of call 1 to +7 900 ***-**-01 cannot be recorded: database: broken"
        ),
        "{error}"
    );
    let calls = scene.exchange.calls();
    assert!(calls.len() < 4, "no new calls: {calls:#?}");
    Scene::nobody_was_cut(&calls);
    let own = &scene.station.run;
    let line = (&scene.station.ari, &scene.ledger);
    let closing = end_open_calls(line, own, |_| true, "later").await;
    assert!(closing.is_err(), "it is broken still");
    scene.ledger.end_run(own.id, clock::now()).unwrap();

    // The next run finds it, whatever the name of its machine.
    other.execute_batch("DROP TRIGGER broken").unwrap();
    let next = station(&scene.exchange, &scene.ledger).await;
    let long_ago = "UPDATE runs SET started_at = started_at - 60000, host = 'gone' WHERE id = 1";
    other.execute_batch(long_ago).unwrap();
    recover(&next.ari, &scene.ledger, "novodial", &next.run)
        .await
        .unwrap();
    scene.nothing_is_left();
    let unfinished = scene.ledger.unfinished_runs().unwrap();
    let unfinished: BTreeSet<_> = unfinished.into_iter().map(|run| run.id).collect();
    assert_eq!(unfinished, BTreeSet::from([next.run.id]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_task_panics_leaves_nobody_on_the_line_and_no_money_aside() {
    let mut scene = Scene::set(&[lead(1), lead(2)]).await;
    scene.station.recognizer = Arc::new(Deaf { panics: true });
    let job = CampaignJob {
        max_cost: Some(Money(10_000)),
        ..scene.job()
    };
    let end = end_of(scene.run(2, job, &Stop::unheard())).await.unwrap();
    assert_eq!(end.calls, 1);
    assert_eq!(end.halted, Some(Halt::MaxCost));
    let calls = scene.released(1).await;
    assert_eq!(calls.len(), 1, "the other might break the limit");
    scene.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_run_ends_though_asterisk_is_gone() {
    let scene = Scene::set(&[lead(1)]).await;
    scene.exchange.set_condition(Condition {
        no_events: true,
        ..Condition::default()
    });
    let mut socket = scene.station.ari.socket();
    let lost = socket.wait_for(|state| *state == SocketState::Lost).await;
    drop(lost.unwrap());
    let stop = Stop::unheard();
    let running = scene.run(1, scene.job(), &stop);
    stop.drain.cancel();
    let end = end_of(running).await.unwrap();
    assert_eq!((end.calls, end.reason), (0, DrainReason::Stopped));
    scene.nothing_is_left();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_is_heeded_before_all_leads_are_judged() {
    let refused = |last| {
        let mut lead = lead(last);
        lead.terms.consent = Some(Consent::Refused);
        lead
    };
    let leads: Vec<_> = (1..=1_000).map(refused).collect();
    let scene = Scene::set(&leads).await;
    let stop = Stop::unheard();
    stop.drain.cancel();
    let end = end_of(scene.run(1, scene.job(), &stop)).await.unwrap();
    assert_eq!(end.reason, DrainReason::Stopped);
    let counts = scene.ledger.lead_counts(scene.campaign.id).unwrap();
    assert!(counts.new > 800, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_id_that_another_process_has_used_up_rings_no_more_today() {
    let scene = Scene::set(&[lead(1), lead(2)]).await;
    let caller_id = "+74950000007".to_owned();
    // Meanwhile a single call of another process.
    let attempt = NewAttempt {
        run: scene
            .ledger
            .begin_run("novodial", 8, "host", clock::now())
            .unwrap()
            .id,
        lead: None,
        campaign: None,
        channel_id: "elsewhere".to_owned(),
        number: number(9),
        extension: None,
        caller_id: Some(caller_id.clone()),
        trunk: None,
        scenario: None,
        at: clock::now(),
    };
    let attempt = scene.ledger.begin_attempt(&attempt).unwrap();
    scene.ledger.mark_dialled(attempt, clock::now()).unwrap();
    let limits = PlannerLimits {
        caller_ids: vec![CallerIdLimits {
            daily: Some(2),
            ..CallerIdLimits::new(caller_id.clone())
        }],
        ..limits(1)
    };
    let stop = Stop::unheard();
    let (running, mut news) = scene.watched(limits, scene.job(), &stop);
    let waits = |event| matches!(event, CampaignStep::Waiting(WaitReason::CallerIds, _));
    while !waits(news.recv().await.expect("the run goes on").event) {}
    stop.drain.cancel();
    let end = end_of(running).await.unwrap();
    assert_eq!((end.calls, end.fault), (1, None), "one of the two was left");
    let calls = scene.exchange.calls();
    assert_eq!(calls.len(), 1, "{calls:#?}");
    assert_eq!(calls[0].caller, caller_id);
    let end = AttemptEnd::new(attempt, Disposition::Answered, clock::now());
    scene.ledger.end_attempt(&end).unwrap();
    scene.nothing_is_left();
}
