//! Two media legs in one bridge: what is sent into one is heard on the other.
//!
//! It proves the way of the audio with no trunk and no callee, for the check command and for the
//! tests that both ways of carrying audio must pass.

use std::time::Duration;

use super::line_task::{self, Ask};
use super::media::{self, LegEnd, MediaLeg, pump};
use super::registry::Leg;
use super::setup::{join_media, open, run_leg};
use super::{Ari, AriError, CallOrder, LineControl, MediaKind};
use crate::audio::G711;

/// A closed circle of audio through Asterisk.
#[derive(Debug)]
pub struct Loopback {
    /// One end.
    pub near: MediaLeg,
    /// The other.
    pub far: MediaLeg,
    control: LineControl,
}

impl Ari {
    /// Makes two external media channels and joins them. `id` has the shape of a call's id, so
    /// that a sweep finds what a crash leaves.
    pub async fn loopback(
        &self,
        id: &str,
        codec: G711,
        kind: MediaKind,
    ) -> Result<Loopback, AriError> {
        // The far leg stands where the callee's channel stands in a call.
        let order = CallOrder {
            id: id.to_owned(),
            endpoint: String::new(),
            caller_id: None,
            codec,
            ring_timeout: Duration::from_secs(30),
            longest: Duration::from_secs(60),
            media: kind,
        };
        let started = line_task::start(&self.shared, &order);
        let control = LineControl::new(&self.shared, &order, &started);
        let (near, near_queues) = media::leg();
        let (far, far_queues) = media::leg();
        let stop = started.media_stop.clone();
        let made = async {
            let transport = open(&self.shared, id, &order).await?;
            control.ask(Ask::Exists(Leg::Call)).await;
            let leg = pump(transport, far_queues, stop.clone());
            run_leg(&self.shared, control.asks.downgrade(), leg);
            join_media(&control, &order, near_queues, stop).await
        };
        match made.await {
            Ok(()) => Ok(Loopback { near, far, control }),
            Err(error) => {
                if let Err(left) = control.cleanup().await {
                    tracing::warn!(id, error = %left, "a failed loop may be left over");
                }
                Err(error)
            }
        }
    }
}

impl Loopback {
    /// Removes it all and waits until it is gone.
    pub async fn close(self) -> Result<(), AriError> {
        self.control.ask(Ask::LegEnded(LegEnd::Ours)).await;
        self.control.cleanup().await
    }
}
