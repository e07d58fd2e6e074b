//! The leg's task over a transport that remembers.

use std::sync::{Arc, Mutex};

use super::*;

#[derive(Debug, Default)]
struct Log {
    sent: Vec<(Option<Mark>, usize)>,
    flushed: usize,
    closed: bool,
}

struct Fake {
    log: Arc<Mutex<Log>>,
    heard: mpsc::Receiver<Heard>,
}

#[async_trait]
impl MediaTransport for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }
    fn send(&mut self, mark: Option<Mark>, audio: Vec<u8>) -> Result<(), String> {
        self.log.lock().unwrap().sent.push((mark, audio.len()));
        Ok(())
    }
    fn flush(&mut self) -> Result<(), String> {
        self.log.lock().unwrap().flushed += 1;
        Ok(())
    }
    async fn next(&mut self) -> Heard {
        match self.heard.recv().await {
            Some(heard) => heard,
            None => std::future::pending().await,
        }
    }
    async fn close(&mut self) {
        self.log.lock().unwrap().closed = true;
    }
}

struct Bench {
    leg: MediaLeg,
    heard: mpsc::Sender<Heard>,
    log: Arc<Mutex<Log>>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<LegEnd>,
}

fn bench() -> Bench {
    let (media, queues) = leg();
    let (heard, receiver) = mpsc::channel(1000);
    let log = Arc::new(Mutex::new(Log::default()));
    let stop = CancellationToken::new();
    let fake = Fake {
        log: Arc::clone(&log),
        heard: receiver,
    };
    let task = tokio::spawn(pump(Box::new(fake), queues, stop.clone()));
    Bench {
        leg: media,
        heard,
        log,
        stop,
        task,
    }
}

#[tokio::test]
async fn audio_is_cut_into_messages_with_the_mark_behind_the_last() {
    let mut bench = bench();
    let audio = vec![7; 2 * 1600 + 100];
    bench
        .leg
        .commands
        .send(MediaCommand::Send {
            mark: Mark(3),
            audio,
        })
        .await
        .unwrap();
    bench.leg.commands.send(MediaCommand::Flush).await.unwrap();
    // Who lets go of the commands ends the leg.
    drop(bench.leg.commands);
    assert_eq!(bench.task.await.unwrap(), LegEnd::Ours);
    let log = bench.log.lock().unwrap();
    assert_eq!(log.sent, [(None, 1600), (None, 1600), (Some(Mark(3)), 160)]);
    assert_eq!(log.flushed, 1);
    assert!(log.closed);
    assert!(matches!(
        bench.leg.events.try_recv(),
        Ok(MediaEvent::Closed { .. })
    ));
}

#[tokio::test]
async fn audio_of_any_length_comes_as_whole_frames() {
    let mut bench = bench();
    bench.heard.send(Heard::Audio(vec![1; 240])).await.unwrap();
    bench.heard.send(Heard::Audio(vec![2; 80])).await.unwrap();
    assert_eq!(
        bench.leg.events.recv().await,
        Some(MediaEvent::Frame([1; 160]))
    );
    let mut second = [1; 160];
    second[80..].fill(2);
    assert_eq!(
        bench.leg.events.recv().await,
        Some(MediaEvent::Frame(second))
    );
}

#[tokio::test]
async fn a_stalled_driver_loses_the_oldest_frames_and_no_mark() {
    let mut bench = bench();
    bench.heard.send(Heard::Played(Mark(1))).await.unwrap();
    for n in 0..200_u8 {
        bench.heard.send(Heard::Audio(vec![n; 160])).await.unwrap();
    }
    bench
        .heard
        .send(Heard::Closed("gone".to_owned()))
        .await
        .unwrap();
    // The leg has swallowed it all although nobody read.
    while bench.heard.capacity() < 1000 {
        tokio::task::yield_now().await;
    }
    let mut events = Vec::new();
    while let Some(event) = bench.leg.events.recv().await {
        events.push(event);
    }
    assert!(events.len() <= KEPT + EVENTS + 1, "{}", events.len());
    assert_eq!(events[0], MediaEvent::Played(Mark(1)));
    assert_eq!(
        events[events.len() - 2],
        MediaEvent::Frame([199; 160]),
        "the newest is there"
    );
    assert!(matches!(&events[events.len() - 1], MediaEvent::Closed { reason } if reason == "gone"));
    assert_eq!(bench.task.await.unwrap(), LegEnd::Broken);
}

#[tokio::test]
async fn a_leg_ends_with_the_call_and_with_its_driver() {
    let bench_stopped = bench();
    bench_stopped.stop.cancel();
    assert_eq!(bench_stopped.task.await.unwrap(), LegEnd::Ours);
    let bench_dropped = bench();
    drop(bench_dropped.leg);
    assert_eq!(bench_dropped.task.await.unwrap(), LegEnd::Ours);
    assert!(bench_dropped.log.lock().unwrap().closed);
}
