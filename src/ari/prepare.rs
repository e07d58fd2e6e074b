//! The way a call is placed: everything is made and joined before the phone rings.

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::http::{Http, Request};
use super::line_task::{self, Ask};
use super::media::{self, LegQueues};
use super::model::{ChannelSnapshot, EndpointAnswer};
use super::registry::Leg;
use super::remove::look;
use super::setup::{entered, join_media};
use super::{Ari, AriError, CallLine, CallOrder, LineControl, PlaceError};
use crate::phone::mask_numbers;

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
            .makes_channel();
        match self.shared.http.read::<ChannelSnapshot>(request).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_outcome_unknown() => {
                // Nobody is rung by `create`, so it is enough to know whether it is there.
                look(&self.shared.http, &order.id)
                    .await?
                    .map(drop)
                    .ok_or(error)
            }
            Err(error) => Err(trunk_error(&self.shared.http, error, order).await),
        }
    }
}

/// A 500 here is not about memory: the channel driver refused the endpoint. Whether it is for want
/// of the trunk, Asterisk is asked.
pub(super) async fn trunk_error(http: &Http, error: AriError, order: &CallOrder) -> AriError {
    let AriError::Unexpected {
        status: 500,
        message,
        ..
    } = error
    else {
        return error;
    };
    let endpoint = mask_numbers(&order.endpoint);
    if is_online(http, &order.endpoint).await {
        AriError::ChannelRefused { endpoint, message }
    } else {
        AriError::TrunkUnavailable { endpoint }
    }
}

/// Whether Asterisk says that it reaches what a dial string goes through.
async fn is_online(http: &Http, endpoint: &str) -> bool {
    let Some((technology, resource)) = endpoint.split_once('/') else {
        return false;
    };
    let trunk = resource
        .rsplit_once('@')
        .map_or(resource, |(_, trunk)| trunk);
    let request = Request::get(&["endpoints", technology, trunk]);
    match http.read::<EndpointAnswer>(request).await {
        Ok(answer) => answer.state == "online",
        Err(error) => {
            tracing::debug!(%error, "it is not known how the trunk is");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::ari::{AriConfig, MediaKind};
    use crate::audio::G711;

    /// What a refused channel is called where Asterisk says this of the trunk.
    async fn refused(state: &str) -> AriError {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let http = Http::new(AriConfig::new(url.parse().unwrap(), "u", "p".into(), "a")).unwrap();
        let body = format!(r#"{{"technology":"PJSIP","resource":"novofon","state":"{state}"}}"#);
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 1024];
            let length = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        let order = CallOrder {
            id: "nd-1-1".to_owned(),
            endpoint: "PJSIP/79000000001@novofon".to_owned(),
            caller_id: None,
            codec: G711::Alaw,
            ring_timeout: std::time::Duration::from_secs(1),
            longest: std::time::Duration::from_secs(1),
            media: MediaKind::WebSocket,
        };
        let error = AriError::Unexpected {
            what: "POST".to_owned(),
            status: 500,
            message: "Allocation failed".to_owned(),
        };
        let error = trunk_error(&http, error, &order).await;
        let asked = server.await.unwrap();
        assert!(
            asked.starts_with("GET /ari/endpoints/PJSIP/novofon"),
            "{asked}"
        );
        error
    }

    #[tokio::test]
    async fn the_trunk_is_blamed_only_where_asterisk_does_not_reach_it() {
        for state in ["offline", "unknown"] {
            let error = refused(state).await;
            assert!(
                matches!(error, AriError::TrunkUnavailable { .. }),
                "{error:?}"
            );
        }
        let error = refused("online").await;
        assert!(
            matches!(error, AriError::ChannelRefused { .. }),
            "{error:?}"
        );
    }
}
