//! What each lead is talked with along: the campaign's scenario, or one of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::dialogue::Scenario;
use crate::store::LeadRow;

/// Reads a scenario by its name in the list, for a lead that brings these variables; or why not,
/// for a person.
type Load = dyn Fn(&str, &BTreeSet<String>) -> Result<Arc<Scenario>, String> + Send + Sync;

/// The scenarios of a campaign.
#[derive(Clone)]
pub struct Scenarios {
    usual: Arc<Scenario>,
    own: BTreeMap<String, Arc<Scenario>>,
    load: Arc<Load>,
}

impl fmt::Debug for Scenarios {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scenarios")
            .field("usual", &self.usual.name)
            .field("own", &self.own.keys())
            .finish_non_exhaustive()
    }
}

impl Scenarios {
    /// The one for leads that name none. What `own` has not is read by `load` when a lead comes
    /// that names it.
    pub fn new(
        usual: Arc<Scenario>,
        own: BTreeMap<String, Arc<Scenario>>,
        load: impl Fn(&str, &BTreeSet<String>) -> Result<Arc<Scenario>, String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            usual,
            own,
            load: Arc::new(load),
        }
    }

    /// The one for leads that name none.
    pub fn usual(&self) -> &Arc<Scenario> {
        &self.usual
    }

    /// The one for this lead; or why it cannot be had.
    pub(super) fn of(&mut self, lead: &LeadRow) -> Result<Arc<Scenario>, String> {
        let Some(name) = &lead.terms.scenario else {
            return Ok(Arc::clone(&self.usual));
        };
        if let Some(known) = self.own.get(name) {
            return Ok(Arc::clone(known));
        }
        let mut given: BTreeSet<String> = lead.fields.keys().cloned().collect();
        given.extend(lead.name.is_some().then(|| "name".to_owned()));
        let read = (self.load)(name, &given)?;
        self.own.insert(name.clone(), Arc::clone(&read));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::campaign::{CampaignId, LeadId, Terms};
    use crate::phone::PhoneNumber;

    fn scenario(name: &str) -> Arc<Scenario> {
        let text = format!(
            "[scenario]\nname = \"{name}\"\nlanguage = \"ru\"\nstart = \"bye\"\n\
             [global]\nno_input = \"bye\"\nno_match = \"bye\"\n\
             [states.bye]\nsay = \"До свидания.\"\noutcome = \"told\"\n"
        );
        Arc::new(Scenario::parse(&text).unwrap())
    }

    fn lead(own: Option<&str>) -> LeadRow {
        LeadRow {
            id: LeadId(1),
            campaign: CampaignId(1),
            number: PhoneNumber::from_e164("+79000000001").unwrap(),
            extension: None,
            name: Some("Анна".to_owned()),
            terms: Terms {
                scenario: own.map(str::to_owned),
                ..Terms::default()
            },
            fields: BTreeMap::from([("company".to_owned(), "Ромашка".to_owned())]),
            line: 2,
            zone: TimeZone::UTC,
            attempts: 0,
        }
    }

    #[test]
    fn a_lead_that_comes_late_brings_its_own_scenario_or_is_not_rung() {
        let own = BTreeMap::from([("early".to_owned(), scenario("early"))]);
        let mut scenarios = Scenarios::new(scenario("usual"), own, |name, given| {
            assert!(given.contains("name") && given.contains("company"));
            match name {
                "late" => Ok(scenario("late")),
                _ => Err(format!("no {name}")),
            }
        });
        for (own, named) in [
            (None, "usual"),
            (Some("early"), "early"),
            (Some("late"), "late"),
        ] {
            assert_eq!(scenarios.of(&lead(own)).unwrap().name, named);
        }
        assert_eq!(scenarios.of(&lead(Some("lost"))).unwrap_err(), "no lost");
    }
}
