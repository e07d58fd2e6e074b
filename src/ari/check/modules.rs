//! The modules that a call needs.

use super::{CheckLine, failed};
use crate::ari::http::{Http, Request};
use crate::ari::model::ModuleAnswer;

/// Without one of these no call is made.
const NEEDED: &[&str] = &[
    "app_stasis.so",
    "bridge_simple.so",
    "chan_pjsip.so",
    "codec_alaw.so",
    "codec_ulaw.so",
    "func_callerid.so",
    "func_timeout.so",
    "res_ari_applications.so",
    "res_ari_asterisk.so",
    "res_ari_bridges.so",
    "res_ari_channels.so",
    "res_ari_endpoints.so",
    "res_ari_events.so",
    "res_http_websocket.so",
    "res_pjsip_sdp_rtp.so",
    "res_pjsip_session.so",
    "res_rtp_asterisk.so",
    "res_stasis.so",
    "res_timing_timerfd.so",
];

/// Without these something less than a call is missing.
const USEFUL: &[(&str, &str)] = &[
    (
        "chan_bridge_media.so",
        "recording and playing in Asterisk itself",
    ),
    (
        "res_pjsip_outbound_authenticator_digest.so",
        "a trunk with a password",
    ),
    (
        "res_pjsip_outbound_registration.so",
        "a trunk that registers",
    ),
    ("res_pjsip_nat.so", "an Asterisk behind NAT"),
    (
        "bridge_softmix.so",
        "a bridge whose sides speak different codecs",
    ),
];

pub(super) async fn check(http: &Http) -> Vec<CheckLine> {
    let what = "modules";
    let running = match http
        .read::<Vec<ModuleAnswer>>(Request::get(&["asterisk", "modules"]))
        .await
    {
        Ok(modules) => modules,
        Err(error) => return vec![failed(what, &error)],
    };
    let runs = |name: &str| {
        running
            .iter()
            .any(|module| module.name == name && module.status == "Running")
    };
    let mut lines: Vec<_> = NEEDED
        .iter()
        .filter(|name| !runs(name))
        .map(|name| {
            CheckLine::failure(
                what,
                format!("{name} does not run"),
                format!("modules.conf: `load = {name}` and no `noload` of it; then `module load {name}` shows why it may decline"),
            )
        })
        .collect();
    lines.extend(
        USEFUL
            .iter()
            .filter(|(name, _)| !runs(name))
            .map(|(name, purpose)| {
                CheckLine::warning(
                    what,
                    format!("{name} does not run"),
                    format!("for {purpose}: `load = {name}` in modules.conf"),
                )
            }),
    );
    if lines.is_empty() {
        lines.push(CheckLine::ok(
            what,
            format!("all {} that calls need run", NEEDED.len()),
        ));
    }
    lines
}
