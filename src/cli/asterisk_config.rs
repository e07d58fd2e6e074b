//! `novodial asterisk config`

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The codec that is offered first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CodecChoice {
    /// A-law, native in Russia and Europe
    Alaw,
    /// µ-law, native in North America and Japan
    Ulaw,
}

/// Write a complete configuration of Asterisk from the settings.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  novodial asterisk config --line 0012345 --line-password-file line.password --env
  novodial asterisk config --by-address --public-address 203.0.113.7 --diff /etc/asterisk
  novodial asterisk config /etc/asterisk --line 0012345 --yes

Login, trunk and the address of ARI come from [asterisk] of the settings. A password that stands
in DIR already is kept where none is given. Exits with 1 where --diff finds a difference.")]
pub struct AsteriskConfigArgs {
    /// The folder to write; made if it does not exist
    #[arg(value_name = "DIR", default_value = "asterisk_configs")]
    pub folder: PathBuf,
    /// Show how what is installed in this folder differs, and write nothing
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = "/etc/asterisk")]
    pub diff: Option<PathBuf>,
    /// Overwrite files that differ
    #[arg(long, short)]
    pub yes: bool,
    /// A line that registers: its login, with leading zeros
    #[arg(
        long,
        value_name = "LOGIN",
        required_unless_present = "by_address",
        conflicts_with = "by_address",
        help_heading = "Trunk"
    )]
    pub line: Option<String>,
    /// A file that holds the password of the line and nothing else; - reads it from stdin
    #[arg(long, value_name = "FILE", requires = "line", help_heading = "Trunk")]
    pub line_password_file: Option<PathBuf>,
    /// A trunk that knows this machine by its IP address
    #[arg(long, help_heading = "Trunk")]
    pub by_address: bool,
    /// The provider's SIP server
    #[arg(
        long,
        value_name = "HOST[:PORT]",
        default_value = "sip.novofon.ru",
        help_heading = "Trunk"
    )]
    pub server: String,
    /// The codec that is offered first
    #[arg(
        long,
        value_enum,
        default_value = "alaw",
        value_name = "CODEC",
        help_heading = "Trunk"
    )]
    pub codec: CodecChoice,
    /// Where SIP listens
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        default_value = "0.0.0.0:5060",
        help_heading = "Network"
    )]
    pub bind: SocketAddr,
    /// Behind NAT: the address by which the provider sees this machine
    #[arg(long, value_name = "ADDRESS", help_heading = "Network")]
    pub public_address: Option<IpAddr>,
    /// A network that is not behind the NAT [default: the private ones]
    #[arg(
        long,
        value_name = "NETWORK",
        requires = "public_address",
        help_heading = "Network"
    )]
    pub local_net: Vec<String>,
    /// UDP ports of the sound, the first and the last
    #[arg(
        long,
        value_name = "FIRST-LAST",
        default_value = "10000-20000",
        help_heading = "Network"
    )]
    pub rtp_ports: String,
    /// Make a new password for ARI, even if there is one
    #[arg(long, help_heading = "Password of ARI")]
    pub new_password: bool,
    /// Write a password that is made into ./.env instead of telling it
    #[arg(long, help_heading = "Password of ARI")]
    pub env: bool,
}
