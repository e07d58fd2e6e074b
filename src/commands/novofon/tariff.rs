//! `novodial novofon tariff`: the prices that past charges bear out, as lines for the settings.

use serde_json::json;

use crate::campaign::{Calibration, ChargedCall, Price, Tariff};
use crate::cli::NovoFonTariffArgs;
use crate::commands::Desk;
use crate::commands::calls::since;
use crate::driver;
use crate::output::{Envelope, ExitStatus};
use crate::phone::PhoneNumber;
use crate::report::ProviderLeg;

pub(super) fn tariff(arguments: &NovoFonTariffArgs, desk: &Desk<'_>) -> anyhow::Result<ExitStatus> {
    let settings = desk.settings()?;
    let zone = &settings.policy.default_timezone;
    let since = since::parse(&arguments.since, driver::now(), zone)?;
    let legs = desk.ledger(&settings)?.charges_since(since)?;
    let calls: Vec<ChargedCall> = legs.iter().filter_map(charged).collect();
    let told = Calibration::of(&calls);
    let tariff = told.applied(&settings.tariff);
    if desk.printer.is_json() {
        let price = |price: Option<Price>| {
            price.map(|price| json!({ "price": price.money.amount(), "charges": price.charges }))
        };
        let body = json!({
            "charges": calls.len(), "currency": tariff.currency,
            "mobile": price(told.mobile), "fixed": price(told.fixed),
            "foreign": price(told.foreign), "attempt_fee": price(told.attempt_fee),
            "step_s": told.step.map(|step| step.as_secs()),
        });
        desk.printer
            .json(&Envelope::new("novodial.novofon_tariff/1", body))?;
    } else if told == Calibration::default() {
        desk.printer.message(&format!(
            "{} charges are known, too few for a price: novodial novofon reconcile CAMPAIGN",
            calls.len()
        ));
    } else {
        print(&told, &tariff, calls.len(), desk)?;
    }
    Ok(if told == Calibration::default() {
        ExitStatus::No
    } else {
        ExitStatus::Success
    })
}

/// A leg that says what was paid for which talk.
fn charged(leg: &ProviderLeg) -> Option<ChargedCall> {
    Some(ChargedCall {
        number: PhoneNumber::from_e164(&format!("+{}", leg.called)).ok()?,
        talked: leg.talked.or(leg.charged_seconds)?,
        charged: leg.charged_seconds,
        amount: leg.charge?,
    })
}

fn print(
    told: &Calibration,
    tariff: &Tariff,
    charges: usize,
    desk: &Desk<'_>,
) -> anyhow::Result<()> {
    let printer = desk.printer;
    printer.data(&format!("# from {charges} charges"))?;
    printer.data("[tariff]")?;
    printer.data(&format!("currency = {:?}", tariff.currency))?;
    for (name, price) in [
        ("mobile", told.mobile),
        ("fixed", told.fixed),
        ("foreign", told.foreign),
        ("attempt_fee", told.attempt_fee),
    ] {
        if let Some(Price { money, charges }) = price {
            let price = money.amount();
            printer.data(&format!("{name} = {price} # {charges} charges"))?;
        }
    }
    if let Some(step) = told.step {
        printer.data(&format!("step = \"{}s\"", step.as_secs()))?;
    }
    Ok(())
}
