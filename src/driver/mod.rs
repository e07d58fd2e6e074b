//! Joins the pure machines and the adapters: one task a call, the campaign loop, signals.
