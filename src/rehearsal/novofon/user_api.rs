//! The user API (v1): `GET /v1/<method>/`, signed; limits in headers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use sha1::Sha1;
use tokio::time::Instant;

use super::{Shared, State, rows};
use crate::rehearsal::http::{
    Method, Request, Response, StatusCode, header, query, respond_json, set_header,
};

/// The API cuts longer periods to this.
const LONGEST_PERIOD: SignedDuration = SignedDuration::from_hours(24 * 30);
const LARGEST_PAGE: usize = 1000;

pub(super) fn answer(shared: &Shared, request: &Request) -> Response {
    let path = request.uri().path().to_owned();
    let parameters = query(request);
    let mut state = shared.lock();
    state.asked.push(path.clone());
    if !is_signed(&state, request, &path, &parameters) {
        return refuse(StatusCode::UNAUTHORIZED, "Not authorized");
    }
    let is_statistics = path == "/v1/statistics/";
    let exhausted = state.requests.left(Instant::now()) == 0
        || (is_statistics && state.statistics.left(Instant::now()) == 0);
    let (status, body) = if exhausted {
        let message = "You have exceeded the number of requests";
        (StatusCode::TOO_MANY_REQUESTS, error(message))
    } else {
        state.requests.take(Instant::now());
        if is_statistics {
            state.statistics.take(Instant::now());
        }
        match route(&state, &path, &parameters) {
            Ok(mut body) => {
                if let Some(fields) = body.as_object_mut() {
                    fields.insert("status".to_owned(), json!("success"));
                }
                (StatusCode::OK, body)
            }
            Err((status, message)) => (status, error(&message)),
        }
    };
    let mut response = respond_json(status, &body);
    tell_limits(&mut response, &mut state, is_statistics);
    response
}

/// The quota that will hold the client up first stands in the headers.
fn tell_limits(response: &mut Response, state: &mut State, is_statistics: bool) {
    let scarce = is_statistics
        && state.statistics.left(Instant::now()) < state.requests.left(Instant::now());
    let quota = if scarce && state.statistics.left(Instant::now()) == 0 {
        &mut state.statistics
    } else {
        &mut state.requests
    };
    let left = quota.left(Instant::now());
    let reset =
        Timestamp::now().as_second() + i64::try_from(quota.reset(Instant::now())).unwrap_or(0);
    set_header(response, "x-ratelimit-limit", &quota.limit.to_string());
    set_header(response, "x-ratelimit-remaining", &left.to_string());
    set_header(response, "x-ratelimit-reset", &reset.to_string());
}

fn error(message: &str) -> Value {
    json!({"status": "error", "message": message})
}

fn refuse(status: StatusCode, message: &str) -> Response {
    respond_json(status, &error(message))
}

/// Whether key and signature are right: base64(hex(HMAC-SHA1(secret, path + query + md5(query)))),
/// the parameters sorted and encoded as a form.
fn is_signed(
    state: &State,
    request: &Request,
    path: &str,
    parameters: &[(String, String)],
) -> bool {
    let (key, secret) = &state.options.keys;
    let mut sorted = parameters.to_vec();
    sorted.sort();
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(sorted)
        .finish();
    let message = format!("{path}{query}{}", hex(&Md5::digest(query.as_bytes())));
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else {
        return false;
    };
    mac.update(message.as_bytes());
    let expected = format!(
        "{key}:{}",
        STANDARD.encode(hex(&mac.finalize().into_bytes()))
    );
    header(request.headers(), "authorization") == Some(expected.as_str())
        && request.method() == Method::GET
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves.map(digit).collect()
}

type Answer = Result<Value, (StatusCode, String)>;

fn route(state: &State, path: &str, parameters: &[(String, String)]) -> Answer {
    let account = &state.options.account;
    let not_found = || (StatusCode::NOT_FOUND, "Wrong method".to_owned());
    // Without the slash at the end it is another path.
    let method = path
        .strip_prefix("/v1/")
        .and_then(|rest| rest.strip_suffix('/'))
        .ok_or_else(not_found)?;
    let parts: Vec<&str> = method.split('/').collect();
    Ok(match parts.as_slice() {
        ["info", "balance"] => json!({"balance": account.balance, "currency": account.currency}),
        ["info", "timezone"] => {
            let now = Timestamp::now();
            let local = now.to_zoned(zone(state)).strftime("%Y-%m-%d %H:%M:%S");
            json!({
                "unixtime": now.as_second(), "datetime": local.to_string(), "timezone": account.zone,
            })
        }
        ["sip"] => {
            let sips: Vec<Value> = account
                .lines
                .iter()
                .map(
                    |line| json!({"id": line.login, "display_name": "SIP", "lines": line.channels}),
                )
                .collect();
            json!({"sips": sips, "left": 0})
        }
        ["sip", login, "status"] => {
            let line = account.lines.iter().find(|line| line.login == *login);
            let line = line.ok_or((StatusCode::NOT_FOUND, "SIP not found".to_owned()))?;
            json!({"sip": login, "is_online": line.registered.to_string()})
        }
        ["direct_numbers"] => {
            let numbers: Vec<Value> = account
                .numbers
                .iter()
                .map(|number| {
                    let status = if number.status == "active" {
                        "on"
                    } else {
                        "checking"
                    };
                    json!({
                        "number": number.number, "status": status, "country": "Russia",
                        "description": "Moscow", "channels": 2, "monthly_fee": 180,
                        "currency": "RUB", "type": "common",
                    })
                })
                .collect();
            json!({ "info": numbers })
        }
        ["statistics"] => statistics(state, parameters)?,
        _ => return Err(not_found()),
    })
}

fn zone(state: &State) -> TimeZone {
    TimeZone::get(&state.options.account.zone).unwrap_or(TimeZone::UTC)
}

fn statistics(state: &State, parameters: &[(String, String)]) -> Answer {
    let bad = |name: &str| (StatusCode::BAD_REQUEST, format!("Wrong parameter {name}"));
    let text = |name: &str| {
        let mut named = parameters.iter().filter(|(known, _)| known == name);
        named.next().map(|(_, value)| value.as_str())
    };
    let number = |name: &str, usual: usize| match text(name) {
        Some(text) => text.parse().map_err(|_| bad(name)),
        None => Ok(usual),
    };
    let zone = zone(state);
    let time = |name: &str| {
        let written = text(name).and_then(|text| rows::time(text, &zone));
        written.ok_or_else(|| bad(name))
    };
    let (start, mut end) = (time("start")?, time("end")?);
    if end.duration_since(start) > LONGEST_PERIOD {
        end = start.saturating_add(LONGEST_PERIOD).unwrap_or(end);
    }
    let (skip, limit) = (number("skip", 0)?, number("limit", LARGEST_PAGE)?);
    let mut found: Vec<_> = state.options.account.legs.iter().collect();
    found.retain(|leg| leg.direction == "out" && start <= leg.at && leg.at <= end);
    found.sort_by_key(|leg| (leg.at, leg.id));
    let page = found.into_iter().skip(skip).take(limit.min(LARGEST_PAGE));
    let stats: Vec<Value> = page.map(|leg| rows::statistics(leg, &zone)).collect();
    Ok(json!({
        "start": rows::written(start, &zone), "end": rows::written(end, &zone), "stats": stats,
    }))
}
