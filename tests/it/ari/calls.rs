//! Calls that are answered: what is heard, what can be done, and that nothing is left behind.

use std::task::Poll;
use std::time::Duration;

use novodial::ari::media::{Mark, MediaCommand, MediaEvent};
use novodial::ari::{CallOrder, DialError, MediaKind, PlayEnd};
use novodial::audio::G711;
use novodial::line::{Disposition, HangupReason, LineEvent, classify};
use rstest::rstest;
use tokio::time::{Instant, timeout};

use super::bench::{Bench, On, PATIENCE, facts, frame, loud_frame, to_the_end, until};

/// On a plain 180 Asterisk plays a ring-back of its own into the media channel: half a second of
/// it in the lab, which waits in the leg's queue while a test looks for the answer.
const RING_BACK_LEFT: usize = 30;

fn answered(event: &LineEvent) -> bool {
    *event == LineEvent::Answered
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_callee_is_heard_and_hears_and_nothing_is_left(
    #[values(On::Asterisk, On::Embedded)] on: On,
    #[values(MediaKind::WebSocket, MediaKind::Rtp)] media: MediaKind,
) {
    let bench = Bench::shared(on, &format!("talk{media:?}")).await;
    let caller = match media {
        MediaKind::WebSocket => "+74950000101",
        MediaKind::Rtp => "+74950000102",
    };
    let order = CallOrder {
        media,
        caller_id: Some(caller.to_owned()),
        ..bench.order("79000000001")
    };
    let mut line = bench.ari.prepare(&order).await.unwrap();
    line.control.dial().await.unwrap();
    let events = until(&mut line, answered).await;
    assert_eq!(
        events,
        [LineEvent::Dialled, LineEvent::Ringing, LineEvent::Answered]
    );
    for _ in 0..RING_BACK_LEFT {
        frame(&mut line.media).await;
    }
    loud_frame(&mut line.media).await;
    assert_eq!(
        line.control
            .variable("CHANNEL(audionativeformat)")
            .await
            .unwrap(),
        "(alaw)"
    );
    line.control.hangup(HangupReason::Normal).await.unwrap();
    let events = to_the_end(&mut line).await;
    assert!(
        matches!(events.as_slice(), [LineEvent::Released(_)]),
        "{events:?}"
    );
    line.control.cleanup().await.unwrap();
    let closed = timeout(PATIENCE, async {
        while let Some(event) = line.media.events.recv().await {
            if matches!(event, MediaEvent::Closed { .. }) {
                return true;
            }
        }
        false
    });
    assert!(closed.await.unwrap(), "the audio says that it is over");
    let offers = on.offers(caller, "79000000001");
    let first: Vec<_> = offers.iter().map(|offer| offer.first()).collect();
    assert_eq!(first, [Some(&8)], "rung once from {caller}, A-law first");
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn early_media_is_heard_before_the_answer(
    #[values(On::Asterisk, On::Embedded)] on: On,
    #[values(MediaKind::WebSocket, MediaKind::Rtp)] media: MediaKind,
) {
    let bench = Bench::shared(on, &format!("early{media:?}")).await;
    let order = CallOrder {
        media,
        ..bench.order("79000000061")
    };
    let mut line = bench.ari.prepare(&order).await.unwrap();
    line.control.dial().await.unwrap();
    let events = until(&mut line, |event| *event == LineEvent::Progress).await;
    assert_eq!(events, [LineEvent::Dialled, LineEvent::Progress]);
    // The ring-back of 425 Hz: a period of some 19 samples.
    let mut tone = loud_frame(&mut line.media).await;
    tone.extend(frame(&mut line.media).await);
    assert!(line.events.try_recv().is_err(), "it is not answered yet");
    let samples: Vec<i16> = tone.iter().map(|byte| G711::Alaw.expand(*byte)).collect();
    let rises = samples[160..]
        .windows(2)
        .filter(|pair| pair[0] < 0 && pair[1] >= 0)
        .count();
    assert!(
        (7..=10).contains(&rises),
        "425 Hz rises 8.5 times in 20 ms, not {rises}"
    );
    until(&mut line, answered).await;
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_callee_who_hangs_up_is_the_far_end_and_the_call_was_answered(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let bench = Bench::shared(on, "leaves").await;
    let mut line = bench
        .ari
        .prepare(&bench.order("79000000005"))
        .await
        .unwrap();
    line.control.dial().await.unwrap();
    let mut events = until(&mut line, answered).await;
    // The callee hangs up as soon as the bot speaks.
    for n in 0..20 {
        let audio =
            (0..1600).map(|at: i32| G711::Alaw.compress(if at % 16 < 8 { 9000 } else { -9000 }));
        let command = MediaCommand::Send {
            mark: Mark(n),
            audio: audio.collect(),
        };
        if line.media.commands.send(command).await.is_err() {
            break;
        }
    }
    events.extend(to_the_end(&mut line).await);
    let far_end = events
        .iter()
        .any(|event| matches!(event, LineEvent::FarEndHungUp(_)));
    assert!(far_end, "{events:?}");
    assert_eq!(classify(&facts(&events)), Disposition::Answered);
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_second_dial_is_never_sent(#[values(On::Asterisk, On::Embedded)] on: On) {
    let bench = Bench::shared(on, "twice").await;
    let mut line = bench
        .ari
        .prepare(&bench.order("79000000004"))
        .await
        .unwrap();
    line.control.dial().await.unwrap();
    assert_eq!(line.control.dial().await, Err(DialError::Already));
    until(&mut line, answered).await;
    assert!(
        bench
            .ari
            .channel(line.control.id())
            .await
            .unwrap()
            .unwrap()
            .is_up()
    );
    line.control.cleanup().await.unwrap();
    assert_eq!(bench.ari.channel("nd-twice-1").await.unwrap(), None);
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn keys_are_heard_with_their_digit(#[values(On::Asterisk, On::Embedded)] on: On) {
    let bench = Bench::shared(on, "keys").await;
    let mut line = bench
        .ari
        .prepare(&bench.order("79000000009"))
        .await
        .unwrap();
    line.control.dial().await.unwrap();
    until(&mut line, answered).await;
    loud_frame(&mut line.media).await;
    // The callee lets a sentence pass, then presses 1.
    let speech = tokio::spawn({
        let commands = line.media.commands.clone();
        async move {
            for n in 0..8 {
                let audio = (0..1600)
                    .map(|at: i32| G711::Alaw.compress(if at % 16 < 8 { 9000 } else { -9000 }))
                    .collect();
                if commands
                    .send(MediaCommand::Send {
                        mark: Mark(n),
                        audio,
                    })
                    .await
                    .is_err()
                {
                    return;
                }
            }
        }
    });
    let events = until(&mut line, |event| matches!(event, LineEvent::Digit { .. })).await;
    assert!(
        matches!(events.last(), Some(LineEvent::Digit { digit: '1', .. })),
        "{events:?}"
    );
    speech.await.unwrap();
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn asterisk_plays_records_and_presses_keys_for_us(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let bench = Bench::shared(on, "play").await;
    let mut line = bench
        .ari
        .prepare(&bench.order("79000000004"))
        .await
        .unwrap();
    line.control.dial().await.unwrap();
    until(&mut line, answered).await;
    let name = "nd-play-recording";
    line.control.record(name, "wav").await.unwrap();
    assert_eq!(
        line.control.play("tone:1000/300;loops=1").await.unwrap(),
        PlayEnd::Failed
    );
    assert_eq!(
        line.control.play("sound:no-such-sound").await.unwrap(),
        PlayEnd::Failed
    );
    assert_eq!(
        line.control.play("characters:1").await.unwrap(),
        PlayEnd::Done
    );
    line.control.send_dtmf("12").await.unwrap();
    assert_eq!(line.control.stop_record(name).await.unwrap(), PlayEnd::Done);
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_simple_mode_joins_the_audio_after_the_answer(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let bench = Bench::shared(on, "simple").await;
    let mut line = bench
        .ari
        .originate_simple(&bench.order("79000000001"))
        .await
        .unwrap();
    assert_eq!(line.control.dial().await, Err(DialError::Already));
    let events = until(&mut line, answered).await;
    assert_eq!(
        events,
        [LineEvent::Dialled, LineEvent::Ringing, LineEvent::Answered]
    );
    loud_frame(&mut line.media).await;
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_call_is_hung_up_and_removed(#[values(On::Asterisk, On::Embedded)] on: On) {
    let bench = Bench::shared(on, "dropped").await;
    let mut line = bench
        .ari
        .prepare(&bench.order("79000000004"))
        .await
        .unwrap();
    line.control.dial().await.unwrap();
    until(&mut line, answered).await;
    drop(line);
    wait_gone(&bench, "nd-dropped-1").await;
    // Dropped at each of its waits, until one preparation is let through.
    let mut waits = 1;
    loop {
        let id = format!("nd-dropped-{}", waits + 1);
        let order = CallOrder {
            id: id.clone(),
            ..bench.order("79000000004")
        };
        let ready = dropped_after(waits, bench.ari.prepare(&order)).await;
        wait_gone(&bench, &id).await;
        if ready {
            break;
        }
        waits += 1;
    }
    assert!(waits > 3, "it was dropped on its way {} times", waits - 1);
    // Closing waits for the rest of it; another connection then looks for leftovers.
    let Bench { ari, run } = bench;
    ari.close().await;
    Bench::shared(on, &run).await.close().await;
}

/// Drops a future, or what came of it, after it had to wait so often; whether it was ready.
async fn dropped_after<T>(waits: u32, future: impl Future<Output = T>) -> bool {
    let mut future = Box::pin(future);
    let mut left = waits;
    std::future::poll_fn(|context| {
        let ready = future.as_mut().poll(context).is_ready();
        left = left.saturating_sub(1);
        if ready || left == 0 {
            Poll::Ready(ready)
        } else {
            Poll::Pending
        }
    })
    .await
}

async fn wait_gone(bench: &Bench, id: &str) {
    let gone = timeout(PATIENCE, async {
        for id in [id.to_owned(), format!("{id}-m")] {
            while bench.ari.channel(&id).await.unwrap().is_some() {
                tokio::task::yield_now().await;
            }
        }
    });
    gone.await.expect("a dropped call goes away");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn asterisk_ends_a_call_by_itself_when_it_has_lasted_too_long(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let bench = Bench::shared(on, "absolute").await;
    let order = CallOrder {
        ring_timeout: Duration::from_secs(2),
        longest: Duration::from_secs(1),
        ..bench.order("79000000004")
    };
    let started = Instant::now();
    let mut line = bench.ari.prepare(&order).await.unwrap();
    line.control.dial().await.unwrap();
    let events = to_the_end(&mut line).await;
    let seconds = started.elapsed().as_secs_f32();
    assert!(
        (7.0..11.0).contains(&seconds),
        "2 + 1 + 5 seconds, not {seconds}"
    );
    assert!(
        matches!(events.last(), Some(LineEvent::Released(_))),
        "{events:?}"
    );
    assert_eq!(classify(&facts(&events)), Disposition::Answered);
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn closing_the_connection_ends_its_calls_and_forgets_the_application(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    let bench = Bench::shared(on, "closing").await;
    let mut line = bench
        .ari
        .prepare(&bench.order("79000000004"))
        .await
        .unwrap();
    line.control.dial().await.unwrap();
    until(&mut line, answered).await;
    bench.ari.clone().close().await;
    let events = to_the_end(&mut line).await;
    assert!(
        matches!(events.last(), Some(LineEvent::Released(_))),
        "{events:?}"
    );
    bench.assert_nothing_left().await;
    let url = format!("{}/ari/applications/{}", on.url(), bench.ari.app());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let login = on.login();
    let answer = client
        .get(url)
        .basic_auth(login.0, Some(login.1))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 404, "nothing stays subscribed");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_ring_back_that_asterisk_makes_ends_with_the_answer(
    #[values(On::Asterisk, On::Embedded)] on: On,
    #[values(MediaKind::WebSocket, MediaKind::Rtp)] media: MediaKind,
) {
    let bench = Bench::shared(on, &format!("silent{media:?}")).await;
    let order = CallOrder {
        media,
        ..bench.order("79000000004")
    };
    let mut line = bench.ari.prepare(&order).await.unwrap();
    line.control.dial().await.unwrap();
    until(&mut line, answered).await;
    // What Asterisk itself made while it rang has been sent already, and is heard first.
    for _ in 0..RING_BACK_LEFT {
        frame(&mut line.media).await;
    }
    let mut loud = Vec::new();
    for n in 0..50 {
        loud.extend((peak(&frame(&mut line.media).await) > 300).then_some(n));
    }
    assert_eq!(loud, [0; 0], "loud frames after the answer");
    line.control.cleanup().await.unwrap();
    bench.close().await;
}

fn peak(frame: &[u8]) -> u16 {
    let peak = frame
        .iter()
        .map(|byte| G711::Alaw.expand(*byte).unsigned_abs());
    peak.max().unwrap()
}
