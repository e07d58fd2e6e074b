//! Who answers in a rehearsal: characters from files, and the cast that a day is drawn from.
//!
//! A [`Character`] is a line and, where it is answered, a person; its file is described in
//! `docs/rehearsal.md`, and those shipped stand in `examples/callees/` and in the binary. A
//! [`Cast`] draws one for each attempt by a seed, so that a rehearsal repeats exactly;
//! [`Everyone`] is what an exchange rings. For a call it asks three things:
//!
//! ```no_run
//! # use novodial::language::Language;
//! # use novodial::rehearsal::people::{Cast, call_seed};
//! # fn rehearse() -> Result<(), novodial::rehearsal::people::CastError> {
//! let cast = Cast::shipped()?;
//! let (seed, lead, attempt) = (7, "79000000001", 1);
//! let character = cast.draw(seed, lead, attempt); // or cast.named("agrees")?
//! let call = call_seed(seed, lead, attempt);
//! let plan = character.line_plan(call); // rings when, plays what, ends how
//! let callee = character.pick_up(Language::Russian, ("74950000000", lead), call);
//! # Ok(())
//! # }
//! ```

mod cast;
mod character;
mod everyone;
mod line;
mod read;
mod shipped;
mod speech;

pub use cast::{Cast, CastError, call_seed};
pub use character::Character;
pub use everyone::Everyone;
pub use line::{EarlyMedia, Fate, Line, LineEnd, LinePlan, Refusal};

pub use super::written::WrittenError;

#[cfg(test)]
mod tests;
