//! What the provider tells, in our words.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::campaign::Money;

/// A stretch of time to report on, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub till: Timestamp,
}

/// What is left on the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// The amount; negative for a debt.
    pub amount: Money,
    /// `RUB`
    pub currency: String,
}

/// A SIP login of the user API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipAccount {
    /// The login, leading zeros and all.
    pub id: String,
    /// What its owner calls it.
    pub name: Option<String>,
    /// Calls at once.
    pub lines: Option<u32>,
}

/// A number of the user API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// Digits.
    pub number: String,
    /// `on` where it works.
    pub status: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Calls at once.
    pub channels: Option<u32>,
    /// What it costs a month.
    pub monthly_fee: Option<Money>,
    /// `RUB`
    pub currency: Option<String>,
}

impl Phone {
    /// Whether it works.
    pub fn is_active(&self) -> bool {
        self.status
            .as_deref()
            .is_none_or(|status| matches!(status, "on" | "active"))
    }
}

/// The account of the Data API.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its id.
    pub id: Option<String>,
    /// Whose it is.
    pub name: Option<String>,
    /// The zone of all times in reports.
    pub zone: TimeZone,
    /// The zone's name.
    pub zone_name: String,
}

/// A SIP line of the Data API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipLine {
    /// The login, leading zeros and all.
    pub login: String,
    /// `in` or `in_out`.
    pub kind: Option<String>,
    /// Calls at once.
    pub channels: Option<u32>,
    /// `active`, `manual_lock` or `limit_lock`.
    pub billing: Option<String>,
    /// Whether a phone or exchange is registered.
    pub registered: Option<bool>,
    /// What callees see.
    pub caller_id: Option<String>,
    /// `active` or `inactive`, in the profile of its employee.
    pub status: Option<String>,
    /// Where it is registered from.
    pub addresses: Vec<String>,
}

/// A number of the Data API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualNumber {
    /// Digits.
    pub number: String,
    /// `active` where it works.
    pub status: Option<String>,
    /// `va`, `call_tracking`, `dynamic_call_tracking`.
    pub kind: Option<String>,
}

impl VirtualNumber {
    /// Whether it works.
    pub fn is_active(&self) -> bool {
        self.status
            .as_deref()
            .is_none_or(|status| status == "active")
    }
}

/// A call of the provider's report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSession {
    /// The provider's id.
    pub id: String,
    /// When it began.
    pub at: Timestamp,
    /// `in` or `out`.
    pub direction: Option<String>,
    /// `sip` and `sip_trunk` are calls of an exchange like ours.
    pub source: Option<String>,
    /// The other side: digits.
    pub contact: Option<String>,
    /// The account's number: digits.
    pub own: Option<String>,
    /// Seconds of talk.
    pub talked: Option<u32>,
    /// Seconds in all.
    pub lasted: Option<u32>,
    /// Why it ended, in the provider's word.
    pub finish: Option<String>,
    /// The region of the other side.
    pub region: Option<String>,
    /// What it cost, where the report tells.
    pub cost: Option<Money>,
}
