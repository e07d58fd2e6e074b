//! People driven by a bot that is a list of sounds, frame by frame.
