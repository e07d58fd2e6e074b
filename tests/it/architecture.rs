//! Reads the sources and holds the house together: the ladder of rooms that `src/lib.rs` shows,
//! rooms without clock, socket and file, files and functions that can be read in one go, and
//! words that say nothing. The checker itself is tested on snippets that it must refuse.

use std::fs;
use std::path::{Path, PathBuf};

use source::{Token, after_closing, names_after, starts_with, tokens, words};

mod source;

const PURE: &[&str] = &[
    "phone", "line", "audio", "language", "dialogue", "call", "campaign", "report",
];
const ADAPTERS: &[&str] = &["ari", "speech", "model", "novofon", "store", "rehearsal"];
const SHELL: &[&str] = &["settings", "driver", "output", "cli", "commands"];

/// Rooms that may be used by a room, beside itself. The table of `src/lib.rs`.
fn may_use(room: &str) -> Vec<&'static str> {
    let mut allowed = match room {
        "line" => vec!["phone"],
        "dialogue" => vec!["language"],
        "call" => vec!["language", "dialogue", "line"],
        "campaign" => vec!["phone", "line"],
        "phone" | "audio" | "language" => vec![],
        "driver" => [PURE, ADAPTERS, &["settings"]].concat(),
        "cli" | "commands" => [PURE, ADAPTERS, SHELL].concat(),
        // report, the adapters, settings and output.
        _ => PURE.to_vec(),
    };
    allowed.retain(|other| *other != room);
    allowed
}

/// What a pure room must not contain, as words separated by spaces.
const IMPURE: &[&str] = &[
    "tokio ::",
    "reqwest ::",
    "rusqlite ::",
    "tungstenite ::",
    "tokio_tungstenite ::",
    "Instant :: now",
    "SystemTime :: now",
    "Timestamp :: now",
    "Zoned :: now",
];
/// What of `std` a pure room must not use.
const IMPURE_STD: &[&str] = &["fs", "env", "net", "thread", "process"];
/// What only `output` may contain.
const PRINTING: &[&str] = &[
    "println ! (",
    "eprintln ! (",
    "print ! (",
    "eprint ! (",
    "dbg ! (",
];
/// Results thrown away.
const THROWN: &[&str] = &[". ok ( ) ;", "let _ ="];
/// What stands in front of a name that is being given.
const NAMING: &[&str] = &[
    "fn", "struct", "enum", "trait", "type", "mod", "const", "static",
];
/// Words that say nothing, or that the field has a better one for.
const EMPTY_WORDS: &[&str] = &[
    "manager",
    "helper",
    "helpers",
    "util",
    "utils",
    "common",
    "misc",
    "blacklist",
    "whitelist",
];
/// The longest file, flat tables excepted.
const MOST_LINES: usize = 500;
/// The longest file of tests, which are tables of cases for the most part.
const MOST_TEST_LINES: usize = 700;
/// The longest function. Most should be under 40.
const MOST_FUNCTION_LINES: usize = 70;

/// One source file.
struct Source {
    /// Below `src`, with `/`.
    path: String,
    text: String,
}

impl Source {
    /// The room it stands in; `None` for `lib.rs` and `main.rs`.
    fn room(&self) -> Option<&str> {
        self.path.split_once('/').map(|(room, _)| room)
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.contains("/tests/")
    }

    /// How many `super` lead from this file's module to the root of the crate.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("/mod.rs") {
            parts - 1
        } else {
            parts
        }
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = self.faults_of_form();
        if self.is_test() {
            return faults;
        }
        let tokens = tokens(&self.text);
        for (index, token) in tokens.iter().enumerate() {
            let rest = &tokens[index..];
            let found = [
                self.fault_of_ladder(&tokens, index),
                self.fault_of_purity(rest),
                Self::fault_of_habit(&tokens, index),
            ];
            let place = format!("{}:{}", self.path, token.line);
            faults.extend(
                found
                    .into_iter()
                    .flatten()
                    .map(|fault| format!("{place}: {fault}")),
            );
        }
        faults
    }

    fn faults_of_form(&self) -> Vec<String> {
        let lines = self.text.lines().count();
        let limit = match self.path.as_str() {
            "main.rs" => 59,
            _ if self.is_test() => MOST_TEST_LINES,
            _ => MOST_LINES,
        };
        let too_long = (lines > limit).then(|| format!("{}: {lines} lines", self.path));
        let no_doc = (!self.text.starts_with("//!"))
            .then(|| format!("{}: does not begin with `//!`", self.path));
        too_long.into_iter().chain(no_doc).collect()
    }

    /// A path to a room that this one may not use.
    fn fault_of_ladder(&self, tokens: &[Token], index: usize) -> Option<String> {
        let room = self.room()?;
        let rest = &tokens[index..];
        let to_root = if starts_with(rest, "crate ::") {
            2
        } else {
            let before = index
                .checked_sub(1)
                .map(|before| tokens[before].text.as_str());
            let supers = "super :: ".repeat(self.depth());
            if before == Some("::") || !starts_with(rest, supers.trim_end()) {
                return None;
            }
            2 * self.depth()
        };
        let names = names_after(&rest[to_root..]);
        let wrong = names.into_iter().find(|name| {
            let is_room = [PURE, ADAPTERS, SHELL]
                .iter()
                .any(|rooms| rooms.contains(&name.as_str()));
            name == "*" || (is_room && name != room && !may_use(room).contains(&name.as_str()))
        })?;
        Some(format!("`{room}` may not use `{wrong}`"))
    }

    /// A clock, a socket, a file in a pure room; printing anywhere but in `output`.
    fn fault_of_purity(&self, rest: &[Token]) -> Option<String> {
        let room = self.room().unwrap_or("");
        let begins = |patterns: &[&'static str]| {
            patterns
                .iter()
                .copied()
                .find(|pattern| starts_with(rest, pattern))
        };
        if room != "output"
            && let Some(pattern) = begins(PRINTING)
        {
            return Some(format!("only `output` prints: `{pattern}`"));
        }
        if !PURE.contains(&room) {
            return None;
        }
        if let Some(pattern) = begins(IMPURE) {
            return Some(format!("`{room}` is pure: `{pattern}`"));
        }
        if !starts_with(rest, "std ::") {
            return None;
        }
        let names = names_after(&rest[2..]);
        let wrong = names
            .iter()
            .find(|name| IMPURE_STD.contains(&name.as_str()))?;
        Some(format!("`{room}` is pure: `std::{wrong}`"))
    }

    /// Thrown results, empty words, long functions.
    fn fault_of_habit(tokens: &[Token], index: usize) -> Option<String> {
        let rest = &tokens[index..];
        let thrown = THROWN.iter().find(|pattern| starts_with(rest, pattern));
        if let Some(pattern) = thrown.filter(|_| !is_kept(tokens, index)) {
            return Some(format!("a result is thrown away: `{pattern}`"));
        }
        if NAMING.contains(&tokens[index].text.as_str()) {
            let name = &tokens.get(index + 1)?.text;
            let empty = words(name)
                .into_iter()
                .find(|word| EMPTY_WORDS.contains(&word.as_str()));
            if let Some(word) = empty {
                return Some(format!("`{name}`: `{word}` says nothing"));
            }
        }
        let lines = function_lines(tokens, index)?;
        let function = &tokens[index + 1].text;
        (lines > MOST_FUNCTION_LINES).then(|| format!("`{function}` has {lines} lines"))
    }
}

/// Whether the statement before `index` gives its value a name, or returns it.
fn is_kept(tokens: &[Token], index: usize) -> bool {
    tokens[..index]
        .iter()
        .rev()
        .take_while(|token| ![";", "{", "}"].contains(&token.text.as_str()))
        .any(|token| ["=", "return"].contains(&token.text.as_str()))
}

/// The lines of the function whose `fn` stands at `index`; `None` without a body.
fn function_lines(tokens: &[Token], index: usize) -> Option<usize> {
    if tokens[index].text != "fn" {
        return None;
    }
    let mut at = index;
    loop {
        match tokens.get(at)?.text.as_str() {
            ";" => return None,
            "{" => break,
            "(" | "[" => at = after_closing(tokens, at),
            _ => at += 1,
        }
    }
    let last = tokens.get(after_closing(tokens, at) - 1)?;
    Some(last.line - tokens[index].line + 1)
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(&root).unwrap().display().to_string();
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source { path: below, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

#[test]
fn the_house_holds() {
    let sources = sources();
    assert!(sources.len() > 30, "only {} sources found", sources.len());
    let faults: Vec<String> = sources.iter().flat_map(Source::faults).collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn every_room_has_its_place_in_the_ladder() {
    let mut rooms: Vec<&str> = [PURE, ADAPTERS, SHELL].concat();
    rooms.sort_unstable();
    let sources = sources();
    let mut found: Vec<&str> = sources.iter().filter_map(Source::room).collect();
    found.dedup();
    assert_eq!(found, rooms);
    let lib = sources
        .iter()
        .find(|source| source.path == "lib.rs")
        .unwrap();
    for room in rooms {
        assert!(
            lib.text.contains(&format!("[`{room}`]")),
            "`{room}` is not in the plan of lib.rs"
        );
    }
}

/// The faults of a snippet as the file at `path`; the form is made right.
fn faults(path: &str, code: &str) -> Vec<String> {
    let text = format!("//! A snippet.\n{code}");
    Source {
        path: path.to_owned(),
        text,
    }
    .faults()
}

#[test]
fn a_lower_room_is_caught_using_a_higher_one() {
    for (path, code) in [
        ("call/machine.rs", "use crate::driver::Clock;"),
        (
            "call/machine.rs",
            "use crate::{line::Cause, store::Ledger};",
        ),
        (
            "call/machine.rs",
            "use crate::{\n line::{self, store},\n ari,\n};",
        ),
        ("call/machine.rs", "fn f() { super::super::store::open() }"),
        ("call/mod.rs", "use super::store;"),
        ("call/mod.rs", "use super::{dialogue, store};"),
        ("call/turn/mod.rs", "use super::super::store;"),
        ("call/machine.rs", "use crate::*;"),
        ("ari/http.rs", "use crate::speech::Recognizer;"),
        ("ari/http.rs", "use crate::settings::Settings;"),
        ("campaign/planner.rs", "use crate::call::Machine;"),
        ("settings/mod.rs", "use crate::store::Ledger;"),
        ("output/mod.rs", "use crate::settings::Settings;"),
        ("driver/mod.rs", "use crate::output::Printer;"),
    ] {
        assert_eq!(
            faults(path, code).len(),
            1,
            "{path}: {code}: {:?}",
            faults(path, code)
        );
    }
}

#[test]
fn what_is_allowed_is_not_caught() {
    for (path, code) in [
        (
            "call/machine.rs",
            "use crate::{line::Cause, dialogue::Machine};\nuse super::store;",
        ),
        (
            "call/machine.rs",
            "// use crate::driver;\nconst A: &str = \"crate::driver std::fs\";",
        ),
        (
            "call/machine.rs",
            "const A: &str = r#\"\"crate::driver\"\"#; const B: char = '\"'; fn f<'a>() {}",
        ),
        (
            "call/machine.rs",
            "#[cfg(test)]\nmod tests {\n use crate::driver;\n fn f() { println!(\"{}\", 1); }\n}",
        ),
        (
            "call/machine.rs",
            "#[cfg(test)]\nuse crate::driver;\nuse crate::line;",
        ),
        ("call/tests.rs", "use crate::driver;\nuse std::fs;"),
        (
            "ari/http.rs",
            "use crate::audio::Frame;\nuse std::fs;\nuse tokio::time::Instant;",
        ),
        ("output/printer.rs", "fn f() { println!(\"x\"); }"),
        (
            "commands/call.rs",
            "use crate::{ari, driver, output, store};",
        ),
        (
            "call/machine.rs",
            "fn f() { let known = a.ok(); let _unused = b; }",
        ),
    ] {
        assert_eq!(faults(path, code), Vec::<String>::new(), "{path}: {code}");
    }
}

#[test]
fn a_pure_room_is_caught_with_a_clock_a_socket_or_a_file() {
    for code in [
        "use tokio::sync::mpsc;",
        "use reqwest::Client;",
        "use rusqlite::Connection;",
        "use std::fs;",
        "use std::{collections::BTreeMap, env};",
        "fn f() { std::fs::read(p); }",
        "fn f() { let now = Instant::now(); }",
        "fn f() { let now = std::time::SystemTime::now(); }",
        "fn f() { let now = jiff::Timestamp::now(); }",
        "fn f() { eprintln!(\"x\"); }",
    ] {
        assert_eq!(faults("dialogue/machine.rs", code).len(), 1, "{code}");
    }
}

#[test]
fn printing_outside_of_output_is_caught() {
    for code in ["fn f() { println!(\"x\"); }", "fn f() { dbg!(x); }"] {
        assert_eq!(faults("commands/call.rs", code).len(), 1, "{code}");
        assert_eq!(faults("main.rs", code).len(), 1, "{code}");
    }
}

#[test]
fn thrown_results_and_empty_words_are_caught() {
    for code in [
        "fn f() { file.flush().ok(); }",
        "fn f() { let _ = file.flush(); }",
        "struct CallManager;",
        "mod call_utils;",
        "static BLACKLIST: u8 = 1;",
    ] {
        assert_eq!(faults("driver/mod.rs", code).len(), 1, "{code}");
    }
}

#[test]
fn long_files_long_functions_and_missing_docs_are_caught() {
    let long = "const A: u8 = 1;\n".repeat(500);
    assert_eq!(faults("driver/mod.rs", &long), ["driver/mod.rs: 501 lines"]);
    assert_eq!(
        faults("main.rs", &"const A: u8 = 1;\n".repeat(59)),
        ["main.rs: 60 lines"]
    );
    let body = "    a();\n".repeat(MOST_FUNCTION_LINES);
    let function = format!("fn f(a: [u8; 2]) {{\n{body}}}\nfn g();");
    assert_eq!(faults("driver/mod.rs", &function).len(), 1);
    let bare = Source {
        path: "driver/mod.rs".to_owned(),
        text: "// A comment.\n".to_owned(),
    };
    assert_eq!(bare.faults().len(), 1);
}
