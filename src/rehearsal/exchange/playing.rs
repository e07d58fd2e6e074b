//! What Asterisk plays and records itself: its states and its events, without the sound.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::answer::{Answer, Ask};
use super::calls::usable;
use super::core::Core;
use super::world::{Playback, Recording, World, event};
use crate::rehearsal::http::Method;

/// How long a spoken digit or letter lasts.
const CHARACTER: Duration = Duration::from_millis(830);

impl Playback {
    fn json(&self, state: &str) -> Value {
        json!({
            "id": self.id,
            "media_uri": self.media,
            "target_uri": self.target,
            "language": "ru",
            "state": state,
        })
    }

    /// How long it plays: `None` until it is stopped; an error if it cannot be played at all.
    fn length(&self) -> Result<Option<Duration>, ()> {
        let (scheme, what) = self.media.split_once(':').ok_or(())?;
        let count = u32::try_from(what.chars().count()).unwrap_or(u32::MAX);
        match scheme {
            "digits" | "characters" | "number" => Ok(Some(CHARACTER * count)),
            // Options of a tone are not its cadence.
            "tone" if !what.contains(';') => Ok(None),
            // No sound is installed.
            _ => Err(()),
        }
    }
}

impl Recording {
    fn json(&self, state: &str) -> Value {
        json!({
            "name": self.name,
            "format": self.format,
            "state": state,
            "target_uri": self.target,
        })
    }
}

pub(super) fn play(core: &Arc<Core>, channel: &str, id: Option<&str>, ask: &Ask) -> Answer {
    let mut world = core.world();
    if let Err(answer) = usable(&world, channel) {
        return answer;
    }
    let Some(media) = ask.list("media").into_iter().next() else {
        return Answer::fail(500, "Failed to queue media for playback");
    };
    let id = id.map(str::to_owned).or_else(|| ask.filled("playbackId"));
    let playback = Playback {
        id: id.unwrap_or_else(|| world.uuid()),
        media,
        target: format!("channel:{channel}"),
    };
    let answer = Answer::created(playback.json("queued"));
    world
        .playbacks
        .insert(playback.id.clone(), playback.clone());
    let started = event(
        "PlaybackStarted",
        &json!({"playback": playback.json("playing")}),
    );
    world.tell_at(&playback.target, &started);
    drop(world);
    let (playing, length) = (Arc::clone(core), playback.length());
    core.tasks.spawn(async move {
        let state = match length {
            Err(()) => "failed",
            Ok(Some(length)) => {
                sleep(length).await;
                "done"
            }
            Ok(None) => return,
        };
        playing.world().finish_playback(&playback.id, state);
    });
    answer
}

pub(super) fn playbacks(core: &Core, path: &[&str], ask: &Ask) -> Answer {
    let mut world = core.world();
    let missing = || Answer::fail(404, "Playback not found");
    match (path, &ask.method) {
        ([id], &Method::GET) => world
            .playbacks
            .get(*id)
            .map_or_else(missing, |playback| Answer::ok(playback.json("playing"))),
        ([id], &Method::DELETE) => {
            if world.finish_playback(id, "done") {
                Answer::done()
            } else {
                missing()
            }
        }
        ([_, "control"], &Method::POST) => Answer::not_rehearsed("this operation"),
        ([_], _) => Answer::wrong_method(),
        _ => Answer::not_found(),
    }
}

pub(super) fn record_channel(core: &Core, id: &str, ask: &Ask) -> Answer {
    let mut world = core.world();
    let bridged = match world.channels.get(id) {
        None => return Answer::no_channel(),
        Some(channel) if !channel.in_stasis => {
            return Answer::fail(409, "Channel not in Stasis application");
        }
        Some(channel) => channel.bridge.is_some(),
    };
    record(&mut world, format!("channel:{id}"), bridged, ask)
}

pub(super) fn record_bridge(core: &Core, id: &str, ask: &Ask) -> Answer {
    let mut world = core.world();
    if !world.bridges.contains_key(id) {
        return Answer::fail(404, "Bridge not found");
    }
    record(&mut world, format!("bridge:{id}"), false, ask)
}

fn record(world: &mut World, target: String, bridged: bool, ask: &Ask) -> Answer {
    let Some(name) = ask.filled("name") else {
        return Answer::fail(400, "Missing parameter name");
    };
    let format = ask.filled("format").unwrap_or_default();
    if !["wav", "alaw", "ulaw", "sln"].contains(&format.as_str()) {
        let message = format!("Specified format '{format}' is unknown on this system");
        return Answer::fail(422, &message);
    }
    let taken = world.recordings.contains_key(&name)
        || (world.stored.contains_key(&name)
            && ask.get("ifExists").as_deref() != Some("overwrite"));
    if taken {
        let message = format!("Recording '{name}' already exists and can not be overwritten");
        return Answer::fail(409, &message);
    }
    let recording = Recording {
        name,
        format,
        target,
        started: Instant::now(),
    };
    let answer = Answer::created(recording.json("queued"));
    if bridged {
        let mut failed = recording.json("failed");
        let why = json!("Cannot record channel while in bridge");
        super::world::set(&mut failed, "cause", why);
        let failed = event("RecordingFailed", &json!({"recording": failed}));
        world.tell_at(&recording.target, &failed);
        return answer;
    }
    let started = event(
        "RecordingStarted",
        &json!({"recording": recording.json("recording")}),
    );
    world.tell_at(&recording.target, &started);
    world.recordings.insert(recording.name.clone(), recording);
    answer
}

pub(super) fn recordings(core: &Core, path: &[&str], ask: &Ask) -> Answer {
    let mut world = core.world();
    let missing = || Answer::fail(404, "Recording not found");
    match (path, &ask.method) {
        (["stored"], &Method::GET) => {
            let all: Vec<_> = world
                .stored
                .iter()
                .map(|(name, format)| json!({"name": name, "format": format}))
                .collect();
            Answer::ok(json!(all))
        }
        (["stored", name], &Method::GET) => match world.stored.get(*name) {
            Some(format) => Answer::ok(json!({"name": name, "format": format})),
            None => missing(),
        },
        (["stored", name], &Method::DELETE) => match world.stored.remove(*name) {
            Some(_) => Answer::done(),
            None => missing(),
        },
        (["live", name], &Method::GET) => match world.recordings.get(*name) {
            Some(recording) => Answer::ok(recording.json("recording")),
            None => missing(),
        },
        (["live", name, "stop"], &Method::POST) if world.finish_recording(name, true) => {
            Answer::done()
        }
        (["live", name], &Method::DELETE) if world.finish_recording(name, false) => Answer::done(),
        (["live", _, "stop"], &Method::POST) | (["live", _], &Method::DELETE) => missing(),
        (["live", _, "pause" | "mute"], _) => Answer::not_rehearsed("this operation"),
        (["stored" | "live", ..], _) => Answer::wrong_method(),
        _ => Answer::not_found(),
    }
}

impl World {
    /// An id as Asterisk makes one.
    pub(super) fn own_id(&mut self) -> String {
        let second = jiff::Timestamp::now().as_second();
        format!("{second}.{}", self.next_number())
    }

    pub(super) fn is_recorded(&self, target: &str) -> bool {
        self.recordings.values().any(|own| own.target == target)
    }

    /// Ends what plays and is recorded at a channel or bridge that goes.
    pub(super) fn stop_media(&mut self, target: &str) {
        let playing = self.playbacks.values().filter(|own| own.target == target);
        for id in playing.map(|own| own.id.clone()).collect::<Vec<_>>() {
            self.finish_playback(&id, "failed");
        }
        let recorded = self.recordings.values().filter(|own| own.target == target);
        for name in recorded.map(|own| own.name.clone()).collect::<Vec<_>>() {
            self.finish_recording(&name, true);
        }
    }

    /// Whether it was going on.
    fn finish_playback(&mut self, id: &str, state: &str) -> bool {
        let Some(playback) = self.playbacks.remove(id) else {
            return false;
        };
        let finished = event(
            "PlaybackFinished",
            &json!({"playback": playback.json(state)}),
        );
        self.tell_at(&playback.target, &finished);
        true
    }

    /// Whether it was going on.
    fn finish_recording(&mut self, name: &str, keep: bool) -> bool {
        let Some(recording) = self.recordings.remove(name) else {
            return false;
        };
        let mut done = recording.json(if keep { "done" } else { "canceled" });
        let seconds = recording.started.elapsed().as_secs();
        super::world::set(&mut done, "duration", json!(seconds));
        if keep {
            self.stored.insert(recording.name.clone(), recording.format);
        }
        let finished = event("RecordingFinished", &json!({"recording": done}));
        self.tell_at(&recording.target, &finished);
        true
    }
}
