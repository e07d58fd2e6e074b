//! The lead list that `novodial init` writes: two made-up people with all that the scenario says of
//! a lead, who answer in a rehearsal.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::dialogue::{Scenario, not_brought};
use crate::language::Language;

/// Numbers that belong to nobody, and who lives behind them in a rehearsal.
const PEOPLE: [(&str, &str); 2] = [("+79000000001", "agrees"), ("+79000000002", "wants_human")];

/// The list: number, name, callee, and the columns that the scenario wants of every lead.
pub(super) fn for_scenario(scenario: &Scenario, today: Date) -> String {
    let name = BTreeSet::from(["name".to_owned()]);
    let wanted = not_brought(scenario, &name);
    let header = ["phone", "name", "callee"].into_iter();
    let header: Vec<&str> = header.chain(wanted.iter().copied()).collect();
    let mut lines = vec![header.join(",")];
    for (at, (number, callee)) in PEOPLE.into_iter().enumerate() {
        let mut cells = [number, name_of(scenario.language, at), callee]
            .map(str::to_owned)
            .to_vec();
        let examples = wanted.iter().map(|column| example(column, at, today));
        cells.extend(examples.map(Option::unwrap_or_default));
        lines.push(cells.join(","));
    }
    lines.join("\n") + "\n"
}

fn name_of(language: Language, at: usize) -> &'static str {
    match (language, at) {
        (Language::Russian, 0) => "Анна",
        (Language::Russian, _) => "Борис",
        (Language::English, 0) => "Anna",
        (Language::English, _) => "Boris",
    }
}

/// What stands in a column of the scenarios that are shipped; `None`: none of them has it.
fn example(column: &str, at: usize, today: Date) -> Option<String> {
    let first = at == 0;
    Some(match column {
        // A visit is still to come.
        "when" if first => format!("{}T15:00", today.saturating_add(1.day())),
        "when" => format!("{}T10:30", today.saturating_add(2.days())),
        "debt" if first => "15400.50".to_owned(),
        "debt" => "2300".to_owned(),
        // A payment is overdue.
        "due" if first => today.saturating_sub(13.days()).to_string(),
        "due" => today.saturating_sub(20.days()).to_string(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;

    use super::*;
    use crate::commands::scenario::{SHIPPED, whole_of};
    use crate::dialogue::{Dialogue, Variables, lint};
    use crate::rehearsal::people::Cast;

    /// The rows of a list without quotes, by column.
    fn rows(list: &str) -> Vec<Variables> {
        let mut lines = list
            .lines()
            .map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        let columns = lines.next().unwrap();
        lines
            .map(|line| {
                assert_eq!(line.len(), columns.len(), "{list}");
                columns.iter().cloned().zip(line).collect()
            })
            .collect()
    }

    #[test]
    fn the_list_has_all_that_any_scenario_that_is_shipped_says_of_a_lead() {
        let cast = Cast::shipped().unwrap();
        for shipped in SHIPPED {
            let (_, scenario) = whole_of(shipped.name).unwrap();
            let list = for_scenario(&scenario, date(2026, 11, 23));
            let scenario = Arc::new(scenario);
            for row in rows(&list) {
                assert!(row.values().all(|value| !value.is_empty()), "{list}");
                let given = row.keys().cloned().collect();
                assert_eq!(not_brought(&scenario, &given), [""; 0], "{list}");
                let findings = lint(&scenario, &given);
                assert_eq!(findings, [], "{}", shipped.name);
                cast.named(&row["callee"]).unwrap();
                let mut dialogue = Dialogue::new(Arc::clone(&scenario), &row).unwrap();
                let said = &dialogue.begin().say[0].text;
                assert!(said.contains("робот") || said.contains("robot"), "{said}");
            }
        }
    }

    #[test]
    fn a_visit_is_to_come_and_a_payment_overdue() {
        let list = |name: &str| for_scenario(&whole_of(name).unwrap().1, date(2026, 11, 23));
        assert_eq!(
            list("appointment.en"),
            "phone,name,callee,when\n+79000000001,Anna,agrees,2026-11-24T15:00\n\
             +79000000002,Boris,wants_human,2026-11-25T10:30\n"
        );
        assert_eq!(
            list("debt_reminder.ru"),
            "phone,name,callee,debt,due\n+79000000001,Анна,agrees,15400.50,2026-11-10\n\
             +79000000002,Борис,wants_human,2300,2026-11-03\n"
        );
        assert_eq!(
            list("offer.ru"),
            "phone,name,callee\n+79000000001,Анна,agrees\n+79000000002,Борис,wants_human\n"
        );
    }
}
