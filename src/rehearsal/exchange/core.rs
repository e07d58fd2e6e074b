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
use super::options::{ExchangeOptions, Trouble, Trunk};
use super::phone::{Gap, Happened, Phone};
use super::release::End;
use super::sound::lock;
use super::world::World;
use crate::audio::FRAME_MS;

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
    pub(super) trouble: watch::Sender<Trouble>,
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
            trouble: watch::Sender::default(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    /// The sound that is lost on the trunk now, if any is.
    pub(super) fn gap(&self) -> Option<Gap> {
        let ticks = |time: Duration| u32::try_from(time.as_millis()).unwrap_or(u32::MAX) / FRAME_MS;
        let gaps = self.trouble.borrow().gaps?;
        Some(Gap {
            every: ticks(gaps.every),
            lasts: ticks(gaps.lasts),
        })
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

    /// Rings the phone behind a trunk channel.
    pub(super) fn dial(self: &Arc<Self>, id: &str, timeout: Option<Duration>) {
        let mut world = self.world();
        let Some(calling) = world.calling(id) else {
            return;
        };
        let calling = Calling {
            before: self.journal.count(&calling.number),
            ..calling
        };
        world.tell_dial(id, "");
        let line = self.line(&calling);
        let Some(channel) = world.channels.get_mut(id) else {
            return;
        };
        channel.dialled = true;
        self.journal.open(super::dialled_by(channel, &calling));
        let phone = Arc::new(Phone::new(self, Arc::clone(&channel.port), calling, line));
        if let Kind::Trunk { phone: place, .. } = &mut channel.kind {
            *place = Some(Arc::clone(&phone));
        }
        let gone = channel.gone.clone();
        let beside = world.beside(id);
        drop(world);
        self.clock.place(Turn::Phone, id, &beside, phone);
        let limit = timeout.map_or((TIMER_B, End::Far(18, Some(408))), |timeout| {
            (timeout, End::RingTimeout)
        });
        self.end_later(id, gone.clone(), limit.0, limit.1);
        if timeout.is_some_and(|timeout| timeout > TIMER_B) {
            self.end_later(id, gone, TIMER_B, End::Far(18, Some(408)));
        }
    }

    fn line(&self, calling: &Calling) -> Line {
        let trouble = self.trouble.borrow().trunk;
        match trouble {
            Trunk::Up => self.options.callees.line(calling),
            Trunk::Silent => Line::default(),
            Trunk::Refuses(sip) => Line {
                steps: vec![Step::Refuse(sip)],
            },
            Trunk::Down => Line {
                steps: vec![Step::Refuse(503)],
            },
        }
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
                    _ => channel.state != ChannelState::Up,
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
