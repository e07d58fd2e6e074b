//! Variables and functions of a channel.

use std::sync::Arc;

use serde_json::json;
use tokio::time::Instant;

use super::answer::{Answer, Ask};
use super::channel::{Channel, ChannelState};
use super::core::Core;

pub(super) fn get(core: &Core, id: &str, ask: &Ask) -> Answer {
    let Some(name) = ask.filled("variable") else {
        return Answer::fail(400, "Variable name is required");
    };
    let world = core.world();
    let Some(channel) = world.channels.get(id) else {
        return Answer::no_channel();
    };
    match value(channel, &name) {
        Some(value) => Answer::ok(json!({"value": value})),
        None => Answer::fail(404, "Provided variable was not found"),
    }
}

fn value(channel: &Channel, name: &str) -> Option<String> {
    match name {
        "CHANNEL(audionativeformat)" => Some(native_formats(channel)),
        "CALLERID(num)" => Some(channel.caller.clone()),
        "CONNECTEDLINE(num)" => Some(channel.connected.clone()),
        "TIMEOUT(absolute)" => {
            let left = channel.absolute.map(|at| at - Instant::now());
            Some(left.map_or_else(
                || "0".to_owned(),
                |left| format!("{:.3}", left.as_secs_f64()),
            ))
        }
        _ => channel.variables.get(name).cloned(),
    }
}

/// Before the answer all that may be agreed on, after it what was.
fn native_formats(channel: &Channel) -> String {
    let formats: Vec<&str> = channel.formats.iter().map(String::as_str).collect();
    let agreed = match (channel.state, formats.as_slice()) {
        (ChannelState::Up, [first, ..]) => vec![*first],
        _ => formats,
    };
    format!("({})", agreed.join("|"))
}

pub(super) fn post(core: &Arc<Core>, id: &str, ask: &Ask) -> Answer {
    let Some(name) = ask.filled("variable") else {
        return Answer::fail(400, "Variable name is required");
    };
    match core.world().channels.get(id) {
        None => return Answer::no_channel(),
        Some(channel) if !channel.in_stasis => {
            return Answer::fail(409, "Channel not in Stasis application");
        }
        Some(_) => {}
    }
    core.set_variable(id, &name, &ask.get("value").unwrap_or_default());
    Answer::done()
}
