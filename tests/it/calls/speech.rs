//! A double of the speech service with a runtime of its own, for tests that block.

use novodial::rehearsal::speech_service::{Options, SpeechService};
use tokio::runtime::Runtime;

/// A running double.
pub(super) struct Speech {
    pub(super) service: SpeechService,
    pub(super) runtime: Runtime,
}

impl Speech {
    /// With the latencies of the real service.
    pub(super) fn start() -> Self {
        Self::with(Options::default())
    }

    pub(super) fn with(options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let service = runtime.block_on(SpeechService::start(options));
        Self {
            service: service.expect("the speech service starts"),
            runtime,
        }
    }

    /// The variables that point the program at it.
    pub(super) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("ELEVENLABS_API_KEY", "rehearsal-key".to_owned()),
            ("NOVODIAL_ELEVENLABS_BASE_URL", self.service.base_url()),
            ("NOVODIAL_ELEVENLABS_VOICE_ID", "rehearsal-voice".to_owned()),
        ]
    }
}
