//! The history of real calls and that of rehearsals, side by side: ids of the latter begin with
//! `r-`.

use super::Desk;
use super::desk::LedgerThere;
use crate::campaign::{AttemptId, BadId};
use crate::output::{ExitStatus, UserError};
use crate::settings::{Settings, nearest};
use crate::store::{CallDetail, CallRef, Campaign, Ledger, Scratch, StoreError};

/// What begins the ids of a rehearsal.
const MARK: &str = "r-";

/// Both, as far as there are any.
#[derive(Debug)]
pub(super) struct History {
    /// Calls to people.
    pub(super) real: Ledger,
    /// Calls to made-up callees; `None` where nothing was ever rehearsed.
    pub(super) rehearsed: Option<Ledger>,
    /// What stands for the real one where there is none yet.
    _none: Option<Scratch>,
}

/// A call, as the user named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Real(AttemptId),
    Rehearsed(CallRef),
    /// The newest of both.
    Last,
}

impl std::str::FromStr for Wanted {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        if let Some(rest) = text.strip_prefix(MARK) {
            return Ok(Self::Rehearsed(rest.parse()?));
        }
        Ok(match text.parse()? {
            CallRef::Id(id) => Self::Real(id),
            CallRef::Last => Self::Last,
        })
    }
}

/// A call and where it stands.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) call: CallDetail,
    pub(super) ledger: &'a Ledger,
    pub(super) rehearsal: bool,
}

impl Found<'_> {
    /// Its id as people write it.
    pub(super) fn id(&self) -> String {
        id(self.call.call.attempt, self.rehearsal)
    }
}

/// The id of a call as people write it: `42`, or `r-42` of a rehearsal.
pub(super) fn id(attempt: AttemptId, rehearsal: bool) -> String {
    if rehearsal {
        format!("{MARK}{attempt}")
    } else {
        attempt.to_string()
    }
}

/// The name of a campaign as people write it.
pub(super) fn campaign_name(name: &str, rehearsal: bool) -> String {
    if rehearsal {
        format!("{MARK}{name}")
    } else {
        name.to_owned()
    }
}

impl History {
    /// Opens what there is.
    ///
    /// # Errors
    /// A ledger cannot be opened.
    pub(super) fn open(settings: &Settings, desk: &Desk<'_>) -> anyhow::Result<Self> {
        let path = settings.storage.of_rehearsal().database;
        let rehearsed = path.exists().then(|| Ledger::open(&path)).transpose()?;
        let LedgerThere { ledger, none } = desk.ledger_there(settings)?;
        Ok(Self {
            real: ledger,
            rehearsed,
            _none: none,
        })
    }

    /// Both, the real one first; with each whether it is the rehearsals'.
    pub(super) fn ledgers(&self) -> impl Iterator<Item = (&Ledger, bool)> {
        let rehearsed = self.rehearsed.iter().map(|ledger| (ledger, true));
        std::iter::once((&self.real, false)).chain(rehearsed)
    }

    /// A call.
    ///
    /// # Errors
    /// There is none of this id.
    pub(super) fn call(&self, wanted: Wanted) -> anyhow::Result<Found<'_>> {
        let real = |call| self.find(call, false);
        let rehearsed = |call| self.find(call, true);
        Ok(match wanted {
            Wanted::Real(id) => self.named(CallRef::Id(id), false)?,
            Wanted::Rehearsed(call) => self.named(call, true)?,
            Wanted::Last => match (real(CallRef::Last), rehearsed(CallRef::Last)) {
                (Ok(real), Ok(rehearsed)) if begun(&rehearsed) > begun(&real) => rehearsed,
                (Err(StoreError::NoCalls), Ok(rehearsed)) => rehearsed,
                (real, _) => real?,
            },
        })
    }

    /// The same; a call that is not there is told by the id that was typed.
    fn named(&self, wanted: CallRef, rehearsal: bool) -> anyhow::Result<Found<'_>> {
        self.find(wanted, rehearsal).map_err(|error| {
            let StoreError::NoSuchCall(attempt) = error else {
                return error.into();
            };
            let message = format!("there is no call {}", id(attempt, rehearsal));
            UserError::new(ExitStatus::No, "no_such_call", message)
                .hint("see the calls there are: novodial calls list")
                .into()
        })
    }

    fn find(&self, wanted: CallRef, rehearsal: bool) -> Result<Found<'_>, StoreError> {
        let ledger = if rehearsal {
            self.rehearsed.as_ref().ok_or(match wanted {
                CallRef::Id(id) => StoreError::NoSuchCall(id),
                CallRef::Last => StoreError::NoCalls,
            })?
        } else {
            &self.real
        };
        Ok(Found {
            call: ledger.call(wanted)?,
            ledger,
            rehearsal,
        })
    }

    /// A campaign by its name: `r-leads` is one of the rehearsals, `leads` a real one, or one of
    /// the rehearsals where no real one has this name.
    ///
    /// # Errors
    /// There is none of this name.
    pub(super) fn campaign(&self, name: &str) -> anyhow::Result<(Campaign, &Ledger, bool)> {
        match self.real.campaign(name) {
            Ok(campaign) => return Ok((campaign, &self.real, false)),
            Err(StoreError::NoSuchCampaign(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let Some(rehearsed) = &self.rehearsed else {
            return Err(self.no_campaign(name)?.into());
        };
        let plain = name.strip_prefix(MARK).unwrap_or(name);
        match rehearsed.campaign(plain) {
            Ok(campaign) => Ok((campaign, rehearsed, true)),
            Err(StoreError::NoSuchCampaign(_)) => Err(self.no_campaign(name)?.into()),
            Err(error) => Err(error.into()),
        }
    }

    /// What to say where there is no campaign of a name: the nearest that there is.
    fn no_campaign(&self, name: &str) -> anyhow::Result<UserError> {
        let mut names = Vec::new();
        for (ledger, rehearsal) in self.ledgers() {
            for campaign in ledger.campaigns()? {
                names.push(campaign_name(&campaign.name, rehearsal));
            }
        }
        let near = nearest(name, names.iter().map(String::as_str));
        let hint = match near {
            Some(near) => format!("write {near}; all of them: novodial campaign list"),
            None if names.is_empty() => {
                "there is none yet: novodial campaign add LEADS.csv".to_owned()
            }
            None => "all of them: novodial campaign list".to_owned(),
        };
        let message = StoreError::NoSuchCampaign(name.to_owned()).to_string();
        Ok(UserError::new(ExitStatus::No, "no_such_campaign", message).hint(hint))
    }
}

fn begun(found: &Found<'_>) -> jiff::Timestamp {
    found.call.call.created_at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_say_whether_it_was_a_rehearsal() {
        assert_eq!("42".parse(), Ok(Wanted::Real(AttemptId(42))));
        let rehearsed = CallRef::Id(AttemptId(3));
        assert_eq!("r-3".parse(), Ok(Wanted::Rehearsed(rehearsed)));
        assert_eq!("last".parse(), Ok(Wanted::Last));
        assert_eq!("r-last".parse(), Ok(Wanted::Rehearsed(CallRef::Last)));
        for bad in ["", "r-", "r-x", "x-3", "r3"] {
            assert!(bad.parse::<Wanted>().is_err(), "{bad}");
        }
        assert_eq!(id(AttemptId(3), true), "r-3");
        assert_eq!(id(AttemptId(3), false), "3");
    }
}
