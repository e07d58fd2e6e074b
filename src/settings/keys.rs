//! The one table of settings: every section, key, default and what it means.
//!
//! The layers, the errors and the file that `novodial init` writes are all read from here, so that a
//! key cannot exist in one place and not in another. The names are fixed: operators have files.

use super::call_keys::CALL;
use super::campaign_keys::CAMPAIGN;
use super::key::{Key, Kind, delays, limit, set, unset};
use super::novofon::NOVOFON;
use super::understanding_keys::UNDERSTANDING;

/// The sections in the order of the file, each with a line that introduces it.
pub(super) const SECTIONS: &[(&str, &str)] = &[
    (
        "asterisk",
        "Your own Asterisk, reached over ARI. `novodial asterisk check` tells what is missing.",
    ),
    (
        "elevenlabs",
        "The speech service: it hears the callee and speaks the prompts.",
    ),
    (
        "novofon",
        "Your provider NovoFon, if it is yours; every key can be left out. `novodial novofon check`.",
    ),
    (
        "understanding",
        "A language model that may be asked what a callee meant where the rules do not know; off by default.",
    ),
    ("storage", "Where calls are remembered."),
    ("call", "How one call goes."),
    (
        "policy",
        "Who may be rung, and when. Nothing is rung outside of it.",
    ),
    ("campaign", "How fast a list is worked through."),
    (
        "tariff",
        "What calls cost, as far as you say; `campaign plan` and the limits of cost use it.",
    ),
];

/// Every setting there is.
pub const KEYS: &[Key] = &joined::<{ OUR_OWN.len() + NOVOFON.len() }>(OUR_OWN, NOVOFON);

/// Those of ourselves.
const OUR_OWN: &[Key] = &joined::<{ TALKS.len() + CAMPAIGN.len() }>(TALKS, CAMPAIGN);
/// Those without the campaign's.
const TALKS: &[Key] = &joined::<{ HEARD.len() + CALL.len() }>(HEARD, CALL);
/// Those without the call's.
const HEARD: &[Key] = &joined::<{ MOST.len() + UNDERSTANDING.len() }>(MOST, UNDERSTANDING);

/// Two tables as one; a wrong length does not compile.
#[expect(
    clippy::indexing_slicing,
    reason = "done by the compiler, which checks it"
)]
const fn joined<const LENGTH: usize>(first: &[Key], second: &[Key]) -> [Key; LENGTH] {
    let mut all = [first[0]; LENGTH];
    let mut at = 0;
    while at < LENGTH {
        all[at] = if at < first.len() {
            first[at]
        } else {
            second[at - first.len()]
        };
        at += 1;
    }
    all
}

/// Those that have no file of their own.
const MOST: &[Key] = &[
    set(
        "asterisk",
        "url",
        Kind::Text,
        "http://127.0.0.1:8088",
        "Address of Asterisk's HTTP server.",
    ),
    unset(
        "asterisk",
        "username",
        Kind::Text,
        "novodial",
        "Login from ari.conf.",
    ),
    unset(
        "asterisk",
        "password",
        Kind::Secret,
        "...",
        "Its password; better in .env as NOVODIAL_ASTERISK_PASSWORD, or in a file of its own.",
    ),
    unset(
        "asterisk",
        "password_file",
        Kind::Path,
        "asterisk.password",
        "A file that holds the password and nothing else (instead of `password`).",
    ),
    set(
        "asterisk",
        "app",
        Kind::Text,
        "novodial",
        "Prefix of the ARI application's name; each run adds its own ending.",
    ),
    set(
        "asterisk",
        "trunk",
        Kind::Text,
        "novofon",
        "The PJSIP endpoint to dial through.",
    ),
    set(
        "asterisk",
        "dial",
        Kind::Text,
        "PJSIP/{number}@{trunk}",
        "The dial string; {number} and {trunk} are filled in.",
    ),
    set(
        "asterisk",
        "number_format",
        Kind::Choice(&["plain", "plus", "eight"]),
        "plain",
        "How the trunk wants numbers: plain (7916...), plus (+7916...) or eight (8916...).",
    ),
    unset(
        "asterisk",
        "caller_id",
        Kind::Text,
        "79000000000",
        "The number the callee sees; it must belong to your trunk.",
    ),
    set(
        "asterisk",
        "media",
        Kind::Choice(&["auto", "websocket", "rtp"]),
        "auto",
        "How the audio travels: auto, websocket (Asterisk 22.6 and newer) or rtp.",
    ),
    set(
        "elevenlabs",
        "base_url",
        Kind::Text,
        "https://api.elevenlabs.io",
        "Address of the service.",
    ),
    unset(
        "elevenlabs",
        "api_key",
        Kind::Secret,
        "...",
        "The key; better in .env as ELEVENLABS_API_KEY, or in a file of its own.",
    ),
    unset(
        "elevenlabs",
        "api_key_file",
        Kind::Path,
        "elevenlabs.key",
        "A file that holds the key and nothing else (instead of `api_key`).",
    ),
    unset(
        "elevenlabs",
        "voice_id",
        Kind::Text,
        "21m00Tcm4TlvDq8ikWAM",
        "The voice that speaks; its id stands in the service's voice library.",
    ),
    set(
        "elevenlabs",
        "tts_model",
        Kind::Text,
        "eleven_flash_v2_5",
        "The model that speaks.",
    ),
    set(
        "elevenlabs",
        "stt_model",
        Kind::Text,
        "scribe_v2_realtime",
        "The model that hears.",
    ),
    set(
        "elevenlabs",
        "language",
        Kind::Choice(&["ru", "en"]),
        "ru",
        "The language of the talk: ru or en.",
    ),
    unset(
        "elevenlabs",
        "proxy",
        Kind::Secret,
        "socks5://127.0.0.1:1080",
        "http://, https:// or socks5:// proxy for the service alone (it is not reachable from Russia directly).",
    ),
    set(
        "storage",
        "database",
        Kind::Path,
        "novodial.db",
        "The SQLite file with campaigns, calls and what was said.",
    ),
    set(
        "storage",
        "recordings",
        Kind::Path,
        "recordings",
        "The folder of the recordings: stereo WAV, left the callee, right we.",
    ),
    unset(
        "storage",
        "prompt_cache",
        Kind::Path,
        "prompts",
        "The folder of spoken prompts, so that each is paid for once; by default in your cache folder.",
    ),
    unset(
        "policy",
        "preset",
        Kind::Text,
        "ru",
        "Rules of a country, ru or us, or a file of your own; what it refuses, it explains.",
    ),
    set(
        "policy",
        "purpose",
        Kind::Choice(&["advertising", "service", "survey", "debt", "other"]),
        "service",
        "What the calls are for.",
    ),
    unset(
        "policy",
        "override",
        Kind::Text,
        "agreed with the lawyers on 2026-11-01",
        "Why a rule of the preset does not apply; written into the history of each campaign.",
    ),
    set(
        "policy",
        "hours",
        Kind::Text,
        "08:00-22:00",
        "The callee's local hours in which it may ring: \"any\", 08:00-22:00, or by days: Mon-Fri 09:00-20:00, Sat 10:00-18:00, holidays none.",
    ),
    set(
        "policy",
        "holidays",
        Kind::Text,
        "none",
        "Public holidays: none, ru, us or a file; without hours of its own, a holiday is a Sunday.",
    ),
    set(
        "policy",
        "default_timezone",
        Kind::Text,
        "Europe/Moscow",
        "The time zone of a number whose region is not known.",
    ),
    set(
        "policy",
        "countries",
        Kind::List,
        "RU",
        "The countries that may be rung, as two letters each.",
    ),
    set(
        "policy",
        "premium",
        Kind::Flag,
        "false",
        "Whether numbers with a price of their own may be rung.",
    ),
    set(
        "policy",
        "consent",
        Kind::Flag,
        "false",
        "Whether only those are rung whose consent and its date are in the list.",
    ),
    set(
        "policy",
        "disclosure",
        Kind::Flag,
        "false",
        "Whether the scenario must say first who calls and that a robot speaks.",
    ),
    unset(
        "policy",
        "label_text",
        Kind::Text,
        "Romashka, delivery",
        "The label that your operator shows to callees, at most 32 characters; kept in the history of the campaign with each run.",
    ),
    unset(
        "policy",
        "label_category",
        Kind::Text,
        "delivery",
        "The label's category; kept with it.",
    ),
    limit(
        "lead_per_day",
        "3",
        "Attempts of one lead in a day of the callee's calendar; 0 is no limit.",
    ),
    limit("lead_per_week", "7", "In any seven days."),
    limit("lead_per_month", "12", "In any 31 days."),
    limit("lead_total", "10", "In all."),
    limit(
        "number_per_day",
        "4",
        "Attempts at one number in a day, over all campaigns; 0 is no limit.",
    ),
    limit("number_per_week", "10", "In any seven days."),
    limit("number_per_month", "20", "In any 31 days."),
    set(
        "policy",
        "smallest_gap",
        Kind::Text,
        "15m",
        "Between the end of a call to a number and the next one, whatever the campaign.",
    ),
    set(
        "policy",
        "other_part_of_day",
        Kind::Flag,
        "true",
        "Whether a repeat after nobody answered waits for another part of the day.",
    ),
    set(
        "policy",
        "priority_step",
        Kind::Text,
        "1h",
        "How much longer a lead must have waited to come before one of a point of priority more.",
    ),
    delays(
        "busy_delays",
        "15m,30m,2h",
        "After the first busy line, the second, the third and all that follow.",
    ),
    limit(
        "busy_limit",
        "6",
        "So many busy lines, then never again; 0 never repeats.",
    ),
    delays("no_answer_delays", "2h,4h,1d", "After nobody answered."),
    limit("no_answer_limit", "5", "So often."),
    delays("phone_off_delays", "4h,1d", "After a phone that was off."),
    limit("phone_off_limit", "4", "So often."),
    delays("machine_delays", "4h,1d", "After a voicemail."),
    limit("machine_limit", "3", "So often."),
    delays("rejected_delays", "1d", "After a call that was declined."),
    limit("rejected_limit", "2", "So often."),
    delays(
        "dropped_delays",
        "1h,1d",
        "After an answer for which nobody was free to talk.",
    ),
    limit("dropped_limit", "2", "So often."),
    delays(
        "call_later_delays",
        "2h,1d",
        "After `call_later` without an hour; a promised hour is kept.",
    ),
    limit("call_later_limit", "3", "So often."),
    set(
        "policy",
        "congestion_per_day",
        Kind::Count,
        "6",
        "Calls to a lead in a day that do not get through; they cost no attempt.",
    ),
    set(
        "policy",
        "congestion_delay",
        Kind::Text,
        "5m",
        "After a call that the network or the trunk did not take; it costs no attempt.",
    ),
    set("tariff", "currency", Kind::Text, "RUB", "For people."),
    set(
        "tariff",
        "mobile",
        Kind::Rate,
        "0",
        "A minute to a Russian mobile phone.",
    ),
    set(
        "tariff",
        "fixed",
        Kind::Rate,
        "0",
        "A minute to another number at home.",
    ),
    set(
        "tariff",
        "foreign",
        Kind::Rate,
        "0",
        "A minute to another country.",
    ),
    unset(
        "tariff",
        "prefixes",
        Kind::List,
        "+7495=0.90,+7812=0.90",
        "Prices a minute of numbers that begin so; the longest counts.",
    ),
    set(
        "tariff",
        "step",
        Kind::Text,
        "1m",
        "A talk is paid in begun steps of this length.",
    ),
    set(
        "tariff",
        "attempt_fee",
        Kind::Rate,
        "0",
        "The price of every attempt, answered or not: the label on the callee's display.",
    ),
    set(
        "tariff",
        "speech_minute",
        Kind::Rate,
        "0",
        "The price of a minute of hearing and speaking.",
    ),
];
