//! Operations on bridges.

use std::sync::Arc;

use serde_json::json;

use super::answer::{Answer, Ask};
use super::channel::Bridge;
use super::core::Core;
use super::playing;
use super::routes::only_post;
use super::world::World;
use crate::rehearsal::http::Method;

pub(super) fn route(core: &Arc<Core>, path: &[&str], ask: &Ask) -> Answer {
    match (path, &ask.method) {
        ([], &Method::GET) => {
            let bridges: Vec<_> = core.world().bridges.values().map(Bridge::json).collect();
            Answer::ok(json!(bridges))
        }
        ([], &Method::POST) => create(core, None, ask),
        ([id], &Method::POST) => create(core, Some(id), ask),
        ([id], &Method::GET) => {
            let world = core.world();
            let bridge = world.bridges.get(*id);
            bridge.map_or_else(no_bridge, |bridge| Answer::ok(bridge.json()))
        }
        ([id], &Method::DELETE) => {
            let mut world = core.world();
            if !world.bridges.contains_key(*id) {
                return no_bridge();
            }
            world.dissolve(id);
            Answer::done()
        }
        ([id, "addChannel"], _) => only_post(ask, || add(core, id, ask)),
        ([id, "removeChannel"], _) => only_post(ask, || remove(core, id, ask)),
        ([id, "record"], _) => only_post(ask, || playing::record_bridge(core, id, ask)),
        ([_, "play" | "moh" | "videoSource", ..], _) => Answer::not_rehearsed("this operation"),
        ([] | [_], _) => Answer::wrong_method(),
        _ => Answer::not_found(),
    }
}

fn no_bridge() -> Answer {
    Answer::fail(404, "Bridge not found")
}

fn create(core: &Core, id: Option<&str>, ask: &Ask) -> Answer {
    let mut world = core.world();
    let id = id.map(str::to_owned).or_else(|| ask.filled("bridgeId"));
    let id = id.unwrap_or_else(|| world.uuid());
    if world.bridges.contains_key(&id) {
        return Answer::fail(409, &format!("Bridge with id '{id}' already exists"));
    }
    let types = ask.list("type");
    let kind = if types.iter().any(|kind| kind == "holding") {
        "holding"
    } else {
        "mixing"
    };
    let name = ask.get("name").unwrap_or_default();
    Answer::ok(world.add_bridge(&id, kind, &name))
}

/// All channels or none; an unknown channel is a 400 here, one that is not ours yet a 422.
fn add(core: &Core, id: &str, ask: &Ask) -> Answer {
    let channels = ask.list("channel");
    let mut world = core.world();
    if let Err(answer) = members(&world, id, &channels) {
        return answer;
    }
    let recorded = |channel: &String| world.is_recorded(&format!("channel:{channel}"));
    if channels.iter().any(recorded) {
        return Answer::fail(409, "Channel is currently recording");
    }
    let inhibit = ask.get("inhibitConnectedLineUpdates");
    core.join(
        &mut world,
        id,
        &channels,
        inhibit.as_deref() == Some("true"),
    );
    Answer::done()
}

fn remove(core: &Core, id: &str, ask: &Ask) -> Answer {
    let channels = ask.list("channel");
    let mut world = core.world();
    if let Err(answer) = members(&world, id, &channels) {
        return answer;
    }
    let inside = world.members(id);
    if channels.iter().any(|channel| !inside.contains(channel)) {
        return Answer::fail(422, "Channel not in this bridge");
    }
    for channel in channels {
        world.leave_bridge(&channel);
    }
    Answer::done()
}

/// Whether a list of channels can be worked on in a bridge.
fn members(world: &World, bridge: &str, channels: &[String]) -> Result<(), Answer> {
    if channels.is_empty() {
        return Err(Answer::fail(400, "Missing parameter channel"));
    }
    if !world.bridges.contains_key(bridge) {
        return Err(no_bridge());
    }
    for channel in channels {
        match world.channels.get(channel) {
            None => return Err(Answer::fail(400, "Channel not found")),
            Some(channel) if !channel.in_stasis => {
                return Err(Answer::fail(422, "Channel not in Stasis application"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}
