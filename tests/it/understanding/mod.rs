//! How much is understood of what people say: the labelled utterances of `tests/utterances`, and
//! every line of every character of the rehearsal, as the offers understand it.

mod callees;
mod scenarios;
mod score;
