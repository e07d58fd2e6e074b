//! A voice that carries text in sound.
//!
//! [`speak()`] turns text into 8 kHz audio that looks like voiced speech (a pulse train near 125 Hz
//! with two formants a letter), and [`Listener`] turns such audio back into text. The listener
//! gets nothing but samples: a wrong codec, speed, byte order or frame order leaves garbage or
//! nothing, so a test that reads the right text knows that the audio path was right.

mod alphabet;
mod listener;
mod speak;
mod symbol;

pub use listener::{HeardWord, Listener};
pub use speak::{Letter, audible, speak, spell};
pub use symbol::SYMBOL_SAMPLES;

#[cfg(test)]
mod tests;
