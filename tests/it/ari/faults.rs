//! Asterisk down, gone in the middle of a call, deaf to our password, or taken by another.

use novodial::ari::{Ari, AriConfig, AriError, SocketState, Swept};
use novodial::line::{Disposition, LineEvent, classify};
use tokio::time::timeout;

use super::bench::{Bench, On, PATIENCE, facts, to_the_end, until};
use crate::lab::Lab;
use rstest::rstest;

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_as_such_and_never_shown(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    on.start().await;
    let url = on.url().parse().unwrap();
    let wrong = AriConfig::new(url, on.login().0, "hunter2".into(), "novodial-wrong");
    let error = Ari::connect(wrong).await.unwrap_err();
    assert!(matches!(error, AriError::Unauthorized { .. }), "{error:?}");
    let all = format!("{error} {error:?} {}", error.hint());
    assert!(
        all.contains("novodial") && !all.contains("hunter2"),
        "{all}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asterisk_that_is_down_was_never_asked() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}").parse().unwrap();
    let down = AriConfig::new(url, "novodial", "secret".into(), "novodial-down");
    let error = Ari::connect(down).await.unwrap_err();
    assert!(matches!(error, AriError::NotSent { .. }), "{error:?}");
    assert!(error.hint().contains("http.conf"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_socket_with_our_name_is_noticed(#[values(On::Asterisk, On::Embedded)] on: On) {
    let bench = Bench::shared(on, "name").await;
    let mut socket = bench.ari.socket();
    assert_eq!(*socket.borrow(), SocketState::Connected);
    let thief = Bench::shared(on, "name").await;
    let replaced = socket.wait_for(|state| *state == SocketState::Replaced);
    timeout(PATIENCE, replaced).await.expect("in time").unwrap();
    assert_eq!(*thief.ari.socket().borrow(), SocketState::Connected);
    thief.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_removes_dead_runs_and_spares_the_living(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let dead = Bench::shared(on, "sweepdead").await;
    let living = Bench::shared(on, "sweepliving").await;
    let dead_line = dead.ari.prepare(&dead.order("79000000004")).await.unwrap();
    let living_line = living
        .ari
        .prepare(&living.order("79000000004"))
        .await
        .unwrap();
    let swept = living
        .ari
        .sweep("nd-", |run| run != "sweepdead")
        .await
        .unwrap();
    let Swept {
        mut channels,
        bridges,
    } = swept;
    channels.sort();
    assert_eq!(channels, ["nd-sweepdead-1", "nd-sweepdead-1-m"]);
    assert_eq!(bridges, ["nd-sweepdead-1-b"]);
    assert!(
        living
            .ari
            .channel("nd-sweepliving-1")
            .await
            .unwrap()
            .is_some()
    );
    living_line.control.cleanup().await.unwrap();
    dead_line.control.cleanup().await.unwrap();
    living.close().await;
    dead.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_of_asterisk_ends_the_call_once_and_the_socket_comes_back() {
    let lab = tokio::task::spawn_blocking(|| Lab::start("crash"))
        .await
        .unwrap();
    let lab = std::sync::Arc::new(lab);
    let bench = Bench::on(&lab, "crash").await;
    let mut line = bench
        .ari
        .prepare(&bench.order("79000000004"))
        .await
        .unwrap();
    line.control.dial().await.unwrap();
    let mut events = until(&mut line, |event| *event == LineEvent::Answered).await;
    let mut socket = bench.ari.socket();
    let exchange = std::sync::Arc::clone(&lab);
    tokio::task::spawn_blocking(move || exchange.pbx.stop())
        .await
        .unwrap();
    let lost = socket.wait_for(|state| *state == SocketState::Lost);
    timeout(PATIENCE, lost).await.expect("in time").unwrap();
    let order = novodial::ari::CallOrder {
        id: "nd-crash-2".to_owned(),
        ..bench.order("0")
    };
    let error = bench.ari.prepare(&order).await.unwrap_err();
    assert!(error.cause().is_not_sent(), "{error:?}");
    let exchange = std::sync::Arc::clone(&lab);
    tokio::task::spawn_blocking(move || exchange.pbx.start())
        .await
        .unwrap();
    events.extend(to_the_end(&mut line).await);
    assert_eq!(events.last(), Some(&LineEvent::Lost));
    assert_eq!(classify(&facts(&events)), Disposition::Answered);
    let back = socket.wait_for(|state| *state == SocketState::Connected);
    timeout(PATIENCE, back).await.expect("in time").unwrap();
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_trunk_is_not_taken_for_nobody_at_home() {
    let lab = tokio::task::spawn_blocking(|| Lab::start("dead-trunk"))
        .await
        .unwrap();
    let lab = std::sync::Arc::new(lab);
    let bench = Bench::on(&lab, "deadtrunk").await;
    let ring_timeout = std::time::Duration::from_secs(2);
    let order = novodial::ari::CallOrder {
        ring_timeout,
        ..bench.order("79000000001")
    };
    // Made ready while the trunk still lives; it dies before the phone is dialled.
    let mut line = bench.ari.prepare(&order).await.unwrap();
    let exchange = std::sync::Arc::clone(&lab);
    tokio::task::spawn_blocking(move || exchange.carrier.stop())
        .await
        .unwrap();
    line.control.dial().await.unwrap();
    let events = to_the_end(&mut line).await;
    assert_eq!(
        classify(&facts(&events)),
        Disposition::TrunkUnreachable,
        "{events:?}"
    );
    line.control.cleanup().await.unwrap();
    // Noticed by Asterisk, the next call is refused before anything is made.
    let exchange = std::sync::Arc::clone(&lab);
    tokio::task::spawn_blocking(move || exchange.wait_for_trunk("offline"))
        .await
        .unwrap();
    let error = bench.ari.prepare(&order).await.unwrap_err();
    assert!(
        matches!(error.cause(), AriError::TrunkUnavailable { .. }),
        "{error:?}"
    );
    bench.close().await;
}
