//! What the URL of a session may say.

use rstest::rstest;

use super::*;

#[rstest]
#[case::format("audio_format", "alaw_8000")]
#[case::strategy("commit_strategy", "auto")]
#[case::silence_low("vad_silence_threshold_secs", "0.2")]
#[case::silence_high("vad_silence_threshold_secs", "3.1")]
#[case::silence_text("vad_silence_threshold_secs", "long")]
#[case::threshold("vad_threshold", "0.95")]
#[case::speech("min_speech_duration_ms", "49")]
#[case::min_silence("min_silence_duration_ms", "2001")]
#[case::keyterm("keyterms", "twenty-one characters")]
#[case::model("model_id", "scribe_v1")]
#[case::flag("include_timestamps", "yes")]
fn parameters_out_of_range_are_refused(#[case] name: &str, #[case] value: &str) {
    let query = [(name.to_owned(), value.to_owned())];
    assert!(Settings::parse(&query).is_err());
}

#[test]
fn combinations_are_judged_too() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let both = [
        pair("filter_background_audio", "true"),
        pair("include_timestamps", "true"),
    ];
    assert!(Settings::parse(&both).is_err());
    assert!(Settings::parse(&both[..1]).is_ok());
    let terms = vec![pair("keyterms", "термин"); 51];
    assert!(Settings::parse(&terms).is_err());
    assert_eq!(Settings::parse(&terms[..50]).unwrap().keyterms.len(), 50);
    let unknown = [pair("sample_rate", "x"), pair("vad_commit_strategy", "x")];
    assert!(
        Settings::parse(&unknown).is_ok(),
        "unknown names are ignored"
    );
}
