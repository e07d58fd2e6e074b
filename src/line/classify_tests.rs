//! A case for each row of the tables, and for each rule above them.

use rstest::rstest;

use super::*;

/// A line that the far end closed without an answer, after nothing was seen.
fn far_end(cause: u8, sip: impl Into<Option<u16>>) -> LineFacts {
    LineFacts {
        release: Some(Release {
            cause: Cause(cause),
            sip: sip.into(),
        }),
        rang: false,
        progress: false,
        answered: false,
        ended_by: EndedBy::FarEnd,
        heard: None,
    }
}

fn rung(facts: LineFacts) -> LineFacts {
    LineFacts {
        rang: true,
        ..facts
    }
}

fn progressed(facts: LineFacts) -> LineFacts {
    LineFacts {
        progress: true,
        ..facts
    }
}

fn ended(by: EndedBy, facts: LineFacts) -> LineFacts {
    LineFacts {
        ended_by: by,
        ..facts
    }
}

// The causes are those that Asterisk 22.10.1 reports with the code.
#[rstest]
#[case::redirected(23, 302, Unreachable)]
#[case::unauthorized(21, 401, TrunkRefused)]
#[case::payment(127, 402, TrunkRefused)]
#[case::forbidden(21, 403, TrunkRefused)]
#[case::not_found(1, 404, InvalidNumber)]
#[case::proxy_authentication(21, 407, TrunkRefused)]
#[case::gone(22, 410, InvalidNumber)]
#[case::loop_detected(127, 482, Congestion)]
#[case::too_many_hops(19, 483, Congestion)]
#[case::incomplete(28, 484, InvalidNumber)]
#[case::ambiguous(1, 485, InvalidNumber)]
#[case::busy(17, 486, Busy)]
#[case::codec(58, 488, TrunkRefused)]
#[case::pending(127, 491, Congestion)]
#[case::bad_request(127, 400, TrunkRefused)]
#[case::bad_extension(3, 420, TrunkRefused)]
#[case::server_error(38, 500, Congestion)]
#[case::not_implemented(29, 501, TrunkRefused)]
#[case::bad_gateway(27, 502, Congestion)]
#[case::unavailable(34, 503, Congestion)]
#[case::gateway_timeout(102, 504, Congestion)]
#[case::version(127, 505, TrunkRefused)]
#[case::busy_everywhere(17, 600, Busy)]
#[case::declined(21, 603, Rejected)]
#[case::nowhere(1, 604, InvalidNumber)]
#[case::not_acceptable_anywhere(58, 606, TrunkRefused)]
#[case::unwanted(127, 607, Rejected)]
#[case::analytics(127, 608, Rejected)]
fn a_sip_code_decides_whether_it_rang_or_not(
    #[case] cause: u8,
    #[case] sip: u16,
    #[case] expected: Disposition,
) {
    assert_eq!(classify(&far_end(cause, sip)), expected);
    assert_eq!(classify(&rung(far_end(cause, sip))), expected);
    assert_eq!(classify(&progressed(far_end(cause, sip))), expected);
}

#[rstest]
#[case::internal(0, Failed)]
#[case::unallocated(1, InvalidNumber)]
#[case::no_route(3, TrunkRefused)]
#[case::misdialled(5, InvalidNumber)]
#[case::busy(17, Busy)]
#[case::absent(20, Unreachable)]
#[case::rejected(21, Rejected)]
#[case::changed(22, InvalidNumber)]
#[case::redirected(23, Unreachable)]
#[case::elsewhere(26, NoAnswer)]
#[case::out_of_order(27, Unreachable)]
#[case::format(28, InvalidNumber)]
#[case::facility(29, TrunkRefused)]
#[case::no_circuit(34, Congestion)]
#[case::network(38, Congestion)]
#[case::temporary(41, Congestion)]
#[case::switch(42, Congestion)]
#[case::channel(44, Congestion)]
#[case::barred(57, TrunkRefused)]
#[case::bearer(58, TrunkRefused)]
#[case::protocol(111, Congestion)]
#[case::timer(102, Congestion)]
fn without_a_sip_code_the_cause_decides(#[case] cause: u8, #[case] expected: Disposition) {
    assert_eq!(classify(&far_end(cause, None)), expected);
    assert_eq!(classify(&rung(far_end(cause, None))), expected);
}

#[rstest]
#[case::timeout(18, Some(408), NoAnswer, NoAnswer, TrunkUnreachable)]
#[case::temporarily_unavailable(19, Some(480), NoAnswer, Unreachable, Unreachable)]
#[case::cancelled(127, Some(487), NoAnswer, NoAnswer, Congestion)]
#[case::normal(16, None, NoAnswer, NoAnswer, Congestion)]
#[case::no_response(18, None, NoAnswer, NoAnswer, TrunkUnreachable)]
#[case::no_answer(19, None, NoAnswer, Unreachable, Unreachable)]
#[case::unspecified(31, None, NoAnswer, NoAnswer, Congestion)]
#[case::interworking(127, None, NoAnswer, NoAnswer, Congestion)]
fn some_ends_depend_on_what_was_seen_before(
    #[case] cause: u8,
    #[case] sip: Option<u16>,
    #[case] after_ringing: Disposition,
    #[case] after_progress: Disposition,
    #[case] after_nothing: Disposition,
) {
    let facts = far_end(cause, sip);
    assert_eq!(classify(&rung(facts)), after_ringing, "rang");
    assert_eq!(classify(&progressed(facts)), after_progress, "progress");
    assert_eq!(classify(&facts), after_nothing, "nothing");
}

#[test]
fn our_ring_timeout_is_no_answer_only_where_the_trunk_said_something() {
    // What Asterisk makes up for its own timeout: the very codes of a phone that is off.
    let facts = ended(EndedBy::RingTimeout, far_end(19, 480));
    assert_eq!(classify(&rung(facts)), NoAnswer);
    assert_eq!(classify(&progressed(facts)), NoAnswer);
    assert_eq!(classify(&facts), TrunkUnreachable);
}

#[test]
fn an_answered_line_is_answered_whoever_ends_the_talk() {
    for by in [EndedBy::FarEnd, EndedBy::Talk, EndedBy::RingTimeout] {
        for facts in [far_end(16, None), far_end(17, 486), far_end(0, None)] {
            let facts = LineFacts {
                answered: true,
                ..ended(by, facts)
            };
            assert_eq!(classify(&facts), Answered, "{by:?}");
        }
    }
}

#[test]
fn a_stop_by_the_user_and_a_fault_of_ours_are_what_they_are() {
    for answered in [false, true] {
        let facts = LineFacts {
            answered,
            ..rung(far_end(16, None))
        };
        assert_eq!(classify(&ended(EndedBy::User, facts)), Interrupted);
        assert_eq!(classify(&ended(EndedBy::Fault, facts)), Failed);
    }
}

#[test]
fn a_line_that_vanished_is_interrupted_unless_it_had_been_answered() {
    let facts = LineFacts {
        release: None,
        ..rung(far_end(0, None))
    };
    assert_eq!(classify(&facts), Interrupted);
    assert_eq!(
        classify(&LineFacts {
            answered: true,
            ..facts
        }),
        Answered
    );
}

#[rstest]
#[case(EarlyMedia::Busy, Busy)]
#[case(EarlyMedia::Congestion, Congestion)]
#[case(EarlyMedia::Unreachable, Unreachable)]
#[case(EarlyMedia::NoSuchNumber, InvalidNumber)]
fn what_the_network_said_comes_before_its_code(
    #[case] heard: EarlyMedia,
    #[case] expected: Disposition,
) {
    let heard = Some(heard);
    assert_eq!(
        classify(&LineFacts {
            heard,
            ..progressed(far_end(21, 603))
        }),
        expected
    );
    let timeout = ended(EndedBy::RingTimeout, progressed(far_end(19, 480)));
    assert_eq!(classify(&LineFacts { heard, ..timeout }), expected);
    let answered = LineFacts {
        heard,
        answered: true,
        ..far_end(16, None)
    };
    assert_eq!(classify(&answered), Answered);
}

#[test]
fn every_code_has_a_verdict() {
    for sip in 300..=699 {
        assert!(row(BY_SIP, sip).is_some(), "SIP {sip}");
    }
    // An unknown SIP code falls back on the cause.
    assert_eq!(classify(&far_end(17, 199)), Busy);
    // A cause outside Q.850 is a fault.
    assert_eq!(classify(&far_end(255, None)), Failed);
}

#[test]
fn a_row_is_not_hidden_by_one_above_it() {
    for (index, (first, last, _)) in BY_SIP.iter().enumerate() {
        let mut codes = *first..=*last;
        assert!(
            codes.any(|code| BY_SIP
                .iter()
                .position(|(f, l, _)| (*f..=*l).contains(&code))
                == Some(index)),
            "SIP row {first}-{last}"
        );
    }
}

fn observed(events: &[LineEvent]) -> LineFacts {
    let mut facts = LineFacts::NEW;
    for event in events {
        facts.observe(event);
    }
    facts
}

#[test]
fn our_time_limit_is_told_from_a_phone_that_is_off_by_the_word_before() {
    let off = Release {
        cause: Cause(19),
        sip: Some(480),
    };
    let far_end = [LineEvent::FarEndHungUp(off), LineEvent::Released(off)];
    assert_eq!(classify(&observed(&far_end)), Unreachable);
    let ours = [LineEvent::Ringing, LineEvent::Released(off)];
    assert_eq!(classify(&observed(&ours)), NoAnswer);
    assert_eq!(
        classify(&observed(&[LineEvent::Released(off)])),
        TrunkUnreachable
    );
}

#[test]
fn a_missed_word_does_not_make_a_busy_line_a_time_limit() {
    let busy = Release {
        cause: Cause(17),
        sip: Some(486),
    };
    assert_eq!(classify(&observed(&[LineEvent::Released(busy)])), Busy);
    assert_eq!(classify(&observed(&[LineEvent::Lost])), Interrupted);
}

#[test]
fn who_hung_up_first_is_not_overwritten() {
    let mut facts = observed(&[LineEvent::Ringing]);
    facts.ended_by = EndedBy::User;
    facts.observe(&LineEvent::FarEndHungUp(Release {
        cause: Cause(17),
        sip: None,
    }));
    assert_eq!(classify(&facts), Interrupted);
}
