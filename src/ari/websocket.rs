//! Audio over Asterisk's WebSocket channel driver (`chan_websocket`, we are the client).
//!
//! Asterisk frames and paces what it is sent. Limits of 22.10.1 that are kept here: a message of
//! at most 1600 bytes, written at once; a control of at most 128 bytes, longer ones are ignored
//! without a word; a flush does not undo a pause; the socket is always read. Reading and writing
//! are apart, so that a full socket never stops the ear.

use std::collections::VecDeque;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::connect_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, header::SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use super::media::{Heard, Mark, MediaTransport};
use super::model::ChannelSnapshot;
use super::socket::{Socket, failed};
use super::{AriConfig, AriError};
use crate::audio::FRAME_SAMPLES;

const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// A write that takes longer means an Asterisk that does not read: better no leg than a frozen one.
const WRITE_LIMIT: Duration = Duration::from_secs(2);
/// What is read or written at once: several messages of audio.
const BUFFER: usize = 4 * 1024;
/// Messages on their way to the socket. The driver keeps less than a second ahead.
const OUTBOX: usize = 256;
/// Messages held back while Asterisk is full (18 s are queued there): more is a fault of the driver.
const HELD: usize = 500;

/// One leg.
pub(super) struct WebSocketMedia {
    stream: SplitStream<Socket>,
    outbox: mpsc::Sender<Message>,
    /// What Asterisk does not want yet; only between `MEDIA_XOFF` and `MEDIA_XON`.
    held: Option<VecDeque<Message>>,
    /// Read while waiting for the start.
    first: Option<Heard>,
}

#[derive(Debug, Deserialize)]
#[serde(default)]
#[derive(Default)]
struct MediaNotice {
    event: String,
    optimal_frame_size: Option<usize>,
    correlation_id: Option<String>,
    error_text: Option<String>,
}

impl WebSocketMedia {
    /// Connects to the media channel that Asterisk has just made.
    pub(super) async fn connect(
        config: &AriConfig,
        channel: &ChannelSnapshot,
    ) -> Result<Self, AriError> {
        let id = channel
            .variable("MEDIA_WEBSOCKET_CONNECTION_ID")
            .ok_or_else(|| media_error("Asterisk named no connection for the media WebSocket"))?;
        let url = config.join_ws(&["media", &id])?;
        let mut request = url
            .as_str()
            .into_client_request()
            .map_err(|error| failed(config, error))?;
        let headers = request.headers_mut();
        headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("media"));
        // Small buffers: a read clears all of its buffer first, fifty times a second and call.
        let limits = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(BUFFER);
        let connected = timeout(
            CONNECT_LIMIT,
            connect_async_with_config(request, Some(limits), true),
        );
        let socket = match connected.await {
            Ok(Ok((socket, _))) => socket,
            Ok(Err(error)) => {
                let error = failed(config, error);
                return Err(media_error(&format!("the media WebSocket: {error}")));
            }
            Err(_) => return Err(media_error("the media WebSocket did not open in time")),
        };
        let (sink, stream) = socket.split();
        let (outbox, messages) = mpsc::channel(OUTBOX);
        tokio::spawn(write(sink, messages));
        let mut leg = Self {
            stream,
            outbox,
            held: None,
            first: None,
        };
        leg.wait_start().await?;
        Ok(leg)
    }

    /// The start may come after the first audio (22.6, 22.7).
    async fn wait_start(&mut self) -> Result<(), AriError> {
        let started = timeout(CONNECT_LIMIT, async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Text(text))) => {
                        let notice = notice(&text);
                        if notice.event == "MEDIA_START" {
                            return check_frame(notice.optimal_frame_size);
                        }
                    }
                    Some(Ok(Message::Binary(audio))) => {
                        self.first = Some(Heard::Audio(audio.to_vec()));
                        return Ok(());
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(media_error(&error.to_string())),
                    None => return Err(media_error("Asterisk closed the media WebSocket")),
                }
            }
        });
        started
            .await
            .unwrap_or_else(|_| Err(media_error("Asterisk did not start the media")))
    }

    fn write(&mut self, message: Message) -> Result<(), String> {
        if let Some(held) = &mut self.held {
            if held.len() >= HELD {
                return Err("far more audio was sent than can be played".to_owned());
            }
            held.push_back(message);
            return Ok(());
        }
        self.outbox
            .try_send(message)
            .map_err(|_| "Asterisk does not take the audio".to_owned())
    }

    fn command(&mut self, command: &Command<'_>) -> Result<(), String> {
        self.write(command.message())
    }

    /// What a control message of Asterisk means to the leg.
    fn understand(&mut self, text: &str) -> Result<Option<Heard>, String> {
        let notice = notice(text);
        match notice.event.as_str() {
            "MEDIA_MARK_PROCESSED" => {
                let mark = notice.correlation_id.and_then(|id| id.parse().ok());
                Ok(mark.map(|mark| Heard::Played(Mark(mark))))
            }
            "MEDIA_XOFF" => {
                tracing::warn!("Asterisk holds 18 s of audio and takes no more");
                self.held = Some(VecDeque::new());
                Ok(None)
            }
            "MEDIA_XON" => {
                for message in self.held.take().unwrap_or_default() {
                    self.write(message)?;
                }
                Ok(None)
            }
            "ERROR" => {
                tracing::warn!(
                    error = notice.error_text,
                    "Asterisk objects to a media command"
                );
                Ok(None)
            }
            other => {
                tracing::trace!(event = other, "media");
                Ok(None)
            }
        }
    }
}

#[async_trait]
impl MediaTransport for WebSocketMedia {
    fn name(&self) -> &'static str {
        "websocket"
    }

    fn send(&mut self, mark: Option<Mark>, audio: Vec<u8>) -> Result<(), String> {
        if !audio.is_empty() {
            self.write(Message::Binary(audio.into()))?;
        }
        match mark {
            Some(mark) => self.command(&Command::Mark(&mark.0.to_string())),
            None => Ok(()),
        }
    }

    fn flush(&mut self) -> Result<(), String> {
        // What is held back goes with the rest, and the flush itself is never held back: it is
        // what makes room.
        self.held = None;
        self.command(&Command::Flush)?;
        self.command(&Command::Continue)?;
        Ok(())
    }

    async fn next(&mut self) -> Heard {
        if let Some(heard) = self.first.take() {
            return heard;
        }
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Binary(audio))) => return Heard::Audio(audio.to_vec()),
                Some(Ok(Message::Text(text))) => match self.understand(&text) {
                    Ok(Some(heard)) => return heard,
                    Ok(None) => {}
                    Err(cause) => return Heard::Closed(cause),
                },
                Some(Ok(Message::Close(_))) | None => {
                    return Heard::Closed("Asterisk closed the media WebSocket".to_owned());
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Heard::Closed(error.to_string()),
            }
        }
    }

    async fn close(&mut self) {
        // The writer closes the socket when its queue ends; a full queue ends it as well.
        if let Err(error) = self.outbox.try_send(Message::Close(None)) {
            tracing::debug!(%error, "the media WebSocket is not closed in good form");
        }
    }
}

/// Writes what there is, at once and whole.
async fn write(mut sink: SplitSink<Socket, Message>, mut messages: mpsc::Receiver<Message>) {
    while let Some(message) = messages.recv().await {
        match timeout(WRITE_LIMIT, write_all(&mut sink, message, &mut messages)).await {
            Ok(Ok(false)) => {}
            Ok(Ok(true)) => break,
            Ok(Err(error)) => {
                tracing::debug!(%error, "the media WebSocket cannot be written any more");
                break;
            }
            Err(_) => {
                tracing::warn!("Asterisk does not read the media WebSocket");
                break;
            }
        }
    }
}

/// Writes a message and those that wait behind it: audio and its mark are one packet. Whether the
/// last was the close.
async fn write_all(
    sink: &mut SplitSink<Socket, Message>,
    first: Message,
    messages: &mut mpsc::Receiver<Message>,
) -> Result<bool, tokio_tungstenite::tungstenite::Error> {
    let mut last = matches!(first, Message::Close(_));
    sink.feed(first).await?;
    while let Ok(next) = messages.try_recv() {
        last = matches!(next, Message::Close(_));
        sink.feed(next).await?;
    }
    sink.flush().await?;
    Ok(last)
}

/// A control message; all of them stay far below 128 bytes.
enum Command<'a> {
    Mark(&'a str),
    Flush,
    Continue,
}

impl Command<'_> {
    fn message(&self) -> Message {
        let text = match self {
            Self::Mark(id) => format!(r#"{{"command":"MARK_MEDIA","correlation_id":"{id}"}}"#),
            Self::Flush => r#"{"command":"FLUSH_MEDIA"}"#.to_owned(),
            Self::Continue => r#"{"command":"CONTINUE_MEDIA"}"#.to_owned(),
        };
        Message::text(text)
    }
}

fn notice(text: &str) -> MediaNotice {
    serde_json::from_str(text).unwrap_or_else(|error| {
        tracing::warn!(%error, "a media message of Asterisk could not be read");
        MediaNotice::default()
    })
}

fn check_frame(size: Option<usize>) -> Result<(), AriError> {
    match size {
        None | Some(FRAME_SAMPLES) => Ok(()),
        Some(size) => Err(media_error(&format!(
            "Asterisk wants frames of {size} bytes, not {FRAME_SAMPLES}: not G.711 at 20 ms"
        ))),
    }
}

fn media_error(cause: &str) -> AriError {
    AriError::Media {
        cause: cause.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_message_stays_within_128_bytes() {
        let longest = u64::MAX.to_string();
        for command in [Command::Mark(&longest), Command::Flush, Command::Continue] {
            assert!(command.message().len() <= 128, "{}", command.message());
        }
    }
}
