//! The way out through a proxy: HTTP CONNECT (plain or over TLS) and SOCKS5, with a password.
//!
//! The name of the service is resolved by the proxy, since a network that blocks the service may
//! lie about its address too.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_socks::tcp::Socks5Stream;
use url::Url;

use super::fault::one_line;
use crate::speech::{SpeechError, SpeechErrorClass};

/// The longest answer to CONNECT that is read.
const LONGEST_ANSWER: usize = 8 * 1024;

/// A byte stream, direct or through a tunnel.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A proxy that the settings name.
#[derive(Clone)]
pub(super) struct Proxy {
    kind: Kind,
    host: String,
    port: u16,
    login: Option<(String, String)>,
    url: Url,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Http,
    Https,
    Socks5,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proxy({})", shown(&self.url))
    }
}

/// A URL without its password and query, fit for a log.
pub(super) fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or("?");
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    let path = url.path().trim_end_matches('/');
    format!("{}://{host}{port}{path}", url.scheme())
}

impl Proxy {
    /// Reads the setting.
    ///
    /// # Errors
    /// `Config` for another scheme or a missing host.
    pub(super) fn new(url: &Url) -> Result<Self, SpeechError> {
        let (kind, default_port) = match url.scheme() {
            "http" => (Kind::Http, 80),
            "https" => (Kind::Https, 443),
            "socks5" | "socks5h" => (Kind::Socks5, 1080),
            other => return Err(wrong_setting(&format!("{other}:// is no proxy we can use"))),
        };
        let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
            return Err(wrong_setting("it names no host"));
        };
        let login = (!url.username().is_empty()).then(|| {
            (
                percent_decoded(url.username()),
                percent_decoded(url.password().unwrap_or_default()),
            )
        });
        Ok(Self {
            kind,
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(default_port),
            login,
            url: url.clone(),
        })
    }

    /// Opens a tunnel to `host:port`.
    pub(super) async fn tunnel(
        &self,
        host: &str,
        port: u16,
        tls: &Arc<ClientConfig>,
    ) -> Result<Box<dyn Stream>, SpeechError> {
        let stream = TcpStream::connect((self.host.as_str(), self.port))
            .await
            .map_err(|error| self.broken(&format!("it cannot be reached: {error}")))?;
        low_latency(&stream);
        match self.kind {
            Kind::Socks5 => self.socks(stream, host, port).await,
            Kind::Http => self.connect(Box::new(stream), host, port).await,
            Kind::Https => {
                let name = ServerName::try_from(self.host.clone())
                    .map_err(|_| wrong_setting("its host is no name"))?;
                let stream = tokio_rustls::TlsConnector::from(Arc::clone(tls))
                    .connect(name, stream)
                    .await
                    .map_err(|error| self.broken(&format!("its TLS failed: {error}")))?;
                self.connect(Box::new(stream), host, port).await
            }
        }
    }

    async fn socks(
        &self,
        stream: TcpStream,
        host: &str,
        port: u16,
    ) -> Result<Box<dyn Stream>, SpeechError> {
        let made = match &self.login {
            Some((user, password)) => {
                Socks5Stream::connect_with_password_and_socket(stream, (host, port), user, password)
                    .await
            }
            None => Socks5Stream::connect_with_socket(stream, (host, port)).await,
        };
        match made {
            Ok(stream) => Ok(Box::new(stream)),
            Err(
                tokio_socks::Error::PasswordAuthFailure(_)
                | tokio_socks::Error::NoAcceptableAuthMethods,
            ) => Err(self.refused()),
            Err(error) => Err(self.broken(&error.to_string())),
        }
    }

    async fn connect(
        &self,
        mut stream: Box<dyn Stream>,
        host: &str,
        port: u16,
    ) -> Result<Box<dyn Stream>, SpeechError> {
        let target = if host.contains(':') {
            format!("[{host}]:{port}")
        } else {
            format!("{host}:{port}")
        };
        let login = self.login.as_ref().map_or_else(String::new, |login| {
            let login = STANDARD.encode(format!("{}:{}", login.0, login.1));
            format!("Proxy-Authorization: Basic {login}\r\n")
        });
        let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{login}\r\n");
        let answer = async {
            stream.write_all(request.as_bytes()).await?;
            stream.flush().await?;
            read_head(&mut stream).await
        }
        .await
        .map_err(|error| self.broken(&format!("it broke off: {error}")))?;
        match answer.split_whitespace().nth(1) {
            Some("200") => Ok(stream),
            Some("407") => Err(self.refused()),
            _ => {
                let line = one_line(answer.lines().next().unwrap_or_default());
                Err(self.broken(&format!("it refused to connect to {target}: {line}")))
            }
        }
    }

    /// Scheme, host and port, without the password.
    pub(super) fn name(&self) -> String {
        shown(&self.url)
    }

    /// The proxy failed; names it without its password.
    pub(super) fn broken(&self, cause: &str) -> SpeechError {
        SpeechError {
            class: SpeechErrorClass::Unreachable,
            message: format!("the proxy {} does not work: {cause}", shown(&self.url)),
            hint: "check that the proxy runs and that elevenlabs.proxy is right".to_owned(),
        }
    }

    /// The proxy wants another user or password.
    pub(super) fn refused(&self) -> SpeechError {
        SpeechError {
            class: SpeechErrorClass::Config,
            message: format!(
                "the proxy {} refused the user or the password",
                shown(&self.url)
            ),
            hint: "write elevenlabs.proxy as scheme://user:password@host:port".to_owned(),
        }
    }
}

/// Voice goes in small writes: they must not wait for each other.
pub(super) fn low_latency(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the socket keeps Nagle's algorithm");
    }
}

fn wrong_setting(cause: &str) -> SpeechError {
    SpeechError {
        class: SpeechErrorClass::Config,
        message: format!("elevenlabs.proxy is wrong: {cause}"),
        hint: "write it as http://host:port, https://host:port or socks5://host:port".to_owned(),
    }
}

/// Reads up to the empty line, byte by byte so that nothing of the tunnel is swallowed.
async fn read_head(stream: &mut Box<dyn Stream>) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= LONGEST_ANSWER {
            return Err(std::io::Error::other("its answer is too long"));
        }
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// Undoes `%XX`, as users and passwords stand in a URL.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = (*first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(hex.unwrap_or(*first));
        rest = if hex.is_some() {
            after.get(2..).unwrap_or_default()
        } else {
            after
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(text: &str) -> Result<Proxy, SpeechError> {
        Proxy::new(&Url::parse(text).unwrap())
    }

    #[test]
    fn a_login_is_decoded_and_never_shown() {
        let proxy = proxy("socks5://us%40er:p%3Ass%25@10.0.0.1:1081").unwrap();
        assert_eq!(proxy.login, Some(("us@er".into(), "p:ss%".into())));
        assert_eq!(format!("{proxy:?}"), "Proxy(socks5://10.0.0.1:1081)");
        assert!(!proxy.broken("x").message.contains("ss"), "{proxy:?}");
    }

    #[test]
    fn another_scheme_is_a_wrong_setting() {
        let error = proxy("ftp://host:1").unwrap_err();
        assert_eq!(error.class, SpeechErrorClass::Config);
        assert!(error.message.contains("ftp"), "{error}");
    }
}
