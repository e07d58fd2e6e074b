//! A sound for the user's ear, by whatever player there is.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::output::{ExitStatus, UserError};

/// Players and their arguments before the file, the usual ones of each system first.
const PLAYERS: [(&str, &[&str]); 5] = [
    ("aplay", &["-q"]),
    ("paplay", &[]),
    ("pw-play", &[]),
    ("afplay", &[]),
    ("ffplay", &["-nodisp", "-autoexit", "-loglevel", "error"]),
];

/// Plays a WAV file to its end; the player's name.
///
/// # Errors
/// There is no player, or the one there is has no sound card.
pub(super) fn play(file: &Path) -> anyhow::Result<&'static str> {
    for (player, arguments) in PLAYERS {
        let ran = Command::new(player)
            .args(arguments)
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output();
        match ran {
            Ok(output) if output.status.success() => return Ok(player),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                let cause = said.lines().next().unwrap_or("it says nothing").to_owned();
                return Err(unheard(&format!("{player} cannot play it: {cause}")).into());
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(unheard(&format!("{player} does not start: {error}")).into()),
        }
    }
    let names = PLAYERS.map(|(player, _)| player).join(", ");
    Err(unheard(&format!("there is no player here ({names})")).into())
}

fn unheard(cause: &str) -> UserError {
    let message = format!("the sound cannot be played: {cause}");
    UserError::new(ExitStatus::Outside, "no_player", message)
        .hint("write it to a file with --out hello.wav, or install alsa-utils")
}
