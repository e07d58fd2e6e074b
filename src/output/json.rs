//! The envelope of JSON output: the name of its schema in front of its fields.

use serde::Serialize;

/// A value with the name of its schema: `{"schema":"novodial.calls/1", ...}`. Inside a version
/// fields are only added; an absent value is `null`, never missing.
#[derive(Debug, Serialize)]
pub struct Envelope<T: Serialize> {
    schema: &'static str,
    #[serde(flatten)]
    body: T,
}

impl<T: Serialize> Envelope<T> {
    /// Wraps a struct or map.
    pub fn new(schema: &'static str, body: T) -> Self {
        Self { schema, body }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_stands_first() {
        let body = serde_json::json!({"attempt_id": 7, "outcome": null});
        let text = serde_json::to_string(&Envelope::new("novodial.call/1", body)).unwrap();
        assert_eq!(
            text,
            r#"{"schema":"novodial.call/1","attempt_id":7,"outcome":null}"#
        );
    }
}
