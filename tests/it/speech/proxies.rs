//! Every way out: HTTP CONNECT and SOCKS5, with and without a password, plain and TLS alike.

use novodial::rehearsal::proxy::{Login, Proxy, ProxyKind};
use novodial::speech::{ElevenLabs, ElevenLabsConfig, Recognizer, SpeechErrorClass, Synthesizer};
use rstest::rstest;
use serde_json::json;
use tempfile::tempdir;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use super::stand::{KEY, Stand, audio, config, quick, sound};

/// Speaks by HTTP and starts every recognition.
async fn service() -> Stand {
    Stand::start(|mut visit| async move {
        if !visit.is_socket() {
            return audio(sound());
        }
        let mut talk = visit.socket();
        if visit.path.contains("speech-to-text") {
            talk.start().await;
            talk.drain().await;
            return None;
        }
        let context = talk.next().await.unwrap()["context_id"].clone();
        let audio = json!({"audio": "1dXV1Q==", "isFinal": true, "contextId": context});
        talk.say(audio).await;
        talk.drain().await;
        None
    })
    .await
}

fn through(proxy: &str, mut config: ElevenLabsConfig) -> ElevenLabs {
    config.proxy = Some(proxy.parse().unwrap());
    ElevenLabs::with_timing(config, quick()).unwrap()
}

fn login() -> Login {
    Login {
        user: "us:er".to_owned(),
        password: "pa@ss".to_owned(),
    }
}

#[rstest]
#[case(ProxyKind::Http, "http", false)]
#[case(ProxyKind::Http, "http", true)]
#[case(ProxyKind::Socks5, "socks5", false)]
#[case(ProxyKind::Socks5, "socks5h", true)]
#[tokio::test]
async fn prompts_utterances_and_recognition_pass_the_proxy(
    #[case] kind: ProxyKind,
    #[case] scheme: &str,
    #[case] secured: bool,
) {
    let stand = service().await;
    let proxy = Proxy::start(kind, secured.then(login)).await.unwrap();
    let cache = tempdir().unwrap();
    let user = if secured { "us%3Aer:pa%40ss@" } else { "" };
    let url = format!("{scheme}://{user}{}", proxy.addr());
    let client = through(&url, stand.config(cache.path()));
    let basic_cannot_carry_a_colon = kind == ProxyKind::Http && secured;
    if basic_cannot_carry_a_colon {
        // RFC 7617: a user of HTTP's Basic has none.
        let proxy = Proxy::start(
            kind,
            Some(Login {
                user: "user".to_owned(),
                ..login()
            }),
        )
        .await
        .unwrap();
        let url = format!("http://user:pa%40ss@{}", proxy.addr());
        return all_pass(&through(&url, stand.config(cache.path())), &proxy).await;
    }
    all_pass(&client, &proxy).await;
}

async fn all_pass(client: &ElevenLabs, proxy: &Proxy) {
    assert_eq!(client.prompt("день").await, Ok(sound()));
    assert_eq!(proxy.tunnels(), 1);
    assert_eq!(client.check().await, Ok(()));
    assert_eq!(proxy.tunnels(), 2);
    let mut chunks = client.stream("ночь").await.unwrap();
    assert_eq!(chunks.recv().await.unwrap().unwrap().len(), 4);
    assert_eq!(proxy.tunnels(), 3);
}

#[rstest]
#[case(ProxyKind::Http, "http")]
#[case(ProxyKind::Socks5, "socks5")]
#[tokio::test]
async fn a_wrong_password_of_the_proxy_is_a_wrong_setting(
    #[case] kind: ProxyKind,
    #[case] scheme: &str,
) {
    let stand = service().await;
    let proxy = Proxy::start(kind, Some(login())).await.unwrap();
    let cache = tempdir().unwrap();
    for user in ["", "user:letmein@"] {
        let url = format!("{scheme}://{user}{}", proxy.addr());
        let client = through(&url, stand.config(cache.path()));
        let by_socket = client.check().await.unwrap_err();
        let by_http = client.prompt("день").await.unwrap_err();
        assert_eq!(by_socket, by_http);
        assert_eq!(by_http.class, SpeechErrorClass::Config);
        assert!(by_http.message.contains(&proxy.addr().to_string()));
        assert!(!by_http.message.contains("letmein"), "{by_http}");
    }
    assert!(stand.visits().is_empty());
}

#[rstest]
#[case("http")]
#[case("https")]
#[case("socks5")]
#[tokio::test]
async fn a_dead_proxy_is_named_without_its_password(#[case] scheme: &str) {
    let stand = service().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let cache = tempdir().unwrap();
    let url = format!("{scheme}://user:letmein@{addr}");
    let client = through(&url, stand.config(cache.path()));
    let by_http = client.prompt("день").await.unwrap_err();
    let by_socket = client.check().await.unwrap_err();
    assert_eq!(by_socket, by_http);
    assert_eq!(by_http.class, SpeechErrorClass::Unreachable);
    let named = format!("the proxy {scheme}://{addr} does not work: ");
    assert!(by_http.message.starts_with(&named), "{by_http}");
    assert!(by_http.hint.contains("elevenlabs.proxy"), "{by_http:?}");
    assert!(stand.visits().is_empty(), "nothing goes around the proxy");
    assert!(!format!("{client:?}").contains("letmein"));
    assert!(!format!("{client:?}").contains(KEY));
}

/// Takes CONNECT requests and keeps what each wants and the first bytes of its tunnel.
async fn one_tunnel(listener: &TcpListener) -> (String, Vec<u8>) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    let mut tunnel = vec![0; 2_000];
    let length = stream.read(&mut tunnel).await.unwrap();
    tunnel.truncate(length);
    let head = String::from_utf8(head).unwrap();
    (head.lines().next().unwrap().to_owned(), tunnel)
}

#[tokio::test]
async fn https_and_secure_websockets_are_tls_inside_the_tunnel() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let cache = tempdir().unwrap();
    let client = through(&proxy, config("https://speech.example", cache.path()));
    let talking = client.clone();
    let speaking = tokio::spawn(async move { talking.prompt("день").await });
    let by_http = one_tunnel(&listener).await;
    let checking = tokio::spawn(async move { client.check().await });
    let by_socket = one_tunnel(&listener).await;
    for (request, tunnel) in [by_http, by_socket] {
        assert_eq!(request, "CONNECT speech.example:443 HTTP/1.1");
        assert_eq!(tunnel[..2], [0x16, 0x03], "a TLS handshake");
        let name = tunnel.windows(14).any(|part| part == b"speech.example");
        assert!(name, "the name of the service, not the proxy's");
    }
    drop(listener);
    assert!(checking.await.unwrap().is_err());
    assert!(speaking.await.unwrap().is_err());
}

#[tokio::test]
async fn the_key_is_in_no_error_and_no_debug_text() {
    let cache = tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let config = config(&url, cache.path());
    let debug = format!("{config:?}");
    let client = ElevenLabs::with_timing(config, quick()).unwrap();
    let error = client.prompt("день").await.unwrap_err();
    assert_eq!(error.class, SpeechErrorClass::Unreachable);
    assert!(error.message.contains(&url), "{error}");
    for text in [debug, format!("{client:?}"), format!("{error:?}")] {
        assert!(!text.contains(KEY), "{text}");
    }
}

#[test]
fn a_missing_key_is_said_before_anything_is_tried() {
    let mut config = config("https://speech.example", &std::env::temp_dir());
    config.api_key = " \n".to_owned().into();
    let error = ElevenLabs::new(config).unwrap_err();
    assert_eq!(error.class, SpeechErrorClass::Auth);
    assert!(error.hint.contains("ELEVENLABS_API_KEY"), "{error:?}");
}
