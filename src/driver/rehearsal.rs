//! A rehearsal: the exchange, the callees and the speech service inside of this process.
//!
//! It differs from a real run in addresses, logins and the hour ([`Rehearsal::settings`]): the
//! same requests go through the same doors, and the same sound comes back.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context;
use secrecy::SecretString;

use crate::rehearsal::exchange::{Callees, Calling, Dialled, Exchange, ExchangeOptions, Line};
use crate::rehearsal::people::Everyone;
use crate::rehearsal::speech_service::{Options, SpeechService};
use crate::rehearsal::trouble::Trouble;
use crate::settings::{AsteriskSettings, ElevenLabsSettings, Secret, Settings};

/// The login of an exchange that lives as long as this process, on loopback.
const USERNAME: &str = "rehearsal";
/// Syntheses at once: those of a large plan, so that it is the user's limits that are rehearsed.
const PLACES: usize = 100;
/// The number that callees see where no caller id is set: one that nobody has.
const CALLER_ID: &str = "+79000000000";

/// What is rehearsed with.
#[derive(Debug, Clone)]
pub struct RehearsalPlan {
    /// Who has which number.
    pub everyone: Everyone,
    /// What goes wrong.
    pub trouble: Trouble,
    /// What every draw hangs on.
    pub seed: u64,
    /// The name of the trunk, as the settings have it.
    pub trunk: String,
    /// Where the exchange and the speech service listen; port 0 takes a free one.
    pub listen: [SocketAddr; 2],
}

impl RehearsalPlan {
    /// Free ports on loopback.
    pub const FREE_PORTS: [SocketAddr; 2] =
        [SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0); 2];
}

/// The user's settings for a rehearsal: a history of its own, at any hour. Where it is reached is
/// known when it runs ([`Rehearsal::settings`]); nothing else differs.
pub fn rehearsal_settings(own: Settings) -> Settings {
    Settings {
        storage: own.storage.of_rehearsal(),
        policy: own.policy.at_any_hour(),
        rehearsal: true,
        ..own
    }
}

/// A running rehearsal. Close it, or its calls end in the middle of a word.
#[derive(Debug)]
pub struct Rehearsal {
    exchange: Exchange,
    speech: Arc<SpeechService>,
    password: String,
    key: String,
    voice: String,
    trunk: String,
}

impl Rehearsal {
    /// Starts it.
    ///
    /// # Errors
    /// A port cannot be had.
    pub async fn start(plan: RehearsalPlan) -> anyhow::Result<Self> {
        let [listen, listen_speech] = plan.listen;
        let options = Options {
            bind: listen_speech,
            seed: plan.seed,
            max_concurrent: PLACES,
            ..Options::default()
        };
        let key = options.api_keys.first().cloned().unwrap_or_default();
        let voice = options.voices.first().map(|(id, _)| id.clone());
        let speech = SpeechService::start(options)
            .await
            .context("the speech service of the rehearsal cannot start")?;
        plan.trouble.apply_to_speech(&speech, plan.seed);
        let speech = Arc::new(speech);
        let callees = Watched {
            everyone: plan.everyone,
            speech: Arc::clone(&speech),
            trouble: plan.trouble.clone(),
            seed: plan.seed,
        };
        let password = password();
        let options = ExchangeOptions {
            bind: listen,
            username: USERNAME.to_owned(),
            password: password.clone(),
            trunk: plan.trunk.clone(),
            seed: plan.seed,
            trouble: plan.trouble,
            ..ExchangeOptions::new(Arc::new(callees))
        };
        let exchange = Exchange::start(options)
            .await
            .context("the exchange of the rehearsal cannot start")?;
        Ok(Self {
            exchange,
            speech,
            password,
            key,
            voice: voice.unwrap_or_default(),
            trunk: plan.trunk,
        })
    }

    /// The settings of a rehearsal ([`rehearsal_settings`]), pointed at this one.
    ///
    /// # Errors
    /// Never: the addresses are made here.
    pub fn settings(&self, own: &Settings) -> anyhow::Result<Settings> {
        let secret = |text: &str| Secret::Text(SecretString::from(text.to_owned()));
        let asterisk = AsteriskSettings {
            url: self.exchange.base_url().parse()?,
            username: Some(USERNAME.to_owned()),
            password: secret(&self.password),
            caller_id: own
                .asterisk
                .caller_id
                .clone()
                .or_else(|| Some(CALLER_ID.to_owned())),
            ..own.asterisk.clone()
        };
        let elevenlabs = ElevenLabsSettings {
            base_url: self.speech.base_url().parse()?,
            api_key: secret(&self.key),
            voice_id: Some(self.voice.clone()),
            // The way to loopback needs none.
            proxy: None,
            ..own.elevenlabs.clone()
        };
        Ok(Settings {
            asterisk,
            elevenlabs,
            ..own.clone()
        })
    }

    /// The variables that point another process at it.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("NOVODIAL_ASTERISK_URL", self.exchange.base_url()),
            ("NOVODIAL_ASTERISK_USERNAME", USERNAME.to_owned()),
            ("NOVODIAL_ASTERISK_PASSWORD", self.password.clone()),
            ("NOVODIAL_ASTERISK_TRUNK", self.trunk.clone()),
            ("NOVODIAL_ASTERISK_CALLER_ID", CALLER_ID.to_owned()),
            ("ELEVENLABS_API_KEY", self.key.clone()),
            ("NOVODIAL_ELEVENLABS_BASE_URL", self.speech.base_url()),
            ("NOVODIAL_ELEVENLABS_VOICE_ID", self.voice.clone()),
        ]
    }

    /// The calls that were dialled so far, oldest first.
    pub fn calls(&self) -> Vec<Dialled> {
        self.exchange.calls()
    }

    /// Waits until more than `count` calls have ended. For ever, if none does.
    pub async fn ended_beyond(&self, count: usize) {
        let ended = |calls: &[Dialled]| {
            let ended = calls.iter().filter(|call| call.released.is_some());
            ended.count() > count
        };
        self.exchange.calls_until(ended).await;
    }

    /// Ends what is left of it.
    pub async fn close(self) {
        self.exchange.stop().await;
        if let Some(speech) = Arc::into_inner(self.speech) {
            speech.stop().await;
        }
    }
}

/// Callees, before each of whose calls the trouble of the speech service has its turn.
#[derive(Debug)]
struct Watched {
    everyone: Everyone,
    speech: Arc<SpeechService>,
    trouble: Trouble,
    seed: u64,
}

impl Callees for Watched {
    fn line(&self, calling: &Calling) -> Line {
        self.trouble
            .before_call(&self.speech, self.seed, calling.sequence);
        self.everyone.line(calling)
    }
}

/// A password for as long as this process lives: others on this machine cannot guess it.
fn password() -> String {
    use std::hash::{BuildHasher, RandomState};
    let word = || RandomState::new().hash_one(std::process::id());
    format!("{:016x}{:016x}", word(), word())
}
