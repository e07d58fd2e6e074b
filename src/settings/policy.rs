//! `[policy]` and `[tariff]`: the rules on whom to ring, how often, when, and what it costs.
//!
//! A preset stands below everything that the user wrote: it only fills what is left open. What it
//! refuses is asked separately ([`PolicySettings::refusals`]), since that hangs on the scenario too.

use std::path::Path;

use jiff::tz::TimeZone;

use super::error::SettingsError;
use super::layers::{Found, Layers};
use super::reader::{Reader, key};
use super::{Key, Origin, SettingsFault, file, value};
use crate::campaign::{
    AttemptLimits, Calendar, CallingWindow, Ending, LeadPolicy, Preset, Proposal, Purpose, Quota,
    Refusal, RetryRule, RetryRules, Tariff, WeekHours,
};
use crate::phone::NumberRules;

/// `[policy]`
#[derive(Debug, Clone, PartialEq)]
pub struct PolicySettings {
    /// The numbers that may be rung: `countries` and `premium`.
    pub numbers: NumberRules,
    /// The time zone of a number whose region is not known.
    pub default_timezone: TimeZone,
    /// Whom to ring, how often and when.
    pub leads: LeadPolicy,
    /// What the calls are for.
    pub purpose: Purpose,
    /// The rules of a country.
    pub preset: Option<Preset>,
    /// Why a rule of the preset does not apply.
    pub override_reason: Option<String>,
    /// Whether the scenario must say first who calls and that a robot speaks.
    pub disclosure: bool,
    /// The label that the operator shows.
    pub label_text: Option<String>,
    /// Its category.
    pub label_category: Option<String>,
}

impl PolicySettings {
    /// The same at any hour of any day and without long waits, for callees who are made up.
    #[must_use]
    pub fn at_any_hour(mut self) -> Self {
        self.leads.window = CallingWindow::any();
        self.leads = self.leads.in_haste();
        self.preset = None;
        self
    }

    /// What the preset does not allow of these settings with a scenario; `discloses`: it says first
    /// who calls and that a robot speaks.
    pub fn refusals(&self, discloses: bool) -> Vec<Refusal> {
        let proposal = Proposal {
            purpose: self.purpose,
            policy: &self.leads,
            discloses,
        };
        let preset = self.preset.iter();
        let mut refusals: Vec<Refusal> = preset
            .flat_map(|preset| preset.refusals(&proposal))
            .collect();
        let asked = refusals
            .iter()
            .any(|refusal| refusal.what.contains("who calls"));
        if self.disclosure && !discloses && !asked {
            refusals.push(Refusal {
                what: "the scenario does not say first who calls and that a robot speaks".to_owned(),
                because: "disclosure = true in [policy]".to_owned(),
                hint: "let the first prompt say it; `novodial scenario check FILE` tells what is missing".to_owned(),
            });
        }
        refusals
    }
}

/// Fills what the user left open from the preset that the user named.
///
/// # Errors
/// There is no such preset, or its file cannot be read.
pub(super) fn add_preset(
    layers: &mut Layers,
    reader: &PresetReader<'_>,
) -> Result<(), SettingsError> {
    let Some(preset) = reader.preset(layers)? else {
        return Ok(());
    };
    let purpose = layers
        .get(&key("policy", "purpose"))
        .and_then(|found| found.text.parse().ok())
        .unwrap_or(Purpose::Service);
    for (name, text) in preset.settings(purpose) {
        let name_of = preset.name().to_owned();
        let origin = Origin::Preset { name: name_of };
        let Some(key) = Key::find("policy", &name) else {
            return Err(SettingsError::new(
                SettingsFault::UnknownKey,
                format!("{origin}: unknown key `{name}` in [settings]"),
                "a preset sets keys of [policy]",
            ));
        };
        layers.set_if_open(key, Found { text, origin });
    }
    Ok(())
}

/// Finds presets and calendars: shipped ones by name, others by path.
pub(super) struct PresetReader<'a> {
    pub(super) resolve: &'a dyn Fn(&Found) -> std::path::PathBuf,
}

impl PresetReader<'_> {
    /// The preset that the layers name.
    ///
    /// # Errors
    /// As of [`add_preset`].
    pub(super) fn preset(&self, layers: &Layers) -> Result<Option<Preset>, SettingsError> {
        let key = key("policy", "preset");
        let Some(found) = layers
            .get(&key)
            .filter(|found| !matches!(&*found.text, "" | "none"))
        else {
            return Ok(None);
        };
        let text = self.text(&key, found, Preset::shipped_text)?;
        let preset = Preset::parse(&text)
            .map_err(|bad| SettingsError::bad_value(&key, &found.origin, &bad.to_string()))?;
        Ok(Some(preset))
    }

    fn calendar(&self, layers: &Layers) -> Result<Option<Calendar>, SettingsError> {
        let key = key("policy", "holidays");
        let Some(found) = layers
            .get(&key)
            .filter(|found| !matches!(&*found.text, "" | "none"))
        else {
            return Ok(None);
        };
        let text = self.text(&key, found, Calendar::shipped_text)?;
        let calendar = Calendar::parse(&text)
            .map_err(|bad| SettingsError::bad_value(&key, &found.origin, &bad.to_string()))?;
        Ok(Some(calendar))
    }

    /// The shipped one of this name, else the file.
    fn text(
        &self,
        key: &Key,
        found: &Found,
        shipped: fn(&str) -> Option<&'static str>,
    ) -> Result<String, SettingsError> {
        if let Some(text) = shipped(&found.text) {
            return Ok(text.to_owned());
        }
        let path = (self.resolve)(found);
        file::read(&path, Path::new(&found.text)).map_err(|_| {
            let complaint = format!("`{}` is neither ru, us nor a file", found.text);
            SettingsError::bad_value(key, &found.origin, &complaint)
        })
    }
}

impl Reader<'_> {
    pub(super) fn policy(&self) -> Result<PolicySettings, SettingsError> {
        let section = "policy";
        let resolve = |found: &Found| self.resolve(found);
        let files = PresetReader { resolve: &resolve };
        let default_timezone = self.required(section, "default_timezone", value::time_zone)?;
        Ok(PolicySettings {
            numbers: NumberRules {
                countries: self.required(section, "countries", value::countries)?,
                premium: self.required(section, "premium", value::flag)?,
                everywhere: false,
            },
            leads: LeadPolicy {
                window: CallingWindow {
                    hours: self.required(section, "hours", |text| {
                        // Not its own words: the hint says what to write, for every place alike.
                        text.parse::<WeekHours>()
                            .map_err(|bad| format!("`{}` are no calling hours", bad.0))
                    })?,
                    holidays: files.calendar(self.layers)?,
                },
                default_zone: default_timezone.clone(),
                limits: self.limits()?,
                retry: self.retry()?,
                other_part_of_day: self.required(section, "other_part_of_day", value::flag)?,
                needs_consent: self.required(section, "consent", value::flag)?,
                priority_step: self.required(section, "priority_step", value::delay)?,
                timeless: false,
            },
            default_timezone,
            purpose: self.required(section, "purpose", str::parse)?,
            preset: files.preset(self.layers)?,
            override_reason: self.optional(section, "override", value::text)?,
            disclosure: self.required(section, "disclosure", value::flag)?,
            label_text: self.optional(section, "label_text", value::label)?,
            label_category: self.optional(section, "label_category", value::text)?,
        })
    }

    fn limits(&self) -> Result<AttemptLimits, SettingsError> {
        let limit = |name| self.limit(name);
        Ok(AttemptLimits {
            lead: Quota {
                day: limit("lead_per_day")?,
                week: limit("lead_per_week")?,
                month: limit("lead_per_month")?,
            },
            lead_total: limit("lead_total")?,
            number: Quota {
                day: limit("number_per_day")?,
                week: limit("number_per_week")?,
                month: limit("number_per_month")?,
            },
            smallest_gap: self.required("policy", "smallest_gap", value::delay)?,
        })
    }

    /// A limit; 0 is none.
    fn limit(&self, name: &'static str) -> Result<Option<u32>, SettingsError> {
        let limit = self.required("policy", name, value::limit)?;
        Ok((limit > 0).then_some(limit))
    }

    fn retry(&self) -> Result<RetryRules, SettingsError> {
        let rules = [
            (Ending::Busy, "busy_delays", "busy_limit"),
            (Ending::NoAnswer, "no_answer_delays", "no_answer_limit"),
            (Ending::PhoneOff, "phone_off_delays", "phone_off_limit"),
            (Ending::Machine, "machine_delays", "machine_limit"),
            (Ending::Rejected, "rejected_delays", "rejected_limit"),
            (Ending::Dropped, "dropped_delays", "dropped_limit"),
            (Ending::CallLater, "call_later_delays", "call_later_limit"),
        ];
        let mut read = Vec::new();
        for (ending, delays, limit) in rules {
            let rule = RetryRule {
                delays: self.required("policy", delays, value::delays)?,
                limit: self.required("policy", limit, value::limit)?,
            };
            // Without a rule, an ending is not repeated.
            if rule.limit > 0 {
                read.push((ending, rule));
            }
        }
        let congestion = self.required("policy", "congestion_delay", value::delay)?;
        let mut rules = RetryRules::new(read, congestion);
        rules.congestion_per_day = self.limit("congestion_per_day")?;
        Ok(rules)
    }

    pub(super) fn tariff(&self) -> Result<Tariff, SettingsError> {
        let price = |name| self.required("tariff", name, value::price);
        Ok(Tariff {
            currency: self.required("tariff", "currency", value::text)?,
            mobile: price("mobile")?,
            fixed: price("fixed")?,
            foreign: price("foreign")?,
            prefixes: self
                .optional("tariff", "prefixes", value::prices)?
                .unwrap_or_default(),
            step: self.required("tariff", "step", value::delay)?,
            attempt_fee: price("attempt_fee")?,
            speech_minute: price("speech_minute")?,
        })
    }
}
