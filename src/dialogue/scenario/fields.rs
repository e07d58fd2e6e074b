//! The one table of the language: every field, what may stand in it and what it means.
//!
//! The reader refuses what is not in it, and the JSON schema that editors use is made from it.

/// What may stand in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dialogue) enum Kind {
    /// Any text.
    Text,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A whole number within bounds.
    Count(i64, i64),
    /// One text or several.
    Words,
    /// One prompt or several wordings of it, the same for all languages or by language.
    Wordings,
    /// Where to go: a state, a table with `go` or `call`, or several with conditions.
    Way,
    /// Names to ways: intents or slots.
    Ways,
    /// Keys of a telephone to ways.
    KeyWays,
    /// Names to texts, numbers or truth values.
    Values,
    /// Names to whole numbers.
    Counts,
    /// Variables to keep: a list of names, or names to templates.
    Data,
    /// `true`, or the name of the slot that holds the time.
    CallBack,
    /// A text, or a table of its own.
    Transfer,
    /// A table of its own.
    Table(&'static [Field]),
    /// Names to tables of this kind.
    Tables(&'static [Field]),
    /// Words for each choice.
    Choices,
    /// `false`, or the words that must be said.
    Disclosure,
}

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dialogue) struct Field {
    pub(in crate::dialogue) name: &'static str,
    pub(in crate::dialogue) kind: Kind,
    pub(in crate::dialogue) says: &'static str,
}

const fn field(name: &'static str, kind: Kind, says: &'static str) -> Field {
    Field { name, kind, says }
}

/// The languages a dialogue may be held in.
pub(super) const LANGUAGES: &[&str] = &["ru", "en"];

/// The whole file.
#[rustfmt::skip]
pub(in crate::dialogue) const FILE: &[Field] = &[
    field("include", Kind::Words, "Files whose tables are taken over, relative to this one; what stands here stands over them"),
    field("scenario", Kind::Table(HEAD), "Name, language and beginning"),
    field("variables", Kind::Values, "Values for variables; a lead's columns and --var stand over them"),
    field("intents", Kind::Tables(INTENT), "Intents of your own, and more phrases for the standard ones"),
    field("slots", Kind::Tables(SLOT), "What is to be gathered from the callee"),
    field("listen", Kind::Table(LISTEN), "How to listen, where a state says nothing else"),
    field("global", Kind::Table(GLOBAL), "Transitions valid in every state that has none of its own"),
    field("states", Kind::Tables(STATE), "The states"),
];

/// `[scenario]`
#[rustfmt::skip]
pub(in crate::dialogue) const HEAD: &[Field] = &[
    field("name", Kind::Text, "The name for the history"),
    field("language", Kind::Choice(LANGUAGES), "The language it is held in: ru or en"),
    field("languages", Kind::Words, "All languages it can be held in; the lead's column `language` chooses"),
    field("start", Kind::Text, "The first state"),
    field("attempts", Kind::Count(0, 10), "How often to ask again after silence or something not understood; 2 unless set"),
    field("turns", Kind::Count(1, 500), "The most answers of the callee in one call; 30 unless set"),
    field("fields", Kind::Words, "Columns that every lead must bring"),
    field("disclosure", Kind::Disclosure, "Words that must be said in the first five seconds; false lifts the check"),
];

/// `[listen]` and `listen` of a state.
#[rustfmt::skip]
pub(in crate::dialogue) const LISTEN: &[Field] = &[
    field("no_input_ms", Kind::Count(500, 60_000), "Silence after a prompt that counts as no answer; 6000 unless set"),
    field("endpoint_ms", Kind::Count(100, 10_000), "Silence after speech that ends the callee's turn; by the kind of answer unless set"),
    field("max_turn_ms", Kind::Count(1_000, 300_000), "The longest turn of the callee; 20000 unless set"),
    field("barge_in", Kind::Flag, "Whether the callee may interrupt prompts; true unless set"),
    field("expect", Kind::Choice(EXPECT), "The kind of answer: how patiently to wait for its end"),
];

/// `[global]`
#[rustfmt::skip]
pub(in crate::dialogue) const GLOBAL: &[Field] = &[
    field("on", Kind::Ways, "Intent to state, in every state that has none of its own for it"),
    field("keys", Kind::KeyWays, "Key to state, in every state that has none of its own for it"),
    field("no_input", Kind::Way, "Where to go when silence was asked about often enough"),
    field("no_match", Kind::Way, "Where to go when not understood often enough"),
];

/// `[intents.NAME]`
#[rustfmt::skip]
pub(in crate::dialogue) const INTENT: &[Field] = &[
    field("phrases", Kind::Wordings, "What people say; heard unless much else was said. Words are compared by stem, fillers may stand between them"),
    field("sure", Kind::Wordings, "Phrases that count whatever else was said"),
    field("alone", Kind::Wordings, "Phrases that count only where they are nearly all that was said"),
    field("unless", Kind::Wordings, "Words that forbid the intent"),
    field("extends", Kind::Text, "A standard intent whose phrases it has too, and whose consent or refusal it is"),
    field("priority", Kind::Count(0, 100), "Of several intents in one answer the higher wins; 45 unless set"),
];

/// `[slots.NAME]`
#[rustfmt::skip]
pub(in crate::dialogue) const SLOT: &[Field] = &[
    field("kind", Kind::Choice(SLOT_KINDS), "What to listen for"),
    field("choices", Kind::Choices, "For kind choice: each value with the phrases that mean it"),
    field("min", Kind::Count(i64::MIN, i64::MAX), "For numbers and money: the smallest that is taken"),
    field("max", Kind::Count(i64::MIN, i64::MAX), "For numbers and money: the largest that is taken"),
];

/// What a slot may hold: `SlotKind::NAMES`, and `choice`.
pub(in crate::dialogue) const SLOT_KINDS: &[&str] = &[
    "yes_no", "number", "money", "date", "time", "moment", "name", "phone", "email", "text",
    "choice",
];

/// What a state may expect.
pub(in crate::dialogue) const EXPECT: &[&str] = &[
    "short", "yes_no", "number", "money", "date", "time", "moment", "name", "phone", "email",
    "text", "choice",
];

/// `[states.NAME]`
#[rustfmt::skip]
pub(in crate::dialogue) const STATE: &[Field] = &[
    field("say", Kind::Wordings, "What is said on entering; several wordings are taken in turn"),
    field("again", Kind::Wordings, "What is said when asking again; `say` unless set"),
    field("on", Kind::Ways, "Intent to state"),
    field("keys", Kind::KeyWays, "Key to state"),
    field("slots", Kind::Ways, "Slot to state: what is heard is kept, then we go on"),
    field("no_input", Kind::Way, "Where to go when silence was asked about `attempts` times"),
    field("no_match", Kind::Way, "Where to go when not understood `attempts` times"),
    field("attempts", Kind::Count(0, 10), "How often to ask again in this state"),
    field("next", Kind::Way, "Where to go without waiting for an answer; `back` asks again what was asked, `return` ends a sub-dialogue"),
    field("outcome", Kind::Text, "The conclusion; what is said is heard out, then we hang up"),
    field("data", Kind::Data, "What to keep with the outcome, beside the slots"),
    field("set", Kind::Values, "Variables to set on entering; templates are rendered"),
    field("add", Kind::Counts, "Counters to raise on entering"),
    field("tag", Kind::Words, "Words to mark the lead with"),
    field("do_not_call", Kind::Flag, "The number is never rung again"),
    field("call_back", Kind::CallBack, "Schedules another call: true, or the slot that holds the time"),
    field("transfer", Kind::Transfer, "Hands the call to a person once the prompt is heard"),
    field("play", Kind::Text, "A WAV file to play after the prompt, of up to 60 s; its path is relative to this file"),
    field("send_keys", Kind::Text, "Keys to send to the callee's line after the prompt: 0 to 9, *, #, A to D; w waits half a second"),
    field("barge_in", Kind::Flag, "Whether the callee may interrupt the prompt"),
    field("listen", Kind::Table(LISTEN), "How to listen in this state"),
];

/// A way that is a table.
#[rustfmt::skip]
pub(in crate::dialogue) const WAY: &[Field] = &[
    field("if", Kind::Text, "The condition under which this way is taken"),
    field("go", Kind::Text, "The state to go to; or `back`, or `return`"),
    field("call", Kind::Text, "The first state of a sub-dialogue, which comes back here with `return`"),
    field("then", Kind::Text, "With `call`: where to go when it returns; here unless set"),
    field("collect", Kind::Words, "Slots to fill from the same words"),
    field("set", Kind::Values, "Variables to set on the way"),
    field("add", Kind::Counts, "Counters to raise on the way"),
    field("tag", Kind::Words, "Words to mark the lead with"),
];

/// How long it may ring at a person's, in seconds.
pub(super) const RING_BOUNDS: (i64, i64) = (3, 120);

/// `transfer` that is a table.
#[rustfmt::skip]
pub(in crate::dialogue) const TRANSFER: &[Field] = &[
    field("to", Kind::Text, "Whom to: a number, or an endpoint of your Asterisk"),
    field("failed", Kind::Text, "The state to go to when nobody takes the call; an apology and a call-back unless set"),
    field("whisper", Kind::Text, "What the person hears before the callee; the lead's name and the callee's last words unless set"),
    field("ring_s", Kind::Count(RING_BOUNDS.0, RING_BOUNDS.1), "How long it rings there, in seconds; 25 unless set"),
    field("music", Kind::Flag, "Whether the callee hears music after the prompt until somebody takes the call; true unless set"),
];
