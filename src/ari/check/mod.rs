//! Is this Asterisk ready to dial? Everything that ARI alone can tell, and what to mend.
//!
//! A check never fails itself: Asterisk being down is a line of its report. No line holds a
//! password, though ARI would tell even those of the trunk.

mod limits;
mod login;
mod modules;
mod round_trip;
mod transport;
mod trunk;

use super::client::{info, media_support};
use super::http::{Http, Request};
use super::{AriConfig, AriError, AsteriskInfo, MediaKind};
pub use crate::report::{CheckLine, Level};

/// What the check is to look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckPlan {
    /// The trunk's endpoint.
    pub trunk: String,
    /// How the audio is to be carried; `None` chooses.
    pub media: Option<MediaKind>,
    /// The dial string, with `{number}` and `{trunk}`; empty for the usual one.
    pub dial: String,
    /// The caller id that calls ask for.
    pub caller_id: Option<String>,
    /// Calls at once that Asterisk must be able to carry.
    pub max_calls: u32,
}

/// A failure of Asterisk as a line.
fn failed(what: &str, error: &AriError) -> CheckLine {
    CheckLine::failure(what, error.to_string(), error.hint())
}

/// Looks at everything, in the order in which an administrator mends it. Where Asterisk cannot be
/// spoken to at all, the first line is the last.
pub async fn check(config: &AriConfig, plan: &CheckPlan) -> Vec<CheckLine> {
    let http = match Http::new(config.clone()) {
        Ok(http) => http,
        Err(error) => return vec![failed("asterisk", &error)],
    };
    let mut lines = Vec::new();
    match reach(&http).await {
        Ok(line) => lines.push(line),
        Err(line) => return vec![line],
    }
    lines.push(permission(&http).await);
    lines.push(application(&http).await);
    lines.extend(limits::check(&http, plan.max_calls).await);
    lines.extend(modules::check(&http).await);
    let media = choose_media(&http, plan.media, &mut lines).await;
    lines.extend(trunk::dial_string(&plan.dial));
    lines.extend(trunk::check(&http, plan).await);
    // It needs a socket and the right to make channels: after a failure it would only repeat it.
    let ready = |what: &str| {
        !lines
            .iter()
            .any(|line| line.what == what && line.level == Level::Failure)
    };
    if let Some(media) = media
        && ready("permission")
    {
        lines.push(round_trip::check(config, media).await);
    }
    lines
}

/// Address, credentials and version.
async fn reach(http: &Http) -> Result<CheckLine, CheckLine> {
    let what = "asterisk";
    let fail = |error: AriError| {
        if !matches!(error, AriError::NotFound { .. }) {
            return failed(what, &error);
        }
        CheckLine::failure(
            what,
            format!("{} answers, and knows no ARI", http.config().shown_url()),
            "ari.conf, [general]: `enabled = yes`; modules.conf: `load = res_ari.so`; a `prefix` in http.conf must be part of [asterisk] url",
        )
    };
    http.send(Request::get(&["asterisk", "ping"]))
        .await
        .map_err(fail)?;
    let info = info(http).await.map_err(fail)?;
    let found = format!("Asterisk {} at {}", info.version, http.config().shown_url());
    Ok(version(&info, found))
}

/// What is to be said of its version.
fn version(info: &AsteriskInfo, found: String) -> CheckLine {
    let what = "asterisk";
    match info.parsed {
        None => CheckLine::warning(
            what,
            found,
            "a version that cannot be read: expect Asterisk 20 or 22",
        ),
        Some(version) if version.major < 16 => CheckLine::failure(
            what,
            found,
            "install Asterisk 22 LTS; 16.7 is the least that can carry the audio",
        ),
        Some(version) if !version.tells_sip_codes() => CheckLine::warning(
            what,
            found,
            "upgrade to 22.10 or later: this version does not tell SIP codes, so a refusal by the trunk looks like one by the callee",
        ),
        Some(version) if version.has_websocket_media() && !version.has_good_websocket_media() => {
            CheckLine::warning(
                what,
                found,
                "upgrade to 22.10 or later (20.20, 23.4): this version may lock up when calls with media over the WebSocket are hung up; until then write [asterisk] media = \"rtp\"",
            )
        }
        Some(_) if info.entity_id.replace([':', '0'], "").is_empty() => CheckLine::warning(
            what,
            found,
            "set `entityid` in asterisk.conf: without a network card all such machines have the same id",
        ),
        Some(_) => CheckLine::ok(what, found),
    }
}

/// Whether the user may change anything: hanging up a channel that does not exist harms nobody.
async fn permission(http: &Http) -> CheckLine {
    let what = "permission";
    let user = &http.config().username;
    match http
        .send(Request::delete(&["channels", "novodial-nonexistent"]))
        .await
    {
        Ok(()) | Err(AriError::NotFound { .. }) => {
            CheckLine::ok(what, format!("`{user}` may make calls"))
        }
        Err(error @ AriError::Forbidden { .. }) => CheckLine::failure(
            what,
            error.to_string(),
            format!(
                "ari.conf, section [{user}]: `read_only = no` and a `permit` for this machine; then `module reload res_ari.so`"
            ),
        ),
        Err(error) => failed(what, &error),
    }
}

/// Whether another socket holds our application.
async fn application(http: &Http) -> CheckLine {
    let what = "application";
    let app = &http.config().app;
    match http.send(Request::get(&["applications", app])).await {
        Err(AriError::NotFound { .. }) => CheckLine::ok(what, format!("`{app}` is free")),
        Ok(()) => CheckLine::warning(
            what,
            format!("`{app}` is in use"),
            "end the other novodial of this name, or set another `[asterisk] app`",
        ),
        Err(error) => failed(what, &error),
    }
}

async fn choose_media(
    http: &Http,
    wanted: Option<MediaKind>,
    lines: &mut Vec<CheckLine>,
) -> Option<MediaKind> {
    let what = "media";
    let support = match media_support(http).await {
        Ok(support) => support,
        Err(error) => {
            lines.push(failed(what, &error));
            return None;
        }
    };
    let (line, kind) = match (wanted, support.websocket, support.rtp) {
        (None | Some(MediaKind::WebSocket), true, _) => (
            CheckLine::ok(what, "over the WebSocket"),
            Some(MediaKind::WebSocket),
        ),
        (Some(MediaKind::Rtp), _, true) => (CheckLine::ok(what, "over RTP"), Some(MediaKind::Rtp)),
        (None, false, true) => (
            CheckLine::warning(
                what,
                "over RTP",
                "for the better way use Asterisk 22.10 or later with `load = chan_websocket.so` in modules.conf",
            ),
            Some(MediaKind::Rtp),
        ),
        (Some(MediaKind::WebSocket), false, _) => (
            CheckLine::failure(
                what,
                "no media over the WebSocket",
                "modules.conf: `load = chan_websocket.so` (Asterisk 22.8, 20.18, 23.2 or later), or `[asterisk] media = \"rtp\"`",
            ),
            None,
        ),
        (None | Some(MediaKind::Rtp), false | true, false) => (
            CheckLine::failure(
                what,
                "no media over RTP",
                "modules.conf: `load = chan_rtp.so` and `load = res_rtp_multicast.so`",
            ),
            None,
        ),
    };
    lines.push(line);
    kind
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ari::Version;

    #[test]
    fn a_version_that_does_harm_is_told() {
        let level = |text: &str| {
            let info = AsteriskInfo {
                version: text.to_owned(),
                parsed: Version::parse(text),
                entity_id: "02:00:00:00:00:01".to_owned(),
            };
            version(&info, text.to_owned()).level
        };
        assert_eq!(level("13.38.0"), Level::Failure);
        for old in ["22.6.0", "22.9.1", "20.19.0", "?"] {
            assert_eq!(level(old), Level::Warning, "{old}");
        }
        for good in ["22.10.1", "20.20.0", "23.4.0", "24.0.0"] {
            assert_eq!(level(good), Level::Ok, "{good}");
        }
    }
}
