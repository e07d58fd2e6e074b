//! Rehearsals as a user has them: the binary alone, in an empty folder, with no settings.

mod campaign;
mod commands;
mod exchange;
mod shell;
mod trouble;
