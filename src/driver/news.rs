//! What a watcher of calls and campaigns is told, as it happens, and how it is handed over.
//!
//! Nobody who rings or talks waits for a watcher. One who does not keep up loses nothing either:
//! what it has not taken is kept, and a campaign begins no new calls meanwhile.

use std::collections::VecDeque;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::call::CallReport;
use super::campaign::Halt;
use super::clock;
use crate::ari::SocketState;
use crate::call::{Turn, Verdict};
use crate::campaign::{AttemptId, LeadId, Trouble, WaitReason};
use crate::phone::PhoneNumber;
use crate::store::{LeadRow, Refused};

/// Something about a call.
#[derive(Debug, Clone)]
pub struct CallNews {
    /// When it happened.
    pub at: Timestamp,
    /// In which call.
    pub attempt: AttemptId,
    /// What.
    pub step: CallStep,
}

/// A step of a call.
#[derive(Debug, Clone)]
pub enum CallStep {
    /// The attempt was recorded; nobody was rung yet.
    Begun(Box<CallBegun>),
    /// The phase of the call changed.
    Phase(&'static str),
    /// It is known who answered, or known better.
    Judged(Verdict),
    /// A turn is complete.
    Turn(Turn),
    /// The call is over and in the ledger.
    Ended(Box<CallReport>),
}

/// A call that begins.
#[derive(Debug, Clone)]
pub struct CallBegun {
    /// Whom it rings.
    pub number: PhoneNumber,
    /// The lead, if it is one.
    pub lead: Option<LeadId>,
    /// What the callee sees; `None`: the trunk's own number.
    pub caller_id: Option<String>,
    /// The name of the scenario.
    pub scenario: String,
}

/// Something about a campaign.
#[derive(Debug, Clone)]
pub struct CampaignNews {
    /// When it happened.
    pub at: Timestamp,
    /// What.
    pub event: CampaignStep,
}

/// A step of a campaign.
#[derive(Debug, Clone)]
pub enum CampaignStep {
    /// Something about one of its calls.
    Call(AttemptId, CallStep),
    /// This lead is rung next.
    Chosen(Box<LeadRow>),
    /// It was this lead's turn, and the policy does not allow to ring it now.
    Refused(Box<Refused>),
    /// The campaign waits, and for what.
    Waiting(WaitReason, Option<Timestamp>),
    /// It is asked or tried whether this trouble is over.
    Probing(Trouble),
    /// It is.
    GoesOn(Trouble),
    /// The speech service allows no more conversations at once than these.
    SpeechLimit(u32),
    /// It begins no more calls, though there may be leads left.
    Halted(Halt),
    /// Somebody resumed it before it came to its end.
    Resumed,
    /// The event socket of Asterisk was lost, or is back.
    Asterisk(SocketState),
    /// The list that is read while it is worked through is read no further, and why.
    ListFailed(String),
    /// A lead was skipped: it cannot be rung, and why.
    Skipped {
        /// Which lead.
        lead: LeadId,
        /// Why, for a person.
        why: String,
    },
}

/// Tells of a call. A talk waits for no watcher, and nobody watching is fine.
pub(super) fn tell(news: &mpsc::UnboundedSender<CallNews>, attempt: AttemptId, step: CallStep) {
    let at = clock::now();
    if news.send(CallNews { at, attempt, step }).is_err() {
        tracing::trace!("nobody watches this call");
    }
}

/// What a campaign has to tell, until its watcher takes it.
#[derive(Debug)]
pub(super) struct Outbox {
    watcher: mpsc::Sender<CampaignNews>,
    /// What found no room.
    kept: VecDeque<CampaignNews>,
}

impl Outbox {
    pub(super) fn new(watcher: mpsc::Sender<CampaignNews>) -> Self {
        Self {
            watcher,
            kept: VecDeque::new(),
        }
    }

    /// Something that happens now.
    pub(super) fn put(&mut self, event: CampaignStep) {
        self.put_at(clock::now(), event);
    }

    /// Whatever of these happens now.
    pub(super) fn put_all(&mut self, events: impl IntoIterator<Item = CampaignStep>) {
        events.into_iter().for_each(|event| self.put(event));
    }

    /// Something that happened then.
    pub(super) fn put_at(&mut self, at: Timestamp, event: CampaignStep) {
        let item = CampaignNews { at, event };
        if !self.kept.is_empty() {
            self.kept.push_back(item);
            return;
        }
        match self.watcher.try_send(item) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(item)) => self.kept.push_back(item),
            Err(mpsc::error::TrySendError::Closed(_)) => {
                tracing::trace!("nobody watches this campaign");
            }
        }
    }

    /// Whether the watcher does not keep up.
    pub(super) fn is_behind(&self) -> bool {
        !self.kept.is_empty()
    }

    /// Waits until the watcher took one of what is kept; for ever where nothing is.
    pub(super) async fn deliver(&mut self) {
        if self.kept.is_empty() {
            std::future::pending::<()>().await;
        }
        match self.watcher.reserve().await {
            Ok(room) => {
                if let Some(item) = self.kept.pop_front() {
                    room.send(item);
                }
            }
            Err(_) => self.kept.clear(),
        }
    }

    /// Waits until the watcher took all that is kept.
    pub(super) async fn empty(&mut self) {
        while self.is_behind() {
            self.deliver().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(lead: i64) -> CampaignStep {
        CampaignStep::Skipped {
            lead: LeadId(lead),
            why: String::new(),
        }
    }

    fn lead(news: &CampaignNews) -> i64 {
        let CampaignStep::Skipped { lead, .. } = &news.event else {
            panic!("{news:?}");
        };
        lead.0
    }

    #[tokio::test]
    async fn a_slow_watcher_loses_nothing_and_holds_up_nobody() {
        let (watcher, mut watched) = mpsc::channel(2);
        let mut outbox = Outbox::new(watcher);
        for number in 1..=9 {
            outbox.put(skipped(number));
        }
        assert!(outbox.is_behind());
        let mut seen = Vec::new();
        for _ in 0..2 {
            seen.push(lead(&watched.recv().await.unwrap()));
        }
        outbox.deliver().await;
        outbox.put(skipped(10));
        let rest = tokio::spawn(async move {
            outbox.empty().await;
            assert!(!outbox.is_behind());
        });
        while let Some(news) = watched.recv().await {
            seen.push(lead(&news));
        }
        rest.await.unwrap();
        assert_eq!(seen, (1..=10).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_watcher_that_is_gone_keeps_nobody_waiting() {
        let (watcher, watched) = mpsc::channel(1);
        let mut outbox = Outbox::new(watcher);
        outbox.put(skipped(1));
        outbox.put(skipped(2));
        drop(watched);
        outbox.empty().await;
        outbox.put(skipped(3));
        assert!(!outbox.is_behind());
    }
}
