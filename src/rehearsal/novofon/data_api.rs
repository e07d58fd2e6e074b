//! The Data API (2.0): JSON-RPC 2.0 by POST, no batch, no notification; points a minute and a day,
//! which only successful requests cost. Filters are not spoken: they are refused.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::account::Leg;
use super::{Shared, State, rows};
use crate::rehearsal::http::{
    Hangup, Method, Request, Response, StatusCode, header, read_body, respond_json,
};

const LARGEST_PAGE: u64 = 10_000;
const USUAL_PAGE: u64 = 1000;
const FURTHEST: u64 = 100_000;
/// What every `get` takes.
const OF_ALL: &[&str] = &[
    "access_token",
    "user_id",
    "limit",
    "offset",
    "filter",
    "fields",
    "sort",
];
/// What reports take as well.
const OF_REPORTS: &[&str] = &["date_from", "date_till"];

/// A refusal: code, mnemonic, message, the parameter.
struct Refusal(i64, &'static str, String, Option<String>);

fn refused<T>(code: i64, mnemonic: &'static str, message: &str) -> Result<T, Refusal> {
    Err(Refusal(code, mnemonic, message.to_owned(), None))
}

fn wrong<T>(mnemonic: &'static str, message: &str, field: &str) -> Result<T, Refusal> {
    let field = Some(field.to_owned());
    Err(Refusal(-32602, mnemonic, message.to_owned(), field))
}

pub(super) async fn answer(shared: &Shared, request: Request) -> Result<Response, Hangup> {
    if request.method() != Method::POST {
        return Ok(respond_json(StatusCode::METHOD_NOT_ALLOWED, &Value::Null));
    }
    let kind = header(request.headers(), "content-type").unwrap_or_default();
    let is_json = kind.to_ascii_lowercase().replace(' ', "") == "application/json;charset=utf-8";
    let body = read_body(request).await?;
    let mut state = shared.lock();
    let asked: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let method = asked.get("method").and_then(Value::as_str);
    state.asked.push(method.unwrap_or_default().to_owned());
    let id = asked.get("id").cloned().unwrap_or(Value::Null);
    let answer = match act(&mut state, &asked, is_json) {
        Ok((data, total)) => {
            state.minute.take(Instant::now());
            state.day.take(Instant::now());
            let metadata = json!({"limits": limits(&mut state), "total_items": total});
            json!({"jsonrpc": "2.0", "id": id, "result": {"data": data, "metadata": metadata}})
        }
        Err(Refusal(code, mnemonic, message, field)) => {
            let mnemonic = match &state.options.refuses {
                Some((_, forced, _)) => forced.clone(),
                None => mnemonic.to_owned(),
            };
            let metadata = json!({"limits": limits(&mut state)});
            let data = json!({
                "mnemonic": mnemonic, "field": field, "value": null, "params": {},
                "extended_helper": null, "metadata": metadata,
            });
            let error = json!({"code": code, "message": message, "data": data});
            json!({"jsonrpc": "2.0", "id": id, "error": error})
        }
    };
    Ok(respond_json(StatusCode::OK, &answer))
}

fn limits(state: &mut State) -> Value {
    json!({
        "day_limit": state.day.limit, "day_remaining": state.day.left(Instant::now()),
        "day_reset": state.day.reset(Instant::now()), "minute_limit": state.minute.limit,
        "minute_remaining": state.minute.left(Instant::now()), "minute_reset": state.minute.reset(Instant::now()),
    })
}

/// Checks everything in the order of the real one, then reads the rows: a page, and how many there
/// are in all.
fn act(state: &mut State, asked: &Value, is_json: bool) -> Result<(Vec<Value>, usize), Refusal> {
    if asked.is_array() {
        return refused(
            -32099,
            "batch_opreations_not_supported",
            "Batch operations not supported",
        );
    }
    let Some(request) = asked.as_object().filter(|_| is_json) else {
        return refused(
            -32700,
            "parse_error",
            "Invalid JSON was received by the server.",
        );
    };
    if request.get("id").is_none_or(Value::is_null) {
        return refused(
            -32099,
            "notifications_not_supported",
            "Notifications not supported",
        );
    }
    let method = request.get("method").and_then(Value::as_str);
    let parameters = request.get("params").and_then(Value::as_object);
    let version = request.get("jsonrpc").and_then(Value::as_str);
    let (Some(method), Some(parameters), Some("2.0")) = (method, parameters, version) else {
        return refused(-32600, "invalid_request", "Invalid Request");
    };
    admit(state, parameters)?;
    if state.minute.left(Instant::now()) == 0 {
        let message = format!(
            "Limit per minute has been exceeded. Value of current limit per minute is {}",
            state.minute.limit
        );
        return refused(-32029, "limit_exceeded", &message);
    }
    if state.day.left(Instant::now()) == 0 {
        let message = format!(
            "Limit per day has been exceeded. Value of current limit per day is {}",
            state.day.limit
        );
        return refused(-32029, "limit_exceeded", &message);
    }
    let rows = all_rows(state, method, parameters)?;
    page(rows, parameters)
}

/// Address and token.
fn admit(state: &State, parameters: &Map<String, Value>) -> Result<(), Refusal> {
    if let Some((code, _, message)) = &state.options.refuses {
        return refused(*code, "", message);
    }
    if !state.options.admitted {
        return refused(
            -32003,
            "ip_not_whitelisted",
            "Your IP 192.0.2.77 is not whitelisted",
        );
    }
    let Some(token) = parameters.get("access_token") else {
        let message = "The required parameter has been missed";
        return wrong("required_parameter_missed", message, "access_token");
    };
    if token.as_str() != Some(state.options.token.as_str()) {
        return refused(-32001, "access_token_invalid", "Access token is invalid");
    }
    Ok(())
}

fn all_rows(
    state: &State,
    method: &str,
    parameters: &Map<String, Value>,
) -> Result<Vec<Value>, Refusal> {
    let account = &state.options.account;
    let zone = TimeZone::get(&account.zone).unwrap_or(TimeZone::UTC);
    let is_report = method.ends_with("_report");
    for name in parameters.keys() {
        let known = OF_ALL.contains(&name.as_str())
            || (is_report && OF_REPORTS.contains(&name.as_str()))
            || (method == "get.calls_report" && name == "include_ongoing_calls");
        if !known {
            return wrong(
                "unexpected_parameters",
                "Unexpected method parameter(s)",
                name,
            );
        }
    }
    if parameters.contains_key("filter") {
        return wrong(
            "filter_prohibited",
            "Filter by parameter is prohibited",
            "filter",
        );
    }
    let legs = if is_report {
        legs(state, parameters, &zone)?
    } else {
        Vec::new()
    };
    Ok(match method {
        "get.account" => {
            vec![json!({"app_id": account.id, "name": account.name, "timezone": account.zone})]
        }
        "get.sip_lines" => account.lines.iter().map(rows::line).collect(),
        "get.virtual_numbers" => account.numbers.iter().map(rows::number).collect(),
        "get.sip_line_virtual_numbers" => {
            let active = account
                .numbers
                .iter()
                .filter(|number| number.status == "active");
            active
                .map(|number| json!({"virtual_phone_number": number.number}))
                .collect()
        }
        "get.call_legs_report" => legs.iter().map(|leg| rows::leg(leg, &zone)).collect(),
        "get.financial_call_legs_report" => legs
            .iter()
            .filter_map(|leg| rows::charge(leg, &zone))
            .collect(),
        "get.calls_report" => {
            let mut seen = BTreeSet::new();
            let first = legs.iter().filter(|leg| seen.insert(leg.session));
            first.map(|leg| rows::call(leg, &zone)).collect()
        }
        _ => return refused(-32601, "method_not_found", "The method does not exist"),
    })
}

/// The legs of the time that is asked for, the oldest first.
fn legs<'a>(
    state: &'a State,
    parameters: &Map<String, Value>,
    zone: &TimeZone,
) -> Result<Vec<&'a Leg>, Refusal> {
    let time = |name: &str| -> Result<Timestamp, Refusal> {
        let Some(written) = parameters.get(name).and_then(Value::as_str) else {
            let message = "The required parameter has been missed";
            return wrong("required_parameter_missed", message, name);
        };
        match rows::time(written, zone) {
            Some(at) => Ok(at),
            None => wrong("invalid_parameter_value", "Invalid parameter value", name),
        }
    };
    let (from, till) = (time("date_from")?, time("date_till")?);
    let longest = from
        .to_zoned(zone.clone())
        .checked_add(Span::new().months(3))
        .map_or(till, |end| end.timestamp());
    if till > longest {
        let message = "Max value of requested date interval is 3 months";
        return wrong("date_interval_limit_reached", message, "date_till");
    }
    let legs = state.options.account.legs.iter();
    let mut legs: Vec<&Leg> = legs
        .filter(|leg| from <= leg.at && leg.at <= till)
        .collect();
    legs.sort_by_key(|leg| (leg.at, leg.id));
    Ok(legs)
}

/// One page with the fields that are asked for.
fn page(rows: Vec<Value>, parameters: &Map<String, Value>) -> Result<(Vec<Value>, usize), Refusal> {
    let number = |name: &str, usual: u64, most: u64| match parameters.get(name) {
        None => Ok(usual),
        Some(value) => match value.as_u64().filter(|number| *number <= most) {
            Some(number) => Ok(number),
            None => wrong("invalid_parameter_value", "Invalid parameter value", name),
        },
    };
    let limit = number("limit", USUAL_PAGE, LARGEST_PAGE)?;
    let offset = number("offset", 0, FURTHEST)?;
    let known = |name: &str| rows.first().is_none_or(|row| row.get(name).is_some());
    let sort = parameters.get("sort").and_then(Value::as_array);
    for order in sort.into_iter().flatten() {
        let field = order
            .get("field")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if field != "start_time" {
            return wrong("sort_prohibited", "Sort by parameter is prohibited", field);
        }
    }
    let fields = parameters.get("fields").and_then(Value::as_array);
    let fields: Option<Vec<&str>> =
        fields.map(|fields| fields.iter().filter_map(Value::as_str).collect());
    let unknown = fields.iter().flatten().find(|field| !known(field));
    if let Some(field) = unknown {
        return wrong(
            "unexpected_parameters",
            "Unexpected method parameter(s)",
            field,
        );
    }
    let total = rows.len();
    let at = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let page = rows.into_iter().skip(at(offset)).take(at(limit));
    let page = page.map(|row| match (&fields, row) {
        (Some(fields), Value::Object(row)) => {
            let chosen = row
                .into_iter()
                .filter(|(name, _)| fields.contains(&name.as_str()));
            Value::Object(chosen.collect())
        }
        (_, row) => row,
    });
    Ok((page.collect(), total))
}
