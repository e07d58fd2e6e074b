//! A complete configuration of Asterisk for one machine: the project's own `asterisk_configs`, with
//! the values of the settings in it.
//!
//! The files are embedded, so that there is one source of them; what is tailored is `local.conf` and
//! the names of login and trunk. Pure text: nothing here reads or writes a file.

mod crypt;
mod edit;
mod local;
mod plan;
mod shipped;

#[cfg(test)]
mod tests;

pub use crypt::{hash, verifies};
pub use local::{AriPassword, installed_ari_password, installed_line_password};
pub use plan::{ConfigPlan, Connection, Nat, Place, PlanFault};
pub use shipped::SHIPPED;

use edit::replaced;

/// One file of the configuration.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigFile {
    /// Its name in the folder of Asterisk's configuration.
    pub name: &'static str,
    /// What stands in it; may hold passwords.
    pub text: String,
}

impl std::fmt::Debug for ConfigFile {
    /// The name alone: the text may hold passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ConfigFile({})", self.name)
    }
}

/// Every file, tailored.
///
/// # Errors
/// A value that cannot stand in such a file.
pub fn render(plan: &ConfigPlan) -> Result<Vec<ConfigFile>, PlanFault> {
    plan.check()?;
    let files = SHIPPED.iter().map(|(name, text)| ConfigFile {
        name,
        text: match *name {
            "local.conf" => local::tailored(text, plan),
            "ari.conf" => replaced(text, &[("[novodial]", &format!("[{}]", plan.username))]),
            "pjsip.conf" => trunk_named(text, &plan.trunk),
            _ => (*text).to_owned(),
        },
    });
    Ok(files.collect())
}

/// `pjsip.conf` with the trunk under another name; the templates and the context keep theirs.
fn trunk_named(text: &str, trunk: &str) -> String {
    replaced(
        text,
        &[
            ("\n[novofon]", &format!("\n[{trunk}]")),
            ("\n[novofon-", &format!("\n[{trunk}-")),
            ("\naors=novofon\n", &format!("\naors={trunk}\n")),
            (
                "\noutbound_auth=novofon-auth\n",
                &format!("\noutbound_auth={trunk}-auth\n"),
            ),
            ("\nendpoint=novofon\n", &format!("\nendpoint={trunk}\n")),
        ],
    )
}
