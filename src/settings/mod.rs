//! Settings: flags over environment and `.env` over `novodial.toml` over defaults, as plain structs.
//!
//! [`keys`](KEYS) is the one table of what may be set; the layers only collect text with the place it
//! came from, and [`Settings::load`] turns that into types. A wrong value names its file, line and
//! column or its variable, and says what to write. A secret is demanded only by the command that
//! needs it, and shows in no error and no `Debug`.

mod call_keys;
mod campaign_keys;
mod dotenv;
mod environment;
mod error;
mod file;
mod key;
mod keys;
mod layers;
mod needed;
mod novofon;
mod origin;
mod own;
mod pacing;
mod policy;
mod reader;
mod secret;
mod template;
mod types;
mod understanding_keys;
mod value;

#[cfg(test)]
mod tests;

pub use environment::Environment;
pub use error::{SettingsError, SettingsFault, nearest};
pub use key::{Key, Kind};
pub use keys::KEYS;
pub use layers::Flag;
pub use novofon::{NovoFonKeys, NovoFonSettings};
pub use origin::Origin;
pub use own::OwnSetting;
pub use pacing::PacingSettings;
pub use policy::PolicySettings;
pub use secret::{ProxyUrl, Secret};
pub use template::template;
pub use types::{
    AsteriskSettings, CallSettings, CampaignSettings, ElevenLabsSettings, Greet, MediaChoice,
    OnMachine, Settings, StorageSettings,
};
