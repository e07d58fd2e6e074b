//! The heart of the exchange: channels are dialled, answered, hung up; what happens is told.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::channel::{ChannelState, Kind};
use super::clock::{Clock, Turn};
use super::journal::Journal;
use super::line::{Calling, Line, Step};
use super::options::{Condition, ExchangeOptions, Trunk};
use super::phone::{BothWays, Happened, Phone};
use super::release::End;
use super::sound::lock;
use super::world::World;
use crate::rehearsal::trouble::CallTrouble;

/// How long the trunk may keep silent before the SIP transaction is given up (timer B).
const TIMER_B: Duration = Duration::from_secs(32);
/// How long a key is held.
const KEY_MS: u32 = 160;

/// What all parts of the exchange share.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) options: ExchangeOptions,
    world: Mutex<World>,
    pub(super) clock: Clock,
    pub(super) journal: Journal,
    pub(super) condition: watch::Sender<Condition>,
    pub(super) stop: CancellationToken,
    pub(super) tasks: TaskTracker,
}

impl Core {
    pub(super) fn new(options: ExchangeOptions, shards: usize) -> Self {
        Self {
            world: Mutex::new(World::new(options.seed, &options.trunk)),
            options,
            clock: Clock::new(shards),
            journal: Journal::default(),
            condition: watch::Sender::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    /// Lets a channel of ours into its application; without one the channel is dropped.
    pub(super) fn enter_stasis(self: &Arc<Self>, id: &str) {
        let mut world = self.world();
        let Some(channel) = world.channels.get_mut(id) else {
            return;
        };
        let app = channel.app.clone().unwrap_or_default();
        let args = channel.app_args.clone();
        if !world.applications.is_active(&app) {
            drop(world);
            return self.hang_up(id, End::NoApplication);
        }
        if let Some(channel) = world.channels.get_mut(id) {
            channel.in_stasis = true;
        }
        world.applications.subscribe(&app, format!("channel:{id}"));
        let plan = json!({"dialplan_app": "Stasis", "dialplan_app_data": app});
        world.tell("ChannelDialplan", id, &plan);
        world.tell(
            "ChannelVarset",
            id,
            &json!({"variable": "STASISSTATUS", "value": ""}),
        );
        world.tell("StasisStart", id, &json!({"args": args}));
    }

    /// Rings the phone behind a trunk channel. The answer to the request is late by what is
    /// returned.
    pub(super) fn dial(self: &Arc<Self>, id: &str, timeout: Option<Duration>) -> Duration {
        let mut world = self.world();
        let Some(calling) = world.calling(id) else {
            return Duration::ZERO;
        };
        let (calls, same) = self.journal.count(&calling.number);
        let calling = Calling {
            sequence: calls + 1,
            attempt: same + 1,
            ..calling
        };
        world.tell_dial(id, "");
        let trouble = self
            .options
            .trouble
            .of_call(self.options.seed, calling.sequence);
        let line = self.line(&calling, &trouble);
        let gaps = trouble.packet_gaps.map(|gaps| {
            let begin = |way| gaps.begin(self.options.seed, calling.sequence, way);
            BothWays {
                to_callee: begin("to the callee"),
                from_callee: begin("from the callee"),
            }
        });
        let Some(channel) = world.channels.get_mut(id) else {
            return Duration::ZERO;
        };
        channel.dialled = true;
        self.journal.open(super::dialled_by(channel, &calling));
        let port = Arc::clone(&channel.port);
        let phone = Arc::new(Phone::new(self, id, port, line, gaps));
        if let Kind::Trunk { phone: place, .. } = &mut channel.kind {
            *place = Some(Arc::clone(&phone));
        }
        let gone = channel.gone.clone();
        let beside = world.beside(id);
        let late = trouble.early_event || world.random.between(0, 2) == 0;
        drop(world);
        self.clock.place(Turn::Phone, id, &beside, phone);
        self.limit(id, &gone, timeout);
        if late {
            self.options.latencies.late_answer
        } else {
            Duration::ZERO
        }
    }

    /// Lets the ring timeout run, and what ends a call of which the trunk says nothing.
    fn limit(self: &Arc<Self>, id: &str, gone: &CancellationToken, timeout: Option<Duration>) {
        if timeout.is_none_or(|timeout| timeout > TIMER_B) {
            self.end_later(id, gone.clone(), TIMER_B, End::Far(18, Some(408)));
        }
        if let Some(timeout) = timeout {
            self.end_later(id, gone.clone(), timeout, End::RingTimeout);
        }
    }

    /// The line that a call meets, after what goes wrong with it.
    fn line(self: &Arc<Self>, calling: &Calling, trouble: &CallTrouble) -> Line {
        if let Some(lost) = trouble.events_lost {
            let after = Duration::from_millis(lost.after_ms.into());
            let lasts = Duration::from_millis(lost.for_ms.into());
            self.change_for(after, lasts, |condition, wrong| condition.no_events = wrong);
        }
        if let Some(ms) = trouble.trunk_away_ms {
            let lasts = Duration::from_millis(ms.into());
            self.change_for(Duration::ZERO, lasts, |condition, wrong| {
                condition.trunk = if wrong { Trunk::Down } else { Trunk::Up };
            });
        }
        let trunk = self.condition.borrow().trunk;
        let refused = |sip| Line {
            steps: vec![Step::Refuse(sip)],
        };
        match trunk {
            _ if trouble.congestion || trouble.trunk_away_ms.is_some() => refused(503),
            Trunk::Up => self.options.callees.line(calling),
            Trunk::Silent => Line::default(),
            Trunk::Refuses(sip) => refused(sip),
            Trunk::Down => refused(503),
        }
    }

    /// Makes something wrong after a while, and right again.
    fn change_for(
        self: &Arc<Self>,
        after: Duration,
        lasts: Duration,
        change: impl Fn(&mut Condition, bool) + Send + Sync + 'static,
    ) {
        let core = Arc::clone(self);
        self.tasks.spawn(async move {
            let changing = async {
                sleep(after).await;
                core.condition
                    .send_modify(|condition| change(condition, true));
                sleep(lasts).await;
                core.condition
                    .send_modify(|condition| change(condition, false));
            };
            tokio::select! {
                () = core.stop.cancelled() => {}
                () = changing => {}
            }
        });
    }

    /// Ends a call that has not been answered by then.
    fn end_later(self: &Arc<Self>, id: &str, gone: CancellationToken, after: Duration, end: End) {
        let (core, id) = (Arc::clone(self), id.to_owned());
        self.tasks.spawn(async move {
            tokio::select! {
                () = gone.cancelled() => return,
                () = sleep(after) => {}
            }
            let waits = |world: &World| {
                world.channels.get(&id).is_some_and(|channel| match end {
                    // Timer B runs only until the trunk says its first word.
                    End::Far(..) => !channel.heard_of,
                    End::Ours(_)
                    | End::RingTimeout
                    | End::Absolute
                    | End::DialledTwice
                    | End::NoApplication => channel.state != ChannelState::Up,
                })
            };
            if waits(&core.world()) {
                core.hang_up(&id, end);
            }
        });
    }

    /// The phone behind a channel reports.
    pub(super) fn line_reports(self: &Arc<Self>, id: &str, what: Happened) {
        match what {
            Happened::Rings => self.rings(id),
            Happened::Progress => {
                let mut world = self.world();
                world.heard_of(id);
                world.tell_dial(id, "PROGRESS");
            }
            Happened::Answered => self.answered(id),
            Happened::Refused(sip) => {
                self.hang_up(id, End::Far(super::causes::cause_of_sip(sip), Some(sip)));
            }
            Happened::HungUp => self.hang_up(id, End::Far(super::causes::NORMAL, None)),
            Happened::Pressed(key) => self.pressed(id, key),
        }
    }

    fn rings(&self, id: &str) {
        let mut world = self.world();
        world.heard_of(id);
        // The two come in either order.
        let state_first = world.random.between(0, 1) == 0;
        if !state_first {
            world.tell_dial(id, "RINGING");
        }
        world.set_state(id, ChannelState::Ringing);
        if state_first {
            world.tell_dial(id, "RINGING");
        }
    }

    fn answered(self: &Arc<Self>, id: &str) {
        let originated = {
            let mut world = self.world();
            world.heard_of(id);
            world.set_state(id, ChannelState::Up);
            world.tell_dial(id, "ANSWER");
            world
                .channels
                .get(id)
                .is_some_and(super::channel::Channel::is_originated)
        };
        self.journal.write(id, |call| call.answered = true);
        if originated {
            self.enter_stasis(id);
        }
    }

    fn pressed(&self, id: &str, key: char) {
        let mut world = self.world();
        let key = key.to_string();
        let extra = json!({"digit": key, "duration_ms": KEY_MS});
        world.tell("ChannelDtmfReceived", id, &extra);
        for (other, port) in world.others(id) {
            let event = json!({"event": "DTMF_END", "channel_id": other, "digit": key});
            port.tell(event.to_string());
        }
    }

    /// Sets a variable, with the effect that some of them have.
    pub(super) fn set_variable(self: &Arc<Self>, id: &str, name: &str, value: &str) {
        let mut world = self.world();
        let Some(channel) = world.channels.get_mut(id) else {
            return;
        };
        channel.variables.insert(name.to_owned(), value.to_owned());
        match name {
            "CONNECTEDLINE(num)" | "CONNECTEDLINE(all)" => {
                value.clone_into(&mut channel.connected);
                world.tell("ChannelConnectedLine", id, &Value::Null);
            }
            "TIMEOUT(absolute)" => {
                let seconds = value.parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
                let at = seconds
                    .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
                    .map(|after| Instant::now() + after);
                channel.absolute = at;
                let gone = channel.gone.clone();
                drop(world);
                if let Some(at) = at {
                    self.end_at(id, gone, at);
                }
            }
            _ if name.contains('(') => {}
            _ => world.tell(
                "ChannelVarset",
                id,
                &json!({"variable": name, "value": value}),
            ),
        }
    }

    /// `TIMEOUT(absolute)`: whatever state the channel is in, unless it was set anew.
    fn end_at(self: &Arc<Self>, id: &str, gone: CancellationToken, at: Instant) {
        let (core, id) = (Arc::clone(self), id.to_owned());
        self.tasks.spawn(async move {
            tokio::select! {
                () = gone.cancelled() => return,
                () = sleep_until(at) => {}
            }
            let still = |world: &World| {
                let channel = world.channels.get(&id);
                channel.is_some_and(|channel| channel.absolute == Some(at))
            };
            if still(&core.world()) {
                core.hang_up(&id, End::Absolute);
            }
        });
    }
}
