//! The check command's questions, asked of an Asterisk that is well and of ones that are not.

use novodial::ari::check::{CheckLine, CheckPlan, Level, check};
use novodial::ari::{AriConfig, MediaKind};
use rstest::rstest;

use super::bench::On;

fn plan(media: Option<MediaKind>) -> CheckPlan {
    CheckPlan {
        trunk: "novofon".to_owned(),
        media,
        ..CheckPlan::default()
    }
}

fn worst(lines: &[CheckLine]) -> Level {
    lines.iter().map(|line| line.level).max().unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_project_s_own_configuration_is_all_green(
    #[values(On::Asterisk, On::Embedded)] on: On,
    #[values(None, Some(MediaKind::WebSocket), Some(MediaKind::Rtp))] media: Option<MediaKind>,
) {
    on.start().await;
    let (_, password) = on.login();
    let config = on.config(&format!("check{media:?}").replace(['(', ')'], ""));
    let lines = check(&config, &plan(media)).await;
    assert_eq!(worst(&lines), Level::Ok, "{lines:#?}");
    assert!(lines.iter().any(|line| line.what == "audio"), "{lines:#?}");
    assert!(!format!("{lines:?}").contains(password));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_that_does_not_exist_is_told_with_the_mend(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    on.start().await;
    let plan = CheckPlan {
        trunk: "nowhere".to_owned(),
        ..CheckPlan::default()
    };
    let lines = check(&on.config("checktrunk"), &plan).await;
    let line = lines.iter().find(|line| line.what == "trunk").unwrap();
    assert_eq!(line.level, Level::Failure);
    assert!(
        line.mend.as_ref().unwrap().contains("[nowhere]"),
        "{line:?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.what == "audio" && line.level == Level::Ok)
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_a_silent_port_are_one_line_each(
    #[values(On::Asterisk, On::Embedded)] on: On,
) {
    on.start().await;
    let (username, _) = on.login();
    let url = on.url().parse().unwrap();
    let wrong = AriConfig::new(url, username, "hunter2".into(), "novodial-x");
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}").parse().unwrap();
    let down = AriConfig::new(url, username, "hunter2".into(), "novodial-x");
    for (config, mend) in [(wrong, "ari.conf"), (down, "http.conf")] {
        let lines = check(&config, &plan(None)).await;
        let [line] = lines.as_slice() else {
            panic!("{lines:#?}")
        };
        assert_eq!(line.level, Level::Failure);
        assert!(line.mend.as_ref().unwrap().contains(mend), "{line:?}");
        assert!(!format!("{line:?}").contains("hunter2"));
    }
}
