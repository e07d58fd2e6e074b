//! Telephone audio: 8 kHz, mono, frames of 20 ms.

mod beep;
mod echo;
mod frame;
mod g711;
mod keys;
mod level;
mod melody;
mod music;
mod network_tone;
mod playout;
mod silero;
mod tone;
mod truth;
mod vad;
pub mod wav;
pub mod wav_read;

pub use beep::{Signal, SignalDetector};
pub use echo::EchoGuard;
pub use frame::{FRAME_MS, FRAME_SAMPLES, Frame, SAMPLE_RATE};
pub use g711::G711;
pub use keys::KeyDetector;
pub use level::level_dbfs;
pub use melody::MelodyDetector;
pub use music::hold_music;
pub use network_tone::{NetworkTone, NetworkToneDetector};
pub use playout::{Message, Played, Playout};
pub use tone::is_tonal;
pub use truth::{Truth, TruthMeter};
pub use vad::{VoiceChange, VoiceDetector};
