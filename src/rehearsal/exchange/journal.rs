//! What the trunk was asked for, and what came of it: the carrier's log.

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;

use crate::rehearsal::callee::Measured;

/// One call that was dialled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dialled {
    /// The channel's id.
    pub channel: String,
    /// The number, as dialled.
    pub number: String,
    /// The caller id shown; empty where the call was anonymous.
    pub caller: String,
    /// The codecs offered, in their order.
    pub formats: Vec<String>,
    /// SIP headers added (`PJSIP_HEADER(add,…)`).
    pub headers: Vec<(String, String)>,
    /// Keys that the caller's side pressed.
    pub keys: String,
    /// Whether somebody picked up.
    pub answered: bool,
    /// What the callee who picked up measured; there when the call has ended.
    pub measured: Option<Box<Measured>>,
    /// Its end; `None` while it is going on.
    pub released: Option<Ended>,
    /// When it was dialled, and when it ended.
    #[serde(skip)]
    pub times: (Timestamp, Option<Timestamp>),
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// Q.850.
    pub cause: u8,
    /// The SIP status, where there is one.
    pub sip: Option<u16>,
}

/// Written by the exchange; readers may wait for what they expect.
#[derive(Debug, Default)]
pub(super) struct Journal {
    calls: watch::Sender<Vec<Dialled>>,
}

impl Journal {
    pub(super) fn calls(&self) -> Vec<Dialled> {
        self.calls.borrow().clone()
    }

    pub(super) fn open(&self, call: Dialled) {
        self.calls.send_modify(|calls| calls.push(call));
    }

    pub(super) fn write(&self, channel: &str, change: impl FnOnce(&mut Dialled)) {
        let mut change = Some(change);
        self.calls.send_if_modified(|calls| {
            // Ids may come again; the newest is meant.
            let call = calls.iter_mut().rev().find(|call| call.channel == channel);
            let (Some(call), Some(change)) = (call, change.take()) else {
                return false;
            };
            change(call);
            true
        });
    }

    /// How many calls were dialled, and how many of them to this number.
    pub(super) fn count(&self, number: &str) -> (u32, u32) {
        let calls = self.calls.borrow();
        let same = calls.iter().filter(|call| call.number == number).count();
        let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
        (count(calls.len()), count(same))
    }

    /// Waits until the calls are as expected.
    pub(super) async fn until(&self, expected: impl Fn(&[Dialled]) -> bool) -> Vec<Dialled> {
        let mut changes = self.calls.subscribe();
        match changes.wait_for(|calls| expected(calls)).await {
            Ok(calls) => calls.clone(),
            // The sender lives in self; this cannot happen while we wait.
            Err(_) => self.calls(),
        }
    }
}
