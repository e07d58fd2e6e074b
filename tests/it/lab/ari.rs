//! A few lines of ARI by hand, so that the lab's own tests do not lean on the code under test.

use std::time::Duration;

use base64::Engine as _;
use futures_util::StreamExt;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::Lab;

/// How long an event may take; a call that is declined at once needs far less.
const PATIENCE: Duration = Duration::from_secs(20);

/// An application of one test: its requests and its events.
pub(crate) struct Application<'a> {
    lab: &'a Lab,
    name: String,
    events: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl<'a> Application<'a> {
    /// Registers the application by opening its event socket.
    pub(crate) async fn open(lab: &'a Lab, name: &str) -> Self {
        let url = format!(
            "{}/ari/events?app={name}&api_key={}:{}",
            lab.ari_url().replacen("http", "ws", 1),
            lab.username(),
            lab.password(),
        );
        let (events, _) = connect_async(url).await.expect("the event socket opens");
        Self {
            lab,
            name: name.to_owned(),
            events,
        }
    }

    /// Rings a number (digits) from a caller id (digits), under a channel id of ours.
    pub(crate) async fn originate(&self, id: &str, caller: &str, number: &str) {
        let body = serde_json::json!({
            "endpoint": format!("PJSIP/{number}@{}", self.lab.trunk()),
            "app": self.name,
            "callerId": format!("<+{caller}>"),
            "formats": "alaw,ulaw",
            "timeout": 3,
            "channelId": id,
        });
        let (status, answer) = request(self.lab, "POST", "/ari/channels", &body.to_string()).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// The next event of a type about a channel.
    pub(crate) async fn wait_for(&mut self, kind: &str, channel: &str) -> Value {
        let wait = async {
            while let Some(message) = self.events.next().await {
                let message = message.expect("the event socket stays open");
                let Ok(text) = message.to_text() else {
                    continue;
                };
                let event: Value = serde_json::from_str(text).unwrap_or_default();
                if event["type"] == kind && event["channel"]["id"] == channel {
                    return event;
                }
            }
            panic!("the event socket closed before {kind}");
        };
        tokio::time::timeout(PATIENCE, wait)
            .await
            .unwrap_or_else(|_| panic!("no {kind} for {channel}"))
    }
}

/// One HTTP request; status and body.
pub(crate) async fn request(lab: &Lab, method: &str, path: &str, body: &str) -> (u16, String) {
    let host = lab.ari_url().replacen("http://", "", 1);
    let secret = base64::engine::general_purpose::STANDARD.encode(format!(
        "{}:{}",
        lab.username(),
        lab.password()
    ));
    let mut socket = TcpStream::connect(&host).await.expect("ARI answers");
    let text = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {secret}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(text.as_bytes()).await.expect("it listens");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("an answer");
    let status = answer.get(9..12).and_then(|code| code.parse().ok());
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    (status.unwrap_or_default(), body.to_owned())
}
