//! A bad wire to Asterisk: calls go on without events, and no request is sent twice.

use novodial::ari::{Ari, AriConfig, CallOrder, PlaceError, SocketState};
use novodial::line::{HangupReason, LineEvent};
use tokio::time::timeout;

use rstest::rstest;

use super::bench::{Bench, On, PATIENCE, loud_frame, to_the_end, until};
use super::proxy::Proxy;

async fn bench(on: On, run: &str) -> (Bench, Proxy) {
    on.start().await;
    let proxy = Proxy::to(&on.url()).await;
    let config = AriConfig {
        url: proxy.url.parse().unwrap(),
        ..on.config(run)
    };
    let ari = Ari::connect(config).await.unwrap();
    (
        Bench {
            ari,
            run: run.to_owned(),
        },
        proxy,
    )
}

async fn wait(bench: &Bench, wanted: SocketState) {
    let mut socket = bench.ari.socket();
    let reached = socket.wait_for(|state| *state == wanted);
    timeout(PATIENCE, reached).await.expect("in time").unwrap();
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_call_goes_on_while_the_event_socket_is_mended(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let (bench, proxy) = bench(on, "mended").await;
    let mut line = bench
        .ari
        .prepare(&bench.order("79000000001"))
        .await
        .unwrap();
    line.control.dial().await.unwrap();
    until(&mut line, |event| *event == LineEvent::Answered).await;
    proxy.cut_events();
    wait(&bench, SocketState::Lost).await;
    loud_frame(&mut line.media).await;
    proxy.mend_events();
    wait(&bench, SocketState::Connected).await;
    line.control.hangup(HangupReason::Normal).await.unwrap();
    let events = to_the_end(&mut line).await;
    assert!(
        matches!(events.as_slice(), [LineEvent::Released(_)]),
        "{events:?}"
    );
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_missed_in_the_gap_is_told_afterwards(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let (bench, proxy) = bench(on, "gap").await;
    let mut line = bench
        .ari
        .prepare(&bench.order("79000000001"))
        .await
        .unwrap();
    proxy.cut_events();
    wait(&bench, SocketState::Lost).await;
    line.control.dial().await.unwrap();
    let up = timeout(PATIENCE, async {
        while !bench
            .ari
            .channel(line.control.id())
            .await
            .unwrap()
            .unwrap()
            .is_up()
        {
            tokio::task::yield_now().await;
        }
    });
    up.await.expect("the callee answers");
    assert!(line.events.try_recv().is_err(), "no event came through");
    proxy.mend_events();
    let events = until(&mut line, |event| *event == LineEvent::Answered).await;
    assert_eq!(events, [LineEvent::Dialled, LineEvent::Answered]);
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_ended_in_the_gap_is_lost(#[values(On::Asterisk, On::Embedded)] on: On) {
    let (bench, proxy) = bench(on, "lost").await;
    let mut line = bench
        .ari
        .prepare(&bench.order("79000000052"))
        .await
        .unwrap();
    line.control.dial().await.unwrap();
    until(&mut line, |event| *event == LineEvent::Ringing).await;
    proxy.cut_events();
    wait(&bench, SocketState::Lost).await;
    line.control.hangup(HangupReason::Normal).await.unwrap();
    proxy.mend_events();
    assert_eq!(to_the_end(&mut line).await, [LineEvent::Lost]);
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_dial_whose_answer_is_lost_is_known_by_its_event_and_not_repeated(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let (bench, proxy) = bench(on, "swallowed").await;
    let order = CallOrder {
        caller_id: Some("+74950000103".to_owned()),
        ..bench.order("79000000002")
    };
    let mut line = bench.ari.prepare(&order).await.unwrap();
    proxy.swallow_answer_to("/dial");
    line.control.dial().await.unwrap();
    until(&mut line, |event| *event == LineEvent::Answered).await;
    let offers = on.offers("+74950000103", "79000000002");
    assert_eq!(offers.len(), 1, "rung once");
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_answer_is_lost_is_looked_for_by_its_id(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let (bench, proxy) = bench(on, "created").await;
    for words in ["/channels/create", "/channels/externalMedia"] {
        proxy.swallow_answer_to(words);
        let mut line = match bench.ari.prepare(&bench.order("79000000051")).await {
            Ok(line) => line,
            // The connection of the media stands only in the answer that was lost.
            Err(PlaceError::NotRung(error)) if words.ends_with("Media") => {
                assert!(!error.is_not_sent(), "{error:?}");
                bench.assert_nothing_left().await;
                continue;
            }
            Err(error) => panic!("{words}: {error:?}"),
        };
        line.control.dial().await.unwrap();
        to_the_end(&mut line).await;
        line.control.cleanup().await.unwrap();
    }
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_originate_whose_answer_is_lost_is_not_called_unsent(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let (bench, proxy) = bench(on, "originate").await;
    proxy.swallow_answer_to("POST /ari/channels ");
    let mut line = bench
        .ari
        .originate_simple(&bench.order("79000000052"))
        .await
        .unwrap();
    until(&mut line, |event| *event == LineEvent::Ringing).await;
    line.control.hangup(HangupReason::Normal).await.unwrap();
    to_the_end(&mut line).await;
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_hang_up_that_fails_is_tried_until_the_call_is_gone(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let (bench, proxy) = bench(on, "unreached").await;
    let order = bench.order("79000000004");
    let mut line = bench.ari.prepare(&order).await.unwrap();
    line.control.dial().await.unwrap();
    until(&mut line, |event| *event == LineEvent::Answered).await;
    proxy.cut_requests();
    line.control.cleanup().await.unwrap_err();
    proxy.mend_requests();
    let left = bench.ari.channel(&order.id).await.unwrap();
    assert!(left.is_some(), "or nothing is tried here");
    let Bench { ari, run } = bench;
    assert!(ari.close().await, "it has waited for the removal");
    Bench::shared(on, &run).await.close().await;
}
