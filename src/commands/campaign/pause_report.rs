//! What a run tells of pauses and dropped answers.

use std::collections::BTreeMap;

use crate::campaign::{DrainReason, Trouble};
use crate::commands::written::counted;
use crate::driver::CampaignEnd;
use crate::output::plain;

/// It is asked or tried whether a trouble is over.
pub(super) fn probing(trouble: Trouble) -> String {
    let what = trouble.explanation();
    format!("{what}: trying whether it still is so")
}

/// It is over.
pub(super) fn goes_on(trouble: Trouble) -> String {
    let what = trouble.explanation();
    format!("no longer so: {what}; going on")
}

/// The speech service allows no more.
pub(super) fn speech_limit(conversations: u32) -> String {
    format!(
        "the speech service allows {} at once: no more are held",
        counted(conversations, "conversation")
    )
}

/// How often each trouble outside paused a run, by its word.
pub(super) fn pauses(end: &CampaignEnd) -> BTreeMap<&'static str, u32> {
    let pauses = end.pauses.iter();
    pauses
        .map(|(trouble, count)| (trouble.as_str(), *count))
        .collect()
}

/// What was dropped, what a run was paused for, and what to do where it could not go on.
pub(super) fn lines(end: &CampaignEnd) -> Vec<String> {
    let mut lines = Vec::new();
    if end.dropped > 0 {
        let dropped = end.dropped;
        lines.push(format!(
            "{dropped} answered when no conversation was free within 2 s"
        ));
    }
    for (trouble, count) in &end.pauses {
        let counted = if *count == 1 {
            "once".to_owned()
        } else {
            format!("{count} times")
        };
        lines.push(format!("paused {counted}: {}", trouble.explanation()));
    }
    if let DrainReason::Breaker(trouble) = end.reason {
        let hint = trouble.hint();
        lines.push(format!(
            "it did not pass, and nobody is rung any more: {hint}"
        ));
        if let Some(error) = &end.speech_trouble {
            lines.push(format!("{}; hint: {}", plain(&error.message), error.hint));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::Money;
    use crate::speech::{SpeechError, SpeechErrorClass};

    #[test]
    fn a_run_that_could_not_go_on_says_why_and_what_to_do() {
        let end = CampaignEnd {
            reason: DrainReason::Breaker(Trouble::OutOfCredits),
            halted: None,
            calls: 9,
            cost: Money::default(),
            dropped: 2,
            pauses: [(Trouble::Congestion, 1), (Trouble::OutOfCredits, 3)].into(),
            speech: None,
            speech_trouble: Some(SpeechError {
                class: SpeechErrorClass::Quota,
                message: "no credits are left".to_owned(),
                hint: "top up the account".to_owned(),
            }),
            fault: None,
        };
        let lines = lines(&end);
        assert_eq!(lines.len(), 5, "{lines:#?}");
        assert!(lines[0].starts_with("2 answered"));
        assert_eq!(
            lines[1],
            "paused once: the network has no free lines for our calls"
        );
        assert!(lines[2].starts_with("paused 3 times: the speech service"));
        assert!(lines[3].contains("credits and its key"));
        assert_eq!(lines[4], "no credits are left; hint: top up the account");
        assert_eq!(pauses(&end)["out_of_credits"], 3);
    }
}
