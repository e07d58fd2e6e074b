//! The trade-off between people taken for machines and machines taken for people, threshold by
//! threshold, over labelled first words.

use super::Rate;

/// First words of a recording with its label, judged with one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// The label.
    pub is_machine: bool,
    /// The verdict.
    pub called_machine: bool,
    /// When it is known, in milliseconds after the greeting's onset.
    pub after_ms: i64,
}

/// What one threshold makes of all recordings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TradeOff {
    /// First words of this length and more are a machine's, in milliseconds.
    pub longest_ms: u32,
    /// People taken for machines.
    pub people: Rate,
    /// Machines taken for people.
    pub machines: Rate,
    /// The median of when the verdict is known, in milliseconds.
    pub median_ms: i64,
}

impl TradeOff {
    /// Adds up what was judged with a threshold.
    pub fn of(longest_ms: u32, judged: &[Judged]) -> Self {
        let wrong = |label: bool| {
            let of_label = judged.iter().filter(|one| one.is_machine == label);
            let wrong = of_label.clone().filter(|one| one.called_machine != label);
            Rate {
                times: wrong.count() as u64,
                of: of_label.count() as u64,
            }
        };
        let times = judged.iter().map(|one| one.after_ms).collect();
        Self {
            longest_ms,
            people: wrong(false),
            machines: wrong(true),
            median_ms: super::Percentiles::of(times).map_or(0, |ranks| ranks.p50),
        }
    }
}

/// The threshold that mistakes the fewest machines among those that mistake few enough people (a
/// share from 0 to 1); of equals the shortest. Where none does, the one that mistakes the fewest
/// people.
pub fn best(table: &[TradeOff], most_people: f64) -> Option<TradeOff> {
    let share = |rate: Rate| rate.value().unwrap_or(0.0);
    let fine = table.iter().filter(|row| share(row.people) <= most_people);
    let by_machines = fine.min_by(|a, b| {
        let order = share(a.machines).total_cmp(&share(b.machines));
        order.then(a.longest_ms.cmp(&b.longest_ms))
    });
    let by_people = || {
        table
            .iter()
            .min_by(|a, b| share(a.people).total_cmp(&share(b.people)))
    };
    by_machines.or_else(by_people).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(longest_ms: u32, lengths: &[(bool, i64)]) -> TradeOff {
        let judged: Vec<Judged> = lengths
            .iter()
            .map(|(is_machine, length)| {
                let called_machine = *length >= i64::from(longest_ms);
                let after_ms = if called_machine {
                    longest_ms.into()
                } else {
                    *length
                };
                Judged {
                    is_machine: *is_machine,
                    called_machine,
                    after_ms,
                }
            })
            .collect();
        TradeOff::of(longest_ms, &judged)
    }

    #[test]
    fn the_fewest_machines_are_mistaken_among_those_that_spare_people() {
        let words = [
            (false, 400),
            (false, 2_600),
            (true, 1_400),
            (true, 4_000),
            (true, 9_000),
        ];
        let table: Vec<_> = [1_000, 2_000, 3_000, 5_000]
            .map(|longest| row(longest, &words))
            .to_vec();
        assert_eq!(table[1].people, Rate { times: 1, of: 2 });
        assert_eq!(table[1].machines, Rate { times: 1, of: 3 });
        assert_eq!(best(&table, 0.02).unwrap().longest_ms, 3_000);
        assert_eq!(best(&table, 0.5).unwrap().longest_ms, 1_000);
        assert_eq!(table[2].median_ms, 2_600);
        assert_eq!(best(&[], 0.02), None);
    }
}
