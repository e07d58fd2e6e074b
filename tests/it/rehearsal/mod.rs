//! Rehearsals: as a user has them (the binary alone, in an empty folder, with no settings), and with
//! the exchange in the test's own hands, where characters and troubles are told apart.

mod campaign;
mod commands;
mod exchange;
mod killed;
mod machines;
mod model;
mod outcomes;
mod people;
mod running;
mod seat;
mod shell;
mod stage;
mod trouble;
mod troubles;
