//! The numbers that callees see: owned, active, and what the line shows in their place.

use super::{ProviderPlan, digits};
use crate::novofon::SipLine;
use crate::report::CheckLine;

const WHAT: &str = "caller id";

/// Looks at each of our caller ids; `known` are the account's numbers, whether each works, and its
/// state in the provider's word.
pub(super) fn check(
    known: &[(String, bool, String)],
    plan: &ProviderPlan,
    line: Option<&SipLine>,
    lines: &mut Vec<CheckLine>,
) {
    if plan.caller_ids.is_empty() {
        lines.push(unset(known, line));
    }
    for caller_id in &plan.caller_ids {
        lines.push(owned(caller_id, known));
    }
    lines.extend(line.and_then(|line| replaced(line, plan)));
}

fn unset(known: &[(String, bool, String)], line: Option<&SipLine>) -> CheckLine {
    if let Some(shown) = line.and_then(|line| line.caller_id.as_deref()) {
        return CheckLine::ok(WHAT, format!("none is set; the line shows {shown}"));
    }
    let active = known.iter().find(|(_, active, _)| *active);
    let example = active.map_or("a number of the account", |(number, ..)| number.as_str());
    CheckLine::warning(
        WHAT,
        "none is set, and the line has none of its own",
        format!("set [asterisk] caller_id = \"{example}\""),
    )
}

fn owned(caller_id: &str, known: &[(String, bool, String)]) -> CheckLine {
    let number = digits(caller_id);
    let found = known.iter().find(|(known, ..)| digits(known) == number);
    match found {
        Some((_, true, _)) => CheckLine::ok(WHAT, format!("{number} is yours and active")),
        Some((_, false, state)) => CheckLine::failure(
            WHAT,
            format!("{number} is yours, but its state is `{state}`"),
            "look at the number in the cabinet: it may wait for documents, or for money",
        ),
        None => CheckLine::failure(
            WHAT,
            format!("{number} is not a number of this account"),
            "set [asterisk] caller_id (or [campaign] caller_ids) to one of: novodial novofon numbers; \
             calls with a foreign number are dropped, and forbidden",
        ),
    }
}

/// A registered line shows its own number, whatever it is told.
fn replaced(line: &SipLine, plan: &ProviderPlan) -> Option<CheckLine> {
    let shown = line.caller_id.as_deref().map(digits)?;
    let other = plan.caller_ids.iter().find(|id| digits(id) != shown)?;
    Some(CheckLine::warning(
        WHAT,
        format!(
            "the line {} shows {shown} in place of {}",
            line.login,
            digits(other)
        ),
        format!(
            "set [asterisk] caller_id = \"{shown}\", or change the line's number in the cabinet"
        ),
    ))
}
