//! The end of a run, on the embedded exchange.

use std::time::Duration;

use secrecy::SecretString;
use tempfile::TempDir;

use super::*;
use crate::ari::CallOrder;
use crate::rehearsal::callee::parts;
use crate::rehearsal::exchange::{Exchange, ExchangeOptions, LabCallees};

fn begun() -> (TempDir, Ledger, Run) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(&folder.path().join("novodial.db")).unwrap();
    let run = ledger.begin_run("novodial", 7, "host", clock::now());
    (folder, ledger, run.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_call_may_be_left_in_asterisk_is_not_over() {
    let callees = LabCallees::new(parts().unwrap());
    let exchange = Exchange::start(ExchangeOptions::new(Arc::new(callees))).await;
    let exchange = exchange.unwrap();
    let (_folder, ledger, run) = begun();
    let password = SecretString::from("rehearsal".to_owned());
    let url = exchange.base_url().parse().unwrap();
    let config = AriConfig::new(url, "novodial", password, &run.app);
    let line = OpenLine {
        ari: Ari::connect(config).await.unwrap(),
        ledger: ledger.clone(),
        lock: RunLock::take(ledger.path(), run.id).unwrap(),
        run: run.clone(),
        media: MediaKind::WebSocket,
    };
    let order = CallOrder {
        id: format!("{}-1", run.app),
        endpoint: "PJSIP/79000000004@novofon".to_owned(),
        caller_id: None,
        codec: G711::Alaw,
        ring_timeout: Duration::from_secs(10),
        longest: Duration::from_secs(30),
        media: MediaKind::WebSocket,
    };
    let call = line.ari.prepare(&order).await.unwrap();
    // From here on Asterisk answers nothing.
    exchange.stop().await;
    drop(call);
    line.close().await.unwrap();
    let left = ledger.unfinished_runs().unwrap();
    assert_eq!(left.first().map(|left| left.id), Some(run.id));
    assert!(!RunLock::is_held(ledger.path(), run.id), "as a dead one");
}

#[tokio::test]
async fn why_a_run_did_not_begin_is_told_also_where_its_end_cannot_be_written() {
    let (_folder, ledger, run) = begun();
    let other = rusqlite::Connection::open(ledger.path()).unwrap();
    let broken = "CREATE TRIGGER broken BEFORE UPDATE OF ended_at ON runs
                  BEGIN SELECT raise(ABORT, 'broken'); END";
    other.execute_batch(broken).unwrap();
    let cause = AriError::AsteriskBooting {
        url: "http://127.0.0.1:8088".to_owned(),
    };
    let told = not_begun(&ledger, &run, cause.clone().into()).await;
    assert_eq!(told.downcast_ref(), Some(&cause));
    assert!(!ledger.unfinished_runs().unwrap().is_empty());
}
