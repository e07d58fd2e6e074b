//! Every scenario that is shipped: nothing to remark, every talk ends, and its dialogues take every
//! transition.

use std::path::{Path, PathBuf};
use std::process::Command;

use rstest::rstest;

const SHIPPED: [&str; 7] = [
    "offer.ru",
    "offer.en",
    "appointment.ru",
    "appointment.en",
    "survey.ru",
    "debt_reminder.ru",
    "lead_qualification.ru",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

#[rstest]
#[case(&["check"])]
#[case(&["verify"])]
#[case(&["test", "--all"])]
fn every_shipped_scenario_is_clean(#[case] words: &[&str]) {
    let empty = tempfile::tempdir().unwrap();
    for name in SHIPPED {
        let output = Command::new(env!("CARGO_BIN_EXE_novodial"))
            .arg("scenario")
            .args(words)
            .arg(folder().join(format!("{name}.toml")))
            .current_dir(&empty)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}: {told}{output:?}");
    }
}

#[test]
fn every_file_of_the_folder_is_tested() {
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let name = name.strip_suffix(".toml")?;
            (!name.starts_with("common.")).then(|| name.to_owned())
        })
        .collect();
    files.sort();
    let mut shipped = SHIPPED.to_vec();
    shipped.sort_unstable();
    assert_eq!(files, shipped);
}
