//! The numbering register through the program: imported, preferred, and never a web page.

use crate::cli::Shell;

const REGISTER: &str = "\u{feff}АВС/ DEF;От;До;Емкость;Оператор;Регион;Территория ГАР;ИНН\r\n\
    900;0000000;0004999;5000;ООО \"Т\";-;г.о. Омск|Омская область;1\r\n\
    900;0005000;0009999;5000;ООО \"Т\";-;г.о. Омск|Омская область;1\r\n";

#[test]
fn an_imported_register_is_preferred_from_then_on() {
    let shell = Shell::new().file("DEF-9xx.csv", REGISTER);
    let find = ["numbering", "find", "+79000000001", "--format", "jsonl"];
    assert!(shell.run(&find).contains("\"told_by\":\"default\""));
    assert!(
        !shell.path("novodial.db").exists(),
        "a look leaves nothing behind"
    );
    let import = shell.run(&["numbering", "import", "DEF-9xx.csv"]);
    assert!(import.contains("DEF-9xx.csv: 1 range,"), "{import}");
    let found = shell.run(&find);
    assert!(
        found.contains("\"region\":\"Омская область\"") && found.contains("Asia/Omsk"),
        "{found}"
    );
    assert!(shell.run(&["numbering", "show"]).contains("DEF-9xx.csv  1"));
    std::fs::write(shell.path("l.csv"), "phone\n89000000001\n89000010001\n").unwrap();
    let check = shell.run(&["campaign", "check", "l.csv"]);
    assert!(check.contains("Asia/Omsk  register"), "{check}");
    assert!(
        check.contains("line 3: column `phone`: no such number exists in RU"),
        "{check}"
    );
}

#[test]
fn a_web_page_instead_of_the_register_changes_nothing() {
    let shell = Shell::new()
        .file("DEF-9xx.csv", REGISTER)
        .file("ABC-3xx.csv", "<!doctype html>");
    let import = shell.run(&["numbering", "import", "DEF-9xx.csv", "ABC-3xx.csv"]);
    assert!(
        import.starts_with("3\n") && import.contains("ABC-3xx.csv: line 1: not the header"),
        "{import}"
    );
    assert!(import.contains("with a browser"), "{import}");
    let shown = shell.run(&["numbering", "show", "--format", "json"]);
    assert!(shown.contains("\"files\": []"), "{shown}");
}
