//! Reads a state.

use super::document::{Name, Node, Table};
use super::fields::{RING_BOUNDS, STATE, TRANSFER};
use super::listen::{Expect, Wish};
use super::read::Reader;
use super::{CallBack, Deeds, State, Text, Transfer, Way, Wordings};

/// How long it rings at a person's, in seconds, unless the scenario says: five rings.
const RING_S: u32 = 25;

impl<'a> Reader<'a> {
    pub(super) fn state(&mut self, name: &Name<'a>, node: &Node<'a>) -> Option<State> {
        let table = node.table(&mut self.faults)?;
        let all_known = table.allow(STATE, &mut self.faults);
        let on = table.get("on").map(|node| self.intent_ways(&node));
        let keys = table.get("keys").map(|node| self.key_ways(&node));
        let slots = table.get("slots").map(|node| self.slot_ways(&node));
        let slots = slots.unwrap_or_default();
        let wish = table
            .get("listen")
            .and_then(|node| node.table(&mut self.faults));
        let wish = wish.map_or_else(Wish::default, |table| self.wish(&table));
        let wish = wish.or(self.listen);
        let barge_in = table.get("barge_in");
        let barge_in = barge_in.and_then(|node| node.flag(&mut self.faults));
        let attempts = self.count(&table, "attempts", (0, 10));
        let outcome = table.get("outcome");
        let outcome = outcome.and_then(|node| node.word(&mut self.faults));
        let state = State {
            say: self.prompt(&table, "say"),
            again: self.prompt(&table, "again"),
            on: on.unwrap_or_default(),
            keys: keys.unwrap_or_default(),
            listen: wish.listen(self.expected(&slots)),
            slots,
            no_input: self.own_or(&table, "no_input", self.no_input.clone()),
            no_match: self.own_or(&table, "no_match", self.no_match.clone()),
            attempts: attempts.map_or(self.attempts, |n| u32::try_from(n).unwrap_or_default()),
            next: self.own_or(&table, "next", Vec::new()),
            outcome: outcome.map(str::to_owned),
            data: self.data(&table),
            deeds: self.deeds(&table),
            barge_in: barge_in.or(wish.barge_in).unwrap_or(true),
            place: name.place.clone(),
        };
        // What is missing is most likely what is misspelt, and told once.
        if all_known {
            self.check_form(name, &table, &state);
        }
        Some(state)
    }

    /// The kind of answer that the slots of a state ask for: that of the most patient one.
    fn expected(&self, slots: &[(String, Vec<Way>)]) -> Option<Expect> {
        slots
            .iter()
            .filter_map(|(name, _)| Some(Expect::of(&self.slots.get(name)?.kind)))
            .max_by_key(|expect| expect.endpoint_ms())
    }

    fn own_or(&mut self, table: &Table<'a>, name: &str, other: Vec<Way>) -> Vec<Way> {
        match table.get(name) {
            Some(node) => self.ways(&node),
            None => other,
        }
    }

    fn prompt(&mut self, table: &Table<'a>, name: &str) -> Wordings {
        let Some(node) = table.get(name) else {
            return Wordings::default();
        };
        let wordings = self.wordings(&node);
        for text in wordings.all() {
            self.template(text);
        }
        wordings
    }

    /// A state either waits for an answer, or goes on, or ends; and it must speak to be answered.
    fn check_form(&mut self, name: &Name<'a>, table: &Table<'a>, state: &State) {
        let whose = name;
        let (place, name) = (name.place.clone(), name.text);
        let ways = usize::from(state.is_final()) + usize::from(!state.next.is_empty());
        if ways > 1 || (ways == 1 && state.listens()) {
            let message = format!(
                "state `{name}` has more than one of `on`/`keys`/`slots`, `next`, `outcome`"
            );
            self.faults.add(place, message, "keep one of them");
        } else if ways == 0 && !state.listens() {
            let hint = "give it `on`, `keys`, `slots`, `next` or `outcome`";
            self.faults
                .add(place, format!("state `{name}` leads nowhere"), hint);
        } else if state.listens() && state.say.is_empty() && state.deeds.play.is_none() {
            let message = format!("state `{name}` waits for an answer and asks nothing");
            self.faults.add(place, message, "give it a `say`");
        }
        if let Some(last) = state.next.last().filter(|way| way.guard.is_some()) {
            self.faults.add(
                last.place.clone(),
                "no way is left when this condition fails",
                "let the last of `next` have no `if`",
            );
        }
        if let Some(node) = table.get("data").filter(|_| !state.is_final()) {
            let hint = "slots are kept in any case; move it to a state with an `outcome`";
            self.faults
                .add(node.place(), "`data` is kept with an `outcome` only", hint);
        }
        if let Some(node) = table.get("transfer").filter(|_| !state.is_final()) {
            let hint = "give the state an `outcome`: it is the end when the transfer succeeds";
            self.faults
                .add(node.place(), "after `transfer` the talk is over", hint);
        }
        self.refuse_idle(whose, table, state);
    }

    fn deeds(&mut self, table: &Table<'a>) -> Deeds {
        let forbidden = table.get("do_not_call");
        let forbidden = forbidden.and_then(|node| node.flag(&mut self.faults));
        Deeds {
            changes: self.changes(table),
            tags: self.words(table.get("tag")),
            do_not_call: forbidden.unwrap_or(false),
            call_back: self.call_back(table),
            transfer: self.transfer(table),
            play: self.file_to_play(table.get("play")),
            send_keys: self.keys_to_send(table.get("send_keys")),
        }
    }

    fn call_back(&mut self, table: &Table<'a>) -> Option<CallBack> {
        let node = table.get("call_back")?;
        if let Some(name) = node.as_text() {
            self.refuse_timeless(name, &node);
            return Some(CallBack::At(name.to_owned()));
        }
        let wanted = node.flag(&mut self.faults)?;
        wanted.then_some(CallBack::Sometime)
    }

    fn transfer(&mut self, table: &Table<'a>) -> Option<Transfer> {
        let node = table.get("transfer")?;
        let Some(table) = node.as_table() else {
            self.refuse_nobody(&node);
            return Some(Transfer {
                to: self.one_text(Some(node))?,
                failed: None,
                whisper: None,
                ring_s: RING_S,
                music: true,
            });
        };
        table.allow(TRANSFER, &mut self.faults);
        let to = table.need("to", &mut self.faults);
        if let Some(to) = &to {
            self.refuse_nobody(to);
        }
        let to = self.one_text(to);
        let failed = table.get("failed");
        let music = table.get("music");
        let ring_s = self.count(&table, "ring_s", RING_BOUNDS);
        Some(Transfer {
            failed: failed.and_then(|node| self.state_name(&node)),
            whisper: self.one_text(table.get("whisper")),
            ring_s: ring_s.map_or(RING_S, |n| u32::try_from(n).unwrap_or(RING_S)),
            music: music
                .and_then(|node| node.flag(&mut self.faults))
                .unwrap_or(true),
            to: to?,
        })
    }

    pub(super) fn one_text(&mut self, node: Option<Node<'a>>) -> Option<Text> {
        let node = node?;
        let text = Text {
            text: node.word(&mut self.faults)?.to_owned(),
            place: node.place(),
        };
        self.template(&text);
        Some(text)
    }

    /// `data`: a list of variables, or names with templates.
    fn data(&mut self, table: &Table<'a>) -> Vec<(String, Text)> {
        let Some(node) = table.get("data") else {
            return Vec::new();
        };
        let Some(table) = node.as_table() else {
            let nodes = node.words(&mut self.faults).into_iter();
            let named = nodes.filter_map(|node| Some((node.as_text()?, node.place())));
            return named
                .map(|(name, place)| {
                    let text = format!("{{{{ {name} }}}}");
                    (name.to_owned(), Text { text, place })
                })
                .collect();
        };
        let mut data = Vec::new();
        for (name, node) in table.entries() {
            self.refuse_kept(&name);
            if let Some(text) = self.one_text(Some(node)) {
                data.push((name.text.to_owned(), text));
            }
        }
        data
    }
}
