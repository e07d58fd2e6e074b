//! Which path does what, and who may.
//!
//! Recognition takes every handshake and refuses after it; synthesis refuses bad parameters by
//! HTTP and bad keys by a frame; unknown WebSocket paths are a 403, unknown HTTP paths a 404.

use std::sync::Arc;

use super::faults::{Canned, Fault};
use super::journal::{Ended, RecognitionRecord, SynthesisRecord};
use super::recognition::Admission;
use super::synthesis::{Form, Kind, Opening, Parameters};
use super::{Shared, answer, recognition, rest, synthesis};
use crate::rehearsal::http::{
    Hangup, Method, Request, Response, StatusCode, accept_websocket, header, query, read_body,
    respond, wants_websocket,
};

/// Query parameters that are secrets and stay out of the journal.
const SECRETS: [&str; 3] = ["token", "single_use_token", "authorization"];

/// Answers one request.
pub(super) async fn serve(shared: Arc<Shared>, request: Request) -> Result<Response, Hangup> {
    let line = format!("{} {}", request.method(), request.uri().path());
    let response = route(&shared, request).await?;
    let status = response.status().as_u16();
    shared
        .journal
        .write(|journal| journal.requests.push((line, status)));
    Ok(response)
}

async fn route(shared: &Arc<Shared>, mut request: Request) -> Result<Response, Hangup> {
    let path = request.uri().path().to_owned();
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    if wants_websocket(&request) {
        let accepted = match parts.as_slice() {
            ["v1", "speech-to-text", "realtime"] => recognize(shared, &mut request),
            ["v1", "text-to-speech", voice, "stream-input"] => {
                synthesize(shared, &mut request, Kind::Single, voice)
            }
            ["v1", "text-to-speech", voice, "multi-stream-input"] => {
                synthesize(shared, &mut request, Kind::Multi, voice)
            }
            _ => None,
        };
        return Ok(accepted.unwrap_or_else(|| respond(StatusCode::FORBIDDEN, "text/plain", "")));
    }
    let form = match parts.as_slice() {
        ["v1", "text-to-speech", _] => Some(Form::Whole),
        ["v1", "text-to-speech", _, "stream"] => Some(Form::Stream),
        ["v1", "text-to-speech", _, "with-timestamps"] => Some(Form::WholeTimed),
        ["v1", "text-to-speech", _, "stream", "with-timestamps"] => Some(Form::StreamTimed),
        _ => None,
    };
    match (form, parts.get(2)) {
        (Some(form), Some(voice)) if request.method() == Method::POST => {
            say(shared, request, form, voice).await
        }
        _ if !knows_key(shared, &request) => Ok(answer::unauthorized(key(&request).is_some())),
        _ => Ok(rest::answer(shared, &request, &parts)),
    }
}

fn key(request: &Request) -> Option<&str> {
    header(request.headers(), "xi-api-key")
}

fn knows_key(shared: &Shared, request: &Request) -> bool {
    key(request).is_some_and(|key| shared.account.knows(key))
}

fn parameter(query: &[(String, String)], name: &str) -> Option<String> {
    let mut named = query.iter().filter(|(known, _)| known == name);
    named.next().map(|(_, value)| value.clone())
}

fn without_secrets(query: &[(String, String)]) -> Vec<(String, String)> {
    let public = |(name, _): &&(String, String)| !SECRETS.contains(&name.as_str());
    query.iter().filter(public).cloned().collect()
}

/// The handshake of recognition succeeds for everybody: who is not admitted learns it after.
fn recognize(shared: &Arc<Shared>, request: &mut Request) -> Option<Response> {
    let query = query(request);
    let by_token = parameter(&query, "token")
        .is_some_and(|token| shared.account.spend_token(&token, "realtime_scribe"));
    let authenticated = by_token || knows_key(shared, request);
    let (response, socket) = accept_websocket(request, None)?;
    let number = shared.journal.open_recognition(RecognitionRecord {
        query: without_secrets(&query),
        ..RecognitionRecord::default()
    });
    let admission = Admission {
        number,
        query,
        authenticated,
        has_credits: shared.account.credits_used() < shared.account.credits_total(),
    };
    let task = Arc::clone(shared);
    shared.tasks.spawn(async move {
        if let Some(socket) = socket.await {
            let wiring = (task.recognition_faults.clone(), task.journal.clone());
            let options = task.options();
            recognition::serve(socket, admission, options, wiring, task.stop.clone()).await;
        }
    });
    Some(response)
}

fn synthesize(
    shared: &Arc<Shared>,
    request: &mut Request,
    kind: Kind,
    voice: &str,
) -> Option<Response> {
    let query = query(request);
    let number = open_synthesis(shared, request, &query);
    let parameters = match Parameters::parse(&query) {
        Ok(parameters) => parameters,
        Err(refusal) => return Some(answered(shared, number, *refusal.0)),
    };
    if let Some(canned) = canned(shared, number) {
        return Some(answered(shared, number, canned));
    }
    let opening = Opening {
        number,
        kind,
        parameters,
        authenticated: socket_login(shared, request, &query),
        unknown_voice: (!has_voice(shared, voice)).then(|| voice.to_owned()),
    };
    let (response, socket) = accept_websocket(request, None)?;
    let task = Arc::clone(shared);
    shared.tasks.spawn(async move {
        if let Some(socket) = socket.await {
            synthesis::serve(socket, opening, &task, task.stop.clone()).await;
        }
    });
    Some(response)
}

/// Whether the handshake brings a right or a wrong key or token, or none.
fn socket_login(shared: &Shared, request: &Request, query: &[(String, String)]) -> Option<bool> {
    if let Some(token) = parameter(query, "single_use_token") {
        return Some(shared.account.spend_token(&token, "tts_websocket"));
    }
    key(request).map(|key| shared.account.knows(key))
}

fn has_voice(shared: &Shared, voice: &str) -> bool {
    shared.options().voices.iter().any(|(id, _)| id == voice)
}

fn open_synthesis(shared: &Shared, request: &Request, query: &[(String, String)]) -> usize {
    shared.journal.open_synthesis(SynthesisRecord {
        path: request.uri().path().to_owned(),
        query: without_secrets(query),
        ..SynthesisRecord::default()
    })
}

fn answered(shared: &Shared, number: usize, response: Response) -> Response {
    let status = response.status().as_u16();
    shared.journal.synthesis(number, |record| {
        record.ended = Some(Ended::Answered(status));
    });
    response
}

fn canned(shared: &Shared, number: usize) -> Option<Response> {
    let canned: Canned = shared.synthesis_faults.find(number, |fault| {
        let Fault::Answer(canned) = fault else {
            return None;
        };
        Some(canned.clone())
    })?;
    let status = StatusCode::from_u16(canned.status).ok()?;
    Some(respond(status, &canned.content_type, canned.body))
}

async fn say(
    shared: &Shared,
    request: Request,
    form: Form,
    voice: &str,
) -> Result<Response, Hangup> {
    let query = query(&request);
    let number = open_synthesis(shared, &request, &query);
    let response = if let Some(canned) = canned(shared, number) {
        canned
    } else if !knows_key(shared, &request) {
        answer::unauthorized(key(&request).is_some())
    } else if !has_voice(shared, voice) {
        let message = format!("A voice with the voice_id {voice} was not found.");
        let status = StatusCode::NOT_FOUND;
        answer::error(status, "not_found", "voice_not_found", &message)
    } else {
        let body = read_body(request).await?;
        synthesis::answer(shared, number, form, (&query, body)).await
    };
    Ok(answered(shared, number, response))
}
