//! Where the provider is, with which keys, and how patiently it is asked.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

/// Both APIs.
#[derive(Debug, Clone)]
pub struct NovoFonConfig {
    /// The user API, without `/v1`.
    pub base_url: Url,
    /// The Data API, with its version.
    pub data_url: Url,
    /// Key and secret of the user API.
    pub user_api: Option<(SecretString, SecretString)>,
    /// The access token of the Data API.
    pub data_api: Option<SecretString>,
    /// How often the user API is asked where it tells no limit.
    pub pace: Pace,
    /// The longest wait for a limit to pass; beyond it the request fails.
    pub patience: Duration,
    /// How long one answer may take.
    pub answer_limit: Duration,
}

/// Gaps between requests to the user API. Its limits are published nowhere; those of the platform
/// it came from were 100 requests a minute, and 3 a minute for statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Between any two.
    pub request: Duration,
    /// Between two for statistics.
    pub statistics: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(1),
            statistics: Duration::from_secs(30),
        }
    }
}

impl NovoFonConfig {
    /// Both addresses, no keys, and the usual patience: a minute's limit is waited for, a day's is
    /// not.
    pub fn new(base_url: Url, data_url: Url) -> Self {
        Self {
            base_url,
            data_url,
            user_api: None,
            data_api: None,
            pace: Pace::default(),
            patience: Duration::from_secs(90),
            answer_limit: Duration::from_secs(30),
        }
    }
}
