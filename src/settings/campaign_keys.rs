//! The settings of `[campaign]`: how fast a list is worked through, and when to pause.

use super::key::{Key, Kind, set, unset};

pub(super) const CAMPAIGN: &[Key] = &[
    set(
        "campaign",
        "max_calls",
        Kind::Count,
        "5",
        "Calls at once; left open, no more than the provider's line carries, where that can be asked.",
    ),
    set(
        "campaign",
        "calls_per_second",
        Kind::Rate,
        "1.0",
        "New calls a second.",
    ),
    set(
        "campaign",
        "mode",
        Kind::Choice(&["progressive", "adaptive"]),
        "progressive",
        "Lines that ring: progressive, one for each free conversation; adaptive, more, by how many answer.",
    ),
    unset(
        "campaign",
        "max_conversations",
        Kind::Count,
        "2",
        "Conversations at once; as many as calls if left open. Adaptive needs it, below max_calls.",
    ),
    set(
        "campaign",
        "max_drop",
        Kind::Text,
        "3%",
        "Adaptive: the share of answers that may find no conversation within 2 s.",
    ),
    unset(
        "campaign",
        "greeting",
        Kind::Text,
        "One moment, please.",
        "Adaptive: what callees hear who wait for a conversation; by default a few words like these.",
    ),
    unset(
        "campaign",
        "farewell",
        Kind::Text,
        "All our lines are busy; we will call you again. Goodbye.",
        "Adaptive: what they hear who have waited in vain.",
    ),
    set(
        "campaign",
        "ramp_up",
        Kind::Text,
        "30s",
        "How long it takes to come from a call a second to calls_per_second; 0s begins with it.",
    ),
    unset(
        "campaign",
        "caller_ids",
        Kind::List,
        "+74950000001,+74950000002=150",
        "Numbers that callees see, in turns, instead of [asterisk] caller_id; some with a limit a day.",
    ),
    set(
        "campaign",
        "caller_id_per_day",
        Kind::Count,
        "0",
        "Calls a day with each of caller_ids that has no limit of its own; 0 is no limit.",
    ),
    unset(
        "campaign",
        "caller_id_per_second",
        Kind::Rate,
        "0.2",
        "Calls a second with each of caller_ids.",
    ),
    set(
        "campaign",
        "breaker_failures",
        Kind::Count,
        "5",
        "Pause after so many calls in a row that trunk, network or speech service failed.",
    ),
    set(
        "campaign",
        "breaker_pause",
        Kind::Text,
        "1m",
        "How long the first pause is; then one look or call, and each further pause is twice as long.",
    ),
    set(
        "campaign",
        "breaker_pauses",
        Kind::Count,
        "3",
        "After so many pauses in vain the run ends, with exit code 5.",
    ),
];
