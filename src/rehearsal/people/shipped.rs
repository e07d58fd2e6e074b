//! The characters that are built in; the same files stand in `examples/callees/`.

/// A character by its name.
macro_rules! shipped {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../examples/callees/", $name, ".toml")),
        )
    };
}

/// The weights of the built-in cast.
pub(super) const CAST: &str = include_str!("../../../examples/callees/cast.toml");

/// Name and text of each.
pub(super) const CHARACTERS: [(&str, &str); 29] = [
    shipped!("agrees"),
    shipped!("announcement"),
    shipped!("asks_price"),
    shipped!("asks_robot"),
    shipped!("asks_who"),
    shipped!("assistant"),
    shipped!("backchannels"),
    shipped!("busy"),
    shipped!("call_later"),
    shipped!("congestion"),
    shipped!("declined"),
    shipped!("echoes"),
    shipped!("hangs_up"),
    shipped!("hard_of_hearing"),
    shipped!("hesitates"),
    shipped!("impatient"),
    shipped!("interrupts"),
    shipped!("keys"),
    shipped!("no_answer"),
    shipped!("no_more_calls"),
    shipped!("no_such_number"),
    shipped!("noisy"),
    shipped!("pauses"),
    shipped!("phone_off"),
    shipped!("refuses"),
    shipped!("silent"),
    shipped!("voicemail"),
    shipped!("wants_human"),
    shipped!("wrong_person"),
];
