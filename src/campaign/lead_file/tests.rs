//! Lists as people export them, and lists that are broken in every way.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::campaign::{Bound, Consent, Terms};
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
    let mut bytes = "phone,name\n9000000001,Анна\n".as_bytes().to_vec();
    bytes.extend(b"12345,B\n9000000002\n9000000003,C,D\n");
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
            "line 4: the row has 1 field, the header 2",
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

fn encoded(text: &str, table: &'static encoding_rs::Encoding) -> Vec<u8> {
    table.encode(text).0.into_owned()
}

#[rstest]
#[case::windows_1251(encoded(RUSSIAN, encoding_rs::WINDOWS_1251), Encoding::Windows1251)]
#[case::koi8(encoded(RUSSIAN, encoding_rs::KOI8_R), Encoding::Koi8R)]
#[case::dos(encoded(RUSSIAN, encoding_rs::IBM866), Encoding::Ibm866)]
#[case::utf8(RUSSIAN.as_bytes().to_vec(), Encoding::Utf8)]
#[case::utf16([b"\xff\xfe".to_vec(), wide(RUSSIAN)].concat(), Encoding::Utf16)]
fn a_russian_list_is_read_in_every_encoding(#[case] bytes: Vec<u8>, #[case] encoding: Encoding) {
    // In one piece, and byte by byte as from a slow pipe once the sample is there.
    let list = parse(&bytes).unwrap();
    assert_eq!(list.rejected, []);
    let leads: Vec<_> = list
        .leads
        .iter()
        .map(|lead| (lead.name.as_deref().unwrap(), &*lead.fields["город"]))
        .collect();
    assert_eq!(
        leads,
        [("Анна Ёлкина", "Нижний Новгород"), ("ИВАН", "Орёл")]
    );
    let mut reader = LeadReader::new("l", None, NumberRules::default());
    reader.push(&bytes);
    reader.finish();
    assert!(reader.next_row().unwrap().is_some());
    assert_eq!(reader.encoding(), encoding);
    assert_eq!(reader.variables(), ["name", "город"]);
}

const RUSSIAN: &str =
    "Телефон;Имя;Город\r\n89000000001;Анна Ёлкина;Нижний Новгород\r\n89000000002;ИВАН;Орёл\r\n";

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn reserved_columns_are_typed() {
    let list = read(
        "phone;Priority;Timezone;Not before;not_after;scenario;caller-id;consent;consent_date;callee;x\n\
         9000000001;5;Asia/Omsk;10:00;25.12.2026;vip.toml;8 800 000-00-01;да;01.02.2026;busy;7\n\
         9000000002;;;;;;;;;;\n",
    );
    assert_eq!(list.rejected, []);
    let terms = &list.leads[0].terms;
    assert_eq!(terms.priority, 5);
    assert_eq!(terms.timezone.as_ref().unwrap().name(), "Asia/Omsk");
    assert_eq!(terms.not_before, Bound::parse("10:00"));
    assert_eq!(terms.not_after, Bound::parse("2026-12-25"));
    assert_eq!(terms.scenario.as_deref(), Some("vip.toml"));
    assert_eq!(terms.caller_id.as_ref().unwrap().e164(), "+78000000001");
    assert_eq!(terms.consent, Some(Consent::Given(None)));
    assert_eq!(terms.consent_date, "2026-02-01".parse().ok());
    assert_eq!(terms.callee.as_deref(), Some("busy"));
    assert_eq!(
        list.leads[0].fields,
        BTreeMap::from([("x".to_owned(), "7".to_owned())])
    );
    assert_eq!(list.leads[1].terms, Terms::default());
}

#[rstest]
#[case("priority", "high", "`high` is not a whole number from -100 to 100")]
#[case("priority", "101", "`101` is not a whole number from -100 to 100")]
#[case(
    "timezone",
    "Moscow",
    "`Moscow` is not a time zone; did you mean Europe/Moscow?"
)]
#[case("not_before", "soon", "`soon` is neither an hour nor a day")]
#[case("not_after", "31.02.2026", "`31.02.2026` is neither an hour nor a day")]
#[case(
    "caller_id",
    "12345",
    "a short or emergency number (5 digits) is never dialled"
)]
#[case("consent_date", "yesterday", "`yesterday` is not a date")]
#[case("callee", "a b", "`a b` is not the name of a part")]
fn a_bad_value_rejects_its_row_and_names_its_column(
    #[case] column: &str,
    #[case] value: &str,
    #[case] why: &str,
) {
    let list = read(&format!(
        "phone,{column}\n9000000001,{value}\n9000000002,\n"
    ));
    assert_eq!(numbers(&list), ["+79000000002"]);
    assert_eq!(
        rejected(&list),
        [format!("line 2: column `{column}`: {why}")]
    );
    assert!(!list.rejected[0].hint().is_empty());
}

#[test]
fn what_ends_before_it_begins_is_rejected() {
    let text =
        "phone,not_before,not_after\n9000000001,2026-12-02,2026-12-01\n9000000002,18:00,10:00\n";
    let expected = [2, 3]
        .map(|line| format!("line {line}: column `not_after`: it ends before not_before begins"));
    assert_eq!(rejected(&read(text)), expected);
}

#[test]
fn a_cell_may_hold_several_numbers_and_a_desk() {
    let list = read(
        "phone,name\n\"8 495 000-00-01 доб. 12; 9000000002\",A\n84950000001 #13,B\n84950000001 #13,C\n",
    );
    let [first, second] = list.leads.as_slice() else {
        panic!("{list:?}")
    };
    assert_eq!(first.extension.as_ref().unwrap().as_str(), "12");
    assert_eq!(first.alternates[0].number.e164(), "+79000000002");
    assert_eq!(second.extension.as_ref().unwrap().as_str(), "13");
    assert_eq!(list.duplicates.len(), 1, "the same desk twice");
}

#[test]
fn rejected_rows_are_a_list_again() {
    let list = read("phone;name;\n12345;A;\n9000000001\n;\"x\ny\";\n1;2;3;4\n");
    let titles = ["phone", "name", ""].map(str::to_owned);
    let (writer, mut bytes) = RejectedRows::new(&titles, b';');
    assert!(RejectedRows::wrote(&bytes));
    assert!(!RejectedRows::wrote(b"phone;name\n"));
    for row in &list.rejected {
        bytes.extend(writer.row(row));
    }
    insta::assert_snapshot!(std::str::from_utf8(&bytes[3..]).unwrap(), @r#"
    phone;name;;rejected_line;rejected_column;rejected_why;rejected_hint
    12345;A;;2;phone;a short or emergency number (5 digits) is never dialled;write the full number with its area code
    9000000001;;;3;;the row has 1 field, the header 3;put a field that contains the separator into quotes
    ;"x
    y";;4;phone;the number is empty;write +7 and ten digits, 8 and ten digits, or the ten digits
    "1;2;3;4";;;6;;the row has 4 fields, the header 3;put a field that contains the separator into quotes
    "#);
    // The row that lacked fields has them now; the others wait for a person.
    let again = parse(&bytes).unwrap();
    assert_eq!(numbers(&again), ["+79000000001"]);
    assert_eq!(again.rejected.len(), list.rejected.len() - 1);
    assert_eq!(again.leads[0].fields["rejected_line"], "3");
}

proptest! {
    #[test]
    fn pieces_of_any_size_are_the_same_list(
        rows in prop::collection::vec("(9[0-9]{9}|[0-9a\"]{0,9});[a-zа-я\"\r\n;]{0,9}", 0..20),
        size in 1usize..50,
    ) {
        let text = format!("phone;имя\n{}", rows.join("\n"));
        let whole = parse(text.as_bytes());
        let mut reader = LeadReader::new("leads.csv", None, NumberRules::default());
        let mut gathered = Gathered::default();
        let mut broken = None;
        for piece in text.as_bytes().chunks(size) {
            reader.push(piece);
            while let Ok(Some(row)) = reader.next_row() {
                gathered.take(row);
            }
        }
        reader.finish();
        loop {
            match reader.next_row() {
                Ok(Some(row)) => gathered.take(row),
                Ok(None) => break,
                Err(error) => { broken = Some(error); break; }
            }
        }
        prop_assert_eq!(broken.map_or(Ok(gathered.list), Err), whole);
    }
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
#[case::utf16(b"\xff\xfep\0\n\0".as_slice(), "line 1: no column of telephone numbers among: p")]
#[case::no_text(b"ph\x01\xfd\xa4\xb1\xb3,name\n".as_slice(), "line 1: the lead list is neither UTF-8")]
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
    let expected: Vec<_> = (1..=9)
        .chain(51..=57)
        .map(|part| format!("{part:04}"))
        .collect();
    assert_eq!(parts, expected);
    let named = |lead: &Lead| lead.name.is_some() && !lead.fields["firm"].is_empty();
    assert!(list.leads.iter().all(named));
}
