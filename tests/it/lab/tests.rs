//! The lab itself: what is shipped loads, every number does what its part says.

use super::Lab;
use super::sip::{from_user, offered_payloads};

#[test]
fn the_lab_starts() {
    let lab = Lab::shared();
    for (n, c) in [
        ("79000000001", "74950000001"),
        ("79000000005", "74950000002"),
        ("79000000009", "74950000003"),
    ] {
        let url = format!("{}/ari/channels", lab.ari_url());
        let out = std::process::Command::new("curl").args(["-s","-u","novodial:lab-secret","-X","POST",&url,"-H","content-type: application/json","-d",
            &format!("{{\"endpoint\":\"PJSIP/{n}@novofon\",\"extension\":\"600\",\"context\":\"internal\",\"priority\":1,\"callerId\":\"<+{c}>\",\"formats\":\"alaw,ulaw\"}}")]).output().unwrap();
        println!("{}", String::from_utf8_lossy(&out.stdout));
    }
    std::thread::sleep(std::time::Duration::from_secs(12));
    lab.pbx.cli("channel request hangup all");
    println!(
        "{}",
        lab.wait_for_measured("74950000001", "79000000001")
            .to_json()
            .unwrap()
    );
    println!(
        "{}",
        lab.wait_for_measured("74950000002", "79000000005")
            .to_json()
            .unwrap()
    );
    println!(
        "{}",
        lab.wait_for_measured("74950000003", "79000000009")
            .to_json()
            .unwrap()
    );
    println!("{}", lab.carrier.log());
    println!("{}", lab.pbx.log());
    println!("{:?}", lab.invites("79000000001"));
    for i in lab.invites("79000000001") {
        println!("{:?} {:?}", from_user(&i), offered_payloads(&i));
    }
}
