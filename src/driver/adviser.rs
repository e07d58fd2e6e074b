//! Asks a model on behalf of one call, beside the call: nothing waits for it here.

use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

use crate::dialogue::Question;
use crate::model::{ChatModel, ModelError};
use crate::settings::Settings;

/// Answers under way; a call asks one question at a time.
const QUEUE: usize = 8;

/// The model as one call has it.
#[derive(Debug)]
pub(super) struct Adviser {
    model: Option<ChatModel>,
    answers: mpsc::Sender<(u32, Option<String>)>,
    given: mpsc::Receiver<(u32, Option<String>)>,
}

impl Adviser {
    /// For one call; without a model every question is left unanswered.
    pub(super) fn new(model: Option<ChatModel>) -> Self {
        let (answers, given) = mpsc::channel(QUEUE);
        Self {
            model,
            answers,
            given,
        }
    }

    /// Puts a question; its answer comes by [`answer`](Self::answer), or never.
    pub(super) fn ask(&self, number: u32, question: Question) {
        let Some(model) = self.model.clone() else {
            return;
        };
        let answers = self.answers.clone();
        tokio::spawn(async move {
            let intent = model.ask(&question).await.unwrap_or_else(|error| {
                tracing::warn!(%error, hint = error.hint, "the rules decide without a model");
                None
            });
            if answers.send((number, intent)).await.is_err() {
                tracing::trace!("the call was over before the model had answered");
            }
        });
    }

    /// The next answer; for ever where none is awaited.
    pub(super) async fn answer(&mut self) -> (u32, Option<String>) {
        match self.given.recv().await {
            Some(given) => given,
            None => std::future::pending().await,
        }
    }
}

/// A model for a talk that no call goes with: whoever asks waits.
#[derive(Debug)]
pub struct Advice {
    model: ChatModel,
    runtime: Runtime,
}

impl Advice {
    /// The model that the settings name, if they name one.
    ///
    /// # Errors
    /// Its name is missing, or its key or proxy cannot be used.
    pub fn of(settings: &Settings) -> anyhow::Result<Option<Self>> {
        let Some(model) = super::open::model(settings)? else {
            return Ok(None);
        };
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Some(Self { model, runtime }))
    }

    /// Asks which intent was meant; `None` where the model says that none was.
    ///
    /// # Errors
    /// No answer in time, a refusal of the service, or an answer that is none.
    pub fn ask(&self, question: &Question) -> Result<Option<String>, ModelError> {
        self.runtime.block_on(self.model.ask(question))
    }
}
