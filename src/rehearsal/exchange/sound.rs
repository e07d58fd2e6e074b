//! How sound travels: 20 ms of G.711 from the outside of one channel to that of another.
//!
//! A [`Port`] is the audio side of a channel. What its outside says is carried, at once and
//! untouched, to the other channels of its bridge; where the law differs, it is coded anew as an
//! exchange would.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::mpsc;

use super::packet::RtpOut;
use crate::audio::{FRAME_SAMPLES, Frame, G711};

/// 20 ms on their way.
#[derive(Clone, Copy)]
pub(super) struct Sound {
    pub(super) law: G711,
    pub(super) bytes: [u8; FRAME_SAMPLES],
}

impl Sound {
    pub(super) fn of(frame: &Frame, law: G711) -> Self {
        Self {
            law,
            bytes: law.encode(frame),
        }
    }

    pub(super) fn frame(&self) -> Frame {
        self.law.decode(&self.bytes)
    }

    /// The same in a law: the same bytes where it is this one.
    pub(super) fn in_law(&self, law: G711) -> Self {
        if self.law == law {
            *self
        } else {
            Self::of(&self.frame(), law)
        }
    }
}

/// What goes out on a media socket.
pub(super) enum Out {
    Sound([u8; FRAME_SAMPLES]),
    Event(String),
    /// Closes it with a code.
    Close(u16),
}

/// Sound that waits for the callee's clock.
#[derive(Default)]
pub(super) struct Inbox {
    frames: VecDeque<Sound>,
    /// What comes by a clock of its own is held back by a frame, as a telephone's jitter buffer
    /// does; what comes by ours needs none.
    unsteady: bool,
    playing: bool,
    waited: bool,
}

/// Frames that may wait; more means that the other clock runs faster than ours.
const WAITING: usize = 10;

impl Inbox {
    fn put(&mut self, sound: Sound, steady: bool) {
        self.unsteady = !steady;
        if self.frames.len() >= WAITING {
            self.frames.pop_front();
        }
        self.frames.push_back(sound);
    }

    pub(super) fn next(&mut self) -> Option<Sound> {
        if self.unsteady && !self.playing {
            if self.frames.len() < 2 && !self.waited {
                self.waited = !self.frames.is_empty();
                return None;
            }
            self.playing = true;
            self.waited = false;
        }
        let next = self.frames.pop_front();
        self.playing &= next.is_some();
        next
    }
}

/// Where the sound for a channel goes.
pub(super) enum Ear {
    /// Nobody listens.
    Deaf,
    Phone(Inbox),
    Socket(mpsc::Sender<Out>),
    Rtp(RtpOut),
}

impl fmt::Debug for Ear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deaf => "Deaf",
            Self::Phone(_) => "Phone",
            Self::Socket(_) => "Socket",
            Self::Rtp(_) => "Rtp",
        })
    }
}

/// The audio side of a channel.
#[derive(Debug)]
pub(super) struct Port {
    pub(super) law: G711,
    ear: Mutex<Ear>,
    others: Mutex<Vec<Weak<Self>>>,
}

impl Port {
    pub(super) fn new(law: G711, ear: Ear) -> Self {
        Self {
            law,
            ear: Mutex::new(ear),
            others: Mutex::default(),
        }
    }

    /// Who hears this channel from now on.
    pub(super) fn connect(&self, others: Vec<Weak<Self>>) {
        *lock(&self.others) = others;
    }

    pub(super) fn set_ear(&self, ear: Ear) {
        *lock(&self.ear) = ear;
    }

    /// The outside of this channel says something. `steady` says that it comes by our clock.
    pub(super) fn say(&self, sound: &Sound, steady: bool) {
        for other in lock(&self.others).iter().filter_map(Weak::upgrade) {
            other.hear(sound, steady);
        }
    }

    /// Something is said to the outside of this channel.
    pub(super) fn hear(&self, sound: &Sound, steady: bool) {
        match &mut *lock(&self.ear) {
            Ear::Deaf => {}
            Ear::Phone(inbox) => inbox.put(*sound, steady),
            Ear::Socket(out) => {
                // A full queue means a client that does not read: what it missed is gone.
                if out
                    .try_send(Out::Sound(sound.in_law(self.law).bytes))
                    .is_err()
                {
                    tracing::trace!("a frame found no way out");
                }
            }
            Ear::Rtp(rtp) => rtp.send(&sound.in_law(self.law).bytes),
        }
    }

    /// Sends an event to the media socket, if this channel has one.
    pub(super) fn tell(&self, event: String) {
        self.send(Out::Event(event));
    }

    pub(super) fn close(&self, code: u16) {
        self.send(Out::Close(code));
        self.set_ear(Ear::Deaf);
    }

    fn send(&self, out: Out) {
        if let Ear::Socket(socket) = &*lock(&self.ear)
            && socket.try_send(out).is_err()
        {
            tracing::trace!("a media event found no way out");
        }
    }

    /// The next 20 ms for the callee.
    pub(super) fn next_for_phone(&self) -> Option<Sound> {
        match &mut *lock(&self.ear) {
            Ear::Phone(inbox) => inbox.next(),
            Ear::Deaf | Ear::Socket(_) | Ear::Rtp(_) => None,
        }
    }
}

/// A panic elsewhere leaves queues that are still good.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
