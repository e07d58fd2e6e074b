//! The scenarios that come with the program, by name.

/// A scenario that is shipped.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands) struct Shipped {
    /// `offer.ru`
    pub(in crate::commands) name: &'static str,
    pub(in crate::commands) text: &'static str,
}

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        &[$(Shipped {
            name: $name,
            text: include_str!(concat!("../../../scenarios/", $name, ".toml")),
        }),+]
    };
}

/// All of them.
pub(in crate::commands) const SHIPPED: &[Shipped] = shipped![
    "offer.ru",
    "offer.en",
    "appointment.ru",
    "appointment.en",
    "survey.ru",
    "debt_reminder.ru",
    "lead_qualification.ru",
];

/// Shared parts that any scenario may include by name.
pub(super) const PARTS: &[Shipped] = shipped!["common.ru", "common.en"];

/// The text of a shipped file, `common.ru.toml`.
pub(super) fn part(file: &str) -> Option<&'static str> {
    let name = file.strip_suffix(".toml")?;
    let found = PARTS.iter().find(|part| part.name == name);
    found.map(|part| part.text)
}

/// The one of a name; `offer` is the one in the language of that code, or the only one there is.
pub(in crate::commands) fn shipped(name: &str, language: &str) -> Option<&'static Shipped> {
    let find = |name: &str| SHIPPED.iter().find(|shipped| shipped.name == name);
    find(name)
        .or_else(|| find(&format!("{name}.{language}")))
        .or_else(|| find(&format!("{name}.ru")))
}
