//! Leftovers of runs that died: found by the ids that we choose.

use super::http::Request;
use super::model::{BridgeAnswer, ChannelSnapshot};
use super::remove::{hang_up, remove_bridge, wait_gone};
use super::{Ari, AriError};
use crate::line::HangupReason;

/// What a sweep removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// Ids of channels.
    pub channels: Vec<String>,
    /// Ids of bridges.
    pub bridges: Vec<String>,
}

/// The run of an id: `<run>` of `<prefix><run>-<n>`, with or without the endings of media and bridge.
/// `prefix` ends in the dash (`nd-`).
pub fn run_of<'a>(prefix: &str, id: &'a str) -> Option<&'a str> {
    let rest = id.strip_prefix(prefix)?;
    let rest = rest
        .strip_suffix("-m")
        .or_else(|| rest.strip_suffix("-b"))
        .unwrap_or(rest);
    let (run, number) = rest.rsplit_once('-')?;
    let numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (numbered && !run.is_empty()).then_some(run)
}

impl Ari {
    /// Removes the channels and bridges whose id starts with `prefix`, unless `keep` says that
    /// its run (see [`run_of`]) is alive. Ids of another shape are not ours and stay.
    pub async fn sweep(
        &self,
        prefix: &str,
        keep: impl Fn(&str) -> bool,
    ) -> Result<Swept, AriError> {
        let http = &self.shared.http;
        let dead = |id: &str| run_of(prefix, id).is_some_and(|run| !keep(run));
        let channels: Vec<ChannelSnapshot> = http.read(Request::get(&["channels"])).await?;
        let bridges: Vec<BridgeAnswer> = http.read(Request::get(&["bridges"])).await?;
        let mut swept = Swept::default();
        for id in channels
            .into_iter()
            .map(|channel| channel.id)
            .filter(|id| dead(id))
        {
            hang_up(http, &id, HangupReason::Failure).await?;
            swept.channels.push(id);
        }
        for id in bridges
            .into_iter()
            .map(|bridge| bridge.id)
            .filter(|id| dead(id))
        {
            remove_bridge(http, &id).await?;
            swept.bridges.push(id);
        }
        for id in &swept.channels {
            wait_gone(http, id).await?;
        }
        Ok(swept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_run_is_read_from_all_three_ids() {
        for id in ["nd-a1-7", "nd-a1-7-m", "nd-a1-7-b"] {
            assert_eq!(run_of("nd-", id), Some("a1"), "{id}");
        }
        assert_eq!(run_of("nd-", "nd-2026-11-22-7"), Some("2026-11-22"));
        for id in [
            "1763820000.12",
            "nd-",
            "nd--1",
            "nd-a1",
            "nd-a1-x",
            "other-a1-7",
        ] {
            assert_eq!(run_of("nd-", id), None, "{id}");
        }
    }
}
