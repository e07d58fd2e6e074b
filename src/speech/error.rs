//! What can go wrong with the speech service, told apart by what to do next.

/// What the caller does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpeechErrorClass {
    /// The key is missing, wrong or may not do this: stop before the next call.
    Auth,
    /// The account has no credits: stop before the next call.
    Quota,
    /// The terms of the product were not accepted in the account: stop.
    Terms,
    /// A setting is wrong (voice, model, language): stop.
    Config,
    /// This text cannot be said; others can.
    Text,
    /// Too many at once: wait, then go on.
    Throttle,
    /// The network, the proxy or the service is down at present.
    Unreachable,
    /// We broke the protocol: a defect of ours.
    Protocol,
}

/// A failure of the speech service, in words for the user. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SpeechError {
    /// What to do next.
    pub class: SpeechErrorClass,
    /// One line: what happened, with the service's own words.
    pub message: String,
    /// What the user can do now.
    pub hint: String,
}

impl SpeechError {
    /// Whether no further call can do better until somebody mends it.
    pub fn is_fatal(&self) -> bool {
        matches!(
            self.class,
            SpeechErrorClass::Auth
                | SpeechErrorClass::Quota
                | SpeechErrorClass::Terms
                | SpeechErrorClass::Config
        )
    }
}
