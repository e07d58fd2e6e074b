//! How our words are written in SQLite: times as milliseconds, lists of words as their words.

use jiff::Timestamp;
use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use serde_json::Value;

use super::row::{CampaignState, HungUpBy};
use super::talk::Speaker;
use crate::campaign::{AttemptId, CampaignId, LeadId, LeadState, RunId};
use crate::line::{Cause, Disposition};
use crate::phone::PhoneNumber;

/// A time, kept as milliseconds since 1970.
pub(super) struct At(pub(super) Timestamp);

/// A JSON value, kept as text; `Null` as NULL.
pub(super) struct Json(pub(super) Value);

/// A count, which SQLite gives as a signed number.
pub(super) struct Count(pub(super) u64);

impl FromSql for Count {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let count = value.as_i64()?;
        u64::try_from(count)
            .map(Self)
            .map_err(|_| FromSqlError::OutOfRange(count))
    }
}

impl ToSql for Count {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(i64::try_from(self.0).unwrap_or(i64::MAX).into())
    }
}

impl ToSql for At {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_millisecond().into())
    }
}

impl FromSql for At {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let ms = value.as_i64()?;
        Timestamp::from_millisecond(ms)
            .map(Self)
            .map_err(|_| FromSqlError::OutOfRange(ms))
    }
}

impl ToSql for Json {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        if self.0.is_null() {
            return Ok(rusqlite::types::Null.into());
        }
        Ok(self.0.to_string().into())
    }
}

impl FromSql for Json {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        if value == ValueRef::Null {
            return Ok(Self(Value::Null));
        }
        serde_json::from_str(value.as_str()?)
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

macro_rules! id_in_sql {
    ($($id:ident)*) => {$(
        impl ToSql for $id {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.0.into())
            }
        }

        impl FromSql for $id {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_i64().map(Self)
            }
        }
    )*};
}
id_in_sql!(AttemptId CampaignId LeadId RunId);

macro_rules! word_in_sql {
    ($($word:ident)*) => {$(
        impl ToSql for $word {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }

        impl FromSql for $word {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                Self::parse(value.as_str()?).ok_or(FromSqlError::InvalidType)
            }
        }
    )*};
}
word_in_sql!(Disposition LeadState HungUpBy Speaker CampaignState);

impl ToSql for PhoneNumber {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.e164().into())
    }
}

impl FromSql for PhoneNumber {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::from_e164(value.as_str()?).map_err(FromSqlError::other)
    }
}

impl ToSql for Cause {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.into())
    }
}

impl FromSql for Cause {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        u8::column_result(value).map(Self)
    }
}

impl CampaignState {
    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
        }
    }

    /// The meaning of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::Paused, Self::Cancelled]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

impl HungUpBy {
    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Callee => "callee",
            Self::Network => "network",
        }
    }

    /// The meaning of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Bot, Self::Callee, Self::Network]
            .into_iter()
            .find(|who| who.as_str() == word)
    }
}

impl Speaker {
    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Callee => "callee",
        }
    }

    /// The meaning of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Bot, Self::Callee]
            .into_iter()
            .find(|who| who.as_str() == word)
    }
}
