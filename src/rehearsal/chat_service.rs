//! A double of `OpenAI`'s chat completions on one loopback port, for rehearsing a model's advice.
//!
//! Written from the public reference (platform.openai.com/docs/api-reference/chat/create) and as
//! strict: the key, the method, the media type, unknown arguments, the messages and a strict JSON
//! schema are checked, and refused in the words of the real service. What it answers is given
//! beforehand, by the callee's words; it keeps what it was asked.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::http::{
    Hangup, Method, Request, Response, Server, StatusCode, header, read_body, respond_json,
};

/// Every argument of the request that the reference has.
const ARGUMENTS: &[&str] = &[
    "messages",
    "model",
    "audio",
    "frequency_penalty",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "metadata",
    "modalities",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "reasoning_effort",
    "response_format",
    "safety_identifier",
    "seed",
    "service_tier",
    "stop",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "user",
    "verbosity",
    "web_search_options",
];
const ROLES: [&str; 5] = ["developer", "system", "user", "assistant", "tool"];

/// What the model says to some words of a callee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    /// The content of its message.
    pub content: String,
    /// How long it thinks.
    pub after: Duration,
}

/// What the service knows.
#[derive(Debug, Clone)]
pub struct ChatOptions {
    /// The one key that is accepted.
    pub key: String,
    /// The one model there is.
    pub model: String,
    /// What it says, by the callee's words; `none` to all others.
    pub sayings: BTreeMap<String, Saying>,
}

/// A running double; dropping it stops it too, but without waiting.
#[derive(Debug)]
pub struct ChatService {
    server: Server,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl ChatService {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// If no port can be had.
    pub async fn start(options: ChatOptions) -> std::io::Result<Self> {
        let options = Arc::new(options);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let journal = Arc::clone(&asked);
        let bind = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = Server::start(bind, move |request| {
            serve(Arc::clone(&options), Arc::clone(&journal), request)
        })
        .await?;
        Ok(Self { server, asked })
    }

    /// The address to set as `understanding.llm_url`.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.server.addr())
    }

    /// The requests that were accepted, in order.
    pub fn asked(&self) -> Vec<Value> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clone()
    }
}

/// A refusal: status, type, parameter, code, message.
struct Refusal(
    u16,
    &'static str,
    Option<String>,
    Option<&'static str>,
    String,
);

impl Refusal {
    fn invalid(parameter: Option<&str>, message: impl Into<String>) -> Self {
        let parameter = parameter.map(str::to_owned);
        Self(
            400,
            "invalid_request_error",
            parameter,
            None,
            message.into(),
        )
    }

    fn response(self) -> Response {
        let Self(status, kind, parameter, code, message) = self;
        let error = json!({ "message": message, "type": kind, "param": parameter, "code": code });
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        respond_json(status, &json!({ "error": error }))
    }
}

async fn serve(
    options: Arc<ChatOptions>,
    asked: Arc<Mutex<Vec<Value>>>,
    request: Request,
) -> Result<Response, Hangup> {
    if let Err(refusal) = admitted(&options, &request) {
        return Ok(refusal.response());
    }
    let body = read_body(request).await?;
    let read = serde_json::from_slice(&body)
        .map_err(|_| Refusal::invalid(None, "We could not parse the JSON body of your request."));
    let body = match read.and_then(|body: Value| checked(&options, &body).map(|()| body)) {
        Ok(body) => body,
        Err(refusal) => return Ok(refusal.response()),
    };
    let saying = options.sayings.get(&said(&body)).cloned();
    let saying = saying.unwrap_or_else(|| Saying {
        content: json!({ "intent": "none" }).to_string(),
        after: Duration::ZERO,
    });
    let answer = completion(&options.model, &saying.content);
    asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(body);
    tokio::time::sleep(saying.after).await;
    Ok(respond_json(StatusCode::OK, &answer))
}

fn admitted(options: &ChatOptions, request: &Request) -> Result<(), Refusal> {
    let (method, path) = (request.method(), request.uri().path());
    if path != "/v1/chat/completions" {
        let message = format!("Invalid URL ({method} {path})");
        return Err(Refusal(404, "invalid_request_error", None, None, message));
    }
    let key = header(request.headers(), "authorization");
    let Some(key) = key.and_then(|value| value.strip_prefix("Bearer ")) else {
        let message = "You didn't provide an API key.".to_owned();
        return Err(Refusal(401, "invalid_request_error", None, None, message));
    };
    if key != options.key {
        let message = format!("Incorrect API key provided: {key}.");
        let code = Some("invalid_api_key");
        return Err(Refusal(401, "invalid_request_error", None, code, message));
    }
    if *method != Method::POST {
        let message = format!("Not allowed to {method} on {path}.");
        let code = Some("method_not_supported");
        return Err(Refusal(405, "invalid_request_error", None, code, message));
    }
    let media = header(request.headers(), "content-type").unwrap_or_default();
    if media.split(';').next() != Some("application/json") {
        let message = format!("Unsupported content type: '{media}'.");
        return Err(Refusal(415, "invalid_request_error", None, None, message));
    }
    Ok(())
}

/// Checks the arguments.
fn checked(options: &ChatOptions, body: &Value) -> Result<(), Refusal> {
    let Some(arguments) = body.as_object() else {
        return Err(Refusal::invalid(None, "The body is no object."));
    };
    let mut names = arguments.keys();
    if let Some(unknown) = names.find(|name| !ARGUMENTS.contains(&name.as_str())) {
        let message = format!("Unrecognized request argument supplied: {unknown}");
        return Err(Refusal::invalid(None, message));
    }
    match body.get("model").and_then(Value::as_str) {
        None => return Err(Refusal::invalid(None, "you must provide a model parameter")),
        Some(model) if model != options.model => {
            let message =
                format!("The model `{model}` does not exist or you do not have access to it.");
            let code = Some("model_not_found");
            return Err(Refusal(404, "invalid_request_error", None, code, message));
        }
        Some(_) => {}
    }
    let messages = body.get("messages").and_then(Value::as_array);
    let messages = messages.filter(|messages| !messages.is_empty());
    let Some(messages) = messages else {
        return Err(Refusal::invalid(
            Some("messages"),
            "Missing required parameter: 'messages'.",
        ));
    };
    for (index, message) in messages.iter().enumerate() {
        let role = message
            .get("role")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let content = message.get("content").is_some_and(Value::is_string);
        if !ROLES.contains(&role) || !content {
            let place = format!("messages[{index}]");
            return Err(Refusal::invalid(
                Some(&place),
                format!("Invalid value: '{role}'."),
            ));
        }
    }
    let temperature = body.get("temperature").map(Value::as_f64);
    if temperature.is_some_and(|it| !it.is_some_and(|it| (0.0..=2.0).contains(&it))) {
        return Err(Refusal::invalid(
            Some("temperature"),
            "Invalid 'temperature'.",
        ));
    }
    body.get("response_format").map_or(Ok(()), format_is_strict)
}

/// A strict schema forbids other properties and requires all of its own.
fn format_is_strict(format: &Value) -> Result<(), Refusal> {
    let wrong = |what: &str| {
        let message = format!("Invalid schema for response_format: {what}.");
        Err(Refusal::invalid(Some("response_format"), message))
    };
    if format.get("type").and_then(Value::as_str) != Some("json_schema") {
        return wrong("'type' must be json_schema");
    }
    let schema = format.get("json_schema");
    if schema
        .and_then(|it| it.get("name"))
        .and_then(Value::as_str)
        .is_none_or(str::is_empty)
    {
        return wrong("a name is missing");
    }
    let Some(schema) = schema.and_then(|it| it.get("schema")) else {
        return wrong("the schema is missing");
    };
    if schema.get("additionalProperties") != Some(&json!(false)) {
        return wrong("'additionalProperties' is required to be supplied and to be false");
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    let names: Vec<&String> = properties.map_or_else(Vec::new, |own| own.keys().collect());
    if schema.get("required") != Some(&json!(names)) {
        return wrong("'required' must list every property");
    }
    Ok(())
}

/// The callee's words, as the last message of the user tells them.
fn said(body: &Value) -> String {
    let messages = body.get("messages").and_then(Value::as_array);
    let last = messages.and_then(|messages| messages.last());
    let content = last.and_then(|last| last.get("content")?.as_str());
    let heard: Value = serde_json::from_str(content.unwrap_or_default()).unwrap_or_default();
    let said = heard.get("said").and_then(Value::as_str);
    said.unwrap_or_default().to_owned()
}

fn completion(model: &str, content: &str) -> Value {
    json!({
        "id": "chatcmpl-rehearsal", "object": "chat.completion", "created": 1_763_800_000,
        "model": model,
        "choices": [{
            "index": 0,
            "message": {
                "role": "assistant", "content": content, "refusal": null, "annotations": [],
            },
            "logprobs": null, "finish_reason": "stop",
        }],
        "usage": { "prompt_tokens": 200, "completion_tokens": 6, "total_tokens": 206 },
        "service_tier": "default", "system_fingerprint": null,
    })
}
