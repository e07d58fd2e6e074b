//! The weights of the network, turned so that each input's row lies in one piece.

use std::sync::LazyLock;

/// Bins of a spectrum.
pub(super) const BINS: usize = 65;
/// Width of the LSTM cell.
pub(super) const HIDDEN: usize = 128;

const BYTES: &[u8] = include_bytes!("weights.f16");

/// Read on first use, once.
pub(super) static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| Reader(BYTES).read());

type Kernel<const OUT: usize> = [Vec<[f32; OUT]>; 3];

/// All weights. A row holds what one input contributes to every output.
#[derive(Debug)]
pub(super) struct Weights {
    pub(super) spectrum: Vec<[f32; 2 * BINS]>,
    pub(super) conv1: Kernel<128>,
    pub(super) bias1: [f32; 128],
    pub(super) conv2: Kernel<64>,
    pub(super) bias2: [f32; 64],
    pub(super) conv3: Kernel<64>,
    pub(super) bias3: [f32; 64],
    pub(super) conv4: Kernel<HIDDEN>,
    pub(super) bias4: [f32; HIDDEN],
    pub(super) from_input: Vec<[f32; 4 * HIDDEN]>,
    pub(super) from_hidden: Vec<[f32; 4 * HIDDEN]>,
    pub(super) gate_bias: [f32; 4 * HIDDEN],
    pub(super) last: [f32; HIDDEN],
    pub(super) last_bias: f32,
}

/// Takes tensors from the front of the bytes.
struct Reader(&'static [u8]);

impl Reader {
    fn read(mut self) -> Weights {
        let spectrum = self.rows::<{ 2 * BINS }>(128);
        let (conv1, bias1) = (self.kernel::<128>(BINS), self.vector());
        let (conv2, bias2) = (self.kernel::<64>(128), self.vector());
        let (conv3, bias3) = (self.kernel::<64>(64), self.vector());
        let (conv4, bias4) = (self.kernel::<HIDDEN>(64), self.vector());
        let from_input = self.rows::<{ 4 * HIDDEN }>(HIDDEN);
        let from_hidden = self.rows::<{ 4 * HIDDEN }>(HIDDEN);
        let (input_bias, hidden_bias) = (self.vector(), self.vector::<{ 4 * HIDDEN }>());
        let mut gate_bias: [f32; 4 * HIDDEN] = input_bias;
        gate_bias
            .iter_mut()
            .zip(hidden_bias)
            .for_each(|(sum, bias)| *sum += bias);
        let last = self.vector();
        Weights {
            spectrum,
            conv1,
            bias1,
            conv2,
            bias2,
            conv3,
            bias3,
            conv4,
            bias4,
            from_input,
            from_hidden,
            gate_bias,
            last,
            last_bias: self.number(),
        }
    }

    /// A half-precision number (IEEE 754 binary16). A test reads the file to its end, so that
    /// there always is one.
    fn number(&mut self) -> f32 {
        let Some((bytes, rest)) = self.0.split_first_chunk::<2>() else {
            return 0.0;
        };
        self.0 = rest;
        half(u16::from_le_bytes(*bytes))
    }

    fn vector<const N: usize>(&mut self) -> [f32; N] {
        std::array::from_fn(|_| self.number())
    }

    /// A matrix stored by outputs, turned to rows by input.
    fn rows<const OUT: usize>(&mut self, inputs: usize) -> Vec<[f32; OUT]> {
        let mut rows = vec![[0.0; OUT]; inputs];
        for output in 0..OUT {
            for row in &mut rows {
                if let Some(weight) = row.get_mut(output) {
                    *weight = self.number();
                }
            }
        }
        rows
    }

    /// A convolution of width three, stored by output, input and tap.
    fn kernel<const OUT: usize>(&mut self, inputs: usize) -> Kernel<OUT> {
        let mut taps: Kernel<OUT> = std::array::from_fn(|_| vec![[0.0; OUT]; inputs]);
        for output in 0..OUT {
            for input in 0..inputs {
                for tap in &mut taps {
                    if let Some(weight) = tap.get_mut(input).and_then(|row| row.get_mut(output)) {
                        *weight = self.number();
                    }
                }
            }
        }
        taps
    }
}

/// Widens binary16 to binary32.
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from((bits >> 10) & 0x1F);
    let fraction = f32::from(bits & 0x3FF) / 1024.0;
    match exponent {
        0 => sign * fraction * 2.0_f32.powi(-14),
        _ => sign * (1.0 + fraction) * 2.0_f32.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_exactly_the_weights() {
        let mut reader = Reader(BYTES);
        let numbers = BYTES.len() / 2;
        for _ in 0..numbers {
            reader.number();
        }
        assert!(reader.0.is_empty());
        let convolutions =
            128 * BINS * 3 + 128 + 64 * 128 * 3 + 64 + 64 * 64 * 3 + 64 + 128 * 64 * 3 + 128;
        let cell = 2 * 512 * 128 + 2 * 512;
        assert_eq!(numbers, 130 * 128 + convolutions + cell + 128 + 1);
    }

    #[test]
    fn halves_widen_exactly() {
        for (bits, value) in [
            (0x3C00, 1.0),
            (0xC000, -2.0),
            (0x3555, 0.333_251_95),
            (0x0001, 5.960_464_5e-8),
            (0, 0.0),
        ] {
            assert!((half(bits) - value).abs() < 1e-12, "{bits:x}");
        }
    }
}
