//! The media WebSocket, `/media/<id>`.

use std::sync::Arc;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::answer::Answer;
use super::channel::{Channel, Kind};
use super::core::Core;
use super::leg::Leg;
use super::queue::Reply;
use super::release::End;
use super::sound::{Ear, Out};
use crate::rehearsal::http::{
    Request, Response, ServerSocket, accept_websocket, header, wants_websocket,
};

/// The largest message.
const LARGEST: usize = 65_535;
/// What may wait for a client that does not read.
const OUTBOX: usize = 256;
/// WebSocket codes: closed in good form, and broken off.
const CLOSED: u16 = 1_000;
const GOING_AWAY: u16 = 1_001;
/// Q.850 for a socket that broke.
const OUT_OF_ORDER: u8 = 38;

/// Answers the handshake.
pub(super) fn open(core: &Arc<Core>, connection: &str, mut request: Request) -> Response {
    if !wants_websocket(&request) {
        return Answer::fail(426, "Upgrade Required").response();
    }
    let (id, leg) = match claim(core, connection) {
        Ok(claimed) => claimed,
        Err(answer) => return answer.response(),
    };
    let asked = header(request.headers(), "sec-websocket-protocol");
    let protocol = asked.is_some_and(|asked| asked.split(',').any(|name| name.trim() == "media"));
    let accepted = accept_websocket(&mut request, protocol.then_some("media"));
    let Some((response, socket)) = accepted else {
        return Answer::fail(400, "Bad Request").response();
    };
    let serving = Arc::clone(core);
    core.tasks.spawn(async move {
        match socket.await {
            Some(socket) => serve(serving, id, leg, socket).await,
            None => serving.hang_up(&id, End::Far(OUT_OF_ORDER, Some(GOING_AWAY))),
        }
    });
    response
}

/// Finds the channel of a connection that nobody holds yet.
fn claim(core: &Core, wanted: &str) -> Result<(String, Arc<Leg>), Answer> {
    let mut world = core.world();
    let unknown = || Answer::fail(404, "Not Found");
    let owns = |channel: &&mut Channel| matches!(&channel.kind, Kind::Media { connection: Some(own), .. } if own == wanted);
    let channel = world.channels.values_mut().find(owns);
    let channel = channel
        .filter(|channel| !channel.ending)
        .ok_or_else(unknown)?;
    let id = channel.id.clone();
    match &mut channel.kind {
        Kind::Media {
            connected: true, ..
        } => Err(Answer::fail(409, "Conflict")),
        Kind::Media {
            connected,
            leg: Some(leg),
            ..
        } => {
            *connected = true;
            Ok((id, Arc::clone(leg)))
        }
        Kind::Media { .. } | Kind::Trunk { .. } => Err(unknown()),
    }
}

async fn serve(core: Arc<Core>, id: String, leg: Arc<Leg>, socket: ServerSocket) {
    let (sink, stream) = socket.split();
    let (out, outbox) = mpsc::channel(OUTBOX);
    let port = {
        let world = core.world();
        world.channels.get(&id).map(|channel| {
            let start = start(channel);
            channel.port.set_ear(Ear::Socket(out));
            channel.port.tell(start);
            Arc::clone(&channel.port)
        })
    };
    let Some(port) = port else { return };
    core.media_connected(&id);
    let writing = core.tasks.spawn(write(sink, outbox));
    let end = tokio::select! {
        () = core.stop.cancelled() => return,
        end = read(stream, &leg, |event| port.tell(event)) => end,
    };
    core.hang_up(&id, end);
    if let Err(error) = writing.await {
        tracing::error!(%error, "a media socket's writer failed");
    }
}

fn start(channel: &Channel) -> String {
    let variable = |key: &str| channel.variables.get(key).cloned().unwrap_or_default();
    let own: serde_json::Map<_, _> = channel
        .variables
        .iter()
        .map(|(key, value)| (key.clone(), json!(value)))
        .collect();
    json!({
        "event": "MEDIA_START",
        "connection_id": variable("MEDIA_WEBSOCKET_CONNECTION_ID"),
        "channel": channel.name,
        "channel_id": channel.id,
        "format": channel.port.law.name(),
        "optimal_frame_size": 160,
        "ptime": 20,
        "channel_variables": own,
    })
    .to_string()
}

/// Reads until the socket ends; how it did.
async fn read(mut stream: SplitStream<ServerSocket>, leg: &Leg, tell: impl Fn(String)) -> End {
    let broken = End::Far(OUT_OF_ORDER, Some(GOING_AWAY));
    loop {
        let reply = match stream.next().await {
            Some(Ok(Message::Binary(audio))) if audio.len() > LARGEST => return broken,
            Some(Ok(Message::Binary(audio))) => leg.audio(&audio),
            Some(Ok(Message::Text(text))) => leg.command(&text),
            Some(Ok(Message::Close(_))) => {
                return End::Far(super::causes::NORMAL, Some(GOING_AWAY));
            }
            Some(Ok(_)) => None,
            Some(Err(_)) | None => return broken,
        };
        match reply {
            Some(Reply::Event(event)) => tell(event),
            Some(Reply::HangUp) => return End::Far(super::causes::NORMAL, Some(CLOSED)),
            None => {}
        }
    }
}

async fn write(mut sink: SplitSink<ServerSocket, Message>, mut outbox: mpsc::Receiver<Out>) {
    while let Some(out) = outbox.recv().await {
        let (message, last) = match out {
            Out::Sound(bytes) => (Message::Binary(bytes.to_vec().into()), false),
            Out::Event(event) => (Message::text(event), false),
            Out::Close(code) => {
                let code = CloseCode::from(code);
                let frame = CloseFrame {
                    code,
                    reason: "".into(),
                };
                (Message::Close(Some(frame)), true)
            }
        };
        if let Err(error) = sink.send(message).await {
            tracing::debug!(%error, "a media socket cannot be written any more");
            return;
        }
        if last {
            return;
        }
    }
}
