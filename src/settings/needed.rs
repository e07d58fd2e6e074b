//! What a command cannot do without: all that is missing is told at once, with the file that was read.

use std::path::Path;

use secrecy::SecretString;

use super::error::{SettingsError, SettingsFault};
use super::reader::key;
use super::{Key, Kind, OnMachine, Secret, Settings};

/// A value that some command needs: its section, its name, what it is.
type Need<'a> = (&'static str, &'static str, &'a str);

const USERNAME: Need<'static> = ("asterisk", "username", "the login of Asterisk");
const PASSWORD: Need<'static> = ("asterisk", "password", "the password of Asterisk");
const API_KEY: Need<'static> = ("elevenlabs", "api_key", "the key of ElevenLabs");
const MODEL: Need<'static> = ("understanding", "llm_model", "the name of the model");
const MESSAGE: Need<'static> = (
    "call",
    "machine_message",
    "what on_machine = \"message\" leaves after the beep",
);
const VOICE: Need<'static> = ("elevenlabs", "voice_id", "the voice that speaks");

impl Settings {
    /// What it takes to ask Asterisk.
    ///
    /// # Errors
    /// `Missing`, with all that is.
    pub fn require_asterisk(&self) -> Result<(), SettingsError> {
        self.require(&self.asterisk_needs())
    }

    /// What it takes to ring somebody and talk: a command that does asks for all of it before
    /// anything else. A rehearsal brings its own logins, key and voice.
    ///
    /// # Errors
    /// `Missing`, with all that is; or what is wrong with the file of a secret.
    pub fn require_for_calls(&self) -> Result<(), SettingsError> {
        let understanding = &self.understanding;
        let is_named = understanding.url.is_none() || understanding.model.is_some();
        let mut needs = vec![self.machine_need(), (MODEL, is_named)];
        if self.rehearsal {
            return self.require(&needs);
        }
        let own = [
            (API_KEY, is_set(&self.elevenlabs.api_key)),
            (VOICE, self.elevenlabs.voice_id.is_some()),
        ];
        needs.splice(0..0, self.asterisk_needs().into_iter().chain(own));
        self.require(&needs)?;
        for secret in [&self.asterisk.password, &self.elevenlabs.api_key] {
            secret.read()?;
        }
        Ok(())
    }

    /// The words that are left on machines, where they are to be left.
    ///
    /// # Errors
    /// `Missing`.
    pub fn require_machine_message(&self) -> Result<(), SettingsError> {
        self.require(&[self.machine_need()])
    }

    fn machine_need(&self) -> (Need<'static>, bool) {
        let call = &self.call;
        let leaves = call.on_machine == OnMachine::Message;
        (MESSAGE, !leaves || call.machine_message.is_some())
    }

    fn asterisk_needs(&self) -> Vec<(Need<'static>, bool)> {
        vec![
            (USERNAME, self.asterisk.username.is_some()),
            (PASSWORD, is_set(&self.asterisk.password)),
        ]
    }

    fn require(&self, needs: &[(Need<'_>, bool)]) -> Result<(), SettingsError> {
        let unset = needs.iter().filter(|(_, set)| !set);
        let missing: Vec<Need<'_>> = unset.map(|(need, _)| *need).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(missing_of(&missing, self.file.as_deref()))
    }

    /// The login of Asterisk, for a command that cannot do without.
    ///
    /// # Errors
    /// `Missing`.
    pub fn require_asterisk_username(&self) -> Result<&str, SettingsError> {
        let username = self.asterisk.username.as_deref();
        username.ok_or_else(|| missing_of(&[USERNAME], self.file.as_deref()))
    }

    /// The password of Asterisk, for a command that cannot do without.
    ///
    /// # Errors
    /// `Missing`, or what is wrong with its file.
    pub fn require_asterisk_password(&self) -> Result<SecretString, SettingsError> {
        let password = self.asterisk.password.read()?;
        password.ok_or_else(|| missing_of(&[PASSWORD], self.file.as_deref()))
    }

    /// The key of `ElevenLabs`, for a command that cannot do without.
    ///
    /// # Errors
    /// `Missing`, or what is wrong with its file.
    pub fn require_elevenlabs_api_key(&self) -> Result<SecretString, SettingsError> {
        let read = self.elevenlabs.api_key.read()?;
        read.ok_or_else(|| missing_of(&[API_KEY], self.file.as_deref()))
    }

    /// The name of the model, where an address is set.
    ///
    /// # Errors
    /// `Missing`.
    pub fn require_llm_model(&self) -> Result<&str, SettingsError> {
        let model = self.understanding.model.as_deref();
        model.ok_or_else(|| missing_of(&[MODEL], self.file.as_deref()))
    }

    /// The voice that speaks, for a command that cannot do without.
    ///
    /// # Errors
    /// `Missing`.
    pub fn require_voice_id(&self) -> Result<&str, SettingsError> {
        let voice = self.elevenlabs.voice_id.as_deref();
        voice.ok_or_else(|| missing_of(&[VOICE], self.file.as_deref()))
    }
}

fn is_set(secret: &Secret) -> bool {
    !matches!(secret, Secret::Unset)
}

/// One value that is missing, where it is not known which file was read.
pub(super) fn missing(section: &'static str, name: &'static str, what: &str) -> SettingsError {
    told(&[(section, name, what)], "novodial.toml", "")
}

/// One error for all that is missing.
fn missing_of(needs: &[Need<'_>], file: Option<&Path>) -> SettingsError {
    match file.map(|file| file.display().to_string()) {
        Some(file) => told(needs, &file, &format!(" (read: {file})")),
        None => told(needs, "novodial.toml", " (there is no novodial.toml)"),
    }
}

fn told(needs: &[Need<'_>], file: &str, read: &str) -> SettingsError {
    let keys: Vec<Key> = needs.iter().map(|need| key(need.0, need.1)).collect();
    let message = match needs {
        [(section, name, what)] => format!("{section}.{name}: {what} is not set"),
        several => {
            let names = several
                .iter()
                .map(|(section, name, what)| format!("{section}.{name} ({what})"));
            format!("not set: {}", names.collect::<Vec<_>>().join(", "))
        }
    };
    let variables: Vec<String> = keys.iter().map(variable).collect();
    let lines: Vec<String> = keys
        .iter()
        .map(|key| format!("{} in [{}]", written(key), key.section))
        .collect();
    SettingsError::new(
        SettingsFault::Missing,
        format!("{message}{read}"),
        format!(
            "set {} in the environment or in .env, or write {} of {file}",
            variables.join(", "),
            lines.join(", ")
        ),
    )
}

/// The variable it is best set by.
fn variable(key: &Key) -> String {
    match (key.section, key.name) {
        ("elevenlabs", "api_key") => "ELEVENLABS_API_KEY".to_owned(),
        _ => key.variable(),
    }
}

/// How it stands in a file: a secret better in a file of its own.
fn written(key: &Key) -> String {
    if key.kind == Kind::Secret {
        format!("{}_file", key.name)
    } else {
        key.name.to_owned()
    }
}
