//! Exit codes: a closed list, so that scripts can rely on it.

use crate::line::Disposition;

/// How a run ended, as the shell sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// Done. For `call`: somebody answered, whatever the outcome.
    Success,
    /// It ran, and the answer is no: leads left, a check found problems, nothing by that name.
    No,
    /// Wrong usage, a malformed number.
    Usage,
    /// Settings, scenario or leads are invalid.
    Invalid,
    /// Something outside is unreachable or refuses.
    Outside,
    /// The breaker paused the campaign.
    Paused,
    /// Another process holds the ledger for too long.
    LedgerLocked,
    /// `call`: how the attempt ended on the line.
    Call(Disposition),
    /// A defect of novodial.
    Bug,
    /// Another process runs this campaign.
    AlreadyRunning,
    /// Ctrl-C; calls were drained.
    Interrupted,
    /// SIGTERM; calls were drained.
    Terminated,
}

impl ExitStatus {
    /// The code the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::No => 1,
            Self::Usage => 2,
            Self::Invalid => 3,
            Self::Outside => 4,
            Self::Paused => 5,
            Self::LedgerLocked => 6,
            Self::Call(disposition) => call_code(disposition),
            Self::Bug => 70,
            Self::AlreadyRunning => 75,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

/// The codes of `call`, from 10 on: none of them means that novodial went wrong.
fn call_code(disposition: Disposition) -> u8 {
    match disposition {
        Disposition::Answered => 0,
        Disposition::Busy => 10,
        Disposition::NoAnswer => 11,
        Disposition::Rejected => 12,
        Disposition::InvalidNumber => 13,
        Disposition::Machine => 14,
        Disposition::Congestion | Disposition::TrunkRefused | Disposition::TrunkUnreachable => 15,
        Disposition::Unreachable => 16,
        Disposition::Blocked => 17,
        Disposition::Interrupted => 130,
        Disposition::Failed => 70,
    }
}

impl From<ExitStatus> for std::process::ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_documentation() {
        let codes = [
            (ExitStatus::Success, 0),
            (ExitStatus::No, 1),
            (ExitStatus::Usage, 2),
            (ExitStatus::Invalid, 3),
            (ExitStatus::Outside, 4),
            (ExitStatus::Paused, 5),
            (ExitStatus::LedgerLocked, 6),
            (ExitStatus::Bug, 70),
            (ExitStatus::AlreadyRunning, 75),
            (ExitStatus::Interrupted, 130),
            (ExitStatus::Terminated, 143),
        ];
        for (status, code) in codes {
            assert_eq!(status.code(), code, "{status:?}");
        }
    }

    #[test]
    fn each_disposition_of_a_call_has_its_code() {
        let codes = Disposition::ALL.map(|disposition| ExitStatus::Call(disposition).code());
        assert_eq!(codes, [0, 14, 10, 11, 12, 16, 13, 15, 15, 15, 17, 130, 70]);
    }
}
