//! The limits of the process: calls, open files, load. And the folder of recordings, without which
//! some of ARI's answers fail.

use serde::Deserialize;

use super::CheckLine;
use crate::ari::AriError;
use crate::ari::http::{Http, Request};

/// Files that Asterisk itself has open, and that a call adds: sockets of RTP and media, with some
/// to spare (measured: ten a call).
const FILES: u64 = 200;
const FILES_A_CALL: u64 = 12;

/// What `asterisk.conf` and the system allow; a limit that is off is not told.
#[derive(Debug, Default, Deserialize)]
struct Limits {
    #[serde(rename = "max_channels")]
    channels: Option<u64>,
    #[serde(rename = "max_open_files")]
    open_files: Option<u64>,
    #[serde(rename = "max_load")]
    load: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    config: Limits,
}

/// Nothing where all is well: it is no part of a call.
pub(super) async fn check(http: &Http, max_calls: u32) -> Vec<CheckLine> {
    let request = Request::get(&["asterisk", "info"]).query("only", "config");
    let limits = match http.read::<Answer>(request).await {
        Ok(answer) => limits(&answer.config, max_calls),
        // The line before this one has told of it.
        Err(error) => {
            tracing::debug!(%error, "the limits of Asterisk are not told");
            None
        }
    };
    limits.into_iter().chain(recordings(http).await).collect()
}

fn limits(limits: &Limits, max_calls: u32) -> Option<CheckLine> {
    let calls = u64::from(max_calls);
    let mut mends = Vec::new();
    if let Some(most) = limits.channels.filter(|most| (1..calls).contains(most)) {
        mends.push(format!(
            "asterisk.conf: `maxcalls = {}` or more (it is {most})",
            calls * 2
        ));
    }
    let files = FILES + FILES_A_CALL * calls;
    if let Some(most) = limits.open_files.filter(|most| (1..files).contains(most)) {
        mends.push(format!(
            "the service of Asterisk: `LimitNOFILE=32768` in systemd, no `maxfiles` in asterisk.conf (it is {most})"
        ));
    }
    if let Some(load) = limits.load.filter(|load| *load > 0.0) {
        mends.push(format!(
            "asterisk.conf: `maxload = 0` (it refuses calls at a load of {load})"
        ));
    }
    (!mends.is_empty()).then(|| {
        CheckLine::warning(
            "limits",
            format!("too tight for {max_calls} calls at once"),
            format!("{}; then restart Asterisk", mends.join("; ")),
        )
    })
}

async fn recordings(http: &Http) -> Option<CheckLine> {
    match http.send(Request::get(&["recordings", "stored"])).await {
        Err(AriError::Unexpected { status: 500, .. }) => Some(CheckLine::warning(
            "recordings",
            "Asterisk cannot read its folder of recordings",
            "mkdir -p /var/spool/asterisk/recording && chown asterisk: /var/spool/asterisk/recording",
        )),
        Ok(()) | Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_hold_the_calls_are_no_line() {
        assert_eq!(limits(&Limits::default(), 1_000), None);
        let roomy = Limits {
            channels: Some(200),
            open_files: Some(32_768),
            load: Some(0.0),
        };
        assert_eq!(limits(&roomy, 200), None);
    }

    #[test]
    fn each_limit_that_is_too_tight_names_its_key() {
        let calls = |limits_: Limits| limits(&limits_, 50).unwrap().mend.unwrap();
        let most = Limits {
            channels: Some(5),
            ..Limits::default()
        };
        assert!(calls(most).contains("maxcalls"));
        let files = Limits {
            open_files: Some(256),
            ..Limits::default()
        };
        assert!(calls(files).contains("LimitNOFILE"));
        let load = Limits {
            load: Some(0.5),
            ..Limits::default()
        };
        assert!(calls(load).contains("maxload"));
    }
}
