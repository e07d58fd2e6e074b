//! The picture in the languages of Graphviz and Mermaid.

use std::fmt::Write as _;

use super::{Edge, Graph, Kind, Node};

pub(super) fn dot(graph: &Graph) -> String {
    let mut text = format!(
        "digraph {} {{\n  rankdir=TB; node [fontname=\"sans-serif\", fontsize=11]; \
         edge [fontname=\"sans-serif\", fontsize=10];\n",
        quoted(&graph.title)
    );
    for node in &graph.nodes {
        let shape = match node.kind {
            Kind::Question => "shape=box, style=\"rounded,filled\", fillcolor=\"#e8f0fe\"",
            Kind::Passing => "shape=box, style=\"rounded,dashed\"",
            Kind::End => "shape=box, style=\"rounded,filled\", fillcolor=\"#e6f4ea\"",
        };
        let label = quoted(&caption(node).join("\n"));
        line(
            &mut text,
            &format!("{} [label={label}, {shape}];", quoted(&node.name)),
        );
    }
    for edge in &graph.edges {
        let (from, to) = ends(graph, edge);
        let style = if edge.foreign { ", style=dotted" } else { "" };
        let label = quoted(&label(graph, edge));
        line(
            &mut text,
            &format!("{} -> {} [label={label}{style}];", quoted(from), quoted(to)),
        );
    }
    if !graph.anytime.is_empty() {
        line(&mut text, "\"*\" [label=\"at any time\", shape=plaintext];");
    }
    for any in &graph.anytime {
        let to = graph
            .nodes
            .get(any.to)
            .map_or("", |node| node.name.as_str());
        let label = quoted(&counted(graph, &any.label, any.calls));
        line(
            &mut text,
            &format!("\"*\" -> {} [label={label}, style=dashed];", quoted(to)),
        );
    }
    text.push_str("}\n");
    text
}

pub(super) fn mermaid(graph: &Graph) -> String {
    let mut text = "flowchart TD\n".to_owned();
    for (index, node) in graph.nodes.iter().enumerate() {
        let label = escaped(&caption(node).join("<br/>"));
        let shape = match node.kind {
            Kind::Question => format!("s{index}([\"{label}\"])"),
            Kind::Passing => format!("s{index}[\"{label}\"]"),
            Kind::End => format!("s{index}[[\"{label}\"]]"),
        };
        line(&mut text, &shape);
    }
    for edge in &graph.edges {
        let arrow = if edge.foreign { "-.->" } else { "-->" };
        let label = escaped(&label(graph, edge));
        let label = if label.is_empty() {
            String::new()
        } else {
            format!("|\"{label}\"|")
        };
        line(
            &mut text,
            &format!("s{} {arrow}{label} s{}", edge.from, edge.to),
        );
    }
    if !graph.anytime.is_empty() {
        line(&mut text, "any{{\"at any time\"}}");
    }
    for any in &graph.anytime {
        let label = escaped(&counted(graph, &any.label, any.calls));
        line(&mut text, &format!("any -.->|\"{label}\"| s{}", any.to));
    }
    text
}

fn line(text: &mut String, written: &str) {
    // Writing to a String cannot fail.
    if writeln!(text, "  {written}").is_err() {
        text.push('\n');
    }
}

/// A state's name, its words shortened, and its notes.
fn caption(node: &Node) -> Vec<String> {
    let mut lines = vec![node.name.clone()];
    lines.extend(Some(shortened(&node.text, 60)).filter(|text| !text.is_empty()));
    lines.extend(node.notes.iter().cloned());
    if node.entered > 0 {
        lines.push(format!("{} times", node.entered));
    }
    lines
}

/// The words of an arrow, with its calls where there are figures.
pub(super) fn label(graph: &Graph, edge: &Edge) -> String {
    counted(graph, &edge.labels.join(", "), edge.calls)
}

pub(super) fn counted(graph: &Graph, label: &str, calls: u64) -> String {
    match graph.calls {
        Some(_) => format!("{label} ×{calls}").trim().to_owned(),
        None => label.to_owned(),
    }
}

fn ends<'a>(graph: &'a Graph, edge: &Edge) -> (&'a str, &'a str) {
    let name = |at: usize| graph.nodes.get(at).map_or("", |node| node.name.as_str());
    (name(edge.from), name(edge.to))
}

/// A text cut at a word.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(cut, _)| cut);
    format!("{cut}…")
}

fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('\n', "\\n"))
}

fn escaped(text: &str) -> String {
    text.replace('"', "#quot;")
}
