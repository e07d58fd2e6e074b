//! From settings to a station: the ledger's run, Asterisk, the speech service.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Context;

use super::clock;
use super::recovery::recover;
use super::run_lock::RunLock;
use super::scribe::on_ledger;
use super::station::{LinePlan, Shelf, Station};
use crate::ari::{Ari, AriConfig, AriError, MediaKind, MediaSupport};
use crate::audio::G711;
use crate::call::{CallRules, Greet};
use crate::language::Language;
use crate::settings::{self, MediaChoice, Settings};
use crate::speech::{ElevenLabs, ElevenLabsConfig};
use crate::store::{Ledger, Run};

/// The codec of trunk, media and prompts: native in Russia, understood everywhere.
const CODEC: G711 = G711::Alaw;

/// A station with the lock of its run. Close it: otherwise the next run takes it for dead, and
/// cleans up after it.
#[derive(Debug)]
pub struct OpenStation {
    /// What calls are made with.
    pub station: Station,
    lock: RunLock,
}

/// Opens everything that calls need. The speech service is only configured here: it is first
/// asked when the first prompt is prepared.
///
/// # Errors
/// A setting is missing, or Asterisk or the ledger refuses; each error knows its hint.
pub async fn open_station(
    settings: &Settings,
    ledger: Ledger,
    language: Language,
) -> anyhow::Result<OpenStation> {
    let speech = speech(settings, language)?;
    let (username, password) = (
        settings.require_asterisk_username()?.to_owned(),
        settings.require_asterisk_password()?,
    );
    let run = begin_run(settings, &ledger).await?;
    let lock =
        RunLock::take(ledger.path(), run.id).context("the lock of this run cannot be taken")?;
    let config = AriConfig::new(settings.asterisk.url.clone(), &username, password, &run.app);
    match join(settings, &ledger, &run, config, speech).await {
        Ok(station) => Ok(OpenStation { station, lock }),
        Err(error) => {
            let id = run.id;
            on_ledger(&ledger, move |ledger| ledger.end_run(id, clock::now())).await?;
            Err(error)
        }
    }
}

impl OpenStation {
    /// Ends the run: nothing of it is left in Asterisk.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub async fn close(self) -> anyhow::Result<()> {
        let Station {
            ari, ledger, run, ..
        } = self.station;
        ari.close().await;
        on_ledger(&ledger, move |ledger| ledger.end_run(run.id, clock::now())).await?;
        drop(self.lock);
        Ok(())
    }
}

async fn begin_run(settings: &Settings, ledger: &Ledger) -> anyhow::Result<Run> {
    let app = settings.asterisk.app.clone();
    let host = hostname();
    on_ledger(ledger, move |ledger| {
        ledger.begin_run(&app, std::process::id(), &host, clock::now())
    })
    .await
}

fn hostname() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "localhost".to_owned(), |name| name.trim().to_owned())
}

async fn join(
    settings: &Settings,
    ledger: &Ledger,
    run: &Run,
    config: AriConfig,
    speech: ElevenLabs,
) -> anyhow::Result<Station> {
    let ari = Ari::connect(config).await?;
    let media = choose_media(settings.asterisk.media, ari.media_support().await?)?;
    recover(&ari, ledger, &settings.asterisk.app, run).await?;
    Ok(Station {
        ari,
        recognizer: Arc::new(speech.clone()),
        synthesizer: Arc::new(speech),
        ledger: ledger.clone(),
        run: run.clone(),
        plan: Arc::new(line_plan(settings, media)),
        shelf: Shelf::default(),
        channels: Arc::new(AtomicU64::new(0)),
    })
}

/// A client of the speech service as the settings have it, for the language of a scenario.
///
/// # Errors
/// The key or the voice is missing, or the proxy cannot be used.
pub fn speech(settings: &Settings, language: Language) -> anyhow::Result<ElevenLabs> {
    let eleven = &settings.elevenlabs;
    Ok(ElevenLabs::new(ElevenLabsConfig {
        base_url: eleven.base_url.clone(),
        api_key: settings.require_elevenlabs_api_key()?,
        voice_id: settings.require_voice_id()?.to_owned(),
        tts_model: eleven.tts_model.clone(),
        stt_model: eleven.stt_model.clone(),
        language: language.code().to_owned(),
        proxy: eleven.proxy.as_ref().map(|proxy| proxy.url().clone()),
        codec: CODEC,
        prompt_cache: settings.storage.prompt_cache.clone(),
    })?)
}

/// The media leg to use.
///
/// # Errors
/// Asterisk does not have what was asked for.
pub fn choose_media(choice: MediaChoice, has: MediaSupport) -> Result<MediaKind, AriError> {
    let kind = match choice {
        MediaChoice::Auto => has.best(),
        MediaChoice::WebSocket => has.websocket.then_some(MediaKind::WebSocket),
        MediaChoice::Rtp => has.rtp.then_some(MediaKind::Rtp),
    };
    let Some(kind) = kind else {
        let cause = format!(
            "[asterisk] media asks for {choice:?}: load chan_websocket.so (Asterisk 22.8 or later) or chan_rtp.so"
        );
        return Err(AriError::Media { cause });
    };
    Ok(kind)
}

fn line_plan(settings: &Settings, media: MediaKind) -> LinePlan {
    let (asterisk, call) = (&settings.asterisk, &settings.call);
    let ms =
        |duration: std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    LinePlan {
        trunk: asterisk.trunk.clone(),
        dial: asterisk.dial.clone(),
        number_format: asterisk.number_format,
        caller_id: asterisk.caller_id.clone(),
        codec: CODEC,
        media,
        rules: CallRules {
            ring_timeout_ms: ms(call.ring_timeout),
            max_duration_ms: ms(call.max_duration),
            greet: match call.greet {
                settings::Greet::AfterHello => Greet::AfterHello,
                settings::Greet::AtOnce => Greet::AtOnce,
            },
        },
        recordings: call.record.then(|| settings.storage.recordings.clone()),
    }
}
