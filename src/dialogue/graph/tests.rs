//! What the pictures hold, in all three forms.

use super::*;

const OFFER: &str = include_str!("../../../scenarios/offer.ru.toml");

fn offer() -> Graph {
    Graph::of(&Scenario::parse(OFFER).unwrap())
}

/// The boxes of an SVG: left, top, width, height.
fn boxes(svg: &str) -> Vec<[f64; 4]> {
    let rects = svg.split("<rect class=\"box").skip(1);
    rects
        .map(|rect| {
            ["x=\"", "y=\"", "width=\"", "height=\""].map(|key| {
                let (_, after) = rect.split_once(key).unwrap();
                after.split_once('"').unwrap().0.parse().unwrap()
            })
        })
        .collect()
}

#[test]
fn every_state_is_a_box_and_no_two_overlap() {
    let svg = offer().svg();
    let boxes = boxes(&svg);
    assert_eq!(boxes.len(), offer().nodes.len());
    for (index, a) in boxes.iter().enumerate() {
        for b in &boxes[index + 1..] {
            let apart = a[0] + a[2] <= b[0]
                || b[0] + b[2] <= a[0]
                || a[1] + a[3] <= b[1]
                || b[1] + b[3] <= a[1];
            assert!(apart, "{a:?} {b:?}");
        }
    }
}

#[test]
fn the_svg_is_well_formed_and_says_what_is_said() {
    let svg = offer().svg();
    assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
    for wanted in [
        "at any time",
        "do_not_call →",
        "outcome agreed",
        "Здравствуйте!",
        "not_interested",
    ] {
        assert!(svg.contains(wanted), "{wanted}");
    }
    assert!(!svg.contains("{%"), "no template in a picture");
}

#[test]
fn what_is_special_in_xml_and_in_dot_is_escaped() {
    let source = OFFER.replace("Мы предлагаем {{ product }}", "A<B & \\\"C\\\"?");
    let graph = Graph::of(&Scenario::parse(&source).unwrap());
    assert!(graph.svg().contains("A&lt;B &amp; &quot;C&quot;?"));
    assert!(graph.dot().contains("A<B & \\\"C\\\"?"));
    assert!(graph.mermaid().contains("#quot;C#quot;"));
}

#[test]
fn dot_and_mermaid_hold_every_state_and_arrow() {
    let graph = offer();
    let (dot, mermaid) = (graph.dot(), graph.mermaid());
    assert!(
        dot.contains("\"greeting\" -> \"offer\" [label=\"greeting, yes, [1]\"];"),
        "{dot}"
    );
    assert!(dot.contains("\"*\" -> \"do_not_call\" [label=\"do_not_call\", style=dashed];"));
    assert_eq!(
        dot.matches(" -> ").count(),
        graph.edges.len() + graph.anytime.len()
    );
    assert_eq!(
        mermaid.matches("-->").count() + mermaid.matches("-.->").count(),
        graph.edges.len() + graph.anytime.len()
    );
}

fn bot(state: &str) -> Seen {
    Seen::Bot(state.to_owned())
}

fn callee(state: &str, intent: &str) -> Seen {
    Seen::Callee(Some(state.to_owned()), Some(intent.to_owned()))
}

#[test]
fn traffic_stands_on_the_arrows_that_calls_went_along() {
    let mut traffic = Traffic::default();
    for _ in 0..3 {
        traffic.add(&[
            Seen::Callee(None, None),
            bot("greeting"),
            callee("greeting", "yes"),
            bot("offer"),
            callee("offer", "who_is_calling"),
            bot("who"),
            bot("offer"),
            callee("offer", "yes"),
            bot("agreed"),
        ]);
    }
    traffic.add(&[
        bot("greeting"),
        bot("greeting"),
        callee("greeting", "do_not_call"),
        bot("do_not_call"),
    ]);
    traffic.add(&[bot("greeting"), callee("greeting", "later"), bot("agreed")]);
    let graph = offer().with(&traffic);
    let dot = graph.dot();
    for wanted in [
        "\"greeting\" -> \"offer\" [label=\"greeting, yes, [1] ×3\"];",
        "\"offer\" -> \"agreed\" [label=\"yes, [1] ×3\"];",
        "\"*\" -> \"who\" [label=\"who_is_calling ×3\", style=dashed];",
        "\"*\" -> \"do_not_call\" [label=\"do_not_call ×1\", style=dashed];",
        "\"greeting\" -> \"agreed\" [label=\"later ×1\", style=dotted];",
    ] {
        assert!(dot.contains(wanted), "{wanted}\n{dot}");
    }
    assert!(graph.svg().contains("offer.ru, 5 calls"));
    assert!(!dot.contains("\"who\" -> \"offer\""), "back is no arrow");
}

#[test]
fn a_large_scenario_is_drawn_in_no_time() {
    let mut source = "[scenario]\nname = \"t\"\nlanguage = \"ru\"\nstart = \"s0\"\n".to_owned();
    for at in 0..200 {
        let (a, b) = ((at * 7 + 1) % 200, (at + 1) % 200);
        let state = format!(
            "[states.s{at}]\nsay = \"Вопрос {at}?\"\non = {{ yes = \"s{a}\", no = \"s{b}\" }}\n"
        );
        source.push_str(&state);
    }
    let graph = Graph::of(&Scenario::parse(&source).unwrap());
    assert_eq!(boxes(&graph.svg()).len(), 200);
}
