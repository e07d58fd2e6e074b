//! A speech service on loopback that does what a test's script says, connection by connection.

use std::collections::HashMap;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use novodial::audio::G711;
use novodial::rehearsal::http::{
    Request, Response, Server, ServerSocket, StatusCode, accept_websocket, header, query,
    read_body, respond,
};
use novodial::speech::{ElevenLabs, ElevenLabsConfig, SpeechTiming};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

/// The key of all tests; it must turn up in a header and nowhere else.
pub(super) const KEY: &str = "sk-very-secret";

/// One request or socket.
pub(super) struct Visit {
    /// Counts all visits of this stand from 0.
    pub(super) number: usize,
    pub(super) path: String,
    pub(super) query: HashMap<String, String>,
    pub(super) key: String,
    pub(super) body: Bytes,
    socket: Option<ServerSocket>,
}

impl Visit {
    /// The socket; a test that calls it expects one.
    pub(super) fn socket(&mut self) -> Talk {
        Talk(self.socket.take().expect("a WebSocket"))
    }

    pub(super) fn is_socket(&self) -> bool {
        self.socket.is_some()
    }

    pub(super) fn text(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        body["text"].as_str().unwrap().to_owned()
    }
}

type Playing = Pin<Box<dyn Future<Output = Option<Response>> + Send>>;

/// A running service.
pub(super) struct Stand {
    server: Server,
    visits: Arc<Mutex<Vec<String>>>,
}

impl Stand {
    /// Plays `script` for each visit; a socket's script returns `None`, a request's an answer.
    pub(super) async fn start<S, F>(script: S) -> Self
    where
        S: Fn(Visit) -> F + Send + Sync + 'static,
        F: Future<Output = Option<Response>> + Send + 'static,
    {
        let visits: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&visits);
        let script: Arc<dyn Fn(Visit) -> Playing + Send + Sync> =
            Arc::new(move |visit| Box::pin(script(visit)));
        let handler = move |mut request: Request| {
            let script = Arc::clone(&script);
            let seen = Arc::clone(&seen);
            async move {
                let mut visit = Visit {
                    number: 0,
                    path: request.uri().path().to_owned(),
                    query: query(&request).into_iter().collect(),
                    key: header(request.headers(), "xi-api-key")
                        .unwrap_or_default()
                        .to_owned(),
                    body: Bytes::new(),
                    socket: None,
                };
                {
                    let mut seen = seen.lock().unwrap();
                    visit.number = seen.len();
                    seen.push(request.uri().to_string());
                }
                if let Some((response, socket)) = accept_websocket(&mut request, None) {
                    tokio::spawn(async move {
                        visit.socket = socket.await;
                        script(visit).await;
                    });
                    return Ok(response);
                }
                visit.body = read_body(request).await?;
                Ok(script(visit).await.expect("an answer"))
            }
        };
        let server = Server::start(([127, 0, 0, 1], 0).into(), handler)
            .await
            .unwrap();
        Self { server, visits }
    }

    /// URIs asked for so far.
    pub(super) fn visits(&self) -> Vec<String> {
        self.visits.lock().unwrap().clone()
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.server.addr())
    }

    pub(super) fn config(&self, cache: &Path) -> ElevenLabsConfig {
        config(&self.url(), cache)
    }

    /// A client with short time limits.
    pub(super) fn client(&self, cache: &Path) -> ElevenLabs {
        ElevenLabs::with_timing(self.config(cache), quick()).unwrap()
    }
}

pub(super) fn config(url: &str, cache: &Path) -> ElevenLabsConfig {
    ElevenLabsConfig {
        base_url: url.parse().unwrap(),
        api_key: KEY.to_owned().into(),
        voice_id: "voice/1".to_owned(),
        tts_model: "eleven_flash_v2_5".to_owned(),
        stt_model: "scribe_v2_realtime".to_owned(),
        language: "ru".to_owned(),
        proxy: None,
        codec: G711::Alaw,
        prompt_cache: cache.to_owned(),
    }
}

/// Time limits that a test can wait for.
pub(super) fn quick() -> SpeechTiming {
    SpeechTiming {
        connect: Duration::from_millis(1_500),
        reconnect: Duration::from_millis(500),
        backoff: Duration::from_millis(20),
        commit_answer: Duration::from_millis(300),
        first_audio: Duration::from_millis(500),
        no_final: Duration::from_millis(400),
        http_backoff: Duration::from_millis(20),
        ..SpeechTiming::default()
    }
}

/// The service's end of a socket.
pub(super) struct Talk(ServerSocket);

impl Talk {
    pub(super) async fn say(&mut self, message: Value) {
        // The client may be gone; a test sees that by what it misses.
        self.0.send(Message::text(message.to_string())).await.ok();
    }

    /// The next text message as JSON; `None` when the client closed.
    pub(super) async fn next(&mut self) -> Option<Value> {
        loop {
            match self.0.next().await? {
                Ok(Message::Text(text)) => return serde_json::from_str(text.as_str()).ok(),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    pub(super) async fn start(&mut self) {
        self.say(json!({"message_type": "session_started", "session_id": "s", "config": {}}))
            .await;
    }

    /// Takes audio up to the next commit; its non-silent samples. `None` when closed before.
    pub(super) async fn until_commit(&mut self) -> Option<Vec<i16>> {
        let mut heard = Vec::new();
        let mut ms = 0;
        loop {
            let message = self.next().await?;
            assert_eq!(message["message_type"], "input_audio_chunk");
            assert_eq!(message["sample_rate"], 8_000);
            let audio = STANDARD
                .decode(message["audio_base_64"].as_str().unwrap())
                .unwrap();
            ms += audio.len() / 16;
            let samples = audio
                .chunks_exact(2)
                .map(|b| i16::from_le_bytes([b[0], b[1]]));
            heard.extend(samples.filter(|sample| *sample != 0));
            if message["commit"] == true {
                assert!(ms >= 300, "a commit of {ms} ms");
                return Some(heard);
            }
        }
    }

    pub(super) async fn partial(&mut self, text: &str) {
        self.say(json!({"message_type": "partial_transcript", "text": text}))
            .await;
    }

    pub(super) async fn committed(&mut self, text: &str) {
        self.say(json!({"message_type": "committed_transcript", "text": text}))
            .await;
    }

    /// Reads on until the client is gone.
    pub(super) async fn drain(&mut self) {
        while self.next().await.is_some() {}
    }

    pub(super) async fn close(mut self, code: u16, reason: &str) {
        let frame = CloseFrame {
            code: code.into(),
            reason: reason.to_owned().into(),
        };
        self.0.close(Some(frame)).await.ok();
        while let Some(Ok(_)) = self.0.next().await {}
    }

    pub(super) fn reset(self) {
        novodial::rehearsal::http::reset(self.0);
    }
}

/// A second and a half of something that is not silence.
pub(super) fn sound() -> Bytes {
    (0..12_000_u32).map(|n| (n % 200) as u8).collect()
}

pub(super) fn audio(body: impl Into<Bytes>) -> Option<Response> {
    Some(respond(StatusCode::OK, "audio/basic", body))
}

pub(super) fn refusal(status: u16, body: &Value) -> Option<Response> {
    let status = StatusCode::from_u16(status).unwrap();
    Some(respond(status, "application/json", body.to_string()))
}
