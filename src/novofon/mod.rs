//! NovoFon, the provider: is the line ready, what is left, what was charged.
//!
//! Two APIs, each of which can be left out: the older user API (v1), which signs its requests and
//! alone tells the balance, and the Data API of NovoFon 2.0 (JSON-RPC). Nothing here rings anybody
//! or changes anything at the provider. Both limit how often they are asked, and that is honoured
//! here; times are those of the account's zone there, and points in time here. No proxy is asked:
//! the provider admits the addresses of its list only, and this machine is to stand in it.

mod amount;
mod check;
mod config;
mod data;
mod error;
mod gate;
mod mnemonic;
mod records;
mod rows;
mod signature;
mod user;
mod web;
mod zone;

pub use check::{ProviderPlan, check, our_line};
pub use config::{NovoFonConfig, Pace};
pub use data::DataApi;
pub use error::{NovoFonError, NovoFonErrorClass};
pub use records::{
    Account, Balance, CallSession, Phone, SipAccount, SipLine, VirtualNumber, Window,
};
pub use user::UserApi;

/// The provider, as far as it can be asked.
#[derive(Debug)]
pub struct NovoFon {
    /// The user API, if its key and secret are set.
    pub user: Option<UserApi>,
    /// The Data API, if its access token is set.
    pub data: Option<DataApi>,
}

impl NovoFon {
    /// Makes the clients; asks nothing yet.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new(config: &NovoFonConfig) -> Result<Self, NovoFonError> {
        let web = web::Web::new(config.answer_limit)?;
        let user = config
            .user_api
            .clone()
            .map(|keys| UserApi::new(web.clone(), keys, config));
        let data = config
            .data_api
            .clone()
            .map(|token| DataApi::new(web, token, config));
        Ok(Self { user, data })
    }
}
