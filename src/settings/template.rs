//! The `novodial.toml` that `novodial init` writes: every key, what it means, its default.

use super::KEYS;
use super::key::Kind;
use super::keys::SECTIONS;

const HEADING: &str = "\
# Settings of novodial. Flags and the environment win over this file: every key is also a
# variable, NOVODIAL_<SECTION>_<KEY>, in the environment or in a file named .env beside it.
# Paths are relative to this file. Secrets are better kept in .env than here.
# What stands behind a `#` is not set: take the `#` away to set it.
";

/// The text of a settings file that sets the login of Asterisk and where files lie: all else stands in
/// comments, with its default, or with an example where it has none. A default that was set would
/// stand over those of a preset and of a rehearsal.
pub fn template() -> String {
    let sections = SECTIONS.iter().map(|(section, introduction)| {
        format!("\n# {introduction}\n[{section}]\n{}", keys(section))
    });
    std::iter::once(HEADING.to_owned())
        .chain(sections)
        .collect()
}

/// The keys of a section, each with a line that says what it means.
fn keys(section: &str) -> String {
    let lines = KEYS.iter().filter(|key| key.section == section).map(|key| {
        // The login that asterisk_configs/ has; it is no secret, and no call goes without it.
        let is_login = key.section == "asterisk" && key.name == "username";
        // Written here, a path is beside this file, wherever the program is run.
        let is_place = key.kind == Kind::Path && key.default.is_some();
        let comment = if is_login || is_place { "" } else { "# " };
        let value = key.literal(key.example);
        format!("# {}\n{comment}{} = {value}\n", key.says, key.name)
    });
    lines.collect()
}
