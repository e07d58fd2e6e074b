//! Whole prompts: from the cache, else synthesised once however many ask, then cached.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;

use super::cache::{Cache, key};
use super::http::Http;
use super::{DOING, normalised};
use crate::speech::{SpeechError, SpeechErrorClass, Spoken};

type Made = Option<Result<Spoken, SpeechError>>;
type Flights = Arc<Mutex<HashMap<String, watch::Receiver<Made>>>>;

/// The prompts of one voice.
#[derive(Debug, Clone)]
pub(in crate::speech::elevenlabs) struct Prompts {
    http: Http,
    cache: Arc<Cache>,
    /// What is being made at present.
    flights: Flights,
}

impl Prompts {
    pub(in crate::speech::elevenlabs) fn new(http: Http, folder: &Path) -> Self {
        Self {
            http,
            cache: Arc::new(Cache::new(folder)),
            flights: Flights::default(),
        }
    }

    /// The prompt's audio; nothing to say is no audio.
    pub(in crate::speech::elevenlabs) async fn get(
        &self,
        text: &str,
    ) -> Result<Spoken, SpeechError> {
        let text = normalised(text);
        if text.is_empty() {
            return Ok(free(Bytes::new()));
        }
        let key = key(self.http.voice(), &text);
        if let Some(audio) = self.cache.read(&key).await {
            return Ok(free(audio));
        }
        let (mut flight, is_ours) = self.join(key, text);
        let made = flight.wait_for(Option::is_some).await;
        match made.map(|made| made.clone()) {
            Ok(Some(Ok(spoken))) if is_ours => Ok(spoken),
            Ok(Some(result)) => result.map(|spoken| free(spoken.audio)),
            Ok(None) | Err(_) => Err(SpeechError {
                class: SpeechErrorClass::Protocol,
                message: format!("{DOING}: the work on a prompt broke off"),
                hint: "this is a defect of novodial: report it with a log (-vv)".to_owned(),
            }),
        }
    }

    /// Whether the prompt is there and whole; nothing to say always is.
    pub(in crate::speech::elevenlabs) async fn is_cached(&self, text: &str) -> bool {
        let text = normalised(text);
        text.is_empty()
            || self
                .cache
                .read(&key(self.http.voice(), &text))
                .await
                .is_some()
    }

    /// Joins whoever makes this prompt, or begins. The work is its own task: a call that ends
    /// meanwhile does not waste what is already paid for. Whether it was begun for us.
    fn join(&self, key: String, text: String) -> (watch::Receiver<Made>, bool) {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&key) {
            return (flight.clone(), false);
        }
        let (done, flight) = watch::channel(None);
        flights.insert(key.clone(), flight.clone());
        let this = self.clone();
        tokio::spawn(async move {
            let landed = Landing {
                flights: Arc::clone(&this.flights),
                key,
            };
            let made = this.make(&landed.key, &text).await;
            // Off the list before the news: who reads the news and asks again finds the cache.
            drop(landed);
            done.send_replace(Some(made));
        });
        (flight, true)
    }

    async fn make(&self, key: &str, text: &str) -> Result<Spoken, SpeechError> {
        // Another flight may have landed between a look into the cache and this one's start.
        if let Some(audio) = self.cache.read(key).await {
            return Ok(free(audio));
        }
        let audio = self.http.whole(text).await?;
        if let Err(error) = self.cache.write(key, &audio).await {
            tracing::warn!(%error, "a prompt cannot be kept in the prompt cache");
        }
        Ok(Spoken {
            audio,
            paid_characters: text.chars().count(),
        })
    }
}

/// What was there already.
fn free(audio: Bytes) -> Spoken {
    Spoken {
        audio,
        paid_characters: 0,
    }
}

/// Takes a flight off the list, also when its work panics.
struct Landing {
    flights: Flights,
    key: String,
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.flights
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.key);
    }
}
