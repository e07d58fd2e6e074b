//! How calls end that nobody answers: the events in their order, and the disposition.

use std::time::Duration;

use novodial::ari::media::{Mark, MediaCommand, MediaEvent};
use novodial::ari::{AriError, MediaKind, PlaceError};
use novodial::line::{Cause, Disposition, HangupReason, LineEvent, Release, classify};
use rstest::rstest;

use super::bench::{Bench, On, facts, to_the_end, until};

fn released(cause: u8, sip: u16) -> [LineEvent; 2] {
    let release = Release {
        cause: Cause(cause),
        sip: Some(sip),
    };
    [
        LineEvent::FarEndHungUp(release),
        LineEvent::Released(release),
    ]
}

#[rstest]
#[case::busy(("79000000051", true), released(17, 486), Disposition::Busy)]
#[case::declines(("79000000053", true), released(21, 603), Disposition::Rejected)]
#[case::forbidden(("79000000054", false), released(21, 403), Disposition::TrunkRefused)]
#[case::no_such_number(("79000000055", false), released(1, 404), Disposition::InvalidNumber)]
#[case::congestion(("79000000056", false), released(34, 503), Disposition::Congestion)]
#[case::phone_off(("79000000057", false), released(19, 480), Disposition::Unreachable)]
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_fails_tells_it_in_order_and_once(
    #[values(On::Asterisk, On::Embedded)] on: On,
    #[case] (number, rings): (&str, bool),
    #[case] end: [LineEvent; 2],
    #[case] disposition: Disposition,
    #[values(MediaKind::WebSocket, MediaKind::Rtp)] media: MediaKind,
) {
    let bench = Bench::shared(on, &format!("end{number}{media:?}")).await;
    let order = novodial::ari::CallOrder {
        media,
        ..bench.order(number)
    };
    let mut line = bench.ari.prepare(&order).await.unwrap();
    line.control.dial().await.unwrap();
    let events = to_the_end(&mut line).await;
    let mut expected = vec![LineEvent::Dialled];
    expected.extend(rings.then_some(LineEvent::Ringing));
    expected.extend(end);
    assert_eq!(events, expected);
    assert_eq!(classify(&facts(&events)), disposition);
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_end_is_told_before_the_audio_is_gone(
    #[values(On::Asterisk, On::Embedded)] on: On,
    #[values("79000000051", "79000000005")] number: &str,
    #[values(MediaKind::WebSocket, MediaKind::Rtp)] media: MediaKind,
) {
    let bench = Bench::shared(on, &format!("order{number}{media:?}")).await;
    let order = novodial::ari::CallOrder {
        media,
        ..bench.order(number)
    };
    let mut line = bench.ari.prepare(&order).await.unwrap();
    line.control.dial().await.unwrap();
    if number == "79000000005" {
        until(&mut line, |event| *event == LineEvent::Answered).await;
        // Loud enough to be the first sentence, in which the callee hangs up.
        let audio = (0..8_000_u32).map(|at| if at % 64 < 32 { 0x2A } else { 0xAA });
        let mark = Mark(1);
        let audio = audio.collect();
        line.media
            .commands
            .send(MediaCommand::Send { mark, audio })
            .await
            .unwrap();
    }
    while let Some(event) = line.media.events.recv().await {
        if matches!(event, MediaEvent::Closed { .. }) {
            break;
        }
    }
    let mut told = Vec::new();
    while let Ok(event) = line.events.try_recv() {
        told.push(event);
    }
    assert!(
        matches!(told.last(), Some(LineEvent::Released(_))),
        "{told:?}"
    );
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_rings_too_long_is_given_up_by_asterisk_itself(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let bench = Bench::shared(on, "ringing").await;
    let ring_timeout = Duration::from_secs(2);
    let order = novodial::ari::CallOrder {
        ring_timeout,
        ..bench.order("79000000052")
    };
    let mut line = bench.ari.prepare(&order).await.unwrap();
    line.control.dial().await.unwrap();
    let events = to_the_end(&mut line).await;
    let release = Release {
        cause: Cause(19),
        sip: Some(480),
    };
    let expected = [
        LineEvent::Dialled,
        LineEvent::Ringing,
        LineEvent::Released(release),
    ];
    assert_eq!(events, expected, "nobody at the far end ended it");
    assert_eq!(classify(&facts(&events)), Disposition::NoAnswer);
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_call_hung_up_while_it_rings_ends_with_our_cause(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let bench = Bench::shared(on, "cancel").await;
    let mut line = bench
        .ari
        .prepare(&bench.order("79000000052"))
        .await
        .unwrap();
    line.control.dial().await.unwrap();
    until(&mut line, |event| *event == LineEvent::Ringing).await;
    line.control.hangup(HangupReason::NoAnswer).await.unwrap();
    let events = to_the_end(&mut line).await;
    assert!(
        matches!(
            events.as_slice(),
            [LineEvent::Released(Release {
                cause: Cause(19),
                ..
            })]
        ),
        "{events:?}"
    );
    // A second one finds nothing, and that is fine.
    line.control.hangup(HangupReason::Normal).await.unwrap();
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_that_does_not_exist_rings_nobody_and_leaves_nothing(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let bench = Bench::shared(on, "notrunk").await;
    let order = novodial::ari::CallOrder {
        endpoint: "PJSIP/79000000001@nowhere".to_owned(),
        ..bench.order("0")
    };
    for simple in [false, true] {
        let placed = if simple {
            bench.ari.originate_simple(&order).await
        } else {
            bench.ari.prepare(&order).await
        };
        let expected = AriError::TrunkUnavailable {
            endpoint: "PJSIP/*********01@nowhere".to_owned(),
        };
        assert_eq!(placed.map(drop), Err(PlaceError::NotRung(expected)));
    }
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_simple_mode_tells_the_same_of_a_busy_line(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let bench = Bench::shared(on, "simplebusy").await;
    let mut line = bench
        .ari
        .originate_simple(&bench.order("79000000051"))
        .await
        .unwrap();
    let events = to_the_end(&mut line).await;
    let mut expected = vec![LineEvent::Dialled, LineEvent::Ringing];
    expected.extend(released(17, 486));
    assert_eq!(events, expected);
    line.control.cleanup().await.unwrap();
    bench.close().await;
}
