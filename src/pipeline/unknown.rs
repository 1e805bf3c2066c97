//! Circuits and objects that alarms name and the inventory does not hold. Such an alarm is kept and
//! touches what else it names; what is unknown is put aside for people to reconcile the two systems
//! (semantics §2), each thing once and counted.

use engine::inventory::{Inventory, Subject};
use intake::Submission;
use model::alarm::{AlarmFact, AlarmRecord, ObjectType};
use store::quarantine::{Kind, Quarantined};

use super::content::Context;
use super::upkeep::put_aside;

/// Characters of a name that are shown.
const CODE_MAX: usize = 100;

/// Puts aside every unknown circuit and object that these alarms name. An inventory without circuits is not
/// loaded yet, and everything would be unknown to it.
pub(super) fn note(cx: &mut Context<'_>, submission: &Submission, facts: &[AlarmFact]) {
    if cx.state.inventory.circuits_total() == 0 {
        return;
    }
    for fact in facts {
        let AlarmFact::Record(record) = fact else { continue };
        let unknown = |code: &&str| cx.state.inventory.circuit_ix(code).is_none();
        let circuits = named(record).filter(unknown).map(|code| (format!("circuit {}", shown(code)), shown(code)));
        let object = unknown_object(&cx.state.inventory, record).map(|name| (name.clone(), name));
        let named: Vec<(String, String)> = circuits.chain(object).collect();
        for (thing, name) in named {
            let alarm = &record.alarm_id;
            let what = Quarantined {
                reason: format!("alarm {alarm} names {thing}, which is not held: load resources, or ask its manager"),
                name,
                ..Quarantined::once(Kind::Unknown, &submission.source, submission.received_at)
            };
            put_aside(cx, what, &[]);
        }
    }
}

/// The object of an alarm, by type and id, if nobody holds it. A circuit is named by its code.
fn unknown_object(inventory: &Inventory, record: &AlarmRecord) -> Option<String> {
    let kind = record.object_type.filter(|kind| *kind != ObjectType::Circuit)?;
    let is_unknown = !record.object_id.is_empty() && !inventory.knows(&Subject::of(record));
    is_unknown.then(|| format!("{kind} {}", shown(&record.object_id)))
}

fn shown(name: &str) -> String {
    name.chars().take(CODE_MAX).collect()
}

fn named(record: &AlarmRecord) -> impl Iterator<Item = &str> {
    let object = (record.object_type == Some(ObjectType::Circuit)).then_some(record.object_id.as_str());
    record.circuit_codes.iter().map(String::as_str).chain(object)
}
