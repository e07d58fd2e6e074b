//! How the service ends a socket, and what it does where the client has gone.

use std::time::Duration;

use futures_util::StreamExt as _;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::journal::Ended;
use crate::rehearsal::http::ServerSocket;

/// Closes from our side and waits a little for the client's answer.
pub(super) async fn close(mut socket: ServerSocket, code: u16, reason: String) -> Ended {
    let frame = CloseFrame {
        code: code.into(),
        reason: reason.clone().into(),
    };
    log(socket.close(Some(frame)).await);
    let drained = async { while let Some(Ok(_)) = socket.next().await {} };
    if tokio::time::timeout(Duration::from_secs(2), drained)
        .await
        .is_err()
    {
        tracing::debug!("a client did not answer the close");
    }
    Ended::ByService(code, reason)
}

/// A client that is gone is no trouble of the service's.
pub(super) fn log(sent: Result<(), Error>) {
    if let Err(error) = sent {
        tracing::debug!(%error, "a client is gone");
    }
}
