//! Joining two calls, and leaving them to each other.

use std::time::Duration;

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
    /// They are not joined; both calls are as they were, or over.
    pub async fn join(&self, other: &Self) -> Result<(), AriError> {
        let limit = LONGEST.as_secs().to_string();
        for call in [self, other] {
            call.set_variable("TIMEOUT(absolute)", &limit).await?;
        }
        // Out with our audio first: three in one bridge need a mixer that not everybody loads.
        self.change_bridge("removeChannel", &self.ids.media).await?;
        if let Err(error) = self.change_bridge("addChannel", &other.ids.call).await {
            self.change_bridge("addChannel", &self.ids.media).await?;
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
