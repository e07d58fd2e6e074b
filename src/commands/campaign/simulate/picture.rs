//! The days of a simulation as an SVG: how many are left, as a line in its band, and the talks of
//! each day as bars. No fonts, scripts or files from anywhere; readable on white and on black.

use std::fmt::Write as _;

use crate::campaign::simulation::{Bands, DayBands};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 360.0;
/// The ground on which is drawn: its left, right, top and bottom.
const LEFT: f64 = 70.0;
const RIGHT: f64 = WIDTH - 70.0;
const TOP: f64 = 46.0;
const BOTTOM: f64 = HEIGHT - 44.0;
/// At most so many days get a date beneath.
const DATES: usize = 10;

/// Draws the days.
pub(super) fn svg(bands: &Bands, leads: u32) -> String {
    let mut out = String::new();
    let picture = Picture {
        days: &bands.days,
        most_left: round_up(f64::from(leads)),
        most_talks: round_up(most_talks(&bands.days)),
    };
    // Writing to a string cannot fail.
    if picture.draw(&mut out).is_err() {
        out.clear();
    }
    out
}

struct Picture<'a> {
    days: &'a [DayBands],
    most_left: f64,
    most_talks: f64,
}

impl Picture<'_> {
    fn draw(&self, out: &mut String) -> std::fmt::Result {
        write!(
            out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">
<title>How the list would be exhausted</title>
<style>text{{fill:#808080}}.l{{fill:#2f7fd1}}.t{{fill:#c77a15}}</style>
"#
        )?;
        self.axes(out)?;
        self.talks(out)?;
        self.left(out)?;
        writeln!(
            out,
            r#"<text x="{LEFT}" y="24" class="l">leads left at the end of the day</text>
<text x="{RIGHT}" y="24" class="t" text-anchor="end">talks of the day</text>
</svg>"#
        )
    }

    /// Lines at quarters, with both scales.
    fn axes(&self, out: &mut String) -> std::fmt::Result {
        for quarter in 0..=4 {
            let share = f64::from(quarter) / 4.0;
            let y = BOTTOM - (BOTTOM - TOP) * share;
            writeln!(
                out,
                r##"<path d="M{LEFT} {y:.1}H{RIGHT}" stroke="#808080" stroke-opacity=".3"/>
<text x="{:.1}" y="{:.1}" text-anchor="end">{:.0}</text><text x="{:.1}" y="{:.1}">{:.0}</text>"##,
                LEFT - 8.0,
                y + 4.0,
                self.most_left * share,
                RIGHT + 8.0,
                y + 4.0,
                self.most_talks * share
            )?;
        }
        let every = self.days.len().div_ceil(DATES).max(1);
        for (place, day) in self.days.iter().enumerate().step_by(every) {
            let (x, y) = (self.middle(place), BOTTOM + 20.0);
            let date = day.date.strftime("%d.%m");
            writeln!(
                out,
                r#"<text x="{x:.1}" y="{y:.1}" text-anchor="middle">{date}</text>"#
            )?;
        }
        Ok(())
    }

    fn talks(&self, out: &mut String) -> std::fmt::Result {
        let width = self.step() * 0.5;
        for (place, day) in self.days.iter().enumerate() {
            let height = (BOTTOM - TOP) * day.conversations.middle / self.most_talks;
            writeln!(
                out,
                r#"<rect class="t" fill-opacity=".45" x="{:.1}" y="{:.1}" width="{width:.1}" height="{height:.1}"/>"#,
                self.middle(place) - width / 2.0,
                BOTTOM - height
            )?;
        }
        Ok(())
    }

    /// The band between the runs, and the line of the middle.
    fn left(&self, out: &mut String) -> std::fmt::Result {
        let point = |place: usize, left: f64| {
            let y = BOTTOM - (BOTTOM - TOP) * left / self.most_left;
            format!("{:.1},{y:.1}", self.middle(place))
        };
        let days = || self.days.iter().enumerate();
        let above = days().map(|(place, day)| point(place, day.left.most));
        let below = days()
            .rev()
            .map(|(place, day)| point(place, day.left.least));
        let band: Vec<_> = above.chain(below).collect();
        let line: Vec<_> = days()
            .map(|(place, day)| point(place, day.left.middle))
            .collect();
        writeln!(
            out,
            r##"<polygon class="l" fill-opacity=".25" points="{}"/>
<polyline fill="none" stroke="#2f7fd1" stroke-width="2" points="{}"/>"##,
            band.join(" "),
            line.join(" ")
        )?;
        days().try_for_each(|(place, day)| {
            let at = point(place, day.left.middle);
            let (x, y) = at.split_once(',').unwrap_or(("0", "0"));
            writeln!(out, r#"<circle class="l" cx="{x}" cy="{y}" r="3"/>"#)
        })
    }

    fn step(&self) -> f64 {
        (RIGHT - LEFT) / self.days.len().max(1) as f64
    }

    fn middle(&self, place: usize) -> f64 {
        LEFT + self.step() * (place as f64 + 0.5)
    }
}

fn most_talks(days: &[DayBands]) -> f64 {
    let talks = days.iter().map(|day| day.conversations.middle);
    talks.fold(0.0, f64::max)
}

/// The next number whose quarters are easily read.
fn round_up(number: f64) -> f64 {
    let number = number.max(4.0);
    let power = 10_f64.powf(number.log10().floor());
    [1.0, 2.0, 4.0, 6.0, 8.0, 10.0]
        .into_iter()
        .map(|step| step * power)
        .find(|round| *round >= number)
        .unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::simulation::Band;

    fn day(date: &str, talks: f64, left: f64) -> DayBands {
        let band = |middle: f64| Band {
            least: middle * 0.9,
            middle,
            most: middle * 1.1,
        };
        DayBands {
            date: date.parse().unwrap(),
            attempts: band(talks * 5.0),
            answers: band(talks),
            conversations: band(talks),
            drops: band(1.0),
            left: band(left),
        }
    }

    #[test]
    fn scales_end_at_round_numbers() {
        for (number, expected) in [
            (0.0, 4.0),
            (7.0, 8.0),
            (100.0, 100.0),
            (101.0, 200.0),
            (25_000.0, 40_000.0),
        ] {
            assert!((round_up(number) - expected).abs() < 1e-9, "{number}");
        }
    }

    #[test]
    fn the_line_falls_from_day_to_day_within_the_ground() {
        let days = [
            day("2026-11-23", 300.0, 800.0),
            day("2026-11-24", 200.0, 100.0),
        ];
        let picture = Picture {
            days: &days,
            most_left: 1_000.0,
            most_talks: 400.0,
        };
        let mut out = String::new();
        picture.draw(&mut out).unwrap();
        assert!(out.starts_with("<svg") && out.ends_with("</svg>\n"));
        let line = out.split("points=\"").nth(2).unwrap();
        let line = line.split('"').next().unwrap();
        let heights: Vec<f64> = line
            .split(' ')
            .map(|point| point.split_once(',').unwrap().1.parse().unwrap())
            .collect();
        let ground = BOTTOM - TOP;
        assert!((heights[0] - (BOTTOM - ground * 0.8)).abs() < 0.1);
        assert!((heights[1] - (BOTTOM - ground * 0.1)).abs() < 0.1);
        assert_eq!(out.matches("<rect").count(), 2);
        assert!(out.contains(">23.11<") && out.contains(">24.11<"));
    }
}
