//! The dialogue: scenario, intents, prompt templates and the state machine.
