//! The same tests on both ways of carrying audio: two legs joined in Asterisk.

use std::time::Duration;

use novodial::ari::media::{Mark, MediaCommand, MediaEvent, MediaLeg};
use novodial::ari::{Loopback, MediaKind};
use novodial::audio::G711;
use rstest::rstest;
use tokio::time::{Instant, timeout};

use super::bench::{Bench, On, PATIENCE, frame};

struct Circle {
    bench: Bench,
    ends: Loopback,
}

impl Circle {
    async fn new(on: On, test: &str, kind: MediaKind) -> Self {
        let bench = Bench::shared(on, &format!("{test}{kind:?}")).await;
        let id = format!("nd-{}-1", bench.run);
        let ends = bench.ari.loopback(&id, G711::Alaw, kind).await.unwrap();
        Self { bench, ends }
    }

    async fn close(self) {
        self.ends.close().await.unwrap();
        self.bench.close().await;
    }
}

/// Frames that can be told apart: every byte of frame `n` is `n`.
async fn send(leg: &MediaLeg, mark: u64, frames: std::ops::Range<u8>) {
    let audio = frames.flat_map(|n| [n; 160]).collect();
    leg.commands
        .send(MediaCommand::Send {
            mark: Mark(mark),
            audio,
        })
        .await
        .unwrap();
}

async fn played(leg: &mut MediaLeg) -> Mark {
    let listen = async {
        loop {
            match leg.events.recv().await {
                Some(MediaEvent::Played(mark)) => return mark,
                Some(MediaEvent::Frame(_)) => {}
                other => panic!("no mark: {other:?}"),
            }
        }
    };
    timeout(PATIENCE, listen).await.expect("a mark in time")
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn frames_come_out_as_they_went_in_at_20_ms(
    #[values(On::Asterisk, On::Embedded)] on: On,
    #[values(MediaKind::WebSocket, MediaKind::Rtp)] kind: MediaKind,
) {
    let mut circle = Circle::new(on, "through", kind).await;
    send(&circle.ends.near, 1, 1..9).await;
    send(&circle.ends.near, 2, 9..60).await;
    let first = frame(&mut circle.ends.far).await;
    let started = Instant::now();
    assert_eq!(first, [1; 160]);
    for n in 2..60 {
        assert_eq!(frame(&mut circle.ends.far).await, [n; 160], "frame {n}");
    }
    let took = started.elapsed();
    let expected = Duration::from_millis(58 * 20);
    assert!(
        took + Duration::from_millis(120) > expected,
        "paced, not burst: {took:?}"
    );
    assert!(
        took < expected + Duration::from_millis(600),
        "no frame is held up: {took:?}"
    );
    circle.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn marks_come_in_order_when_their_audio_has_left(
    #[values(On::Asterisk, On::Embedded)] on: On,
    #[values(MediaKind::WebSocket, MediaKind::Rtp)] kind: MediaKind,
) {
    let mut circle = Circle::new(on, "marks", kind).await;
    let started = Instant::now();
    for mark in 0..5 {
        send(&circle.ends.near, mark, 1..11).await;
    }
    for mark in 0..5 {
        assert_eq!(played(&mut circle.ends.near).await, Mark(mark));
        let due = Duration::from_millis(200 * (mark + 1));
        let early = due.saturating_sub(started.elapsed());
        assert!(
            early < Duration::from_millis(100),
            "mark {mark} is {early:?} early"
        );
    }
    circle.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_flush_silences_at_once_and_takes_its_marks_along(
    #[values(On::Asterisk, On::Embedded)] on: On,
    #[values(MediaKind::WebSocket, MediaKind::Rtp)] kind: MediaKind,
) {
    let mut circle = Circle::new(on, "flush", kind).await;
    for mark in 1..=5 {
        send(&circle.ends.near, mark, 1..11).await;
    }
    for _ in 0..5 {
        frame(&mut circle.ends.far).await;
    }
    circle
        .ends
        .near
        .commands
        .send(MediaCommand::Flush)
        .await
        .unwrap();
    send(&circle.ends.near, 99, 200..205).await;
    let mut old = 0;
    loop {
        let frame = frame(&mut circle.ends.far).await;
        if frame == [200; 160] {
            break;
        }
        old += 1;
    }
    assert!(
        old < 10,
        "{old} frames of what was flushed were still heard"
    );
    let mark = played(&mut circle.ends.near).await;
    assert_eq!(mark, Mark(99), "marks of what was flushed never come");
    circle.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn speaking_goes_on_after_a_pause_both_ways_at_once(
    #[values(On::Asterisk, On::Embedded)] on: On,
    #[values(MediaKind::WebSocket, MediaKind::Rtp)] kind: MediaKind,
) {
    let mut circle = Circle::new(on, "pause", kind).await;
    for turn in 0..3_u8 {
        let first = 1 + turn * 20;
        send(&circle.ends.near, u64::from(turn), first..first + 10).await;
        send(&circle.ends.far, u64::from(turn), first + 100..first + 110).await;
        for n in first..first + 10 {
            assert_eq!(frame(&mut circle.ends.far).await, [n; 160]);
            assert_eq!(frame(&mut circle.ends.near).await, [n + 100; 160]);
        }
        // The silence between two turns is what is under test here.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    circle.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_driver_that_does_not_read_loses_old_frames_and_keeps_the_leg(
    #[values(On::Asterisk, On::Embedded)] on: On,
    #[values(MediaKind::WebSocket, MediaKind::Rtp)] kind: MediaKind,
) {
    let mut circle = Circle::new(on, "stall", kind).await;
    // Three seconds, of which nobody reads a frame: the far end keeps two.
    for mark in 1..=15 {
        send(&circle.ends.near, mark, 1..11).await;
    }
    while played(&mut circle.ends.near).await != Mark(15) {}
    send(&circle.ends.near, 16, 250..251).await;
    assert_eq!(played(&mut circle.ends.near).await, Mark(16));
    let mut frames = 1;
    while frame(&mut circle.ends.far).await != [250; 160] {
        frames += 1;
    }
    assert!(frames < 120, "{frames} of 151 frames were kept");
    circle.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn closing_one_leg_ends_the_other(
    #[values(On::Asterisk, On::Embedded)] on: On,
    #[values(MediaKind::WebSocket, MediaKind::Rtp)] kind: MediaKind,
) {
    let mut circle = Circle::new(on, "close", kind).await;
    // Who drops the sender of its commands is done with a leg.
    circle.ends.near.commands = tokio::sync::mpsc::channel(1).0;
    for leg in [&mut circle.ends.near, &mut circle.ends.far] {
        let closed = timeout(PATIENCE, async {
            while let Some(event) = leg.events.recv().await {
                if matches!(event, MediaEvent::Closed { .. }) {
                    return;
                }
            }
            panic!("the leg ended without a word");
        });
        closed.await.expect("the leg ends in time");
    }
    circle.close().await;
}
