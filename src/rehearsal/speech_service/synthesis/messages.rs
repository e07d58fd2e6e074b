//! The messages of the synthesis sockets, both ways.
//!
//! Ill-formed messages and values out of range are a [`Refusal`]: a frame that names the error,
//! then a close with 1008 whose reason repeats it.

use serde_json::{Map, Value, json};

/// A message of the client. A field that is absent or null is `None`.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    pub(super) text: Option<String>,
    pub(super) context: Option<String>,
    pub(super) flush: bool,
    pub(super) try_trigger: bool,
    pub(super) close_context: bool,
    pub(super) close_socket: bool,
    pub(super) voice_settings: Option<Value>,
    pub(super) schedule: Option<Vec<usize>>,
    pub(super) dictionaries: usize,
    pub(super) key: Option<String>,
}

/// An error that the service tells before it closes with 1008.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub(super) fn frame(&self) -> Value {
        json!({"message": self.message, "error": self.code, "code": 1008})
    }

    /// The close reason: the message, cut to what a close frame can hold.
    pub(super) fn reason(&self) -> String {
        let mut reason = self.message.clone();
        while reason.len() > 123 {
            reason.pop();
        }
        reason
    }
}

fn malformed() -> Refusal {
    Refusal::new(
        "invalid_input_message",
        "Could not parse input message, make sure it is a json and follows the schema outlined \
         in protocol.",
    )
}

/// Reads a message of the client.
pub(super) fn parse(text: &str) -> Result<Incoming, Refusal> {
    let message: Value = serde_json::from_str(text).map_err(|_| malformed())?;
    let Value::Object(fields) = message else {
        return Err(malformed());
    };
    let incoming = read(&fields).ok_or_else(malformed)?;
    let says_nothing = incoming.text.is_none()
        && !incoming.flush
        && !incoming.close_context
        && !incoming.close_socket;
    if says_nothing {
        return Err(malformed());
    }
    if let Some(settings) = &incoming.voice_settings {
        check_settings(settings)?;
    }
    if incoming.dictionaries > 3 {
        let text = "At most 3 pronunciation dictionary locators are allowed.";
        return Err(Refusal::new("invalid_parameters", text));
    }
    let lengths = incoming.schedule.iter().flatten();
    if lengths.copied().any(|length| !(50..=500).contains(&length)) {
        let text = "Each value of chunk_length_schedule must be between 50 and 500.";
        return Err(Refusal::new("invalid_parameters", text));
    }
    Ok(incoming)
}

/// `None` for a field of the wrong type.
fn read(fields: &Map<String, Value>) -> Option<Incoming> {
    let field = |name: &str| fields.get(name).filter(|value| !value.is_null());
    let text = |name: &str| match field(name) {
        None => Some(None),
        Some(value) => value.as_str().map(|text| Some(text.to_owned())),
    };
    let flag = |name: &str| field(name).map_or(Some(false), Value::as_bool);
    let schedule = field("generation_config")
        .or_else(|| field("generator_config"))
        .and_then(|config| config.get("chunk_length_schedule"));
    let schedule = match schedule {
        None => None,
        Some(lengths) => Some(
            lengths
                .as_array()?
                .iter()
                .map(length)
                .collect::<Option<_>>()?,
        ),
    };
    let dictionaries = match field("pronunciation_dictionary_locators") {
        None => 0,
        Some(locators) => locators.as_array()?.len(),
    };
    Some(Incoming {
        text: text("text")?,
        context: text("context_id")?,
        flush: flag("flush")?,
        try_trigger: flag("try_trigger_generation")?,
        close_context: flag("close_context")?,
        close_socket: flag("close_socket")?,
        voice_settings: field("voice_settings").cloned(),
        schedule,
        dictionaries,
        key: text("xi_api_key")?.or(text("xi-api-key")?),
    })
}

fn length(value: &Value) -> Option<usize> {
    usize::try_from(value.as_u64()?).ok()
}

/// Ranges of the voice settings on sockets and over HTTP.
pub(super) fn check_settings(settings: &Value) -> Result<(), Refusal> {
    let ranges = [
        ("stability", 0.0, 1.0),
        ("similarity_boost", 0.0, 1.0),
        ("style", 0.0, 1.0),
        ("speed", 0.7, 1.2),
    ];
    for (name, low, high) in ranges {
        let Some(value) = settings.get(name).filter(|value| !value.is_null()) else {
            continue;
        };
        if !value
            .as_f64()
            .is_some_and(|value| (low..=high).contains(&value))
        {
            let text = format!("Invalid setting for {name} received, must be {low} to {high}.");
            return Err(Refusal::new("invalid_voice_settings", text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::no_json("hello")]
    #[case::no_object("[1]")]
    #[case::nothing_said("{}")]
    #[case::wrong_type(r#"{"text": 1}"#)]
    #[case::wrong_flag(r#"{"text": "a", "flush": "yes"}"#)]
    fn malformed_messages_are_refused(#[case] text: &str) {
        assert_eq!(parse(text).unwrap_err().code, "invalid_input_message");
    }

    #[rstest]
    #[case(
        r#"{"text":" ","voice_settings":{"speed":1.5}}"#,
        "invalid_voice_settings"
    )]
    #[case(
        r#"{"text":" ","voice_settings":{"stability":"x"}}"#,
        "invalid_voice_settings"
    )]
    #[case(
        r#"{"text":" ","generation_config":{"chunk_length_schedule":[20]}}"#,
        "invalid_parameters"
    )]
    #[case(
        r#"{"text":" ","pronunciation_dictionary_locators":[{},{},{},{}]}"#,
        "invalid_parameters"
    )]
    fn values_out_of_range_are_refused(#[case] text: &str, #[case] code: &str) {
        assert_eq!(parse(text).unwrap_err().code, code);
    }

    #[test]
    fn a_reason_fits_a_close_frame() {
        let refusal = Refusal::new("x", "длинный текст причины ".repeat(20));
        assert!(refusal.reason().len() <= 123);
    }
}
