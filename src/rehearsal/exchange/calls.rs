//! Operations on channels.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, Ask};
use super::causes::{NORMAL, cause_of_reason};
use super::channel::{Channel, ChannelState, Kind};
use super::core::Core;
use super::options::Trunk;
use super::release::End;
use super::routes::only_post;
use super::sound::{Ear, Port};
use super::world::{World, now};
use crate::audio::G711;
use crate::rehearsal::http::Method;

/// The longest id.
const LONGEST_ID: usize = 150;
/// What the endpoint allows, in its order.
const ALLOWED: [G711; 2] = [G711::Alaw, G711::Ulaw];
/// How long an originated phone rings unless something else is asked for.
const RING: Duration = Duration::from_secs(30);

pub(super) fn route(core: &Arc<Core>, path: &[&str], ask: &Ask) -> Answer {
    match (path, &ask.method) {
        ([], &Method::GET) => list(core),
        ([], &Method::POST) => originate(core, ask, None),
        (["create"], &Method::POST) => create(core, ask),
        ([id], &Method::GET) => get(core, id),
        ([id], &Method::POST) => originate(core, ask, Some(id)),
        ([id], &Method::DELETE) => delete(core, id, ask),
        ([id, "dial"], _) => only_post(ask, || dial(core, id, ask)),
        ([id, "variable"], &Method::GET) => super::variables::get(core, id, ask),
        ([id, "variable"], &Method::POST) => super::variables::post(core, id, ask),
        ([id, "play"], _) => only_post(ask, || super::playing::play(core, id, None, ask)),
        ([id, "play", playback], _) => {
            only_post(ask, || super::playing::play(core, id, Some(playback), ask))
        }
        ([id, "record"], _) => only_post(ask, || super::playing::record_channel(core, id, ask)),
        ([id, "dtmf"], _) => only_post(ask, || dtmf(core, id, ask)),
        (
            [
                id,
                "answer" | "ring" | "progress" | "mute" | "hold" | "moh" | "silence",
            ],
            method,
        ) if *method == Method::POST || *method == Method::DELETE => without_effect(core, id),
        ([id, "rtp_statistics"], &Method::GET) => match core.world().channels.get(*id) {
            None => Answer::no_channel(),
            Some(_) => Answer::fail(404, "RTP info not found"),
        },
        ([_, "continue" | "move" | "redirect" | "snoop", ..], &Method::POST) => {
            Answer::not_rehearsed("this operation")
        }
        ([] | [_], _) => Answer::wrong_method(),
        _ => Answer::not_found(),
    }
}

fn list(core: &Core) -> Answer {
    let world = core.world();
    let channels: Vec<_> = world.channels.values().map(Channel::json).collect();
    Answer::ok(json!(channels))
}

fn get(core: &Core, id: &str) -> Answer {
    let world = core.world();
    let channel = world.channels.get(id);
    channel.map_or_else(Answer::no_channel, |channel| Answer::ok(channel.json()))
}

fn create(core: &Arc<Core>, ask: &Ask) -> Answer {
    let id = match make(core, ask, None, false) {
        Ok(id) => id,
        Err(answer) => return answer,
    };
    let answer = get(core, &id);
    core.enter_stasis(&id);
    answer
}

fn originate(core: &Arc<Core>, ask: &Ask, id: Option<&str>) -> Answer {
    if ask.filled("endpoint").is_some()
        && ask.filled("app").is_none()
        && ask.filled("extension").is_none()
    {
        return Answer::fail(400, "Application or extension must be specified");
    }
    if ask.filled("app").is_none() && ask.filled("endpoint").is_some() {
        return Answer::not_rehearsed("originating into the dialplan");
    }
    let id = match make(core, ask, id, true) {
        Ok(id) => id,
        Err(answer) => return answer,
    };
    let answer = get(core, &id);
    let app = ask.filled("app").unwrap_or_default();
    core.world()
        .applications
        .subscribe(&app, format!("channel:{id}"));
    let timeout = match ask.get("timeout").and_then(|text| text.parse::<i64>().ok()) {
        Some(-1) => None,
        Some(seconds @ 1..) => Some(Duration::from_secs(seconds.unsigned_abs())),
        _ => Some(RING),
    };
    let late = core.dial(&id, timeout);
    answer.late(late)
}

/// Makes a trunk channel; the id it got.
fn make(core: &Arc<Core>, ask: &Ask, id: Option<&str>, originated: bool) -> Result<String, Answer> {
    let bad = |message: &str| Err(Answer::fail(400, message));
    let Some(endpoint) = ask.filled("endpoint") else {
        return bad("Endpoint must be specified");
    };
    let Some((technology, resource)) = endpoint.split_once('/') else {
        return bad("Invalid endpoint specified");
    };
    if ask.filled("originator").is_some() {
        if ask.filled("formats").is_some() {
            return bad("Originator and formats can't both be specified");
        }
        return bad("Provided originator channel was not found");
    }
    let wanted = formats(ask)?;
    let id = id.map(str::to_owned).or_else(|| ask.filled("channelId"));
    if id.as_ref().is_some_and(|id| id.len() > LONGEST_ID) {
        return bad("Uniqueid length exceeds maximum of 149");
    }
    let mut world = core.world();
    if id
        .as_ref()
        .is_some_and(|id| world.channels.contains_key(id))
    {
        return Err(Answer::fail(
            409,
            "Channel with given unique ID already exists",
        ));
    }
    let down = core.condition.borrow().trunk == Trunk::Down;
    let Some(number) = number_of(technology, resource, &world.trunk).filter(|_| !down) else {
        return Err(Answer::allocation_failed());
    };
    let id = id.unwrap_or_else(|| world.own_id());
    let mut channel = trunk_channel(&mut world, &id, number, originated);
    channel.app = ask.filled("app");
    channel.app_args = ask.list("appArgs");
    channel.formats = wanted.iter().map(|law| law.name().to_owned()).collect();
    let law = wanted.first().copied().unwrap_or(G711::Alaw);
    channel.port = Arc::new(Port::new(law, Ear::Deaf));
    if originated {
        channel.caller = caller_number(&ask.get("callerId").unwrap_or_default());
        channel.connected.clone_from(&channel.caller);
    }
    world.channels.insert(id.clone(), channel);
    let app = ask.filled("app").unwrap_or_default();
    // Subscribed before it is in the application: its first events are heard.
    world.applications.subscribe(&app, format!("channel:{id}"));
    drop(world);
    for (name, value) in ask.variables() {
        core.set_variable(&id, &name, &value);
    }
    Ok(id)
}

/// The codecs offered: those wanted first, then what the endpoint allows besides.
fn formats(ask: &Ask) -> Result<Vec<G711>, Answer> {
    let mut formats = Vec::new();
    for name in ask.list("formats") {
        match G711::parse(&name) {
            Some(law) => formats.push(law),
            None if KNOWN_FORMATS.contains(&name.as_str()) => {}
            None => {
                let message = format!("Provided format ({name}) was not found");
                return Err(Answer::fail(400, &message));
            }
        }
    }
    let asked = !ask.list("formats").is_empty();
    if asked && formats.is_empty() {
        // Nothing in common with the endpoint.
        return Err(Answer::allocation_failed());
    }
    // Without a wish the offer begins with µ-law.
    let rest = if asked {
        ALLOWED
    } else {
        [G711::Ulaw, G711::Alaw]
    };
    for law in rest {
        if !formats.contains(&law) {
            formats.push(law);
        }
    }
    Ok(formats)
}

/// Formats that Asterisk knows and the trunk does not speak.
const KNOWN_FORMATS: &[&str] = &[
    "slin", "slin16", "g722", "g729", "gsm", "opus", "speex", "ilbc",
];

/// The number in `number@trunk`, or in `trunk/sip:number@host`.
fn number_of(technology: &str, resource: &str, trunk: &str) -> Option<String> {
    if technology != "PJSIP" {
        return None;
    }
    if let Some((number, endpoint)) = resource.split_once('@')
        && endpoint == trunk
        && !number.contains('/')
    {
        return Some(number.to_owned());
    }
    let (endpoint, uri) = resource.split_once('/')?;
    let user = uri.strip_prefix("sip:")?.split('@').next()?;
    (endpoint == trunk).then(|| user.to_owned())
}

/// The number in `"Name" <number>`.
fn caller_number(caller: &str) -> String {
    let inner = caller
        .split_once('<')
        .map_or(caller, |(_, rest)| rest.trim_end_matches('>'));
    inner.trim().to_owned()
}

fn trunk_channel(world: &mut World, id: &str, number: String, originated: bool) -> Channel {
    let count = world.next_number();
    Channel {
        id: id.to_owned(),
        name: format!("PJSIP/{}-{count:08x}", world.trunk),
        kind: Kind::Trunk {
            number,
            originated,
            phone: None,
        },
        state: ChannelState::Down,
        app: None,
        app_args: Vec::new(),
        in_stasis: false,
        caller: String::new(),
        connected: String::new(),
        variables: BTreeMap::new(),
        formats: Vec::new(),
        created: now(),
        protocol_id: world.uuid(),
        bridge: None,
        dialled: false,
        heard_of: false,
        ending: false,
        port: Arc::new(Port::new(G711::Alaw, Ear::Deaf)),
        absolute: None,
        gone: CancellationToken::new(),
    }
}

fn dial(core: &Arc<Core>, id: &str, ask: &Ask) -> Answer {
    let again = {
        let world = core.world();
        let Some(channel) = world.channels.get(id) else {
            return Answer::no_channel();
        };
        if !channel.in_stasis {
            return Answer::fail(409, "Channel not in Stasis application");
        }
        if !channel.is_trunk() || channel.state != ChannelState::Down {
            return Answer::fail(409, "Channel is not in the 'Down' state");
        }
        channel.dialled
    };
    if again {
        core.hang_up(id, End::DialledTwice);
        return Answer::done();
    }
    let seconds = ask.get("timeout").and_then(|text| text.parse().ok());
    let timeout = seconds.filter(|seconds| *seconds > 0);
    let late = core.dial(id, timeout.map(Duration::from_secs));
    Answer::done().late(late)
}

fn delete(core: &Arc<Core>, id: &str, ask: &Ask) -> Answer {
    if !core.world().channels.contains_key(id) {
        return Answer::no_channel();
    }
    let cause = match (ask.filled("reason"), ask.filled("reason_code")) {
        (Some(_), Some(_)) => {
            return Answer::fail(400, "The reason and reason_code can't both be specified");
        }
        (Some(reason), None) => match cause_of_reason(&reason) {
            Some(cause) => cause,
            None => return Answer::fail(400, "Invalid reason for hangup reason provided"),
        },
        (None, Some(code)) => match code.parse() {
            Ok(cause) => cause,
            Err(_) => return Answer::fail(400, "Invalid reason for hangup reason code provided"),
        },
        (None, None) => NORMAL,
    };
    core.hang_up(id, End::Ours(cause));
    Answer::done()
}

/// Whether a channel can be worked on: it is in its application, and up.
pub(super) fn usable(world: &World, id: &str) -> Result<(), Answer> {
    let Some(channel) = world.channels.get(id) else {
        return Err(Answer::no_channel());
    };
    if !channel.in_stasis {
        return Err(Answer::fail(409, "Channel not in Stasis application"));
    }
    if channel.state != ChannelState::Up {
        return Err(Answer::fail(412, "Channel in invalid state"));
    }
    Ok(())
}

/// Operations of which an answered call notices nothing that is rehearsed.
fn without_effect(core: &Core, id: &str) -> Answer {
    usable(&core.world(), id).map_or_else(|answer| answer, |()| Answer::done())
}

fn dtmf(core: &Core, id: &str, ask: &Ask) -> Answer {
    let Some(keys) = ask.filled("dtmf") else {
        return Answer::fail(400, "DTMF is required");
    };
    if let Err(answer) = usable(&core.world(), id) {
        return answer;
    }
    // `w` and `W` are pauses among keys.
    let keys = keys.chars().filter(|key| !matches!(key, 'w' | 'W'));
    core.journal.write(id, |call| call.keys.extend(keys));
    Answer::done()
}
