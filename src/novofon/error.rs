//! What can go wrong with the provider, told apart by what to do next.

/// What the user does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NovoFonErrorClass {
    /// The key is wrong, blocked or too old.
    Auth,
    /// The key is good, but this address is not in the account's list.
    Address,
    /// The key or the tariff does not allow this.
    Forbidden,
    /// The account is switched off.
    Account,
    /// Asked too often.
    Quota,
    /// The network or the provider is down at present.
    Unreachable,
    /// The provider refuses what was asked.
    Refused,
    /// We broke the protocol, or do not understand the answer: a defect of ours.
    Protocol,
}

/// A failure of the provider, in words for the user. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NovoFonError {
    /// What to do next.
    pub class: NovoFonErrorClass,
    /// The provider's word for it, if it has one.
    pub mnemonic: Option<String>,
    /// One line: what happened, with the provider's own words.
    pub message: String,
    /// What the user can do now.
    pub hint: String,
}

impl NovoFonError {
    pub(super) fn new(class: NovoFonErrorClass, message: String, hint: &str) -> Self {
        Self {
            class,
            mnemonic: None,
            message,
            hint: hint.to_owned(),
        }
    }

    /// An answer that is not what the documentation says.
    pub(super) fn protocol(what: &str, cause: &str) -> Self {
        Self::new(
            NovoFonErrorClass::Protocol,
            format!("NovoFon: {what}: the answer is not understood: {cause}"),
            "report it with the output of -vv: the provider has changed something, or we read it wrongly",
        )
    }
}
