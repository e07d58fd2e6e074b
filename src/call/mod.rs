//! One call: its events, its actions, and the machine between them.
