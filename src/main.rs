//! The binary: hands over to the library and returns its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    // The one TLS library of the program; reqwest and tungstenite are built to use what is
    // installed here. It fails only if another was installed before, which nobody can have done.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::warn!("another TLS library is already installed");
    }
    novodial::run(std::env::args_os()).into()
}
