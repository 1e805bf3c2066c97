//! Alarms that were told of as often as one alarm can be: what more is told of them is refused before it
//! is acknowledged. The numbers of an identity's events would run out.

use intake::Submission;
use intake::submission::RefusedRow;
use model::code::ResultCode;
use store::quarantine::{Kind, Quarantined};

use super::alarms::Telling;
use super::book::Book;
use super::content::Context;
use super::upkeep::put_aside;
use crate::metrics::FactOutcome;

/// Events of one identity. Above it an identity has numbers for those that are told in one group.
pub(super) const EVENTS_MAX: usize = 4_000_000;

/// The tellings that have room, and by their place those that have none.
pub(super) fn sift(book: &Book, tellings: impl Iterator<Item = Telling>) -> (Vec<Telling>, Vec<RefusedRow>) {
    let (mut kept, mut refused) = (Vec::with_capacity(tellings.size_hint().0), Vec::new());
    for (index, telling) in tellings.enumerate() {
        if book.events(&telling.key) < EVENTS_MAX {
            kept.push(telling);
            continue;
        }
        let key = &telling.key.alarm_key;
        let reason = format!("alarm {key} was told of {EVENTS_MAX} times and cannot be again: give it another alarmId");
        refused.push(RefusedRow { index, code: ResultCode::StateForbids, reason });
    }
    (kept, refused)
}

/// Puts what was refused aside, so that people see it.
pub(super) fn note(cx: &mut Context<'_>, submission: &Submission, refused: &[RefusedRow]) {
    let Some(first) = refused.first() else { return };
    cx.deps.metrics.count_facts(&submission.source, FactOutcome::Refused, refused.len() as u64);
    let reason = format!("{} row(s); row {}: {} {}", refused.len(), first.index, first.code, first.reason);
    let once = Quarantined::once(Kind::Row, &submission.source, submission.received_at);
    put_aside(cx, Quarantined { reason, ..once }, &submission.raw);
}

#[cfg(test)]
mod tests;
