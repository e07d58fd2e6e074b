//! A synthesis session on its WebSocket.
//!
//! Reads frames into the session, sleeps until its deadline and sends what is due. A bad key in
//! the handshake and an unknown voice are told by a frame before any message is read.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use super::messages::Refusal;
use super::parameters::Parameters;
use super::session::{Kind, Output, Session, Surroundings};
use crate::rehearsal::http::{ServerSocket, reset};
use crate::rehearsal::speech_service::Shared;
use crate::rehearsal::speech_service::closing::{close, log};
use crate::rehearsal::speech_service::journal::Ended;

/// Longest wait where only the client can move things.
const FOREVER: Duration = Duration::from_hours(1);

/// What the handshake has settled.
#[derive(Debug)]
pub(in crate::rehearsal::speech_service) struct Opening {
    pub(in crate::rehearsal::speech_service) number: usize,
    pub(in crate::rehearsal::speech_service) kind: Kind,
    pub(in crate::rehearsal::speech_service) parameters: Parameters,
    /// By a key in the header or a token; `None` if the first message has to bring the key.
    pub(in crate::rehearsal::speech_service) authenticated: Option<bool>,
    /// The id of a voice that the account does not have.
    pub(in crate::rehearsal::speech_service) unknown_voice: Option<String>,
}

/// Serves one socket to its end.
pub(in crate::rehearsal::speech_service) async fn serve(
    socket: ServerSocket,
    opening: Opening,
    shared: &Shared,
    stop: CancellationToken,
) {
    let around = Surroundings {
        number: opening.number,
        faults: shared.synthesis_faults.clone(),
        journal: shared.journal.clone(),
        account: std::sync::Arc::clone(&shared.account),
    };
    let (number, journal) = (opening.number, shared.journal.clone());
    let refusal = refusal(&opening);
    let ended = if let Some(refusal) = refusal {
        let text = format!("{}: {}", refusal.code, refusal.message);
        journal.synthesis(number, |record| record.violations.push(text));
        refuse(socket, &refusal).await
    } else {
        let authenticated = opening.authenticated == Some(true);
        let options = shared.options();
        let session = Session::new(
            opening.kind,
            opening.parameters,
            &options,
            around,
            authenticated,
        );
        run(socket, session, &stop).await
    };
    journal.synthesis(number, |record| record.ended = Some(ended));
}

fn refusal(opening: &Opening) -> Option<Refusal> {
    if opening.authenticated == Some(false) {
        return Some(Refusal::new("invalid_api_key", "Invalid API key"));
    }
    opening.unknown_voice.as_ref().map(|voice| {
        let text = format!("A voice with the voice_id {voice} was not found.");
        Refusal::new("voice_not_found", text)
    })
}

async fn refuse(mut socket: ServerSocket, refusal: &Refusal) -> Ended {
    let frame = Message::text(refusal.frame().to_string());
    log(socket.send(frame).await);
    close(socket, 1008, refusal.reason()).await
}

async fn run(mut socket: ServerSocket, mut session: Session, stop: &CancellationToken) -> Ended {
    let start = Instant::now();
    loop {
        for output in session.due(start.elapsed()) {
            match output {
                Output::Send(message) | Output::Audio(message, _) => {
                    log(socket.send(Message::text(message.to_string())).await);
                }
                Output::Release(_) => {}
                Output::Close(code, reason) => return close(socket, code, reason).await,
                Output::Reset => {
                    reset(socket);
                    return Ended::Reset;
                }
            }
        }
        let wait = start + session.deadline().unwrap_or(FOREVER);
        let message = tokio::select! {
            () = stop.cancelled() => return Ended::Stopped,
            () = tokio::time::sleep_until(wait) => continue,
            message = socket.next() => message,
        };
        let now = start.elapsed();
        match message {
            Some(Ok(Message::Text(text))) => session.text(now, &text),
            Some(Ok(Message::Binary(_))) => session.binary(now),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            Some(Ok(Message::Close(frame))) => {
                log(socket.close(None).await);
                return Ended::ByClient(frame.map(|frame| frame.code.into()));
            }
            Some(Err(_)) | None => return Ended::Broken,
        }
    }
}
