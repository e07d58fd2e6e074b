//! Reads the files of a scenario into one: what stands later stands over what stands earlier.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, Name, Node, Table};
use super::fields::{FILE, GLOBAL, HEAD, INTENT, LISTEN, SLOT};
use super::include::{self, Loader};
use super::listen::{Expect, Wish};
use super::place::{Faults, Place, ScenarioError, nearest};
use super::{BACK, Disclosure, Global, RETURN, Scenario, SlotSpec, StateName, Way, Wordings};
use crate::dialogue::intent::{IntentSet, Rules, STANDARD_INTENTS};
use crate::dialogue::slot::{ChoiceOption, SlotKind, listened_for};
use crate::dialogue::template::Variables;
use crate::language::Language;

/// How often to ask again.
const ATTEMPTS: i64 = 2;
/// More answers than any of the shipped talks needs; a callee who goes on is let go politely.
const TURNS: i64 = 30;

/// What to do about a phrase that is no pattern.
const PATTERN_HINT: &str = "plain words are always right; see docs/scenario.md for patterns";

/// Names that the machine itself gives values to.
pub(in crate::dialogue) const OWN_NAMES: [&str; 7] = [
    "visits", "misses", "turns", "now", "today", "tomorrow", "said",
];

/// What the history keeps of a call beside what was gathered in it: no slot may have these names.
pub const KEPT_BESIDE: [&str; 4] = ["sound", "speech", "answered_by", "network_said"];

pub(super) fn read(source: &str, loader: &mut Loader<'_>) -> Result<Scenario, ScenarioError> {
    let mut faults = Faults::default();
    let files = include::files(source, loader, &mut faults);
    let documents: Vec<Document<'_>> = files
        .iter()
        .filter_map(|file| Document::parse(file, &mut faults))
        .collect();
    let mut scenario = None;
    if faults.is_empty() {
        let mut reader = Reader::new(&documents, faults);
        scenario = reader.scenario();
        faults = reader.faults;
    }
    match (faults.into_error(), scenario) {
        (None, Some(scenario)) => Ok(scenario),
        (Some(error), _) => Err(error),
        // Without a scenario there is a fault; this is for the compiler.
        (None, None) => Err(ScenarioError::new(
            Place::default(),
            "no scenario".to_owned(),
            None,
        )),
    }
}

/// Phrases of a language with their intents.
type OwnPhrases = (Language, Vec<(String, String)>);

/// What is known while the states are read.
pub(super) struct Reader<'a> {
    documents: &'a [Document<'a>],
    pub(super) faults: Faults,
    pub(super) languages: Vec<Language>,
    pub(super) intents: Vec<(Language, IntentSet)>,
    pub(super) slots: BTreeMap<String, SlotSpec>,
    pub(super) states: BTreeMap<&'a str, (Name<'a>, Node<'a>)>,
    pub(super) listen: Wish,
    pub(super) no_input: Vec<Way>,
    pub(super) no_match: Vec<Way>,
    pub(super) attempts: u32,
}

/// `[scenario]`
struct Head<'a> {
    name: String,
    start: Node<'a>,
    turns: u32,
    fields: BTreeSet<String>,
    disclosure: Disclosure,
}

impl<'a> Reader<'a> {
    fn new(documents: &'a [Document<'a>], faults: Faults) -> Self {
        Self {
            documents,
            faults,
            languages: Vec::new(),
            intents: Vec::new(),
            slots: BTreeMap::new(),
            states: BTreeMap::new(),
            listen: Wish::default(),
            no_input: Vec::new(),
            no_match: Vec::new(),
            attempts: 2,
        }
    }

    fn scenario(&mut self) -> Option<Scenario> {
        for document in self.documents {
            let table = document.table();
            table.allow(FILE, &mut self.faults);
            if let Some(node) = table.get("include") {
                let paths = node.words(&mut self.faults);
                if paths.is_empty() && node.as_list().is_some_and(|list| list.is_empty()) {
                    let hint = "name a file, or remove the line";
                    self.faults.add(node.place(), "an empty list", hint);
                }
            }
        }
        // A section of another name is missed wherever it is asked for: its name is what to mend.
        if !self.faults.is_empty() {
            return None;
        }
        let head = self.head()?;
        let defaults = self.variables();
        let own_phrases = self.read_intents();
        self.read_slots();
        for table in self.sections("listen") {
            self.listen = self.wish(&table).or(self.listen);
        }
        self.states = self.merged("states");
        let global = self.global();
        let start = self.state_name(&head.start);
        let mut states = BTreeMap::new();
        for (name, node) in self.states.clone().into_values() {
            self.refuse_reserved(&name);
            if let Some(state) = self.state(&name, &node) {
                states.insert(StateName(name.text.to_owned()), state);
            }
        }
        Some(Scenario {
            name: head.name,
            language: *self.languages.first()?,
            intents: std::mem::take(&mut self.intents),
            own_phrases,
            start: start?,
            defaults,
            fields: head.fields,
            slots: std::mem::take(&mut self.slots),
            states,
            global,
            turns: head.turns,
            disclosure: head.disclosure,
            sounds: BTreeMap::new(),
        })
    }

    fn refuse_reserved(&mut self, name: &Name<'_>) {
        if [BACK, RETURN].contains(&name.text) {
            let message = format!("`{}` is a word of the language", name.text);
            self.faults
                .add(name.place.clone(), message, "give the state another name");
        }
    }

    /// The history has words of its own beside what a talk gathers.
    pub(super) fn refuse_kept(&mut self, name: &Name<'_>) {
        if KEPT_BESIDE.contains(&name.text) {
            let message = format!("`{}` is a word of the history", name.text);
            self.faults
                .add(name.place.clone(), message, "choose another name");
        }
    }

    /// A table of every file that has it, the scenario's own last.
    fn sections(&mut self, name: &str) -> Vec<Table<'a>> {
        let nodes = self.documents.iter().filter_map(|d| d.table().get(name));
        let nodes: Vec<Node<'a>> = nodes.collect();
        nodes
            .into_iter()
            .filter_map(|node| node.table(&mut self.faults))
            .collect()
    }

    /// The entries of a table of all files; the last of a name stands.
    fn merged(&mut self, section: &str) -> BTreeMap<&'a str, (Name<'a>, Node<'a>)> {
        let mut merged = BTreeMap::new();
        for table in self.sections(section) {
            for (name, node) in table.entries() {
                merged.insert(name.text, (name, node));
            }
        }
        merged
    }

    fn head(&mut self) -> Option<Head<'a>> {
        let (own, included) = self.documents.split_last()?;
        for document in included {
            if let Some(node) = document.table().get("scenario") {
                self.faults.add(
                    node.place(),
                    "an included file has no [scenario] of its own",
                    "move it to the file that includes this one",
                );
            }
        }
        let node = own.table().need("scenario", &mut self.faults)?;
        let table = node.table(&mut self.faults)?;
        table.allow(HEAD, &mut self.faults);
        let name = table.need("name", &mut self.faults);
        let name = name.and_then(|node| node.word(&mut self.faults));
        self.read_languages(&table);
        let turns = self.count(&table, "turns", (1, 500)).unwrap_or(TURNS);
        let attempts = self.count(&table, "attempts", (0, 10)).unwrap_or(ATTEMPTS);
        self.attempts = u32::try_from(attempts).unwrap_or_default();
        let fields = self.words(table.get("fields"));
        Some(Head {
            disclosure: self.disclosure(&table),
            start: table.need("start", &mut self.faults)?,
            name: name?.to_owned(),
            turns: u32::try_from(turns).unwrap_or_default(),
            fields: fields.into_iter().collect(),
        })
    }

    fn read_languages(&mut self, table: &Table<'a>) {
        let first = table.need("language", &mut self.faults);
        let more = table.get("languages");
        let more = more.map_or_else(Vec::new, |node| node.words(&mut self.faults));
        for node in first.into_iter().chain(more) {
            let Some(code) = node.text(&mut self.faults) else {
                continue;
            };
            match Language::parse(code) {
                Some(language) if self.languages.contains(&language) => {}
                Some(language) => self.languages.push(language),
                None => self.faults.add(
                    node.place(),
                    format!("no such language: `{code}`"),
                    "write `ru` or `en`",
                ),
            }
        }
        // What the other sections say is judged in some language, rather than not be understood.
        if self.languages.is_empty() {
            self.languages.push(Language::Russian);
        }
    }

    fn disclosure(&mut self, table: &Table<'a>) -> Disclosure {
        let Some(node) = table.get("disclosure") else {
            return Disclosure::Usual;
        };
        if node.as_text().is_some() || node.as_list().is_some() {
            return Disclosure::Words(self.words(Some(node)));
        }
        match node.flag(&mut self.faults) {
            Some(false) => Disclosure::Lifted,
            _ => Disclosure::Usual,
        }
    }

    fn variables(&mut self) -> Variables {
        let mut variables = Variables::new();
        for (name, node) in self.merged("variables").into_values() {
            self.variable_name(&name);
            if let Some(value) = node.scalar(&mut self.faults) {
                variables.insert(name.text.to_owned(), value);
            }
        }
        variables
    }

    /// Refuses a name that templates and guards could not read, or that the machine gives a value.
    pub(super) fn variable_name(&mut self, name: &Name<'_>) {
        let mut chars = name.text.chars();
        let begins = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
        if !begins || !chars.all(|c| c.is_alphanumeric() || c == '_') {
            let message = format!("`{}` is no name for a variable", name.text);
            let hint = "letters, digits and _, with a letter first";
            self.faults.add(name.place.clone(), message, hint);
        } else if OWN_NAMES.contains(&name.text) {
            let message = format!("`{}` has a value of its own", name.text);
            self.faults
                .add(name.place.clone(), message, "choose another name");
        }
    }

    /// Reads the intents; gives back the phrases that the scenario itself brings.
    fn read_intents(&mut self) -> Vec<OwnPhrases> {
        let mut own = Vec::new();
        for language in self.languages.clone() {
            own.push((language, Vec::new()));
            match IntentSet::standard(language) {
                Ok(set) => self.intents.push((language, set)),
                Err(error) => self.faults.add(Place::default(), error.to_string(), ""),
            }
        }
        for (name, node) in self.merged("intents").into_values() {
            if let Some(table) = node.table(&mut self.faults) {
                self.read_intent(name.text, &table, &mut own);
            }
        }
        own
    }

    fn read_intent(&mut self, name: &str, table: &Table<'a>, own: &mut [OwnPhrases]) {
        table.allow(INTENT, &mut self.faults);
        let priority = self.count(table, "priority", (0, 99));
        let priority = priority.and_then(|priority| u8::try_from(priority).ok());
        let extends = table.get("extends");
        let extends =
            extends.and_then(|node| self.choice(&node, &STANDARD_INTENTS, "standard intent"));
        let mut lists = |field: &str| {
            let node = table.get(field);
            node.map(|node| self.wordings(&node)).unwrap_or_default()
        };
        let (phrases, sure) = (lists("phrases"), lists("sure"));
        let (alone, unless) = (lists("alone"), lists("unless"));
        let all = [&phrases, &sure, &alone];
        if extends.is_none() && all.iter().all(|list| list.is_empty()) {
            let message = format!("intent `{name}` listens for nothing");
            let hint = "give it `phrases`";
            self.faults.add(table.place.clone(), message, hint);
        }
        for ((language, set), (_, own)) in self.intents.iter_mut().zip(own) {
            let texts = |list: &Wordings| -> Vec<String> {
                let texts = list.of(*language).iter();
                texts.map(|text| text.text.clone()).collect()
            };
            let rules = Rules {
                priority,
                extends: extends.map(str::to_owned),
                phrases: texts(&phrases),
                sure: texts(&sure),
                alone: texts(&alone),
                unless: texts(&unless),
            };
            if let Err(error) = set.define(name, &rules) {
                let told = error.to_string();
                let written = [&phrases, &sure, &alone, &unless];
                let written = written.into_iter().flat_map(Wordings::all);
                let mut written = written.filter(|text| told.contains(&text.text));
                let place = written.next().map(|text| text.place.clone());
                let place = place.unwrap_or_else(|| table.place.clone());
                self.faults.add(place, told, PATTERN_HINT);
            }
            let said = all.iter().flat_map(|list| texts(list));
            own.extend(said.map(|text| (name.to_owned(), text)));
        }
    }

    fn read_slots(&mut self) {
        for (name, node) in self.merged("slots").into_values() {
            self.variable_name(&name);
            self.refuse_kept(&name);
            let Some(table) = node.table(&mut self.faults) else {
                continue;
            };
            table.allow(SLOT, &mut self.faults);
            let Some(kind) = table.need("kind", &mut self.faults) else {
                continue;
            };
            let word = self.choice(&kind, super::fields::SLOT_KINDS, "kind of slot");
            let choices = table.get("choices");
            let choices = choices.map_or_else(Vec::new, |node| self.choices(&node));
            if (word == Some("choice")) == choices.is_empty() {
                let message = "`choices` and kind \"choice\" belong together";
                self.faults.add(kind.place(), message, "");
            }
            let kind = word.and_then(SlotKind::named);
            let kind = kind.unwrap_or(SlotKind::Choice(choices));
            let spec = self.slot(kind, &name, &table);
            self.slots.insert(name.text.to_owned(), spec);
        }
    }

    fn slot(&mut self, kind: SlotKind, name: &Name<'a>, table: &Table<'a>) -> SlotSpec {
        let any = (i64::MIN, i64::MAX);
        let min = self.count(table, "min", any);
        let max = self.count(table, "max", any);
        let whole = table.get("whole");
        let whole = whole.and_then(|node| node.flag(&mut self.faults));
        let number = kind == SlotKind::Number;
        for field in ["min", "max", "whole"] {
            let takes = number || (kind == SlotKind::Money && field != "whole");
            if let Some(node) = table.get(field).filter(|_| !takes) {
                let message = format!("`{field}` means nothing here: the slot takes no number");
                self.faults.add(node.place(), message, "remove the line");
            }
        }
        if let (Some(least), Some(most), Some(node)) = (min, max, table.get("min"))
            && least > most
        {
            let message = format!("nothing fits: `min` is {least} and `max` is {most}");
            self.faults.add(node.place(), message, "exchange the two");
        }
        SlotSpec {
            kind,
            min,
            max,
            whole: whole.unwrap_or(number && (min.is_some() || max.is_some())),
            place: name.place.clone(),
        }
    }

    fn choices(&mut self, node: &Node<'a>) -> Vec<ChoiceOption> {
        let Some(table) = node.table(&mut self.faults) else {
            return Vec::new();
        };
        let mut options = Vec::new();
        for (name, node) in table.entries() {
            let option = ChoiceOption {
                value: name.text.to_owned(),
                phrases: self.words(Some(node)),
            };
            if let Err(error) = listened_for(std::slice::from_ref(&option)) {
                self.faults
                    .add(node.place(), error.to_string(), PATTERN_HINT);
            }
            options.push(option);
        }
        options
    }

    fn global(&mut self) -> Global {
        let mut global = Global::default();
        for table in self.sections("global") {
            table.allow(GLOBAL, &mut self.faults);
            if let Some(node) = table.get("on") {
                global.on.extend(self.intent_ways(&node));
            }
            if let Some(node) = table.get("keys") {
                global.keys.extend(self.key_ways(&node));
            }
            if let Some(node) = table.get("no_input") {
                self.no_input = self.ways(&node);
            }
            if let Some(node) = table.get("no_match") {
                self.no_match = self.ways(&node);
            }
        }
        global.no_input.clone_from(&self.no_input);
        global.no_match.clone_from(&self.no_match);
        global
    }

    /// `[listen]`, or `listen` of a state.
    pub(super) fn wish(&mut self, table: &Table<'a>) -> Wish {
        table.allow(LISTEN, &mut self.faults);
        let mut ms = |name: &str, bounds| {
            let ms = table.get(name)?.count(bounds, &mut self.faults)?;
            u32::try_from(ms).ok()
        };
        let mut wish = Wish {
            no_input_ms: ms("no_input_ms", (500, 60_000)),
            endpoint_ms: ms("endpoint_ms", (100, 10_000)),
            max_turn_ms: ms("max_turn_ms", (1_000, 300_000)),
            ..Wish::default()
        };
        let flag = table.get("barge_in");
        wish.barge_in = flag.and_then(|node| node.flag(&mut self.faults));
        if let Some(node) = table.get("expect") {
            let word = self.choice(&node, super::fields::EXPECT, "kind of answer");
            wish.expect = word.and_then(Expect::parse);
        }
        wish
    }

    /// A word out of a closed list.
    pub(super) fn choice(
        &mut self,
        node: &Node<'a>,
        known: &[&'static str],
        what: &str,
    ) -> Option<&'a str> {
        let word = node.text(&mut self.faults)?;
        if known.contains(&word) {
            return Some(word);
        }
        let hint = nearest(word, known.iter().copied());
        self.faults
            .add(node.place(), format!("no such {what}: `{word}`"), hint);
        None
    }

    pub(super) fn count(
        &mut self,
        table: &Table<'a>,
        name: &str,
        bounds: (i64, i64),
    ) -> Option<i64> {
        table.get(name)?.count(bounds, &mut self.faults)
    }

    pub(super) fn words(&mut self, node: Option<Node<'a>>) -> Vec<String> {
        let nodes = node.map_or_else(Vec::new, |node| node.words(&mut self.faults));
        let texts = nodes.into_iter().filter_map(|node| node.as_text());
        texts.map(str::to_owned).collect()
    }
}
