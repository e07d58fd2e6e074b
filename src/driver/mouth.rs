//! Our prompts on their way to the callee: fetched, queued, sent a little ahead, and accounted
//! for by what was really played.

use bytes::Bytes;
use tokio::sync::mpsc;

use super::meter::Meter;
use super::station::Station;
use crate::ari::media::{Mark, MediaCommand};
use crate::audio::{Played, Playout};
use crate::call::PromptId;
use crate::speech::SpeechError;

/// Audio of a prompt as it arrives.
#[derive(Debug)]
pub(super) enum Piece {
    Audio(Bytes),
    End,
    Failed(SpeechError),
}

/// One call's mouth.
#[derive(Debug)]
pub(super) struct Mouth {
    playout: Playout,
    commands: mpsc::Sender<MediaCommand>,
    fetched: mpsc::Sender<(PromptId, Piece)>,
    pieces: mpsc::Receiver<(PromptId, Piece)>,
    current: Option<PromptId>,
    open: bool,
    meter: Meter,
}

impl Mouth {
    pub(super) fn new(commands: mpsc::Sender<MediaCommand>, silence: u8, meter: Meter) -> Self {
        let (fetched, pieces) = mpsc::channel(32);
        let playout = Playout::new(silence);
        Self {
            playout,
            commands,
            fetched,
            pieces,
            current: None,
            open: false,
            meter,
        }
    }

    /// The callee answered: from now on silence is kept topped up.
    pub(super) fn open(&mut self) {
        self.open = true;
    }

    /// The next piece of a prompt that is being fetched.
    pub(super) async fn piece(&mut self) -> Option<(PromptId, Piece)> {
        self.pieces.recv().await
    }

    /// Begins to say a prompt. `known` are the texts that were to be prepared: they come whole
    /// from the cache; any other is streamed as it is made.
    pub(super) fn say(&mut self, id: PromptId, text: &str, known: bool, station: &Station) {
        self.current = Some(id);
        self.playout.begin(id.0);
        if let Some(audio) = station.shelf.get(text) {
            self.playout.feed(&audio);
            self.playout.end_of_prompt();
            return;
        }
        let (station, text, pieces) = (station.clone(), text.to_owned(), self.fetched.clone());
        let meter = self.meter.clone();
        tokio::spawn(async move {
            let last = match fetch((&station, &meter), id, (&text, known), &pieces).await {
                Ok(()) => Piece::End,
                Err(error) => Piece::Failed(error),
            };
            if pieces.send((id, last)).await.is_err() {
                tracing::debug!("a prompt came after its call had ended");
            }
        });
    }

    /// Begins to play what is no speech.
    pub(super) fn play(&mut self, id: PromptId, audio: &[u8]) {
        self.current = Some(id);
        self.playout.begin(id.0);
        self.playout.feed(audio);
        self.playout.end_of_prompt();
    }

    /// Takes a piece; the error of a prompt that could not be made, if it is still wanted.
    pub(super) fn take(&mut self, id: PromptId, piece: Piece) -> Option<SpeechError> {
        if self.current != Some(id) {
            return None;
        }
        match piece {
            Piece::Audio(audio) => self.playout.feed(&audio),
            Piece::End => self.playout.end_of_prompt(),
            Piece::Failed(error) => return Some(error),
        }
        None
    }

    /// Falls silent at once, and keeps what was not heard.
    pub(super) async fn hold(&mut self, now_ms: u64, facts: &mut Vec<Played>) {
        self.command(MediaCommand::Flush).await;
        self.playout.hold(now_ms, facts);
    }

    /// Goes on where the prompt was held.
    pub(super) fn go_on(&mut self) {
        self.playout.go_on();
    }

    /// Falls silent at once.
    pub(super) async fn stop(&mut self, now_ms: u64, facts: &mut Vec<Played>) {
        self.command(MediaCommand::Flush).await;
        self.playout.stop(now_ms, facts);
        self.current = None;
    }

    /// Sends what is due.
    pub(super) async fn pump(&mut self, now_ms: u64, facts: &mut Vec<Played>) {
        if !self.open {
            return;
        }
        if self.playout.must_flush_filler() {
            self.command(MediaCommand::Flush).await;
            self.playout.filler_flushed();
        }
        while let Some(message) = self.playout.next(now_ms, facts) {
            self.command(MediaCommand::Send {
                mark: Mark(message.mark),
                audio: message.audio,
            })
            .await;
        }
    }

    /// A mark came back.
    pub(super) fn played(&mut self, mark: Mark, now_ms: u64, facts: &mut Vec<Played>) {
        self.playout.played(mark.0, now_ms, facts);
    }

    async fn command(&self, command: MediaCommand) {
        if self.commands.send(command).await.is_err() {
            tracing::trace!("the media leg is gone");
        }
    }
}

async fn fetch(
    (station, meter): (&Station, &Meter),
    id: PromptId,
    (text, known): (&str, bool),
    pieces: &mpsc::Sender<(PromptId, Piece)>,
) -> Result<(), SpeechError> {
    if known {
        let spoken = station.synthesizer.spoken(text).await?;
        meter.add(spoken.paid_characters);
        let audio = spoken.audio;
        station.shelf.put(text, audio.clone());
        if pieces.send((id, Piece::Audio(audio))).await.is_err() {
            tracing::debug!("a prompt came after its call had ended");
        }
        return Ok(());
    }
    let mut stream = station.synthesizer.stream(text).await?;
    // Paid for as soon as it is asked for, heard to its end or not.
    meter.add(text.chars().count());
    while let Some(audio) = stream.recv().await {
        if pieces.send((id, Piece::Audio(audio?))).await.is_err() {
            break;
        }
    }
    Ok(())
}
