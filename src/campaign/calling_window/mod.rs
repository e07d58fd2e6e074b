//! When a callee may be rung: hours of the week, holidays, in the callee's own time.

mod calendar;
mod week;
mod window;
mod zone;

pub use calendar::{BadCalendar, Calendar, DayKind};
pub use week::{BadWeek, DayHours, WeekHours};
pub use window::{CallingWindow, Narrowing};
pub use zone::{BadZone, Zone};
