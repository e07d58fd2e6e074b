//! Joining two calls, and leaving them to each other.

use std::time::Duration;

use tokio::time::Instant;

use super::http::Request;
use super::line_task::Ask;
use super::remove::{hang_up, remove_bridge};
use super::{AriError, LineControl};
use crate::line::HangupReason;

/// Asterisk ends two that were joined after this time: a hang-up was lost then.
const LONGEST: Duration = Duration::from_hours(2);

impl LineControl {
    /// Joins the far ends of two answered calls; our audio leaves both. From now on the end of
    /// one does not end the other: that is for whoever holds both controls.
    ///
    /// # Errors
    /// They are not joined; both calls are as they were, or over: a callee to whom our audio does
    /// not come back is hung up.
    pub async fn join(&self, other: &Self) -> Result<(), AriError> {
        if let Err(error) = self.connect(other).await {
            for call in [self, other] {
                let ends = call.ends.saturating_duration_since(Instant::now());
                if let Err(error) = call.end_after(ends).await {
                    tracing::debug!(call = call.id(), %error, "it keeps the limit of a join");
                }
            }
            return Err(error);
        }
        for call in [self, other] {
            call.ask(Ask::Joined(LONGEST)).await;
            let media = hang_up(&call.shared.http, &call.ids.media, HangupReason::Normal);
            if let Err(error) = media.await {
                tracing::warn!(call = call.id(), %error, "our audio does not leave the call");
            }
        }
        // What is left of it is removed with the call in any case.
        if let Err(error) = remove_bridge(&other.shared.http, &other.ids.bridge).await {
            tracing::debug!(call = other.id(), %error, "an empty bridge is left for now");
        }
        Ok(())
    }

    /// Brings the other far end into our bridge in place of our audio, or puts that back.
    async fn connect(&self, other: &Self) -> Result<(), AriError> {
        for call in [self, other] {
            call.end_after(LONGEST).await?;
        }
        // Out with our audio first: three in one bridge need a mixer that not everybody loads.
        let joined = match self.change_bridge("removeChannel", &self.ids.media).await {
            Ok(()) => self.change_bridge("addChannel", &other.ids.call).await,
            refused => refused,
        };
        let Err(error) = joined else { return Ok(()) };
        if error.is_outcome_unknown()
            && let Err(error) = self.change_bridge("removeChannel", &other.ids.call).await
        {
            tracing::debug!(call = other.id(), %error, "it was not joined");
        }
        if let Err(mute) = self.change_bridge("addChannel", &self.ids.media).await {
            tracing::warn!(call = self.id(), error = %mute, "the callee hears nothing any more");
            if let Err(error) = self.hangup(HangupReason::Failure).await {
                tracing::warn!(call = self.id(), %error, "it cannot be hung up yet");
            }
        }
        Err(error)
    }

    /// Asterisk itself ends the call after this time.
    async fn end_after(&self, time: Duration) -> Result<(), AriError> {
        let seconds = time.as_secs().max(1).to_string();
        self.set_variable("TIMEOUT(absolute)", &seconds).await
    }

    /// Brings a channel into this call's bridge, or takes it out.
    async fn change_bridge(&self, what: &str, channel: &str) -> Result<(), AriError> {
        let request = Request::post(&["bridges", &self.ids.bridge, what]).query("channel", channel);
        let request = if what == "addChannel" {
            request.query("inhibitConnectedLineUpdates", "true")
        } else {
            request
        };
        self.shared.http.send(request).await
    }
}
