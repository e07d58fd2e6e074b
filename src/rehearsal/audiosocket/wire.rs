//! The messages of the `AudioSocket` protocol, and the call id in its UUID.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::audio::{FRAME_SAMPLES, Frame};

const HANG_UP: u8 = 0x00;
const UUID: u8 = 0x01;
const KEY: u8 = 0x03;
const AUDIO: u8 = 0x10;
/// Bytes of audio in a frame of ours.
const PAYLOAD: u16 = 320;

/// The UUID of a call: six bytes of caller id, four at random, six of the number dialled, each
/// with two decimal digits a byte and zeros in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CallId([u8; 16]);

impl CallId {
    pub(super) fn caller(self) -> String {
        digits(self.0.get(..6).unwrap_or_default())
    }

    pub(super) fn number(self) -> String {
        digits(self.0.get(10..).unwrap_or_default())
    }
}

fn digits(bytes: &[u8]) -> String {
    let text: String = bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0x0F])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect();
    text.trim_start_matches('0').to_owned()
}

/// What Asterisk sent.
#[derive(Debug)]
pub(super) enum Message {
    /// Some sound, any length.
    Audio(Vec<i16>),
    /// The other side pressed a key.
    Key(char),
    /// The other side hung up.
    HangUp,
}

/// Reads the first message, which must be the UUID.
pub(super) async fn read_call_id(socket: &mut (impl AsyncReadExt + Unpin)) -> io::Result<CallId> {
    let (kind, payload) = read_raw(socket).await?;
    let bytes = <[u8; 16]>::try_from(payload.as_slice());
    match (kind, bytes) {
        (UUID, Ok(bytes)) => Ok(CallId(bytes)),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!(
                "the first message has type {kind:#04x} and {} bytes",
                payload.len()
            ),
        )),
    }
}

/// Reads the next message that matters. The end of the socket is a hang-up.
pub(super) async fn read(socket: &mut (impl AsyncReadExt + Unpin)) -> Message {
    loop {
        match read_raw(socket).await {
            Ok((AUDIO, payload)) => {
                let pairs = payload.as_chunks::<2>().0;
                return Message::Audio(
                    pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect(),
                );
            }
            Ok((KEY, payload)) => {
                if let Some(key) = payload.first() {
                    return Message::Key(char::from(*key));
                }
            }
            // Errors are of no interest to a callee.
            Ok((kind, _)) if kind != HANG_UP => {}
            Ok(_) | Err(_) => return Message::HangUp,
        }
    }
}

async fn read_raw(socket: &mut (impl AsyncReadExt + Unpin)) -> io::Result<(u8, Vec<u8>)> {
    let kind = socket.read_u8().await?;
    let length = socket.read_u16().await?;
    let mut payload = vec![0; usize::from(length)];
    socket.read_exact(&mut payload).await?;
    Ok((kind, payload))
}

/// Sends 20 ms of sound, in one write: Asterisk drops the call when a message dribbles in.
pub(super) async fn write_frame(
    socket: &mut (impl AsyncWriteExt + Unpin),
    frame: &Frame,
) -> io::Result<()> {
    let mut message = Vec::with_capacity(3 + 2 * FRAME_SAMPLES);
    message.push(AUDIO);
    message.extend(PAYLOAD.to_be_bytes());
    message.extend(frame.0.iter().flat_map(|sample| sample.to_le_bytes()));
    socket.write_all(&message).await
}

/// Lets the call go: the dialplan goes on after its `AudioSocket`.
pub(super) async fn write_hang_up(socket: &mut (impl AsyncWriteExt + Unpin)) -> io::Result<()> {
    socket.write_all(&[HANG_UP, 0, 0]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_message_tells_who_rings_whom() {
        let mut bytes = vec![UUID, 0, 16];
        bytes.extend([0x07, 0x49, 0x50, 0x00, 0x01, 0x23, 1, 2, 3, 4]);
        bytes.extend([0x07, 0x90, 0x00, 0x00, 0x00, 0x09]);
        let id = read_call_id(&mut bytes.as_slice()).await.unwrap();
        assert_eq!(id.caller(), "74950000123");
        assert_eq!(id.number(), "79000000009");
    }

    #[tokio::test]
    async fn a_call_without_its_uuid_is_refused() {
        let bytes = [AUDIO, 0, 2, 1, 1];
        assert!(read_call_id(&mut bytes.as_slice()).await.is_err());
    }

    #[tokio::test]
    async fn a_key_is_told() {
        let mut line = &[KEY, 0, 1, b'5', HANG_UP, 0, 0][..];
        assert!(matches!(read(&mut line).await, Message::Key('5')));
        assert!(matches!(read(&mut line).await, Message::HangUp));
    }

    #[tokio::test]
    async fn a_frame_written_is_the_frame_read() {
        let frame = Frame(std::array::from_fn(|at| i16::try_from(at).unwrap() * -150));
        let mut bytes = Vec::new();
        write_frame(&mut bytes, &frame).await.unwrap();
        write_hang_up(&mut bytes).await.unwrap();
        let mut line = bytes.as_slice();
        match read(&mut line).await {
            Message::Audio(samples) => assert_eq!(samples, frame.0),
            Message::HangUp | Message::Key(_) => panic!("a frame was sent"),
        }
        assert!(matches!(read(&mut line).await, Message::HangUp));
    }
}
