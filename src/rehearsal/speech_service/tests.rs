//! The service over its port: handshakes, logins, HTTP, the journal.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::*;
use crate::audio::G711;
use crate::rehearsal::voice::Listener;

mod account;
mod requests;
mod sockets;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const KEY: &str = "rehearsal-key";
const STT: &str = "/v1/speech-to-text/realtime?audio_format=ulaw_8000";
const TTS: &str = "/v1/text-to-speech/rehearsal-voice";

async fn service() -> SpeechService {
    let options = Options {
        timing: Timing::instant(),
        ..Options::default()
    };
    SpeechService::start(options).await.unwrap()
}

async fn connect(service: &SpeechService, path: &str, key: Option<&str>) -> Result<Socket, Error> {
    let url = format!("ws://{}{path}", service.addr());
    let mut request = url.into_client_request().unwrap();
    if let Some(key) = key {
        request
            .headers_mut()
            .insert("xi-api-key", key.parse().unwrap());
    }
    connect_async(request).await.map(|(socket, _)| socket)
}

async fn next(socket: &mut Socket) -> Value {
    let message = socket.next().await.unwrap().unwrap();
    serde_json::from_str(message.to_text().unwrap()).unwrap()
}

async fn close_of(socket: &mut Socket) -> (u16, String) {
    loop {
        if let Message::Close(Some(frame)) = socket.next().await.unwrap().unwrap() {
            return (frame.code.into(), frame.reason.to_string());
        }
    }
}

async fn send(socket: &mut Socket, message: Value) {
    socket
        .send(Message::text(message.to_string()))
        .await
        .unwrap();
}

fn http() -> reqwest::Client {
    // Installed already if another test was faster.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn get(service: &SpeechService, path: &str) -> Value {
    let url = format!("{}{path}", service.base_url());
    let answer = http()
        .get(url)
        .header("xi-api-key", KEY)
        .send()
        .await
        .unwrap();
    answer.json().await.unwrap()
}

async fn post(service: &SpeechService, path: &str, body: Value) -> reqwest::Response {
    let url = format!("{}{path}", service.base_url());
    let request = http().post(url).header("xi-api-key", KEY).json(&body);
    request.send().await.unwrap()
}

fn heard(law: G711, bytes: &[u8]) -> String {
    let mut listener = Listener::new();
    listener.push(&bytes.iter().map(|b| law.expand(*b)).collect::<Vec<_>>());
    listener.text()
}
