//! The picture as SVG, drawn by ourselves: a file that opens in every browser and page.

use super::curve::{Curve, Point, Taken, curves};
use super::layout::{Layout, Spot, layout};
use super::written::{counted, shortened};
use super::{Edge, Graph, Kind, Node};

/// Holds a line of Cyrillic in the widest of the fonts.
const WIDTH: f64 = 252.0;
const LINE: f64 = 15.0;
const PAD: f64 = 10.0;
const MARGIN: f64 = 24.0;
/// Of the heading.
const HEAD: f64 = 40.0;
/// An average letter at the size of the words on arrows.
const LETTER: f64 = 6.6;
/// Characters of a line in a box.
const CHARS: usize = 33;
/// Lines of a prompt in a box.
const LINES: usize = 3;
/// Words of an arrow on one line.
const LABEL_CHARS: usize = 26;

const STYLE: &str = "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',\
sans-serif;font-size:11.5px;fill:#1f2933}.name{font-weight:600;font-size:12.5px}.note{fill:#52606d;\
font-style:italic}.head{font-size:17px;font-weight:600}.label{font-size:10.5px;fill:#334e68;\
paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}.edge{fill:none;\
stroke:#829ab1;stroke-width:1.3}.foreign{stroke-dasharray:3 4;stroke:#d64545}.box{stroke-width:1.2}\
.question{fill:#eaf2fb;stroke:#5b8fc9}.passing{fill:#fff;stroke:#9fb3c8;stroke-dasharray:5 3}\
.end{fill:#e8f6ec;stroke:#57a773}.start{stroke-width:2.6}.apart{fill:#f7f9fb;stroke:#d9e2ec}";

/// The size of a state's box.
pub(super) fn size_of(node: &Node) -> (f64, f64) {
    (WIDTH, lines_of(node).len() as f64 * LINE + 2.0 * PAD)
}

/// The lines in a box: the class of each and its words.
fn lines_of(node: &Node) -> Vec<(&'static str, String)> {
    let name = if node.entered > 0 {
        format!("{} ×{}", node.name, node.entered)
    } else {
        node.name.clone()
    };
    let mut lines = vec![("name", name)];
    let text = shortened(&node.text, CHARS * LINES - 4);
    lines.extend(wrapped(&text, CHARS).into_iter().map(|line| ("", line)));
    lines.extend(node.notes.iter().map(|note| ("note", note.clone())));
    lines
}

fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

pub(super) fn svg(graph: &Graph) -> String {
    let layout = layout(graph);
    let mut canvas = Canvas {
        graph,
        layout: &layout,
        taken: Taken::default(),
        shapes: Vec::new(),
        words: Vec::new(),
    };
    for spot in layout.nodes.iter().flatten() {
        let middle = Point {
            x: spot.x,
            y: spot.y + spot.height / 2.0,
        };
        canvas.taken.add(middle, spot.width, spot.height);
    }
    for (index, edge) in graph.edges.iter().enumerate() {
        canvas.edge(index, edge);
    }
    for (node, spot) in graph.nodes.iter().zip(&layout.nodes) {
        if let Some(spot) = spot {
            let start = graph
                .nodes
                .get(graph.start)
                .is_some_and(|s| s.name == node.name);
            canvas.node(node, *spot, start);
        }
    }
    let (width, height) = canvas.apart();
    let (width, height) = (width + 2.0 * MARGIN, height + 2.0 * MARGIN + HEAD);
    let calls = graph
        .calls
        .map_or_else(String::new, |calls| format!(", {calls} calls"));
    let title = format!("{}{calls}", graph.title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" aria-label=\"{}\">\n\
         <style>{STYLE}</style>\n<defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" \
         markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\">\
         <path d=\"M0 0L10 5L0 10z\" fill=\"#829ab1\"/></marker></defs>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text class=\"head\" x=\"{MARGIN}\" y=\"{:.0}\">{}</text>\n\
         <g transform=\"translate({MARGIN} {:.0})\">\n{}\n{}\n</g>\n</svg>\n",
        escaped(&title),
        MARGIN + 16.0,
        escaped(&title),
        MARGIN + HEAD,
        canvas.shapes.join("\n"),
        canvas.words.join("\n"),
    )
}

struct Canvas<'a> {
    graph: &'a Graph,
    layout: &'a Layout,
    taken: Taken,
    shapes: Vec<String>,
    /// Drawn last, over the arrows.
    words: Vec<String>,
}

impl Canvas<'_> {
    fn spot(&self, node: usize) -> Option<Spot> {
        self.layout.nodes.get(node).copied().flatten()
    }

    fn edge(&mut self, index: usize, edge: &Edge) {
        let (Some(from), Some(to)) = (self.spot(edge.from), self.spot(edge.to)) else {
            return;
        };
        let passed = self.layout.passed.get(index).map_or(&[][..], Vec::as_slice);
        let share = (
            self.share(edge, from, to),
            self.share_of_end(edge, from, to),
        );
        let curves = curves(from, to, passed, share);
        let Some(first) = curves.first() else { return };
        let start = first.start();
        let path: String = curves.iter().map(Curve::path).collect();
        let class = if edge.foreign { "edge foreign" } else { "edge" };
        let heavy = self.weight(edge.calls);
        self.shapes.push(format!(
            "<path class=\"{class}\"{heavy} marker-end=\"url(#tip)\" d=\"M{:.0} {:.0}{path}\"/>",
            start.x, start.y
        ));
        let label = counted(self.graph, &edge.labels.join(", "), edge.calls);
        let lines = wrapped(&label, LABEL_CHARS);
        self.label(&lines, &curves);
    }

    fn label(&mut self, lines: &[String], curves: &[Curve]) {
        let longest = lines.iter().map(|line| line.chars().count()).max();
        let width = longest.unwrap_or_default() as f64 * LETTER + 8.0;
        let height = lines.len() as f64 * 13.0 + 4.0;
        if lines.is_empty() {
            return;
        }
        let Some(place) = self.taken.along(curves, width, height) else {
            return;
        };
        let top = place.y - height / 2.0 + 12.0;
        for (index, line) in lines.iter().enumerate() {
            self.words.push(format!(
                "<text class=\"label\" text-anchor=\"middle\" x=\"{:.0}\" y=\"{:.0}\">{}</text>",
                place.x,
                top + index as f64 * 13.0,
                escaped(line)
            ));
        }
    }

    /// Arrows leave a box side by side, in the order of where they go.
    fn share(&self, edge: &Edge, from: Spot, to: Spot) -> f64 {
        let downward = |target: Spot| target.y > from.y;
        let others = self
            .graph
            .edges
            .iter()
            .filter(|other| other.from == edge.from);
        let targets = others.filter_map(|other| self.spot(other.to));
        rank(
            targets.filter(|target| downward(*target) == downward(to)),
            to,
        )
    }

    fn share_of_end(&self, edge: &Edge, from: Spot, to: Spot) -> f64 {
        let downward = |source: Spot| source.y < to.y;
        let others = self.graph.edges.iter().filter(|other| other.to == edge.to);
        let sources = others.filter_map(|other| self.spot(other.from));
        rank(
            sources.filter(|source| downward(*source) == downward(from)),
            from,
        )
    }

    /// Busy arrows are drawn thick.
    fn weight(&self, calls: u64) -> String {
        let Some(all) = self.graph.calls.filter(|all| *all > 0) else {
            return String::new();
        };
        let width = 1.0 + 6.0 * (calls as f64 / all as f64).min(1.0);
        let faint = if calls == 0 { ";opacity:.45" } else { "" };
        format!(" style=\"stroke-width:{width:.1}{faint}\"")
    }

    fn node(&mut self, node: &Node, spot: Spot, start: bool) {
        let kind = match node.kind {
            Kind::Question => "question",
            Kind::Passing => "passing",
            Kind::End => "end",
        };
        let start = if start { " start" } else { "" };
        let (left, radius) = (spot.x - spot.width / 2.0, 9);
        self.words.push(format!(
            "<rect class=\"box {kind}{start}\" x=\"{left:.0}\" y=\"{:.0}\" width=\"{:.0}\" \
             height=\"{:.0}\" rx=\"{radius}\"/>",
            spot.y, spot.width, spot.height
        ));
        for (index, (class, line)) in lines_of(node).into_iter().enumerate() {
            let y = spot.y + PAD + 11.0 + index as f64 * LINE;
            self.words.push(format!(
                "<text class=\"{class}\" x=\"{:.0}\" y=\"{y:.0}\">{}</text>",
                left + PAD,
                escaped(&line)
            ));
        }
    }

    /// What is valid at any time: a panel at the right. The size of the whole picture.
    fn apart(&mut self) -> (f64, f64) {
        let (width, height) = (self.layout.width, self.layout.height);
        if self.graph.anytime.is_empty() {
            return (width, height);
        }
        let left = width + 60.0;
        let panel = WIDTH + 2.0 * MARGIN;
        let mut y = 34.0;
        let at = self.shapes.len();
        self.words.push(format!(
            "<text class=\"name\" x=\"{:.0}\" y=\"20\">at any time</text>",
            left + MARGIN
        ));
        for (to, labels) in self.anytime() {
            for label in &labels {
                y += 14.0;
                self.words.push(format!(
                    "<text class=\"label\" x=\"{:.0}\" y=\"{y:.0}\">{} →</text>",
                    left + MARGIN,
                    escaped(label)
                ));
            }
            y += 6.0;
            let Some(node) = self.graph.nodes.get(to) else {
                continue;
            };
            if node.apart {
                let (width, height) = size_of(node);
                let x = left + MARGIN + width / 2.0;
                self.node(
                    node,
                    Spot {
                        x,
                        y,
                        width,
                        height,
                    },
                    false,
                );
                y += height + 10.0;
            } else {
                y += 12.0;
                self.words.push(format!(
                    "<text class=\"name\" x=\"{:.0}\" y=\"{y:.0}\">{}</text>",
                    left + MARGIN,
                    escaped(&node.name)
                ));
                y += 10.0;
            }
        }
        self.shapes.insert(
            at,
            format!(
                "<rect class=\"apart\" x=\"{left:.0}\" y=\"0\" width=\"{panel:.0}\" \
                 height=\"{y:.0}\" rx=\"12\"/>"
            ),
        );
        (left + panel, height.max(y))
    }

    /// What is valid at any time, by where it leads.
    fn anytime(&self) -> Vec<(usize, Vec<String>)> {
        let mut found: Vec<(usize, Vec<String>)> = Vec::new();
        for any in &self.graph.anytime {
            let label = counted(self.graph, &any.label, any.calls);
            match found.iter_mut().find(|(to, _)| *to == any.to) {
                Some((_, labels)) => labels.push(label),
                None => found.push((any.to, vec![label])),
            }
        }
        found
    }
}

/// The place of one among others from left to right, from -1 to 1.
fn rank(others: impl Iterator<Item = Spot>, one: Spot) -> f64 {
    let mut places: Vec<f64> = others.map(|spot| spot.x).collect();
    places.sort_by(f64::total_cmp);
    let at = places.iter().position(|x| (x - one.x).abs() < 0.5);
    match (at, places.len()) {
        (Some(at), count) if count > 1 => 2.0 * at as f64 / (count - 1) as f64 - 1.0,
        _ => 0.0,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
