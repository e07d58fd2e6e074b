//! Ways that are taken less often than they look.

use super::Finding;
use super::reach::reachable;
use crate::dialogue::scenario::place::nearest;
use crate::dialogue::scenario::{Scenario, Way};
use crate::dialogue::slot::SlotKind;

pub(super) fn findings(scenario: &Scenario) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in reachable(scenario) {
        let Some(state) = scenario.states.get(name) else {
            continue;
        };
        for (slot, ways) in &state.slots {
            if let Some(last) = ways.last().filter(|way| way.guard.is_some()) {
                findings.push(Finding::warning(
                    &last.place,
                    format!(
                        "in state `{name}` slot `{slot}` may be heard and lead nowhere: it is as if \
                         nothing had been understood"
                    ),
                    "let the last of its ways have no `if`",
                ));
            }
        }
    }
    let global = [&scenario.global.no_input, &scenario.global.no_match];
    let ways = scenario.all_ways().chain(global.into_iter().flatten());
    findings.extend(ways.flat_map(|way| never_equal(scenario, way)));
    findings
}

/// Comparisons of a choice with a value that it never has.
fn never_equal(scenario: &Scenario, way: &Way) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in way.guard.iter().flat_map(|guard| guard.names()) {
        let kind = scenario.slots.get(name).map(|spec| &spec.kind);
        let known: Vec<&str> = match kind {
            Some(SlotKind::Choice(options)) => {
                options.iter().map(|option| option.value.as_str()).collect()
            }
            Some(SlotKind::YesNo) => vec!["yes", "no"],
            Some(_) | None => continue,
        };
        let asked = way.guard.iter().flat_map(|guard| guard.texts(name));
        for text in asked.filter(|text| !known.contains(&text.trim())) {
            findings.push(Finding::failure(
                &way.place,
                format!("slot `{name}` never has the value `{text}`"),
                nearest(&text, known.iter().copied()),
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::lint;
    use super::*;

    fn remarks(ways: &str) -> Vec<(String, String)> {
        let text = format!(
            "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"start\"\ndisclosure = false\n\
             [slots.n]\nkind = \"number\"\n[slots.c]\nkind = \"choice\"\n[slots.c.choices]\n\
             moscow = [\"москва\"]\ntver = [\"тверь\"]\n[global.on]\ndo_not_call = \"no\"\n\
             [states.start]\nsay = \"?\"\nslots = {{ {ways} }}\n\
             [states.no]\ndo_not_call = true\noutcome = \"no\"\n\
             [states.end]\nsay = \".\"\noutcome = \"done\"\n"
        );
        let scenario = Scenario::parse(&text).unwrap();
        let found = lint(&scenario, &BTreeSet::new());
        let found = found.into_iter();
        found
            .map(|finding| (finding.message, finding.hint))
            .collect()
    }

    #[test]
    fn a_slot_that_may_lead_nowhere_is_told() {
        let found = remarks("c = \"end\", n = { if = \"n > 5\", go = \"end\" }");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0]
                .0
                .contains("slot `n` may be heard and lead nowhere")
        );
        let fine = "c = \"end\", n = [{ if = \"n > 5\", go = \"no\" }, \"end\"]";
        assert_eq!(remarks(fine), []);
    }

    #[test]
    fn a_choice_is_compared_with_what_it_may_be() {
        let found = remarks("n = \"end\", c = [{ if = \"c == 'mocsow'\", go = \"no\" }, \"end\"]");
        let told = "slot `c` never has the value `mocsow`";
        assert_eq!(
            found,
            [(told.to_owned(), "did you mean `moscow`?".to_owned())]
        );
        let fine = "n = \"end\", c = [{ if = \"c in ['moscow', 'tver']\", go = \"no\" }, \"end\"]";
        assert_eq!(remarks(fine), []);
    }
}
