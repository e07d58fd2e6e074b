//! Limits on what statistics tell: `gap_p95_ms>900`, for whoever watches a campaign from cron.

use std::fmt;

use super::CampaignStats;
use crate::campaign::Money;

/// Something that statistics tell, by its name.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name in a limit and in JSON.
    pub name: &'static str,
    of: fn(&CampaignStats) -> Option<f64>,
    /// Whether it is a share, from 0 to 1.
    is_share: bool,
}

impl Metric {
    /// Its value; `None` where nothing was measured.
    pub fn value(&self, stats: &CampaignStats) -> Option<f64> {
        (self.of)(stats)
    }
}

const fn metric(name: &'static str, of: fn(&CampaignStats) -> Option<f64>) -> Metric {
    Metric {
        name,
        of,
        is_share: false,
    }
}

const fn share(name: &'static str, of: fn(&CampaignStats) -> Option<f64>) -> Metric {
    Metric {
        name,
        of,
        is_share: true,
    }
}

/// A number of milliseconds or calls.
fn whole(value: i64) -> f64 {
    value as f64
}

/// All there are. Rates are shares from 0 to 1.
#[rustfmt::skip]
pub const METRICS: [Metric; 21] = [
    metric("attempts", |stats| Some(stats.all.attempts as f64)),
    metric("dialled", |stats| Some(stats.all.dialled as f64)),
    metric("contacts", |stats| Some(stats.all.contacts as f64)),
    share("answer_seizure_ratio", |stats| stats.all.answer_seizure().value()),
    share("contact_rate", |stats| stats.all.contact().value()),
    share("machine_rate", |stats| stats.all.machine_rate().value()),
    share("drop_rate", |stats| stats.all.drop_rate().value()),
    metric("average_talk_ms", |stats| stats.all.average_talk_ms().map(whole)),
    metric("attempts_per_contact", |stats| stats.all.attempts_per_contact()),
    metric("cost", |stats| stats.all.cost.map(Money::amount)),
    metric("gap_p50_ms", |stats| stats.sound.gaps().map(|gaps| whole(gaps.p50))),
    metric("gap_p95_ms", |stats| stats.sound.gaps().map(|gaps| whole(gaps.p95))),
    metric("gap_max_ms", |stats| stats.sound.gaps().map(|gaps| whole(gaps.max))),
    metric("barge_in_p50_ms", |stats| stats.sound.stops().map(|stops| whole(stops.p50))),
    metric("barge_in_p95_ms", |stats| stats.sound.stops().map(|stops| whole(stops.p95))),
    metric("dead_air_p50_ms", |stats| stats.sound.silences().map(|dead| whole(dead.p50))),
    metric("dead_air_p95_ms", |stats| stats.sound.silences().map(|dead| whole(dead.p95))),
    metric("talk_over_p50_ms", |stats| stats.sound.talk_over().map(|over| whole(over.p50))),
    metric("talk_over_p95_ms", |stats| stats.sound.talk_over().map(|over| whole(over.p95))),
    share("clipped_rate", |stats| {
        (stats.sound.calls > 0).then(|| stats.sound.clipped as f64 / stats.sound.calls as f64)
    }),
    metric("underruns", |stats| (stats.sound.calls > 0).then(|| whole(stats.sound.underruns))),
];

/// How a metric is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Above,
    AtLeast,
    Below,
    AtMost,
    Equal,
    NotEqual,
}

/// By their signs; those of two characters first.
const SIGNS: [(&str, Comparison); 6] = [
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    (">", Comparison::Above),
    ("<", Comparison::Below),
];

impl Comparison {
    fn holds(self, value: f64, number: f64) -> bool {
        let same = (value - number).abs() < f64::EPSILON;
        match self {
            Self::Above => value > number,
            Self::AtLeast => value >= number,
            Self::Below => value < number,
            Self::AtMost => value <= number,
            Self::Equal => same,
            Self::NotEqual => !same,
        }
    }
}

/// A metric, a comparison, a number: what must not be.
#[derive(Debug, Clone)]
pub struct Limit {
    /// What is compared.
    pub metric: Metric,
    sign: &'static str,
    comparison: Comparison,
    number: f64,
}

/// What is wrong with a limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// It has another form.
    #[error("`{0}` is no limit")]
    Form(String),
    /// There is no such metric.
    #[error("no such metric: `{0}`")]
    Unknown(String),
    /// The number is none.
    #[error("`{0}` is no number")]
    Number(String),
    /// The metric is a share, and the number none.
    #[error("`{number}` can never be: `{metric}` is a share, from 0 to 1")]
    Share {
        /// Its name.
        metric: &'static str,
        /// The number, as it was written.
        number: String,
    },
}

impl Limit {
    /// Reads `gap_p95_ms>900` or `drop_rate >= 3%`.
    ///
    /// # Errors
    /// It is no limit, or names no metric.
    pub fn parse(text: &str) -> Result<Self, LimitError> {
        let at = text.find(['<', '>', '=', '!']);
        let (name, rest) = at
            .and_then(|at| text.split_at_checked(at))
            .ok_or_else(|| LimitError::Form(text.to_owned()))?;
        let found = SIGNS
            .iter()
            .find_map(|(sign, how)| Some((*sign, *how, rest.strip_prefix(sign)?)));
        let (sign, comparison, number) = found.ok_or_else(|| LimitError::Form(text.to_owned()))?;
        let name = name.trim();
        let metric = METRICS.iter().find(|metric| metric.name == name);
        let metric = *metric.ok_or_else(|| LimitError::Unknown(name.to_owned()))?;
        let number = number.trim();
        let (digits, scale) = match number.strip_suffix('%') {
            Some(percent) => (percent.trim(), 100.0),
            None => (number, 1.0),
        };
        let parsed = digits.parse::<f64>().ok().filter(|value| value.is_finite());
        let value = parsed.ok_or_else(|| LimitError::Number(number.to_owned()))? / scale;
        if metric.is_share && !(0.0..=1.0).contains(&value) {
            return Err(LimitError::Share {
                metric: metric.name,
                number: number.to_owned(),
            });
        }
        Ok(Self {
            metric,
            sign,
            comparison,
            number: value,
        })
    }

    /// Whether the statistics are so; `None` where nothing was measured.
    pub fn is_met_by(&self, stats: &CampaignStats) -> Option<bool> {
        let value = self.metric.value(stats)?;
        Some(self.comparison.holds(value, self.number))
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.metric.name, self.sign, self.number)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::report::SoundFact;

    fn stats() -> CampaignStats {
        let mut stats = CampaignStats::default();
        stats.sound.add(&SoundFact {
            gaps_ms: vec![400, 950],
            clipped_end: true,
            ..SoundFact::default()
        });
        stats
    }

    #[rstest]
    #[case("gap_p95_ms>900", Some(true))]
    #[case("gap_p95_ms > 950", Some(false))]
    #[case("gap_p95_ms>=950", Some(true))]
    #[case("gap_p50_ms<500", Some(true))]
    #[case("gap_p50_ms<=399.5", Some(false))]
    #[case("clipped_rate > 5%", Some(true))]
    #[case("underruns==0", Some(true))]
    #[case("underruns != 0", Some(false))]
    #[case("barge_in_p95_ms>1", None)]
    #[case("drop_rate>3%", None)]
    #[case("cost>=0", None)]
    #[case("clipped_rate==100%", Some(true))]
    fn a_limit_is_met_or_not_or_nothing_is_known(#[case] text: &str, #[case] met: Option<bool>) {
        assert_eq!(Limit::parse(text).unwrap().is_met_by(&stats()), met);
    }

    #[rstest]
    #[case("gap_p95_ms", LimitError::Form("gap_p95_ms".into()))]
    #[case("gap_p95_ms = 900", LimitError::Form("gap_p95_ms = 900".into()))]
    #[case("gap_95>900", LimitError::Unknown("gap_95".into()))]
    #[case("gap_p95_ms>soon", LimitError::Number("soon".into()))]
    #[case("gap_p95_ms>NaN", LimitError::Number("NaN".into()))]
    #[case("drop_rate>3", LimitError::Share { metric: "drop_rate", number: "3".into() })]
    #[case("contact_rate>200%", LimitError::Share { metric: "contact_rate", number: "200%".into() })]
    fn what_is_no_limit_is_refused(#[case] text: &str, #[case] why: LimitError) {
        assert_eq!(Limit::parse(text).unwrap_err(), why);
    }

    #[test]
    fn no_metric_has_the_name_of_another() {
        let mut names: Vec<_> = METRICS.iter().map(|metric| metric.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), METRICS.len());
    }
}
