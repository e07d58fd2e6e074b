//! The settings of `[call]`: how one call goes.

use super::key::{Key, Kind, set, unset};

pub(super) const CALL: &[Key] = &[
    set(
        "call",
        "ring_timeout",
        Kind::Text,
        "30s",
        "How long it may ring.",
    ),
    set(
        "call",
        "max_duration",
        Kind::Text,
        "5m",
        "How long a talk may last.",
    ),
    set(
        "call",
        "record",
        Kind::Flag,
        "true",
        "Whether calls are recorded.",
    ),
    set(
        "call",
        "greet",
        Kind::Choice(&["after_hello", "at_once"]),
        "after_hello",
        "Who speaks first: after_hello waits for the callee's \"hello\", at_once does not.",
    ),
    set(
        "call",
        "on_machine",
        Kind::Choice(&["hang_up", "message", "talk"]),
        "hang_up",
        "When a machine answers: hang_up, message (leaves machine_message after the beep), or talk as with a person.",
    ),
    unset(
        "call",
        "machine_message",
        Kind::Text,
        "Здравствуйте! Это компания Ромашка. Перезвоните нам, пожалуйста.",
        "What is left on a machine; may hold the lead's columns, like {{ name }}.",
    ),
    set(
        "call",
        "longest_hello",
        Kind::Text,
        "5s",
        "First words without a pause that last so long are a machine's; `novodial amd tune` measures it.",
    ),
];
