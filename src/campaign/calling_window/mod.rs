//! When a callee may be rung: hours of the week, holidays, in the callee's own time.

mod zone;

pub use zone::{BadZone, Zone};
