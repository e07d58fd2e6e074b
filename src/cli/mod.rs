//! The words of the command line: clap types and help texts, no logic.
