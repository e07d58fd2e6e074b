//! A recognition session on its WebSocket.
//!
//! Reads frames into the session, sleeps until its deadline and sends what is due. The session
//! decides; nothing here knows a rule of the protocol but the refusals before it begins.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use super::messages;
use super::session::{Output, Session, Surroundings};
use super::settings::Settings;
use crate::rehearsal::http::{ServerSocket, reset};
use crate::rehearsal::speech_service::closing::{close, log};
use crate::rehearsal::speech_service::faults::{Fault, Faults};
use crate::rehearsal::speech_service::journal::{Ended, Journalist};
use crate::rehearsal::speech_service::options::Options;

/// What is known of a client at its handshake.
#[derive(Debug)]
pub(in crate::rehearsal::speech_service) struct Admission {
    pub(in crate::rehearsal::speech_service) number: usize,
    pub(in crate::rehearsal::speech_service) query: Vec<(String, String)>,
    pub(in crate::rehearsal::speech_service) authenticated: bool,
    pub(in crate::rehearsal::speech_service) has_credits: bool,
}

/// Serves one session to its end.
pub(in crate::rehearsal::speech_service) async fn serve(
    mut socket: ServerSocket,
    admission: Admission,
    options: Options,
    (faults, journal): (Faults, Journalist),
    stop: CancellationToken,
) {
    let around = Surroundings {
        number: admission.number,
        faults,
        journal,
    };
    let ended = match open(&admission, &options, &around) {
        Ok(session) => run(socket, session, &stop).await,
        Err((kind, text)) => {
            let error = messages::error(kind, &text).to_string();
            let sent = socket.send(Message::text(error)).await;
            log(sent);
            close(socket, 1000, String::new()).await
        }
    };
    around
        .journal
        .recognition(around.number, |record| record.ended = Some(ended));
}

/// Opens the session, or says which error to send instead.
fn open(
    admission: &Admission,
    options: &Options,
    around: &Surroundings,
) -> Result<Session, (&'static str, String)> {
    if !admission.authenticated || around.faults.has(around.number, &Fault::RefuseAuth) {
        let text = "You must be authenticated to use this endpoint.";
        return Err(("auth_error", text.to_owned()));
    }
    let settings = Settings::parse(&admission.query).map_err(|text| ("invalid_request", text))?;
    if !admission.has_credits {
        let text = "You have no credits remaining.";
        return Err(("quota_exceeded", text.to_owned()));
    }
    Ok(Session::new(settings, options, around.clone()))
}

async fn run(mut socket: ServerSocket, mut session: Session, stop: &CancellationToken) -> Ended {
    let start = Instant::now();
    loop {
        for output in session.due(start.elapsed()) {
            match output {
                Output::Send(message) => log(socket.send(Message::text(message.to_string())).await),
                Output::Close(code, reason) => return close(socket, code, reason).await,
                Output::Reset => {
                    reset(socket);
                    return Ended::Reset;
                }
            }
        }
        let message = tokio::select! {
            () = stop.cancelled() => return Ended::Stopped,
            () = tokio::time::sleep_until(start + session.deadline()) => continue,
            message = socket.next() => message,
        };
        let now = start.elapsed();
        match message {
            Some(Ok(Message::Text(text))) => session.text(now, &text),
            Some(Ok(Message::Binary(_))) => session.binary(now),
            // Pings are answered by the library and do not count as activity.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            Some(Ok(Message::Close(frame))) => {
                log(socket.close(None).await);
                return Ended::ByClient(frame.map(|frame| frame.code.into()));
            }
            Some(Err(_)) | None => return Ended::Broken,
        }
    }
}
