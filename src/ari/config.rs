//! Where Asterisk is and who we are there. Plain data; the settings room fills it in.

use secrecy::SecretString;
use url::Url;

use super::AriError;

/// One Asterisk and one application on it.
#[derive(Debug, Clone)]
pub struct AriConfig {
    /// `http://host:port`, with the `prefix` of `http.conf` as its path where one is set.
    pub url: Url,
    /// The section of `ari.conf`.
    pub username: String,
    /// Its password.
    pub password: SecretString,
    /// The full application name, `<prefix>-<run>`: it belongs to one run of one process, since
    /// Asterisk hands an application to whichever socket asked for it last.
    pub app: String,
}

impl AriConfig {
    /// A configuration of these.
    pub fn new(url: Url, username: &str, password: SecretString, app: &str) -> Self {
        Self {
            url,
            username: username.to_owned(),
            password,
            app: app.to_owned(),
        }
    }

    /// The URL as it may be shown: without user and password.
    pub(crate) fn shown_url(&self) -> String {
        let mut url = self.url.clone();
        // Both fail only for a URL that cannot hold credentials, which then holds none.
        if url.set_username("").is_err() || url.set_password(None).is_err() {
            tracing::trace!("the URL holds no credentials");
        }
        url.as_str().trim_end_matches('/').to_owned()
    }

    /// `base/segments…`, each segment encoded.
    pub(crate) fn join(&self, segments: &[&str]) -> Result<Url, AriError> {
        let mut url = self.url.clone();
        url.set_query(None);
        url.path_segments_mut()
            .map_err(|()| AriError::Url {
                url: self.shown_url(),
                cause: "it cannot have a path".to_owned(),
            })?
            .pop_if_empty()
            .extend(segments);
        Ok(url)
    }

    /// The same for a WebSocket: `ws` for `http`, `wss` for `https`.
    pub(crate) fn join_ws(&self, segments: &[&str]) -> Result<Url, AriError> {
        let mut url = self.join(segments)?;
        let scheme = match url.scheme() {
            "http" => "ws",
            "https" => "wss",
            other => {
                return Err(AriError::Url {
                    url: self.shown_url(),
                    cause: format!("`{other}` is neither http nor https"),
                });
            }
        };
        url.set_scheme(scheme).map_err(|()| AriError::Url {
            url: self.shown_url(),
            cause: "no WebSocket address can be made of it".to_owned(),
        })?;
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> AriConfig {
        AriConfig::new(url.parse().unwrap(), "user", "secret".into(), "novodial-1")
    }

    #[test]
    fn a_prefix_is_kept_and_ids_are_encoded() {
        let url = config("http://127.0.0.1:8088/pbx/")
            .join(&["ari", "channels", "a/b c"])
            .unwrap();
        assert_eq!(
            url.as_str(),
            "http://127.0.0.1:8088/pbx/ari/channels/a%2Fb%20c"
        );
    }

    #[test]
    fn the_scheme_of_the_socket_follows_that_of_the_url() {
        let url = config("https://pbx.example:8089")
            .join_ws(&["media", "x"])
            .unwrap();
        assert_eq!(url.as_str(), "wss://pbx.example:8089/media/x");
        assert!(config("ftp://pbx.example").join_ws(&[]).is_err());
    }

    #[test]
    fn neither_debug_nor_the_shown_url_tells_a_password() {
        let config = config("http://user:hidden@127.0.0.1:8088");
        assert_eq!(config.shown_url(), "http://127.0.0.1:8088");
        assert!(!format!("{:?}", config.password).contains("secret"));
    }
}
