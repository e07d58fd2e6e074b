//! Settings: flags over environment over `novodial.toml` over defaults, as plain structs.
