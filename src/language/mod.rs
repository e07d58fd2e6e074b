//! Russian and English words: tokens and stems.
