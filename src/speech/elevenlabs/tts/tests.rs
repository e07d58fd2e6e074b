//! Synthesis without the service.
