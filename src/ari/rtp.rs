//! Audio over RTP external media, for an Asterisk whose WebSocket driver is missing or too old.
//!
//! There Asterisk paces nothing: one frame leaves every 20 ms by absolute deadlines, and a
//! process that stalled goes on from now instead of bursting. Marks and flush are ours. After a
//! pause the marker bit is set and the timestamp has gone on with the clock (RFC 3551 §4.1).

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use async_trait::async_trait;
use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep_until};

use super::media::{Heard, Mark, MediaTransport};
use super::model::ChannelSnapshot;
use super::packet::Packet;
use super::reorder::Reorder;
use super::{AriConfig, AriError};
use crate::audio::{FRAME_SAMPLES, G711};

const FRAME: Duration = Duration::from_millis(20);
const FRAME_TICKS: u32 = 160;
/// Later than this the missed frames are not caught up with.
const STALL: Duration = Duration::from_millis(60);
/// How long packets wait for a missing one.
const REORDER_WAIT: Duration = Duration::from_millis(40);
const DATAGRAM: usize = 2048;

/// A socket that Asterisk can be told of.
pub(super) struct BoundRtp {
    socket: UdpSocket,
    address: SocketAddr,
}

/// One leg.
pub(super) struct RtpMedia {
    socket: UdpSocket,
    payload_type: u8,
    buffer: Box<[u8; DATAGRAM]>,
    reorder: Reorder,
    give_up_at: Option<Instant>,
    queue: VecDeque<Queued>,
    sender: Sender,
}

/// What waits to be sent: a frame, or the mark behind one.
#[derive(Debug)]
enum Queued {
    Frame(Vec<u8>),
    Mark(Mark),
}

impl RtpMedia {
    /// Opens a socket at the address where Asterisk finds us.
    pub(super) async fn bind(config: &AriConfig) -> Result<BoundRtp, AriError> {
        let ip = local_address(config)
            .await
            .map_err(|error| media_error(&error))?;
        let socket = UdpSocket::bind((ip, 0))
            .await
            .map_err(|error| media_error(&error))?;
        let address = socket.local_addr().map_err(|error| media_error(&error))?;
        Ok(BoundRtp { socket, address })
    }
}

/// The address from which this machine reaches Asterisk.
async fn local_address(config: &AriConfig) -> std::io::Result<IpAddr> {
    let host = config
        .url
        .host_str()
        .unwrap_or_default()
        .trim_matches(['[', ']']);
    let port = config.url.port_or_known_default().unwrap_or(80);
    let address = tokio::net::lookup_host((host, port)).await?.next();
    let address = address.ok_or_else(|| std::io::Error::other("the host has no address"))?;
    let any: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    // Connecting a datagram socket sends nothing; it only asks for the route.
    let probe = UdpSocket::bind((any, 0)).await?;
    probe.connect(address).await?;
    Ok(probe.local_addr()?.ip())
}

impl BoundRtp {
    /// What Asterisk is told to send to.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Connects to the media channel that Asterisk has just made.
    pub(super) async fn connect(
        self,
        channel: &ChannelSnapshot,
        codec: G711,
    ) -> Result<RtpMedia, AriError> {
        let ip = channel
            .variable("UNICASTRTP_LOCAL_ADDRESS")
            .and_then(|ip| ip.parse::<IpAddr>().ok());
        let port = channel
            .variable("UNICASTRTP_LOCAL_PORT")
            .and_then(|port| port.parse::<u16>().ok());
        let (Some(ip), Some(port)) = (ip, port) else {
            return Err(AriError::Media {
                cause: "Asterisk named no RTP address for the audio".to_owned(),
            });
        };
        // From now on only packets of this sender are received.
        self.socket
            .connect((ip, port))
            .await
            .map_err(|error| media_error(&error))?;
        Ok(RtpMedia {
            socket: self.socket,
            payload_type: codec.payload_type(),
            buffer: Box::new([0; DATAGRAM]),
            reorder: Reorder::default(),
            give_up_at: None,
            queue: VecDeque::new(),
            sender: Sender::new(codec.payload_type(), u32::from(self.address.port())),
        })
    }
}

#[async_trait]
impl MediaTransport for RtpMedia {
    fn name(&self) -> &'static str {
        "rtp"
    }

    fn send(&mut self, mark: Option<Mark>, audio: Vec<u8>) -> Result<(), String> {
        let frames = audio
            .chunks(FRAME_SAMPLES)
            .map(|frame| Queued::Frame(frame.to_vec()));
        self.queue.extend(frames);
        self.queue.extend(mark.map(Queued::Mark));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), String> {
        self.queue.clear();
        Ok(())
    }

    async fn next(&mut self) -> Heard {
        loop {
            if let Some(Queued::Mark(mark)) = self.queue.front() {
                let mark = *mark;
                self.queue.pop_front();
                return Heard::Played(mark);
            }
            if let Some(audio) = self.reorder.pop() {
                return Heard::Audio(audio);
            }
            let due = (!self.queue.is_empty()).then(|| self.sender.due(Instant::now()));
            let give_up = self.give_up_at.filter(|_| self.reorder.is_waiting());
            tokio::select! {
                biased;
                () = at(due) => self.send_frame(),
                () = at(give_up) => self.reorder.give_up(),
                received = self.socket.recv(self.buffer.as_mut_slice()) => match received {
                    Ok(length) => self.receive(length),
                    // A refused packet says that Asterisk closed its side; its event follows.
                    Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                        tracing::trace!("nobody takes the RTP");
                    }
                    Err(error) => return Heard::Closed(error.to_string()),
                },
            }
        }
    }

    async fn close(&mut self) {
        self.queue.clear();
    }
}

impl RtpMedia {
    fn send_frame(&mut self) {
        let Some(Queued::Frame(frame)) = self.queue.pop_front() else {
            return;
        };
        let packet = self.sender.packet(Instant::now(), frame);
        if let Err(error) = self.socket.try_send(&packet.write()) {
            tracing::debug!(%error, "a frame was not sent");
        }
    }

    fn receive(&mut self, length: usize) {
        let packet = self.buffer.get(..length).and_then(Packet::parse);
        // Comfort noise and key presses come with other types; Asterisk tells keys as events.
        let Some(packet) = packet.filter(|packet| packet.payload_type == self.payload_type) else {
            return;
        };
        self.reorder.push(packet);
        self.give_up_at = Some(Instant::now() + REORDER_WAIT);
    }
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

/// The clock and the counters of what we send.
#[derive(Debug)]
struct Sender {
    payload_type: u8,
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    /// When the frame after the last one is due, and when the last one was.
    next: Option<Instant>,
}

impl Sender {
    fn new(payload_type: u8, seed: u32) -> Self {
        // Unlike for its neighbours is all that is asked of them on a private path.
        let ssrc = seed.wrapping_mul(0x9E37_79B9) | 1;
        Self {
            payload_type,
            ssrc,
            sequence: 0,
            timestamp: ssrc >> 3,
            next: None,
        }
    }

    /// When the next frame is to leave, if there is one.
    fn due(&self, now: Instant) -> Instant {
        self.next.unwrap_or(now)
    }

    /// Makes the packet of the frame that leaves now.
    fn packet(&mut self, now: Instant, payload: Vec<u8>) -> Packet {
        let due = self.due(now);
        let late = now.saturating_duration_since(due);
        let paused = self.next.is_none() || late > STALL;
        if paused && self.next.is_some() {
            let frames = u32::try_from(late.as_millis() / FRAME.as_millis()).unwrap_or(u32::MAX);
            self.timestamp = self
                .timestamp
                .wrapping_add(frames.wrapping_mul(FRAME_TICKS));
        }
        let packet = Packet {
            payload_type: self.payload_type,
            marker: paused,
            sequence: self.sequence,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
            payload,
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(FRAME_TICKS);
        self.next = Some(if paused { now } else { due } + FRAME);
        packet
    }
}

fn media_error(error: &std::io::Error) -> AriError {
    AriError::Media {
        cause: format!("the RTP socket: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(sender: &mut Sender, now: Instant) -> Packet {
        sender.packet(now, vec![0; FRAME_SAMPLES])
    }

    #[tokio::test]
    async fn frames_leave_by_absolute_deadlines_whatever_the_jitter() {
        let mut sender = Sender::new(8, 1);
        let start = Instant::now();
        let first = send(&mut sender, start);
        assert!(first.marker);
        for n in 1..50_u32 {
            let due = start + FRAME * n;
            assert_eq!(sender.due(start), due);
            // Woken a few milliseconds late, as timers do.
            let packet = send(&mut sender, due + Duration::from_millis(u64::from(n % 7)));
            assert!(!packet.marker);
            assert_eq!(u32::from(packet.sequence.wrapping_sub(first.sequence)), n);
            assert_eq!(packet.timestamp.wrapping_sub(first.timestamp), n * 160);
        }
    }

    #[tokio::test]
    async fn after_a_pause_the_marker_is_set_and_the_timestamp_has_gone_on() {
        let mut sender = Sender::new(8, 1);
        let start = Instant::now();
        let first = send(&mut sender, start);
        let later = start + Duration::from_secs(1);
        let second = send(&mut sender, later);
        assert!(second.marker);
        assert_eq!(second.sequence.wrapping_sub(first.sequence), 1);
        assert_eq!(second.timestamp.wrapping_sub(first.timestamp), 50 * 160);
        assert_eq!(sender.due(later), later + FRAME, "no burst");
    }
}
