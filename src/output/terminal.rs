//! The terminal that bars are drawn on. One that goes away (a lost ssh) must not end the calls:
//! whoever draws takes a failed write for a defect of its own and ends the process.

use std::io;

use console::Term;
use indicatif::{ProgressDrawTarget, TermLike};

/// Draws a second; as many as indicatif makes by itself.
const HZ: u8 = 20;

/// A terminal to which a write that fails is no failure.
#[derive(Debug)]
struct Forgiving(Term);

/// Where bars are drawn: on stderr.
pub(super) fn target() -> ProgressDrawTarget {
    on(Term::buffered_stderr())
}

fn on(terminal: Term) -> ProgressDrawTarget {
    ProgressDrawTarget::term_like_with_hz(Box::new(Forgiving(terminal)), HZ)
}

/// There is nobody left to see it, and a log line would be drawn around as well.
fn forgiven(written: io::Result<()>) -> io::Result<()> {
    written.or(Ok(()))
}

impl TermLike for Forgiving {
    fn width(&self) -> u16 {
        self.0.size().1
    }

    fn height(&self) -> u16 {
        self.0.size().0
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        forgiven(self.0.move_cursor_up(n))
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        forgiven(self.0.move_cursor_down(n))
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        forgiven(self.0.move_cursor_right(n))
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        forgiven(self.0.move_cursor_left(n))
    }

    fn write_line(&self, s: &str) -> io::Result<()> {
        forgiven(self.0.write_line(s))
    }

    fn write_str(&self, s: &str) -> io::Result<()> {
        forgiven(self.0.write_str(s))
    }

    fn clear_line(&self) -> io::Result<()> {
        forgiven(self.0.clear_line())
    }

    fn flush(&self) -> io::Result<()> {
        forgiven(self.0.flush())
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs::{File, OpenOptions};

    use indicatif::{MultiProgress, ProgressBar};

    use super::*;

    #[test]
    fn a_terminal_that_takes_no_more_ends_nothing() {
        let nothing = File::open("/dev/null").unwrap();
        // Every write to it fails.
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let bars = MultiProgress::with_draw_target(on(Term::read_write_pair(nothing, full)));
        let bar = bars.add(ProgressBar::new(3));
        bar.tick();
        bars.suspend(|| ());
        bar.inc(1);
        bar.finish_and_clear();
        assert!(bar.is_finished());
    }
}
