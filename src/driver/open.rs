//! From settings to a station: the ledger's run, Asterisk, the speech service.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::Context;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::clock;
use super::hang_up::LiveCalls;
use super::recovery::{end_open_calls, recover};
use super::run_lock::RunLock;
use super::scribe::patiently;
use super::station::{LinePlan, Shelf, Station};
use super::test_call::{TestCall, test_call};
use crate::ari::{Ari, AriConfig, AriError, MediaKind, MediaSupport, ReachedAri};
use crate::audio::G711;
use crate::call::{CallRules, Greet, OnMachine};
use crate::language::Language;
use crate::line::{Disposition, Release};
use crate::model::{ChatModel, ModelConfig};
use crate::phone::PhoneNumber;
use crate::settings::{self, MediaChoice, ProxyUrl, Settings};
use crate::speech::{ElevenLabs, ElevenLabsConfig};
use crate::store::{Ledger, Run};

/// The codec of trunk, media and prompts: native in Russia, understood everywhere.
pub const SPOKEN: G711 = G711::Alaw;

/// Asterisk and a run of the ledger. Close it: otherwise the next run takes it for dead, and
/// cleans up after it.
#[derive(Debug)]
pub struct OpenLine {
    ari: Ari,
    ledger: Ledger,
    run: Run,
    media: MediaKind,
    lock: RunLock,
}

/// A line with what it takes to talk.
#[derive(Debug)]
pub struct OpenStation {
    /// What calls are made with.
    pub station: Station,
    line: OpenLine,
    /// Calls of it can be ended from another shell.
    _watch: DropGuard,
}

/// Begins a run and connects to Asterisk; what dead runs left behind is removed.
///
/// # Errors
/// A setting is missing, or Asterisk or the ledger refuses; each error knows its hint.
pub async fn open_line(settings: &Settings, ledger: Ledger) -> anyhow::Result<OpenLine> {
    settings.require_asterisk()?;
    let username = settings.require_asterisk_username()?.to_owned();
    let password = settings.require_asterisk_password()?;
    let app = &settings.asterisk.app;
    let config = AriConfig::new(settings.asterisk.url.clone(), &username, password, app);
    // The disk takes longer than Asterisk to say that it is there.
    let (run, reached) = tokio::join!(begin_run(settings, &ledger), ReachedAri::reach(config));
    let run = run?;
    let lock =
        RunLock::take(ledger.path(), run.id).context("the lock of this run cannot be taken")?;
    match join(settings, &ledger, &run, reached).await {
        Ok((ari, media)) => Ok(OpenLine {
            ari,
            ledger,
            run,
            media,
            lock,
        }),
        Err(error) => Err(not_begun(&ledger, &run, error).await),
    }
}

/// Opens everything that calls need. The speech service is only configured here: it is first
/// asked when the first prompt is prepared.
///
/// # Errors
/// As [`open_line`]; or the key or the voice of the speech service is missing.
pub async fn open_station(
    settings: &Settings,
    ledger: Ledger,
    language: Language,
) -> anyhow::Result<OpenStation> {
    settings.require_for_calls()?;
    let speech = speech(settings, language)?;
    let model = model(settings)?;
    let line = open_line(settings, ledger).await?;
    let live = LiveCalls::default();
    let watch = live.watch(line.ledger.clone(), line.run.id);
    let station = Station {
        ari: line.ari.clone(),
        recognizer: Arc::new(speech.clone()),
        synthesizer: Arc::new(speech),
        model,
        ledger: line.ledger.clone(),
        run: line.run.clone(),
        plan: Arc::new(line_plan(settings, line.media)),
        shelf: Shelf::default(),
        channels: Arc::new(AtomicU64::new(0)),
        live,
    };
    Ok(OpenStation {
        station,
        line,
        _watch: watch,
    })
}

impl OpenLine {
    /// Rings a number and hangs up when it is answered, or stopped.
    ///
    /// # Errors
    /// Asterisk or the ledger refuses.
    pub async fn test_call(
        &self,
        number: PhoneNumber,
        settings: &Settings,
        stop: &CancellationToken,
    ) -> anyhow::Result<(Disposition, Option<Release>)> {
        let plan = line_plan(settings, self.media);
        let call = TestCall {
            endpoint: plan.endpoint(&number),
            number,
            caller_id: plan.caller_id,
            trunk: plan.trunk,
            ring_timeout: settings.call.ring_timeout,
            media: self.media,
        };
        test_call((&self.ari, &self.ledger), &self.run, &call, stop).await
    }

    /// Ends the run: nothing of it is left in Asterisk. Where that is not certain it gets no end,
    /// and the next run looks after it as after a dead one.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub async fn close(self) -> anyhow::Result<()> {
        // Calls whose end could not be recorded at their time, if any.
        let line = (&self.ari, &self.ledger);
        let why = "the end of the call could not be recorded at its time";
        if let Err(error) = end_open_calls(line, &self.run, |_| true, why).await {
            tracing::warn!(%error, "a call has no end yet: the next run gives it one");
        }
        if self.ari.close().await {
            end_run(&self.ledger, &self.run).await?;
        } else {
            tracing::warn!("a call may be left in Asterisk: the next run ends it");
        }
        drop(self.lock);
        Ok(())
    }
}

impl OpenStation {
    /// Ends the run: nothing of it is left in Asterisk.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub async fn close(self) -> anyhow::Result<()> {
        self.line.close().await
    }
}

async fn end_run(ledger: &Ledger, run: &Run) -> anyhow::Result<()> {
    let id = run.id;
    patiently(ledger, move |ledger| ledger.end_run(id, clock::now())).await
}

/// Ends a run that came to nothing; why it did is what the user is told.
async fn not_begun(ledger: &Ledger, run: &Run, error: anyhow::Error) -> anyhow::Error {
    if let Err(error) = end_run(ledger, run).await {
        tracing::warn!(%error, "a run that came to nothing has no end yet: the next one gives it");
    }
    error
}

async fn begin_run(settings: &Settings, ledger: &Ledger) -> anyhow::Result<Run> {
    let app = settings.asterisk.app.clone();
    let host = hostname();
    patiently(ledger, move |ledger| {
        ledger.begin_run(&app, std::process::id(), &host, clock::now())
    })
    .await
}

pub(super) fn hostname() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map_or_else(|_| "localhost".to_owned(), |name| name.trim().to_owned())
}

async fn join(
    settings: &Settings,
    ledger: &Ledger,
    run: &Run,
    reached: Result<ReachedAri, AriError>,
) -> anyhow::Result<(Ari, MediaKind)> {
    let ari = reached?.connect(&run.app).await?;
    let media = choose_media(settings.asterisk.media, ari.media_support().await?)?;
    recover(&ari, ledger, &settings.asterisk.app, run).await?;
    Ok((ari, media))
}

/// A client of the speech service as the settings have it, for the language of a scenario.
///
/// # Errors
/// The key or the voice is missing, or the proxy cannot be used.
pub fn speech(settings: &Settings, language: Language) -> anyhow::Result<ElevenLabs> {
    settings.require_voice_id()?;
    let proxy = settings.elevenlabs.proxy.as_ref();
    account(settings, language, proxy)
}

/// The same where nothing is to be spoken yet, by a way of its own: `proxy`, or none.
///
/// # Errors
/// The key is missing, or the proxy cannot be used.
pub fn account(
    settings: &Settings,
    language: Language,
    proxy: Option<&ProxyUrl>,
) -> anyhow::Result<ElevenLabs> {
    let eleven = &settings.elevenlabs;
    Ok(ElevenLabs::new(ElevenLabsConfig {
        base_url: eleven.base_url.clone(),
        api_key: settings.require_elevenlabs_api_key()?,
        voice_id: eleven.voice_id.clone().unwrap_or_default(),
        tts_model: eleven.tts_model.clone(),
        stt_model: eleven.stt_model.clone(),
        language: language.code().to_owned(),
        proxy: proxy.map(|proxy| proxy.url().clone()),
        codec: SPOKEN,
        prompt_cache: settings.storage.prompt_cache.clone(),
    })?)
}

/// The model that is asked where the rules find nothing, if the settings name one.
///
/// # Errors
/// Its name is missing, or its key or proxy cannot be used.
pub(super) fn model(settings: &Settings) -> anyhow::Result<Option<ChatModel>> {
    let understanding = &settings.understanding;
    let Some(url) = understanding.url.clone() else {
        return Ok(None);
    };
    let config = ModelConfig {
        url,
        model: settings.require_llm_model()?.to_owned(),
        api_key: understanding.api_key.read()?,
        limit: understanding.time_limit,
        proxy: understanding
            .proxy
            .as_ref()
            .map(|proxy| proxy.url().clone()),
    };
    Ok(Some(ChatModel::new(config)?))
}

/// The media leg to use.
///
/// # Errors
/// Asterisk does not have what was asked for.
fn choose_media(choice: MediaChoice, has: MediaSupport) -> Result<MediaKind, AriError> {
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
    LinePlan {
        trunk: asterisk.trunk.clone(),
        dial: asterisk.dial.clone(),
        number_format: asterisk.number_format,
        caller_id: asterisk.caller_id.clone(),
        codec: SPOKEN,
        media,
        rules: call_rules(settings),
        tariff: settings.tariff.clone(),
        machine_message: call.machine_message.clone(),
        recordings: call.record.then(|| settings.storage.recordings.clone()),
    }
}

/// What a call keeps to by the settings.
pub fn call_rules(settings: &Settings) -> CallRules {
    let (call, understanding) = (&settings.call, &settings.understanding);
    let ms =
        |duration: std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    CallRules {
        ring_timeout_ms: ms(call.ring_timeout),
        max_duration_ms: ms(call.max_duration),
        greet: match call.greet {
            settings::Greet::AfterHello => Greet::AfterHello,
            settings::Greet::AtOnce => Greet::AtOnce,
        },
        on_machine: match call.on_machine {
            settings::OnMachine::HangUp => OnMachine::HangUp,
            settings::OnMachine::Message => OnMachine::Message,
            settings::OnMachine::Talk => OnMachine::Talk,
        },
        longest_hello_ms: ms(call.longest_hello),
        advice_ms: understanding
            .url
            .as_ref()
            .map(|_| ms(understanding.time_limit)),
    }
}
