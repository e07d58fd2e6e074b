//! The shipped profiles.

use super::*;

#[test]
fn all_that_is_shipped_can_be_read() {
    for name in names() {
        assert!(!Trouble::named(name).unwrap().is_none(), "{name}");
    }
}
