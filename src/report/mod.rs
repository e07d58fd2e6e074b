//! Summaries of what happened.
