//! The voices and the models of the account.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::fault::Fault;
use super::link::Link;
use crate::speech::SpeechError;

const DOING: &str = "ElevenLabs voices";
/// An answer is read up to here.
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;
/// Voices of a page; the service gives no more.
const PAGE: &str = "100";
/// Pages of one list: no account has so many voices.
const MOST_PAGES: usize = 100;

/// A voice of the account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Voice {
    /// What `[elevenlabs] voice_id` takes.
    #[serde(rename = "voice_id")]
    pub id: String,
    /// For people.
    #[serde(default)]
    pub name: String,
    /// `premade`, `cloned`, `professional` and the like.
    #[serde(default)]
    pub category: Option<String>,
    /// The languages that the service has tried it in.
    #[serde(default)]
    verified_languages: Option<Vec<Verified>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Verified {
    #[serde(default)]
    language: String,
}

impl Voice {
    /// The languages that the service has tried it in, each once.
    pub fn languages(&self) -> Vec<&str> {
        let verified = self.verified_languages.iter().flatten();
        let mut languages: Vec<&str> = verified.map(|one| one.language.as_str()).collect();
        languages.sort_unstable();
        languages.dedup();
        languages
    }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    voices: Vec<Voice>,
    #[serde(default)]
    has_more: bool,
    #[serde(default)]
    next_page_token: Option<String>,
}

/// A model that speaks.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Model {
    #[serde(rename = "model_id")]
    pub(super) id: String,
    #[serde(default)]
    pub(super) can_do_text_to_speech: bool,
    #[serde(default)]
    languages: Vec<ModelLanguage>,
    #[serde(default, rename = "model_rates")]
    rates: Option<Rates>,
}

#[derive(Debug, Clone, Deserialize)]
struct ModelLanguage {
    #[serde(default)]
    language_id: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Rates {
    #[serde(default)]
    character_cost_multiplier: Option<f64>,
}

impl Model {
    pub(super) fn speaks(&self, language: &str) -> bool {
        self.languages.is_empty() || self.languages.iter().any(|one| one.language_id == language)
    }

    /// Credits of a character.
    pub(super) fn credits(&self) -> Option<f64> {
        self.rates.as_ref()?.character_cost_multiplier
    }
}

/// All voices whose name, description or label contains `search`; all of them for nothing.
pub(super) async fn voices(link: &Link, search: &str) -> Result<Vec<Voice>, SpeechError> {
    let mut all = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let mut query = vec![("page_size", PAGE)];
        if !search.is_empty() {
            query.push(("search", search));
        }
        query.extend(token.as_deref().map(|token| ("next_page_token", token)));
        let page: Page = get(link, &["v2", "voices"], &query).await?;
        all.extend(page.voices);
        token = page.next_page_token.filter(|_| page.has_more);
        if token.is_none() {
            break;
        }
    }
    Ok(all)
}

/// The models of the service.
pub(super) async fn models(link: &Link) -> Result<Vec<Model>, SpeechError> {
    get(link, &["v1", "models"], &[]).await
}

async fn get<T: DeserializeOwned>(
    link: &Link,
    steps: &[&str],
    query: &[(&str, &str)],
) -> Result<T, SpeechError> {
    let sent = link.web.get(&link.url(steps, query)).await;
    let answer = sent.map_err(|error| link.request_failed(DOING, error))?;
    let status = answer.status;
    let body = answer.body(LONGEST_ANSWER).await;
    if status != 200 {
        return Err(link.scrubbed(Fault::from_http(status, &body).into_error(DOING)));
    }
    serde_json::from_slice(&body).map_err(|error| {
        let cause = format!(
            "the answer of {} is not understood: {error}",
            steps.join("/")
        );
        link.unreachable(DOING, &cause)
    })
}
