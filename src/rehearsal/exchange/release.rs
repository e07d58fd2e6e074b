//! How channels end, and in which order it is told.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::causes::{NO_ANSWER, NORMAL, cause_text, dial_status, sip_of_cause};
use super::channel::{Channel, ChannelState, Kind};
use super::core::Core;
use super::journal::Ended;
use super::world::World;
use crate::rehearsal::callee::Side;

/// The internal flag that a soft hang-up shows as its cause.
const SOFT: u8 = 32;
/// What a channel that nobody dialled is refused with.
const DECLINED: u16 = 603;

/// Who or what ends a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// `DELETE`, with this cause.
    Ours(u8),
    /// The far end: cause, and SIP status or WebSocket code.
    Far(u8, Option<u16>),
    /// The `timeout` of dialling.
    RingTimeout,
    /// `TIMEOUT(absolute)`.
    Absolute,
    /// It was dialled a second time.
    DialledTwice,
    /// Its application is not there.
    NoApplication,
}

/// What is told of an end.
struct Told {
    /// The fields of `ChannelHangupRequest`, where one comes.
    request: Option<Value>,
    /// A second one, as from the far end, before the last event.
    afterthought: bool,
    cause: u8,
    tech: Option<u16>,
}

impl Told {
    fn of(end: End, channel: &Channel) -> Self {
        let soft = || Some(json!({"cause": SOFT, "soft": true}));
        let untouched = channel.is_trunk() && !channel.dialled;
        let tech = |cause| match sip_of_cause(cause) {
            Some(sip) if channel.is_trunk() => Some(sip),
            _ => untouched.then_some(DECLINED),
        };
        let told = |request, cause, tech| Self {
            request,
            afterthought: untouched,
            cause,
            tech,
        };
        match end {
            End::Ours(cause) => told(soft(), cause, tech(cause)),
            End::Far(cause, tech) => {
                let mut request = json!({"cause": cause});
                if let Some(tech) = tech {
                    super::world::set(&mut request, "tech_cause", json!(tech));
                }
                told(Some(request), cause, tech)
            }
            // Of an originated call nothing but its end is told.
            End::RingTimeout if channel.is_originated() => told(None, NO_ANSWER, Some(480)),
            End::RingTimeout => told(soft(), NO_ANSWER, Some(480)),
            End::Absolute if untouched => told(None, 21, Some(DECLINED)),
            End::Absolute | End::NoApplication => told(None, NORMAL, None),
            End::DialledTwice => told(Some(json!({})), NORMAL, None),
        }
    }
}

impl Core {
    /// Ends a channel: the request is told now, the rest a moment later.
    pub(super) fn hang_up(self: &Arc<Self>, id: &str, end: End) {
        let mut world = self.world();
        let Some(channel) = world.channels.get_mut(id) else {
            return;
        };
        if std::mem::replace(&mut channel.ending, true) {
            return;
        }
        let told = Told::of(end, channel);
        if let Kind::Trunk {
            phone: Some(phone), ..
        } = &channel.kind
        {
            let phone = Arc::clone(phone);
            let by = if matches!(end, End::Far(..)) {
                Side::Callee
            } else {
                Side::Caller
            };
            if let Some(measured) = phone.end(by) {
                let measured = Some(Box::new(measured));
                self.journal.write(id, |call| call.measured = measured);
            }
        }
        if let Some(request) = &told.request {
            world.tell("ChannelHangupRequest", id, request);
        }
        drop(world);
        let (core, id) = (Arc::clone(self), id.to_owned());
        self.tasks.spawn(async move {
            sleep(core.options.latencies.release).await;
            core.finish(&id, end, &told);
        });
    }

    fn finish(&self, id: &str, end: End, told: &Told) {
        let mut world = self.world();
        world.stop_media(&format!("channel:{id}"));
        world.leave_bridge(id);
        let Some(channel) = world.channels.get_mut(id) else {
            return;
        };
        channel.gone.cancel();
        let was_in_stasis = std::mem::replace(&mut channel.in_stasis, false);
        let unanswered = channel.is_originated() && channel.state != ChannelState::Up;
        if let Kind::Media { leg, .. } = &channel.kind {
            // Where the client closed it, or broke off, it is told so.
            let code = if let End::Far(_, Some(code)) = end {
                code
            } else {
                1_000
            };
            channel.port.close(code);
            if let Some(leg) = leg {
                leg.end();
            }
        }
        if was_in_stasis {
            world.tell("StasisEnd", id, &Value::Null);
            let done = json!({"variable": "STASISSTATUS", "value": "SUCCESS"});
            world.tell("ChannelVarset", id, &done);
        }
        if unanswered && told.request.is_some() {
            world.tell_dial(id, dial_status(told.cause));
        }
        self.bury(&mut world, id, told);
    }

    /// The last words about a channel.
    fn bury(&self, world: &mut World, id: &str, told: &Told) {
        let mut last = json!({"cause": told.cause});
        if let Some(tech) = told.tech {
            super::world::set(&mut last, "tech_cause", json!(tech));
        }
        if told.afterthought {
            world.tell("ChannelHangupRequest", id, &last);
        }
        super::world::set(&mut last, "cause_txt", json!(cause_text(told.cause)));
        let ended = Ended {
            cause: told.cause,
            sip: told.tech,
        };
        self.journal.write(id, |call| {
            call.released = Some(ended);
            call.times.1 = Some(jiff::Timestamp::now());
        });
        world.tell("ChannelDestroyed", id, &last);
        world.channels.remove(id);
        world.applications.close_topic(&format!("channel:{id}"));
    }
}
