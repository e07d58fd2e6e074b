//! What the exchange says about itself: version, modules, trunk, applications.

use serde_json::{Value, json};

use super::answer::{Answer, Ask};
use super::channel::Channel;
use super::core::Core;
use super::options::Trunk;
use super::world::{ENTITY, now};
use crate::rehearsal::http::Method;

/// The version whose habits are played.
const VERSION: &str = "22.10.1";

/// What runs; the list of a small exchange that makes calls.
const MODULES: &[&str] = &[
    "app_stasis",
    "bridge_holding",
    "bridge_simple",
    "bridge_softmix",
    "chan_bridge_media",
    "chan_pjsip",
    "chan_rtp",
    "chan_websocket",
    "codec_alaw",
    "codec_resample",
    "codec_ulaw",
    "format_pcm",
    "format_wav",
    "func_callerid",
    "func_channel",
    "func_timeout",
    "pbx_config",
    "res_ari",
    "res_ari_applications",
    "res_ari_asterisk",
    "res_ari_bridges",
    "res_ari_channels",
    "res_ari_endpoints",
    "res_ari_events",
    "res_ari_playbacks",
    "res_ari_recordings",
    "res_http_websocket",
    "res_pjsip",
    "res_pjsip_header_funcs",
    "res_pjsip_nat",
    "res_pjsip_outbound_authenticator_digest",
    "res_pjsip_outbound_registration",
    "res_pjsip_sdp_rtp",
    "res_pjsip_session",
    "res_rtp_asterisk",
    "res_rtp_multicast",
    "res_stasis",
    "res_timing_timerfd",
    "res_websocket_client",
];

pub(super) fn route(core: &Core, path: &[&str], ask: &Ask) -> Answer {
    if ask.method != Method::GET {
        return Answer::wrong_method();
    }
    match path {
        ["ping"] => Answer::ok(json!({
            "ping": "pong", "timestamp": now(), "asterisk_id": ENTITY,
        })),
        ["info"] => info(ask),
        ["modules"] => Answer::ok(MODULES.iter().copied().map(module).collect()),
        ["modules", name] => {
            let known = MODULES
                .iter()
                .find(|known| name.strip_suffix(".so") == Some(**known));
            match known {
                Some(name) => Answer::ok(module(name)),
                None => Answer::fail(404, "Module could not be found in running modules"),
            }
        }
        ["config", "dynamic", "res_pjsip", kind, id] => config(core, kind, id),
        ["variable"] => match ask.filled("variable") {
            Some(_) => Answer::ok(json!({"value": ""})),
            None => Answer::fail(400, "Variable name is required"),
        },
        _ => Answer::not_found(),
    }
}

fn module(name: &str) -> Value {
    json!({
        "name": format!("{name}.so"),
        "description": "",
        "use_count": 0,
        "status": "Running",
        "support_level": "core",
    })
}

fn info(ask: &Ask) -> Answer {
    let only = ask.list("only");
    let mut all = json!({
        "build": {"os": "Linux", "kernel": "unknown", "machine": "unknown",
            "options": "rehearsal", "date": "", "user": "nobody"},
        "system": {"version": VERSION, "entity_id": ENTITY},
        "config": {"name": "", "default_language": "en", "setid": {"user": "", "group": ""}},
        "status": {"startup_time": now(), "last_reload_time": now()},
    });
    if let Some(fields) = all.as_object_mut().filter(|_| !only.is_empty()) {
        fields.retain(|key, _| only.contains(key));
    }
    Answer::ok(all)
}

/// The trunk as its configuration has it.
fn config(core: &Core, kind: &str, id: &str) -> Answer {
    let trunk = core.options.trunk.as_str();
    let pairs: &[(&str, &str)] = match kind {
        "endpoint" if id == trunk => &[
            ("allow", "(alaw|ulaw)"),
            ("direct_media", "false"),
            ("rtp_symmetric", "true"),
            ("force_rport", "true"),
            ("rewrite_contact", "true"),
            ("rtp_keepalive", "15"),
            ("rtp_timeout", "60"),
            ("aors", trunk),
            ("outbound_auth", ""),
            ("from_user", ""),
            ("context", "from-novofon"),
            ("language", "ru"),
            ("media_encryption", "no"),
        ],
        "aor" if id == trunk => &[
            ("contact", "sip:127.0.0.1"),
            ("qualify_frequency", "30"),
            ("qualify_timeout", "3.000000"),
            ("max_contacts", "1"),
        ],
        "endpoint" | "aor" | "auth" | "identify" | "registration" | "transport" | "global" => {
            return Answer::fail(404, &format!("Object with id '{id}' not found"));
        }
        _ => return Answer::fail(404, &format!("objectType '{kind}' not found")),
    };
    let list: Vec<_> = pairs
        .iter()
        .map(|(attribute, value)| json!({"attribute": attribute, "value": value}))
        .collect();
    Answer::ok(json!(list))
}

pub(super) fn applications(core: &Core, path: &[&str], ask: &Ask) -> Answer {
    let mut world = core.world();
    let missing = || Answer::fail(404, "Application not found");
    match (path, &ask.method) {
        ([], &Method::GET) => {
            let names = world.applications.names();
            let all = names
                .iter()
                .filter_map(|name| world.applications.json(name));
            Answer::ok(all.collect())
        }
        ([name], &Method::GET) => world
            .applications
            .json(name)
            .map_or_else(missing, Answer::ok),
        ([name, "subscription"], method @ (&Method::POST | &Method::DELETE)) => {
            if !world.applications.exists(name) {
                return missing();
            }
            let sources = ask.list("eventSource");
            for source in &sources {
                if let Err(answer) = check_source(&world, source) {
                    return answer;
                }
            }
            for source in sources {
                if *method == Method::POST {
                    world.applications.subscribe(name, source);
                } else if !world.applications.unsubscribe(name, &source) {
                    return Answer::fail(409, "Application not subscribed to event source");
                }
            }
            world
                .applications
                .json(name)
                .map_or_else(missing, Answer::ok)
        }
        ([name, "eventFilter"], &Method::PUT) => {
            if !world.applications.exists(name) {
                return missing();
            }
            let types = |key: &str| -> Vec<String> {
                let list = ask.body().get(key).and_then(Value::as_array);
                let kinds = list.into_iter().flatten();
                let kinds = kinds.filter_map(|item| item.get("type")?.as_str());
                kinds.map(str::to_owned).collect()
            };
            world
                .applications
                .set_filter(name, types("allowed"), types("disallowed"));
            world
                .applications
                .json(name)
                .map_or_else(missing, Answer::ok)
        }
        ([] | [_], _) => Answer::wrong_method(),
        _ => Answer::not_found(),
    }
}

fn check_source(world: &super::world::World, source: &str) -> Result<(), Answer> {
    let known = match source.split_once(':') {
        Some(("channel", id)) => world.channels.contains_key(id),
        Some(("bridge", id)) => world.bridges.contains_key(id),
        Some(("endpoint", id)) => id == "PJSIP" || id == format!("PJSIP/{}", world.trunk),
        Some(("deviceState", _)) => true,
        _ => return Err(Answer::fail(400, "Invalid event source URI scheme")),
    };
    if known {
        Ok(())
    } else {
        Err(Answer::fail(422, "Event source does not exist"))
    }
}

pub(super) fn endpoints(core: &Core, path: &[&str]) -> Answer {
    let own = endpoint(core);
    match path {
        [] | ["PJSIP"] => Answer::ok(json!([own])),
        ["PJSIP", name] if *name == core.options.trunk => Answer::ok(own),
        _ => Answer::fail(404, "Endpoint not found"),
    }
}

fn endpoint(core: &Core) -> Value {
    let down = core.condition.borrow().trunk == Trunk::Down;
    let world = core.world();
    let channels: Vec<_> = world
        .channels
        .values()
        .filter(|channel| channel.is_trunk())
        .map(|channel: &Channel| channel.id.clone())
        .collect();
    json!({
        "technology": "PJSIP",
        "resource": core.options.trunk,
        "state": if down { "offline" } else { "online" },
        "channel_ids": channels,
    })
}

pub(super) fn device(core: &Core, name: &str) -> Answer {
    let busy = core.world().channels.values().any(Channel::is_trunk);
    let state = match name.strip_prefix("PJSIP/") {
        Some(trunk) if trunk == core.options.trunk && busy => "INUSE",
        Some(trunk) if trunk == core.options.trunk => "NOT_INUSE",
        _ => "INVALID",
    };
    Answer::ok(json!({"name": name, "state": state}))
}
