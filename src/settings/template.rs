//! The `novodial.toml` that `novodial init` writes: every key, what it means, its default.

use super::KEYS;
use super::keys::SECTIONS;

/// The text of a settings file that changes nothing but the login of Asterisk: what has a default
/// stands in it with the default, what has none stands in a comment with an example.
pub fn template() -> String {
    let mut text = String::from(
        "# Settings of novodial. Flags and the environment win over this file: every key is also a\n\
         # variable, NOVODIAL_<SECTION>_<KEY>, in the environment or in a file named .env beside it.\n\
         # Paths are relative to this file. Secrets are better kept in .env than here.\n",
    );
    for (section, introduction) in SECTIONS {
        text.push_str(&format!("\n# {introduction}\n[{section}]\n"));
        for key in KEYS.iter().filter(|key| key.section == *section) {
            // The login that asterisk_configs/ has; it is no secret, and no call goes without it.
            let is_login = key.section == "asterisk" && key.name == "username";
            let comment = if key.default.is_some() || is_login {
                ""
            } else {
                "# "
            };
            let value = key.literal(key.example);
            text.push_str(&format!(
                "# {}\n{comment}{} = {value}\n",
                key.says, key.name
            ));
        }
    }
    text
}
