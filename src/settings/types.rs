//! The settings as plain structs, and what a command may demand of them.
//!
//! Values are checked when they are read; only what a single command needs (logins, keys, a voice)
//! is left optional and demanded by a `require_...` of `needed.rs`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use super::environment::Environment;
use super::error::SettingsError;
use super::layers::{Flag, Layers};
use super::novofon::NovoFonSettings;
use super::own::OwnSetting;
use super::pacing::PacingSettings;
use super::policy::PolicySettings;
use super::reader::Reader;
use super::secret::{ProxyUrl, Secret};
use crate::campaign::Tariff;
use crate::phone::NumberFormat;

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `[asterisk]`
    pub asterisk: AsteriskSettings,
    /// `[elevenlabs]`
    pub elevenlabs: ElevenLabsSettings,
    /// `[novofon]`
    pub novofon: NovoFonSettings,
    /// `[understanding]`
    pub understanding: UnderstandingSettings,
    /// `[storage]`
    pub storage: StorageSettings,
    /// `[call]`
    pub call: CallSettings,
    /// `[policy]`
    pub policy: PolicySettings,
    /// `[campaign]`
    pub campaign: CampaignSettings,
    /// `[tariff]`
    pub tariff: Tariff,
    /// The `novodial.toml` that was read, if there is one.
    pub file: Option<PathBuf>,
    /// The files in which a secret stands as text: that one, and `.env`.
    pub secret_files: Vec<PathBuf>,
    /// They are those of a rehearsal: nobody is rung, and its history is its own.
    pub rehearsal: bool,
}

/// How the audio travels between Asterisk and us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaChoice {
    /// Whatever Asterisk has, the WebSocket first.
    Auto,
    /// Asterisk's WebSocket channel driver.
    WebSocket,
    /// External media over RTP.
    Rtp,
}

/// Who speaks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Greet {
    /// We wait for the callee's "hello".
    AfterHello,
    /// We speak as soon as it is answered.
    AtOnce,
}

/// What to do when a machine answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnMachine {
    /// Hang up.
    HangUp,
    /// Leave a message after the beep.
    Message,
    /// Talk as with a person.
    Talk,
}

/// `[asterisk]`
#[derive(Debug, Clone)]
pub struct AsteriskSettings {
    /// Asterisk's HTTP server.
    pub url: Url,
    /// Login from `ari.conf`.
    pub username: Option<String>,
    /// Its password.
    pub password: Secret,
    /// Prefix of the ARI application's name.
    pub app: String,
    /// The endpoint to dial through.
    pub trunk: String,
    /// The dial string, with `{number}` and `{trunk}`.
    pub dial: String,
    /// How the trunk wants numbers.
    pub number_format: NumberFormat,
    /// What the callee sees.
    pub caller_id: Option<String>,
    /// How the audio travels.
    pub media: MediaChoice,
}

/// `[elevenlabs]`
#[derive(Debug, Clone)]
pub struct ElevenLabsSettings {
    /// Address of the service.
    pub base_url: Url,
    /// The key.
    pub api_key: Secret,
    /// The voice that speaks.
    pub voice_id: Option<String>,
    /// The model that speaks.
    pub tts_model: String,
    /// The model that hears.
    pub stt_model: String,
    /// ISO 639-1.
    pub language: String,
    /// For every connection to the service, HTTPS and WebSocket alike; nothing else uses it.
    pub proxy: Option<ProxyUrl>,
}

/// `[understanding]`
#[derive(Debug, Clone)]
pub struct UnderstandingSettings {
    /// The model's address; unset: nobody is asked.
    pub url: Option<Url>,
    /// The model's name.
    pub model: Option<String>,
    /// The key, where the service wants one.
    pub api_key: Secret,
    /// How long it is waited for.
    pub time_limit: Duration,
    /// For the model alone.
    pub proxy: Option<ProxyUrl>,
}

/// `[storage]`; every path is absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageSettings {
    /// The `SQLite` file.
    pub database: PathBuf,
    /// The folder of the recordings.
    pub recordings: PathBuf,
    /// The folder of spoken prompts.
    pub prompt_cache: PathBuf,
}

impl StorageSettings {
    /// Where a rehearsal keeps what is its own: beside that of real calls, never in it.
    #[must_use]
    pub fn of_rehearsal(&self) -> Self {
        let stem = self.database.file_stem().unwrap_or_default();
        let mut name = stem.to_os_string();
        name.push("-rehearsal");
        let mut database = self.database.with_file_name(name);
        if let Some(extension) = self.database.extension() {
            database.set_extension(extension);
        }
        Self {
            database,
            recordings: self.recordings.join("rehearsal"),
            prompt_cache: self.prompt_cache.join("rehearsal"),
        }
    }
}

/// `[call]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSettings {
    /// How long it may ring.
    pub ring_timeout: Duration,
    /// How long a talk may last.
    pub max_duration: Duration,
    /// Whether calls are recorded.
    pub record: bool,
    /// Who speaks first.
    pub greet: Greet,
    /// What to do when a machine answers.
    pub on_machine: OnMachine,
    /// What is left on a machine; a template.
    pub machine_message: Option<String>,
    /// First words of this length are a machine's.
    pub longest_hello: Duration,
}

/// `[campaign]`
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignSettings {
    /// Calls at once, 1..=1000.
    pub max_calls: u32,
    /// Whether anybody set it; the default may be cut to what the provider's line can carry.
    pub max_calls_set: bool,
    /// New calls a second, above 0 and up to 100.
    pub calls_per_second: f64,
    /// How many lines ring, with which numbers, and when to pause.
    pub pacing: PacingSettings,
}

impl Settings {
    /// Reads every layer. Only the files themselves are touched: no folder is made, no secret file read.
    ///
    /// # Errors
    /// Any [`SettingsFault`](super::SettingsFault) but `Missing`.
    pub fn load(
        file: Option<&Path>,
        environment: &Environment,
        flags: &[Flag],
    ) -> Result<Self, SettingsError> {
        Self::load_over(&[], file, environment, flags)
    }

    /// The same with other defaults, below all that the user wrote.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn load_over(
        usual: &[Flag],
        file: Option<&Path>,
        environment: &Environment,
        flags: &[Flag],
    ) -> Result<Self, SettingsError> {
        Self::load_of_campaign(usual, file, environment, (&[], flags))
    }

    /// The same with settings of a campaign, above all but the flags.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn load_of_campaign(
        usual: &[Flag],
        file: Option<&Path>,
        environment: &Environment,
        (own, flags): (&[OwnSetting], &[Flag]),
    ) -> Result<Self, SettingsError> {
        let layers = Layers::collect(file, environment, (usual, own, flags))?;
        let reader = Reader {
            layers: &layers,
            environment,
        };
        Ok(Self {
            asterisk: reader.asterisk()?,
            elevenlabs: reader.elevenlabs()?,
            novofon: NovoFonSettings::read(&reader)?,
            understanding: reader.understanding()?,
            storage: reader.storage()?,
            call: reader.call()?,
            policy: reader.policy()?,
            campaign: reader.campaign()?,
            tariff: reader.tariff()?,
            secret_files: layers.secret_files(environment),
            file: layers.file,
            rehearsal: false,
        })
    }
}
