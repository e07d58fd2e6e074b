//! Where boxes stand: in layers by their distance from the start, ordered so that arrows cross
//! little. Arrows over several layers get a place in each, so that they do not run under boxes.

use std::collections::VecDeque;

use super::svg::size_of;
use super::{Graph, Kind};

/// Room between boxes of a layer.
const GAP_X: f64 = 34.0;
/// Room between layers, for the words of the arrows.
const GAP_Y: f64 = 92.0;
/// Width of an arrow that passes a layer.
const PASSING: f64 = 26.0;
/// How often layers are put in order, down and up again.
const SWEEPS: usize = 12;

/// A box, or the place where an arrow passes a layer.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Spot {
    /// The middle.
    pub(super) x: f64,
    /// The upper edge.
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A picture's places.
#[derive(Debug)]
pub(super) struct Layout {
    /// By node; `None` for those that stand apart.
    pub(super) nodes: Vec<Option<Spot>>,
    /// For each arrow the places it passes on its way, from its beginning to its end.
    pub(super) passed: Vec<Vec<Spot>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Something that has a place in a layer.
#[derive(Debug, Clone)]
struct Cell {
    layer: usize,
    width: f64,
    height: f64,
    above: Vec<usize>,
    below: Vec<usize>,
}

pub(super) fn layout(graph: &Graph) -> Layout {
    let layers = layers(graph);
    let mut cells: Vec<Cell> = graph
        .nodes
        .iter()
        .zip(&layers)
        .map(|(node, layer)| {
            let (width, height) = size_of(node);
            Cell {
                layer: layer.unwrap_or_default(),
                width,
                height,
                above: Vec::new(),
                below: Vec::new(),
            }
        })
        .collect();
    let chains = chains(graph, &layers, &mut cells);
    let rows = ordered(&layers, &cells);
    let spots = placed(&rows, &cells);
    let passed = chains
        .iter()
        .map(|chain| {
            chain
                .iter()
                .filter_map(|cell| spots.get(*cell).copied())
                .collect()
        })
        .collect();
    let nodes: Vec<Option<Spot>> = layers
        .iter()
        .enumerate()
        .map(|(at, layer)| layer.and_then(|_| spots.get(at).copied()))
        .collect();
    let width = spots
        .iter()
        .map(|spot| spot.x + spot.width / 2.0)
        .fold(0.0, f64::max);
    let height = spots
        .iter()
        .map(|spot| spot.y + spot.height)
        .fold(0.0, f64::max);
    Layout {
        nodes,
        passed,
        width,
        height,
    }
}

/// The layer of each box: its distance from the start, ends below everything else. `None` for
/// those that stand apart.
fn layers(graph: &Graph) -> Vec<Option<usize>> {
    let mut layers: Vec<Option<usize>> = vec![None; graph.nodes.len()];
    let mut open = VecDeque::from([(graph.start, 0)]);
    let mut rest = (0..graph.nodes.len()).filter(|at| {
        // States that nothing leads to are drawn too, at the top.
        graph.nodes.get(*at).is_some_and(|node| !node.apart)
    });
    loop {
        while let Some((at, layer)) = open.pop_front() {
            let Some(known) = layers.get_mut(at).filter(|known| known.is_none()) else {
                continue;
            };
            *known = Some(layer);
            let next = graph.edges.iter().filter(|edge| edge.from == at);
            open.extend(next.map(|edge| (edge.to, layer + 1)));
        }
        match rest.next() {
            Some(at) => open.push_back((at, 0)),
            None => break,
        }
    }
    let deepest = layers.iter().flatten().max().copied().unwrap_or_default();
    let is_end = |at: usize| {
        graph
            .nodes
            .get(at)
            .is_some_and(|node| node.kind == Kind::End)
    };
    let inner = (0..layers.len()).filter(|at| !is_end(*at));
    let lowest = inner
        .filter_map(|at| layers.get(at).copied().flatten())
        .max();
    let bottom = lowest.map_or(deepest, |lowest| lowest + 1);
    for (at, layer) in layers.iter_mut().enumerate() {
        if layer.is_some() && is_end(at) && at != graph.start {
            *layer = Some(bottom);
        }
    }
    layers
}

/// Gives arrows over several layers a cell in each, and tells cells their neighbours. The chain
/// of an arrow runs from its beginning to its end.
fn chains(graph: &Graph, layers: &[Option<usize>], cells: &mut Vec<Cell>) -> Vec<Vec<usize>> {
    let layer = |at: usize| layers.get(at).copied().flatten();
    let mut chains = Vec::new();
    for edge in &graph.edges {
        let mut chain = Vec::new();
        if let (Some(from), Some(to)) = (layer(edge.from), layer(edge.to)) {
            let upward = from > to;
            let (top, bottom) = if upward {
                (edge.to, edge.from)
            } else {
                (edge.from, edge.to)
            };
            let mut above = top;
            for layer in from.min(to) + 1..from.max(to) {
                let cell = cells.len();
                cells.push(Cell {
                    layer,
                    width: PASSING,
                    height: 0.0,
                    above: Vec::new(),
                    below: Vec::new(),
                });
                join(cells, above, cell);
                chain.push(cell);
                above = cell;
            }
            if from != to {
                join(cells, above, bottom);
            }
            if upward {
                chain.reverse();
            }
        }
        chains.push(chain);
    }
    chains
}

fn join(cells: &mut [Cell], above: usize, below: usize) {
    if let Some(cell) = cells.get_mut(above) {
        cell.below.push(below);
    }
    if let Some(cell) = cells.get_mut(below) {
        cell.above.push(above);
    }
}

/// The cells of each layer in an order with few crossings.
fn ordered(layers: &[Option<usize>], cells: &[Cell]) -> Vec<Vec<usize>> {
    let depth = cells
        .iter()
        .map(|cell| cell.layer)
        .max()
        .unwrap_or_default();
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); depth + 1];
    for (at, cell) in cells.iter().enumerate() {
        let apart = layers.get(at).is_some_and(Option::is_none);
        if let Some(row) = rows.get_mut(cell.layer).filter(|_| !apart) {
            row.push(at);
        }
    }
    for sweep in 0..SWEEPS {
        let downward = sweep % 2 == 0;
        let order: Vec<usize> = if downward {
            (1..rows.len()).collect()
        } else {
            (0..rows.len().saturating_sub(1)).rev().collect()
        };
        for at in order {
            let beside = if downward { at - 1 } else { at + 1 };
            let places = places(&rows, beside, cells.len());
            if let Some(row) = rows.get_mut(at) {
                let weight = |cell: &usize| {
                    let cell = cells.get(*cell);
                    let near = cell.map(|cell| if downward { &cell.above } else { &cell.below });
                    middle(near.map_or(&[][..], Vec::as_slice), &places)
                };
                let mut weighed: Vec<(f64, usize)> = row
                    .iter()
                    .enumerate()
                    .map(|(index, cell)| (weight(cell).unwrap_or(index as f64), *cell))
                    .collect();
                weighed.sort_by(|a, b| a.0.total_cmp(&b.0));
                *row = weighed.into_iter().map(|(_, cell)| cell).collect();
            }
        }
    }
    rows
}

/// The place of each cell of a row in it.
fn places(rows: &[Vec<usize>], row: usize, cells: usize) -> Vec<Option<f64>> {
    let mut places = vec![None; cells];
    for (index, cell) in rows.get(row).into_iter().flatten().enumerate() {
        if let Some(place) = places.get_mut(*cell) {
            *place = Some(index as f64);
        }
    }
    places
}

fn middle(cells: &[usize], places: &[Option<f64>]) -> Option<f64> {
    let found: Vec<f64> = cells
        .iter()
        .filter_map(|cell| places.get(*cell).copied().flatten())
        .collect();
    (!found.is_empty()).then(|| found.iter().sum::<f64>() / found.len() as f64)
}

/// Coordinates: each row beside its middle, then drawn towards the neighbours.
fn placed(rows: &[Vec<usize>], cells: &[Cell]) -> Vec<Spot> {
    let mut spots: Vec<Spot> = cells
        .iter()
        .map(|cell| Spot {
            width: cell.width,
            height: cell.height,
            ..Spot::default()
        })
        .collect();
    let mut y = 0.0;
    for row in rows {
        let mut x = 0.0;
        let mut tallest: f64 = 0.0;
        for at in row {
            if let Some(spot) = spots.get_mut(*at) {
                spot.x = x + spot.width / 2.0;
                spot.y = y;
                x += spot.width + GAP_X;
                tallest = tallest.max(spot.height);
            }
        }
        y += tallest + GAP_Y;
    }
    for round in 0..SWEEPS {
        let downward = round % 2 == 0;
        let order: Vec<&Vec<usize>> = if downward {
            rows.iter().collect()
        } else {
            rows.iter().rev().collect()
        };
        for row in order {
            settle(row, cells, &mut spots, downward);
        }
    }
    // What stands in no row has its place elsewhere.
    let left = rows
        .iter()
        .flatten()
        .filter_map(|at| spots.get(*at))
        .map(|spot| spot.x - spot.width / 2.0)
        .fold(f64::INFINITY, f64::min);
    for spot in &mut spots {
        spot.x -= left;
    }
    spots
}

/// Moves the cells of a row to the middle of their neighbours, as far as order and room allow.
fn settle(row: &[usize], cells: &[Cell], spots: &mut [Spot], downward: bool) {
    let wishes: Vec<f64> = row
        .iter()
        .map(|at| {
            let own = spots.get(*at).map_or(0.0, |spot| spot.x);
            let Some(cell) = cells.get(*at) else {
                return own;
            };
            let near = if downward { &cell.above } else { &cell.below };
            let found: Vec<f64> = near
                .iter()
                .filter_map(|n| spots.get(*n))
                .map(|s| s.x)
                .collect();
            if found.is_empty() {
                own
            } else {
                found.iter().sum::<f64>() / found.len() as f64
            }
        })
        .collect();
    let width = |at: usize| spots.get(at).map_or(0.0, |spot| spot.width);
    let room = |a: usize, b: usize| f64::midpoint(width(a), width(b)) + GAP_X;
    // Pushed apart from the left and from the right; the mean of both is free of overlaps too.
    let mut from_left = wishes.clone();
    for index in 1..row.len() {
        if let (Some(a), Some(b)) = (row.get(index - 1), row.get(index)) {
            let least = from_left.get(index - 1).copied().unwrap_or_default() + room(*a, *b);
            if let Some(x) = from_left.get_mut(index) {
                *x = x.max(least);
            }
        }
    }
    let mut from_right = wishes;
    for index in (1..row.len()).rev() {
        if let (Some(a), Some(b)) = (row.get(index - 1), row.get(index)) {
            let most = from_right.get(index).copied().unwrap_or_default() - room(*a, *b);
            if let Some(x) = from_right.get_mut(index - 1) {
                *x = x.min(most);
            }
        }
    }
    for ((at, left), right) in row.iter().zip(from_left).zip(from_right) {
        if let Some(spot) = spots.get_mut(*at) {
            spot.x = f64::midpoint(left, right);
        }
    }
}
