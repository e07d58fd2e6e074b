//! What all calls of one run share: the line, the ear, the voice and the ledger.

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::hang_up::LiveCalls;
use crate::ari::{Ari, MediaKind};
use crate::audio::G711;
use crate::call::CallRules;
use crate::campaign::Tariff;
use crate::model::ChatModel;
use crate::phone::{NumberFormat, PhoneNumber};
use crate::speech::{Recognizer, Synthesizer};
use crate::store::{Ledger, Run};

/// What all calls of one run share; cheap to clone.
#[derive(Debug, Clone)]
pub struct Station {
    /// Asterisk.
    pub ari: Ari,
    /// Opens an ear a call.
    pub recognizer: Arc<dyn Recognizer>,
    /// Speaks.
    pub synthesizer: Arc<dyn Synthesizer>,
    /// Says what was meant where the rules find nothing; `None` asks nobody.
    pub model: Option<ChatModel>,
    /// The history.
    pub ledger: Ledger,
    /// This run of the program.
    pub run: Run,
    /// How calls are placed.
    pub plan: Arc<LinePlan>,
    /// Prompts at hand.
    pub shelf: Shelf,
    /// Numbers the channels of this run.
    pub(super) channels: Arc<AtomicU64>,
    /// Its calls, for whoever wants one of them ended.
    pub(super) live: LiveCalls,
}

impl Station {
    /// A number that no other channel of this run has.
    pub(super) fn next_channel(&self) -> u64 {
        self.channels.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// How calls are placed and what they keep to.
#[derive(Debug)]
pub struct LinePlan {
    /// The endpoint to dial through.
    pub trunk: String,
    /// The dial string, with `{number}` and `{trunk}`.
    pub dial: String,
    /// The form of number that the trunk wants.
    pub number_format: NumberFormat,
    /// The number that callees see.
    pub caller_id: Option<String>,
    /// The codec of trunk, media and prompts.
    pub codec: G711,
    /// How the audio is carried.
    pub media: MediaKind,
    /// Time limits and manners.
    pub rules: CallRules,
    /// What is left on a machine; a template.
    pub machine_message: Option<String>,
    /// What calls cost.
    pub tariff: Tariff,
    /// Where recordings go; `None` records nothing.
    pub recordings: Option<PathBuf>,
}

impl LinePlan {
    /// The dial string for a number.
    pub fn endpoint(&self, number: &PhoneNumber) -> String {
        self.endpoint_of(&number.dialled(self.number_format))
    }

    /// The dial string for what is dialled.
    pub(super) fn endpoint_of(&self, dialled: &str) -> String {
        self.dial
            .replace("{number}", dialled)
            .replace("{trunk}", &self.trunk)
    }
}

/// Prompts kept in memory, so that those that recur are read from the disk once.
#[derive(Debug, Clone, Default)]
pub struct Shelf(Arc<Mutex<Shelved>>);

#[derive(Debug, Default)]
struct Shelved {
    prompts: HashMap<String, Bytes>,
    order: VecDeque<String>,
}

/// Some 40 kB each: 10 MB at most.
const SHELF_PROMPTS: usize = 256;

impl Shelf {
    /// A prompt, if it is at hand.
    pub(super) fn get(&self, text: &str) -> Option<Bytes> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .prompts
            .get(text)
            .cloned()
    }

    /// Keeps a prompt; the oldest makes room.
    pub(super) fn put(&self, text: &str, audio: Bytes) {
        let mut shelved = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shelved.prompts.insert(text.to_owned(), audio).is_none() {
            shelved.order.push_back(text.to_owned());
        }
        while shelved.order.len() > SHELF_PROMPTS {
            if let Some(oldest) = shelved.order.pop_front() {
                shelved.prompts.remove(&oldest);
            }
        }
    }
}
