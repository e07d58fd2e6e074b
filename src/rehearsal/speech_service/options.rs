//! What kind of account and service the double plays, and how fast it is.
//!
//! The defaults are what was measured on the real service. Time is real here: a test that cannot
//! wait shortens a latency in [`Timing`], and leaves the rules that count audio as they are.

use std::net::SocketAddr;
use std::time::Duration;

/// The account and the habits of the service.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub bind: SocketAddr,
    /// Keys that are accepted.
    pub api_keys: Vec<String>,
    /// Voices of the account: id and name.
    pub voices: Vec<(String, String)>,
    /// Credits of the account at the start; a character costs 1, with the fast models 0.5.
    pub credits: u64,
    /// Syntheses that may run at once.
    pub max_concurrent: usize,
    /// An empty account is a 401 `quota_exceeded` (the older shape), else a 402.
    pub legacy_quota: bool,
    /// Contexts are answered as `context_id`, not `contextId`.
    pub snake_case: bool,
    /// A `flush_done` message follows each flush.
    pub flush_done: bool,
    /// Largest audio chunk that recognition takes, in bytes.
    pub max_chunk_bytes: usize,
    /// Audio may run ahead of the clock by this much before `queue_overflow`.
    pub max_ahead: Duration,
    /// Seeds every jitter and chunk size.
    pub seed: u64,
    /// How fast the service is.
    pub timing: Timing,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            api_keys: vec!["rehearsal-key".to_owned()],
            voices: vec![
                ("rehearsal-voice".to_owned(), "Rehearsal".to_owned()),
                ("rehearsal-second".to_owned(), "Second".to_owned()),
            ],
            credits: 1_000_000,
            max_concurrent: 10,
            legacy_quota: true,
            snake_case: false,
            flush_done: false,
            max_chunk_bytes: 1 << 20,
            max_ahead: Duration::from_mins(1),
            seed: 1,
            timing: Timing::default(),
        }
    }
}

/// Latencies and limits as measured on the real service.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// From a commit to its text.
    pub commit: Duration,
    /// The commit's latency varies by this much either way.
    pub commit_jitter: Duration,
    /// Least time between two partial texts.
    pub partial_every: Duration,
    /// A partial text covers the audio that had come this long before.
    pub partial_lag: Duration,
    /// Audio a session must have had before its first partial text.
    pub first_partial_audio: Duration,
    /// Least uncommitted audio for a commit.
    pub least_commit_audio: Duration,
    /// Uncommitted audio at which the service commits by itself.
    pub self_commit_audio: Duration,
    /// Recognition without an audio message is closed after this long.
    pub idle_close: Duration,
    /// What the service's own voice detector adds to the silence threshold.
    pub vad_overhead: Duration,
    /// From a request to the first audio of a synthesis.
    pub first_audio: Duration,
    /// The first audio varies by this much either way.
    pub first_audio_jitter: Duration,
    /// Synthesised audio comes this many times faster than real time.
    pub burst: u32,
    /// A synthesis over the limit waits this long for a free place before it is refused.
    pub queue_wait: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            commit: Duration::from_millis(320),
            commit_jitter: Duration::from_millis(30),
            partial_every: Duration::from_millis(300),
            partial_lag: Duration::from_millis(160),
            first_partial_audio: Duration::from_secs(2),
            least_commit_audio: Duration::from_millis(300),
            self_commit_audio: Duration::from_millis(35_800),
            idle_close: Duration::from_millis(15_500),
            vad_overhead: Duration::from_millis(500),
            first_audio: Duration::from_millis(230),
            first_audio_jitter: Duration::from_millis(30),
            burst: 5,
            queue_wait: Duration::from_millis(50),
        }
    }
}

impl Timing {
    /// A service that answers at once, for tests of what comes after. The rules that depend on
    /// the length of audio, and the idle limit, stay as they are.
    pub fn instant() -> Self {
        Self {
            commit: Duration::ZERO,
            commit_jitter: Duration::ZERO,
            partial_every: Duration::ZERO,
            partial_lag: Duration::ZERO,
            first_audio: Duration::ZERO,
            first_audio_jitter: Duration::ZERO,
            burst: 1_000,
            ..Self::default()
        }
    }
}
