//! HTTP errors of the service in its three shapes.
//!
//! The present shape is an object with type and code, the older one an object with a status, and
//! ill-formed requests get a list. All three are still on the wire.

use serde_json::{Value, json};

use crate::rehearsal::http::{Response, StatusCode, respond_json};

/// An answer that refuses a request; small, so that it may be an error.
#[derive(Debug)]
pub(super) struct Refused(pub(super) Box<Response>);

impl From<Response> for Refused {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

/// An error in the present shape of the service.
pub(super) fn error(status: StatusCode, kind: &str, code: &str, message: &str) -> Response {
    let detail = json!({
        "type": kind, "code": code, "message": message, "status": code,
        "request_id": "rehearsal", "param": null,
    });
    respond_json(status, &json!({ "detail": detail }))
}

/// An error in the older shape, which is still on the wire.
pub(super) fn legacy_error(status: StatusCode, code: &str, message: &str) -> Response {
    respond_json(
        status,
        &json!({"detail": {"status": code, "message": message}}),
    )
}

/// A field that is missing or of the wrong type.
pub(super) fn unprocessable(field: &str, message: &str, kind: &str) -> Response {
    let detail = json!([{"loc": ["body", field], "msg": message, "type": kind}]);
    respond_json(
        StatusCode::UNPROCESSABLE_ENTITY,
        &json!({ "detail": detail }),
    )
}

/// A bad key or none.
pub(super) fn unauthorized(key_given: bool) -> Response {
    let (code, message) = if key_given {
        ("invalid_api_key", "Invalid API key")
    } else {
        ("missing_api_key", "Missing API key")
    };
    error(
        StatusCode::UNAUTHORIZED,
        "authentication_error",
        code,
        message,
    )
}

/// The body of a refusal for too many requests at once.
pub(super) fn too_many_body(limit: usize, request_id: &str) -> Value {
    let message = format!(
        "Too many concurrent requests. Your current subscription is associated with a maximum of \
         {limit} concurrent requests (running in parallel)."
    );
    json!({"detail": {
        "type": "rate_limit_error", "code": "concurrent_limit_exceeded", "message": message,
        "status": "too_many_concurrent_requests", "request_id": request_id, "param": null,
    }})
}

/// The text of an empty account.
pub(super) fn quota_text(total: u64, left: u64, needed: u64) -> String {
    format!(
        "This request exceeds your quota of {total}. You have {left} credits remaining, while \
         {needed} credits are required for this request."
    )
}
