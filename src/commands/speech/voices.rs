//! `novodial speech voices`: the voices of the account, and which one speaks now.

use serde_json::json;

use super::check::language_of;
use crate::commands::Desk;
use crate::driver;
use crate::output::{Envelope, ExitStatus, Table, plain};

pub(super) fn voices(search: &str, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let proxy = settings.elevenlabs.proxy.as_ref();
    let account = driver::account(&settings, language_of(&settings), proxy)?;
    let voices = desk.block_on(async { Ok(account.voices(search).await?) })?;
    let own = settings.elevenlabs.voice_id.as_deref();
    let speaks = |id: &str| own == Some(id);
    if desk.printer.is_json() {
        let list: Vec<_> = voices
            .iter()
            .map(|voice| {
                json!({
                    "voice_id": voice.id, "name": voice.name, "category": voice.category,
                    "languages": voice.languages(), "chosen": speaks(&voice.id),
                })
            })
            .collect();
        let body = json!({ "voices": list });
        desk.printer
            .json(&Envelope::new("novodial.speech_voices/1", body))?;
        return Ok(found(voices.len()));
    }
    let mut table = Table::new(["", "name", "voice_id", "category", "languages"]);
    for voice in &voices {
        table.row([
            if speaks(&voice.id) { "*" } else { "" }.to_owned(),
            plain(&voice.name).into_owned(),
            plain(&voice.id).into_owned(),
            plain(voice.category.as_deref().unwrap_or("")).into_owned(),
            plain(&voice.languages().join(", ")).into_owned(),
        ]);
    }
    if voices.is_empty() {
        desk.printer
            .message("there is no such voice in the account");
    } else {
        desk.printer.table(table)?;
        desk.printer.message(
            "try one: novodial speech say \"…\" --voice ID; then set [elevenlabs] voice_id",
        );
    }
    Ok(found(voices.len()))
}

fn found(count: usize) -> ExitStatus {
    if count == 0 {
        ExitStatus::No
    } else {
        ExitStatus::Success
    }
}
