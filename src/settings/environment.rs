//! The one place that reads the process's environment.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The environment a run started in, captured once.
#[derive(Clone, Default)]
pub struct Environment {
    /// Every variable whose name and value are UTF-8.
    pub variables: BTreeMap<String, String>,
    /// The folder the command was started in.
    pub working_folder: PathBuf,
}

impl Environment {
    /// Reads the process's environment. A working folder that no longer exists is `.`: the first
    /// file that is opened there will say so.
    pub fn capture() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self {
            variables,
            working_folder: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
        }
    }

    /// The value of a variable; an empty one counts as not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Whether colours are unwanted (<https://no-color.org>) or cannot be shown.
    pub fn refuses_color(&self) -> bool {
        self.get("NO_COLOR").is_some() || self.get("TERM") == Some("dumb")
    }

    /// A folder of the XDG base directory specification, with its fallback under the home folder.
    pub(super) fn xdg(&self, variable: &str, fallback: &str) -> Option<PathBuf> {
        let given = self
            .get(variable)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute());
        given.or_else(|| Some(PathBuf::from(self.get("HOME")?).join(fallback)))
    }
}

impl std::fmt::Debug for Environment {
    /// Names only: values may be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.keys().collect::<Vec<_>>())
            .field("working_folder", &self.working_folder)
            .finish()
    }
}
