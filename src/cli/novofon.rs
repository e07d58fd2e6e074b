//! `novodial novofon`

use clap::{Args, Subcommand};

/// Ask your provider NovoFon: is the line ready, what is left, what was charged.
#[derive(Debug, Subcommand)]
pub enum NovoFonCommand {
    /// Check keys, address list, money, line and caller ids, each line with its mend.
    #[command(after_help = "\
Examples:
  novodial novofon check
  novodial novofon check --format json

Exits with 1 if anything failed. Without a key it says so, and exits with 0.")]
    Check,
    /// Print what is left on the account (needs key and secret of the older API).
    #[command(after_help = "\
Examples:
  novodial novofon balance
  novodial novofon balance --format json")]
    Balance,
    /// List the numbers of the account: what callees may see.
    #[command(after_help = "\
Examples:
  novodial novofon numbers
  novodial novofon numbers --format jsonl")]
    Numbers,
    /// List the SIP lines: registered, locked, how many calls at once.
    #[command(after_help = "\
Examples:
  novodial novofon lines
  novodial novofon lines --format json")]
    Lines,
    /// List the calls as the provider has them.
    #[command(after_help = "\
Examples:
  novodial novofon calls
  novodial novofon calls --since 2026-11-20
  novodial novofon calls --since 90m --format jsonl")]
    Calls(NovoFonCallsArgs),
    /// Match the provider's legs and charges with the attempts of a campaign.
    #[command(after_help = "\
Examples:
  novodial novofon reconcile spring
  novodial novofon reconcile spring --unmatched
  novodial novofon reconcile spring --format json

Charges are kept in the database by the provider's ids: doing it again changes nothing but what the
provider has changed. Exits with 1 if an attempt that went out is not found at the provider.")]
    Reconcile(NovoFonReconcileArgs),
    /// Print the [tariff] that past charges bear out.
    #[command(after_help = "\
Examples:
  novodial novofon tariff
  novodial novofon tariff --since 30d

Reads what `novofon reconcile` has written down, and prints lines for novodial.toml. A price that
fewer than five charges bear out is left as it is set. Exits with 1 if nothing can be told.")]
    Tariff(NovoFonTariffArgs),
}

/// Which charges.
#[derive(Debug, Args)]
pub struct NovoFonTariffArgs {
    /// Only charges since: 30d, 2026-11-20
    #[arg(long, value_name = "WHEN", default_value = "90d")]
    pub since: String,
}

/// What of the calls.
#[derive(Debug, Args)]
pub struct NovoFonCallsArgs {
    /// Only calls since: 24h, 7d, 2026-11-20, 2026-11-20T15:00
    #[arg(long, value_name = "WHEN", default_value = "24h")]
    pub since: String,
}

/// What to reconcile.
#[derive(Debug, Args)]
pub struct NovoFonReconcileArgs {
    /// The campaign's name
    #[arg(value_name = "CAMPAIGN")]
    pub campaign: String,
    /// List what is on one side only
    #[arg(long)]
    pub unmatched: bool,
}
