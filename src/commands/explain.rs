//! Errors of the rooms in the user's words: the code for scripts, the hint, the exit code.
//!
//! The one table of it. An error that is not in it is a defect of ours and says so.

use anyhow::Error;

use crate::ari::{AriError, DialError, PlaceError};
use crate::campaign::{BadId, LeadFileError};
use crate::dialogue::TemplateError;
use crate::driver::NotBegun;
use crate::novofon::{NovoFonError, NovoFonErrorClass};
use crate::output::{ExitStatus, UserError};
use crate::phone::{NumberError, RegisterError};
use crate::settings::SettingsError;
use crate::speech::{SpeechError, SpeechErrorClass};
use crate::store::StoreError;

/// Puts a room's error into the user's words, with the contexts round it in front.
pub(super) fn explain(error: Error) -> Error {
    let mut contexts = Vec::new();
    let mut found = None;
    for cause in error.chain() {
        contexts.push(cause.to_string());
        found = known(cause);
        if found.is_some() {
            break;
        }
    }
    match found {
        Some(found) => Error::new(UserError {
            message: contexts.join(": "),
            ..found
        }),
        None => error,
    }
}

/// The words for one error; `None` for those that the user cannot mend.
fn known(error: &(dyn std::error::Error + 'static)) -> Option<UserError> {
    if let Some(error) = error.downcast_ref::<SettingsError>() {
        let status = if error.typed {
            ExitStatus::Usage
        } else {
            ExitStatus::Invalid
        };
        let user = UserError::new(status, error.fault.as_str(), "");
        return Some(user.hint(&error.hint));
    }
    if let Some(error) = error.downcast_ref::<NumberError>() {
        return Some(UserError::new(ExitStatus::Usage, "bad_number", "").hint(error.hint()));
    }
    if let Some(error) = error.downcast_ref::<LeadFileError>() {
        let user = UserError::new(ExitStatus::Invalid, "bad_leads", "");
        return Some(user.hint(error.hint()));
    }
    if let Some(error) = error.downcast_ref::<RegisterError>() {
        let user = UserError::new(ExitStatus::Invalid, "bad_register", "");
        return Some(user.hint(error.hint()));
    }
    if error.is::<BadId>() {
        let user = UserError::new(ExitStatus::Usage, "bad_id", "");
        return Some(user.hint("see the calls there are: novodial calls list"));
    }
    if let Some(error) = error.downcast_ref::<SpeechError>() {
        let (status, code) = speech(error.class);
        return Some(UserError::new(status, code, "").hint(&error.hint));
    }
    if let Some(error) = error.downcast_ref::<NovoFonError>() {
        let code = novofon(error.class);
        return Some(UserError::new(ExitStatus::Outside, code, "").hint(&error.hint));
    }
    if let Some(error) = error.downcast_ref::<NotBegun>() {
        return match error {
            NotBegun::Speech(error) => known(error),
            NotBegun::Other(error) => error.chain().find_map(known),
        };
    }
    if let Some(error) = error.downcast_ref::<LeadFileError>() {
        let user = UserError::new(ExitStatus::Invalid, "bad_leads", "");
        return Some(user.hint(error.hint()));
    }
    if let Some(found) = error.downcast_ref::<TemplateError>() {
        let user = UserError::new(ExitStatus::Invalid, "bad_scenario", "");
        return Some(user.hint(if found.missing {
            "give it a value under [variables], by --var, or as a column of the leads"
        } else {
            "check the scenario: novodial scenario check FILE"
        }));
    }
    if let Some(error) = asterisk_error(error) {
        let (status, code) = asterisk(error);
        return Some(UserError::new(status, code, "").hint(error.hint()));
    }
    let error = error.downcast_ref::<StoreError>()?;
    let (status, code) = store(error);
    let user = UserError::new(status, code, "");
    Some(match error.hint() {
        Some(hint) => user.hint(hint),
        None => user,
    })
}

/// Asterisk's error, also where a phase of the call is wrapped round it.
fn asterisk_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a AriError> {
    let placing = || error.downcast_ref::<PlaceError>().map(PlaceError::cause);
    let dialling = || match error.downcast_ref::<DialError>()? {
        DialError::NotRung(error) | DialError::OutcomeUnknown(error) => Some(error),
        DialError::Already => None,
    };
    error
        .downcast_ref::<AriError>()
        .or_else(placing)
        .or_else(dialling)
}

fn asterisk(error: &AriError) -> (ExitStatus, &'static str) {
    match error {
        AriError::NotSent { .. } => (ExitStatus::Outside, "asterisk_unreachable"),
        AriError::OutcomeUnknown { .. } => (ExitStatus::Outside, "asterisk_silent"),
        AriError::Unauthorized { .. } => (ExitStatus::Outside, "asterisk_unauthorized"),
        AriError::Forbidden { .. } => (ExitStatus::Outside, "asterisk_forbidden"),
        AriError::TrunkUnavailable { .. } => (ExitStatus::Outside, "trunk_unavailable"),
        AriError::ChannelRefused { .. } => (ExitStatus::Outside, "channel_refused"),
        AriError::AsteriskBooting { .. } => (ExitStatus::Outside, "asterisk_booting"),
        AriError::Url { .. } => (ExitStatus::Invalid, "settings_bad_value"),
        AriError::Media { .. } => (ExitStatus::Outside, "asterisk_media"),
        AriError::NotFound { .. }
        | AriError::Conflict { .. }
        | AriError::Ended { .. }
        | AriError::Unexpected { .. } => (ExitStatus::Outside, "asterisk_refused"),
    }
}

fn speech(class: SpeechErrorClass) -> (ExitStatus, &'static str) {
    match class {
        SpeechErrorClass::Auth => (ExitStatus::Outside, "speech_auth"),
        SpeechErrorClass::Quota => (ExitStatus::Outside, "speech_quota"),
        SpeechErrorClass::Terms => (ExitStatus::Outside, "speech_terms"),
        SpeechErrorClass::Config => (ExitStatus::Invalid, "speech_config"),
        SpeechErrorClass::Throttle => (ExitStatus::Outside, "speech_throttle"),
        SpeechErrorClass::Unreachable => (ExitStatus::Outside, "speech_unreachable"),
        SpeechErrorClass::Protocol => (ExitStatus::Bug, "speech_protocol"),
    }
}

fn novofon(class: NovoFonErrorClass) -> &'static str {
    match class {
        NovoFonErrorClass::Auth => "novofon_auth",
        NovoFonErrorClass::Address => "novofon_address",
        NovoFonErrorClass::Forbidden => "novofon_forbidden",
        NovoFonErrorClass::Account => "novofon_account",
        NovoFonErrorClass::Quota => "novofon_quota",
        NovoFonErrorClass::Unreachable => "novofon_unreachable",
        NovoFonErrorClass::Refused => "novofon_refused",
        NovoFonErrorClass::Protocol => "novofon_protocol",
    }
}

fn store(error: &StoreError) -> (ExitStatus, &'static str) {
    match error {
        StoreError::Directory { .. } | StoreError::Open { .. } | StoreError::ReadOnly => {
            (ExitStatus::Outside, "ledger_unreachable")
        }
        StoreError::NotADatabase { .. } | StoreError::ForeignDatabase { .. } => {
            (ExitStatus::Invalid, "ledger_foreign")
        }
        StoreError::NewerSchema { .. } => (ExitStatus::Invalid, "ledger_newer"),
        StoreError::CampaignPathDiffers { .. } => (ExitStatus::Invalid, "campaign_path_differs"),
        StoreError::NoSuchCampaign(_) => (ExitStatus::No, "no_such_campaign"),
        StoreError::NoSuchCall(_) | StoreError::NoCalls => (ExitStatus::No, "no_such_call"),
        StoreError::Forbidden(_) => (
            ExitStatus::Call(crate::line::Disposition::Blocked),
            "do_not_call",
        ),
        StoreError::Busy { .. } | StoreError::Claimed(_) => {
            (ExitStatus::AlreadyRunning, "number_busy")
        }
        StoreError::Closed(_) => (ExitStatus::No, "campaign_closed"),
        StoreError::OutsideHours(_) => (
            ExitStatus::Call(crate::line::Disposition::Blocked),
            "outside_hours",
        ),
        StoreError::CallerIdSpent(_) => (ExitStatus::No, "caller_id_spent"),
        StoreError::StillOpen(_) => (ExitStatus::No, "call_still_open"),
        StoreError::Locked => (ExitStatus::LedgerLocked, "ledger_locked"),
        StoreError::DiskFull => (ExitStatus::Outside, "disk_full"),
        StoreError::Damaged(_) => (ExitStatus::Outside, "ledger_damaged"),
        StoreError::NoSuchRun(_)
        | StoreError::NotClaimed(_)
        | StoreError::AlreadyDialled(_)
        | StoreError::AlreadyEnded(_)
        | StoreError::NotCommitted(_)
        | StoreError::Sql(_) => (ExitStatus::Bug, "bug"),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    fn explained(error: Error) -> UserError {
        explain(error).downcast::<UserError>().unwrap()
    }

    #[test]
    fn contexts_stand_in_front_and_a_cause_is_said_once() {
        let source = std::io::Error::other("no space");
        let path = "/data".into();
        let inner: Result<(), _> = Err(StoreError::Directory { path, source });
        let user = explained(inner.context("while starting").unwrap_err());
        assert_eq!(
            user.message,
            "while starting: cannot create the folder /data: no space"
        );
        assert_eq!(
            (user.code, user.status),
            ("ledger_unreachable", ExitStatus::Outside)
        );
        assert!(user.hint.is_some());
    }

    #[test]
    fn a_ledger_that_others_hold_is_not_taken_for_a_campaign_that_is_run_already() {
        let user = explained(Error::new(StoreError::Locked).context("the run cannot end"));
        assert_eq!(
            (user.code, user.status),
            ("ledger_locked", ExitStatus::LedgerLocked)
        );
        assert_ne!(user.status.code(), ExitStatus::AlreadyRunning.code());
    }

    #[test]
    fn asterisk_and_speech_are_found_under_their_wrappers() {
        let unauthorized = AriError::Unauthorized {
            url: "http://127.0.0.1:8088".to_owned(),
            username: "novodial".to_owned(),
        };
        for error in [
            Error::new(unauthorized.clone()),
            Error::new(PlaceError::NotRung(unauthorized.clone())).context("a call"),
            Error::new(DialError::NotRung(unauthorized.clone())),
            Error::new(NotBegun::Other(Error::new(unauthorized))),
        ] {
            let user = explained(error);
            assert_eq!(
                (user.code, user.status),
                ("asterisk_unauthorized", ExitStatus::Outside)
            );
            assert!(user.hint.is_some_and(|hint| hint.contains("ari.conf")));
        }
        let quota = SpeechError {
            class: SpeechErrorClass::Quota,
            message: "no credits".to_owned(),
            hint: "buy some".to_owned(),
        };
        let user = explained(Error::new(NotBegun::Speech(quota)));
        assert_eq!(
            (user.code, user.message.as_str()),
            ("speech_quota", "no credits")
        );
    }

    #[test]
    fn what_only_we_can_mend_stays_a_defect() {
        assert!(
            explain(anyhow::anyhow!("boom"))
                .downcast::<UserError>()
                .is_err()
        );
    }

    #[test]
    fn a_wrong_key_is_told_from_a_wrong_setting() {
        assert_eq!(speech(SpeechErrorClass::Auth).0, ExitStatus::Outside);
        assert_eq!(speech(SpeechErrorClass::Config).0, ExitStatus::Invalid);
    }
}
