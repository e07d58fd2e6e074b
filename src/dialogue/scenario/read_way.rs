//! Reads transitions: a state's name, a table, or several of them with conditions.

use std::collections::BTreeMap;

use super::document::{Node, Table};
use super::fields::{MORE, WAY};
use super::place::{Place, nearest};
use super::read::Reader;
use super::{BACK, Change, Put, RETURN, StateName, Target, Text, Way, Wordings};
use crate::dialogue::guard::Guard;
use crate::dialogue::template;
use crate::language::Language;

impl<'a> Reader<'a> {
    /// The ways behind one intent, key, slot or event.
    pub(super) fn ways(&mut self, node: &Node<'a>) -> Vec<Way> {
        let items = node.as_list().unwrap_or_else(|| vec![*node]);
        if items.is_empty() {
            self.faults
                .add(node.place(), "an empty list", "write where to go");
        }
        let last = items.len().saturating_sub(1);
        let mut ways = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let Some(way) = self.way(item) else { continue };
            if way.guard.is_none() && index < last {
                self.faults.add(
                    item.place(),
                    "what stands after this is never reached",
                    "give it an `if`, or put it last",
                );
            }
            ways.push(way);
        }
        ways
    }

    fn way(&mut self, node: &Node<'a>) -> Option<Way> {
        if node.as_text().is_some() {
            return Some(Way {
                guard: None,
                target: self.target(node)?,
                collect: Vec::new(),
                changes: Vec::new(),
                tags: Vec::new(),
                place: node.place(),
            });
        }
        let table = node.table(&mut self.faults)?;
        table.allow(WAY, &mut self.faults);
        let guard = table.get("if");
        let guard = guard.map(|node| self.guard(&node));
        let target = self.way_target(&table);
        let collect = table.get("collect");
        let collect = collect.map_or_else(Vec::new, |node| node.words(&mut self.faults));
        for slot in &collect {
            self.known_slot(slot.as_text().unwrap_or_default(), slot.place());
        }
        let way = Way {
            guard: guard.clone().flatten(),
            target: target?,
            collect: collect
                .iter()
                .filter_map(|node| node.as_text().map(str::to_owned))
                .collect(),
            changes: self.changes(&table),
            tags: self.words(table.get("tag")),
            place: node.place(),
        };
        (guard.is_none() || way.guard.is_some()).then_some(way)
    }

    fn way_target(&mut self, table: &Table<'a>) -> Option<Target> {
        match (table.get("go"), table.get("call")) {
            (Some(go), None) => {
                if let Some(then) = table.get("then") {
                    let hint = "write `call` instead of `go`, or remove it";
                    self.faults.add(then.place(), "`then` needs a `call`", hint);
                }
                self.target(&go)
            }
            (None, Some(call)) => {
                let state = self.state_name(&call);
                let then = table.get("then").map(|node| self.state_name(&node));
                let then = match then {
                    Some(then) => Some(then?),
                    None => None,
                };
                Some(Target::Call {
                    state: state?,
                    then,
                })
            }
            (None, None) => {
                let hint = format!("write `go = \"…\"`: a state, `{BACK}` or `{RETURN}`");
                self.faults
                    .add(table.place.clone(), "this leads nowhere", hint);
                None
            }
            (Some(_), Some(call)) => {
                let message = "`go` and `call` exclude each other";
                self.faults.add(call.place(), message, "keep one of them");
                None
            }
        }
    }

    fn target(&mut self, node: &Node<'a>) -> Option<Target> {
        match node.text(&mut self.faults)? {
            BACK => Some(Target::Back),
            RETURN => Some(Target::Return),
            _ => self.state_name(node).map(Target::State),
        }
    }

    /// A state that there is.
    pub(super) fn state_name(&mut self, node: &Node<'a>) -> Option<StateName> {
        let text = node.text(&mut self.faults)?;
        if self.states.contains_key(text) {
            return Some(StateName(text.to_owned()));
        }
        let hint = nearest(text, self.states.keys().copied());
        self.faults
            .add(node.place(), format!("no such state: `{text}`"), hint);
        None
    }

    fn known_state(&mut self, name: &str, place: Place) {
        if !self.states.contains_key(name) {
            let hint = nearest(name, self.states.keys().copied());
            self.faults
                .add(place, format!("no such state: `{name}`"), hint);
        }
    }

    fn guard(&mut self, node: &Node<'a>) -> Option<Guard> {
        let text = node.word(&mut self.faults)?;
        match Guard::parse(text) {
            Ok(guard) => {
                for name in guard.names() {
                    if let Some(state) = name.strip_prefix("visits.") {
                        self.known_state(state, node.place());
                    }
                }
                Some(guard)
            }
            Err(error) => {
                let place = node.place_in(error.at);
                let hint = "write like `score >= 4 and not email`";
                self.faults.add(place, error.message, hint);
                None
            }
        }
    }

    /// `on`: intents to ways.
    pub(super) fn intent_ways(&mut self, node: &Node<'a>) -> BTreeMap<String, Vec<Way>> {
        let Some(table) = node.table(&mut self.faults) else {
            return BTreeMap::new();
        };
        let mut ways = BTreeMap::new();
        for (name, node) in table.entries() {
            let known: Vec<&str> = self
                .intents
                .iter()
                .flat_map(|(_, set)| set.names())
                .collect();
            if !known.contains(&name.text) {
                let hint = nearest(name.text, known);
                let message = format!("no such intent: `{}`", name.text);
                self.faults.add(name.place, message, hint);
            }
            ways.insert(name.text.to_owned(), self.ways(&node));
        }
        ways
    }

    /// `keys`: keys of a telephone to ways.
    pub(super) fn key_ways(&mut self, node: &Node<'a>) -> BTreeMap<char, Vec<Way>> {
        let Some(table) = node.table(&mut self.faults) else {
            return BTreeMap::new();
        };
        let mut ways = BTreeMap::new();
        for (name, node) in table.entries() {
            let mut chars = name.text.chars();
            match (chars.next(), chars.next()) {
                (Some(key @ ('0'..='9' | '*' | '#')), None) => {
                    ways.insert(key, self.ways(&node));
                }
                _ => self.faults.add(
                    name.place,
                    format!("no such key: `{}`", name.text),
                    "keys are 0 to 9, * and #",
                ),
            }
        }
        ways
    }

    /// `slots` of a state: slots to ways, in the order written.
    pub(super) fn slot_ways(&mut self, node: &Node<'a>) -> Vec<(String, Vec<Way>)> {
        let Some(table) = node.table(&mut self.faults) else {
            return Vec::new();
        };
        let mut ways = Vec::new();
        for (name, node) in table.entries() {
            self.known_slot(name.text, name.place);
            ways.push((name.text.to_owned(), self.ways(&node)));
        }
        ways
    }

    fn known_slot(&mut self, name: &str, place: Place) {
        if !self.slots.contains_key(name) {
            let hint = nearest(name, self.slots.keys().map(String::as_str));
            let hint = if hint.is_empty() {
                format!("describe it under [slots.{name}]")
            } else {
                hint
            };
            self.faults
                .add(place, format!("no such slot: `{name}`"), hint);
        }
    }

    /// `set` and `add`, in this order.
    pub(super) fn changes(&mut self, table: &Table<'a>) -> Vec<Change> {
        let mut changes = Vec::new();
        if let Some(set) = table
            .get("set")
            .and_then(|node| node.table(&mut self.faults))
        {
            for (name, node) in set.entries() {
                self.variable_name(&name);
                let Some(text) = node.scalar(&mut self.faults) else {
                    continue;
                };
                let text = Text {
                    text,
                    place: node.place(),
                };
                self.template(&text);
                changes.push(Change {
                    name: name.text.to_owned(),
                    put: Put::Set(text),
                });
            }
        }
        if let Some(add) = table
            .get("add")
            .and_then(|node| node.table(&mut self.faults))
        {
            for (name, node) in add.entries() {
                self.variable_name(&name);
                if let Some(more) = node.count(MORE, &mut self.faults) {
                    changes.push(Change {
                        name: name.text.to_owned(),
                        put: Put::Add(more),
                    });
                }
            }
        }
        changes
    }

    /// Refuses a text that is no template.
    pub(super) fn template(&mut self, text: &Text) {
        if let Err(error) = template::variables_of(&text.text) {
            let (fault, hint) = template::mend(&text.text, &error.message);
            let message = format!("the prompt is no template: {fault}");
            self.faults.add(text.place.clone(), message, hint);
        }
        if let Some(braced) = template::single_brace(&text.text) {
            let message = format!("`{braced}` would be said as it stands");
            let hint = format!("a variable has two braces: {{{braced}}}");
            self.faults.add(text.place.clone(), message, hint);
        }
        if text.text.contains("visits") {
            for state in template::visits_of(&text.text) {
                self.known_state(&state, text.place.clone());
            }
        }
    }

    /// One text, several, or those by language.
    pub(super) fn wordings(&mut self, node: &Node<'a>) -> Wordings {
        let Some(table) = node.as_table() else {
            return Wordings::for_all(self.texts(node));
        };
        let mut by_language = Vec::new();
        for (name, node) in table.entries() {
            match Language::parse(name.text) {
                Some(language) if self.languages.contains(&language) => {
                    by_language.push((language, self.texts(&node)));
                }
                _ => {
                    let known = self.languages.iter().map(|language| language.code());
                    let hint = nearest(name.text, known);
                    let message = format!("not a language of this scenario: `{}`", name.text);
                    self.faults.add(name.place, message, hint);
                }
            }
        }
        for language in self.languages.clone() {
            if !by_language.iter().any(|(known, _)| *known == language) {
                let message = format!("the wording for `{}` is missing", language.code());
                self.faults.add(node.place(), message, "");
            }
        }
        Wordings::by_language(by_language)
    }

    fn texts(&mut self, node: &Node<'a>) -> Vec<Text> {
        let nodes = node.words(&mut self.faults);
        if nodes.is_empty() && node.as_list().is_some_and(|list| list.is_empty()) {
            self.faults
                .add(node.place(), "an empty list", "write what to say");
        }
        let texts = nodes.into_iter().filter_map(|node| {
            Some(Text {
                text: node.as_text()?.to_owned(),
                place: node.place(),
            })
        });
        texts.collect()
    }
}
