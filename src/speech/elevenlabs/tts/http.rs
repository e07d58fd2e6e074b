//! Synthesis by `POST …/stream`: asks, judges the answer before a byte of it may be played, and
//! asks again where that can help (reference §2.7 and §2.9).

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::gate::Gate;
use super::{DOING, Voice, spoken_chars};
use crate::speech::elevenlabs::fault::{Fault, one_line};
use crate::speech::elevenlabs::link::Link;
use crate::speech::elevenlabs::retry;
use crate::speech::elevenlabs::web::{Answer, WebError};
use crate::speech::{SpeechError, SpeechErrorClass};

/// Tries after a failure that may pass.
const RETRIES: u32 = 3;
/// Tries while the account's concurrency is used up, by others or by live calls.
const QUEUE_RETRIES: u32 = 20;
/// No voice says a letter in less (fast speech takes some 40 ms): a shorter body is cut off.
const LEAST_MS_PER_CHAR: usize = 10;
/// A prompt of over half an hour is a mistake.
const LONGEST_BODY: usize = 16 * 1024 * 1024;
/// An error's body is read up to here.
const LONGEST_ERROR: usize = 64 * 1024;

/// Synthesis over HTTP; cheap to clone.
#[derive(Debug, Clone)]
pub(in crate::speech::elevenlabs) struct Http {
    link: Arc<Link>,
    voice: Arc<Voice>,
    gate: Arc<Gate>,
}

/// A failed try and whether another may help.
struct Failure {
    error: SpeechError,
    again: Again,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    Never,
    /// Too many at once: waits its turn.
    InTurn,
    Later(Option<Duration>),
}

impl Http {
    pub(in crate::speech::elevenlabs) fn new(link: Arc<Link>, voice: Voice) -> Self {
        Self {
            link,
            voice: Arc::new(voice),
            gate: Arc::new(Gate::new()),
        }
    }

    pub(super) fn voice(&self) -> &Voice {
        &self.voice
    }

    /// A whole prompt; waits for its turn and repeats what may pass.
    pub(in crate::speech::elevenlabs) async fn whole(
        &self,
        text: &str,
    ) -> Result<Bytes, SpeechError> {
        let mut queued = 0;
        let mut tries = 0;
        loop {
            let failure = match self.try_whole(text).await {
                Ok(audio) => return Ok(audio),
                Err(failure) => failure,
            };
            let pause = match failure.again {
                Again::InTurn if queued < QUEUE_RETRIES => {
                    queued += 1;
                    retry::pause(self.link.timing.http_backoff, queued.min(2), None)
                }
                Again::Later(wish) if tries < RETRIES => {
                    tries += 1;
                    retry::pause(self.link.timing.http_backoff, tries - 1, wish)
                }
                Again::Never | Again::InTurn | Again::Later(_) => return Err(failure.error),
            };
            tracing::debug!(
                error = failure.error.message,
                ?pause,
                "synthesis is repeated"
            );
            sleep(pause).await;
        }
    }

    async fn try_whole(&self, text: &str) -> Result<Bytes, Failure> {
        let _turn = self.gate.enter().await;
        let mut answer = self.ask(text).await?;
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await {
            body.extend_from_slice(&chunk.map_err(|error| self.failed(error))?);
            if body.len() > LONGEST_BODY {
                return Err(self.not_audio("it does not end"));
            }
        }
        let body = body.freeze();
        match flaw(&body, text) {
            Some(flaw) => Err(self.not_audio(flaw)),
            None => Ok(body),
        }
    }

    /// How many requests at once the account allows, once the service has said so.
    pub(in crate::speech::elevenlabs) fn limit(&self) -> Option<u32> {
        self.gate.told()
    }

    /// A text as it is made. The first piece is awaited here, so that an error comes early.
    pub(super) async fn stream(
        &self,
        text: &str,
        out: &mpsc::Sender<Result<Bytes, SpeechError>>,
    ) -> Result<(), SpeechError> {
        let mut answer = None;
        for tries in 0..=1 {
            match self.ask(text).await {
                Ok(good) => answer = Some(good),
                // The callee waits: one more try is all there is time for.
                Err(failure) if tries == 0 && failure.again != Again::Never => {
                    sleep(retry::pause(self.link.timing.http_backoff, 0, None)).await;
                    continue;
                }
                Err(failure) => return Err(failure.error),
            }
            break;
        }
        let Some(mut answer) = answer else {
            return Ok(());
        };
        let mut heard = false;
        while let Some(chunk) = answer.chunk().await {
            let chunk = chunk.map_err(|error| self.failed(error).error)?;
            if !std::mem::replace(&mut heard, true)
                && let Some(flaw) = foreign(&chunk)
            {
                return Err(self.not_audio(flaw).error);
            }
            if out.send(Ok(chunk)).await.is_err() {
                return Ok(());
            }
        }
        if heard {
            Ok(())
        } else {
            Err(self.not_audio("it is empty").error)
        }
    }

    /// Asks for audio; an answer that is none is an error.
    async fn ask(&self, text: &str) -> Result<Answer, Failure> {
        let steps = ["v1", "text-to-speech", &self.voice.id, "stream"];
        let query = [("output_format", self.voice.format())];
        let url = self.link.url(&steps, &query);
        let model = &self.voice.model;
        let request = match &self.voice.language {
            Some(language) => json!({"text": text, "model_id": model, "language_code": language}),
            None => json!({"text": text, "model_id": model}),
        };
        let json = request.to_string().into_bytes();
        let sent = self.link.web.post_json(&url, json).await;
        let answer = sent.map_err(|error| self.failed(error))?;
        if let Ok(limit) = answer.header("maximum-concurrent-requests").trim().parse() {
            self.gate.learn(limit);
        }
        if answer.status != 200 {
            return Err(self.refused(answer).await);
        }
        let kind = answer.header("content-type").to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.starts_with("audio/") && kind != "application/octet-stream" {
            let named = if kind.is_empty() { "nothing" } else { kind };
            return Err(self.not_audio(&format!("it says to be {}", one_line(named))));
        }
        Ok(answer)
    }

    async fn refused(&self, answer: Answer) -> Failure {
        let status = answer.status;
        let wish = retry::retry_after(answer.header("retry-after"));
        let fault = Fault::from_http(status, &answer.body(LONGEST_ERROR).await);
        let passing = matches!(
            fault.class(),
            SpeechErrorClass::Throttle | SpeechErrorClass::Unreachable
        );
        let again = if fault.is_concurrency() {
            Again::InTurn
        } else if passing && (status == 429 || status >= 500) {
            Again::Later(wish)
        } else {
            Again::Never
        };
        Failure {
            error: self.link.scrubbed(fault.into_error(DOING)),
            again,
        }
    }

    /// No answer, or not all of it.
    fn failed(&self, error: WebError) -> Failure {
        let again = match &error {
            // It took long enough already.
            WebError::Late => Again::Never,
            WebError::Route(_) | WebError::Broken(_) => Again::Later(None),
        };
        let error = self.link.request_failed(DOING, error);
        Failure {
            again: if error.is_fatal() {
                Again::Never
            } else {
                again
            },
            error,
        }
    }

    /// A success that brings no audio: maybe a portal of the network or a fault over there.
    fn not_audio(&self, flaw: &str) -> Failure {
        Failure {
            error: self
                .link
                .unreachable(DOING, &format!("the answer is no audio: {flaw}")),
            again: Again::Later(None),
        }
    }
}

/// What is wrong with a body that should be raw G.711 saying `text`.
fn flaw(body: &[u8], text: &str) -> Option<&'static str> {
    let least = spoken_chars(text).max(2) * LEAST_MS_PER_CHAR * 8;
    foreign(body).or_else(|| (body.len() < least).then_some("it is too short for the text"))
}

/// What the beginning of a body shows to be no raw G.711.
fn foreign(body: &[u8]) -> Option<&'static str> {
    let readable =
        std::str::from_utf8(body).is_ok_and(|text| text.trim_start().starts_with(['{', '<', '[']));
    if readable {
        Some("it is a text")
    } else if body.starts_with(b"ID3") || body.starts_with(b"RIFF") || body.starts_with(b"OggS") {
        Some("it is a sound file, not raw G.711")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sound_of_a_fitting_length_has_no_flaw() {
        let sound = vec![0xD5; 8_000];
        assert_eq!(flaw(&sound, "добрый день"), None);
        assert!(flaw(&sound[..160], "добрый день").is_some());
        assert!(flaw(&[], "").is_some());
        assert!(flaw(&[b"RIFF".as_slice(), &sound].concat(), "да").is_some());
        let json = format!("{{\"x\":\"{}\"}}", "y".repeat(8_000));
        assert!(flaw(json.as_bytes(), "да").is_some());
    }
}
