//! The ledger: SQLite with migrations.
