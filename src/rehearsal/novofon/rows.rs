//! The rows of both APIs, times in the zone of the account.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::account::{Leg, Line, Number};

const FORM: &str = "%Y-%m-%d %H:%M:%S";

pub(super) fn written(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime(FORM).to_string()
}

/// Only the documented form is read.
pub(super) fn time(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let local = DateTime::strptime(FORM, text).ok()?;
    zone.to_timestamp(local).ok()
}

/// A row of `statistics` of the user API.
pub(super) fn statistics(leg: &Leg, zone: &TimeZone) -> Value {
    let disposition = if leg.talked > 0 {
        "answered"
    } else {
        "no answer"
    };
    let charge = leg.charge.as_ref();
    json!({
        "id": format!("{:x}", leg.id), "sip": "0012345", "callstart": written(leg.at, zone),
        "from": leg.calling, "to": leg.called, "description": "Russia",
        "disposition": disposition, "billseconds": charge.map_or(0, |charge| charge.seconds),
        "cost": charge.map_or(0.0, |charge| charge.per_minute),
        "billcost": charge.map_or(0.0, |charge| charge.total), "currency": "RUB",
    })
}

pub(super) fn line(line: &Line) -> Value {
    let state = if line.registered {
        "Зарегистрирован"
    } else {
        "Не зарегистрирован"
    };
    let addresses = if line.registered {
        json!([{"ip": "192.0.2.10", "date_time": "2025-01-01 10:00:00"}])
    } else {
        json!([])
    };
    json!({
        "id": 1, "phone_number": line.login, "type": line.kind, "channels_count": line.channels,
        "dial_time": 60, "billing_state": line.billing, "physical_state": state,
        "virtual_phone_number": line.number, "status": "active", "employee_id": null,
        "employee_full_name": null, "ip_addresses": addresses,
    })
}

pub(super) fn number(number: &Number) -> Value {
    json!({
        "id": 1, "virtual_phone_number": number.number, "redirection_phone_number": null,
        "activation_date": "2025-01-01 00:00:00", "status": number.status, "category": "usual",
        "type": "va", "campaigns": [], "scenarios": [],
    })
}

pub(super) fn leg(leg: &Leg, zone: &TimeZone) -> Value {
    json!({
        "id": leg.id, "call_session_id": leg.session, "start_time": written(leg.at, zone),
        "connect_time": null, "duration": leg.talked, "total_duration": leg.talked + 8,
        "finish_reason": leg.finish, "virtual_phone_number": leg.calling,
        "calling_phone_number": leg.calling, "called_phone_number": leg.called,
        "direction": leg.direction, "is_talked": leg.talked > 0,
    })
}

/// A row of the financial report; `None` for a leg that cost nothing.
pub(super) fn charge(leg: &Leg, zone: &TimeZone) -> Option<Value> {
    let charge = leg.charge.as_ref()?;
    Some(json!({
        "start_time": written(leg.at, zone), "direction": leg.direction, "source": leg.source,
        "call_session_id": leg.session, "leg_id": leg.id, "calling_phone_number": leg.calling,
        "called_phone_number": leg.called, "duration": leg.talked,
        "chargeable_duration": charge.seconds, "direction_type": charge.kind,
        "cost_per_minute": charge.per_minute, "total_charge": charge.total, "bonuses_charge": 0,
    }))
}

/// A row of the report of calls: the first leg of a call stands for it.
pub(super) fn call(leg: &Leg, zone: &TimeZone) -> Value {
    json!({
        "id": leg.session, "start_time": written(leg.at, zone),
        "finish_time": written(leg.at, zone), "finish_reason": leg.finish,
        "direction": leg.direction, "source": leg.source, "cpn_region_name": "Москва",
        "contact_phone_number": leg.called, "virtual_phone_number": leg.calling,
        "talk_duration": leg.talked, "clean_talk_duration": leg.talked,
        "wait_duration": 8, "total_duration": leg.talked + 8, "is_lost": leg.talked == 0,
    })
}
