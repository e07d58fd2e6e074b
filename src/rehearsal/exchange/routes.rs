//! From a request to its operation: login, path, method.

use std::sync::Arc;

use serde_json::Value;
use tokio::time::sleep;

use super::answer::{Answer, Ask};
use super::core::Core;
use super::{asterisk, calls, event_socket, media, media_socket, playing};
use crate::rehearsal::http::{
    Hangup, Method, Request, Response, basic_credentials, header, query, read_body,
};

/// Answers one request.
pub(super) async fn serve(core: Arc<Core>, request: Request) -> Result<Response, Hangup> {
    let path = segments(request.uri().path());
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    if let ["media", id] = parts.as_slice() {
        return Ok(media_socket::open(&core, id, request));
    }
    let ["ari", rest @ ..] = parts.as_slice() else {
        return Ok(Answer::not_found().response());
    };
    if !may_enter(&core, &request) {
        return Ok(Answer::fail(401, "Authentication required").response());
    }
    if rest == ["events"] {
        return Ok(event_socket::open(&core, request));
    }
    let (method, query) = (request.method().clone(), query(&request));
    let form = header(request.headers(), "content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let body = read_body(request).await?;
    let answer = match read(method, query, form, &body) {
        Ok(ask) => route(&core, rest, &ask),
        Err(answer) => answer,
    };
    let slow = core.condition.borrow().slow;
    sleep(core.options.latencies.answer + answer.late + slow).await;
    Ok(answer.response())
}

fn read(
    method: Method,
    mut query: Vec<(String, String)>,
    form: bool,
    body: &[u8],
) -> Result<Ask, Answer> {
    if form {
        query.extend(url::form_urlencoded::parse(body).into_owned());
        return Ok(Ask::new(method, query, Value::Null));
    }
    if body.is_empty() {
        return Ok(Ask::new(method, query, Value::Null));
    }
    match serde_json::from_slice(body) {
        Ok(body) => Ok(Ask::new(method, query, body)),
        Err(_) => Err(Answer::fail(400, "Request could not be parsed")),
    }
}

/// The decoded parts of a path.
fn segments(path: &str) -> Vec<String> {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.map(decode).collect()
}

/// A plus is a plus in a path.
fn decode(part: &str) -> String {
    let pair = format!("={}", part.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

fn may_enter(core: &Core, request: &Request) -> bool {
    let options = &core.options;
    let by_header = header(request.headers(), "authorization")
        .and_then(basic_credentials)
        .is_some_and(|(user, password)| user == options.username && password == options.password);
    let key = format!("{}:{}", options.username, options.password);
    by_header
        || query(request)
            .iter()
            .any(|(name, value)| name == "api_key" && *value == key)
}

fn route(core: &Arc<Core>, path: &[&str], ask: &Ask) -> Answer {
    match path {
        ["asterisk", rest @ ..] => asterisk::route(core, rest, ask),
        ["applications", rest @ ..] => asterisk::applications(core, rest, ask),
        ["endpoints", rest @ ..] if ask.method == Method::GET => asterisk::endpoints(core, rest),
        ["deviceStates", name] if ask.method == Method::GET => asterisk::device(core, name),
        ["channels", "externalMedia"] => only_post(ask, || media::external(core, ask)),
        ["channels", rest @ ..] => calls::route(core, rest, ask),
        ["bridges", rest @ ..] => super::bridge_requests::route(core, rest, ask),
        ["playbacks", rest @ ..] => playing::playbacks(core, rest, ask),
        ["recordings", rest @ ..] => playing::recordings(core, rest, ask),
        _ => Answer::not_found(),
    }
}

pub(super) fn only_post(ask: &Ask, operation: impl FnOnce() -> Answer) -> Answer {
    if ask.method == Method::POST {
        operation()
    } else {
        Answer::wrong_method()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_part_by_part() {
        assert_eq!(
            segments("/ari/endpoints/PJSIP%2Fx/+7%20a"),
            ["ari", "endpoints", "PJSIP/x", "+7 a"]
        );
    }
}
