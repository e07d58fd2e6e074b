//! The only code that prints: printer, progress bars, tables, JSON.
