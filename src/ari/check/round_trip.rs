//! Sound through Asterisk and back: known frames into one media channel, heard on another.

use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use super::{CheckLine, failed};
use crate::ari::media::{Mark, MediaCommand, MediaEvent, MediaLeg};
use crate::ari::{Ari, AriConfig, AriError, MediaKind};
use crate::audio::{FRAME_SAMPLES, G711};

/// Half a second of sound.
const FRAMES: u8 = 25;
/// A few may be lost: nothing is said to anybody.
const ENOUGH: usize = 20;
const LIMIT: Duration = Duration::from_secs(3);

pub(super) async fn check(config: &AriConfig, kind: MediaKind) -> CheckLine {
    let what = "audio";
    let ari = match Ari::connect(config.clone()).await {
        Ok(ari) => ari,
        Err(error) => return failed("event socket", &error),
    };
    let result = round_trip(&ari, kind).await;
    ari.close().await;
    match result {
        Ok(heard) if heard.in_order >= ENOUGH => CheckLine::ok(
            what,
            format!(
                "{} of {FRAMES} frames came back, the first after {} ms",
                heard.in_order, heard.first_ms
            ),
        ),
        Ok(heard) => CheckLine::failure(
            what,
            format!("{} of {FRAMES} frames came back", heard.in_order),
            mend(kind),
        ),
        Err(error) => CheckLine::failure(what, error.to_string(), mend(kind)),
    }
}

fn mend(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::WebSocket => {
            "http.conf: no `[/media]` restriction that leaves this machine out; modules.conf: `load = chan_websocket.so`, `load = res_timing_timerfd.so`"
        }
        MediaKind::Rtp => {
            "open the UDP ports of rtp.conf (`rtpstart` to `rtpend`) between this machine and Asterisk; modules.conf: `load = chan_rtp.so`"
        }
    }
}

struct HeardBack {
    in_order: usize,
    first_ms: u128,
}

async fn round_trip(ari: &Ari, kind: MediaKind) -> Result<HeardBack, AriError> {
    let id = format!("{}-0", ari.app());
    let mut circle = ari.loopback(&id, G711::Alaw, kind).await?;
    let started = Instant::now();
    for n in 0..FRAMES {
        let command = MediaCommand::Send {
            mark: Mark(u64::from(n)),
            audio: vec![pattern(n); FRAME_SAMPLES],
        };
        let sent = timeout(LIMIT, circle.near.commands.send(command)).await;
        if !matches!(sent, Ok(Ok(()))) {
            break; // what is heard tells
        }
    }
    let heard = listen(&mut circle.far, started).await;
    if let Err(error) = circle.close().await {
        tracing::warn!(%error, "the check may have left something in Asterisk");
    }
    Ok(heard)
}

/// A byte for each frame, none of them silence in any law.
fn pattern(n: u8) -> u8 {
    n + 1
}

async fn listen(leg: &mut MediaLeg, started: Instant) -> HeardBack {
    let deadline = Instant::now() + LIMIT;
    let mut heard = HeardBack {
        in_order: 0,
        first_ms: 0,
    };
    let mut last = 0;
    while let Ok(Some(event)) = timeout_at(deadline, leg.events.recv()).await {
        let MediaEvent::Frame(frame) = event else {
            continue;
        };
        let [first, .., end] = frame;
        if first == end && first > last && first <= pattern(FRAMES) {
            if heard.in_order == 0 {
                heard.first_ms = started.elapsed().as_millis();
            }
            heard.in_order += 1;
            last = first;
            if first == pattern(FRAMES - 1) {
                break;
            }
        }
    }
    heard
}
