//! `novodial amd tune`: what each threshold would cost, on labelled recordings.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::corpus::{self, Label};
use super::listen::{Heard, Sound, listen, talk};
use super::words::Word;
use crate::call::Answerer;
use crate::cli::AmdTuneArgs;
use crate::commands::Desk;
use crate::dialogue::Dialogue;
use crate::output::{Envelope, ExitStatus, Printer, Table, plain};
use crate::report::{Judged, Percentiles, Rate, TradeOff, best};

/// The thresholds of the table, in milliseconds.
const THRESHOLDS: [u32; 9] = [
    2_000, 2_500, 3_000, 3_500, 4_000, 4_500, 5_000, 6_000, 8_000,
];

/// A recording as calls hear it.
struct Listened {
    name: String,
    label: Label,
    sound: Sound,
    words: Vec<Word>,
}

/// The trade-off by sound alone, or by sound and words.
struct Measured {
    table: Vec<TradeOff>,
    best: Option<TradeOff>,
}

pub(super) fn tune(arguments: &AmdTuneArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let recordings = corpus::find(&desk.path(&arguments.folder))?
        .into_iter()
        .map(|(path, label)| corpus::read(&path, label).map(Listened::of))
        .collect::<anyhow::Result<Vec<Listened>>>()?;
    let dialogue = talk()?;
    let most = arguments.most_people / 100.0;
    let by_sound = Measured::of(&recordings, &dialogue, false, most);
    let written = recordings.iter().filter(|it| !it.words.is_empty()).count();
    let by_words = (written > 0).then(|| Measured::of(&recordings, &dialogue, true, most));
    let judged = by_words.as_ref().unwrap_or(&by_sound);
    let longest_ms = judged.best.as_ref().map_or(0, |best| best.longest_ms);
    let kinds = Kinds::of(&recordings, &dialogue, longest_ms);
    let people = recordings
        .iter()
        .filter(|it| !it.label.is_machine())
        .count();
    let machines = recordings.len() - people;
    let printer = desk.printer;
    if printer.is_json() {
        let body = json!({
            "people": people, "machines": machines, "with_words": written,
            "table": judged.json(), "best": judged.best.as_ref().map(row_json),
            "by_sound_alone": by_sound.json(), "best_by_sound_alone": by_sound.best.as_ref().map(row_json),
            "kinds": kinds.json(), "opening_ms": kinds.opening(), "mistaken": kinds.mistaken,
        });
        printer.json(&Envelope::new("novodial.amd_tune/1", body))?;
        return Ok(ExitStatus::Success);
    }
    printer.message(&format!(
        "{people} people, {machines} machines; what is said is known of {written}"
    ));
    if let Some(by_words) = &by_words {
        printer.data("By what is said and by sound:")?;
        by_words.print(printer)?;
        printer.data("\nBy sound alone:")?;
    }
    by_sound.print(printer)?;
    kinds.print(longest_ms, arguments.show, printer)?;
    if longest_ms > 0 {
        printer.data("\n[call]")?;
        printer.data(&format!("longest_hello = \"{longest_ms}ms\""))?;
    }
    Ok(ExitStatus::Success)
}

impl Listened {
    fn of(recording: corpus::Recording) -> Self {
        Self {
            sound: Sound::of(&recording.frames),
            name: recording.name,
            label: recording.label,
            words: recording.words,
        }
    }

    fn heard(&self, dialogue: &Dialogue, with_words: bool, longest_ms: u32) -> Heard {
        let words: &[Word] = if with_words { &self.words } else { &[] };
        listen(dialogue, &self.sound, words, longest_ms)
    }
}

/// Whether a machine is believed to have answered.
fn is_machine(heard: &Heard) -> bool {
    let verdict = heard.verdict.as_ref();
    verdict.is_some_and(|verdict| verdict.answerer.is_machine())
}

impl Measured {
    fn of(recordings: &[Listened], dialogue: &Dialogue, with_words: bool, most: f64) -> Self {
        let judge = |longest_ms: &u32| {
            let judged: Vec<Judged> = recordings
                .iter()
                .map(|one| {
                    let heard = one.heard(dialogue, with_words, *longest_ms);
                    Judged {
                        is_machine: one.label.is_machine(),
                        called_machine: is_machine(&heard),
                        after_ms: ms(heard.after_ms),
                    }
                })
                .collect();
            TradeOff::of(*longest_ms, &judged)
        };
        let table: Vec<TradeOff> = THRESHOLDS.iter().map(judge).collect();
        let best = best(&table, most);
        Self { table, best }
    }

    fn json(&self) -> Vec<Value> {
        self.table.iter().map(row_json).collect()
    }

    fn print(&self, printer: &Printer) -> anyhow::Result<()> {
        let mut rows = Table::new([
            "first words of",
            "people taken for machines",
            "machines taken for people",
            "median verdict",
        ]);
        for row in &self.table {
            rows.row([
                format!("{} ms and more", row.longest_ms),
                percent(row.people),
                percent(row.machines),
                format!("{} ms", row.median_ms),
            ]);
        }
        printer.table(rows)
    }
}

/// What becomes of each label at the best threshold, with all that is known.
#[derive(Default)]
struct Kinds {
    rows: BTreeMap<Label, Kind>,
    /// From the end of a person's first words to our first sound.
    openings_ms: Vec<i64>,
    /// A line for each recording that was taken for the other thing.
    mistaken: Vec<String>,
}

#[derive(Default)]
struct Kind {
    of: u64,
    mistaken: u64,
    /// Told to be just this.
    named: u64,
    after_ms: Vec<i64>,
}

impl Kinds {
    fn of(recordings: &[Listened], dialogue: &Dialogue, longest_ms: u32) -> Self {
        let mut kinds = Self::default();
        for one in recordings {
            let heard = one.heard(dialogue, true, longest_ms);
            let verdict = heard.verdict.as_ref();
            let row = kinds.rows.entry(one.label).or_default();
            row.of += 1;
            row.after_ms.push(ms(heard.after_ms));
            let named = verdict.map_or(Answerer::Human, |verdict| verdict.answerer);
            row.named += u64::from(one.label.0.is_none_or(|label| label == named));
            if one.label.is_machine() != is_machine(&heard) {
                row.mistaken += 1;
                let why = verdict.map_or("nothing was heard".to_owned(), |verdict| {
                    format!("{}, {}", named.as_str(), verdict.reason)
                });
                let said: Vec<&str> = one.words.iter().map(|word| word.text.as_str()).collect();
                let line = format!("{}: {why}: {}", one.name, said.join(" "));
                kinds.mistaken.push(line);
            }
            if !one.label.is_machine() {
                kinds.openings_ms.extend(heard.opened_ms.map(ms));
            }
        }
        kinds
    }

    /// How long people wait for our first sound once they have said hello.
    fn opening(&self) -> Option<i64> {
        Percentiles::of(self.openings_ms.clone()).map(|ranks| ranks.p50)
    }

    fn json(&self) -> Vec<Value> {
        let row = |(label, kind): (&Label, &Kind)| {
            json!({
                "label": label.as_str(), "recordings": kind.of, "mistaken": kind.mistaken,
                "named": kind.named, "median_verdict_ms": median(&kind.after_ms),
            })
        };
        self.rows.iter().map(row).collect()
    }

    fn print(&self, longest_ms: u32, show: bool, printer: &Printer) -> anyhow::Result<()> {
        printer.data(&format!("\nAt {longest_ms} ms:"))?;
        let mut rows = Table::new(["label", "mistaken", "named rightly", "median verdict"]);
        for (label, kind) in &self.rows {
            let of = |times| Rate { times, of: kind.of };
            rows.row([
                label.as_str().to_owned(),
                percent(of(kind.mistaken)),
                percent(of(kind.named)),
                median(&kind.after_ms).map_or("-".to_owned(), |ms| format!("{ms} ms")),
            ]);
        }
        printer.table(rows)?;
        if let Some(opening) = self.opening() {
            printer.data(&format!(
                "People hear us {opening} ms after their first words (median)."
            ))?;
        }
        for line in self.mistaken.iter().filter(|_| show) {
            printer.data(&plain(line))?;
        }
        Ok(())
    }
}

fn median(times: &[i64]) -> Option<i64> {
    Percentiles::of(times.to_vec()).map(|ranks| ranks.p50)
}

fn ms(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// `1.5 % (3 of 200)`
fn percent(rate: Rate) -> String {
    let share = rate.value().map(|share| format!("{:.1} %", share * 100.0));
    let share = share.unwrap_or_else(|| "-".to_owned());
    format!("{share} ({} of {})", rate.times, rate.of)
}

fn row_json(row: &TradeOff) -> Value {
    json!({
        "longest_hello_ms": row.longest_ms,
        "people_taken_for_machines": row.people.value(),
        "machines_taken_for_people": row.machines.value(),
        "median_verdict_ms": row.median_ms,
    })
}
