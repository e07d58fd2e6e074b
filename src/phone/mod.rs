//! Telephone numbers: normal form, mask, the form a trunk wants.
//!
//! A [`PhoneNumber`] is always complete (E.164) and shows itself masked, so that a log or an error
//! cannot give a callee away by accident; [`PhoneNumber::e164`] is the one way to reveal it.
//! What may be dialled is decided by [`NumberRules`] when the text of a person or a file is parsed.

mod cell;
mod error;
mod extension;
mod mask;
mod number;
mod numbering;
mod parse;
mod repair;
mod rules;
mod russia;

pub use cell::{CellNote, CellNumber, NumberCell};
pub use error::NumberError;
pub use extension::Extension;
pub use mask::mask_numbers;
pub use number::{NumberFormat, PhoneNumber};
pub use numbering::{Numbering, Place, PlaceSource, Range, RegisterError, read_register};
pub use rules::NumberRules;
