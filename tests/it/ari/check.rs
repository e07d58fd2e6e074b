//! The check command's questions, asked of an Asterisk that is well and of ones that are not.

use novodial::ari::check::{CheckLine, CheckPlan, Level, check};
use novodial::ari::{AriConfig, MediaKind};
use rstest::rstest;

use super::bench::config;
use crate::lab::Lab;

fn plan(media: Option<MediaKind>) -> CheckPlan {
    CheckPlan {
        trunk: "novofon".to_owned(),
        media,
    }
}

async fn shared() -> &'static Lab {
    tokio::task::spawn_blocking(Lab::shared).await.unwrap()
}

fn worst(lines: &[CheckLine]) -> Level {
    lines.iter().map(|line| line.level).max().unwrap()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_project_s_own_configuration_is_all_green(
    #[values(None, Some(MediaKind::WebSocket), Some(MediaKind::Rtp))] media: Option<MediaKind>,
) {
    let lab = shared().await;
    let config = config(lab, &format!("check{media:?}").replace(['(', ')'], ""));
    let lines = check(&config, &plan(media)).await;
    assert_eq!(worst(&lines), Level::Ok, "{lines:#?}");
    assert!(lines.iter().any(|line| line.what == "audio"), "{lines:#?}");
    assert!(!format!("{lines:?}").contains(lab.password()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trunk_that_does_not_exist_is_told_with_the_mend() {
    let lab = shared().await;
    let plan = CheckPlan {
        trunk: "nowhere".to_owned(),
        media: None,
    };
    let lines = check(&config(lab, "checktrunk"), &plan).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_a_silent_port_are_one_line_each() {
    let lab = shared().await;
    let url = lab.ari_url().parse().unwrap();
    let wrong = AriConfig::new(url, lab.username(), "hunter2".into(), "novodial-x");
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}").parse().unwrap();
    let down = AriConfig::new(url, lab.username(), "hunter2".into(), "novodial-x");
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
