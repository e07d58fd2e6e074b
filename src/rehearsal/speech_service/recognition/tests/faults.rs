//! The faults that can be put in.

use super::*;

fn broken(faults: &[Fault]) -> Call {
    Call::open_with(&[("audio_format", "pcm_8000")], &Options::default(), faults)
}

fn say_and_commit(call: &mut Call) {
    call.say(&speak("да"));
    call.silence(1_200);
    call.commit();
    call.wait(ms(1_000));
}

#[test]
fn faults_of_commits_do_what_they_say() {
    let mut call = broken(&[Fault::DropCommits]);
    say_and_commit(&mut call);
    assert!(call.of("committed_transcript").is_empty());
    let mut call = broken(&[Fault::EmptyCommits]);
    say_and_commit(&mut call);
    assert_eq!(call.texts("committed_transcript"), [""]);
    let mut call = broken(&[Fault::RepeatCommits(3)]);
    say_and_commit(&mut call);
    assert_eq!(call.texts("committed_transcript"), ["да"; 3]);
    let mut call = broken(&[Fault::NoEcho]);
    say_and_commit(&mut call);
    assert!(call.of("partial_transcript").is_empty());
    let mut call = broken(&[Fault::ThrottleCommits]);
    say_and_commit(&mut call);
    assert_eq!(call.ending().unwrap().1, closed(1000, "commit_throttled"));
    assert!(
        call.record().violations.is_empty(),
        "not the client's fault"
    );
}

#[test]
fn twins_can_be_made_to_come_in_the_wrong_order() {
    let query = [("audio_format", "pcm_8000"), ("include_timestamps", "true")];
    let mut call = Call::open_with(&query, &Options::default(), &[Fault::TwinFirst]);
    say_and_commit(&mut call);
    let kinds = call.kinds();
    let place = |kind: &str| kinds.iter().position(|k| k == kind).unwrap();
    assert!(place("committed_transcript_with_timestamps") < place("committed_transcript"));
}

#[test]
fn faults_of_sessions_do_what_they_say() {
    let mut call = broken(&[Fault::NeverStart]);
    call.wait(ms(10_000));
    assert!(call.kinds().is_empty());
    let mut call = broken(&[Fault::CloseAfter(ms(500))]);
    call.silence(SECOND);
    assert_eq!(call.ending().unwrap().1, closed(1000, ""));
    let mut call = broken(&[Fault::ResetAfter(ms(500))]);
    call.silence(SECOND);
    assert_eq!(call.ending().unwrap().1, Output::Reset);
    let mut call = broken(&[Fault::SelfCommitAfter(ms(500))]);
    call.silence(SECOND);
    assert_eq!(call.record().self_commits, 2);
    let mut call = broken(&[Fault::Strangers]);
    assert_eq!(call.kinds().len(), 3);
    say_and_commit(&mut call);
    assert_eq!(call.texts("committed_transcript"), ["да"]);
}

#[test]
fn a_late_session_says_nothing_at_first_and_then_all_it_heard() {
    let mut call = broken(&[Fault::LateStart(ms(1_500))]);
    call.say(&speak("да"));
    call.silence(4_000);
    call.commit();
    call.wait(ms(600));
    assert!(call.kinds().is_empty());
    call.wait(ms(1_000));
    assert_eq!(call.kinds()[0], "session_started");
    assert_eq!(call.texts("committed_transcript"), ["да"]);
}

#[test]
fn a_fault_reaches_a_session_that_is_open() {
    let mut call = pcm();
    call.silence(SECOND);
    call.faults
        .inject(Fault::RecognitionError("quota_exceeded"), Scope::Every, 1);
    call.silence(800);
    assert_eq!(call.kinds(), ["session_started", "quota_exceeded"]);
    assert!(call.is_over());
}
