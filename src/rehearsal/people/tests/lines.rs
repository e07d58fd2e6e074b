//! What calls meet before an answer.

use super::super::read::character;
use super::*;
use crate::audio::Frame;
use crate::rehearsal::voice::Listener;

fn plans(name: &str) -> Vec<LinePlan> {
    let character = Cast::shipped().unwrap().named(name).unwrap();
    (0..200).map(|seed| character.line_plan(seed)).collect()
}

#[rstest]
#[case("busy", 486, 17)]
#[case("no_such_number", 404, 1)]
#[case("phone_off", 480, 19)]
#[case("congestion", 503, 34)]
fn a_line_that_refuses_does_not_ring(#[case] name: &str, #[case] sip: u16, #[case] cause: u8) {
    for plan in plans(name) {
        assert_eq!((plan.rings_at_ms, &plan.early_media), (None, &None));
        let (at_ms, end) = plan.end.unwrap();
        assert_eq!(end, LineEnd::Refused(Refusal { sip, cause }));
        assert!((300..=8_000).contains(&at_ms), "{at_ms}");
    }
}

#[test]
fn who_declines_lets_it_ring_first() {
    for plan in plans("declined") {
        let (at_ms, end) = plan.end.unwrap();
        assert_eq!(
            end,
            LineEnd::Refused(Refusal {
                sip: 603,
                cause: 21
            })
        );
        assert!(at_ms >= plan.rings_at_ms.unwrap() + 1_000);
    }
}

#[test]
fn nobody_comes_to_a_phone_that_rings_out() {
    for plan in plans("no_answer") {
        assert!(plan.rings_at_ms.is_some());
        assert_eq!(plan.end, None);
    }
}

#[test]
fn people_pick_up_after_different_times() {
    let plans = plans("agrees");
    let rung: Vec<u32> = plans
        .iter()
        .map(|plan| plan.end.unwrap().0 - plan.rings_at_ms.unwrap())
        .collect();
    assert!(
        plans
            .iter()
            .all(|plan| plan.end.unwrap().1 == LineEnd::Answered)
    );
    assert!(rung.iter().all(|ms| (1_500..=20_000).contains(ms)));
    assert!(rung.iter().max().unwrap() - rung.iter().min().unwrap() > 10_000);
}

#[test]
fn the_operator_is_heard_before_the_refusal_and_nothing_rings() {
    let plan = plans("announcement").remove(0);
    let media = plan.early_media.unwrap();
    assert_eq!(plan.rings_at_ms, None);
    assert_eq!(plan.end.unwrap().0, media.at_ms + media.length_ms());
    let mut sound = media.sound();
    let mut listener = Listener::new();
    while let Some(frame) = sound.next_frame() {
        listener.push(&frame.0);
    }
    assert!(listener.text().starts_with("аппарат абонента выключен"));
    assert!(listener.text().ends_with("попробуйте позвонить позже."));
}

#[test]
fn a_ring_back_that_is_sound_lasts_until_the_answer() {
    let text = "about = \"a\"\n[line]\nsetup_ms = 300\nring_ms = 2500\n\
                early_media = \"[tone 425 1000] [pause 4000]\"\nearly_media_repeats = true\n";
    let plan = character("a", "a.toml", text).unwrap().line_plan(1);
    assert_eq!(plan.rings_at_ms, None, "the sound is the only sign");
    assert_eq!(plan.end, Some((2_800, LineEnd::Answered)));
    let media = plan.early_media.unwrap();
    assert_eq!((media.at_ms, media.length_ms()), (300, 5_000));
    let mut sound = media.sound();
    let frames: Vec<Frame> = std::iter::from_fn(|| sound.next_frame())
        .take(300)
        .collect();
    let is_loud = |at: usize| frames[at].0.iter().any(|sample| *sample > 1_000);
    assert!(
        is_loud(10) && !is_loud(100) && is_loud(260),
        "once a period"
    );
}
