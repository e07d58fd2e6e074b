//! What a call to each part must come to: one list, for whatever rings the callees.

/// A call and what it must come to.
#[derive(Debug)]
pub(super) struct Case {
    /// The number dialled, digits; the callee's part hangs on it.
    pub(super) number: &'static str,
    /// What the part does.
    pub(super) part: &'static str,
    /// Arguments of `call` besides the number.
    pub(super) arguments: &'static [&'static str],
    pub(super) disposition: &'static str,
    pub(super) outcome: Option<&'static str>,
    pub(super) exit: i32,
    /// What the network said instead of an answer, and by what that is known.
    pub(super) network_said: &'static str,
    /// Who ended it.
    pub(super) hung_up_by: &'static str,
    /// How often the callee speaks over a prompt without meaning to interrupt: the prompt is held
    /// for a moment, and goes on within the letter.
    pub(super) held: usize,
    /// The talk as it must stand in the history, a line a turn: `bot: STATE`, with `, cut` where
    /// the callee did not hear all of it, and `callee: WORDS`, with `[INTENT]` where understood. An
    /// ellipsis stands for more of the same.
    pub(super) talk: &'static [&'static str],
}

impl Case {
    /// Whether somebody or something picks up.
    pub(super) fn is_answered(&self) -> bool {
        matches!(self.disposition, "answered" | "machine")
    }
}

/// A talk that the bot brings to its end.
const TALK: Case = Case {
    number: "",
    part: "",
    arguments: &[],
    disposition: "answered",
    outcome: None,
    exit: 0,
    network_said: "",
    hung_up_by: "bot",
    held: 0,
    talk: &[],
};

/// A call that nobody picks up.
const fn unanswered(
    number: &'static str,
    part: &'static str,
    disposition: &'static str,
    exit: i32,
) -> Case {
    Case {
        number,
        part,
        disposition,
        exit,
        hung_up_by: "network",
        ..TALK
    }
}

/// Every part of the lab.
pub(super) const CASES: &[Case] = &[
    Case {
        number: "79000000001",
        part: "agrees",
        outcome: Some("agreed"),
        talk: &[
            "callee: алло",
            "bot: greeting",
            "callee: да [yes]",
            "bot: offer",
            "callee: да хорошо [yes]",
            "bot: agreed",
        ],
        ..TALK
    },
    Case {
        number: "79000000002",
        part: "refuses",
        outcome: Some("refused"),
        talk: &[
            "callee: алло",
            "bot: greeting",
            "callee: нет не интересно [not_interested]",
            "bot: objection",
            "callee: нет не интересно [not_interested]",
            "bot: refused",
        ],
        ..TALK
    },
    Case {
        number: "79000000003",
        part: "asks",
        outcome: Some("refused"),
        talk: &[
            "callee: алло",
            "bot: greeting",
            "callee: а кто это звонит [who_is_calling]",
            "bot: who",
            "bot: greeting",
            "callee: нет спасибо [not_interested]",
            "bot: objection",
            "callee: нет спасибо [not_interested]",
            "bot: refused",
        ],
        ..TALK
    },
    Case {
        number: "79000000004",
        part: "silent",
        outcome: Some("no_input"),
        talk: &[
            "bot: greeting",
            "bot: greeting",
            "bot: greeting",
            "bot: no_input",
        ],
        ..TALK
    },
    Case {
        number: "79000000005",
        part: "hangs up in the first sentence",
        outcome: Some("hung_up"),
        hung_up_by: "callee",
        talk: &["callee: алло", "bot: greeting, cut"],
        ..TALK
    },
    Case {
        number: "79000000006",
        part: "interrupts",
        outcome: Some("refused"),
        talk: &[
            "callee: алло",
            "bot: greeting",
            "callee: да [yes]",
            "bot: offer, cut",
            "callee: подождите мне не интересно [not_interested]",
            "bot: objection",
            "callee: нет не интересно [not_interested]",
            "bot: refused",
        ],
        ..TALK
    },
    Case {
        number: "79000000007",
        part: "wants no more calls",
        outcome: Some("do_not_call"),
        talk: &[
            "callee: алло",
            "bot: greeting",
            "callee: больше мне не звоните [do_not_call]",
            "bot: do_not_call",
        ],
        ..TALK
    },
    Case {
        number: "79000000008",
        part: "voicemail",
        disposition: "machine",
        exit: 14,
        talk: &["callee: здравствуйте вы позвон…"],
        ..TALK
    },
    Case {
        number: "79000000009",
        part: "presses keys",
        outcome: Some("agreed"),
        talk: &[
            "callee: алло",
            "bot: greeting",
            "callee: [1]",
            "bot: offer",
            "callee: [1]",
            "bot: agreed",
        ],
        ..TALK
    },
    Case {
        number: "79000000010",
        part: "asks the price",
        outcome: Some("refused"),
        talk: &[
            "callee: алло",
            "bot: greeting",
            "callee: сколько это стоит [price]",
            "bot: price",
            "callee: дорого [too_expensive]",
            "bot: expensive",
            "callee: нет [no]",
            "bot: refused",
        ],
        ..TALK
    },
    Case {
        number: "79000000011",
        part: "wants to be called later",
        outcome: Some("call_later"),
        talk: &[
            "callee: алло",
            "bot: greeting",
            "callee: перезвоните завтра [call_later]",
            "bot: call_later_then",
        ],
        ..TALK
    },
    Case {
        number: "79000000012",
        part: "is the wrong person",
        outcome: Some("wrong_person"),
        talk: &[
            "callee: алло",
            "bot: greeting",
            "callee: вы ошиблись номером [wrong_person]",
            "bot: wrong_person",
        ],
        ..TALK
    },
    Case {
        number: "79000000013",
        part: "hesitates",
        outcome: Some("agreed"),
        talk: &[
            "callee: алло",
            "bot: greeting",
            "callee: ну я да согласен [yes]",
            "bot: offer",
            "callee: ну я да согласен [yes]",
            "bot: agreed",
        ],
        ..TALK
    },
    Case {
        number: "79000000014",
        part: "shows that it listens",
        held: 1,
        outcome: Some("agreed"),
        talk: &[
            "callee: алло",
            "bot: greeting",
            "callee: угу",
            "callee: да [yes]",
            "bot: offer",
            "callee: угу",
            "callee: да [yes]",
            "bot: agreed",
            "callee: угу",
        ],
        ..TALK
    },
    Case {
        number: "79000000015",
        part: "speaks English",
        arguments: &["--scenario", "offer.en.toml"],
        outcome: Some("agreed"),
        talk: &[
            "callee: hello",
            "bot: greeting",
            "callee: yes [yes]",
            "bot: offer",
            "callee: yes [yes]",
            "bot: agreed",
        ],
        ..TALK
    },
    Case {
        number: "79000000016",
        part: "wants no more calls and hangs up in the same breath",
        outcome: Some("do_not_call"),
        hung_up_by: "callee",
        talk: &[
            "callee: алло",
            "bot: greeting",
            "callee: больше мне не звоните [do_not_call]",
        ],
        ..TALK
    },
    Case {
        number: "79000000061",
        part: "early media",
        outcome: Some("agreed"),
        talk: &[
            "callee: алло",
            "bot: greeting",
            "callee: да [yes]",
            "bot: offer",
            "callee: да хорошо [yes]",
            "bot: agreed",
        ],
        ..TALK
    },
    unanswered("79000000051", "busy", "busy", 10),
    Case {
        hung_up_by: "bot",
        ..unanswered("79000000052", "does not answer", "no_answer", 11)
    },
    unanswered("79000000053", "declines", "rejected", 12),
    unanswered("79000000054", "forbidden", "trunk_refused", 15),
    unanswered("79000000055", "no such number", "invalid_number", 13),
    unanswered("79000000056", "congestion", "congestion", 15),
    unanswered("79000000057", "phone off", "unreachable", 16),
    Case {
        network_said: "unreachable (said: «абонент недоступен»), after ",
        hung_up_by: "bot",
        ..unanswered("79000000062", "an announcement", "unreachable", 16)
    },
    Case {
        network_said: "busy (its tone), after ",
        hung_up_by: "bot",
        ..unanswered("79000000063", "a busy tone", "busy", 10)
    },
];
