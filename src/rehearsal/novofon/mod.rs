//! A double of the provider NovoFon on one loopback port: the user API below `/v1`, the Data API at
//! `/v2.0`.
//!
//! It follows the public documentation and checks as strictly as the real ones: signatures, keys,
//! addresses, quotas, parameters and pages. What it tells is one [`Account`], times in its zone.

mod account;
mod data_api;
mod quota;
mod rows;
mod user_api;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use account::{Account, Charge, Leg, Line, Number};

use super::http::{Hangup, Request, Response, Server, StatusCode, respond_json};
use quota::Quota;

/// What the double is to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens; port 0 chooses one.
    pub bind: SocketAddr,
    /// Key and secret of the user API.
    pub keys: (String, String),
    /// The access token of the Data API.
    pub token: String,
    /// Whether the client's address is in the list.
    pub admitted: bool,
    /// Requests a minute of the user API.
    pub requests_per_minute: u64,
    /// Requests for statistics a minute.
    pub statistics_per_minute: u64,
    /// Points a minute of the Data API.
    pub points_per_minute: u64,
    /// Points a day of the Data API.
    pub points_per_day: u64,
    /// How long a minute is.
    pub minute: Duration,
    /// An error with which the Data API answers everything: code, mnemonic, message.
    pub refuses: Option<(i64, String, String)>,
    /// The account.
    pub account: Account,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bind: ([127, 0, 0, 1], 0).into(),
            keys: ("rehearsal_key".to_owned(), "rehearsal_secret".to_owned()),
            token: "rehearsal_token".to_owned(),
            admitted: true,
            requests_per_minute: 100,
            statistics_per_minute: 3,
            points_per_minute: 60,
            points_per_day: 10_000,
            minute: Duration::from_mins(1),
            refuses: None,
            account: Account::default(),
        }
    }
}

/// What all connections share.
#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
}

/// What changes.
#[derive(Debug)]
struct State {
    options: Options,
    requests: Quota,
    statistics: Quota,
    minute: Quota,
    day: Quota,
    asked: Vec<String>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running double; dropping it stops it too, but without waiting.
#[derive(Debug)]
pub struct Provider {
    server: Server,
    shared: Arc<Shared>,
}

impl Provider {
    /// Starts a provider.
    ///
    /// # Errors
    /// If its address cannot be bound.
    pub async fn start(options: Options) -> std::io::Result<Self> {
        let bind = options.bind;
        let day = Duration::from_hours(24);
        let state = State {
            requests: Quota::new(options.requests_per_minute, options.minute),
            statistics: Quota::new(options.statistics_per_minute, options.minute),
            minute: Quota::new(options.points_per_minute, options.minute),
            day: Quota::new(options.points_per_day, day),
            asked: Vec::new(),
            options,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
        });
        let serving = Arc::clone(&shared);
        let server =
            Server::start(bind, move |request| serve(Arc::clone(&serving), request)).await?;
        Ok(Self { server, shared })
    }

    /// The address of the user API.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.server.addr())
    }

    /// The address of the Data API.
    pub fn data_url(&self) -> String {
        format!("http://{}/v2.0", self.server.addr())
    }

    /// Changes what it is; quotas that were begun go on.
    pub fn change(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.shared.lock().options);
    }

    /// The methods that were asked for, in order, refused ones too.
    pub fn asked(&self) -> Vec<String> {
        self.shared.lock().asked.clone()
    }

    /// Stops and waits until all connections are gone.
    pub async fn stop(&self) {
        self.server.stop().await;
    }
}

async fn serve(shared: Arc<Shared>, request: Request) -> Result<Response, Hangup> {
    match request.uri().path() {
        "/v2.0" | "/v2.0/" => data_api::answer(&shared, request).await,
        path if path.starts_with("/v1/") => Ok(user_api::answer(&shared, &request)),
        _ => Ok(respond_json(
            StatusCode::NOT_FOUND,
            &serde_json::json!({"status": "error", "message": "Not found"}),
        )),
    }
}
