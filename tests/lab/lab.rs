//! The telephone lab for a person: starts both exchanges, the callees and a double of the speech
//! service, prints the variables
//! that point `novodial` at them, and stands until its standard input closes.
//!
//! `tests/lab/lab.sh up NAME` runs it in the background. It is a Cargo example only to be built
//! with the tests' own code and dependencies; the examples for users are in `examples/`.

#[path = "../it/lab/mod.rs"]
mod lab;

use std::io::{Read, Write};

use lab::{Lab, Trunk};
use novodial::rehearsal::speech_service::{Options, SpeechService};

fn main() -> std::io::Result<()> {
    let name = std::env::args().nth(1).unwrap_or_else(|| "manual".into());
    let line = std::env::args().nth(2).is_some_and(|arg| arg == "--line");
    let trunk = if line {
        Trunk::ByRegistration
    } else {
        Trunk::ByAddress
    };
    let lab = Lab::start_with(&name, trunk);
    let runtime = tokio::runtime::Runtime::new()?;
    let options = Options::default();
    let voice = options
        .voices
        .first()
        .map(|voice| voice.0.clone())
        .unwrap_or_default();
    let speech = runtime.block_on(SpeechService::start(options.clone()))?;
    let mut out = std::io::stdout().lock();
    let service = [
        ("ELEVENLABS_API_KEY", options.api_keys.concat()),
        ("NOVODIAL_ELEVENLABS_BASE_URL", speech.base_url()),
        ("NOVODIAL_ELEVENLABS_VOICE_ID", voice),
    ];
    for (variable, value) in lab.environment().into_iter().chain(service) {
        writeln!(out, "export {variable}={value}")?;
    }
    writeln!(out, "# ready")?;
    out.flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    for call in lab.measured() {
        writeln!(out, "# {}", call.to_json()?)?;
    }
    Ok(())
}
