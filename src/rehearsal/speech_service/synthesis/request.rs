//! Synthesis over HTTP: whole or streamed, with timestamps or without.
//!
//! A request waits a little for a place, pays, and speaks at the speed of the sockets. What is
//! wrong with it costs nothing and is told in the shapes of [`crate::rehearsal::speech_service`].

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::format::Format;
use super::messages::check_settings;
use super::parameters::{check_language, output_format};
use super::utterance::{Chunk, Utterance, alignment_in_seconds};
use crate::rehearsal::http::{
    Hangup, Response, StatusCode, respond, respond_json, respond_stream, set_header,
};
use crate::rehearsal::speech_service::Shared;
use crate::rehearsal::speech_service::answer::{
    Refused, error, legacy_error, quota_text, too_many_body, unprocessable,
};
use crate::rehearsal::speech_service::faults::Fault;
use crate::rehearsal::speech_service::journal::Journalist;
use crate::rehearsal::speech_service::models;
use crate::rehearsal::speech_service::random::Random;
use crate::rehearsal::voice::Letter;

/// The four forms of the endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rehearsal::speech_service) enum Form {
    /// All audio in one body.
    Whole,
    /// Audio as it is made.
    Stream,
    /// One JSON object with audio and alignment.
    WholeTimed,
    /// JSON objects, one a line, as the audio is made.
    StreamTimed,
}

/// What a request asks to be said.
struct Job {
    text: String,
    model: String,
    format: Format,
}

/// Answers a request that a known key has made for a known voice.
pub(in crate::rehearsal::speech_service) async fn answer(
    shared: &Shared,
    number: usize,
    form: Form,
    (query, body): (&[(String, String)], Bytes),
) -> Response {
    let job = match job(query, &body) {
        Ok(job) => job,
        Err(refusal) => return *refusal.0,
    };
    let wait = shared.options().timing.queue_wait;
    let Some(place) = shared.account.place(wait).await else {
        let body = too_many_body(shared.account.limit(), "rehearsal");
        return respond_json(StatusCode::TOO_MANY_REQUESTS, &body);
    };
    let characters = job.text.chars().count();
    let cost = match shared.account.charge(characters, &job.model) {
        Ok(cost) => cost,
        Err(none) => {
            let text = quota_text(none.total, none.left, none.needed);
            return no_credits(shared.options().legacy_quota, &text);
        }
    };
    let running = shared.account.running();
    shared
        .journal
        .synthesis(number, |record| record.texts.push(job.text.clone()));
    let mut response = speak(shared, number, form, (job, place)).await;
    let limit = shared.account.limit().to_string();
    set_header(&mut response, "request-id", &format!("rehearsal-{number}"));
    set_header(&mut response, "character-cost", &cost.to_string());
    set_header(
        &mut response,
        "current-concurrent-requests",
        &running.to_string(),
    );
    set_header(&mut response, "maximum-concurrent-requests", &limit);
    response
}

fn no_credits(legacy: bool, text: &str) -> Response {
    if legacy {
        return legacy_error(StatusCode::UNAUTHORIZED, "quota_exceeded", text);
    }
    let status = StatusCode::PAYMENT_REQUIRED;
    error(status, "payment_required", "insufficient_credits", text)
}

/// Reads and judges the query and the body; the error is the answer.
fn job(query: &[(String, String)], body: &[u8]) -> Result<Job, Refused> {
    let mut formats = query.iter().filter(|(name, _)| name == "output_format");
    let name = formats.next_back().map(|(_, value)| value.as_str());
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        let refusal = unprocessable("body", "JSON decode error", "json_invalid");
        return Err(refusal.into());
    };
    let Some(text) = body.get("text") else {
        let refusal = unprocessable("text", "Field required", "missing");
        return Err(refusal.into());
    };
    let text = text.as_str().ok_or_else(|| ill_typed("text"))?.to_owned();
    let model = match body.get("model_id").filter(|model| !model.is_null()) {
        None => models::DEFAULT,
        Some(model) => model.as_str().ok_or_else(|| ill_typed("model_id"))?,
    };
    let model = model.to_owned();
    check_text(&text, &model)?;
    check_language(&model, body.get("language_code").and_then(Value::as_str))?;
    let settings = body.get("voice_settings").unwrap_or(&Value::Null);
    check_settings(settings).map_err(|refusal| invalid(refusal.code, &refusal.message))?;
    let format = output_format(name)?;
    Ok(Job {
        text,
        model,
        format,
    })
}

fn check_text(text: &str, model: &str) -> Result<(), Refused> {
    let Some(model) = models::find(model) else {
        let message = format!("A model with model ID {model} does not exist.");
        return Err(invalid("unsupported_model", &message));
    };
    if text.trim().is_empty() {
        return Err(invalid("empty_text", "The text must not be empty."));
    }
    if text.chars().count() > model.max_characters {
        let message = format!(
            "The text is longer than {} characters.",
            model.max_characters
        );
        return Err(invalid("text_too_long", &message));
    }
    Ok(())
}

fn invalid(code: &str, message: &str) -> Refused {
    let status = StatusCode::BAD_REQUEST;
    error(status, "validation_error", code, message).into()
}

fn ill_typed(field: &str) -> Refused {
    let message = "Input should be a valid string";
    unprocessable(field, message, "string_type").into()
}

/// Makes the audio at the speed of the service; the place is kept until the last of it.
async fn speak(
    shared: &Shared,
    number: usize,
    form: Form,
    (job, place): (Job, OwnedSemaphorePermit),
) -> Response {
    let options = shared.options();
    let mut random = Random::new(options.seed.rotate_left(13), number);
    tokio::time::sleep(latency(shared, number, &mut random)).await;
    let utterance = Utterance::new(&job.text, job.format);
    if matches!(form, Form::Whole | Form::WholeTimed) {
        let length = job.format.length(utterance.bytes.len());
        tokio::time::sleep(length / options.timing.burst.max(1)).await;
        shared
            .journal
            .synthesis(number, |record| record.audio += length);
        return whole(form, utterance, job.format);
    }
    let (sender, receiver) = mpsc::channel(1);
    let timed = form == Form::StreamTimed;
    let delivery = Delivery::new(shared, number, (&utterance, &mut random), timed);
    let format = job.format;
    shared.tasks.spawn(async move {
        if delivery.send(&sender, format).await.is_none() {
            tracing::debug!("the client left before the end of the audio");
        }
        drop(place);
    });
    let content_type = if timed {
        "application/x-ndjson"
    } else {
        format.content_type()
    };
    respond_stream(content_type, receiver)
}

/// From the request to the first audio.
fn latency(shared: &Shared, number: usize, random: &mut Random) -> Duration {
    let timing = shared.options().timing;
    let usual = random.around(timing.first_audio, timing.first_audio_jitter);
    let slow = shared.synthesis_faults.find(number, |fault| {
        let Fault::SlowFirstAudio(latency) = fault else {
            return None;
        };
        Some(*latency)
    });
    slow.unwrap_or(usual)
}

fn whole(form: Form, utterance: Utterance, format: Format) -> Response {
    if form == Form::Whole {
        return respond(StatusCode::OK, format.content_type(), utterance.bytes);
    }
    let body = timed(&utterance.bytes, &utterance.letters);
    respond_json(StatusCode::OK, &body)
}

fn timed(bytes: &[u8], letters: &[Letter]) -> Value {
    let alignment = alignment_in_seconds(letters);
    json!({
        "audio_base64": STANDARD.encode(bytes),
        "alignment": alignment, "normalized_alignment": alignment,
    })
}

/// The audio of a streamed answer on its way.
struct Delivery {
    chunks: Vec<Chunk>,
    timed: bool,
    burst: u32,
    lose_after: Option<Duration>,
    journal: Journalist,
    number: usize,
}

impl Delivery {
    fn new(
        shared: &Shared,
        number: usize,
        (utterance, random): (&Utterance, &mut Random),
        timed: bool,
    ) -> Self {
        let faults = &shared.synthesis_faults;
        let lose_after = faults.find(number, |fault| {
            let Fault::LoseAfter(limit) = fault else {
                return None;
            };
            Some(*limit)
        });
        Self {
            chunks: utterance.chunks(random, faults.has(number, &Fault::OddChunks)),
            timed,
            burst: shared.options().timing.burst.max(1),
            lose_after,
            journal: shared.journal.clone(),
            number,
        }
    }

    /// Sends all chunks at their times; `None` if the client is gone.
    async fn send(
        self,
        sender: &mpsc::Sender<Result<Bytes, Hangup>>,
        format: Format,
    ) -> Option<()> {
        let mut sent = Duration::ZERO;
        for chunk in self.chunks {
            let lost = self.lose_after.is_some_and(|limit| sent >= limit);
            let length = format.length(chunk.bytes.len());
            let piece = if lost {
                Err(Hangup)
            } else if self.timed {
                let line = timed(&chunk.bytes, &chunk.letters);
                Ok(Bytes::from(format!("{line}\n")))
            } else {
                Ok(Bytes::from(chunk.bytes))
            };
            if sender.send(piece).await.is_err() {
                return None;
            }
            if lost {
                return Some(());
            }
            sent += length;
            self.journal
                .synthesis(self.number, |record| record.audio += length);
            tokio::time::sleep(length / self.burst).await;
        }
        Some(())
    }
}
