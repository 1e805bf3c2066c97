//! What an alarm does to service and what it is: from `ALARM_KNOWLEDGE`, else from its own words
//! (semantics §2 and §3).

pub(crate) mod categories;

use model::alarm::{AlarmRecord, Effect, ServiceAffecting, Severity, Specialty};
use model::fault::Category;
use model::resource::{Class, Row};

/// The rows of `ALARM_KNOWLEDGE`: one sorted list for each set of columns that a rule names, the most
/// specific set first.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    groups: Vec<Vec<Rule>>,
}

#[derive(Clone, Debug)]
struct Rule {
    specialty: Specialty,
    vendor: String,
    native_cause: String,
    probable_cause: String,
    effect: Effect,
    category: Option<Category>,
    advice: String,
}

// === impl Knowledge ===

impl Knowledge {
    /// From rows; those of other classes, and rows without a readable specialty or effect, are passed over.
    pub fn build<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let known = rows.into_iter().filter(|row| row.class == Class::AlarmKnowledge);
        let mut rules: Vec<Rule> = known.filter_map(Rule::read).collect();
        rules.sort_by(|a, b| b.rank().cmp(&a.rank()).then_with(|| a.key().cmp(&b.key())));
        Knowledge { groups: rules.chunk_by(|a, b| a.rank() == b.rank()).map(<[Rule]>::to_vec).collect() }
    }

    /// What the alarm does to the circuits it touches.
    pub fn effect(&self, alarm: &AlarmRecord) -> Effect {
        self.rule(alarm).map_or_else(|| own_effect(alarm), |rule| rule.effect)
    }

    /// What the alarm is.
    pub fn category(&self, alarm: &AlarmRecord) -> Category {
        let told = self.rule(alarm).and_then(|rule| rule.category);
        told.unwrap_or_else(|| categories::by_cause(&alarm.native_cause, &alarm.probable_cause))
    }

    /// Advice for the repair, ours before the peer's; empty if neither has any.
    pub fn advice<'a>(&'a self, alarm: &'a AlarmRecord) -> &'a str {
        let ours = self.rule(alarm).map_or("", |rule| rule.advice.as_str());
        if ours.is_empty() { &alarm.repair_advice } else { ours }
    }

    fn rule(&self, alarm: &AlarmRecord) -> Option<&Rule> {
        let specialty = alarm.specialty?;
        self.groups.iter().find_map(|group| {
            let (vendor, native, probable) = group.first()?.rank();
            let pick = |told, text| if told { text } else { "" };
            let key = (
                specialty,
                pick(vendor, alarm.vendor.as_str()),
                pick(native, alarm.native_cause.as_str()),
                pick(probable, alarm.probable_cause.as_str()),
            );
            group.binary_search_by(|rule| rule.key().cmp(&key)).ok().and_then(|i| group.get(i))
        })
    }
}

// === impl Rule ===

impl Rule {
    fn read(row: &Row) -> Option<Self> {
        let effect = Effect::ALL.iter().find(|effect| effect.word() == row.get("effect"))?;
        Some(Rule {
            specialty: Specialty::from_word(row.get("specialty"))?,
            vendor: row.get("vendor").to_owned(),
            native_cause: row.get("nativeCause").to_owned(),
            probable_cause: row.get("probableCause").to_owned(),
            effect: *effect,
            category: categories::by_word(row.get("category")),
            advice: row.get("advice").to_owned(),
        })
    }

    /// Vendor counts before native cause before probable cause.
    fn rank(&self) -> (bool, bool, bool) {
        (!self.vendor.is_empty(), !self.native_cause.is_empty(), !self.probable_cause.is_empty())
    }

    fn key(&self) -> (Specialty, &str, &str, &str) {
        (self.specialty, &self.vendor, &self.native_cause, &self.probable_cause)
    }
}

/// The effect by the alarm's own words.
fn own_effect(alarm: &AlarmRecord) -> Effect {
    match (alarm.service_affecting, alarm.severity) {
        (Some(ServiceAffecting::Yes), _) => Effect::Outage,
        (Some(ServiceAffecting::No), _) => Effect::None,
        (_, Severity::Critical) => Effect::Outage,
        (_, Severity::Major) => Effect::Degraded,
        _ => Effect::None,
    }
}

#[cfg(test)]
mod tests;
