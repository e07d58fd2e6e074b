//! The settings of `[novofon]`: the provider's two APIs, each of which can be left out.

use secrecy::SecretString;
use url::Url;

use super::error::SettingsError;
use super::key::{Key, Kind, set, unset};
use super::reader::Reader;
use super::secret::Secret;
use super::value;

/// Its keys.
pub(super) const NOVOFON: &[Key] = &[
    unset(
        "novofon",
        "access_token",
        Kind::Secret,
        "...",
        "The key of the Data API (in the cabinet: \"Secret\"): lines, numbers, calls, charges; better in .env as NOVODIAL_NOVOFON_ACCESS_TOKEN.",
    ),
    unset(
        "novofon",
        "access_token_file",
        Kind::Path,
        "novofon.token",
        "A file that holds it and nothing else (instead of `access_token`).",
    ),
    unset(
        "novofon",
        "key",
        Kind::Secret,
        "...",
        "The key of the older API, which alone tells the balance; with its `secret`.",
    ),
    unset(
        "novofon",
        "key_file",
        Kind::Path,
        "novofon.key",
        "A file that holds it and nothing else (instead of `key`).",
    ),
    unset(
        "novofon",
        "secret",
        Kind::Secret,
        "...",
        "The secret that belongs to `key`; better in .env as NOVODIAL_NOVOFON_SECRET.",
    ),
    unset(
        "novofon",
        "secret_file",
        Kind::Path,
        "novofon.secret",
        "A file that holds it and nothing else (instead of `secret`).",
    ),
    unset(
        "novofon",
        "line",
        Kind::Text,
        "0012345",
        "The login of the SIP line that your trunk uses, if the account has several.",
    ),
    set(
        "novofon",
        "base_url",
        Kind::Text,
        "https://api.novofon.com",
        "Address of the older API.",
    ),
    set(
        "novofon",
        "data_url",
        Kind::Text,
        "https://dataapi-jsonrpc.novofon.ru/v2.0",
        "Address of the Data API.",
    ),
];

/// `[novofon]`
#[derive(Debug, Clone)]
pub struct NovoFonSettings {
    /// The key of the user API (v1).
    pub key: Secret,
    /// The secret that signs its requests.
    pub secret: Secret,
    /// The key of the Data API (2.0).
    pub access_token: Secret,
    /// The login of the line, leading zeros and all.
    pub line: Option<String>,
    /// Address of the user API.
    pub base_url: Url,
    /// Address of the Data API.
    pub data_url: Url,
}

/// The keys of the provider as they were set.
#[derive(Debug, Clone)]
pub struct NovoFonKeys {
    /// Key and secret of the user API.
    pub user_api: Option<(SecretString, SecretString)>,
    /// The key of the Data API.
    pub data_api: Option<SecretString>,
}

impl NovoFonSettings {
    pub(super) fn read(reader: &Reader<'_>) -> Result<Self, SettingsError> {
        let section = "novofon";
        Ok(Self {
            key: reader.secret(section, "key", "key_file")?,
            secret: reader.secret(section, "secret", "secret_file")?,
            access_token: reader.secret(section, "access_token", "access_token_file")?,
            line: reader.optional(section, "line", value::name)?,
            base_url: reader.required(section, "base_url", value::web_address)?,
            data_url: reader.required(section, "data_url", value::web_address)?,
        })
    }

    /// Whether anything of the provider can be asked. Reads no file.
    pub fn is_set(&self) -> bool {
        let set = |secret: &Secret| !matches!(secret, Secret::Unset);
        set(&self.access_token) || (set(&self.key) && set(&self.secret))
    }

    /// The keys that are set.
    ///
    /// # Errors
    /// `Missing` if of key and secret only one is set; what is wrong with their files.
    pub fn keys(&self) -> Result<NovoFonKeys, SettingsError> {
        let user_api = match (self.key.read()?, self.secret.read()?) {
            (Some(key), Some(secret)) => Some((key, secret)),
            (None, None) => None,
            (Some(_), None) => {
                return Err(SettingsError::not_set(
                    "novofon",
                    "secret",
                    "the secret that belongs to [novofon] key",
                ));
            }
            (None, Some(_)) => {
                return Err(SettingsError::not_set(
                    "novofon",
                    "key",
                    "the key that belongs to [novofon] secret",
                ));
            }
        };
        let data_api = self.access_token.read()?;
        Ok(NovoFonKeys { user_api, data_api })
    }
}
