//! Turns the layers' text into types, one section a function.
//!
//! A text that does not fit is reported with the place it came from. Defaults are read by the same
//! functions as what a user writes.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::environment::Environment;
use super::error::SettingsError;
use super::layers::{Found, Layers};
use super::pacing::PacingSettings;
use super::secret::{ProxyUrl, Secret};
use super::types::{
    AsteriskSettings, CallSettings, CampaignSettings, ElevenLabsSettings, Greet, MediaChoice,
    OnMachine, StorageSettings, UnderstandingSettings,
};
use super::{Key, Kind, Origin, value};

/// A key of the table. An unknown name cannot come: the test of every key holds it.
pub(super) fn key(section: &'static str, name: &'static str) -> Key {
    Key::find(section, name).copied().unwrap_or(Key {
        section,
        name,
        kind: Kind::Text,
        default: None,
        example: "",
        says: "",
    })
}

/// Turns the layers' text into types.
pub(super) struct Reader<'a> {
    pub(super) layers: &'a Layers,
    pub(super) environment: &'a Environment,
}

impl Reader<'_> {
    pub(super) fn asterisk(&self) -> Result<AsteriskSettings, SettingsError> {
        let section = "asterisk";
        Ok(AsteriskSettings {
            url: self.required(section, "url", value::web_address)?,
            username: self.stated(section, "username", value::text)?,
            password: self.secret(section, "password", "password_file")?,
            app: self.required(section, "app", value::name)?,
            trunk: self.required(section, "trunk", value::name)?,
            dial: self.required(section, "dial", value::dial)?,
            number_format: self.required(section, "number_format", str::parse)?,
            caller_id: self.stated(section, "caller_id", value::caller_id)?,
            media: self.required(section, "media", |word| match word {
                "auto" => Ok(MediaChoice::Auto),
                "websocket" => Ok(MediaChoice::WebSocket),
                "rtp" => Ok(MediaChoice::Rtp),
                _ => Err(format!("`{word}` is not a way for audio")),
            })?,
        })
    }

    pub(super) fn elevenlabs(&self) -> Result<ElevenLabsSettings, SettingsError> {
        let section = "elevenlabs";
        Ok(ElevenLabsSettings {
            base_url: self.required(section, "base_url", value::web_address)?,
            api_key: self.secret(section, "api_key", "api_key_file")?,
            voice_id: self.stated(section, "voice_id", value::name)?,
            tts_model: self.required(section, "tts_model", value::name)?,
            stt_model: self.required(section, "stt_model", value::name)?,
            language: self.required(section, "language", value::language)?,
            proxy: self.optional(section, "proxy", ProxyUrl::parse)?,
        })
    }

    pub(super) fn understanding(&self) -> Result<UnderstandingSettings, SettingsError> {
        let section = "understanding";
        Ok(UnderstandingSettings {
            url: self.optional(section, "llm_url", value::web_address)?,
            model: self.optional(section, "llm_model", value::text)?,
            api_key: self.secret(section, "llm_api_key", "llm_api_key_file")?,
            time_limit: self.required(section, "llm_time_limit", value::patience)?,
            proxy: self.optional(section, "llm_proxy", ProxyUrl::parse)?,
        })
    }

    pub(super) fn storage(&self) -> Result<StorageSettings, SettingsError> {
        let cache = self
            .environment
            .xdg("XDG_CACHE_HOME", ".cache")
            .unwrap_or_else(|| self.environment.working_folder.join(".cache"));
        Ok(StorageSettings {
            database: self.required_path("storage", "database")?,
            recordings: self.required_path("storage", "recordings")?,
            prompt_cache: self
                .path("storage", "prompt_cache")
                .unwrap_or_else(|| cache.join("novodial").join("prompts")),
        })
    }

    pub(super) fn call(&self) -> Result<CallSettings, SettingsError> {
        let section = "call";
        Ok(CallSettings {
            ring_timeout: self.required(section, "ring_timeout", value::ring_timeout)?,
            max_duration: self.required(section, "max_duration", value::duration)?,
            record: self.required(section, "record", value::flag)?,
            greet: self.required(section, "greet", |word| match word {
                "after_hello" => Ok(Greet::AfterHello),
                "at_once" => Ok(Greet::AtOnce),
                _ => Err(format!("`{word}` is not a way to greet")),
            })?,
            on_machine: self.required(section, "on_machine", |word| match word {
                "hang_up" => Ok(OnMachine::HangUp),
                "message" => Ok(OnMachine::Message),
                "talk" => Ok(OnMachine::Talk),
                _ => Err(format!("`{word}` is not one of hang_up, message, talk")),
            })?,
            machine_message: self.optional(section, "machine_message", value::text)?,
            longest_hello: self.required(section, "longest_hello", value::duration)?,
        })
    }

    pub(super) fn campaign(&self) -> Result<CampaignSettings, SettingsError> {
        Ok(CampaignSettings {
            max_calls: self.required("campaign", "max_calls", value::count)?,
            max_calls_set: self.layers.get(&key("campaign", "max_calls")).is_some(),
            calls_per_second: self.required("campaign", "calls_per_second", value::rate)?,
            pacing: PacingSettings::read(self)?,
        })
    }

    /// A value with a default.
    pub(super) fn required<T>(
        &self,
        section: &'static str,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, SettingsError> {
        let key = key(section, name);
        let (text, origin) = match self.layers.get(&key) {
            Some(found) => (found.text.as_str(), &found.origin),
            None => (key.default.unwrap_or_default(), &Origin::Default),
        };
        parse(text).map_err(|complaint| SettingsError::bad_value(&key, origin, &complaint))
    }

    /// A value without a default that nothing can stand in for: an empty text is a mistake.
    fn stated<T>(
        &self,
        section: &'static str,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, SettingsError> {
        let parse = |text: &str| match text {
            "" => Err("is empty".to_owned()),
            text => parse(text),
        };
        let key = key(section, name);
        let found = self.layers.get(&key);
        let read = found.map(|found| {
            parse(&found.text)
                .map_err(|complaint| SettingsError::bad_value(&key, &found.origin, &complaint))
        });
        read.transpose()
    }

    /// A value without a default; an empty text in a file switches it off.
    pub(super) fn optional<T>(
        &self,
        section: &'static str,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, SettingsError> {
        let key = key(section, name);
        self.layers
            .get(&key)
            .filter(|found| !found.text.is_empty())
            .map(|found| {
                parse(&found.text)
                    .map_err(|complaint| SettingsError::bad_value(&key, &found.origin, &complaint))
            })
            .transpose()
    }

    pub(super) fn secret(
        &self,
        section: &'static str,
        name: &'static str,
        file: &'static str,
    ) -> Result<Secret, SettingsError> {
        if let Some(text) = self.stated(section, name, value::text)? {
            return Ok(Secret::Text(SecretString::from(text)));
        }
        let key = key(section, file);
        Ok(match self.layers.get(&key) {
            None => Secret::Unset,
            Some(found) if found.text.is_empty() => {
                return Err(SettingsError::bad_value(&key, &found.origin, "is empty"));
            }
            Some(found) => Secret::File {
                path: self.resolve(found),
                origin: found.origin.clone(),
            },
        })
    }

    fn required_path(
        &self,
        section: &'static str,
        name: &'static str,
    ) -> Result<PathBuf, SettingsError> {
        let key = key(section, name);
        let origin = self
            .layers
            .get(&key)
            .map_or(Origin::Default, |found| found.origin.clone());
        let default = key
            .default
            .map(|text| self.environment.working_folder.join(text));
        match self.layers.get(&key) {
            Some(_) => self.path(section, name),
            None => default,
        }
        .ok_or_else(|| SettingsError::bad_value(&key, &origin, "is empty"))
    }

    /// A path that was set.
    fn path(&self, section: &'static str, name: &'static str) -> Option<PathBuf> {
        let found = self.layers.get(&key(section, name))?;
        (!found.text.is_empty()).then(|| self.resolve(found))
    }

    /// The path that a text means: relative to the folder of the file it is written in, else to the
    /// working folder; `~/` is the home folder.
    pub(super) fn resolve(&self, found: &Found) -> PathBuf {
        resolve(found, self.layers.file.as_deref(), self.environment)
    }
}

/// The same where no reader is at hand yet.
pub(super) fn resolve(found: &Found, file: Option<&Path>, environment: &Environment) -> PathBuf {
    if let Some(rest) = found.text.strip_prefix("~/")
        && let Some(home) = environment.get("HOME")
    {
        return Path::new(home).join(rest);
    }
    let work = &environment.working_folder;
    let written_in = match (&found.origin, file) {
        (Origin::File { .. }, Some(file)) => file.parent().map(Path::to_path_buf),
        (Origin::DotEnv { path, .. }, _) => work.join(path).parent().map(Path::to_path_buf),
        _ => None,
    };
    written_in.as_ref().unwrap_or(work).join(&found.text)
}
