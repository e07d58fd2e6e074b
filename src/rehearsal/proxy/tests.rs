//! The proxies against real clients: reqwest and tokio-socks.

use rstest::rstest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::rehearsal::http::{Server, StatusCode, respond};

async fn target() -> Server {
    let answer = |_| async { Ok(respond(StatusCode::OK, "text/plain", "through")) };
    Server::start(([127, 0, 0, 1], 0).into(), answer)
        .await
        .unwrap()
}

fn login() -> Login {
    Login {
        user: "user".to_owned(),
        password: "se:cret".to_owned(),
    }
}

#[tokio::test]
async fn http_connect_passes_bytes_and_counts_tunnels() {
    let (target, proxy) = (
        target().await,
        Proxy::start(ProxyKind::Http, None).await.unwrap(),
    );
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    let ask = format!(
        "CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        target.addr()
    );
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK"));
    assert!(answer.ends_with("through"), "{answer}");
    assert_eq!((proxy.tunnels(), proxy.refused()), (1, 0));
    proxy.stop().await;
}

#[rstest]
#[case::no_login("", "407")]
#[case::wrong("Proxy-Authorization: Basic dXNlcjpubw==\r\n", "407")]
#[case::right("Proxy-Authorization: Basic dXNlcjpzZTpjcmV0\r\n", "200")]
#[tokio::test]
async fn http_connect_asks_for_its_login(#[case] header: &str, #[case] status: &str) {
    let target = target().await;
    let proxy = Proxy::start(ProxyKind::Http, Some(login())).await.unwrap();
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    let ask = format!("CONNECT {} HTTP/1.1\r\n{header}\r\n", target.addr());
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(
        std::str::from_utf8(&answer).unwrap(),
        format!("HTTP/1.1 {status}")
    );
    assert_eq!(proxy.refused(), usize::from(status == "407"));
}

#[tokio::test]
async fn plain_requests_are_not_proxied() {
    let proxy = Proxy::start(ProxyKind::Http, None).await.unwrap();
    let mut stream = TcpStream::connect(proxy.addr()).await.unwrap();
    let ask = b"GET http://127.0.0.1/ HTTP/1.1\r\n\r\n";
    stream.write_all(ask).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    assert_eq!((proxy.tunnels(), proxy.refused()), (0, 1));
}

#[tokio::test]
async fn socks5_passes_bytes_to_addresses_and_names() {
    let (target, proxy) = (
        target().await,
        Proxy::start(ProxyKind::Socks5, None).await.unwrap(),
    );
    let port = target.addr().port();
    for name in ["127.0.0.1", "localhost"] {
        let through = tokio_socks::tcp::Socks5Stream::connect(proxy.addr(), (name, port)).await;
        let mut stream = through.unwrap();
        let ask = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        stream.write_all(ask).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("through"), "{answer}");
    }
    assert_eq!(proxy.tunnels(), 2);
}

#[tokio::test]
async fn socks5_asks_for_its_login() {
    use tokio_socks::tcp::Socks5Stream;
    let target = target().await;
    let proxy = Proxy::start(ProxyKind::Socks5, Some(login()))
        .await
        .unwrap();
    let right =
        Socks5Stream::connect_with_password(proxy.addr(), target.addr(), "user", "se:cret").await;
    assert!(right.is_ok());
    let wrong =
        Socks5Stream::connect_with_password(proxy.addr(), target.addr(), "user", "no").await;
    assert!(wrong.is_err());
    assert!(
        Socks5Stream::connect(proxy.addr(), target.addr())
            .await
            .is_err()
    );
    assert_eq!((proxy.tunnels(), proxy.refused()), (1, 2));
}

#[tokio::test]
async fn stopping_cuts_the_tunnels() {
    let (target, proxy) = (
        target().await,
        Proxy::start(ProxyKind::Socks5, None).await.unwrap(),
    );
    let through = tokio_socks::tcp::Socks5Stream::connect(proxy.addr(), target.addr()).await;
    let mut stream = through.unwrap();
    proxy.stop().await;
    let mut rest = Vec::new();
    assert!(matches!(
        stream.read_to_end(&mut rest).await,
        Ok(0) | Err(_)
    ));
}

#[test]
fn the_password_stays_out_of_debug() {
    assert!(!format!("{:?}", login()).contains("cret"));
}
