//! Times and numbers that are drawn: the least, the most common and the most.

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};

use crate::rehearsal::random::Random;

/// A distribution of whole numbers, milliseconds for the most part. In a file a number (always
/// that), `[least, most]` (all alike) or `[least, typical, most]` (a triangle over the typical).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    least: u32,
    typical: Option<u32>,
    most: u32,
}

impl Spread {
    /// The same number each time.
    pub const fn always(number: u32) -> Self {
        Self {
            least: number,
            typical: None,
            most: number,
        }
    }

    /// Any number from `least` to `most`, both included, those near `typical` most often.
    pub const fn triangle(least: u32, typical: u32, most: u32) -> Self {
        Self {
            least,
            typical: Some(typical),
            most,
        }
    }

    /// The least that is drawn.
    pub fn least(self) -> u32 {
        self.least
    }

    /// The most that is drawn.
    pub fn most(self) -> u32 {
        self.most
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the number lies between two of 32 bits"
    )]
    pub(in crate::rehearsal) fn draw(self, random: &mut Random) -> u32 {
        let (least, most) = (f64::from(self.least), f64::from(self.most));
        let width = most - least;
        let share = random.share();
        let Some(typical) = self.typical.filter(|_| width > 0.0) else {
            return self.least + (share * (width + 1.0)) as u32;
        };
        let peak = (f64::from(typical) - least) / width;
        let place = if share < peak {
            (share * peak).sqrt()
        } else {
            1.0 - ((1.0 - share) * (1.0 - peak)).sqrt()
        };
        (least + place * width).round() as u32
    }

    /// The distribution of these numbers; `None` unless there are one to three in order.
    pub(in crate::rehearsal) fn of(numbers: &[u32]) -> Option<Self> {
        let spread = match *numbers {
            [number] => Self::always(number),
            [least, most] => Self {
                least,
                typical: None,
                most,
            },
            [least, typical, most] => Self::triangle(least, typical, most),
            _ => return None,
        };
        let middle = spread.typical.unwrap_or(spread.most);
        (spread.least <= middle && middle <= spread.most).then_some(spread)
    }
}

impl<'de> Deserialize<'de> for Spread {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;

        impl<'de> Visitor<'de> for Numbers {
            type Value = Spread;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number, [least, most] or [least, typical, most], in this order")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Spread, E> {
                u32::try_from(number)
                    .map(Spread::always)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Spread, A::Error> {
                let mut numbers = Vec::new();
                while let Some(number) = list.next_element()? {
                    numbers.push(number);
                }
                Spread::of(&numbers)
                    .ok_or_else(|| de::Error::invalid_value(de::Unexpected::Seq, &self))
            }
        }

        deserializer.deserialize_any(Numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(spread: Spread) -> Vec<u32> {
        let mut random = Random::named(3, "spread");
        (0..2_000).map(|_| spread.draw(&mut random)).collect()
    }

    #[test]
    fn one_number_is_always_drawn() {
        assert!(drawn(Spread::always(200)).iter().all(|ms| *ms == 200));
        assert!(drawn(Spread::triangle(5, 5, 5)).iter().all(|ms| *ms == 5));
    }

    #[test]
    fn two_numbers_are_drawn_evenly_from_end_to_end() {
        let drawn = drawn(Spread::of(&[1, 4]).unwrap());
        for number in 1..=4 {
            let count = drawn.iter().filter(|ms| **ms == number).count();
            assert!((430..570).contains(&count), "{number}: {count}");
        }
    }

    #[test]
    fn three_numbers_gather_around_the_typical() {
        let drawn = drawn(Spread::of(&[100, 300, 2_000]).unwrap());
        assert!(drawn.iter().all(|ms| (100..=2_000).contains(ms)));
        let near = drawn.iter().filter(|ms| **ms < 700).count();
        assert!((850..1_150).contains(&near), "{near}");
    }

    #[test]
    fn numbers_out_of_order_are_no_spread() {
        for numbers in [&[4, 1][..], &[1, 9, 4], &[], &[1, 2, 3, 4]] {
            assert_eq!(Spread::of(numbers), None, "{numbers:?}");
        }
    }
}
