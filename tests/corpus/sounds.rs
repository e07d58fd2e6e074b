//! Sound: silence, tones, tunes and the places from which people telephone.

use std::f32::consts::TAU;

use novodial::audio::{G711, hold_music};

use super::speech::Speaker;

const RATE: u32 = 8_000;
/// The loudest sample of speech and of tones.
const PEAK: f32 = 9_000.0;
/// What is read out on the television.
const NEWS: &str = "В эфире новости. Сегодня в Москве прошло заседание правительства, на котором \
    обсудили подготовку к зиме, ремонт дорог и цены на топливо. Подробности в нашем репортаже.";
const CHATTER: [&str; 3] = [
    "ну и я ему говорю, давай поедем завтра на дачу, а он мне отвечает, что машина сломалась",
    "девушка, а можно мне ещё кофе и счёт, пожалуйста, мы уже скоро уходим",
    "подвинься немного, тут совсем нет места, и дай мне вон ту коробку, которая слева",
];

/// What is heard behind a speaker.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Behind {
    Television,
    Music,
}

/// Samples at 8 kHz.
#[derive(Default, Clone)]
pub(super) struct Sound(Vec<f32>);

impl Sound {
    pub(super) fn silence(&mut self, ms: u32) {
        self.0.extend(std::iter::repeat_n(0.0, samples(ms)));
    }

    pub(super) fn length_ms(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX) * 1_000 / RATE
    }

    /// Adds speech, brought to the usual peak.
    pub(super) fn add(&mut self, speech: &[i16]) {
        let loudest = speech.iter().map(|it| it.unsigned_abs()).max().unwrap_or(1);
        let gain = PEAK / f32::from(loudest.max(1));
        self.0
            .extend(speech.iter().map(|sample| f32::from(*sample) * gain));
    }

    pub(super) fn tone(&mut self, hz: f32, ms: u32) {
        self.made(ms, |t| 0.6 * PEAK * (TAU * hz * t).sin());
    }

    fn made(&mut self, ms: u32, mut of: impl FnMut(f32) -> f32) {
        self.0
            .extend((0..samples(ms)).map(|n| of(n as f32 / RATE as f32)));
    }

    /// Brings the telephone to one of six places.
    pub(super) fn place(&mut self, which: usize, speaker: &Speaker) -> anyhow::Result<()> {
        let mut noise = Noise(u32::try_from(which + self.0.len()).unwrap_or(1) | 1);
        match which {
            1 => self.mix(|_| 70.0 * noise.next()),
            2 => {
                // A street: low, and louder when a car passes.
                let mut low = 0.0;
                self.mix(|t| {
                    low = 0.97 * low + noise.next();
                    let car = 0.6 + 0.4 * (TAU * 0.23 * t).sin();
                    55.0 * car * low
                });
            }
            3 => self.mix(|t| {
                let hum = |hz: f32| (TAU * hz * t).sin();
                120.0 * hum(50.0) + 90.0 * hum(150.0) + 40.0 * hum(250.0)
            }),
            4 => self.babble(speaker)?,
            5 => self.scale(0.2),
            _ => {}
        }
        Ok(())
    }

    /// Several people talk in the same room, 26 dB softer together.
    fn babble(&mut self, speaker: &Speaker) -> anyhow::Result<()> {
        let mut together = vec![0.0; self.0.len()];
        for (at, text) in CHATTER.iter().enumerate() {
            let said = speaker.say(text)?;
            for (n, sample) in together.iter_mut().enumerate() {
                *sample += f32::from(said[(n + at * 7_000) % said.len()]) / f32::from(i16::MAX);
            }
        }
        self.over(&together, 0.05);
        Ok(())
    }

    /// A television or a radio beside the speaker, some 18 dB softer.
    pub(super) fn behind(&mut self, what: Behind, speaker: &Speaker) -> anyhow::Result<()> {
        let samples: Vec<i16> = match what {
            Behind::Television => speaker.say(NEWS)?,
            Behind::Music => hold_music(G711::Alaw)
                .iter()
                .map(|byte| G711::Alaw.expand(*byte))
                .collect(),
        };
        let round: Vec<f32> = samples.iter().map(|it| f32::from(*it)).collect();
        let whole: Vec<f32> = (0..self.0.len()).map(|n| round[n % round.len()]).collect();
        self.over(&whole, 0.125);
        Ok(())
    }

    /// Adds another sound whose peak is so large a part of a speaker's.
    fn over(&mut self, other: &[f32], part: f32) {
        let loudest = other.iter().fold(1e-6_f32, |most, it| most.max(it.abs()));
        for (sample, more) in self.0.iter_mut().zip(other) {
            *sample += more * part * PEAK / loudest;
        }
    }

    fn mix(&mut self, mut of: impl FnMut(f32) -> f32) {
        for (n, sample) in self.0.iter_mut().enumerate() {
            *sample += of(n as f32 / RATE as f32);
        }
    }

    fn scale(&mut self, by: f32) {
        for sample in &mut self.0 {
            *sample *= by;
        }
    }

    /// A WAV file of 16 bits.
    pub(super) fn wav(&self) -> Vec<u8> {
        let size = u32::try_from(self.0.len() * 2).unwrap_or(u32::MAX);
        let mut bytes = Vec::with_capacity(self.0.len() * 2 + 44);
        bytes.extend(b"RIFF");
        bytes.extend((36 + size).to_le_bytes());
        bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        bytes.extend(RATE.to_le_bytes());
        bytes.extend((RATE * 2).to_le_bytes());
        bytes.extend(b"\x02\0\x10\0data");
        bytes.extend(size.to_le_bytes());
        for sample in &self.0 {
            let sample = *sample as i16;
            bytes.extend(sample.to_le_bytes());
        }
        bytes
    }
}

/// Faxes, tunes and the tones of the network: label, name, sound.
pub(super) fn without_words(held: bool) -> Vec<(&'static str, String, Sound)> {
    let mut all = Vec::new();
    let begun = || {
        let mut sound = Sound::default();
        sound.silence(if held { 500 } else { 300 });
        sound
    };
    for (at, part) in [1.0, 0.4].into_iter().enumerate() {
        // A plain answering tone (T.30 CED), and one of a fast fax (V.8 ANSam).
        let mut plain = begun();
        plain.tone(2_100.0, 2_800);
        plain.scale(part);
        let mut fast = begun();
        fast.made(3_300, |t| {
            let turned = if ((t / 0.45) as u32).is_multiple_of(2) {
                1.0
            } else {
                -1.0
            };
            let swell = 1.0 + 0.2 * (TAU * 15.0 * t).sin();
            0.5 * PEAK * turned * swell * (TAU * 2_100.0 * t).sin()
        });
        fast.scale(part);
        for (name, mut sound) in [("plain", plain), ("fast", fast)] {
            sound.silence(3_000);
            all.push(("fax", format!("{name}{at}"), sound));
        }
    }
    for tune in 0..4 {
        let mut sound = begun();
        play(tune, held, &mut sound);
        all.push(("music", format!("tune{tune}"), sound));
    }
    let mut information = begun();
    for hz in [950.0, 1_400.0, 1_800.0] {
        information.tone(hz, 330);
    }
    information.silence(4_000);
    all.push(("announcement", "information".to_owned(), information));
    all
}

/// Twelve seconds of a tune: chords, a broken chord, a melody, or a band with a drum.
fn play(tune: u32, held: bool, sound: &mut Sound) {
    let root = if held { 233.1 } else { 196.0 };
    let beat = if held { 0.42 } else { 0.5 };
    let steps: [i32; 8] = if held {
        [0, 3, 7, 10, 12, 7, 5, 3]
    } else {
        [0, 4, 7, 12, 9, 5, 7, 2]
    };
    let mut noise = Noise(7 + tune);
    sound.made(12_000, |t| {
        let place = (t / beat) as usize;
        let since = t % beat;
        let note = |step: i32| root * 2.0_f32.powf(step as f32 / 12.0);
        let fall = (-2.5 * since).exp();
        let voice = |hz: f32| {
            let wave = |k: f32| (TAU * hz * k * t).sin() / k;
            wave(1.0) + 0.6 * wave(2.0) + 0.4 * wave(3.0) + 0.2 * wave(4.0)
        };
        let chord = steps[place / 4 % 8];
        let triad = |by: [i32; 3]| by.map(|step| voice(note(chord + step))).iter().sum::<f32>();
        let value = match tune {
            0 => 0.25 * triad([0, 4, 7]),
            1 => 0.6 * fall * voice(note(steps[place % 8])),
            2 => 0.5 * voice(note(steps[place * 3 % 8] + 12)) + 0.3 * voice(note(chord - 12)),
            _ => {
                let drum = if place % 2 == 1 {
                    0.5 * (-25.0 * since).exp()
                } else {
                    0.0
                };
                0.25 * triad([0, 3, 7]) * fall + drum * noise.next()
            }
        };
        0.5 * PEAK * value
    });
}

/// Noise between -1 and 1.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as f32 / 8_388_608.0 - 1.0
    }
}

fn samples(ms: u32) -> usize {
    (ms * RATE / 1_000) as usize
}
