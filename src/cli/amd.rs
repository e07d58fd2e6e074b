//! `novodial amd`

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Tell people from machines: measure how well, and choose the setting.
#[derive(Debug, Subcommand)]
pub enum AmdCommand {
    /// Measure on labelled recordings what each setting would cost.
    Tune(AmdTuneArgs),
}

/// Measure on labelled recordings what each setting would cost.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial amd tune recordings
  novodial amd tune recordings --format json | jq .best
  tests/corpus/greetings.sh corpus && novodial amd tune corpus    greetings made with espeak-ng

The recordings are WAV files that begin with the answer: DIR/human/*.wav and DIR/machine/*.wav, or
DIR/labels.csv with the columns file and label (human or machine). Of stereo files the left side is
the callee's, as in novodial's own. Judged is the sound alone: how long the first words last, and
fax tones; what machines say is understood in the call besides.")]
pub struct AmdTuneArgs {
    /// The folder of recordings
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The most people of a hundred that may be taken for machines
    #[arg(long, value_name = "PERCENT", default_value_t = 2.0)]
    pub most_people: f64,
}
