//! From settings and history to a planner: limits, caller ids, what earlier calls teach.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::call::WaitingWords;
use crate::campaign::{Mode, Planner, PlannerLimits};
use crate::cli::PacingArgs;
use crate::driver;
use crate::language::Language;
use crate::output::{ExitStatus, UserError};
use crate::settings::{Flag, Settings};
use crate::store::{Campaign, Ledger};

/// So many of the last calls teach the adaptive pacing who answers, and when.
const REMEMBERED: u32 = 4_000;

pub(super) fn flags(arguments: &PacingArgs) -> Vec<Flag> {
    let given = arguments.given().into_iter();
    given
        .map(|(key, flag, text)| Flag { key, flag, text })
        .collect()
}

/// What a run may do.
///
/// # Errors
/// The adaptive mode has no conversations fewer than calls to work with.
pub(in crate::commands) fn limits(
    settings: &Settings,
    limit: Option<u64>,
) -> Result<PlannerLimits, UserError> {
    let (campaign, pacing) = (&settings.campaign, &settings.campaign.pacing);
    let conversations = pacing.max_conversations.unwrap_or(campaign.max_calls);
    if matches!(pacing.mode, Mode::Adaptive { .. }) && conversations >= campaign.max_calls {
        let message = format!(
            "adaptive pacing rings more lines than there are conversations, and both are {} now",
            campaign.max_calls
        );
        return Err(
            UserError::new(ExitStatus::Invalid, "bad_pacing", message).hint(
                "say how many conversations there may be at once (--max-conversations) and some \
                 three to ten times as many calls (--max-calls), or leave the mode progressive",
            ),
        );
    }
    Ok(PlannerLimits {
        max_calls: campaign.max_calls,
        max_conversations: conversations,
        mode: pacing.mode,
        calls_per_second: campaign.calls_per_second,
        ramp: pacing.ramp,
        caller_ids: pacing.caller_ids.clone(),
        ring_timeout: SignedDuration::try_from(settings.call.ring_timeout)
            .unwrap_or(SignedDuration::MAX),
        limit,
        zone: settings.policy.default_timezone.clone(),
        breaker: pacing.breaker,
    })
}

/// A planner that knows what was done before: by each caller id today, and how calls went.
pub(super) fn planner(
    mut limits: PlannerLimits,
    campaign: &Campaign,
    ledger: &Ledger,
) -> anyhow::Result<Planner> {
    if !limits.caller_ids.is_empty() {
        let used = ledger.calls_by_caller_id(midnight(&limits.zone)?)?;
        for id in &mut limits.caller_ids {
            id.used_today = used.get(&id.number).copied().unwrap_or(0);
        }
    }
    let learns = matches!(limits.mode, Mode::Adaptive { .. });
    let mut planner = Planner::new(limits)?;
    if learns {
        for past in ledger.past_calls(campaign.id, REMEMBERED)? {
            planner.remember(&past);
        }
    }
    Ok(planner)
}

/// When the day began by the campaign's own calendar.
fn midnight(zone: &TimeZone) -> anyhow::Result<jiff::Timestamp> {
    let today = driver::now().to_zoned(zone.clone()).date();
    Ok(today.to_zoned(zone.clone())?.timestamp())
}

/// What callees hear who have to wait; `None` where none has to.
pub(super) fn waiting_words(settings: &Settings, language: Language) -> Option<WaitingWords> {
    match settings.campaign.pacing.mode {
        Mode::Progressive => None,
        Mode::Adaptive { .. } => Some(words_of_waiting(settings, language)),
    }
}

/// What callees hear who had to wait, whatever the mode is now.
pub(in crate::commands) fn words_of_waiting(
    settings: &Settings,
    language: Language,
) -> WaitingWords {
    let pacing = &settings.campaign.pacing;
    let (greeting, farewell) = match language {
        Language::Russian => (
            "Здравствуйте! Одну секунду, пожалуйста.",
            "Извините, сейчас все линии заняты. Мы вам перезвоним. До свидания!",
        ),
        Language::English => (
            "Hello! One moment, please.",
            "Sorry, all our lines are busy now. We will call you again. Goodbye!",
        ),
    };
    let own = |own: &Option<String>, usual: &str| own.clone().unwrap_or_else(|| usual.to_owned());
    WaitingWords {
        greeting: own(&pacing.greeting, greeting),
        farewell: own(&pacing.farewell, farewell),
    }
}
