//! The profiles that are built in; the same files stand in `examples/troubles/`.

const PROFILES: [(&str, &str); 11] = [
    (
        "packet_gaps",
        include_str!("../../../examples/troubles/packet_gaps.toml"),
    ),
    (
        "congestion",
        include_str!("../../../examples/troubles/congestion.toml"),
    ),
    (
        "early_event",
        include_str!("../../../examples/troubles/early_event.toml"),
    ),
    (
        "events_lost",
        include_str!("../../../examples/troubles/events_lost.toml"),
    ),
    (
        "trunk_away",
        include_str!("../../../examples/troubles/trunk_away.toml"),
    ),
    (
        "late_speech",
        include_str!("../../../examples/troubles/late_speech.toml"),
    ),
    (
        "lost_speech",
        include_str!("../../../examples/troubles/lost_speech.toml"),
    ),
    (
        "too_many",
        include_str!("../../../examples/troubles/too_many.toml"),
    ),
    (
        "quota",
        include_str!("../../../examples/troubles/quota.toml"),
    ),
    (
        "slow_synthesis",
        include_str!("../../../examples/troubles/slow_synthesis.toml"),
    ),
    (
        "bad_day",
        include_str!("../../../examples/troubles/bad_day.toml"),
    ),
];

/// The names of the built-in profiles.
pub fn names() -> impl Iterator<Item = &'static str> {
    PROFILES.iter().map(|(name, _)| *name)
}

/// The text of a built-in profile.
pub(super) fn text(name: &str) -> Option<&'static str> {
    let found = PROFILES.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| *text)
}
