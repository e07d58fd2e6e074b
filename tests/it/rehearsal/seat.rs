//! Answers for which no conversation is free: heard by the callees, told by the history.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use novodial::call::WaitingWords;
use novodial::campaign::LeadId;
use novodial::dialogue::Scenario;
use novodial::driver::{
    self, CallJob, CallReport, SeatDoor, Seating, Station, make_call, open_station,
};
use novodial::language::Language;
use novodial::phone::{NumberRules, PhoneNumber};
use novodial::rehearsal::trouble::Trouble;
use novodial::settings::{Environment, Settings};
use novodial::store::Ledger;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::stage::Stage;

const GREETING: &str = "Здравствуйте! Одну секунду, пожалуйста.";
const FAREWELL: &str = "Извините, все линии заняты. До свидания!";

/// A call that must wait: this long after its answer it is told what becomes of it.
async fn waiting_call(
    station: &Station,
    (number, seating): (String, Seating),
    after: Duration,
) -> CallReport {
    let (answered, mut from_call) = mpsc::channel(1);
    let (seats, door) = watch::channel(None);
    let scenario = Scenario::parse(include_str!("../../../scenarios/offer.ru.toml")).unwrap();
    let job = CallJob {
        number: PhoneNumber::parse(&number, &NumberRules::default()).unwrap(),
        extension: None,
        fields: BTreeMap::from([("name".to_owned(), "Анна".to_owned())]),
        scenario: Arc::new(scenario),
        lead: None,
        policy: None,
        zone: TimeZone::UTC,
        caller_id: None,
        caller_day: None,
        seat: Some(SeatDoor {
            lead: LeadId(1),
            words: WaitingWords {
                greeting: GREETING.to_owned(),
                farewell: FAREWELL.to_owned(),
            },
            answered,
            seating: door,
        }),
        meter: driver::Meter::default(),
    };
    #[expect(clippy::disallowed_methods, reason = "what a call tells has no bound")]
    let (news, _heard) = mpsc::unbounded_channel();
    let campaign = async {
        assert_eq!(from_call.recv().await, Some(LeadId(1)));
        tokio::time::sleep(after).await;
        seats.send_replace(Some(seating));
    };
    let stop = CancellationToken::new();
    let (report, ()) = tokio::join!(make_call(station, &job, &stop, &news), campaign);
    let called = report.unwrap();
    called.recorded.unwrap();
    called.report
}

#[test]
fn whoever_answers_while_all_conversations_are_taken_is_kept_and_let_in_or_let_go() {
    let stage = Stage::set(&["refuses", "silent"], &Trouble::default());
    let environment = Environment {
        variables: stage.environment(),
        working_folder: stage.folder.path().to_owned(),
    };
    let settings = Settings::load(None, &environment, &[]).unwrap();
    let ledger = Ledger::open(&settings.storage.database).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (talked, dropped) = runtime.block_on(async {
        let open = open_station(&settings, ledger, Language::Russian)
            .await
            .unwrap();
        let words = [GREETING, FAREWELL].map(str::to_owned).to_vec();
        driver::prepare(&open.station, words, &driver::Meter::default())
            .await
            .unwrap();
        let call = |callee: &str, seating, ms| {
            let number = format!("+{}", stage.numbers[callee]);
            waiting_call(&open.station, (number, seating), Duration::from_millis(ms))
        };
        let both = tokio::join!(
            call("refuses", Seating::Talk, 1_900),
            call("silent", Seating::Drop, 2_000),
        );
        open.close().await.unwrap();
        both
    });
    assert_eq!(
        talked.end.outcome.as_deref(),
        Some("refused"),
        "{talked:#?}"
    );
    assert_eq!(
        dropped.end.outcome.as_deref(),
        Some("dropped"),
        "{dropped:#?}"
    );

    let heard = |callee| stage.measured(callee).unwrap().heard().join(" ");
    let kept = heard("refuses");
    assert!(
        kept.starts_with("здравствуйте! одну секунду, пожалуйста. здравствуйте, анна!"),
        "{kept}"
    );
    let let_go = heard("silent");
    assert_eq!(
        let_go,
        "здравствуйте! одну секунду, пожалуйста. извините, все линии заняты. до свидания!"
    );
    let told = stage.told("silent");
    let summary = (told.disposition.as_str(), told.outcome.as_str());
    assert_eq!(summary, ("answered", "dropped"), "{told:#?}");
    assert_eq!(told.said_by("bot").join(" "), let_go);
}
