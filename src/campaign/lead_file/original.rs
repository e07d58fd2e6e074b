//! The way back: from a lead to the columns of the list that it came from.
//!
//! What was read is written as it was understood: numbers in E.164, hours and dates in one form. Read
//! again, it gives the same lead.

use super::columns::{NAME_NAMES, NUMBER_NAMES, Reserved, key_of};
use crate::campaign::{Lead, Terms};
use crate::phone::CellNumber;

/// The columns of a list, by its titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginalColumns {
    cells: Vec<Cell>,
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    Number,
    Name,
    Reserved(Reserved),
    Variable(String),
    Nothing,
}

impl OriginalColumns {
    /// The columns of a list with these titles. Its leads tell which of them held the number: it is
    /// the one that left no variable behind.
    pub fn new<'a>(titles: &[String], leads: &(impl Iterator<Item = &'a Lead> + Clone)) -> Self {
        let keys: Vec<String> = titles.iter().map(|title| key_of(title)).collect();
        let is_number = |key: &str| {
            let kept = |lead: &Lead| lead.fields.contains_key(key);
            !key.is_empty() && Reserved::of(key).is_none() && !leads.clone().any(kept)
        };
        let by_name = NUMBER_NAMES
            .iter()
            .copied()
            .find(|name| keys.iter().any(|key| key == name) && is_number(name));
        let unnamed = || {
            let others = keys.iter().map(String::as_str);
            others
                .filter(|key| !NAME_NAMES.contains(key))
                .find(|key| is_number(key))
        };
        let number = by_name.or_else(unnamed);
        let name = NAME_NAMES
            .iter()
            .find(|name| keys.iter().any(|key| key == *name) && number != Some(**name));
        let cells = keys.iter().map(|key| match Reserved::of(key) {
            _ if number == Some(key.as_str()) => Cell::Number,
            _ if name == Some(&key.as_str()) => Cell::Name,
            Some(reserved) => Cell::Reserved(reserved),
            None if key.is_empty() => Cell::Nothing,
            None => Cell::Variable(key.clone()),
        });
        Self {
            cells: cells.collect(),
        }
    }

    /// The fields of a lead, one for each title.
    pub fn fields(&self, lead: &Lead) -> Vec<String> {
        let cells = self.cells.iter();
        cells.map(|cell| field(cell, lead)).collect()
    }
}

fn field(cell: &Cell, lead: &Lead) -> String {
    match cell {
        Cell::Number => numbers(lead),
        Cell::Name => lead.name.clone().unwrap_or_default(),
        Cell::Reserved(column) => term(*column, &lead.terms).unwrap_or_default(),
        Cell::Variable(key) => lead.fields.get(key).cloned().unwrap_or_default(),
        Cell::Nothing => String::new(),
    }
}

/// `+74950000001 ext. 12; +79000000001`, as one cell of a list may hold them.
fn numbers(lead: &Lead) -> String {
    let own = CellNumber {
        number: lead.number.clone(),
        extension: lead.extension.clone(),
    };
    let numbers: Vec<String> = std::iter::once(&own)
        .chain(&lead.alternates)
        .map(|number| match &number.extension {
            Some(extension) => format!("{} ext. {extension}", number.number.e164()),
            None => number.number.e164().to_owned(),
        })
        .collect();
    numbers.join("; ")
}

fn term(column: Reserved, terms: &Terms) -> Option<String> {
    match column {
        Reserved::Priority => (terms.priority != 0).then(|| terms.priority.to_string()),
        Reserved::Timezone => terms.timezone.as_ref().map(|zone| zone.name().to_owned()),
        Reserved::NotBefore => terms.not_before.map(|bound| bound.to_string()),
        Reserved::NotAfter => terms.not_after.map(|bound| bound.to_string()),
        Reserved::Scenario => terms.scenario.clone(),
        Reserved::CallerId => terms.caller_id.as_ref().map(|id| id.e164().to_owned()),
        Reserved::Consent => terms.consent.as_ref().map(ToString::to_string),
        Reserved::ConsentDate => terms.consent_date.map(|date| date.to_string()),
        Reserved::Callee => terms.callee.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::LeadFile;
    use super::*;
    use crate::phone::NumberRules;

    const LIST: &str = "\u{feff}Телефон;ФИО;Город;;timezone;not_before;not_after;priority;caller_id;\
consent;consent_date;callee;scenario
\"8 (495) 000-00-01 доб. 12, 8 900 000-00-01\";Анна;Пермь;;UTC+5;10:00;2099-01-01 18:30;5;84950000009;\
да;25.11.2026;busy;b.toml
89000000002;;;;;;;;;;;;
";

    fn read(text: &str) -> LeadFile {
        LeadFile::parse("list.csv", text.as_bytes(), None, &NumberRules::default()).unwrap()
    }

    /// Written with its columns and read again.
    fn again(titles: &[String], leads: &[Lead]) -> LeadFile {
        let columns = OriginalColumns::new(titles, &leads.iter());
        let rows = leads.iter().map(|lead| columns.fields(lead).join("|"));
        let rows = std::iter::once(titles.join("|")).chain(rows);
        let lines: Vec<String> = rows
            .map(|row| row.replace(';', "¦").replace('|', ";").replace('¦', ","))
            .collect();
        read(&(lines.join("\n") + "\n"))
    }

    fn titles(text: &str) -> Vec<String> {
        let first = text.trim_start_matches('\u{feff}').lines().next().unwrap();
        first.split(';').map(str::to_owned).collect()
    }

    #[test]
    fn what_was_written_gives_the_same_leads() {
        let list = read(LIST);
        assert_eq!(list.leads.len(), 2, "{:?}", list.rejected);
        let columns = OriginalColumns::new(&titles(LIST), &list.leads.iter());
        let fields = columns.fields(&list.leads[0]);
        assert_eq!(fields[0], "+74950000001 ext. 12; +79000000001");
        assert_eq!(fields[1..4], ["Анна", "Пермь", ""]);
        let back = again(&titles(LIST), &list.leads);
        assert_eq!(back.leads, list.leads, "{:?}", back.rejected);
    }

    #[test]
    fn the_column_of_the_numbers_is_the_one_that_left_nothing_behind() {
        let text = "phone,mobile,name\n1,89000000001,Анна\n";
        let rules = NumberRules::default();
        let list = LeadFile::parse("l.csv", text.as_bytes(), Some("mobile"), &rules).unwrap();
        let titles = ["phone", "mobile", "name"].map(str::to_owned);
        let columns = OriginalColumns::new(&titles, &list.leads.iter());
        let fields = columns.fields(&list.leads[0]);
        assert_eq!(fields, ["1", "+79000000001", "Анна"]);
        let odd = ["кому звонить", "name"].map(str::to_owned);
        let text = "кому звонить,name\n89000000001,Анна\n";
        let list = LeadFile::parse("l.csv", text.as_bytes(), Some("кому звонить"), &rules).unwrap();
        let columns = OriginalColumns::new(&odd, &list.leads.iter());
        assert_eq!(columns.fields(&list.leads[0]), ["+79000000001", "Анна"]);
    }
}
