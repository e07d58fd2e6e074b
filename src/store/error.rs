//! What can go wrong with the ledger, named by what the caller does next.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;
use thiserror::Error;

use super::{CampaignState, DoNotCallEntry};
use crate::campaign::{AttemptId, LeadId, RunId};

/// An error of the ledger.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The folder of the database cannot be made.
    #[error("cannot create the folder {}: {source}", path.display())]
    Directory {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file cannot be opened or written.
    #[error("cannot open the database {}: {cause}", path.display())]
    Open {
        /// The database file.
        path: PathBuf,
        /// What the system or SQLite said.
        cause: String,
    },
    /// The file is something else.
    #[error("{} is not a SQLite database", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// A database of another program.
    #[error("{} is a database of another program", path.display())]
    ForeignDatabase {
        /// The file.
        path: PathBuf,
    },
    /// A later novodial has written it.
    #[error("the database {} was written by a newer novodial", path.display())]
    NewerSchema {
        /// The file.
        path: PathBuf,
    },
    /// The campaign's name is taken by another list.
    #[error("campaign `{name}` belongs to the list {known}, not to {given}")]
    CampaignPathDiffers {
        /// The campaign.
        name: String,
        /// The list it was made from.
        known: String,
        /// The list given now.
        given: String,
    },
    /// No campaign of that name.
    #[error("there is no campaign `{0}`")]
    NoSuchCampaign(String),
    /// No run of that id.
    #[error("there is no run {0}")]
    NoSuchRun(RunId),
    /// No attempt, and so no call, of that id.
    #[error("there is no call {0}")]
    NoSuchCall(AttemptId),
    /// The ledger holds no call yet.
    #[error("no calls have been made yet")]
    NoCalls,
    /// The number is on the list of those never to ring.
    #[error("{} is on the do-not-call list: {}", .0.number, .0.reason)]
    Forbidden(Box<DoNotCallEntry>),
    /// The number is being rung at this moment.
    #[error("the number is being rung already (call {attempt} of run {run})")]
    Busy {
        /// The open attempt.
        attempt: AttemptId,
        /// The run that owns it.
        run: RunId,
    },
    /// A campaign is about to ring the number.
    #[error("a campaign is about to ring the number (lead {0})")]
    Claimed(LeadId),
    /// The lead was not claimed by this run, or is not this lead's number.
    #[error("lead {0} was not claimed by this run")]
    NotClaimed(LeadId),
    /// The campaign was paused or cancelled.
    #[error("the campaign was {} before the phone rang", .0.as_str())]
    Closed(CampaignState),
    /// The calling window of this lead has closed.
    #[error("the calling window of lead {0} closed before the phone rang")]
    OutsideHours(LeadId),
    /// A caller id has rung as often as it may in a day, over all processes.
    #[error("the caller id {0} has reached its limit for today")]
    CallerIdSpent(String),
    /// `dial` may be sent only once.
    #[error("call {0} has been dialled before")]
    AlreadyDialled(AttemptId),
    /// The attempt has its end.
    #[error("call {0} has ended already")]
    AlreadyEnded(AttemptId),
    /// A live call cannot be deleted.
    #[error("call {0} is still going on")]
    StillOpen(AttemptId),
    /// Another process holds the database for longer than we wait.
    #[error("the database is locked by another process")]
    Locked,
    /// The disk is full.
    #[error("the disk is full: the ledger cannot be written")]
    DiskFull,
    /// The file may be read but not written.
    #[error("the database may not be written")]
    ReadOnly,
    /// The file is damaged.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// A commit failed that others had a part in.
    #[error("database: {0}")]
    NotCommitted(String),
    /// Anything else SQLite reports.
    #[error("database: {0}")]
    Sql(rusqlite::Error),
}

impl StoreError {
    /// What to do now, where there is something to do.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Directory { .. } | Self::Open { .. } | Self::ReadOnly => {
                "check the rights on it, or write another place in [storage] database"
            }
            Self::NotADatabase { .. } | Self::ForeignDatabase { .. } => {
                "write another file in [storage] database"
            }
            Self::NewerSchema { .. } => "use the newer novodial, or another [storage] database",
            Self::CampaignPathDiffers { .. } => "go on with its people: novodial campaign run NAME",
            Self::NoSuchCampaign(_) => "start one: novodial campaign run LEADS.csv",
            Self::NoSuchCall(_) | Self::NoCalls => "see the calls there are: novodial calls list",
            Self::Forbidden(_) => "the callee asked not to be called; ring another number",
            Self::Busy { .. } => "wait for that call, or end it: novodial calls hangup ID",
            Self::Claimed(_) => "wait until that call is over",
            Self::Closed(_) => "to go on with it: novodial campaign resume NAME",
            Self::CallerIdSpent(_) => "see [campaign] caller_id_per_day, or wait for midnight",
            Self::StillOpen(_) => "end it first: novodial calls hangup ID",
            Self::Locked => "try again when the other process is done",
            Self::DiskFull => "free some space; what was recorded is safe",
            Self::Damaged(_) => "restore a copy, or write another file in [storage] database",
            Self::NoSuchRun(_)
            | Self::NotClaimed(_)
            | Self::OutsideHours(_)
            | Self::AlreadyDialled(_)
            | Self::AlreadyEnded(_)
            | Self::NotCommitted(_)
            | Self::Sql(_) => return None,
        })
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged(error.to_string())
            }
            _ => Self::Sql(error),
        }
    }
}
