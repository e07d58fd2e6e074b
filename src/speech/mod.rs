//! Hearing and speaking: the contract of a recogniser and a synthesiser, and ElevenLabs behind it.

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::audio::Frame;

mod elevenlabs;
mod error;

pub use elevenlabs::{
    AccountReport, ElevenLabs, ElevenLabsConfig, RoundTrips, SpeechPlan, SpeechTiming, Voice,
    way_line,
};
pub use error::{SpeechError, SpeechErrorClass};

/// What to do for the recogniser of one call.
#[derive(Debug, Clone)]
pub enum RecognizerCommand {
    /// The callee's audio, in order, gaps already filled with silence: some frames of 20 ms.
    Audio(Vec<Frame>),
    /// The callee paused: give the final text of what was heard since the last commit.
    Commit,
    /// The call is over.
    Close,
}

/// What the recogniser of one call reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecognizerEvent {
    /// The session is up (also after a reconnect).
    Ready,
    /// The present guess at what is being said since the last commit; replaces the one before.
    /// None comes while a commit waits for its text: such guesses are about what it closed.
    Partial(String),
    /// The text of one commit, in the order of the commits; empty for silence. Each commit brings
    /// exactly one, even after a broken socket (then the best guess, or empty).
    Final(String),
    /// Text that no commit asked for (the service closed a long segment itself); belongs to the
    /// turn under way.
    Unasked(String),
    /// The session broke and is being mended; nothing said is lost as far as it can be helped.
    Reconnecting,
    /// It cannot be mended within this call. A commit after it still brings its `Final`, empty.
    Failed(SpeechError),
}

/// One call's ear.
#[derive(Debug)]
pub struct RecognizerSession {
    /// Commands; bounded.
    pub commands: mpsc::Sender<RecognizerCommand>,
    /// Events; bounded, always to be drained.
    pub events: mpsc::Receiver<RecognizerEvent>,
}

/// Opens ears.
#[async_trait]
pub trait Recognizer: Send + Sync + std::fmt::Debug {
    /// Starts connecting at once and returns; `Ready` or `Failed` follows.
    fn open(&self) -> RecognizerSession;
    /// Opens one session and closes it again: proves key, account and address.
    async fn check(&self) -> Result<(), SpeechError>;
    /// How many sessions the account allows at once, as far as the service has told.
    fn sessions(&self) -> Option<u32> {
        None
    }
}

/// A whole prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// G.711 in the codec of the call.
    pub audio: Bytes,
    /// Characters that the service was paid for; none where it was cached, or somebody else asked
    /// for it a moment before.
    pub paid_characters: usize,
}

/// Speaks: text to G.711 in the codec of the call.
#[async_trait]
pub trait Synthesizer: Send + Sync + std::fmt::Debug {
    /// The whole prompt, from the cache on disk or synthesised and cached.
    async fn spoken(&self, text: &str) -> Result<Spoken, SpeechError>;
    /// Its audio alone.
    async fn prompt(&self, text: &str) -> Result<Bytes, SpeechError> {
        Ok(self.spoken(text).await?.audio)
    }
    /// A prompt that is not worth caching, streamed as it is made; chunks of any length. Ends
    /// when the sender is dropped; an error is the last item.
    async fn stream(
        &self,
        text: &str,
    ) -> Result<mpsc::Receiver<Result<Bytes, SpeechError>>, SpeechError>;
    /// Looks at the account without saying anything: proves key, credits and address.
    async fn check_account(&self) -> Result<(), SpeechError>;
}
