//! The simple mode: Asterisk dials at once, the audio is joined after the answer.
//!
//! Early media is not heard and some 20-50 ms are lost at the answer. It costs an attempt that
//! nobody answers half the work, and is there for comparison and for odd trunks.

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::http::Request;
use super::line_task::{self, Ask, Status};
use super::media::{self, LegEnd, LegQueues};
use super::model::ChannelSnapshot;
use super::order::Ids;
use super::prepare::trunk_error;
use super::registry::Leg;
use super::remove::look;
use super::setup::join_media;
use super::{Ari, AriError, CallLine, CallOrder, LineControl, PlaceError};

impl Ari {
    /// Rings the phone at once. [`LineControl::dial`] of what it returns has nothing left to do,
    /// and says so.
    ///
    /// # Errors
    /// [`PlaceError::OutcomeUnknown`]: the phone may ring.
    pub async fn originate_simple(&self, order: &CallOrder) -> Result<CallLine, PlaceError> {
        let started = line_task::start(&self.shared, order);
        let control = LineControl::new(&self.shared, order, &started);
        let (media, queues) = media::leg();
        control.dialled_by_originate().await;
        if let Err(error) = self.originate(&control, order).await {
            drop(started.asks);
            if let Err(left) = control.cleanup().await {
                tracing::warn!(call = order.id, error = %left, "a failed call may be left over");
            }
            return Err(if error.may_have_rung() {
                PlaceError::OutcomeUnknown(error)
            } else {
                PlaceError::NotRung(error)
            });
        }
        control.ask(Ask::Exists(Leg::Call)).await;
        self.join_at_answer(&control, order, queues, started.media_stop);
        Ok(CallLine {
            events: started.events,
            media,
            control,
        })
    }

    async fn originate(&self, control: &LineControl, order: &CallOrder) -> Result<(), AriError> {
        let mut variables = order.variables();
        if let Some(variables) = variables.as_object_mut() {
            variables.remove("CONNECTEDLINE(num)");
        }
        let mut body = json!({
            "app": self.app(),
            "endpoint": order.endpoint,
            "channelId": order.id,
            "formats": order.codec.name(),
            "timeout": order.ring_seconds(),
            "variables": variables,
        });
        if let (Some(number), Value::Object(body)) = (&order.caller_id, &mut body) {
            body.insert("callerId".to_owned(), json!(number));
        }
        let request = Request::post(&["channels"]).json(body).makes_channel();
        match self.shared.http.read::<ChannelSnapshot>(request).await {
            Ok(_) => Ok(()),
            Err(error) if error.may_have_rung() => {
                // An event, or the channel itself, proves that it was carried out.
                let seen = happened(&control.status.borrow());
                let there = look(&self.shared.http, &order.id).await;
                if seen || matches!(there, Ok(Some(_))) {
                    Ok(())
                } else {
                    Err(error)
                }
            }
            Err(error) => Err(trunk_error(&self.shared.http, error, order).await),
        }
    }

    /// Waits beside the call for its answer. It holds no controls, so a dropped call ends.
    fn join_at_answer(
        &self,
        control: &LineControl,
        order: &CallOrder,
        queues: LegQueues,
        stop: CancellationToken,
    ) {
        let (asks, mut status) = (control.asks.downgrade(), control.status.clone());
        let (shared, order) = (std::sync::Arc::clone(&self.shared), order.clone());
        self.shared.lines.spawn(async move {
            let answered = status.wait_for(|status| status.call_entered || status.ended.is_some());
            let live = answered.await.is_ok_and(|status| status.ended.is_none());
            let (true, Some(asks)) = (live, asks.upgrade()) else {
                return;
            };
            let ids = Ids::new(&order.id);
            let control = LineControl::borrowed(shared, ids, asks, status);
            if let Err(error) = join_media(&control, &order, queues, stop).await {
                tracing::warn!(call = order.id, %error, "an answered call got no audio");
                control.ask(Ask::LegEnded(LegEnd::Broken)).await;
            }
        });
    }
}

fn happened(status: &Status) -> bool {
    status.dialled || status.call_entered || status.ended.is_some()
}
