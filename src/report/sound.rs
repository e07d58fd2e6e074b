//! What calls sounded like, as measured on the two sides of their recordings: of one call as the
//! history keeps it, and of many together.

use serde_json::Value;

use super::Percentiles;

/// What one call sounded like. All in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SoundFact {
    /// From the end of the callee's speech to our first sound, answer by answer.
    pub gaps_ms: Vec<i64>,
    /// From the onset of an interruption to our silence.
    pub barge_in_stops_ms: Vec<i64>,
    /// Both spoke.
    pub talk_over_ms: i64,
    /// Neither spoke, the longest time at one stretch.
    pub longest_silence_ms: i64,
    /// Our last words were cut.
    pub clipped_end: bool,
    /// Holes inside what we said: audio that came too late. Calls of earlier versions know none.
    pub underruns: i64,
}

impl SoundFact {
    /// From what is kept with a call; `None` where nothing was measured.
    pub fn read(data: &Value) -> Option<Self> {
        let sound = data.get("sound")?;
        let list = |name: &str| -> Vec<i64> {
            let values = sound.get(name).and_then(Value::as_array);
            values
                .into_iter()
                .flatten()
                .filter_map(Value::as_i64)
                .collect()
        };
        let number = |name: &str| sound.get(name).and_then(Value::as_i64).unwrap_or(0);
        Some(Self {
            gaps_ms: list("gaps_ms"),
            barge_in_stops_ms: list("barge_in_stops_ms"),
            talk_over_ms: number("talk_over_ms"),
            longest_silence_ms: number("longest_silence_ms"),
            clipped_end: sound.get("clipped_end").and_then(Value::as_bool) == Some(true),
            underruns: number("underruns"),
        })
    }
}

/// What many calls sounded like.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SoundTally {
    /// The calls that were measured.
    pub calls: u64,
    gaps_ms: Vec<i64>,
    stops_ms: Vec<i64>,
    silences_ms: Vec<i64>,
    talk_over_ms: Vec<i64>,
    /// Calls whose last words were cut.
    pub clipped: u64,
    /// Holes inside what we said, of all calls.
    pub underruns: i64,
}

impl SoundTally {
    /// Adds a call.
    pub fn add(&mut self, call: &SoundFact) {
        self.calls += 1;
        self.gaps_ms.extend(&call.gaps_ms);
        self.stops_ms.extend(&call.barge_in_stops_ms);
        self.silences_ms.push(call.longest_silence_ms);
        self.talk_over_ms.push(call.talk_over_ms);
        self.clipped += u64::from(call.clipped_end);
        self.underruns = self.underruns.saturating_add(call.underruns);
    }

    /// How long callees waited for our answers.
    pub fn gaps(&self) -> Option<Percentiles> {
        Percentiles::of(self.gaps_ms.clone())
    }

    /// How soon we fell silent for those who interrupted.
    pub fn stops(&self) -> Option<Percentiles> {
        Percentiles::of(self.stops_ms.clone())
    }

    /// The longest silence of each call.
    pub fn silences(&self) -> Option<Percentiles> {
        Percentiles::of(self.silences_ms.clone())
    }

    /// How long both spoke in each call.
    pub fn talk_over(&self) -> Option<Percentiles> {
        Percentiles::of(self.talk_over_ms.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_measured_is_read_and_added_up() {
        assert_eq!(SoundFact::read(&Value::Null), None);
        let call = |gaps: &[i64], clipped: bool| {
            SoundFact::read(&json!({ "sound": {
                "gaps_ms": gaps, "barge_in_stops_ms": [220], "talk_over_ms": 200,
                "longest_silence_ms": 900, "clipped_end": clipped,
            } }))
            .unwrap()
        };
        let mut tally = SoundTally::default();
        tally.add(&call(&[400, 420], false));
        tally.add(&call(&[], true));
        tally.add(&call(&[1_200], false));
        let gaps = tally.gaps().unwrap();
        assert_eq!((gaps.count, gaps.p50, gaps.max), (3, 420, 1_200));
        assert_eq!((tally.calls, tally.clipped, tally.underruns), (3, 1, 0));
        assert_eq!(tally.stops().unwrap().p95, 220);
    }
}
