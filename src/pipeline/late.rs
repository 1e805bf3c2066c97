//! What is told of a time whose figures are kept: a mark, written with the fact, asks for a new look at
//! them ([`crate::tasks::figures`]).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use model::alarm::{AlarmFact, ClearType};
use model::ticket::Ticket;
use model::time::Time;
use model::work::Cutover;
use store::StoreError;
use store::alarm::{IdentityNo, alarms_of_fault};
use store::version::{Mark, put_mark};

use super::alarms::Telling;
use super::content::Context;

/// A clear by a list after a silence leaves the time since the silence began unmeasured: so far back
/// such a silence is looked for.
const SILENCE_S: i64 = 31 * 86_400;
/// Alarms of one fault that are marked.
const ALARMS_MAX: u32 = 1000;

/// Figures of periods that end up to here are kept, or being computed to be kept. Shared by the writer,
/// who marks, and the task that keeps them.
#[derive(Clone, Debug, Default)]
pub struct KeptUntil(Arc<AtomicI64>);

// === impl KeptUntil ===

impl KeptUntil {
    /// Moves it forward; whoever keeps figures does so before it reads their facts. `true`: it was not so
    /// far, so what was told of facts that were read before left no mark.
    pub fn advance(&self, to: Time) -> bool {
        self.0.fetch_max(to.ms(), Ordering::SeqCst) < to.ms()
    }

    /// Up to where.
    pub fn get(&self) -> Time {
        Time::from_ms(self.0.load(Ordering::SeqCst))
    }
}

/// Marks the identities whose new facts tell of kept time.
pub(super) async fn mark_alarms(cx: &mut Context<'_>, fresh: &[(&Telling, i64)]) -> Result<(), StoreError> {
    let kept_until = cx.deps.kept_until.get();
    let mut late: BTreeMap<IdentityNo, (Time, i64)> = BTreeMap::new();
    for (telling, id) in fresh {
        let since = earliest(telling);
        if since < kept_until {
            let held = late.entry(IdentityNo::of(*id)).or_insert((since, *id));
            held.0 = held.0.min(since);
        }
    }
    for (since, id) in late.into_values() {
        let cause = format!("alarm:{id}");
        let mark = Mark { alarm_id: Some(id), since, cause, ..Mark::default() };
        put_mark(cx.tx, &mark).await?;
    }
    Ok(())
}

/// Marks the circuits of planned work that was told, changed or cancelled late: those of every
/// revision, for a circuit may have left it.
pub(super) async fn mark_work<'a>(
    cx: &mut Context<'_>,
    revisions: impl Iterator<Item = &'a Cutover> + Clone,
) -> Result<(), StoreError> {
    let Some(since) = revisions.clone().filter_map(|work| Some(work.affect?.start)).min() else { return Ok(()) };
    if since >= cx.deps.kept_until.get() {
        return Ok(());
    }
    let mut circuits: Vec<(&str, &str)> = revisions
        .flat_map(|work| work.circuit_codes.iter().map(|code| (code.as_str(), work.cutover_no.as_str())))
        .collect();
    circuits.sort_unstable();
    circuits.dedup();
    for (code, no) in circuits {
        let cause = format!("cutover:{no}");
        let mark = Mark { circuit_code: code.to_owned(), since, cause, ..Mark::default() };
        put_mark(cx.tx, &mark).await?;
    }
    Ok(())
}

/// Marks what a ticket's alarms touch when something of kept time was said of it: its holds exclude, and
/// some plans count by its repair.
pub(super) async fn mark_sheet(cx: &mut Context<'_>, ticket: &Ticket, since: Time) -> Result<(), StoreError> {
    if since >= cx.deps.kept_until.get() {
        return Ok(());
    }
    for row in alarms_of_fault(cx.tx, ticket.fault_no, 0, ALARMS_MAX).await? {
        let cause = format!("ticket:{}", ticket.alarm_id);
        let mark = Mark { alarm_id: Some(row.alarm.id), since, cause, ..Mark::default() };
        put_mark(cx.tx, &mark).await?;
    }
    Ok(())
}

/// The first instant that a fact may say something of.
fn earliest(telling: &Telling) -> Time {
    let received = telling.received_at;
    match &telling.fact {
        AlarmFact::Record(record) => {
            let times = [record.ne_time, record.ems_time, record.clear_time];
            times.into_iter().flatten().min().unwrap_or(received).min(received)
        }
        AlarmFact::End(end) => {
            let at = end.clear_time.unwrap_or(received).min(received);
            if end.clear_type == ClearType::Sync { at.plus_s(-SILENCE_S) } else { at }
        }
        // It may refute any clear since the raise.
        AlarmFact::Listed(listed) => [listed.ne_time, listed.ems_time].into_iter().flatten().min().unwrap_or(received),
    }
}
