//! The account that the double tells about.

use jiff::Timestamp;

/// One account. Numbers are digits with the country in front.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its id.
    pub id: u64,
    /// Whose it is.
    pub name: String,
    /// The IANA name of the zone of all its times.
    pub zone: String,
    /// What is left.
    pub balance: f64,
    /// `RUB`
    pub currency: String,
    /// The SIP lines.
    pub lines: Vec<Line>,
    /// The numbers.
    pub numbers: Vec<Number>,
    /// Every leg of every call.
    pub legs: Vec<Leg>,
}

/// A SIP line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its login.
    pub login: String,
    /// `in` or `in_out`.
    pub kind: String,
    /// Calls at once.
    pub channels: u32,
    /// `active`, `manual_lock` or `limit_lock`.
    pub billing: String,
    /// Whether an exchange is registered.
    pub registered: bool,
    /// What callees see.
    pub number: Option<String>,
}

/// A number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// Digits.
    pub number: String,
    /// `active`, `waiting`, `manual_lock` …
    pub status: String,
}

/// A leg of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Leg {
    /// Its id.
    pub id: u64,
    /// The call it belongs to.
    pub session: u64,
    /// When it began.
    pub at: Timestamp,
    /// `in` or `out`.
    pub direction: String,
    /// `sip`, `sip_trunk`, `auto_out_calls` …
    pub source: String,
    /// Who rang.
    pub calling: String,
    /// Who was rung.
    pub called: String,
    /// Seconds of talk.
    pub talked: u32,
    /// Why it ended.
    pub finish: String,
    /// What was charged for it, if anything.
    pub charge: Option<Charge>,
}

/// What was charged for a leg.
#[derive(Debug, Clone, PartialEq)]
pub struct Charge {
    /// Seconds that were charged for.
    pub seconds: u32,
    /// `mobile`, `local`, `national`, `international`.
    pub kind: String,
    /// A minute's price.
    pub per_minute: f64,
    /// The amount.
    pub total: f64,
}

impl Default for Account {
    /// An account with a line, two numbers and some money, and no call yet.
    fn default() -> Self {
        Self {
            id: 100_001,
            name: "Rehearsal".to_owned(),
            zone: "Europe/Moscow".to_owned(),
            balance: 1234.5,
            currency: "RUB".to_owned(),
            lines: vec![Line {
                login: "0012345".to_owned(),
                kind: "in_out".to_owned(),
                channels: 5,
                billing: "active".to_owned(),
                registered: true,
                number: Some("74950000000".to_owned()),
            }],
            numbers: vec![
                Number {
                    number: "74950000000".to_owned(),
                    status: "active".to_owned(),
                },
                Number {
                    number: "74950000001".to_owned(),
                    status: "waiting".to_owned(),
                },
            ],
            legs: Vec::new(),
        }
    }
}
