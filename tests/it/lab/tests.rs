//! The lab itself: what is shipped loads, every number does what its part says.

use super::Lab;
use super::sip::{from_user, offered_payloads};

#[test]
fn the_lab_starts() {
    let lab = Lab::shared();
    println!("{}", lab.pbx.cli("pjsip show endpoints"));
}
