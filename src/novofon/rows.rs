//! The rows of the Data API as they come, and what we make of them.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Deserialize;

use super::records::{Account, CallSession, SipLine, VirtualNumber};
use super::{amount, zone};
use crate::campaign::Money;
use crate::report::ProviderLeg;

/// A row of a report: it has an id and a beginning.
pub(super) trait Row {
    fn id(&self) -> Option<&str>;
    fn at(&self) -> Option<&str>;
}

#[derive(Debug, Deserialize)]
pub(super) struct AccountRow {
    #[serde(default, deserialize_with = "amount::text")]
    app_id: Option<String>,
    name: Option<String>,
    timezone: String,
}

impl AccountRow {
    pub(super) fn account(self) -> Result<Account, String> {
        let zone = TimeZone::get(&self.timezone)
            .map_err(|_| format!("`{}` is not a time zone", self.timezone))?;
        Ok(Account {
            id: self.app_id,
            name: self.name,
            zone,
            zone_name: self.timezone,
        })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct SipLineRow {
    #[serde(default, deserialize_with = "amount::text")]
    phone_number: Option<String>,
    r#type: Option<String>,
    #[serde(default, deserialize_with = "amount::count")]
    channels_count: Option<u32>,
    billing_state: Option<String>,
    physical_state: Option<String>,
    #[serde(default, deserialize_with = "amount::text")]
    virtual_phone_number: Option<String>,
    status: Option<String>,
    ip_addresses: Option<Vec<AddressRow>>,
}

#[derive(Debug, Deserialize)]
struct AddressRow {
    ip: Option<String>,
}

impl SipLineRow {
    pub(super) fn line(self) -> Option<SipLine> {
        // The provider says it in Russian only.
        let registered = self.physical_state.map(|state| {
            let state = state.to_lowercase();
            state.starts_with("зарегистрирован") || state == "registered"
        });
        let addresses = self.ip_addresses.into_iter().flatten();
        Some(SipLine {
            login: self.phone_number?,
            kind: self.r#type,
            channels: self.channels_count,
            billing: self.billing_state,
            registered,
            caller_id: self.virtual_phone_number,
            status: self.status,
            addresses: addresses.filter_map(|address| address.ip).collect(),
        })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct NumberRow {
    #[serde(default, deserialize_with = "amount::text")]
    virtual_phone_number: Option<String>,
    status: Option<String>,
    r#type: Option<String>,
}

impl NumberRow {
    pub(super) fn number(self) -> Option<VirtualNumber> {
        Some(VirtualNumber {
            number: self.virtual_phone_number?,
            status: self.status,
            kind: self.r#type,
        })
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct CallRow {
    #[serde(default, deserialize_with = "amount::text")]
    id: Option<String>,
    start_time: Option<String>,
    direction: Option<String>,
    source: Option<String>,
    #[serde(default, deserialize_with = "amount::text")]
    contact_phone_number: Option<String>,
    #[serde(default, deserialize_with = "amount::text")]
    virtual_phone_number: Option<String>,
    #[serde(default, deserialize_with = "amount::count")]
    talk_duration: Option<u32>,
    #[serde(default, deserialize_with = "amount::count")]
    total_duration: Option<u32>,
    finish_reason: Option<String>,
    cpn_region_name: Option<String>,
}

impl CallRow {
    pub(super) const FIELDS: &[&str] = &[
        "id",
        "start_time",
        "direction",
        "source",
        "contact_phone_number",
        "virtual_phone_number",
        "talk_duration",
        "total_duration",
        "finish_reason",
        "cpn_region_name",
    ];

    pub(super) fn session(self, zone: &TimeZone) -> Option<CallSession> {
        Some(CallSession {
            id: self.id?,
            at: zone::read(&self.start_time?, zone)?,
            direction: self.direction,
            source: self.source,
            contact: self.contact_phone_number,
            own: self.virtual_phone_number,
            talked: self.talk_duration,
            lasted: self.total_duration,
            finish: self.finish_reason,
            region: self.cpn_region_name,
            cost: None,
        })
    }
}

impl Row for CallRow {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn at(&self) -> Option<&str> {
        self.start_time.as_deref()
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct LegRow {
    #[serde(default, deserialize_with = "amount::text")]
    id: Option<String>,
    #[serde(default, deserialize_with = "amount::text")]
    call_session_id: Option<String>,
    start_time: Option<String>,
    direction: Option<String>,
    #[serde(default, deserialize_with = "amount::text")]
    calling_phone_number: Option<String>,
    #[serde(default, deserialize_with = "amount::text")]
    called_phone_number: Option<String>,
    #[serde(default, deserialize_with = "amount::count")]
    duration: Option<u32>,
    finish_reason: Option<String>,
}

impl LegRow {
    pub(super) const FIELDS: &[&str] = &[
        "id",
        "call_session_id",
        "start_time",
        "direction",
        "calling_phone_number",
        "called_phone_number",
        "duration",
        "finish_reason",
    ];

    fn leg(self, zone: &TimeZone) -> Option<ProviderLeg> {
        if self.direction.as_deref() == Some("in") {
            return None;
        }
        Some(ProviderLeg {
            id: self.id?,
            session: self.call_session_id,
            at: zone::read(&self.start_time?, zone)?,
            calling: self.calling_phone_number.unwrap_or_default(),
            called: self.called_phone_number.unwrap_or_default(),
            talked: self.duration,
            charged_seconds: None,
            direction: None,
            per_minute: None,
            charge: None,
            finish: self.finish_reason,
        })
    }
}

impl Row for LegRow {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn at(&self) -> Option<&str> {
        self.start_time.as_deref()
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ChargeRow {
    #[serde(default, deserialize_with = "amount::text")]
    leg_id: Option<String>,
    #[serde(default, deserialize_with = "amount::text")]
    call_session_id: Option<String>,
    start_time: Option<String>,
    direction: Option<String>,
    source: Option<String>,
    #[serde(default, deserialize_with = "amount::text")]
    calling_phone_number: Option<String>,
    #[serde(default, deserialize_with = "amount::text")]
    called_phone_number: Option<String>,
    #[serde(default, deserialize_with = "amount::count")]
    duration: Option<u32>,
    #[serde(default, deserialize_with = "amount::count")]
    chargeable_duration: Option<u32>,
    direction_type: Option<String>,
    #[serde(default, deserialize_with = "amount::amount")]
    cost_per_minute: Option<Money>,
    #[serde(default, deserialize_with = "amount::amount")]
    total_charge: Option<Money>,
}

/// Calls that the provider's own services make: none of an exchange.
const NOT_OF_AN_EXCHANGE: &[&str] = &[
    "auto_out_calls",
    "progressive_call",
    "ivr_informer",
    "callapi",
    "callapi_management_call",
    "callapi_informer_call",
    "callapi_scenario_call",
    "auto_back_call_by_lost_call",
    "auto_back_call_by_offline_message",
    "consultant",
    "lead",
    "sitephone",
    "faxout",
    "retailcrm",
];

impl ChargeRow {
    pub(super) const FIELDS: &[&str] = &[
        "leg_id",
        "call_session_id",
        "start_time",
        "direction",
        "source",
        "calling_phone_number",
        "called_phone_number",
        "duration",
        "chargeable_duration",
        "direction_type",
        "cost_per_minute",
        "total_charge",
    ];

    /// Whether it can be a call of ours at all.
    fn is_ours(&self) -> bool {
        let source = self.source.as_deref().unwrap_or_default();
        self.direction.as_deref() != Some("in") && !NOT_OF_AN_EXCHANGE.contains(&source)
    }

    fn leg(self, leg: Option<ProviderLeg>, zone: &TimeZone) -> Option<ProviderLeg> {
        let leg = match leg {
            Some(leg) => leg,
            None => ProviderLeg {
                id: self.leg_id?,
                session: self.call_session_id,
                at: zone::read(&self.start_time?, zone)?,
                calling: self.calling_phone_number.unwrap_or_default(),
                called: self.called_phone_number.unwrap_or_default(),
                talked: self.duration,
                charged_seconds: None,
                direction: None,
                per_minute: None,
                charge: None,
                finish: None,
            },
        };
        Some(ProviderLeg {
            talked: leg.talked.or(self.duration),
            charged_seconds: self.chargeable_duration,
            direction: self.direction_type,
            per_minute: self.cost_per_minute,
            charge: self.total_charge,
            ..leg
        })
    }
}

impl Row for ChargeRow {
    fn id(&self) -> Option<&str> {
        self.leg_id.as_deref()
    }

    fn at(&self) -> Option<&str> {
        self.start_time.as_deref()
    }
}

/// Legs and charges as one list. The list of legs does not tell what made a call; a leg that was
/// charged as a call of another service is left out with its charge.
pub(super) fn join(
    legs: BTreeMap<String, LegRow>,
    charges: BTreeMap<String, ChargeRow>,
    zone: &TimeZone,
) -> Vec<ProviderLeg> {
    let legs = legs.into_iter();
    let mut found: BTreeMap<String, ProviderLeg> = legs
        .filter_map(|(id, row)| Some((id, row.leg(zone)?)))
        .collect();
    for (id, row) in charges {
        let leg = found.remove(&id);
        if !row.is_ours() {
            continue;
        }
        if let Some(leg) = row.leg(leg, zone) {
            found.insert(id, leg);
        }
    }
    let mut legs: Vec<ProviderLeg> = found.into_values().collect();
    legs.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    legs
}
