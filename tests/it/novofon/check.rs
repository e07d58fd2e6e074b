//! Every trap of an account is named with its mend, and after the mend the line is green.

use novodial::novofon::{ProviderPlan, check};
use novodial::rehearsal::novofon::{Options, Provider};
use novodial::report::{CheckLine, Level};

use super::{client, config, provider};

fn plan() -> ProviderPlan {
    ProviderPlan {
        line: None,
        caller_ids: vec!["+7 495 000-00-00".to_owned()],
        max_calls: Some(5),
    }
}

async fn lines(provider: &Provider, plan: &ProviderPlan) -> Vec<CheckLine> {
    check(&client(provider), plan).await
}

fn troubles(lines: &[CheckLine]) -> Vec<(&str, Level)> {
    let troubled = lines.iter().filter(|line| line.level != Level::Ok);
    troubled
        .map(|line| (line.what.as_str(), line.level))
        .collect()
}

#[tokio::test]
async fn an_account_that_is_ready_is_green() {
    let provider = provider(|_| {}).await;
    let lines = lines(&provider, &plan()).await;
    assert_eq!(troubles(&lines), [], "{lines:#?}");
    let looked: Vec<&str> = lines.iter().map(|line| line.what.as_str()).collect();
    assert_eq!(
        looked,
        [
            "access token",
            "allow-list",
            "line",
            "outgoing calls",
            "billing",
            "channels",
            "caller id",
            "balance"
        ]
    );
}

type Trap = fn(&mut Options);

#[tokio::test]
async fn each_trap_is_named_with_its_mend_and_green_after_it() {
    let traps: &[(&str, Level, &str, Trap)] = &[
        ("allow-list", Level::Failure, "192.0.2.77", |o| {
            o.admitted = false;
        }),
        ("access token", Level::Failure, "not known", |o| {
            o.token = "other".to_owned();
        }),
        ("line", Level::Failure, "not registered", |o| {
            o.account.lines[0].registered = false;
        }),
        (
            "outgoing calls",
            Level::Failure,
            "incoming calls only",
            |o| {
                o.account.lines[0].kind = "in".to_owned();
            },
        ),
        ("billing", Level::Failure, "by hand", |o| {
            o.account.lines[0].billing = "manual_lock".to_owned();
        }),
        ("billing", Level::Failure, "by the billing", |o| {
            o.account.lines[0].billing = "limit_lock".to_owned();
        }),
        ("channels", Level::Warning, "2 calls at once", |o| {
            o.account.lines[0].channels = 2;
        }),
        ("caller id", Level::Failure, "waiting", |o| {
            o.account.numbers[0].status = "waiting".to_owned();
        }),
        (
            "caller id",
            Level::Failure,
            "not a number of this account",
            |o| {
                o.account.numbers[0].number = "74950000005".to_owned();
            },
        ),
        ("caller id", Level::Warning, "in place of", |o| {
            o.account.lines[0].number = Some("74950000001".to_owned());
        }),
        ("balance", Level::Failure, "0.00 RUB", |o| {
            o.account.balance = 0.0;
        }),
    ];
    let provider = provider(|options| options.points_per_minute = 1000).await;
    for (what, level, found, trap) in traps {
        provider.change(trap);
        let lines = lines(&provider, &plan()).await;
        let line = lines
            .iter()
            .find(|line| line.what == *what && line.level == *level);
        let line = line.unwrap_or_else(|| panic!("no {what}: {lines:#?}"));
        assert!(line.found.contains(found), "{line:?}");
        assert!(
            line.mend.as_ref().is_some_and(|mend| mend.len() > 20),
            "{line:?}"
        );
        provider.change(|options| *options = Options::default());
        let lines = super::check::lines(&provider, &plan()).await;
        assert_eq!(troubles(&lines), [], "after the mend of {what}: {lines:#?}");
    }
}

#[tokio::test]
async fn of_several_lines_ours_is_the_one_that_is_named_or_shows_our_number() {
    let provider = provider(|options| {
        let mut other = options.account.lines[0].clone();
        other.login = "0099999".to_owned();
        other.number = Some("74950000001".to_owned());
        other.registered = false;
        options.account.lines.insert(0, other);
    })
    .await;
    assert_eq!(troubles(&lines(&provider, &plan()).await), []);
    let named = ProviderPlan {
        line: Some("0099999".to_owned()),
        ..plan()
    };
    assert!(troubles(&lines(&provider, &named).await).contains(&("line", Level::Failure)));
    let unknown = ProviderPlan {
        line: Some("12345".to_owned()),
        ..plan()
    };
    let found = lines(&provider, &unknown).await;
    let line = found.iter().find(|line| line.what == "line").unwrap();
    assert!(line.mend.as_ref().unwrap().contains("0012345"), "{line:?}");
    let open = ProviderPlan {
        caller_ids: Vec::new(),
        ..plan()
    };
    assert!(troubles(&lines(&provider, &open).await).contains(&("line", Level::Warning)));
}

#[tokio::test]
async fn with_one_key_the_other_api_is_not_asked_and_said_to_be_missing() {
    let provider = provider(|_| {}).await;
    let mut only_data = config(&provider);
    only_data.user_api = None;
    let client = novodial::novofon::NovoFon::new(&only_data).unwrap();
    let lines = check(&client, &plan()).await;
    assert_eq!(troubles(&lines), [("balance", Level::Warning)]);
    let mut only_user = config(&provider);
    only_user.data_api = None;
    let client = novodial::novofon::NovoFon::new(&only_user).unwrap();
    let lines = check(&client, &plan()).await;
    assert_eq!(
        troubles(&lines),
        [("outgoing calls", Level::Warning)],
        "{lines:#?}"
    );
    let mut none = config(&provider);
    (none.user_api, none.data_api) = (None, None);
    let client = novodial::novofon::NovoFon::new(&none).unwrap();
    assert_eq!(
        troubles(&check(&client, &plan()).await),
        [("keys", Level::Warning)]
    );
}
