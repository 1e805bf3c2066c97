//! Reading the writer's memory from the database, at start and after a failed commit.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use engine::live::{Live, LiveAlarm, StoredFault};
use model::alarm::Alarm;
use model::fault::FaultNo;
use model::source::{SourceId, SourceKind};
use model::text::Text;
use model::ticket::{Ticket, TicketState};
use model::time::{Time, Window};
use store::alarm::{self as rows, AlarmRow, IdentityNo};
use store::meta::{Counter, last_of};
use store::peer::{self, SourceNo};
use store::{StoreError, Tx, fault, ticket, work};
use web::board::Change;

use super::alarms::entry_of;
use super::book::{Book, IdentityKey};
use super::deps::Deps;
use super::notices::Notices;
use super::sources::Sources;
use super::state::State;
use crate::aside::Heap;

mod recent;

/// Planned work that may still matter began at most this long ago.
const WORK_BACK_S: i64 = 40 * 86_400;
const TICKETS: u32 = 1000;

/// Reads everything and what the board shall show of it.
pub(super) async fn load(deps: &Deps) -> Result<(State, Vec<Change>), StoreError> {
    let now = deps.clock.now();
    let numbers = register(deps).await?;
    let (inventory, knowledge, _) = crate::tasks::inventory::build(&deps.db).await?;
    let mut tx = deps.db.read().await?;
    let states = peer::peer_states(&mut tx).await?;
    let heard: HashMap<SourceId, Option<Time>> = states.iter().map(|s| (s.source.clone(), s.last_heard)).collect();
    let setups = deps.setups.iter().map(|setup| (setup.clone(), heard.get(&setup.id).copied().flatten()));
    let mut sources = Sources::new(setups);
    for state in states {
        if let Some(run) = state.last_sync {
            sources.put_sync(&state.source, run);
        }
    }
    let mut book = Book::default();
    let active = load_active(&mut tx, &mut book, &numbers).await?;
    let next_fault = last_of(&mut tx, Counter::Fault).await? + 1;
    let settings = engine::live::Settings { next_fault, ..deps.live.clone() };
    let mut live = Live::new(Arc::clone(&inventory), Arc::clone(&knowledge), settings);
    let mut changes = vec![Change::Inventory(Arc::clone(&inventory), Arc::clone(&knowledge))];
    let cutovers = Window::new(now.plus_s(-WORK_BACK_S), Time::MAX);
    let mut works = Vec::new();
    work::each_cutover(&mut tx, cutovers, |cutover| works.push(cutover)).await?;
    for cutover in works {
        live.put_cutover(cutover.clone(), now);
        changes.push(Change::Cutover(Arc::new(cutover)));
    }
    let mut past = Vec::new();
    rows::each_past_alarm_of_open_faults(&mut tx, |row| past.push(row)).await?;
    let mut faults = load_faults(&mut tx, active.iter().chain(&past), &mut changes).await?;
    recent::load(&mut tx, (&deps.live, now), (&mut faults, &mut past), &mut changes).await?;
    let held = active.iter().chain(&past).map(|row| live_alarm(&row.alarm, &row.alarm_key));
    for row in &active {
        sources.add_active(&row.alarm.source, 1);
    }
    live.restore(faults, held, now);
    changes.extend(live.faults().into_iter().map(|change| Change::Fault(change.fault, change.impact)));
    let notices = notices(&numbers, &mut tx).await?;
    changes.extend(active.into_iter().map(|row| Change::Alarm(row.alarm)));
    changes.push(Change::Circuits(live.troubled()));
    for id in sources.ids() {
        let circuits = observed(&inventory, &sources, &id);
        sources.put_circuits(&id, u32::try_from(circuits.len()).unwrap_or(u32::MAX));
        changes.extend(sources.view(&id).map(|source| Change::Source(Box::new(source))));
    }
    let state = State {
        book,
        live,
        sources,
        numbers,
        notices,
        confirm: HashSet::new(),
        heap: Heap::default(),
        heard_at: HashMap::new(),
        next_fault,
        looked_at: Time::MIN,
        inventory,
        knowledge,
    };
    Ok((state, changes))
}

/// Circuits with a hop that a source observes.
pub(super) fn observed(
    inventory: &engine::inventory::Inventory,
    sources: &Sources,
    id: &SourceId,
) -> Vec<engine::inventory::CircuitIx> {
    let names = sources.setup(id).map(|setup| setup.ems_names.as_slice()).unwrap_or_default();
    let mut circuits: Vec<_> = names.iter().flat_map(|name| inventory.observed_by(name)).collect();
    circuits.sort_unstable();
    circuits.dedup();
    circuits
}

/// Gives every configured source, and ourselves, a number.
async fn register(deps: &Deps) -> Result<HashMap<SourceId, SourceNo>, StoreError> {
    let mut tx = deps.db.write().await?;
    let mut numbers = HashMap::new();
    for setup in &deps.setups {
        numbers.insert(setup.id.clone(), peer::register_source(&mut tx, &setup.id, setup.kind).await?);
    }
    numbers.insert(deps.own.clone(), peer::register_source(&mut tx, &deps.own, SourceKind::Transport).await?);
    tx.commit().await?;
    Ok(numbers)
}

/// The active alarms into the book; their facts are read when something is told of them.
async fn load_active(
    tx: &mut Tx,
    book: &mut Book,
    numbers: &HashMap<SourceId, SourceNo>,
) -> Result<Vec<AlarmRow>, StoreError> {
    let mut active = Vec::new();
    rows::each_active_alarm(tx, |row| active.push(row)).await?;
    let configured: HashSet<SourceNo> = numbers.values().copied().collect();
    active.retain(|row: &AlarmRow| configured.contains(&row.source));
    for row in &active {
        let key = IdentityKey { source: row.alarm.source.clone(), alarm_key: row.alarm_key.clone() };
        book.put(key, IdentityNo::of(row.alarm.id), None, vec![entry_of(row.clone())]);
    }
    Ok(active)
}

/// Faults that may still move, with those of these alarms that belong to them; tickets to show.
async fn load_faults(
    tx: &mut Tx,
    alarms: impl Iterator<Item = &AlarmRow>,
    changes: &mut Vec<Change>,
) -> Result<Vec<StoredFault>, StoreError> {
    let mut members: HashMap<FaultNo, Vec<i64>> = HashMap::new();
    for alarm in alarms.map(|row| &row.alarm) {
        if let Some(fault) = alarm.fault {
            members.entry(fault).or_default().push(alarm.id);
        }
    }
    let mut archived = HashSet::new();
    ticket::each_ticket_of_open_faults(tx, |ticket| {
        archived.extend(is_over(&ticket).then_some((ticket.fault_no, ticket.episode)));
        changes.push(Change::Ticket(Arc::new(ticket)));
    })
    .await?;
    let mut stored = Vec::new();
    fault::each_open_fault(tx, |fault| {
        let archived = archived.contains(&(fault.fault_no, fault.episode));
        let members = members.remove(&fault.fault_no).unwrap_or_default();
        stored.push(StoredFault { fault: Arc::new(fault), members, archived });
    })
    .await?;
    for ticket in ticket::tickets_page(tx, None, TICKETS).await? {
        changes.push(Change::Ticket(Arc::new(ticket)));
    }
    Ok(stored)
}

/// EOMS is done with it.
fn is_over(ticket: &Ticket) -> bool {
    matches!(ticket.state, TicketState::Closed | TicketState::Cancelled | TicketState::Rejected)
}

async fn notices(
    numbers: &HashMap<SourceId, SourceNo>,
    tx: &mut Tx,
) -> Result<HashMap<(SourceId, &'static str), Notices>, StoreError> {
    let stored = peer::notification_states(tx).await?;
    let mut notices = HashMap::new();
    for state in stored {
        let Some(interface) = interface(&state.interface) else { continue };
        let source = numbers.iter().find(|(_, number)| **number == state.source).map(|(source, _)| source);
        if let Some(source) = source {
            notices.insert((source.clone(), interface), Notices::after(Some(state.last_id)));
        }
    }
    Ok(notices)
}

/// The interface's name as the services spell it.
fn interface(name: &str) -> Option<&'static str> {
    soap::contract::ALL.iter().map(|contract| contract.name).find(|known| *known == name)
}

/// An alarm as the live state takes it.
pub(super) fn live_alarm(alarm: &Alarm, alarm_key: &Text) -> LiveAlarm {
    LiveAlarm {
        id: alarm.id,
        source: alarm.source.clone(),
        alarm_key: alarm_key.clone(),
        record: Arc::clone(&alarm.record),
        raised: alarm.raised_at,
        cleared: alarm.cleared_at,
    }
}
