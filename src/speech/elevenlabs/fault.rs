//! The service's errors in one table: its word for it → what to do next.
//!
//! Bodies come in four shapes (new, legacy, a list of fields, a plain string), or as a proxy's
//! HTML. The code inside decides before the HTTP number: a 401 may be an empty account.

use serde_json::Value;

use crate::speech::{SpeechError, SpeechErrorClass};

/// What a message to the user is cut to, in characters.
const LONGEST_MESSAGE: usize = 300;
/// Our word for a session that the service refused without one of its own.
const REFUSED: &str = "policy_violation";

/// The service's word for a failure, its text, and the HTTP status if there was one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) code: String,
    pub(super) text: String,
    pub(super) status: Option<u16>,
}

impl Fault {
    /// A fault known by its code alone, as the sockets send it.
    pub(super) fn coded(code: &str, text: &str) -> Self {
        Self {
            code: code.to_owned(),
            text: one_line(text),
            status: None,
        }
    }

    /// What a close frame says; `None`: nothing but that the connection is gone. Its reason is a code
    /// of the service, or a sentence; `by_rule`: the code of the frame says that we are refused.
    pub(super) fn of_close(reason: &str, by_rule: bool) -> Option<Self> {
        let fault = if class_of_code(reason).is_some() {
            Self::coded(reason, "")
        } else if by_rule && class_of_text(reason).is_none() {
            Self::coded(REFUSED, reason)
        } else {
            Self::coded("", reason)
        };
        (fault.class() != SpeechErrorClass::Unreachable).then_some(fault)
    }

    /// Reads an HTTP error body of any shape.
    pub(super) fn from_http(status: u16, body: &[u8]) -> Self {
        let body = String::from_utf8_lossy(body);
        let (code, text) = match serde_json::from_str::<Value>(&body) {
            Ok(json) => read_json(&json),
            Err(_) => (String::new(), read_markup(&body)),
        };
        Self {
            code,
            text: one_line(&text),
            status: Some(status),
        }
    }

    /// What the caller does next.
    pub(super) fn class(&self) -> SpeechErrorClass {
        class_of_code(&self.code)
            .or_else(|| class_of_text(&self.text))
            .or_else(|| self.status.map(class_of_status))
            .unwrap_or(SpeechErrorClass::Unreachable)
    }

    /// Whether waiting in our own queue is all it takes: too many requests at once.
    pub(super) fn is_concurrency(&self) -> bool {
        matches!(
            self.code.as_str(),
            "concurrent_limit_exceeded" | "too_many_concurrent_requests"
        )
    }

    /// Whether the key is good but may not ask this.
    pub(super) fn is_missing_permission(&self) -> bool {
        matches!(
            self.code.as_str(),
            "missing_permissions" | "insufficient_permissions"
        )
    }

    /// The error for the user; `doing` says what we were at ("speech synthesis").
    pub(super) fn into_error(self, doing: &str) -> SpeechError {
        let class = self.class();
        let status = self
            .status
            .map_or_else(String::new, |status| format!("HTTP {status}: "));
        let reason = match (self.text.as_str(), self.code.as_str()) {
            ("", "") => "the service gave no reason".to_owned(),
            ("", code) => code.to_owned(),
            (text, "") => text.to_owned(),
            (text, code) => format!("{text} ({code})"),
        };
        SpeechError {
            class,
            message: format!("{doing}: {status}{reason}"),
            hint: hint(class, &self.code).to_owned(),
        }
    }
}

/// Cuts a text to one readable line without control characters.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if line.chars().count() > LONGEST_MESSAGE {
        line = line.chars().take(LONGEST_MESSAGE - 1).collect();
        line.push('…');
    }
    line
}

fn text_at<'a>(json: &'a Value, names: &[&str]) -> &'a str {
    names
        .iter()
        .filter_map(|name| json.get(name).and_then(Value::as_str))
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

fn read_json(json: &Value) -> (String, String) {
    let detail = json.get("detail").unwrap_or(json);
    match detail {
        Value::String(text) => (String::new(), text.clone()),
        Value::Array(fields) => (
            String::new(),
            fields.iter().map(read_field).collect::<Vec<_>>().join("; "),
        ),
        Value::Object(_) => (
            text_at(detail, &["code", "status", "type"]).to_owned(),
            text_at(detail, &["message", "msg", "error", "detail"]).to_owned(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => (String::new(), detail.to_string()),
    }
}

/// One entry of a list of wrong fields: `body.text: Field required`.
fn read_field(field: &Value) -> String {
    let place: Vec<String> = field
        .get("loc")
        .and_then(Value::as_array)
        .map(|steps| {
            steps
                .iter()
                .map(|step| {
                    step.as_str()
                        .map_or_else(|| step.to_string(), str::to_owned)
                })
                .collect()
        })
        .unwrap_or_default();
    let reason = text_at(field, &["msg", "message", "type"]);
    if place.is_empty() {
        reason.to_owned()
    } else {
        format!("{}: {reason}", place.join("."))
    }
}

/// The words of an HTML page, its title if it has one; a plain text stays as it is.
fn read_markup(body: &str) -> String {
    let lower = body.to_ascii_lowercase();
    if let Some((start, end)) = lower.find("<title>").zip(lower.find("</title>"))
        && let Some(title) = body.get(start + "<title>".len()..end)
    {
        return title.to_owned();
    }
    let mut text = String::new();
    let mut inside_tag = false;
    for c in body.chars() {
        match c {
            '<' => inside_tag = true,
            '>' => {
                inside_tag = false;
                text.push(' ');
            }
            c if !inside_tag => text.push(c),
            _ => {}
        }
    }
    text
}

/// Codes of HTTP bodies (new and legacy) and message types of the sockets.
fn class_of_code(code: &str) -> Option<SpeechErrorClass> {
    use SpeechErrorClass as Class;
    Some(match code {
        "auth_error"
        | "authentication_error"
        | "authorization_error"
        | "invalid_api_key"
        | "missing_api_key"
        | "invalid_authorization_header"
        | "unauthorized"
        | "sign_in_required"
        | "forbidden"
        | "insufficient_permissions"
        | "missing_permissions"
        | "workspace_access_denied"
        | "feature_not_available"
        | "subscription_required"
        | "only_for_creator+"
        | "detected_unusual_activity"
        | REFUSED => Class::Auth,
        "quota_exceeded" | "quota_exceeded_error" | "insufficient_credits" | "payment_required" => {
            Class::Quota
        }
        "unaccepted_terms" | "unaccepted_terms_error" => Class::Terms,
        "invalid_request"
        | "validation_error"
        | "voice_not_found"
        | "voice_access_denied"
        | "model_not_found"
        | "model_access_denied"
        | "invalid_voice_id"
        | "invalid_voice_settings"
        | "unsupported_model"
        | "unsupported_language"
        | "invalid_output_format"
        | "invalid_parameters"
        | "not_found" => Class::Config,
        // Of one request each: others may be said.
        "invalid_text"
        | "empty_text"
        | "text_too_long"
        | "text_too_short"
        | "max_character_limit_exceeded" => Class::Text,
        "rate_limited"
        | "rate_limit_error"
        | "rate_limit_exceeded"
        | "concurrent_limit_exceeded"
        | "too_many_concurrent_requests"
        | "queue_overflow"
        | "resource_exhausted"
        | "system_busy" => Class::Throttle,
        "input_error"
        | "chunk_size_exceeded"
        | "commit_throttled"
        | "invalid_input_message"
        | "malformed_json"
        | "invalid_content_type"
        | "missing_required_field"
        | "request_too_large" => Class::Protocol,
        "transcriber_error"
        | "session_time_limit_exceeded"
        | "insufficient_audio_activity"
        | "input_timeout_exceeded"
        | "internal_error"
        | "service_unavailable"
        | "maintenance"
        | "error" => Class::Unreachable,
        _ => return None,
    })
}

/// Reasons that come without a code, in a close frame.
fn class_of_text(text: &str) -> Option<SpeechErrorClass> {
    let text = text.to_ascii_lowercase();
    if text.contains("exceeds your quota") {
        Some(SpeechErrorClass::Quota)
    } else if text.contains("invalid api key") {
        Some(SpeechErrorClass::Auth)
    } else if text.contains("maximum simultaneous contexts") || text.contains("voice_settings") {
        Some(SpeechErrorClass::Protocol)
    } else {
        None
    }
}

fn class_of_status(status: u16) -> SpeechErrorClass {
    match status {
        401 | 403 => SpeechErrorClass::Auth,
        402 => SpeechErrorClass::Quota,
        429 => SpeechErrorClass::Throttle,
        408 | 409 => SpeechErrorClass::Unreachable,
        400..=499 => SpeechErrorClass::Config,
        _ => SpeechErrorClass::Unreachable,
    }
}

fn hint(class: SpeechErrorClass, code: &str) -> &'static str {
    match code {
        "detected_unusual_activity" => {
            return "the free tier refuses proxies and VPNs: use a paid plan, or another proxy";
        }
        "missing_permissions" | "insufficient_permissions" => {
            return "give the key this permission in the ElevenLabs dashboard";
        }
        "voice_not_found" | "invalid_voice_id" | "voice_access_denied" => {
            return "correct elevenlabs.voice_id: it must be a voice of this account";
        }
        "model_not_found" | "unsupported_model" | "model_access_denied" => {
            return "correct elevenlabs.tts_model or elevenlabs.stt_model";
        }
        REFUSED => {
            return "check the key, what it may do and the plan in the ElevenLabs dashboard";
        }
        _ => {}
    }
    match class {
        SpeechErrorClass::Auth => {
            "write the key into ELEVENLABS_API_KEY or elevenlabs.api_key_file"
        }
        SpeechErrorClass::Quota => "top up the ElevenLabs account or raise its usage limit",
        SpeechErrorClass::Terms => {
            "open the ElevenLabs dashboard and accept the terms of the product"
        }
        SpeechErrorClass::Config => {
            "check voice_id, tts_model, stt_model, language and base_url in [elevenlabs]"
        }
        SpeechErrorClass::Text => {
            "change the text of this prompt in the scenario, or what the list puts into it"
        }
        SpeechErrorClass::Throttle => "wait a little, or lower the number of calls at once",
        SpeechErrorClass::Unreachable => {
            "try again later; where the service is blocked set elevenlabs.proxy"
        }
        SpeechErrorClass::Protocol => "this is a defect of novodial: report it with a log (-vv)",
    }
}

/// The hint of a class where no code is known.
pub(super) fn plain_hint(class: SpeechErrorClass) -> String {
    hint(class, "").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(429, r#"{"detail":{"type":"rate_limit_error","code":"concurrent_limit_exceeded","message":"Too many","status":"too_many_concurrent_requests"}}"#, SpeechErrorClass::Throttle, "Too many (concurrent_limit_exceeded)")]
    #[case(
        401,
        r#"{"detail":{"status":"quota_exceeded","message":"You have 0 credits remaining"}}"#,
        SpeechErrorClass::Quota,
        "You have 0 credits remaining (quota_exceeded)"
    )]
    #[case(422, r#"{"detail":[{"loc":["body","text"],"msg":"Field required","type":"missing"},{"loc":["query",0],"msg":"No"}]}"#, SpeechErrorClass::Config, "body.text: Field required; query.0: No")]
    #[case(
        401,
        r#"{"detail":"Not\nauthenticated"}"#,
        SpeechErrorClass::Auth,
        "Not authenticated"
    )]
    #[case(
        502,
        "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>x</body></html>",
        SpeechErrorClass::Unreachable,
        "502 Bad Gateway"
    )]
    #[case(
        502,
        "<p>Proxy\n<b>is</b> ill</p>",
        SpeechErrorClass::Unreachable,
        "Proxy is ill"
    )]
    #[case(
        400,
        r#"{"detail":{"status":"voice_not_found","message":"A voice was not found"}}"#,
        SpeechErrorClass::Config,
        "A voice was not found (voice_not_found)"
    )]
    #[case(402, "", SpeechErrorClass::Quota, "the service gave no reason")]
    #[case(
        503,
        "{\"detail\":{\"code\":\"maintenance\"}}",
        SpeechErrorClass::Unreachable,
        "maintenance"
    )]
    fn every_shape_of_a_body_becomes_one_line(
        #[case] status: u16,
        #[case] body: &str,
        #[case] class: SpeechErrorClass,
        #[case] words: &str,
    ) {
        let error = Fault::from_http(status, body.as_bytes()).into_error("speech synthesis");
        assert_eq!(error.class, class);
        assert_eq!(
            error.message,
            format!("speech synthesis: HTTP {status}: {words}")
        );
        assert!(!error.hint.is_empty());
    }

    #[rstest]
    #[case("auth_error", SpeechErrorClass::Auth)]
    #[case("unaccepted_terms", SpeechErrorClass::Terms)]
    #[case("quota_exceeded", SpeechErrorClass::Quota)]
    #[case("invalid_request", SpeechErrorClass::Config)]
    #[case("rate_limited", SpeechErrorClass::Throttle)]
    #[case("queue_overflow", SpeechErrorClass::Throttle)]
    #[case("resource_exhausted", SpeechErrorClass::Throttle)]
    #[case("commit_throttled", SpeechErrorClass::Protocol)]
    #[case("chunk_size_exceeded", SpeechErrorClass::Protocol)]
    #[case("transcriber_error", SpeechErrorClass::Unreachable)]
    #[case("session_time_limit_exceeded", SpeechErrorClass::Unreachable)]
    #[case("insufficient_audio_activity", SpeechErrorClass::Unreachable)]
    #[case("a word of tomorrow", SpeechErrorClass::Unreachable)]
    fn each_message_type_of_the_socket_has_a_class(
        #[case] code: &str,
        #[case] class: SpeechErrorClass,
    ) {
        assert_eq!(Fault::coded(code, "").class(), class);
    }

    #[test]
    fn a_close_reason_without_a_code_is_still_told_apart() {
        let fault = Fault::coded("", "This request exceeds your quota of 10000.");
        assert_eq!(fault.class(), SpeechErrorClass::Quota);
    }

    #[rstest]
    #[case("This request exceeds your quota of 10000.", SpeechErrorClass::Quota)]
    #[case("Invalid API key", SpeechErrorClass::Auth)]
    #[case("quota_exceeded", SpeechErrorClass::Quota)]
    #[case("commit_throttled", SpeechErrorClass::Protocol)]
    fn a_close_reason_is_a_code_or_a_sentence(
        #[case] reason: &str,
        #[case] class: SpeechErrorClass,
    ) {
        for by_rule in [false, true] {
            let fault = Fault::of_close(reason, by_rule).unwrap();
            assert_eq!(fault.class(), class);
            let told = fault.into_error("speech recognition").message;
            assert_eq!(told, format!("speech recognition: {reason}"));
        }
    }

    #[test]
    fn who_is_refused_by_the_rules_does_not_ask_again_and_who_is_cut_off_does() {
        for reason in ["", "a word of tomorrow"] {
            assert_eq!(Fault::of_close(reason, false), None);
            let refused = Fault::of_close(reason, true).unwrap();
            assert!(refused.into_error("speech recognition").is_fatal());
        }
    }

    #[rstest]
    #[case(400, "invalid_text")]
    #[case(400, "text_too_long")]
    #[case(401, "max_character_limit_exceeded")]
    fn a_text_that_cannot_be_said_is_no_reason_to_stop(#[case] status: u16, #[case] code: &str) {
        let body = format!(r#"{{"detail":{{"status":"{code}","message":"Not this text"}}}}"#);
        let error = Fault::from_http(status, body.as_bytes()).into_error("speech synthesis");
        assert_eq!(error.class, SpeechErrorClass::Text);
        assert!(!error.is_fatal());
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(
            one_line(&"а ".repeat(1_000)).chars().count(),
            LONGEST_MESSAGE
        );
    }
}
