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
  novodial amd tune recordings --show                     each recording that is mistaken, and why
  novodial amd tune recordings --format json | jq .best

Each recording answers a call that is only played: the machine, the ear and the timing of real calls.

The recordings are WAV files that begin with the answer, in folders by who answers: DIR/human,
DIR/voicemail, DIR/announcement, DIR/assistant, DIR/fax, DIR/music, or DIR/machine for some machine;
or DIR/labels.csv with the columns file and label. Of stereo files the left side is the callee's, as
in novodial's own.

What is said may stand beside a recording, in NAME.txt: plain text, or labels of Audacity (from, to
and text with tabs between, in seconds). The recogniser of the played call then hears it as late as
the service would tell it. Without such texts only the sound is judged.")]
pub struct AmdTuneArgs {
    /// The folder of recordings
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The most people of a hundred that may be taken for machines
    #[arg(long, value_name = "PERCENT", default_value_t = 2.0)]
    pub most_people: f64,
    /// Print each recording that was mistaken, with the reason and what was said
    #[arg(long)]
    pub show: bool,
}
