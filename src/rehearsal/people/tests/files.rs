//! Characters from text: what may be written, and how mistakes are told.

use super::super::read::character;
use super::*;
use crate::language::Language;
use crate::rehearsal::callee::{Echo, Spread};

const ABOUT: &str = "about = \"Somebody.\"\n";

#[test]
fn every_file_that_is_shipped_is_built_in() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/callees");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|file| Some(file.strip_suffix(".toml")?.to_owned()))
        .filter(|name| name != "cast")
        .collect();
    files.sort();
    let cast = Cast::shipped().unwrap();
    let names: Vec<_> = cast.characters().map(|c| c.name.clone()).collect();
    assert_eq!(names, files);
    let read = Cast::load(Some(folder.as_ref())).unwrap();
    assert!(read.characters().eq(cast.characters()));
}

#[test]
fn whoever_speaks_russian_speaks_english_too() {
    for character in Cast::shipped().unwrap().characters() {
        let russian = !character.person(Language::Russian).speech.rules.is_empty();
        assert!(
            !russian || character.speaks(Language::English),
            "{}",
            character.name
        );
    }
}

#[test]
fn whatever_may_be_written_is_read() {
    let text = r#"
about = "Everything."
[line]
does = "answers"
setup_ms = 100
ring_ms = [1000, 2000]
early_media = "[tone 425 1000] [pause 4000]"
early_media_repeats = true
[person]
hello_ms = 5
turn_end_ms = 400
reaction_ms = [1, 2, 3]
machine = true
patience_ms = 7
stay_ms = 8
mishears_percent = 9
voice_db = -10
noise_dbfs = -50
echo = { db = -11, delay_ms = 12 }
[en]
hello = "hello"
[[en.meanwhile]]
turn = 2
heard = "free delivery"
every_ms = 500
times = 3
chance_percent = 50
takes_floor = false
say = ["uh", "huh"]
"#;
    let all = character("all", "all.toml", text).unwrap();
    let person = all.person(Language::English);
    let manner = &person.manner;
    assert_eq!(
        (manner.turn_end_ms, manner.stay_ms, manner.machine),
        (400, 8, true)
    );
    assert_eq!(manner.reaction_ms, Spread::triangle(1, 2, 3));
    assert_eq!(manner.patience_ms, Some(Spread::always(7)));
    assert_eq!(
        (manner.sound.voice_db, manner.sound.noise_dbfs),
        (-10, Some(-50))
    );
    let echo = Echo {
        db: -11,
        delay_ms: 12,
    };
    assert_eq!(manner.sound.echo, Some(echo));
    let meanwhile = &person.speech.meanwhile[0];
    assert_eq!(
        (meanwhile.turn, meanwhile.times, meanwhile.chance_percent),
        (Some(2), Some(3), 50)
    );
    assert_eq!((meanwhile.heard.len(), meanwhile.say.len()), (1, 2));
    assert!(!meanwhile.takes_floor);
    assert!(all.person(Language::Russian).speech.hello.is_empty());
}

#[rstest]
#[case(
    "[line]\ndoes = \"bussy\"",
    3,
    8,
    "no such end of a call: `bussy`",
    "did you mean `busy`?"
)]
#[case(
    "[persn]",
    2,
    2,
    "unknown field `persn`, expected one of `about`, `line`, `person`, `ru`, `en`",
    "did you mean `person`?"
)]
#[case(
    "[ru]\nhelo = \"да\"",
    3,
    1,
    "unknown field `helo`, expected one of `hello`, `when`, `sequence`, `otherwise`, `not_understood`, `dead_air`, `meanwhile`",
    "did you mean `hello`?"
)]
#[case(
    "[ru]\notherwise = [\"да\", \"[puase 5]\"]",
    3,
    20,
    "no such direction: [puase 5]",
    "did you mean `pause`?"
)]
#[case(
    "[ru]\notherwise = []",
    3,
    13,
    "an empty list",
    "write a text, or leave it out"
)]
#[case(
    "[[ru.when]]\nheard = \"?\"\nsay = \"да\"",
    3,
    9,
    "no words to hear",
    "write words of the bot"
)]
#[case(
    "[[ru.when]]\nheard = \"да\"\nsay = \"да\"\ntimes = 0",
    5,
    9,
    "0 is never",
    "count from 1, or leave it out"
)]
#[case(
    "[[ru.meanwhile]]\nsay = \"да\"",
    2,
    1,
    "nothing says when",
    "give it `after_ms`, from the bot's first sound, or `heard`"
)]
#[case(
    "[[ru.meanwhile]]\nafter_ms = 5\nevery_ms = 5\nsay = \"да\"",
    4,
    12,
    "too often to be said",
    "write 100 or more"
)]
#[case(
    "[[ru.meanwhile]]\nafter_ms = 5\nchance_percent = 101\nsay = \"да\"",
    4,
    18,
    "more than always",
    "write 0 to 100"
)]
#[case(
    "[person]\nvoice_db = 30",
    3,
    12,
    "30 makes no sense here",
    "write -40 to 12"
)]
#[case(
    "[person]\necho = { db = 3, delay_ms = 5 }",
    3,
    15,
    "3 makes no sense here",
    "write -60 to -1"
)]
#[case(
    "[line]\ndoes = \"busy\"\n[ru]\nhello = \"да\"",
    4,
    1,
    "nobody answers on this line",
    "leave this section out, or write does = \"answers\" in [line]"
)]
#[case(
    "[line]\ndoes = \"rings_out\"\nring_ms = 5",
    4,
    11,
    "`ring_ms` ends the ringing of a line that rings out",
    "leave it out: it rings until the caller gives up"
)]
#[case(
    "[line]\nearly_media_repeats = true",
    3,
    23,
    "there is no `early_media` to repeat",
    "write early_media = \"…\" above it"
)]
fn a_mistake_is_told_with_its_place_and_what_to_write(
    #[case] text: &str,
    #[case] line: usize,
    #[case] column: usize,
    #[case] message: &str,
    #[case] hint: &str,
) {
    let error = character("a", "a.toml", &format!("{ABOUT}{text}")).unwrap_err();
    let told = (error.line, error.column, error.message.as_str());
    assert_eq!(told, (line, column, message));
    assert_eq!(error.hint.as_deref(), Some(hint));
}

#[rstest]
#[case("[person]\nreaction_ms = [3, 1]")]
#[case("[person]\nreaction_ms = \"soon\"")]
#[case("[person]\nreaction_ms = -5")]
#[case("[person]\nreaction_ms = 99999999999")]
fn a_spread_that_is_none_is_told_what_it_should_be(#[case] text: &str) {
    let error = character("a", "a.toml", &format!("{ABOUT}{text}")).unwrap_err();
    assert_eq!((error.line, error.column), (3, 15), "{error}");
    assert!(error.message.contains("[least, typical, most]"), "{error}");
}

#[test]
fn a_file_without_a_word_about_it_is_refused() {
    let error = character("a", "a.toml", "[ru]\n").unwrap_err();
    assert_eq!(error.message, "missing field `about`");
    let error = character("a", "a.toml", "about = \" \"\n").unwrap_err();
    assert_eq!(error.hint.as_deref(), Some("say in a line what it does"));
}
