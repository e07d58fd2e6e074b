//! The shipped characters.

use super::*;

#[test]
fn all_that_is_shipped_can_be_read() {
    let cast = Cast::shipped().unwrap();
    assert!(cast.characters().count() >= 29);
    cast.draw(1, "79000000001", 1);
}
