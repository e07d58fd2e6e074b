//! Ending things in Asterisk, and making sure that they are gone.
//!
//! When the callee hangs up, the media channel and the bridge stay for ever: each call removes
//! all three. What is gone already counts as removed.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::http::{Http, Request};
use super::order::Ids;
use super::{AriError, ChannelSnapshot};
use crate::line::HangupReason;

/// How long a channel may take to disappear after it was hung up.
const GONE_LIMIT: Duration = Duration::from_secs(5);
/// A request that got no answer is repeated this often: all of them may be.
const TRIES: usize = 3;

/// Hangs a channel up. Not found is success.
pub(super) async fn hang_up(http: &Http, id: &str, reason: HangupReason) -> Result<(), AriError> {
    let code = reason.q850().to_string();
    let request = || Request::delete(&["channels", id]).query("reason_code", code.clone());
    delete(http, request).await
}

/// Removes a bridge. Not found is success.
pub(super) async fn remove_bridge(http: &Http, id: &str) -> Result<(), AriError> {
    delete(http, || Request::delete(&["bridges", id])).await
}

async fn delete<'a>(http: &Http, request: impl Fn() -> Request<'a>) -> Result<(), AriError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match http.send(request()).await {
            Ok(()) | Err(AriError::NotFound { .. }) => return Ok(()),
            Err(error @ (AriError::NotSent { .. } | AriError::OutcomeUnknown { .. }))
                if tries < TRIES =>
            {
                tracing::debug!(%error, "a removal is tried again");
                sleep(Duration::from_millis(200)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// A look at a channel.
pub(super) async fn look(http: &Http, id: &str) -> Result<Option<ChannelSnapshot>, AriError> {
    match http.read(Request::get(&["channels", id])).await {
        Ok(channel) => Ok(Some(channel)),
        Err(AriError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Waits until Asterisk knows no channel of this id.
pub(super) async fn wait_gone(http: &Http, id: &str) -> Result<(), AriError> {
    let deadline = Instant::now() + GONE_LIMIT;
    let mut pause = Duration::from_millis(5);
    while look(http, id).await?.is_some() {
        if Instant::now() > deadline {
            return Err(AriError::Conflict {
                what: format!("the end of the channel `{id}`"),
                message: "it was hung up and is still there".to_owned(),
            });
        }
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(200));
    }
    Ok(())
}

/// Removes everything that belongs to a call, whatever of it there is, and waits until it is gone.
/// Goes on after an error, and returns the first.
pub(super) async fn remove(http: &Http, ids: &Ids, reason: HangupReason) -> Result<(), AriError> {
    let results = [
        hang_up(http, &ids.call, reason).await,
        hang_up(http, &ids.media, HangupReason::Normal).await,
        remove_bridge(http, &ids.bridge).await,
        wait_gone(http, &ids.call).await,
        wait_gone(http, &ids.media).await,
    ];
    results.into_iter().collect()
}
