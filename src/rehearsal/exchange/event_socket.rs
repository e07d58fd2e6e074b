//! The event WebSocket, `/ari/events?app=…`.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc::{Receiver, channel};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::answer::Answer;
use super::core::Core;
use super::options::Condition;
use crate::rehearsal::http::{
    Request, Response, ServerSocket, accept_websocket, query, reset, wants_websocket,
};

/// A client that does not read for so long is cut off.
const WRITE_LIMIT: Duration = Duration::from_secs(5);
/// Events that may wait for a client.
const UNREAD: usize = 4_096;

/// Answers the handshake.
pub(super) fn open(core: &Arc<Core>, mut request: Request) -> Response {
    let query = query(&request);
    let get = |key: &str| {
        query
            .iter()
            .find(|(own, _)| own == key)
            .map(|(_, v)| v.clone())
    };
    if !wants_websocket(&request) {
        return Answer::fail(426, "Upgrade Required").response();
    }
    if core.condition.borrow().no_events {
        return Answer::fail(503, "Asterisk not booted").response();
    }
    let apps: Vec<String> = get("app")
        .unwrap_or_default()
        .split(',')
        .filter(|app| !app.is_empty())
        .map(str::to_owned)
        .collect();
    if apps.is_empty() {
        return Answer::fail(400, "Missing parameter app").response();
    }
    let all = get("subscribeAll").as_deref() == Some("true");
    let Some((response, socket)) = accept_websocket(&mut request, None) else {
        return Answer::fail(400, "Bad Request").response();
    };
    let (sender, events) = channel(UNREAD);
    let held: Vec<(String, u64)> = {
        let mut world = core.world();
        let attach = |app: String| {
            let number = world.applications.attach(&app, all, sender.clone());
            (app, number)
        };
        apps.into_iter().map(attach).collect()
    };
    drop(sender);
    let serving = Arc::clone(core);
    core.tasks.spawn(async move {
        if let Some(socket) = socket.await {
            serve(&serving, socket, events).await;
        }
        let mut world = serving.world();
        for (app, number) in held {
            world.applications.detach(&app, number);
        }
    });
    response
}

async fn serve(core: &Core, mut socket: ServerSocket, mut events: Receiver<String>) {
    let mut condition = core.condition.subscribe();
    // Replaced, the socket stays open and hears nothing any more.
    let (mut replaced, mut deaf) = (false, false);
    loop {
        tokio::select! {
            () = core.stop.cancelled() => return,
            () = cut(&mut condition) => return reset(socket),
            event = events.recv(), if !deaf => match event {
                Some(text) => {
                    replaced |= text.contains("ApplicationReplaced");
                    let sent = timeout(WRITE_LIMIT, socket.send(Message::text(text))).await;
                    if !matches!(sent, Ok(Ok(()))) {
                        return;
                    }
                }
                None if replaced => deaf = true,
                // It was not read.
                None => return reset(socket),
            },
            message = socket.next() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => {
                    // Answers the closing in good form.
                    if let Err(error) = socket.close(None).await {
                        tracing::trace!(%error, "an event socket is closed already");
                    }
                    return;
                }
                Some(Ok(_)) => {}
            },
        }
    }
}

/// Returns when event sockets are to be cut.
async fn cut(condition: &mut watch::Receiver<Condition>) {
    if condition
        .wait_for(|condition| condition.no_events)
        .await
        .is_err()
    {
        tracing::debug!("the exchange ends");
    }
}
