//! A moment as a callee said it, compared with one that is known to the minute: «завтра» is the
//! visit of tomorrow at three, and so is «к трём».

use jiff::civil::DateTime;

use super::Known;

/// Whether a slot that holds a moment tells another as far as it was said: its day where a day was
/// said, its hour where an hour was.
pub(super) fn tells(name: &str, said: DateTime, at: DateTime, known: &dyn Known) -> bool {
    let value = |mark: &str| known.value(&format!("{name}.{mark}"));
    let is = |mark: &str| value(mark).is_some_and(|value| value == "true");
    let (dated, timed, exact) = (is("dated"), is("timed"), is("exact"));
    if !dated && !timed {
        return false;
    }
    let until: DateTime = value("until")
        .and_then(|until| until.parse().ok())
        .unwrap_or(said);
    let day = (said.date()..=until.date()).contains(&at.date());
    let hour = if exact {
        said.time() == at.time()
    } else {
        (said.time()..=until.time()).contains(&at.time())
    };
    (day || !dated) && (hour || !timed)
}
