//! Telephone audio: 8 kHz, mono, frames of 20 ms.

mod frame;
mod g711;

pub use frame::{FRAME_MS, FRAME_SAMPLES, Frame, SAMPLE_RATE};
pub use g711::G711;
