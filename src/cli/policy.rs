//! What a campaign may set for itself on the command line; it is kept with the campaign.

use std::path::PathBuf;

use clap::Args;

/// What a campaign may set for itself; it is kept with the campaign.
#[derive(Debug, Args, Default)]
pub struct PolicyArgs {
    /// Settings of this campaign: [policy], [campaign], [call] and [tariff] as in `novodial.toml`
    #[arg(long, value_name = "FILE", help_heading = "Policy")]
    pub file: Option<PathBuf>,
    #[arg(
        long,
        help = "The rules of a country: ru, us or a file ([policy] preset)",
        value_name = "NAME",
        help_heading = "Policy"
    )]
    pub preset: Option<String>,
    /// What the calls are for: advertising, service, survey, debt or other
    #[arg(long, value_name = "WORD", help_heading = "Policy")]
    pub purpose: Option<String>,
    /// Why a rule of the preset does not apply; written into the history
    #[arg(long = "override", value_name = "WHY", help_heading = "Policy")]
    pub override_reason: Option<String>,
    #[arg(
        long = "set",
        help = "Any other setting, such as policy.smallest_gap=1h; may be repeated",
        value_name = "KEY=VALUE",
        help_heading = "Policy"
    )]
    pub set: Vec<String>,
}

impl PolicyArgs {
    /// Each as `key=value`.
    pub fn settings(&self) -> Vec<String> {
        let named = [
            ("policy.preset", &self.preset),
            ("policy.purpose", &self.purpose),
            ("policy.override", &self.override_reason),
        ];
        let named = named
            .into_iter()
            .filter_map(|(key, value)| Some(format!("{key}={}", value.as_ref()?)));
        named.chain(self.set.iter().cloned()).collect()
    }
}
