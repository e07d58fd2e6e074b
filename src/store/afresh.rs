//! Beginning anew without forgetting what was: for rehearsals, which have a ledger of their own.

use rusqlite::{Connection, params};

use super::{Ledger, StoreError};

impl Ledger {
    /// Makes room for a rehearsal that begins anew: a campaign of this name keeps its history
    /// under another (`leads 7`), nobody is on the do-not-call list any more, and what was rung
    /// before counts towards no limit.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn begin_afresh(&self, campaign: Option<&str>) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute("DELETE FROM do_not_call", [])?;
            let now = "UPDATE ledger SET afresh_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)";
            tx.execute(now, [])?;
            put_aside(tx, campaign)
        })
    }

    /// The same beside another rehearsal that goes on: its list and its limits stay as they are.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn put_aside(&self, campaign: Option<&str>) -> Result<(), StoreError> {
        self.write(|tx| put_aside(tx, campaign))
    }
}

fn put_aside(tx: &Connection, campaign: Option<&str>) -> Result<(), StoreError> {
    if let Some(name) = campaign {
        tx.execute(
            "UPDATE campaigns SET name = name || ' ' || id WHERE name = ?1",
            params![name],
        )?;
    }
    Ok(())
}
