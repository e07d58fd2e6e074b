//! Import of leads: new ones are added, changed ones updated, what was done stays done.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use super::areas::{AreaIds, move_lead, numbers_of};
use super::sql::{At, Count, Json};
use super::{ImportReport, Ledger, Repeat, StoreError};
use crate::campaign::{CampaignId, Lead, LeadId, Terms};
use crate::phone::{CellNumber, Extension, Numbering, PhoneNumber};

/// What a point of priority is worth where nobody says otherwise.
const PRIORITY_STEP: SignedDuration = SignedDuration::from_hours(1);

/// What gives leads their area and their place in the queue.
#[derive(Debug, Clone, Copy)]
pub struct ImportRules<'a> {
    /// Where numbers live; without it, leads without a zone of their own get the default one.
    pub numbering: Option<&'a Numbering>,
    /// How much longer a lead must have waited to come before one of a point more.
    pub priority_step: SignedDuration,
}

impl Default for ImportRules<'_> {
    fn default() -> Self {
        Self {
            numbering: None,
            priority_step: PRIORITY_STEP,
        }
    }
}

impl ImportRules<'_> {
    /// The zones of a lead, by its own column, else by its number; empty for the default one.
    pub(super) fn zones(&self, number: &PhoneNumber, terms: &Terms) -> String {
        if let Some(zone) = &terms.timezone {
            return zone.name().to_owned();
        }
        self.numbering.map_or_else(String::new, |numbering| {
            numbering.place(number).zones.join(" ")
        })
    }

    /// A lead's place in the queue: milliseconds, the lowest first. A lead of a higher priority
    /// counts as one that has waited longer, so that it never waits for ever behind others.
    pub(super) fn rank(&self, added_at: Timestamp, priority: i32) -> i64 {
        let step = i64::try_from(self.priority_step.as_millis()).unwrap_or(i64::MAX);
        let ahead = i64::from(priority).saturating_mul(step);
        added_at.as_millisecond().saturating_sub(ahead)
    }
}

/// One import, which may come in many pieces: a row that repeats a number of the same import is
/// merged into the first, one that comes with a later import replaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportId {
    campaign: CampaignId,
    import: i64,
    at: Timestamp,
}

impl ImportId {
    /// The campaign it goes into.
    pub fn campaign(&self) -> CampaignId {
        self.campaign
    }
}

impl Ledger {
    /// Begins an import.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn begin_import(
        &self,
        campaign: CampaignId,
        at: Timestamp,
    ) -> Result<ImportId, StoreError> {
        self.write(|tx| {
            let import = tx.query_row(
                "UPDATE campaigns SET imports = imports + 1 WHERE id = ?1 RETURNING imports",
                [campaign],
                |row| row.get(0),
            )?;
            Ok(ImportId {
                campaign,
                import,
                at,
            })
        })
    }

    /// Adds a piece of an import, all or none of it.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn add_leads(
        &self,
        import: &ImportId,
        leads: &[Lead],
        rules: &ImportRules<'_>,
    ) -> Result<ImportReport, StoreError> {
        self.write(|tx| {
            let mut piece = Piece {
                tx,
                import,
                rules,
                areas: AreaIds::new(tx),
                report: ImportReport::default(),
            };
            for lead in leads {
                piece.add(lead)?;
            }
            Ok(piece.report)
        })
    }

    /// Adds new leads and updates changed ones, all or none: an import in one piece.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn import_leads(
        &self,
        campaign: CampaignId,
        leads: &[Lead],
        at: Timestamp,
    ) -> Result<ImportReport, StoreError> {
        let import = self.begin_import(campaign, at)?;
        self.add_leads(&import, leads, &ImportRules::default())
    }
}

struct Piece<'a> {
    tx: &'a Connection,
    import: &'a ImportId,
    rules: &'a ImportRules<'a>,
    areas: AreaIds<'a>,
    report: ImportReport,
}

/// A lead as columns.
struct Columns {
    extension: String,
    alternates: Json,
    fields: String,
    terms: String,
    line: i64,
    area: i64,
    areas: Json,
    rank: i64,
}

/// A lead that the campaign has.
struct Known {
    id: LeadId,
    import: i64,
    added_at: Timestamp,
    lead: Lead,
}

impl Piece<'_> {
    fn add(&mut self, lead: &Lead) -> Result<(), StoreError> {
        let columns = self.columns(lead, self.import.at)?;
        let inserted = self
            .tx
            .prepare_cached(
                "INSERT INTO leads (campaign, number, extension, alternates, name, fields, terms,
                                    line, import, added_at, area, rank, areas)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
                 ON CONFLICT (campaign, number, extension) DO NOTHING",
            )?
            .execute(params![
                self.import.campaign,
                lead.number,
                columns.extension,
                columns.alternates,
                lead.name,
                columns.fields,
                columns.terms,
                columns.line,
                self.import.import,
                At(self.import.at),
                columns.area,
                columns.rank,
                columns.areas,
            ])?;
        if inserted > 0 {
            self.report.added += 1;
            return Ok(());
        }
        let Some(known) = self.known(lead, &columns.extension)? else {
            return Ok(());
        };
        if known.import == self.import.import {
            return self.repeat(&known, lead);
        }
        self.update(&known, lead)
    }

    /// A row that repeats a number of this import fills what the first one left open.
    fn repeat(&mut self, known: &Known, lead: &Lead) -> Result<(), StoreError> {
        self.report.repeats.push(Repeat {
            line: lead.line,
            first_line: known.lead.line,
        });
        let mut merged = known.lead.clone();
        merged.merge(lead.clone());
        if merged != known.lead {
            self.write(known, &merged)?;
        }
        Ok(())
    }

    fn update(&mut self, known: &Known, lead: &Lead) -> Result<(), StoreError> {
        let moved = Lead {
            line: lead.line,
            ..known.lead.clone()
        };
        if moved == *lead {
            self.report.unchanged += 1;
            self.tx
                .prepare_cached("UPDATE leads SET import = ?2 WHERE id = ?1")?
                .execute(params![known.id, self.import.import])?;
            if known.lead.line != lead.line {
                self.tx
                    .prepare_cached("UPDATE leads SET line = ?2 WHERE id = ?1")?
                    .execute(params![known.id, line(lead)])?;
            }
            return Ok(());
        }
        self.report.updated += 1;
        self.write(known, lead)
    }

    /// Writes the new values; a due time that came from the old ones is thought over again.
    fn write(&mut self, known: &Known, lead: &Lead) -> Result<(), StoreError> {
        let columns = self.columns(lead, known.added_at)?;
        self.tx
            .prepare_cached(
                "UPDATE leads SET alternates = ?2, name = ?3, fields = ?4, terms = ?5, line = ?6,
                     import = ?7, area = ?8, rank = ?9, areas = ?10, due_at = promised_at,
                     why = iif(state = 'done', why, NULL)
                 WHERE id = ?1",
            )?
            .execute(params![
                known.id,
                columns.alternates,
                lead.name,
                columns.fields,
                columns.terms,
                columns.line,
                self.import.import,
                columns.area,
                columns.rank,
                columns.areas,
            ])?;
        move_lead(self.tx, known.id)
    }

    fn known(&self, lead: &Lead, extension: &str) -> Result<Option<Known>, StoreError> {
        let mut query = self.tx.prepare_cached(
            "SELECT * FROM leads WHERE campaign = ?1 AND number = ?2 AND extension = ?3",
        )?;
        let known = query
            .query_row(
                params![self.import.campaign, lead.number, extension],
                |row| {
                    Ok(Known {
                        id: row.get("id")?,
                        import: row.get("import")?,
                        added_at: row.get::<_, At>("added_at")?.0,
                        lead: lead_of(row)?,
                    })
                },
            )
            .optional()?;
        Ok(known)
    }

    fn columns(&mut self, lead: &Lead, added_at: Timestamp) -> Result<Columns, StoreError> {
        let numbers = numbers_of(lead);
        let (area, areas) = self.areas.of(&numbers, &lead.terms, self.rules)?;
        Ok(Columns {
            extension: lead
                .extension
                .as_ref()
                .map_or("", Extension::as_str)
                .to_owned(),
            alternates: alternates_to_json(&lead.alternates),
            fields: fields_to_json(&lead.fields),
            terms: json_text(&lead.terms)?,
            line: line(lead),
            area,
            areas: areas.to_json(),
            rank: self.rules.rank(added_at, lead.terms.priority),
        })
    }
}

fn line(lead: &Lead) -> i64 {
    i64::try_from(lead.line).unwrap_or(i64::MAX)
}

fn alternates_to_json(alternates: &[CellNumber]) -> Json {
    Json(match alternates {
        [] => Value::Null,
        numbers => serde_json::to_value(numbers).unwrap_or_default(),
    })
}

fn fields_to_json(fields: &BTreeMap<String, String>) -> String {
    let object: serde_json::Map<String, Value> = fields
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect();
    Value::Object(object).to_string()
}

fn json_text<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    let wrong = |error| StoreError::Sql(rusqlite::Error::ToSqlConversionFailure(Box::new(error)));
    serde_json::to_string(value).map_err(wrong)
}

/// What a list said of a lead.
pub(super) fn lead_of(row: &Row<'_>) -> rusqlite::Result<Lead> {
    let Json(fields) = row.get("fields")?;
    let fields = fields.as_object().into_iter().flatten();
    let fields = fields
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect();
    let extension: String = row.get("extension")?;
    Ok(Lead {
        number: row.get::<_, PhoneNumber>("number")?,
        extension: Extension::parse(&extension),
        alternates: typed(row, "alternates")?.unwrap_or_default(),
        name: row.get("name")?,
        terms: typed::<Terms>(row, "terms")?.unwrap_or_default(),
        fields,
        line: row.get::<_, Count>("line")?.0,
    })
}

/// A column of JSON as its type; `None` for NULL.
pub(super) fn typed<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<Option<T>> {
    let Some(text) = row.get::<_, Option<String>>(column)? else {
        return Ok(None);
    };
    let index = row.as_ref().column_index(column)?;
    serde_json::from_str(&text).map(Some).map_err(|error| {
        let kind = rusqlite::types::Type::Text;
        rusqlite::Error::FromSqlConversionFailure(index, kind, Box::new(error))
    })
}
