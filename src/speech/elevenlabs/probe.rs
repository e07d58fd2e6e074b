//! Is the service ready for a campaign? Key, credits, voice, model, ear, times and places, line by
//! line. Costs nothing: nothing is spoken.

use std::time::Duration;

use tokio::time::Instant;

use super::link::Link;
use super::{AccountReport, ElevenLabs, voices};
use crate::report::CheckLine;
use crate::speech::{Recognizer, SpeechError, SpeechErrorClass};

/// Requests on an open connection; their median is told.
const ROUNDS: usize = 5;
/// A slower way is heard in every answer of the bot: a talk has some 800 ms for one.
const SLOW: Duration = Duration::from_millis(400);
/// Credits of a minute of speech, at 14 characters a second and a credit each.
const CREDITS_A_MINUTE: u64 = 840;

/// What the service is to be good for.
#[derive(Debug, Clone, Copy)]
pub struct SpeechPlan {
    /// Conversations at once.
    pub conversations: u32,
}

/// How long the service takes to answer.
#[derive(Debug, Clone)]
pub struct RoundTrips {
    /// The first answer, with connection and TLS.
    pub first: Duration,
    /// The median of the answers after it.
    pub usual: Duration,
    /// The service's own clock, as its last answer has it (RFC 9110, `Date`); empty if it tells none.
    pub date: String,
}

impl ElevenLabs {
    /// Looks at everything that can be seen without speaking. A key that does not work is the last
    /// line.
    pub async fn probe(&self, plan: SpeechPlan) -> Vec<CheckLine> {
        let what = "elevenlabs";
        let account = match self.account().await {
            Ok(account) => account,
            Err(error) => return vec![failed(what, &error)],
        };
        let mut lines = vec![
            credits(&account, plan),
            voice(&account, &self.config.voice_id),
        ];
        lines.extend(account.warnings.iter().map(|warning| {
            CheckLine::warning(
                what,
                warning.clone(),
                "elevenlabs.io, API keys: let the key read User, Voices and Models",
            )
        }));
        lines.push(self.model().await);
        lines.push(places(
            account.tier.as_deref(),
            &self.config.tts_model,
            plan,
        ));
        lines.push(self.ear().await);
        lines
    }

    /// Measures the way to the service and back, from a new connection on.
    ///
    /// # Errors
    /// There is no way to it.
    pub async fn round_trips(&self) -> Result<RoundTrips, SpeechError> {
        let (first, _) = timed(&self.link).await?;
        let mut usual = Vec::new();
        let mut date = String::new();
        for _ in 0..ROUNDS {
            let (time, told) = timed(&self.link).await?;
            usual.push(time);
            date = told;
        }
        usual.sort_unstable();
        Ok(RoundTrips {
            first,
            usual: usual.get(ROUNDS / 2).copied().unwrap_or(first),
            date,
        })
    }

    async fn model(&self) -> CheckLine {
        let what = "model";
        let (model, language) = (&self.config.tts_model, &self.config.language);
        let models = match voices::models(&self.link).await {
            Ok(models) => models,
            Err(error) if error.class == SpeechErrorClass::Auth => {
                return CheckLine::warning(
                    what,
                    format!("{model}; the key may not read which there are"),
                    "elevenlabs.io, API keys: let the key read Models",
                );
            }
            Err(error) => return failed(what, &error),
        };
        let speaking = models.iter().filter(|model| model.can_do_text_to_speech);
        match models.iter().find(|known| known.id == *model) {
            Some(known) if known.can_do_text_to_speech && known.speaks(language) => {
                let credits = known.credits();
                let price = credits.map_or_else(String::new, |credits| {
                    format!(", {credits} credits a character")
                });
                CheckLine::ok(what, format!("{model} speaks `{language}`{price}"))
            }
            Some(_) => CheckLine::failure(
                what,
                format!("{model} does not speak `{language}`"),
                "novodial.toml, [elevenlabs]: `tts_model = \"eleven_flash_v2_5\"`",
            ),
            None => {
                let names: Vec<&str> = speaking.map(|model| model.id.as_str()).collect();
                CheckLine::failure(
                    what,
                    format!("there is no model {model}"),
                    format!(
                        "novodial.toml, [elevenlabs] tts_model: one of {}",
                        names.join(", ")
                    ),
                )
            }
        }
    }

    /// Opens a session of recognition and closes it.
    async fn ear(&self) -> CheckLine {
        let what = "recognition";
        let started = Instant::now();
        match Recognizer::check(self).await {
            Ok(()) => CheckLine::ok(
                what,
                format!(
                    "{} hears, a session opens in {} ms",
                    self.config.stt_model,
                    started.elapsed().as_millis()
                ),
            ),
            Err(error) => failed(what, &error),
        }
    }
}

/// The line of a measured way.
pub fn way_line(what: &str, way: &str, times: &RoundTrips) -> CheckLine {
    let ms = |time: Duration| time.as_millis();
    let found = format!(
        "{way}: {} ms an answer, {} ms for the first",
        ms(times.usual),
        ms(times.first)
    );
    if times.usual > SLOW {
        return CheckLine::warning(
            what,
            found,
            "novodial.toml, [elevenlabs] proxy: one nearer to you or to the service; the callee waits for every answer",
        );
    }
    CheckLine::ok(what, found)
}

/// Any answer will do: what counts is the way.
async fn timed(link: &Link) -> Result<(Duration, String), SpeechError> {
    let started = Instant::now();
    let sent = link
        .web
        .get(&link.url(&["v1", "user", "subscription"], &[]))
        .await;
    let answer = sent.map_err(|error| link.request_failed("ElevenLabs", error))?;
    let time = started.elapsed();
    let date = answer.header("date").to_owned();
    // Read to its end, so that the connection is used again.
    drop(answer.body(64 * 1024).await);
    Ok((time, date))
}

fn failed(what: &str, error: &SpeechError) -> CheckLine {
    CheckLine::failure(what, error.message.clone(), error.hint.clone())
}

fn credits(account: &AccountReport, plan: SpeechPlan) -> CheckLine {
    let what = "credits";
    let tier = account.tier.as_deref().unwrap_or("unknown");
    let Some(left) = account.credits_left else {
        let found = match account.credits {
            Some(_) => format!("no end of them, plan {tier}"),
            None => "the key works; it may not read how many are left".to_owned(),
        };
        return CheckLine::ok(what, found);
    };
    let of = account
        .credits
        .map_or_else(String::new, |all| format!(" of {all}"));
    let found = format!("{left}{of} left, plan {tier}");
    let minutes = left / CREDITS_A_MINUTE;
    if minutes < u64::from(plan.conversations).max(5) {
        return CheckLine::warning(
            what,
            format!("{found}: at most {minutes} minutes of speech"),
            "elevenlabs.io, Subscription: more credits; `novodial speech warm SCENARIO` speaks each prompt once and for all",
        );
    }
    CheckLine::ok(what, found)
}

fn voice(account: &AccountReport, id: &str) -> CheckLine {
    let what = "voice";
    match &account.voice {
        Some(name) => CheckLine::ok(what, format!("{name} ({id})")),
        None => CheckLine::warning(
            what,
            format!("{id} is not in the list of the account"),
            "see those there are with `novodial speech voices`, and set [elevenlabs] voice_id",
        ),
    }
}

/// Syntheses at once of a plan, for slow models; fast ones may have twice as many (help pages of the
/// service, August 2025).
fn synthesis_places(tier: &str) -> Option<u32> {
    Some(match tier {
        "free" => 2,
        "starter" => 3,
        "creator" => 5,
        "pro" => 10,
        "scale" | "business" => 15,
        _ => return None,
    })
}

fn places(tier: Option<&str>, model: &str, plan: SpeechPlan) -> CheckLine {
    let what = "concurrency";
    let Some((tier, slow)) = tier.and_then(|tier| Some((tier, synthesis_places(tier)?))) else {
        return CheckLine::ok(what, "the plan's limits are not known; calls learn them");
    };
    let fast = model.contains("flash") || model.contains("turbo");
    let speaking = if fast { slow * 2 } else { slow };
    // Of the plans known, recognition may have three times the syntheses of a slow model.
    let hearing = slow * 3;
    let found =
        format!("plan {tier}: some {speaking} syntheses and {hearing} recognitions at once");
    if plan.conversations > hearing {
        return CheckLine::warning(
            what,
            format!("{found}, for {} conversations", plan.conversations),
            format!("novodial.toml, [campaign]: `max_conversations = {hearing}`, or a larger plan"),
        );
    }
    CheckLine::ok(what, found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Level;

    const PLAN: SpeechPlan = SpeechPlan { conversations: 5 };

    #[test]
    fn few_credits_and_few_places_are_told_with_their_mend() {
        let account = |left| AccountReport {
            credits: Some(100_000),
            credits_left: Some(left),
            ..AccountReport::default()
        };
        assert_eq!(credits(&account(100_000), PLAN).level, Level::Ok);
        let line = credits(&account(1_000), PLAN);
        assert_eq!(line.level, Level::Warning);
        assert!(line.found.contains("1 minutes"), "{line:?}");
        assert_eq!(credits(&AccountReport::default(), PLAN).level, Level::Ok);
        let many = SpeechPlan { conversations: 40 };
        assert_eq!(
            places(Some("creator"), "eleven_flash_v2_5", PLAN).level,
            Level::Ok
        );
        let line = places(Some("creator"), "eleven_flash_v2_5", many);
        assert!(line.mend.unwrap().contains("max_conversations = 15"));
        assert_eq!(places(Some("enterprise"), "m", many).level, Level::Ok);
    }

    #[test]
    fn a_slow_way_is_a_warning() {
        let times = |ms| RoundTrips {
            first: Duration::from_millis(900),
            usual: Duration::from_millis(ms),
            date: String::new(),
        };
        assert_eq!(way_line("way", "directly", &times(80)).level, Level::Ok);
        assert_eq!(
            way_line("way", "directly", &times(800)).level,
            Level::Warning
        );
    }
}
