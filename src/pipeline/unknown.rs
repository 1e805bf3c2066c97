//! Circuits that alarms name and the inventory does not hold. Such an alarm is kept and touches what
//! else it names; the circuit is put aside for people to reconcile the two systems (semantics §2).

use intake::Submission;
use model::alarm::{AlarmFact, AlarmRecord, ObjectType};
use store::quarantine::{Kind, Quarantined};

use super::content::Context;
use super::upkeep::put_aside;

/// Characters of a code that are shown.
const CODE_MAX: usize = 100;

/// Puts aside every unknown circuit that these alarms name. An inventory without circuits is not
/// loaded yet, and everything would be unknown to it.
pub(super) fn note(cx: &mut Context<'_>, submission: &Submission, facts: &[AlarmFact]) {
    if cx.state.inventory.circuits_total() == 0 {
        return;
    }
    for fact in facts {
        let AlarmFact::Record(record) = fact else { continue };
        for code in named(record) {
            if cx.state.inventory.circuit_ix(code).is_some() {
                continue;
            }
            let code: String = code.chars().take(CODE_MAX).collect();
            let what = Quarantined {
                reason: format!(
                    "alarm {} names circuit {code}, which is not held: load resources, or ask its manager",
                    record.alarm_id
                ),
                name: code,
                ..Quarantined::once(Kind::Unknown, &submission.source, submission.received_at)
            };
            put_aside(cx, what, &[]);
        }
    }
}

fn named(record: &AlarmRecord) -> impl Iterator<Item = &str> {
    let object = (record.object_type == Some(ObjectType::Circuit)).then_some(record.object_id.as_str());
    record.circuit_codes.iter().map(String::as_str).chain(object)
}
