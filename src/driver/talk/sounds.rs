//! Files that a scenario plays, and keys that it sends.

use super::{Outside, Talk};
use crate::audio::wav_read;
use crate::call::PromptId;

impl Talk {
    /// Plays a file that was read with the scenario.
    pub(super) fn play_file(&mut self, id: PromptId, file: &str, outside: &mut Outside) {
        let frames = self
            .machine
            .sound(file)
            .map(|it| wav_read::frames_of(&it.wav));
        let Some(Ok(frames)) = frames else {
            tracing::warn!(attempt = %self.attempt, file, "a file was not read with its scenario");
            self.error
                .get_or_insert_with(|| format!("{file} was not played"));
            outside.mouth.play(id, &[]);
            return;
        };
        let codec = self.station.plan.codec;
        let audio: Vec<u8> = frames.iter().flat_map(|it| codec.encode(it)).collect();
        outside.mouth.play(id, &audio);
    }

    /// Sends keys to the callee's side.
    pub(super) async fn send_keys(&mut self, keys: &str, outside: &Outside) {
        if let Err(error) = outside.line.control.send_dtmf(keys).await {
            tracing::warn!(attempt = %self.attempt, %error, "keys were not sent");
            self.error
                .get_or_insert_with(|| format!("keys were not sent: {error}"));
        }
    }
}
