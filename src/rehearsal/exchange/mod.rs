//! An exchange that speaks ARI as Asterisk 22.10 does, with its audio, its races and its refusals.
mod line;
pub use line::{Callees, Calling, LabCallees, Line, Step, network};
