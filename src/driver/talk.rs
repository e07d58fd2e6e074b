//! The loop of one call: events in, actions out, until the machine has finished.

mod handover;
mod recording;
mod report;
mod sounds;

use std::collections::HashSet;
use std::pin::pin;

use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::adviser::Adviser;
use super::clock::{self, CallClock};
use super::ear::Ear;
use super::meter::Meter;
use super::mouth::Mouth;
use super::news::{CallNews, CallStep, tell};
use super::operator::{self, Operator};
use super::record::Promises;
use super::recorder::Recorder;
use super::scribe::{Note, Scribe, turn_row};
use super::seat::{self, SeatDoor, Seating};
use super::station::Station;
use crate::ari::media::MediaEvent;
use crate::ari::{CallLine, LineControl};
use crate::audio::{Played, hold_music};
use crate::call::{CallAction, CallEnd, CallEvent, CallMachine, PromptId, StopReason, Turn};
use crate::campaign::AttemptId;
use crate::line::LineEvent;
use crate::phone::PhoneNumber;
use crate::speech::{RecognizerEvent, SpeechError};
use crate::store::{Conclusion, EventRow};

/// How often a call is looked at in which no frame comes: what does not come is a gap after longer
/// than this. Frames and marks wake it at their own time.
const TICK: Duration = Duration::from_millis(60);

/// What a dialled call is joined to.
pub(super) struct Outside {
    pub(super) line: CallLine,
    pub(super) ear: Ear,
    pub(super) mouth: Mouth,
    /// The conversation that it has to wait for.
    pub(super) seat: Option<SeatDoor>,
    /// The person to whom it is being handed over.
    pub(super) operator: Option<Operator>,
}

/// One call under way.
pub(super) struct Talk {
    station: Station,
    machine: CallMachine,
    clock: CallClock,
    attempt: AttemptId,
    number: PhoneNumber,
    news: mpsc::UnboundedSender<CallNews>,
    scribe: Scribe,
    pub(super) promises: Promises,
    pub(super) meter: Meter,
    heard_ms: u64,
    prepared: HashSet<String>,
    recorder: Option<Recorder>,
    adviser: Adviser,
    answered_ms: u64,
    /// When the call was handed over: what follows is not ours to hear.
    joined_ms: Option<u64>,
    phase: &'static str,
    turns: Vec<Turn>,
    end: Option<CallEnd>,
    pub(super) error: Option<String>,
    speech: Option<SpeechError>,
    opted_out: bool,
    /// It waited for a conversation in vain.
    dropped: bool,
}

impl Talk {
    /// A call that is about to be placed; its clock starts now.
    pub(super) fn new(
        station: &Station,
        machine: CallMachine,
        attempt: AttemptId,
        number: PhoneNumber,
        news: mpsc::UnboundedSender<CallNews>,
    ) -> Self {
        let scribe = Scribe::begin(station.ledger.clone(), attempt);
        let prepared = machine.prompts().into_iter().collect();
        Self {
            station: station.clone(),
            clock: CallClock::start(),
            phase: machine.phase(),
            machine,
            attempt,
            number,
            news,
            scribe,
            promises: Promises::new(None, &TimeZone::UTC),
            meter: Meter::default(),
            heard_ms: 0,
            prepared,
            recorder: None,
            adviser: Adviser::new(station.model.clone()),
            answered_ms: 0,
            joined_ms: None,
            turns: Vec::new(),
            end: None,
            error: None,
            speech: None,
            opted_out: false,
            dropped: false,
        }
    }

    /// Whose call it is.
    pub(super) fn attempt(&self) -> AttemptId {
        self.attempt
    }

    /// Tells whoever watches.
    pub(super) fn tell(&self, step: CallStep) {
        tell(&self.news, self.attempt, step);
    }

    /// Runs the call until it has ended; gives back the control for the removal of what is left.
    pub(super) async fn run(
        &mut self,
        mut outside: Outside,
        stop: &CancellationToken,
    ) -> LineControl {
        // Frames put it off; a timer that is only put off costs next to nothing.
        let mut quiet = pin!(sleep(TICK));
        let (mut line_open, mut media_open, mut ear_open, mut stopped) = (true, true, true, false);
        // One timer that is moved with the deadline: to make one each time is dear.
        let mut alarm = pin!(sleep_until(self.clock.instant(self.clock.now())));
        let mut stopping = pin!(stop.cancelled());
        while self.end.is_none() {
            let deadline = self.machine.deadline();
            if let Some((at, _)) = deadline
                && alarm.deadline() != self.clock.instant(at)
            {
                alarm.as_mut().reset(self.clock.instant(at));
            }
            tokio::select! {
                biased;
                () = &mut stopping, if !stopped => {
                    stopped = true;
                    self.take(CallEvent::Stop(StopReason::User), &mut outside).await;
                }
                event = outside.line.events.recv(), if line_open => if let Some(event) = event { self.line(event, &mut outside).await } else {
                    line_open = false;
                    self.take(CallEvent::Line(LineEvent::Lost), &mut outside).await;
                },
                event = outside.line.media.events.recv(), if media_open => match event {
                    Some(event) => {
                        if matches!(event, MediaEvent::Frame(_)) {
                            quiet.as_mut().reset(Instant::now() + TICK);
                        }
                        media_open = self.media(event, &mut outside).await;
                    }
                    None => media_open = false,
                },
                seating = seat::told(&mut outside.seat) => self.seated(seating, &mut outside).await,
                news = operator::news(&mut outside.operator) => self.operator(news, &mut outside).await,
                event = outside.ear.event(), if ear_open => match event {
                    Some(event) => self.heard(event, &mut outside).await,
                    None => ear_open = false,
                },
                piece = outside.mouth.piece() => if let Some((id, piece)) = piece
                    && let Some(error) = outside.mouth.take(id, piece) {
                    self.speech_failed(error);
                    self.take(CallEvent::PromptFailed(id), &mut outside).await;
                },
                (question, intent) = self.adviser.answer() => {
                    self.take(CallEvent::Advised { question, intent }, &mut outside).await;
                },
                () = &mut alarm, if deadline.is_some() => if let Some((_, timer)) = deadline {
                    self.take(CallEvent::Timeout(timer), &mut outside).await;
                },
                () = &mut quiet => {
                    quiet.as_mut().reset(Instant::now() + TICK);
                    self.tick(&mut outside).await;
                }
            }
            self.pump(&mut outside).await;
        }
        self.heard_ms = outside.ear.recognised_ms();
        outside.ear.close().await;
        if let Some(operator) = outside.operator {
            Box::pin(operator.leave()).await;
        }
        outside.line.control
    }

    /// An event for a call without a line.
    pub(super) async fn feed(&mut self, event: &CallEvent) {
        let mut actions = Vec::new();
        self.machine.handle(self.clock.now(), event, &mut actions);
        self.log(event).await;
        for action in actions {
            if let CallAction::Finish(end) = action {
                self.end = Some(end);
            }
        }
    }

    async fn line(&mut self, event: LineEvent, outside: &mut Outside) {
        let at = clock::now();
        if event == LineEvent::Ringing {
            self.scribe.note(Note::Ringing(at)).await;
        }
        if event == LineEvent::Answered && !outside.ear.is_open() {
            self.answered_ms = self.clock.now().0;
            self.scribe.note(Note::Answered(at)).await;
            outside.ear.open(self.answered_ms);
            outside.mouth.open();
            if let Some(door) = &outside.seat {
                door.tell_answered().await;
            }
            self.begin_recording(at);
        }
        if matches!(event, LineEvent::Released(_)) && outside.seat.take().is_some() {
            self.hear_out(outside);
        }
        if let LineEvent::Digit { digit, .. } = event
            && !outside.ear.trunk_key(digit)
        {
            return;
        }
        self.take(CallEvent::Line(event), outside).await;
    }

    /// What becomes of a call that waited for its conversation.
    async fn seated(&mut self, seating: Seating, outside: &mut Outside) {
        let event = match seating {
            Seating::Talk => {
                outside.ear.connect(self.station.recognizer.open());
                CallEvent::Seated
            }
            Seating::Drop => {
                self.hear_out(outside);
                CallEvent::Dropped
            }
        };
        self.take(event, outside).await;
    }

    /// Whoever spoke while waiting for a conversation in vain may have asked not to be called again.
    fn hear_out(&mut self, outside: &mut Outside) {
        self.dropped = true;
        if outside.ear.heard_voice() {
            outside.ear.connect(self.station.recognizer.open());
        }
    }

    async fn media(&mut self, event: MediaEvent, outside: &mut Outside) -> bool {
        let now = self.clock.now().0;
        match event {
            MediaEvent::Frame(bytes) => {
                let frame = self.station.plan.codec.decode(&bytes);
                if let (Some(recorder), true) = (&mut self.recorder, outside.ear.is_open()) {
                    recorder.callee(now.saturating_sub(self.answered_ms), &frame);
                }
                let mut events = Vec::new();
                outside.ear.frame(&frame, now, &mut events);
                self.take_all(events, outside).await;
                self.advance(now).await;
            }
            MediaEvent::Played(mark) => {
                let mut facts = Vec::new();
                outside.mouth.played(mark, now, &mut facts);
                self.played(facts, outside).await;
            }
            MediaEvent::Closed { reason } => {
                tracing::debug!(attempt = %self.attempt, reason, "the media leg ended");
                if self.machine.phase() != "hanging_up" {
                    self.take(CallEvent::MediaLost, outside).await;
                }
                return false;
            }
        }
        true
    }

    async fn heard(&mut self, event: RecognizerEvent, outside: &mut Outside) {
        match event {
            RecognizerEvent::Partial(text) => {
                self.take(CallEvent::PartialText(text), outside).await;
            }
            RecognizerEvent::Final(text) => self.take(CallEvent::FinalText(text), outside).await,
            RecognizerEvent::Unasked(text) => {
                self.take(CallEvent::UnaskedText(text), outside).await;
            }
            RecognizerEvent::Ready => {
                tracing::debug!(attempt = %self.attempt, "the recogniser hears");
            }
            RecognizerEvent::Reconnecting => {
                tracing::info!(attempt = %self.attempt, "the recogniser is being reconnected");
            }
            RecognizerEvent::Failed(error) => {
                // There was no conversation for this call: that the service has no ear for it
                // either is no trouble of the run.
                if !self.dropped {
                    self.speech_failed(error);
                }
                self.take(CallEvent::RecognizerFailed, outside).await;
            }
        }
    }

    fn speech_failed(&mut self, error: SpeechError) {
        // Told with the end of the call, or of the run where it stops that.
        tracing::info!(attempt = %self.attempt, %error, "speech failed");
        self.error.get_or_insert_with(|| error.message.clone());
        if error.is_fatal() || self.speech.is_none() {
            self.speech = Some(error);
        }
    }

    async fn tick(&mut self, outside: &mut Outside) {
        let now = self.clock.now().0;
        let mut events = Vec::new();
        outside.ear.tick(now, &mut events);
        self.take_all(events, outside).await;
        self.advance(now).await;
    }

    async fn pump(&mut self, outside: &mut Outside) {
        let mut facts = Vec::new();
        outside.mouth.pump(self.clock.now().0, &mut facts).await;
        self.played(facts, outside).await;
    }

    async fn played(&mut self, facts: Vec<Played>, outside: &mut Outside) {
        let now = self.clock.now().0.saturating_sub(self.answered_ms);
        for fact in facts {
            match fact {
                Played::Started(id) => {
                    Box::pin(self.take(CallEvent::PromptStarted(PromptId(id)), outside)).await;
                }
                Played::Audio(bytes) => {
                    let samples = self.station.plan.codec.samples(&bytes);
                    outside.ear.sent(&samples);
                    if let Some(recorder) = &mut self.recorder {
                        recorder.bot(now, &samples);
                    }
                }
                Played::Ended {
                    prompt,
                    heard_ms,
                    complete,
                } => {
                    let event = CallEvent::PromptEnded {
                        id: PromptId(prompt),
                        heard_ms,
                        complete,
                    };
                    Box::pin(self.take(event, outside)).await;
                }
            }
        }
    }

    async fn take_all(&mut self, events: Vec<CallEvent>, outside: &mut Outside) {
        for event in events {
            self.take(event, outside).await;
        }
    }

    /// Hands an event to the machine and does what it asks.
    async fn take(&mut self, event: CallEvent, outside: &mut Outside) {
        let now = self.clock.now();
        let mut actions = Vec::new();
        self.machine.handle(now, &event, &mut actions);
        tracing::trace!(attempt = %self.attempt, %now, ?event, phase = self.machine.phase(), ?actions);
        self.log(&event).await;
        for action in actions {
            self.act(action, outside).await;
        }
        let phase = self.machine.phase();
        if phase != self.phase {
            self.phase = phase;
            self.tell(CallStep::Phase(phase));
        }
    }

    async fn act(&mut self, action: CallAction, outside: &mut Outside) {
        match action {
            CallAction::Play { id, text } => {
                outside
                    .mouth
                    .say(id, &text, self.prepared.contains(&text), &self.station);
            }
            CallAction::HoldPlaying => {
                let mut facts = Vec::new();
                outside.mouth.hold(self.clock.now().0, &mut facts).await;
                self.played(facts, outside).await;
            }
            CallAction::GoOnPlaying => outside.mouth.go_on(),
            CallAction::StopPlaying => {
                let mut facts = Vec::new();
                outside.mouth.stop(self.clock.now().0, &mut facts).await;
                self.played(facts, outside).await;
            }
            CallAction::Commit => outside.ear.commit().await,
            CallAction::ListenForBeep => outside.ear.listen_for_beep(),
            CallAction::Ask { question, about } => self.adviser.ask(question, about),
            CallAction::Judged(verdict) => self.tell(CallStep::Judged(verdict)),
            CallAction::DoNotCall => {
                self.opted_out = true;
                self.scribe
                    .note(Note::DoNotCall(self.number.clone(), clock::now()))
                    .await;
            }
            CallAction::Conclude {
                outcome,
                call_back,
                data,
            } => {
                let conclusion = Conclusion {
                    outcome,
                    call_back_at: call_back.map(|promise| self.promises.hour(promise)),
                    data,
                };
                self.scribe
                    .note(Note::Concluded(Box::new(conclusion)))
                    .await;
            }
            CallAction::Record(turn) => self.record(turn).await,
            CallAction::PlayMusic(id) => {
                outside.mouth.play(id, hold_music(self.station.plan.codec));
            }
            CallAction::PlayFile { id, file } => self.play_file(id, &file, outside),
            CallAction::SendKeys(keys) => self.send_keys(&keys, outside).await,
            CallAction::Transfer(order) => {
                outside.operator = Some(Operator::ring(
                    &self.station,
                    &order,
                    (&self.number, &self.meter),
                ));
            }
            CallAction::Join => Box::pin(self.join(outside)).await,
            CallAction::GiveUpTransfer => outside.operator = None,
            CallAction::Hangup(reason) => {
                if let Err(error) = outside.line.control.hangup(reason).await {
                    tracing::warn!(attempt = %self.attempt, %error, "the hang-up failed");
                }
            }
            CallAction::Finish(end) => self.end = Some(end),
        }
    }

    async fn record(&mut self, turn: Turn) {
        let row = turn_row(self.turns.len(), &turn);
        self.turns.push(turn.clone());
        self.scribe.note(Note::Turn(row)).await;
        self.tell(CallStep::Turn(turn));
    }

    /// The event log of the call: what happened when, to be replayed and explained next day.
    async fn log(&mut self, event: &CallEvent) {
        let at_ms = i64::try_from(self.clock.now().0).unwrap_or(i64::MAX);
        let (kind, detail) = super::event_log::row(event);
        self.scribe
            .note(Note::Event(EventRow {
                at_ms,
                kind: kind.to_owned(),
                detail,
            }))
            .await;
    }
}
