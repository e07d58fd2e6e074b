//! The `novodial.toml` that `novodial init` writes: every key, what it means, its default.

use super::KEYS;
use super::keys::SECTIONS;

const HEADING: &str = "\
# Settings of novodial. Flags and the environment win over this file: every key is also a
# variable, NOVODIAL_<SECTION>_<KEY>, in the environment or in a file named .env beside it.
# Paths are relative to this file. Secrets are better kept in .env than here.
";

/// The text of a settings file that changes nothing but the login of Asterisk: what has a default
/// stands in it with the default, what has none stands in a comment with an example.
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
        // What stands in the file comes before a preset; so the defaults of the policy stand there
        // only to be read.
        let presettable = matches!(key.section, "policy" | "tariff");
        // Nobody has set it until the comment is taken away: the provider's line may cap it.
        let capped = key.section == "campaign" && key.name == "max_calls";
        let open = key.default.is_some() && !presettable && !capped;
        let comment = if open || is_login { "" } else { "# " };
        let value = key.literal(key.example);
        format!("# {}\n{comment}{} = {value}\n", key.says, key.name)
    });
    lines.collect()
}
