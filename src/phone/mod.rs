//! Telephone numbers: normal form, mask, the form a trunk wants.
