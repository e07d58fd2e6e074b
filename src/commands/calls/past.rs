//! A recorded call as the dialogue saw it: what the callee did, and what we said to it.

use jiff::tz::TimeZone;

use crate::dialogue::{Heard, PastCall, PastStep, Variables};
use crate::store::{CallDetail, CallSummary, Ledger, Speaker, StoreError, TurnRow};

/// What is still known of the lead of a call.
///
/// # Errors
/// The ledger cannot be read.
pub(in crate::commands) fn fields_of(
    call: &CallSummary,
    ledger: &Ledger,
) -> Result<Variables, StoreError> {
    let mut fields = Variables::new();
    if let Some(lead) = call
        .lead
        .map(|lead| ledger.listed(lead))
        .transpose()?
        .flatten()
    {
        fields.extend(lead.fields);
        fields.extend(lead.name.map(|name| ("name".to_owned(), name)));
    }
    if let Some(name) = &call.name {
        fields.insert("name".to_owned(), name.clone());
    }
    Ok(fields)
}

/// What happened in a call, in order of time.
enum Moment<'a> {
    Turn(&'a TurnRow),
    Silence,
}

/// A call for the backtest. `zone` is where it is reckoned that the callee lives.
pub(in crate::commands) fn past_call(
    call: &CallDetail,
    fields: Variables,
    zone: &TimeZone,
) -> PastCall {
    let turns = call
        .turns
        .iter()
        .map(|turn| (turn.at_ms, Moment::Turn(turn)));
    let silences = call.events.iter().filter(|event| {
        let timer = event.detail.get("timer").and_then(|timer| timer.as_str());
        event.kind == "timeout" && timer == Some("NoInput")
    });
    let silences = silences.map(|event| (event.at_ms, Moment::Silence));
    // A silence is over when we begin to speak about it: at the same time it comes first.
    let mut moments: Vec<(i64, Moment<'_>)> = silences.chain(turns).collect();
    moments.sort_by_key(|(at, _)| *at);
    let mut past = PastCall {
        fields,
        now: call.call.created_at.to_zoned(zone.clone()).datetime(),
        opening: Vec::new(),
        steps: Vec::new(),
        outcome: call.call.outcome.clone(),
    };
    for (_, moment) in moments {
        let mut state = None;
        let heard = match moment {
            Moment::Silence => Heard::Silence,
            Moment::Turn(turn) if turn.speaker == Speaker::Bot => {
                let said = past.steps.last_mut();
                let said = said.map_or(&mut past.opening, |step| &mut step.said);
                said.extend(turn.state.clone().map(|state| (state, turn.text.clone())));
                continue;
            }
            // What was said before we began, or over us, was not answered.
            Moment::Turn(turn) if turn.state.is_none() => continue,
            Moment::Turn(turn) => {
                state.clone_from(&turn.state);
                heard(turn)
            }
        };
        past.steps.push(PastStep {
            heard,
            state,
            said: Vec::new(),
        });
    }
    past
}

/// A key is recorded as `[1]`.
fn heard(turn: &TurnRow) -> Heard {
    let words = turn.text.clone();
    if let ['[', key, ']'] = words.chars().collect::<Vec<char>>().as_slice() {
        return Heard::Key(*key);
    }
    // What a model said then, it is taken to say again.
    match turn.intent.clone().filter(|_| turn.advised) {
        Some(intent) => Heard::Advised { words, intent },
        None => Heard::Words(words),
    }
}
