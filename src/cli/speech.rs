//! `novodial speech`

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Try voices, prepare prompts, check the speech service.
#[derive(Debug, Subcommand)]
pub enum SpeechCommand {
    /// List the voices of your account.
    #[command(after_help = "\
Examples:
  novodial speech voices
  novodial speech voices --search anna --format json")]
    Voices {
        /// Only those whose name or label contains this
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
    },
    /// Speak a text: into a file, or for you to hear.
    Say(SpeechSayArgs),
    /// Speak the prompts of a scenario into the prompt cache, each once and for all.
    #[command(after_help = "\
Examples:
  novodial speech warm scenario.toml
  novodial speech warm offer.ru --yes

Tells first how many characters are missing. Prompts with a lead's fields in them are not the
same for everybody, and are spoken while the phone rings.")]
    Warm {
        /// The scenario: a file, or the name of one that is shipped
        #[arg(value_name = "SCENARIO")]
        scenario: PathBuf,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Check key, credits, voice, model, and how far away the service is.
    #[command(after_help = "\
Examples:
  novodial speech check
  novodial speech check --format json

Speaks nothing, so it costs nothing. Exits with 1 if anything failed.")]
    Check,
}

/// Speak a text: into a file, or for you to hear.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial speech say \"Добрый день!\"
  novodial speech say \"Добрый день!\" --voice 21m00Tcm4TlvDq8ikWAM --out hello.wav

Sounds as on the telephone: 8 kHz. Without --out it is played by aplay, paplay, pw-play, afplay or
ffplay, whichever there is.")]
pub struct SpeechSayArgs {
    /// The text
    #[arg(value_name = "TEXT")]
    pub text: String,
    /// Write a WAV file instead of playing it
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// A voice to try (`[elevenlabs] voice_id`)
    #[arg(long, value_name = "ID")]
    pub voice: Option<String>,
    /// A model to try (`[elevenlabs] tts_model`)
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,
}
