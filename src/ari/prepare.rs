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
    match error {
        AriError::Unexpected { status: 500, .. } => AriError::TrunkUnavailable {
            endpoint: order.endpoint.clone(),
        },
        other => other,
    }
}
