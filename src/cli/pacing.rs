//! How many lines ring, and with which numbers.

use clap::Args;

/// How many lines ring, and with which numbers.
#[derive(Debug, Args, Default)]
pub struct PacingArgs {
    #[arg(
        long,
        help = "Calls at once, ringing ones counted ([campaign] max_calls)",
        value_name = "N",
        help_heading = "Pacing"
    )]
    pub max_calls: Option<String>,
    #[arg(
        long,
        help = "Conversations at once ([campaign] max_conversations)",
        value_name = "N",
        help_heading = "Pacing"
    )]
    pub max_conversations: Option<String>,
    #[arg(
        long,
        help = "Lines that ring: progressive, one for each free conversation, or adaptive, more ([campaign] mode)",
        value_name = "MODE",
        help_heading = "Pacing"
    )]
    pub mode: Option<String>,
    #[arg(
        long,
        help = "Adaptive: the share of answers that may find no conversation within 2 s, 3% if not said ([campaign] max_drop)",
        value_name = "SHARE",
        help_heading = "Pacing"
    )]
    pub max_drop: Option<String>,
    #[arg(
        long = "cps",
        help = "New calls a second ([campaign] calls_per_second)",
        value_name = "RATE",
        help_heading = "Pacing"
    )]
    pub calls_per_second: Option<String>,
    #[arg(
        long,
        help = "Numbers that callees see, in turns, each with or without its limit a day: +74950000001,+74950000002=150 ([campaign] caller_ids)",
        value_name = "NUMBERS",
        help_heading = "Pacing"
    )]
    pub caller_ids: Option<String>,
}

impl PacingArgs {
    /// Each that was given: its key, its flag, its text.
    pub fn given(&self) -> Vec<(&'static str, &'static str, String)> {
        let all = [
            ("campaign.max_calls", "--max-calls", &self.max_calls),
            (
                "campaign.max_conversations",
                "--max-conversations",
                &self.max_conversations,
            ),
            ("campaign.mode", "--mode", &self.mode),
            ("campaign.max_drop", "--max-drop", &self.max_drop),
            ("campaign.calls_per_second", "--cps", &self.calls_per_second),
            ("campaign.caller_ids", "--caller-ids", &self.caller_ids),
        ];
        let all = all.into_iter();
        all.filter_map(|(key, flag, text)| Some((key, flag, text.clone()?)))
            .collect()
    }
}
