//! From SIP to Q.850 and back, as the SIP channel driver of Asterisk 22.10 does it.

/// A far end that hangs up, and we.
pub(super) const NORMAL: u8 = 16;
pub(super) const NO_ANSWER: u8 = 19;

/// The Q.850 cause of a SIP status.
pub(super) fn cause_of_sip(sip: u16) -> u8 {
    match sip {
        486 | 600 => 17,
        480 | 483 => NO_ANSWER,
        408 => 18,
        401 | 403 | 407 | 603 => 21,
        404 | 485 | 604 => 1,
        484 => 28,
        410 => 22,
        301 | 302 => 23,
        300 => NORMAL,
        488 | 606 => 58,
        503 => 34,
        500 => 38,
        502 => 27,
        504 => 102,
        501 => 29,
        420 => 3,
        _ => 127,
    }
}

/// The SIP status that goes with a cause of our own; `None` for a nominal end.
pub(super) fn sip_of_cause(cause: u8) -> Option<u16> {
    match cause {
        1..=3 => Some(404),
        17 => Some(486),
        18 => Some(408),
        19 | 20 | 31 => Some(480),
        21 => Some(603),
        22 => Some(410),
        27 => Some(502),
        28 => Some(484),
        29 => Some(501),
        34 | 42 | 66 => Some(503),
        38 | 127 => Some(500),
        58 => Some(488),
        _ => None,
    }
}

/// The cause of a `reason` of `DELETE /channels`.
pub(super) fn cause_of_reason(reason: &str) -> Option<u8> {
    Some(match reason {
        "normal" => NORMAL,
        "busy" => 17,
        "congestion" => 34,
        "no_answer" => NO_ANSWER,
        "timeout" => 18,
        "rejected" => 21,
        "unallocated" => 1,
        "normal_unspecified" => 31,
        "number_incomplete" => 28,
        "codec_mismatch" => 58,
        "interworking" => 127,
        "failure" => 38,
        "answered_elsewhere" => 26,
        _ => return None,
    })
}

/// The cause in Asterisk's words.
pub(super) fn cause_text(cause: u8) -> &'static str {
    match cause {
        1 => "Unallocated (unassigned) number",
        3 => "No route to destination",
        16 => "Normal Clearing",
        17 => "User busy",
        18 => "No user responding",
        19 => "User alerting, no answer",
        21 => "Call Rejected",
        22 => "Number changed",
        23 => "Redirected to new destination",
        26 => "Answered elsewhere",
        27 => "Destination out of order",
        28 => "Invalid number format",
        29 => "Facility rejected",
        31 => "Normal, unspecified",
        34 => "Circuit/channel congestion",
        38 => "Network out of order",
        58 => "Bearer capability not available",
        102 => "Recover on timer expiry",
        127 => "Interworking, unspecified",
        _ => "Unknown",
    }
}

/// The last word of a `Dial` for an originated channel: of no worth, and told all the same.
pub(super) fn dial_status(cause: u8) -> &'static str {
    match cause {
        17 => "BUSY",
        34 => "CONGESTION",
        3 => "CHANUNAVAIL",
        _ => "NOANSWER",
    }
}
