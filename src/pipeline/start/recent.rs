//! What ended lately. Grouping is a function of the episodes within the horizon, ended ones too: a
//! restart that forgot them would put a late alarm into a fault of its own, and the sheet of a fault
//! that was linked to another would never be closed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use engine::live::{Settings, StoredFault};
use model::fault::{DispatchReason, Fault, FaultNo, FaultState};
use model::time::Time;
use store::alarm::{self as rows, AlarmCursor, AlarmFilter, AlarmRow, AlarmStateFilter};
use store::{StoreError, Tx, fault, ticket};
use web::board::Change;

use super::is_over;

/// Rows that are read at once.
const PAGE: u32 = 1000;
/// Merged faults that are looked at, latest first.
const MERGED_MAX: usize = 10_000;

/// Adds the alarms that ended within the horizon, with their faults, and the merged faults that have a
/// sheet of their own.
pub(super) async fn load(
    tx: &mut Tx,
    (settings, now): (&Settings, Time),
    (faults, past): (&mut Vec<StoredFault>, &mut Vec<AlarmRow>),
    changes: &mut Vec<Change>,
) -> Result<(), StoreError> {
    let horizon = now.plus_s(-settings.horizon_s);
    let known: BTreeSet<FaultNo> = faults.iter().map(|stored| stored.fault.fault_no).collect();
    let ended = ended_since(tx, horizon, settings.ended_max).await?;
    let wanted: BTreeSet<FaultNo> = ended.iter().filter_map(|row| row.alarm.fault).collect();
    let wanted: Vec<FaultNo> = wanted.difference(&known).copied().collect();
    // All alarms of such a fault, also older ones: its root may be one of them.
    let mut rows = rows::alarms_of_faults(tx, &wanted).await?;
    let mut members: BTreeMap<FaultNo, Vec<i64>> = BTreeMap::new();
    for row in &rows {
        members.entry(row.alarm.fault.unwrap_or(FaultNo(0))).or_default().push(row.alarm.id);
    }
    let mut closed = fault::faults_by_nos(tx, &wanted).await?;
    closed.extend(merged_since(tx, horizon).await?);
    let with_sheet: Vec<FaultNo> =
        closed.iter().filter(|fault| has_ticket(fault)).map(|fault| fault.fault_no).collect();
    let tickets = ticket::tickets_of_faults(tx, &with_sheet).await?;
    let over = tickets.iter().filter(|ticket| is_over(ticket)).map(|ticket| (ticket.fault_no, ticket.episode));
    let over: BTreeSet<(FaultNo, u32)> = over.collect();
    changes.extend(tickets.into_iter().map(|ticket| Change::Ticket(Arc::new(ticket))));
    for fault in closed {
        let members = members.remove(&fault.fault_no).unwrap_or_default();
        let archived = has_ticket(&fault) && over.contains(&(fault.fault_no, fault.episode));
        faults.push(StoredFault { fault: Arc::new(fault), members, archived });
    }
    let mut held: BTreeSet<i64> = past.iter().map(|row| row.alarm.id).collect();
    rows.extend(ended);
    past.extend(rows.into_iter().filter(|row| row.alarm.cleared_at.is_some() && held.insert(row.alarm.id)));
    Ok(())
}

/// The alarms raised and ended since, the latest raised first, at most so many.
async fn ended_since(tx: &mut Tx, since: Time, most: usize) -> Result<Vec<AlarmRow>, StoreError> {
    let filter = AlarmFilter { state: AlarmStateFilter::Cleared, from: Some(since), ..AlarmFilter::default() };
    let (mut ended, mut after) = (Vec::new(), None);
    while ended.len() < most {
        let mut page = rows::alarms_page(tx, &filter, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(AlarmCursor { raised_at: last.alarm.raised_at, id: last.alarm.id });
        ended.append(&mut page);
    }
    ended.truncate(most);
    Ok(ended)
}

/// The merged faults that have a sheet.
async fn merged_since(tx: &mut Tx, since: Time) -> Result<Vec<Fault>, StoreError> {
    let mut merged: Vec<Fault> = Vec::new();
    let (mut seen, mut after) = (0, None);
    while seen < MERGED_MAX {
        let page = fault::faults_page(tx, Some(FaultState::Merged), after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.last_at, last.fault_no));
        seen += page.len();
        let over = last.last_at < since;
        merged.extend(page.into_iter().filter(|fault| fault.last_at >= since && has_ticket(fault)));
        if over {
            break;
        }
    }
    Ok(merged)
}

/// A sheet was asked for.
fn has_ticket(fault: &Fault) -> bool {
    matches!(fault.dispatch, DispatchReason::Persisted | DispatchReason::KeyProtected | DispatchReason::Manual)
}
