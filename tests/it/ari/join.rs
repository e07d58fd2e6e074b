//! Two calls that cannot be joined: nobody is left in silence, nor for longer than before.

use novodial::ari::CallOrder;
use novodial::line::{HangupReason, LineEvent};
use rstest::rstest;

use super::bench::{Bench, On, to_the_end, until};

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_joined_stays_as_before_or_is_hung_up(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let bench = Bench::shared(on, "unjoined").await;
    let mut lines = Vec::new();
    for n in 1..=3 {
        let order = CallOrder {
            id: format!("nd-unjoined-{n}"),
            ..bench.order("79000000004")
        };
        let mut line = bench.ari.prepare(&order).await.unwrap();
        line.control.dial().await.unwrap();
        until(&mut line, |event| *event == LineEvent::Answered).await;
        lines.push(line);
    }
    let [mut callee, mut left, person] = lines.try_into().unwrap();

    // The person hangs up at this very moment.
    left.control.hangup(HangupReason::Normal).await.unwrap();
    to_the_end(&mut left).await;
    callee.control.join(&left.control).await.unwrap_err();
    let ends = callee.control.variable("TIMEOUT(absolute)").await.unwrap();
    let ends: f64 = ends.parse().unwrap();
    // 10 s of ringing, 30 s of talk, and 5 s on top.
    assert!((10.0..46.0).contains(&ends), "{ends}");

    // Our audio goes, and has no place to come back to.
    let bridge = format!("{}/ari/bridges/nd-unjoined-1-b", on.url());
    let (username, password) = on.login();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.delete(bridge).basic_auth(username, Some(password));
    request.send().await.unwrap().error_for_status().unwrap();
    callee.control.join(&person.control).await.unwrap_err();
    let events = to_the_end(&mut callee).await;
    assert!(
        matches!(events.last(), Some(LineEvent::Released(_))),
        "{events:?}"
    );
    for line in [callee, left, person] {
        line.control.cleanup().await.unwrap();
    }
    bench.close().await;
}
