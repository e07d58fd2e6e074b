//! The unit of telephone audio.

/// Samples a second on the telephone network.
pub const SAMPLE_RATE: u32 = 8_000;
/// Samples in one frame; in G.711 also its bytes.
pub const FRAME_SAMPLES: usize = 160;
/// How long a frame lasts, in milliseconds.
pub const FRAME_MS: u32 = 20;

/// 20 ms of 8 kHz mono audio as 16-bit linear samples.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Frame(pub [i16; FRAME_SAMPLES]);

impl Frame {
    /// A frame of digital silence.
    pub const SILENCE: Self = Self([0; FRAME_SAMPLES]);
}

impl Default for Frame {
    fn default() -> Self {
        Self::SILENCE
    }
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let peak = self
            .0
            .iter()
            .map(|sample| sample.unsigned_abs())
            .max()
            .unwrap_or(0);
        write!(f, "Frame(peak {peak})")
    }
}
