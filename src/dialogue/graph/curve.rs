//! Arrows as smooth curves, and places for their words that are free.

use super::layout::Spot;

/// A point of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A cubic curve.
#[derive(Debug, Clone, Copy)]
pub(super) struct Curve {
    points: [Point; 4],
}

impl Curve {
    /// Between two points, leaving and arriving upright.
    fn upright(from: Point, to: Point) -> Self {
        let bend = ((to.y - from.y) / 2.0).abs().max(24.0) * (to.y - from.y).signum();
        Self {
            points: [
                from,
                Point {
                    x: from.x,
                    y: from.y + bend,
                },
                Point {
                    x: to.x,
                    y: to.y - bend,
                },
                to,
            ],
        }
    }

    /// The point at a part of its length, 0 to 1.
    pub(super) fn at(&self, part: f64) -> Point {
        let rest = 1.0 - part;
        let weights = [
            rest * rest * rest,
            3.0 * rest * rest * part,
            3.0 * rest * part * part,
            part * part * part,
        ];
        let sum = |of: fn(&Point) -> f64| {
            let weighed = self.points.iter().zip(weights);
            weighed.map(|(point, weight)| of(point) * weight).sum()
        };
        Point {
            x: sum(|point| point.x),
            y: sum(|point| point.y),
        }
    }

    /// For an SVG path, after a move to its beginning.
    pub(super) fn path(&self) -> String {
        let [_, b, c, d] = self.points;
        format!(
            "C{:.0} {:.0} {:.0} {:.0} {:.0} {:.0}",
            b.x, b.y, c.x, c.y, d.x, d.y
        )
    }

    pub(super) fn start(&self) -> Point {
        let [start, ..] = self.points;
        start
    }
}

/// The curves of an arrow between two boxes: through the places it passes; at the side where both
/// stand in one layer.
pub(super) fn curves(from: Spot, to: Spot, passed: &[Spot], share: (f64, f64)) -> Vec<Curve> {
    let bottom = |spot: Spot, share: f64| Point {
        x: spot.x + share * spot.width * 0.4,
        y: spot.y + spot.height,
    };
    let top = |spot: Spot, share: f64| Point {
        x: spot.x + share * spot.width * 0.4,
        y: spot.y,
    };
    if from == to {
        return vec![around(from)];
    }
    if (from.y - to.y).abs() < 1.0 {
        return vec![beside(from, to)];
    }
    let downward = from.y < to.y;
    let (start, end) = if downward {
        (bottom(from, share.0), top(to, share.1))
    } else {
        (top(from, share.0), bottom(to, share.1))
    };
    let middle = passed.iter().map(|spot| Point {
        x: spot.x,
        y: spot.y + 20.0,
    });
    let points: Vec<Point> = std::iter::once(start).chain(middle).chain([end]).collect();
    points
        .windows(2)
        .filter_map(|pair| match pair {
            [from, to] => Some(Curve::upright(*from, *to)),
            _ => None,
        })
        .collect()
}

/// From a box back to itself, at its right side.
fn around(spot: Spot) -> Curve {
    let x = spot.x + spot.width / 2.0;
    let y = spot.y + spot.height / 2.0;
    Curve {
        points: [
            Point { x, y: y - 12.0 },
            Point {
                x: x + 46.0,
                y: y - 30.0,
            },
            Point {
                x: x + 46.0,
                y: y + 30.0,
            },
            Point { x, y: y + 12.0 },
        ],
    }
}

/// Between boxes of one layer: below them.
fn beside(from: Spot, to: Spot) -> Curve {
    let start = Point {
        x: from.x,
        y: from.y + from.height,
    };
    let end = Point {
        x: to.x,
        y: to.y + to.height,
    };
    let low = start.y.max(end.y) + 52.0;
    Curve {
        points: [
            start,
            Point { x: start.x, y: low },
            Point { x: end.x, y: low },
            end,
        ],
    }
}

/// Places that are taken, so that words do not stand on one another.
#[derive(Debug, Default)]
pub(super) struct Taken(Vec<(Point, f64, f64)>);

impl Taken {
    pub(super) fn add(&mut self, middle: Point, width: f64, height: f64) {
        self.0.push((middle, width, height));
    }

    fn free(&self, middle: Point, width: f64, height: f64) -> bool {
        self.0.iter().all(|(other, w, h)| {
            (middle.x - other.x).abs() * 2.0 >= width + w
                || (middle.y - other.y).abs() * 2.0 >= height + h
        })
    }

    /// A free place for words along an arrow; its middle, where there is none.
    pub(super) fn along(&mut self, curves: &[Curve], width: f64, height: f64) -> Option<Point> {
        let first = curves.first()?;
        let tries = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78];
        let others = curves
            .iter()
            .skip(1)
            .flat_map(|curve| tries.map(|t| curve.at(t)));
        let places = tries.map(|t| first.at(t)).into_iter().chain(others);
        let place = places
            .into_iter()
            .find(|place| self.free(*place, width, height))
            .unwrap_or_else(|| first.at(0.5));
        self.add(place, width, height);
        Some(place)
    }
}
