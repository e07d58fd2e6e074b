//! Lists as people export them, and lists that are broken in every way.

use std::fmt::Write as _;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::phone::NumberError;

fn parse(bytes: &[u8]) -> Result<LeadFile, LeadFileError> {
    LeadFile::parse("leads.csv", bytes, None, &NumberRules::default())
}

fn read(text: &str) -> LeadFile {
    parse(text.as_bytes()).unwrap()
}

fn rejected(list: &LeadFile) -> Vec<String> {
    list.rejected.iter().map(ToString::to_string).collect()
}

fn numbers(list: &LeadFile) -> Vec<&str> {
    list.leads.iter().map(|lead| lead.number.e164()).collect()
}

#[rstest]
#[case::comma("phone,name,company\n+79000000001,Анна,Ромашка\n")]
#[case::semicolon("phone;name;company\r\n+79000000001;Анна;Ромашка\r\n")]
#[case::tab("phone\tname\tcompany\n+79000000001\tАнна\tРомашка")]
#[case::bom("\u{feff}phone,name,company\n+79000000001,Анна,Ромашка\n")]
#[case::old_mac("phone,name,company\r+79000000001,Анна,Ромашка\r")]
#[case::order("Company;Имя; Телефон \nРомашка;Анна;8 (900) 000-00-01\n")]
#[case::quotes("\"phone\",\"name\",\"company\"\n\"+79000000001\",\"Анна\",\"Ромашка\"\n")]
#[case::blank_rows("\n\nphone,name,company\n\n,,\n79000000001,Анна,Ромашка,,\n\n")]
fn every_spelling_of_a_list_is_one_list(#[case] text: &str) {
    let list = read(text);
    assert_eq!(list.rejected, []);
    assert_eq!(numbers(&list), ["+79000000001"]);
    assert_eq!(list.leads[0].name.as_deref(), Some("Анна"));
    let fields: Vec<_> = list.leads[0].fields.iter().collect();
    assert_eq!(fields, [(&"company".to_owned(), &"Ромашка".to_owned())]);
}

#[test]
fn other_columns_become_variables_under_plain_names() {
    let list = read("Номер;Дата Визита;pet-name;\n9000000001;;Rex;\n");
    let expected = BTreeMap::from([
        ("дата_визита".to_owned(), String::new()),
        ("pet_name".to_owned(), "Rex".to_owned()),
    ]);
    assert_eq!(list.leads[0].fields, expected);
    assert_eq!(list.leads[0].name, None);
}

#[test]
fn the_most_telling_column_holds_the_number_unless_another_is_asked_for() {
    let text = "number,phone,home\n17,9000000001,9000000002\n";
    let list = read(text);
    assert_eq!(numbers(&list), ["+79000000001"]);
    assert_eq!(list.leads[0].fields["number"], "17");
    let rules = NumberRules::default();
    let list = LeadFile::parse("l", text.as_bytes(), Some("Home"), &rules).unwrap();
    assert_eq!(numbers(&list), ["+79000000002"]);
    let error = LeadFile::parse("l", text.as_bytes(), Some("fax"), &rules).unwrap_err();
    assert_eq!(
        error.to_string(),
        "l: line 1: no column `fax` among: number, phone, home"
    );
}

#[test]
fn a_quoted_field_may_hold_separators_quotes_and_line_breaks() {
    let list = read("phone,note\n9000000001,\"a, \"\"b\"\"\nc\"\n9000000002,5\" pipe\n");
    assert_eq!(list.rejected, []);
    assert_eq!(list.leads[0].fields["note"], "a, \"b\"\nc");
    assert_eq!(list.leads[1].fields["note"], "5\" pipe");
    assert_eq!(list.leads[1].line, 4);
}

#[test]
fn a_broken_row_is_explained_and_the_rest_is_read() {
    let mut bytes = b"phone,name\n9000000001,A\n12345,B\n9000000002\n9000000003,C,D\n".to_vec();
    bytes.extend(b"9000000004,\"never closed\n9000000005,E\n,F\n+77010000001,G\n");
    bytes.extend(b"9000000006,\xc0\xed\xed\xe0\n7.9E+10,H\n9000000007,I\n");
    let list = parse(&bytes).unwrap();
    assert_eq!(
        numbers(&list),
        ["+79000000001", "+79000000005", "+79000000007"]
    );
    assert_eq!(
        rejected(&list),
        [
            "line 3: column `phone`: a short or emergency number (5 digits) is never dialled",
            "line 4: the row has 1 fields, the header 2",
            "line 5: the row has 3 fields, the header 2",
            "line 6: a quote is opened and never closed",
            "line 8: column `phone`: the number is empty",
            "line 9: column `phone`: the number belongs to KZ, which is not enabled",
            "line 10: the row is not UTF-8 text",
            "line 11: column `phone`: the number was rounded by a spreadsheet (scientific notation)",
        ]
    );
    assert_eq!(list.rejected[2].raw, "9000000003,C,D");
    assert!(list.rejected.iter().all(|row| !row.hint().is_empty()));
    let missing = &list.rejected[4].fault;
    assert_eq!(missing, &RowFault::Number(NumberError::Empty));
}

#[test]
fn a_repeated_number_is_merged_into_the_first() {
    let list = read("phone,name,city\n9000000001,,Омск\n8 900 000-00-01,Анна,Тула\n");
    assert_eq!(list.leads.len(), 1);
    assert_eq!(list.leads[0].name.as_deref(), Some("Анна"));
    assert_eq!(list.leads[0].fields["city"], "Омск");
    let repeat = Duplicate {
        line: 3,
        first_line: 2,
    };
    assert_eq!(list.duplicates, [repeat]);
}

#[rstest]
#[case::empty(b"".as_slice(), "the lead list is empty")]
#[case::blank(b"\r\n \n".as_slice(), "the lead list is empty")]
#[case::no_header(b"+79000000001,A\n", "line 1: no column of telephone numbers")]
#[case::twice(b"phone,Name,name\n", "line 1: the column `name` appears twice")]
#[case::utf16(b"\xff\xfep\0h\0".as_slice(), "line 1: the lead list is not UTF-8 text")]
#[case::windows(b"\xf2\xe5\xeb,name\n".as_slice(), "line 1: the lead list is not UTF-8 text")]
#[case::workbook(b"PK\x03\x04rest".as_slice(), "this is a spreadsheet or an archive")]
#[case::header_quote(b"\"phone,name\n9,1\n", "line 1: a quote is opened and never closed")]
fn a_list_that_cannot_be_read_says_why(#[case] bytes: &[u8], #[case] expected: &str) {
    let error = parse(bytes).unwrap_err();
    let message = error.to_string();
    assert!(message.starts_with("leads.csv: "), "{message}");
    assert!(message.contains(expected), "{message}");
    assert!(!error.hint().is_empty());
}

#[test]
fn many_open_quotes_do_not_make_it_slow_or_lose_a_row() {
    let mut text = "phone,name\n".to_owned();
    for last in 0..10_000 {
        // An odd number of quotes on every line: each pair of lines could be one field.
        let quote = if last % 1000 == 0 { "\"" } else { "" };
        writeln!(text, "7900000{last:04},{quote}x").unwrap();
    }
    let list = read(&text);
    assert_eq!(list.rejected.len(), 10);
    assert_eq!(list.leads.len(), 9_990);
}

proptest! {
    #[test]
    fn no_bytes_stop_it_and_every_row_is_accounted_for(
        rows in prop::collection::vec("[0-9a\",;\n\r+ ]{0,20}", 0..40)
    ) {
        let text = format!("phone,name\n{}", rows.join("\n"));
        let list = read(&text);
        let lines = text.split(['\n', '\r']).count();
        let taken = list.leads.len() + list.rejected.len() + list.duplicates.len();
        prop_assert!(taken < lines);
    }

    #[test]
    fn arbitrary_bytes_are_a_list_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(list) = parse(&bytes) {
            prop_assert!(list.leads.len() <= bytes.len());
        }
    }

    #[test]
    fn what_a_csv_writer_writes_is_read_back(
        names in prop::collection::vec("[ -~а-я\n]{0,12}", 1..20), delimiter in 0usize..3
    ) {
        let delimiter = [b',', b';', b'\t'][delimiter];
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(["phone", "note"]).unwrap();
        for (last, name) in names.iter().enumerate() {
            writer.write_record([&format!("+7900000{last:04}"), name]).unwrap();
        }
        let list = parse(&writer.into_inner().unwrap()).unwrap();
        prop_assert_eq!(&list.rejected, &[]);
        let read: Vec<_> = list.leads.iter().map(|lead| lead.fields["note"].as_str()).collect();
        let written: Vec<_> = names.iter().map(|name| name.trim()).collect();
        prop_assert_eq!(read, written);
    }
}

#[test]
fn the_example_list_has_every_part_of_the_lab_and_no_fault() {
    let list = parse(include_bytes!("../../../examples/leads.csv")).unwrap();
    assert_eq!(list.rejected, []);
    assert_eq!(list.duplicates, []);
    let parts: Vec<_> = list
        .leads
        .iter()
        .map(|lead| &lead.number.e164()[8..])
        .collect();
    let expected: Vec<_> = (1..=15)
        .chain(51..=57)
        .map(|part| format!("{part:04}"))
        .collect();
    assert_eq!(parts, expected);
    let named = |lead: &Lead| lead.name.is_some() && !lead.fields["company"].is_empty();
    assert!(list.leads.iter().all(named));
}
