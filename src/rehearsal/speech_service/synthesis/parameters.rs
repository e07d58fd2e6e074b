//! The query of the synthesis sockets, judged at the handshake.
//!
//! What is wrong here is an HTTP 400 before there is a socket. The model is judged by the first
//! message instead, as the real service does with models that only exist elsewhere.

use std::time::Duration;

use super::format::Format;
use crate::rehearsal::http::StatusCode;
use crate::rehearsal::speech_service::answer::{Refused, error};
use crate::rehearsal::speech_service::models;

const MAX_INACTIVITY: u64 = 180;
const DEFAULT_INACTIVITY: u64 = 20;

/// What the URL of a synthesis socket says.
#[derive(Debug, Clone)]
pub(in crate::rehearsal::speech_service) struct Parameters {
    pub(super) model: String,
    pub(super) format: Format,
    pub(super) auto_mode: bool,
    pub(super) sync_alignment: bool,
    pub(super) inactivity: Duration,
}

impl Parameters {
    /// Reads the query.
    ///
    /// # Errors
    /// The 400 that refuses the handshake.
    pub(in crate::rehearsal::speech_service) fn parse(
        query: &[(String, String)],
    ) -> Result<Self, Refused> {
        let one = |name: &str| {
            let mut named = query.iter().rev().filter(|(known, _)| known == name);
            named.next().map(|(_, value)| value.as_str())
        };
        let model = one("model_id").unwrap_or(models::DEFAULT);
        check_language(model, one("language_code"))?;
        Ok(Self {
            model: model.to_owned(),
            format: output_format(one("output_format"))?,
            auto_mode: flag("auto_mode", one("auto_mode"))?,
            sync_alignment: flag("sync_alignment", one("sync_alignment"))?,
            inactivity: inactivity(one("inactivity_timeout"))?,
        })
    }
}

/// The format of `output_format`. The service's own default is an MP3, which the double does not
/// make: a telephone client names its format.
pub(super) fn output_format(name: Option<&str>) -> Result<Format, Refused> {
    let name = name.unwrap_or("mp3_44100_128");
    Format::parse(name).ok_or_else(|| {
        let message = format!("Output format {name} is not supported by this double");
        refused("invalid_output_format", &message)
    })
}

/// Refuses a language that the model does not take; the model itself is judged later.
pub(super) fn check_language(model: &str, language: Option<&str>) -> Result<(), Refused> {
    let refuses = |language: &&str| models::find(model).is_some_and(|known| !known.takes(language));
    match language.filter(refuses) {
        None => Ok(()),
        Some(language) => {
            let message = format!("Model '{model}' does not support the language_code {language}.");
            Err(refused("unsupported_language", &message))
        }
    }
}

fn flag(name: &str, value: Option<&str>) -> Result<bool, Refused> {
    match value {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => {
            let message = format!("{name} must be true or false, not '{other}'");
            Err(refused("invalid_parameters", &message))
        }
    }
}

fn inactivity(value: Option<&str>) -> Result<Duration, Refused> {
    let seconds = value.map_or(Ok(DEFAULT_INACTIVITY), str::parse);
    if let Ok(seconds @ 1..=MAX_INACTIVITY) = seconds {
        return Ok(Duration::from_secs(seconds));
    }
    let message = format!("inactivity_timeout must be between 1 and {MAX_INACTIVITY}");
    Err(refused("invalid_parameters", &message))
}

fn refused(code: &str, message: &str) -> Refused {
    let status = StatusCode::BAD_REQUEST;
    error(status, "validation_error", code, message).into()
}
