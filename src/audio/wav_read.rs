//! Reads recordings: PCM and G.711 in RIFF/WAVE, of whatever rate, as telephone audio.

use super::{FRAME_SAMPLES, Frame, G711, SAMPLE_RATE};

/// What a file is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WavError {
    /// No RIFF/WAVE, or cut in its middle.
    #[error("no WAV file, or a damaged one")]
    NoWav,
    /// A form of sound that is not read.
    #[error("a WAV file of a kind that is not read")]
    Unknown,
}

/// How samples are written.
#[derive(Debug, Clone, Copy)]
enum Form {
    Pcm16,
    G711(G711),
}

#[derive(Debug, Clone, Copy)]
struct Format {
    form: Form,
    channels: usize,
    rate: u32,
}

/// The first channel of a WAV file as frames of 20 ms at 8 kHz; the last is filled up.
///
/// # Errors
/// The bytes are no WAV, or hold neither 16-bit PCM nor G.711.
pub fn frames_of(bytes: &[u8]) -> Result<Vec<Frame>, WavError> {
    let riff = bytes.get(..12).ok_or(WavError::NoWav)?;
    if !riff.starts_with(b"RIFF") || !riff.ends_with(b"WAVE") {
        return Err(WavError::NoWav);
    }
    let mut format = None;
    let mut rest = bytes.get(12..).unwrap_or_default();
    while let Some((head, body)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, size @ ..] = *head;
        let size = u32::from_le_bytes(size) as usize;
        // A recording that was cut off has no true size in its head.
        let chunk = body.get(..size).unwrap_or(body);
        match &[a, b, c, d] {
            b"fmt " => format = Some(format_of(chunk)?),
            b"data" => return samples(chunk, format.ok_or(WavError::NoWav)?),
            _ => {}
        }
        rest = body.get(size + size % 2..).unwrap_or_default();
    }
    Err(WavError::NoWav)
}

fn format_of(chunk: &[u8]) -> Result<Format, WavError> {
    let word = |at: usize| {
        let bytes = chunk.get(at..at + 2).and_then(<[u8]>::first_chunk);
        bytes
            .map(|bytes| u16::from_le_bytes(*bytes))
            .ok_or(WavError::NoWav)
    };
    let rate = chunk.get(4..8).and_then(<[u8]>::first_chunk);
    let rate = rate
        .map(|bytes| u32::from_le_bytes(*bytes))
        .ok_or(WavError::NoWav)?;
    // WAVE_FORMAT_EXTENSIBLE has the real tag in its sub-format.
    let tag = match word(0)? {
        0xFFFE => word(24)?,
        tag => tag,
    };
    let form = match (tag, word(14)?) {
        (1, 16) => Form::Pcm16,
        (6, 8) => Form::G711(G711::Alaw),
        (7, 8) => Form::G711(G711::Ulaw),
        _ => return Err(WavError::Unknown),
    };
    let channels = usize::from(word(2)?);
    if channels == 0 || rate == 0 {
        return Err(WavError::NoWav);
    }
    Ok(Format {
        form,
        channels,
        rate,
    })
}

fn samples(data: &[u8], format: Format) -> Result<Vec<Frame>, WavError> {
    let first: Vec<i16> = match format.form {
        Form::Pcm16 => {
            let (samples, _) = data.as_chunks::<2>();
            let all = samples.iter().map(|bytes| i16::from_le_bytes(*bytes));
            all.step_by(format.channels).collect()
        }
        Form::G711(law) => {
            let all = data.iter().map(|byte| law.expand(*byte));
            all.step_by(format.channels).collect()
        }
    };
    if first.is_empty() {
        return Err(WavError::NoWav);
    }
    let mut telephone = resampled(&first, format.rate);
    telephone.resize(telephone.len().next_multiple_of(FRAME_SAMPLES), 0);
    let (frames, _) = telephone.as_chunks::<FRAME_SAMPLES>();
    Ok(frames.iter().map(|samples| Frame(*samples)).collect())
}

/// At 8 kHz: of a higher rate each sample is the mean of those it stands for, which keeps what a
/// telephone would not carry from coming back as something else.
fn resampled(samples: &[i16], rate: u32) -> Vec<i16> {
    if rate == SAMPLE_RATE {
        return samples.to_vec();
    }
    let (rate, ours) = (u64::from(rate), u64::from(SAMPLE_RATE));
    let count = samples.len() as u64 * ours / rate;
    let at = |index: u64| usize::try_from(index * rate / ours).unwrap_or(usize::MAX);
    (0..count)
        .map(|index| {
            let from = at(index);
            let to = at(index + 1).max(from + 1).min(samples.len());
            let part = samples.get(from..to).unwrap_or_default();
            let sum: i64 = part.iter().map(|sample| i64::from(*sample)).sum();
            let mean = sum
                .checked_div(i64::try_from(part.len()).unwrap_or(1))
                .unwrap_or(0);
            i16::try_from(mean).unwrap_or(0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::wav;

    fn pcm(channels: u16, rate: u32, samples: &[i16]) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(b"RIFF\0\0\0\0WAVEfmt ");
        bytes.extend(16_u32.to_le_bytes());
        bytes.extend(1_u16.to_le_bytes());
        bytes.extend(channels.to_le_bytes());
        bytes.extend(rate.to_le_bytes());
        bytes.extend([0; 6]);
        bytes.extend(16_u16.to_le_bytes());
        bytes.extend(b"LIST\x03\0\0\0abc\0data");
        bytes.extend(u32::try_from(samples.len() * 2).unwrap().to_le_bytes());
        bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        bytes
    }

    #[test]
    fn a_recording_of_our_own_is_read_back_the_callees_side() {
        let callee: Vec<i16> = (0..320).collect();
        let bot = vec![-9; 320];
        let data = wav::interleave(&callee, &bot);
        let mut bytes = wav::header(u32::try_from(data.len()).unwrap()).to_vec();
        bytes.extend(&data);
        let frames = frames_of(&bytes).unwrap();
        assert_eq!(frames.len(), 2);
        assert_eq!((frames[0].0[7], frames[1].0[159]), (7, 319));
        // Killed in its middle: the sizes in the head are none.
        let mut cut = wav::header(0).to_vec();
        cut.extend(&data);
        assert_eq!(
            frames_of(&cut).err(),
            Some(WavError::NoWav),
            "no sound by its head"
        );
    }

    #[test]
    fn other_rates_become_that_of_the_telephone() {
        let slow: Vec<i16> = (0..1_600)
            .map(|n| if n % 2 == 0 { 100 } else { 300 })
            .collect();
        let frames = frames_of(&pcm(1, 16_000, &slow)).unwrap();
        assert_eq!(frames.len(), 5);
        assert!(frames.iter().all(|frame| frame.0.iter().all(|s| *s == 200)));
        assert_eq!(frames_of(&pcm(2, 22_050, &slow)).unwrap().len(), 2);
    }

    #[test]
    fn what_is_no_recording_is_told() {
        assert_eq!(frames_of(b"ID3"), Err(WavError::NoWav));
        assert_eq!(frames_of(&pcm(1, 8_000, &[])), Err(WavError::NoWav));
        let mut float = pcm(1, 8_000, &[1, 2]);
        float[20] = 3;
        assert_eq!(frames_of(&float), Err(WavError::Unknown));
    }
}
