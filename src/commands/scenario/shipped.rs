//! The scenarios that come with the program, by name.

/// A scenario that is shipped.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands) struct Shipped {
    /// `offer.ru`
    pub(in crate::commands) name: &'static str,
    pub(in crate::commands) text: &'static str,
    /// Its dialogues; empty for a part.
    pub(super) dialogues: &'static str,
}

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        &[$(Shipped {
            name: $name,
            text: include_str!(concat!("../../../scenarios/", $name, ".toml")),
            dialogues: include_str!(concat!("../../../scenarios/dialogues/", $name, ".txt")),
        }),+]
    };
}

macro_rules! parts {
    ($($name:literal),+ $(,)?) => {
        &[$(Shipped {
            name: $name,
            text: include_str!(concat!("../../../scenarios/", $name, ".toml")),
            dialogues: "",
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
pub(super) const PARTS: &[Shipped] = parts!["common.ru", "common.en"];

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

#[cfg(test)]
mod tests {
    use super::super::source::of_shipped;
    use super::*;
    use crate::dialogue::State;

    /// Words with which a callee is promised another call, by us or by a person.
    const PROMISES: [&str; 8] = [
        "перезвон",
        "позвоним",
        "позвонит ",
        "сообщим",
        "call you back",
        "will call later",
        "will call another",
        "will call you ",
    ];

    fn promises(state: &State) -> bool {
        let texts = state.say.all().map(|text| text.text.to_lowercase());
        let mut words = texts.flat_map(|text| PROMISES.map(|word| text.contains(word)));
        words.any(|found| found)
    }

    #[test]
    fn no_scenario_that_is_shipped_promises_a_call_that_nobody_makes() {
        let (mut promising, mut broken) = (0, Vec::new());
        for shipped in SHIPPED {
            let (_, scenario) = of_shipped(shipped).scenario().unwrap();
            let last = scenario.states.iter().filter(|(_, state)| state.is_final());
            for (name, state) in last.filter(|(_, state)| promises(state)) {
                promising += 1;
                // It is rung again, or a colleague finds it by its tag; who agreed, by the outcome.
                let kept = state.deeds.call_back.is_some() || !state.deeds.tags.is_empty();
                if !kept && state.outcome.as_deref() != Some("agreed") {
                    broken.push(format!("{}: {name}", shipped.name));
                }
            }
        }
        assert_eq!(broken, [""; 0]);
        assert!(promising >= 35, "{promising}");
    }
}
