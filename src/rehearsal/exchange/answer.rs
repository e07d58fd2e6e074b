//! Requests as the operations read them, and answers in Asterisk's words.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::rehearsal::http::{Method, Response, StatusCode, respond, respond_json, set_header};

/// A request, read.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    query: Vec<(String, String)>,
    body: Value,
}

impl Ask {
    /// `body` is the JSON object that came with the request, or null.
    pub(super) fn new(method: Method, query: Vec<(String, String)>, body: Value) -> Self {
        Self {
            method,
            query,
            body,
        }
    }

    /// A parameter, from the query or the body.
    pub(super) fn get(&self, key: &str) -> Option<String> {
        let in_query = self.query.iter().find(|(own, _)| own == key);
        if let Some((_, value)) = in_query {
            return Some(value.clone());
        }
        match self.body.get(key)? {
            Value::String(text) => Some(text.clone()),
            other @ (Value::Bool(_) | Value::Number(_)) => Some(other.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// The same where it must not be empty.
    pub(super) fn filled(&self, key: &str) -> Option<String> {
        self.get(key).filter(|value| !value.is_empty())
    }

    /// A parameter that is a list: by commas, or an array.
    pub(super) fn list(&self, key: &str) -> Vec<String> {
        if let Some(Value::Array(items)) = self.body.get(key) {
            let texts = items.iter().filter_map(Value::as_str);
            return texts.map(str::to_owned).collect();
        }
        let text = self.get(key).unwrap_or_default();
        let items = text.split(',').map(str::trim);
        items
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// The body parameter `variables`, in its order.
    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        let Some(Value::Object(fields)) = self.body.get("variables") else {
            return BTreeMap::new();
        };
        let text = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        fields
            .iter()
            .map(|(key, value)| (key.clone(), text(value)))
            .collect()
    }

    /// The body as it came.
    pub(super) fn body(&self) -> &Value {
        &self.body
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Option<Value>,
    /// It is held back so long.
    pub(super) late: Duration,
}

impl Answer {
    fn new(status: u16, body: Option<Value>) -> Self {
        Self {
            status,
            body,
            late: Duration::ZERO,
        }
    }

    pub(super) fn ok(body: Value) -> Self {
        Self::new(200, Some(body))
    }

    pub(super) fn created(body: Value) -> Self {
        Self::new(201, Some(body))
    }

    pub(super) fn done() -> Self {
        Self::new(204, None)
    }

    pub(super) fn fail(status: u16, message: &str) -> Self {
        Self::new(status, Some(json!({"message": message})))
    }

    /// The channel driver refused; it says so under another key.
    pub(super) fn allocation_failed() -> Self {
        Self::new(500, Some(json!({"error": "Allocation failed"})))
    }

    pub(super) fn wrong_method() -> Self {
        Self::fail(405, "Invalid method")
    }

    pub(super) fn not_found() -> Self {
        Self::fail(404, "Resource not found")
    }

    pub(super) fn no_channel() -> Self {
        Self::fail(404, "Channel not found")
    }

    /// What the real one can and this one does not.
    pub(super) fn not_rehearsed(what: &str) -> Self {
        Self::fail(501, &format!("{what} is not part of the rehearsal"))
    }

    pub(super) fn late(self, late: Duration) -> Self {
        Self { late, ..self }
    }

    pub(super) fn response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = match &self.body {
            Some(body) => respond_json(status, body),
            None => respond(status, "application/json", ""),
        };
        if self.status == 401 {
            let realm = r#"Basic realm="Asterisk REST Interface""#;
            set_header(&mut response, "www-authenticate", realm);
        }
        response
    }
}
