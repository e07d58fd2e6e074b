//! The CONNECT side of the HTTP proxy; any other method is refused.
//!
//! The head is read to its empty line and not a byte further, since what follows is already the
//! tunnel's. A missing or wrong password is a 407 with its challenge.

use std::io::{Error, ErrorKind};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Gate;
use crate::rehearsal::http::basic_credentials;

/// A request head longer than this is not read on.
const HEAD_LIMIT: usize = 16 * 1024;

/// Serves one client: one CONNECT, then the tunnel.
pub(super) async fn serve(mut client: TcpStream, gate: &Gate) -> std::io::Result<()> {
    let head = read_head(&mut client).await?;
    let mut lines = head.split("\r\n");
    let mut request = lines.next().unwrap_or_default().split(' ');
    if request.next() != Some("CONNECT") {
        gate.turn_away();
        return refuse(&mut client, "405 Method Not Allowed", "Allow: CONNECT\r\n").await;
    }
    let target = request.next().unwrap_or_default();
    let (user, password) = credentials(lines).unwrap_or_default();
    if !gate.admits(&user, &password) {
        let challenge = "Proxy-Authenticate: Basic realm=\"double\"\r\n";
        return refuse(&mut client, "407 Proxy Authentication Required", challenge).await;
    }
    match TcpStream::connect(target).await {
        Ok(stream) => {
            client
                .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
                .await?;
            gate.tunnel(client, stream).await
        }
        Err(error) => {
            tracing::debug!(target, %error, "the proxy's target cannot be reached");
            refuse(&mut client, "502 Bad Gateway", "").await
        }
    }
}

/// Reads up to the empty line and not a byte more: what follows belongs to the tunnel.
async fn read_head(client: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= HEAD_LIMIT {
            return Err(Error::new(ErrorKind::InvalidData, "the head is too long"));
        }
        head.push(client.read_u8().await?);
    }
    String::from_utf8(head).map_err(|error| Error::new(ErrorKind::InvalidData, error))
}

fn credentials<'a>(lines: impl Iterator<Item = &'a str>) -> Option<(String, String)> {
    lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization"))
        .and_then(|(_, value)| basic_credentials(value.trim()))
}

async fn refuse(client: &mut TcpStream, status: &str, headers: &str) -> std::io::Result<()> {
    let answer =
        format!("HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n");
    client.write_all(answer.as_bytes()).await?;
    client.shutdown().await
}
