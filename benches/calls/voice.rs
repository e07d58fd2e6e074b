//! The voice detector against plain energy, on telephone sound: `-- voice DIR`.
//!
//! `DIR` is half a corpus of `cargo run --example greetings`. Speech is what its people say; all
//! other sounds are made here. Everything passes A-law first. Printed is how much of each sound is
//! taken for speech, and how much of the speech is found, frame by frame.

use std::f32::consts::TAU;
use std::ops::Range;
use std::path::{Path, PathBuf};

use novodial::audio::{
    FRAME_SAMPLES, Frame, G711, VoiceDetector, hold_music, level_dbfs, wav_read,
};

/// Energy alone: louder than this is speech.
const ENERGY_DBFS: f32 = -40.0;
/// A frame in which somebody speaks and that is louder than this is speech.
const SPEECH_DBFS: f32 = -35.0;
/// Frames of each sound that is made: 20 s.
const FRAMES: usize = 1_000;

/// Prints a line for each sound.
pub(super) fn measure(corpus: &str) {
    println!("sound | taken for speech by energy | by the detector");
    for (name, frames) in sounds() {
        let energy = share(frames.iter().map(is_energetic));
        let mut detector = VoiceDetector::default();
        let found = share(frames.iter().map(|frame| {
            detector.push(frame);
            detector.is_speaking()
        }));
        println!("{name:<28} | {energy:>5.1} % | {found:>5.1} %");
    }
    for (name, noise) in [("speech", 0.0), ("speech in a street", 250.0)] {
        let (mut energy, mut found, mut of) = (0, 0, 0);
        for (recorded, spoken) in people(corpus) {
            let mut random = Random(7);
            let mut detector = VoiceDetector::default();
            for (at, frame) in recorded.iter().enumerate() {
                let noisy = carried(&std::array::from_fn(|n| {
                    f32::from(frame.0[n]) + noise * random.next()
                }));
                detector.push(&noisy);
                let said = spoken.iter().any(|words| words.contains(&at));
                if said && level_dbfs(frame) > SPEECH_DBFS {
                    of += 1;
                    energy += usize::from(is_energetic(&noisy));
                    found += usize::from(detector.is_speaking());
                }
            }
        }
        let percent = |count: usize| count as f32 / of.max(1) as f32 * 100.0;
        println!(
            "{name:<28} | {:>5.1} % | {:>5.1} %",
            percent(energy),
            percent(found)
        );
    }
}

fn is_energetic(frame: &Frame) -> bool {
    level_dbfs(frame) > ENERGY_DBFS
}

fn share(frames: impl Iterator<Item = bool>) -> f32 {
    let frames: Vec<bool> = frames.collect();
    let speech = frames.iter().filter(|speech| **speech).count();
    speech as f32 / frames.len() as f32 * 100.0
}

/// What people of the corpus say, and in which frames.
fn people(corpus: &str) -> Vec<(Vec<Frame>, Vec<Range<usize>>)> {
    let folder = Path::new(corpus).join("human");
    let files = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "wav"));
    paths.sort();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "labels are of some seconds"
    )]
    let frame = |seconds: &str| (seconds.parse::<f32>().unwrap() * 50.0) as usize;
    let read = |path: &PathBuf| {
        let frames = wav_read::frames_of(&std::fs::read(path).unwrap()).unwrap();
        let labels = std::fs::read_to_string(path.with_extension("txt")).unwrap_or_default();
        let spans = labels.lines().map(|line| {
            let mut fields = line.split('\t');
            frame(fields.next().unwrap())..frame(fields.next().unwrap())
        });
        (frames, spans.collect())
    };
    paths.iter().map(read).collect()
}

/// Sounds of a telephone line that are no speech.
fn sounds() -> Vec<(&'static str, Vec<Frame>)> {
    let tones = |hertz: &'static [f32], on: usize, off: usize| {
        made(move |frame, t| {
            let sounds = frame % (on + off) < on;
            let sum: f32 = hertz.iter().map(|hz| (TAU * hz * t).sin()).sum();
            if sounds { 5_000.0 * sum } else { 0.0 }
        })
    };
    let (music, _) = hold_music(G711::Alaw).as_chunks::<FRAME_SAMPLES>();
    let music: Vec<Frame> = music.iter().map(|bytes| G711::Alaw.decode(bytes)).collect();
    let mut steady = Random(1);
    let mut bursts = Random(2);
    vec![
        ("silence", made(|_, _| 0.0)),
        (
            "steady noise, -46 dBFS",
            made(move |_, _| 280.0 * steady.next()),
        ),
        (
            "bursts of noise, 0.3 s in 1 s",
            made(move |frame, _| {
                let noise = bursts.next();
                if frame % 50 < 15 {
                    3_000.0 * noise
                } else {
                    0.0
                }
            }),
        ),
        ("ring-back, 425 Hz", tones(&[425.0], 50, 200)),
        ("busy, 425 Hz", tones(&[425.0], 17, 17)),
        ("special information", tones(&[950.0], 16, 2)),
        ("keys", tones(&[770.0, 1_336.0], 5, 10)),
        ("fax, 2100 Hz", tones(&[2_100.0], 150, 50)),
        ("music", music),
    ]
}

fn made(mut sample: impl FnMut(usize, f32) -> f32) -> Vec<Frame> {
    (0..FRAMES)
        .map(|frame| {
            carried(&std::array::from_fn(|n| {
                sample(frame, (frame * FRAME_SAMPLES + n) as f32 / 8_000.0)
            }))
        })
        .collect()
}

/// What A-law leaves of it.
fn carried(samples: &[f32; FRAME_SAMPLES]) -> Frame {
    #[expect(clippy::cast_possible_truncation, reason = "the sounds stay in range")]
    let frame = Frame(samples.map(|sample| sample as i16));
    G711::Alaw.decode(&G711::Alaw.encode(&frame))
}

/// Noise between -1 and 1.
struct Random(u32);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / 8_388_608.0 - 1.0
    }
}
