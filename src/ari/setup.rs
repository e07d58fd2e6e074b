//! The audio of a call: the external media channel, the bridge, and the leg that carries it.

use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::http::Request;
use super::line_task::{Ask, Status};
use super::media::{LegQueues, MediaTransport, pump};
use super::model::ChannelSnapshot;
use super::registry::Leg;
use super::remove::look;
use super::rtp::RtpMedia;
use super::websocket::WebSocketMedia;
use super::{AriError, CallOrder, LineControl, MediaKind, Shared};
use crate::audio::G711;

/// How long a channel may take to come under our control.
const ENTER_LIMIT: Duration = Duration::from_secs(5);

/// Makes the audio of a call and joins it. The call's channel must be in the application, or come
/// into it soon.
pub(super) async fn join_media(
    control: &LineControl,
    order: &CallOrder,
    queues: LegQueues,
    stop: CancellationToken,
) -> Result<(), AriError> {
    let shared = &control.shared;
    let ids = &control.ids;
    let transport = open(shared, &ids.media, order).await?;
    control.ask(Ask::Exists(Leg::Media)).await;
    // Its socket is drained from the first moment on.
    run_leg(
        shared,
        control.asks.downgrade(),
        pump(transport, queues, stop),
    );
    let bridge = Request::post(&["bridges"]).query("type", "mixing");
    shared
        .http
        .send(bridge.query("bridgeId", ids.bridge.as_str()))
        .await?;
    entered(control, |status| {
        status.call_entered && status.media_entered
    })
    .await?;
    let members = format!("{},{}", ids.call, ids.media);
    let add = Request::post(&["bridges", &ids.bridge, "addChannel"])
        .query("channel", members)
        // Else the media channel, which has no number, would tell the call's channel so, and the
        // INVITE would go out without the caller id (Asterisk 18 and later know the parameter).
        .query("inhibitConnectedLineUpdates", "true");
    shared.http.send(add).await
}

pub(super) fn run_leg(
    shared: &Shared,
    asks: mpsc::WeakSender<Ask>,
    leg: impl Future<Output = super::media::LegEnd> + Send + 'static,
) {
    shared.lines.spawn(async move {
        let end = leg.await;
        if let Some(asks) = asks.upgrade()
            && asks.send(Ask::LegEnded(end)).await.is_err()
        {
            tracing::trace!("the call ended before its audio");
        }
    });
}

/// Waits until channels are under our control; fails at once when the call ends before.
pub(super) async fn entered(
    control: &LineControl,
    ready: impl Fn(&Status) -> bool,
) -> Result<(), AriError> {
    let id = control.ids.call.clone();
    let mut status = control.status.clone();
    let waited = status.wait_for(|status| status.ended.is_some() || ready(status));
    match timeout(ENTER_LIMIT, waited).await {
        Ok(Ok(status)) => match &status.ended {
            None => Ok(()),
            Some(ended) => Err(AriError::Ended {
                id,
                cause: format!("{ended:?}"),
            }),
        },
        Ok(Err(_)) => Err(AriError::Ended {
            id,
            cause: "its task ended".to_owned(),
        }),
        Err(_) => Err(AriError::Ended {
            id,
            cause: "Asterisk did not hand the channels over in time".to_owned(),
        }),
    }
}

/// Makes an external media channel and connects to it.
pub(super) async fn open(
    shared: &Shared,
    id: &str,
    order: &CallOrder,
) -> Result<Box<dyn MediaTransport>, AriError> {
    match order.media {
        MediaKind::WebSocket => {
            let body = json!({
                "transport": "websocket",
                "encapsulation": "none",
                "connection_type": "server",
                "external_host": "INCOMING",
                "transport_data": "f(json)",
            });
            let channel = external_media(shared, id, order.codec, body).await?;
            Ok(Box::new(
                WebSocketMedia::connect(shared.http.config(), &channel).await?,
            ))
        }
        MediaKind::Rtp => {
            let socket = RtpMedia::bind(shared.http.config()).await?;
            let body = json!({
                "transport": "udp",
                "encapsulation": "rtp",
                "external_host": socket.address().to_string(),
            });
            let channel = external_media(shared, id, order.codec, body).await?;
            Ok(Box::new(socket.connect(&channel, order.codec).await?))
        }
    }
}

async fn external_media(
    shared: &Shared,
    id: &str,
    codec: G711,
    mut body: serde_json::Value,
) -> Result<ChannelSnapshot, AriError> {
    if let Some(body) = body.as_object_mut() {
        body.insert("app".to_owned(), json!(shared.http.config().app));
        body.insert("channelId".to_owned(), json!(id));
        body.insert("format".to_owned(), json!(codec.name()));
    }
    let request = Request::post(&["channels", "externalMedia"])
        .json(body)
        .makes_channel();
    match shared.http.read(request).await {
        Err(AriError::Unexpected {
            status: 500,
            message,
            ..
        }) => Err(AriError::Media {
            cause: format!("Asterisk cannot make a channel for the audio: {message}"),
        }),
        // It may be there: the variables that come with it can be read from a look.
        Err(error) if error.is_outcome_unknown() => look(&shared.http, id).await?.ok_or(error),
        other => other,
    }
}
