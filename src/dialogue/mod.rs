//! The dialogue: a scenario file, the intents it listens for, and the state machine between.
//!
//! Pure: utterances and keys go in, prompts and conclusions come out. The call room decides when
//! somebody has spoken; this room decides what it meant and what to say next.

mod backtest;
mod classifier;
mod graph;
mod guard;
mod intent;
mod lint;
mod machine;
mod scenario;
mod schema;
pub mod slot;
mod template;
pub mod text_test;
mod verify;

pub use backtest::{Divergence, PastCall, PastStep, Retold, made_up, retell};
pub use classifier::Classifier;
pub use graph::{Graph, Seen, Traffic};
pub use guard::Guard;
pub use intent::{By, Evidence, IntentSet, STANDARD_INTENTS};
pub use lint::{Finding, discloses, lint, not_brought};
pub use machine::{Action, Dialogue, Heard, Prompt, Question, Reply, Unheard};
pub use scenario::{
    CallBack, Change, Deeds, Disclosure, Expect, Global, KEPT_BESIDE, KEYS_LATE_MS, Listen, Loader,
    Place, Put, Scenario, ScenarioError, SlotSpec, Sound, State, StateName, Target, Text, Transfer,
    Way, Wordings, keys_ms,
};
pub use schema::schema;
pub use template::{TemplateError, Variables};
pub use verify::{Line, LongCall, Longest, Problem, Tariff, Verdict, verify};
