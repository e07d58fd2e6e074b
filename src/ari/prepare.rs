//! The way a call is placed: everything is made and joined before the phone rings.

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::http::{CREATE_LIMIT, Request};
use super::line_task::{self, Ask};
use super::media::{self, LegQueues};
use super::model::ChannelSnapshot;
use super::registry::Leg;
use super::remove::look;
use super::setup::{entered, join_media};
use super::{Ari, AriError, CallLine, CallOrder, LineControl, PlaceError};

impl Ari {
    /// Makes a call ready: its channel, its audio, the bridge between them. Nobody is rung yet:
    /// that is [`LineControl::dial`].
    ///
    /// # Errors
    /// Always [`PlaceError::NotRung`], with everything made so far removed. Dropping the future
    /// removes it as well.
    pub async fn prepare(&self, order: &CallOrder) -> Result<CallLine, PlaceError> {
        let started = line_task::start(&self.shared, order);
        let control = LineControl::new(&self.shared, order, &started);
        let (media, queues) = media::leg();
        match self.make(&control, order, queues, started.media_stop).await {
            // From here on the control alone keeps the call.
            Ok(()) => Ok(CallLine {
                events: started.events,
                media,
                control,
            }),
            Err(error) => {
                drop(started.asks);
                if let Err(left) = control.cleanup().await {
                    tracing::warn!(call = order.id, error = %left, "a failed call may be left over");
                }
                Err(PlaceError::NotRung(error))
            }
        }
    }

    async fn make(
        &self,
        control: &LineControl,
        order: &CallOrder,
        queues: LegQueues,
        stop: CancellationToken,
    ) -> Result<(), AriError> {
        self.create(order).await?;
        control.ask(Ask::Exists(Leg::Call)).await;
        entered(control, |status| status.call_entered).await?;
        join_media(control, order, queues, stop).await
    }

    async fn create(&self, order: &CallOrder) -> Result<(), AriError> {
        let body = json!({
            "app": self.app(),
            "endpoint": order.endpoint,
            "channelId": order.id,
            // It puts the codec first in the offer; what else is offered is the trunk's business.
            "formats": order.codec.name(),
            "variables": order.variables(),
        });
        let request = Request::post(&["channels", "create"])
            .json(body)
            .limit(CREATE_LIMIT);
        match self.shared.http.read::<ChannelSnapshot>(request).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_outcome_unknown() => {
                // Nobody is rung by `create`, so it is enough to know whether it is there.
                look(&self.shared.http, &order.id)
                    .await?
                    .map(drop)
                    .ok_or(error)
            }
            Err(error) => Err(trunk_error(error, order)),
        }
    }
}

/// A 500 here is not about memory: the channel driver refused the endpoint.
pub(super) fn trunk_error(error: AriError, order: &CallOrder) -> AriError {
    if matches!(error, AriError::Unexpected { status: 500, .. }) {
        return AriError::TrunkUnavailable {
            endpoint: masked(&order.endpoint),
        };
    }
    error
}

/// A dial string to be shown: of a run of digits that may be a number the last two are left.
fn masked(endpoint: &str) -> String {
    /// Extensions of the house are shorter.
    const NUMBER: usize = 6;
    let mut shown = String::new();
    let mut rest = endpoint;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, digits) = rest.split_at(start);
        let end = digits.find(|c: char| !c.is_ascii_digit());
        let (digits, after) = digits.split_at(end.unwrap_or(digits.len()));
        let (hidden, left) = match digits.len().checked_sub(2) {
            Some(hidden) if digits.len() >= NUMBER => (hidden, digits.split_at(hidden).1),
            _ => (0, digits),
        };
        shown.extend([before, &"*".repeat(hidden), left]);
        rest = after;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dial_string_is_shown_without_the_number() {
        for (endpoint, shown) in [
            ("PJSIP/79000000001@novofon", "PJSIP/*********01@novofon"),
            ("PJSIP/+79000000001@novofon2", "PJSIP/+*********01@novofon2"),
            (
                "PJSIP/novofon/sip:89000000001@192.0.2.7",
                "PJSIP/novofon/sip:*********01@192.0.2.7",
            ),
            ("PJSIP/101", "PJSIP/101"),
            ("", ""),
        ] {
            assert_eq!(masked(endpoint), shown);
        }
    }
}
