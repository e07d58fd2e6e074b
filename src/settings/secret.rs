//! Secrets: given as text or as a file, read only when needed, never shown.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

use super::Origin;
use super::error::{SettingsError, SettingsFault};

/// A secret that may be set.
#[derive(Debug, Clone)]
pub enum Secret {
    /// Nobody set it.
    Unset,
    /// Given as text.
    Text(SecretString),
    /// Given as a file that holds it and nothing else; read when it is needed.
    File {
        /// The file.
        path: PathBuf,
        /// Where the file was named.
        origin: Origin,
    },
}

impl Secret {
    /// The secret, if one is set.
    ///
    /// # Errors
    /// `Unreadable` if its file cannot be read, `BadValue` if the file is empty.
    pub fn read(&self) -> Result<Option<SecretString>, SettingsError> {
        let (path, origin) = match self {
            Self::Unset => return Ok(None),
            Self::Text(secret) => return Ok(Some(secret.clone())),
            Self::File { path, origin } => (path, origin),
        };
        let text = std::fs::read_to_string(path).map_err(|error| {
            SettingsError::new(
                SettingsFault::Unreadable,
                format!("{origin}: {}: cannot be read: {error}", path.display()),
                "put the secret into that file, readable for you alone (chmod 600)",
            )
        })?;
        let text = text.trim();
        if text.is_empty() {
            return Err(SettingsError::new(
                SettingsFault::BadValue,
                format!("{origin}: {}: the file is empty", path.display()),
                "put the secret into that file, readable for you alone (chmod 600)",
            ));
        }
        Ok(Some(SecretString::from(text.to_owned())))
    }
}

/// A proxy's address; its login and password are not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl(Url);

impl ProxyUrl {
    /// Reads `http://`, `https://`, `socks5://` or `socks5h://` with a host.
    ///
    /// # Errors
    /// What is wrong, without the address: it may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("not an address: {error}"))?;
        if !["http", "https", "socks5", "socks5h"].contains(&url.scheme()) {
            return Err(format!("no proxy speaks `{}`", url.scheme()));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err("the address has no host".to_owned());
        }
        Ok(Self(url))
    }

    /// The address with login and password, for the connector only.
    pub fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.0.scheme())?;
        if !self.0.username().is_empty() || self.0.password().is_some() {
            f.write_str("***@")?;
        }
        f.write_str(self.0.host_str().unwrap_or_default())?;
        self.0.port().map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxyUrl({self})")
    }
}
