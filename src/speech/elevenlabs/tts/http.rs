//! Synthesis by `POST …/stream`: asks, judges the answer before a byte of it may be played, and
//! asks again where that can help (reference §2.7 and §2.9).

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::gate::Gate;
use super::{DOING, Voice, spoken_chars};
use crate::speech::elevenlabs::fault::{Fault, one_line};
use crate::speech::elevenlabs::link::Link;
use crate::speech::elevenlabs::retry;
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

#[derive(Serialize)]
struct Request<'a> {
    text: &'a str,
    model_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language_code: Option<&'a str>,
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
                Again::Never => return Err(failure.error),
                Again::InTurn if queued < QUEUE_RETRIES => {
                    queued += 1;
                    retry::pause(self.link.timing.http_backoff, queued.min(2), None)
                }
                Again::Later(wish) if tries < RETRIES => {
                    tries += 1;
                    retry::pause(self.link.timing.http_backoff, tries - 1, wish)
                }
                Again::InTurn | Again::Later(_) => return Err(failure.error),
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
        let response = self.ask(text).await?;
        let mut body = BytesMut::new();
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            body.extend_from_slice(&chunk.map_err(|error| self.broken_body(&error))?);
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

    /// A text as it is made. The first piece is awaited here, so that an error comes early.
    pub(super) async fn stream(
        &self,
        text: &str,
        out: &mpsc::Sender<Result<Bytes, SpeechError>>,
    ) -> Result<(), SpeechError> {
        let mut response = None;
        for tries in 0..=1 {
            match self.ask(text).await {
                Ok(good) => response = Some(good),
                // The callee waits: one more try is all there is time for.
                Err(failure) if tries == 0 && failure.again != Again::Never => {
                    sleep(retry::pause(self.link.timing.http_backoff, 0, None)).await;
                    continue;
                }
                Err(failure) => return Err(failure.error),
            }
            break;
        }
        let Some(response) = response else {
            return Ok(());
        };
        let mut chunks = response.bytes_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|error| self.broken_body(&error).error)?;
            if out.send(Ok(chunk)).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Asks for audio; an answer that is none is an error.
    async fn ask(&self, text: &str) -> Result<Response, Failure> {
        let steps = ["v1", "text-to-speech", &self.voice.id, "stream"];
        let url = self
            .link
            .url(&steps, &[("output_format", self.voice.format())]);
        let request = Request {
            text,
            model_id: &self.voice.model,
            language_code: self.voice.language.as_deref(),
        };
        let sent = self.link.http.post(url).json(&request).send().await;
        let response = sent.map_err(|error| Failure {
            again: if error.is_timeout() {
                // It took long enough already.
                Again::Never
            } else {
                Again::Later(None)
            },
            error: self.link.request_failed(DOING, &error),
        })?;
        if let Some(limit) = number(response.headers(), "maximum-concurrent-requests") {
            self.gate.learn(limit);
        }
        if response.status() != StatusCode::OK {
            return Err(self.refused(response).await);
        }
        let kind = text_of(response.headers(), CONTENT_TYPE.as_str()).to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.starts_with("audio/") && kind != "application/octet-stream" {
            let named = if kind.is_empty() { "nothing" } else { kind };
            return Err(self.not_audio(&format!("it says to be {}", one_line(named))));
        }
        Ok(response)
    }

    async fn refused(&self, response: Response) -> Failure {
        let status = response.status().as_u16();
        if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED.as_u16()
            && let Some(proxy) = &self.link.proxy
        {
            return Failure {
                error: proxy.refused(),
                again: Again::Never,
            };
        }
        let wish = retry::retry_after(Some(text_of(response.headers(), RETRY_AFTER.as_str())));
        let body = self.link.error_body(response, LONGEST_ERROR).await;
        let fault = Fault::from_http(status, &body);
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

    fn broken_body(&self, error: &reqwest::Error) -> Failure {
        Failure {
            error: self.link.request_failed(DOING, error),
            again: Again::Later(None),
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
    let readable =
        std::str::from_utf8(body).is_ok_and(|text| text.trim_start().starts_with(['{', '<', '[']));
    if readable {
        Some("it is a text")
    } else if body.starts_with(b"ID3") || body.starts_with(b"RIFF") || body.starts_with(b"OggS") {
        Some("it is a sound file, not raw G.711")
    } else if body.len() < (spoken_chars(text).max(2) * LEAST_MS_PER_CHAR * 8) {
        Some("it is too short for the text")
    } else {
        None
    }
}

fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn number(headers: &HeaderMap, name: &str) -> Option<usize> {
    text_of(headers, name).trim().parse().ok()
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
