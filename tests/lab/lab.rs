//! The telephone lab for a person: starts both exchanges and the callees, prints the variables
//! that point `novodial` at them, and stands until its standard input closes.
//!
//! `tests/lab/lab.sh up NAME` runs it in the background. It is a Cargo example only to be built
//! with the tests' own code and dependencies; the examples for users are in `examples/`.

#[path = "../it/lab/mod.rs"]
mod lab;

use std::io::{Read, Write};

use lab::{Lab, Trunk};

fn main() -> std::io::Result<()> {
    let name = std::env::args().nth(1).unwrap_or_else(|| "manual".into());
    let line = std::env::args().nth(2).is_some_and(|arg| arg == "--line");
    let trunk = if line {
        Trunk::ByRegistration
    } else {
        Trunk::ByAddress
    };
    let lab = Lab::start_with(&name, trunk);
    let mut out = std::io::stdout().lock();
    for (variable, value) in lab.environment() {
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
