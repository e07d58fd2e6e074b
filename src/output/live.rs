//! The calls that go on, a line each under the bar, as many as the terminal has room for.

use console::Term;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::plain;

/// Lines of the terminal that are not for calls: the bar has two, the shell one, a message one.
const OTHER_LINES: usize = 4;

/// A call that goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LiveCall {
    /// Its number in the ledger, as commands take it.
    pub id: String,
    /// Whom it rings, masked.
    pub number: String,
    /// Ringing, speaking, listening, …
    pub state: String,
    /// For how long it has rung or, once answered, been talked.
    pub seconds: i64,
    /// What was said last, and by whom.
    pub words: String,
}

impl LiveCall {
    /// `42  +7 900 ***-**-01  listening  12 s  callee: да, удобно`
    fn line(&self) -> String {
        let (id, number) = (plain(&self.id), plain(&self.number));
        let (state, words) = (plain(&self.state), plain(&self.words));
        let seconds = self.seconds;
        let line = format!("  {id:>5}  {number}  {state:<10}{seconds:>4} s  {words}");
        line.trim_end().to_owned()
    }
}

/// The lines of the calls under the bar of a campaign.
#[derive(Debug, Default)]
pub(super) struct LiveLines {
    lines: Vec<ProgressBar>,
}

impl LiveLines {
    /// Shows these calls, and no others.
    pub(super) fn update(&mut self, bars: &MultiProgress, calls: &[LiveCall]) {
        let rows = Term::stderr().size().0;
        let texts = texts(calls, usize::from(rows).saturating_sub(OTHER_LINES));
        while self.lines.len() > texts.len() {
            if let Some(line) = self.lines.pop() {
                line.finish_and_clear();
                bars.remove(&line);
            }
        }
        while self.lines.len() < texts.len() {
            let style = ProgressStyle::with_template("{wide_msg}");
            let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
            let line = bars.add(ProgressBar::new_spinner());
            line.set_style(style);
            self.lines.push(line);
        }
        for (line, text) in self.lines.iter().zip(texts) {
            line.set_message(text);
        }
    }

    /// Takes all of them away.
    pub(super) fn clear(&mut self, bars: &MultiProgress) {
        self.update(bars, &[]);
    }
}

/// The lines for these calls where there is room for so many; the last tells of those left out.
fn texts(calls: &[LiveCall], room: usize) -> Vec<String> {
    if calls.len() <= room {
        return calls.iter().map(LiveCall::line).collect();
    }
    let Some(shown) = room.checked_sub(1) else {
        return Vec::new();
    };
    let mut texts: Vec<String> = calls.iter().take(shown).map(LiveCall::line).collect();
    let rest = calls.len() - shown;
    texts.push(format!("         … and {rest} calls more"));
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(id: u32) -> LiveCall {
        LiveCall {
            id: id.to_string(),
            number: "+7 900 ***-**-01".to_owned(),
            state: "listening".to_owned(),
            seconds: 12,
            words: "callee: да,\u{1b}[2J\nудобно".to_owned(),
        }
    }

    #[test]
    fn a_call_is_one_clean_line() {
        insta::assert_snapshot!(call(42).line(), @"     42  +7 900 ***-**-01  listening   12 s  callee: да,[2J удобно");
    }

    #[test]
    fn there_are_never_more_lines_than_room() {
        let calls: Vec<LiveCall> = (1..=9).map(call).collect();
        assert_eq!(texts(&calls, 9).len(), 9);
        let few = texts(&calls, 4);
        assert_eq!(few.len(), 4);
        assert_eq!(few[3].trim(), "… and 6 calls more");
        assert_eq!(texts(&calls, 1), ["         … and 9 calls more"]);
        assert!(texts(&calls, 0).is_empty());
        assert!(texts(&[], 10).is_empty());
    }
}
