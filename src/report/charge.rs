//! What a provider reports of a call: its legs, and what it charged for them.

use jiff::Timestamp;

use crate::campaign::Money;

/// One leg of a call, as the provider has it. A leg that was charged may lack what only the list of
/// legs tells, and the other way round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderLeg {
    /// The provider's id of the leg.
    pub id: String,
    /// The provider's id of the call that the leg belongs to; legs of one call share it.
    pub session: Option<String>,
    /// When it began.
    pub at: Timestamp,
    /// Who rang: digits, a number or the login of a line.
    pub calling: String,
    /// Who was rung: digits.
    pub called: String,
    /// How long was talked, in seconds; 0 if nobody answered.
    pub talked: Option<u32>,
    /// How much of it was charged for, in seconds: whole minutes as a rule.
    pub charged_seconds: Option<u32>,
    /// The kind of the direction in the provider's word: `mobile`, `local`, `national`,
    /// `international`.
    pub direction: Option<String>,
    /// What a minute costs.
    pub per_minute: Option<Money>,
    /// What was charged.
    pub charge: Option<Money>,
    /// Why it ended, in the provider's word.
    pub finish: Option<String>,
}
