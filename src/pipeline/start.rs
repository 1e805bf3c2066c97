//! Reading the writer's memory from the database, at start and after a failed commit.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use engine::live::{Live, LiveAlarm, StoredFault};
use model::fault::Fault;
use model::source::{SourceId, SourceKind};
use model::ticket::TicketState;
use model::time::{Time, Window};
use store::alarm::{self as rows, AlarmRow};
use store::meta::{Counter, last_of};
use store::peer::{self, SourceNo};
use store::{StoreError, Tx, fault, ticket, work};
use web::board::Change;

use super::alarms::told_of;
use super::book::{Book, Entry, IdentityKey, Told};
use super::deps::Deps;
use super::effects::shown_state;
use super::notices::Notices;
use super::sources::Sources;
use super::state::State;

mod recent;

/// Identities that are read at once.
const SLICE: usize = 500;
/// Alarms of one fault that are read at once.
const MEMBERS: u32 = 1000;
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
    let active = load_book(&mut tx, &mut book, &numbers).await?;
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
    let (mut faults, mut past) = load_faults(&mut tx, &mut changes).await?;
    recent::load(&mut tx, (&deps.live, now), &mut faults, &mut past, &mut changes).await?;
    let alarms: Vec<LiveAlarm> = active.iter().chain(&past).map(live_alarm).collect();
    for row in &active {
        sources.add_active(&row.alarm.source, 1);
    }
    live.restore(faults, alarms, now);
    let notices = notices(&numbers, &mut tx).await?;
    let total = active.len();
    let active_ids = active.iter().map(|row| (row.alarm.id, row.alarm.source.clone())).collect();
    changes.extend(active.into_iter().map(|row| Change::Alarm(Arc::new(row.alarm))));
    changes.extend(inventory.circuits().filter_map(|(circuit, _)| {
        let (state, since) = live.circuit_state(circuit);
        let state = shown_state(state);
        (state != web::board::CircuitState::Up).then_some(Change::Circuit { circuit, state, since })
    }));
    for id in sources.ids() {
        let circuits = observed(&inventory, &sources, &id);
        sources.put_circuits(&id, u32::try_from(circuits.len()).unwrap_or(u32::MAX));
        changes.extend(sources.view(&id).map(Change::Source));
    }
    let state = State {
        book,
        live,
        sources,
        numbers,
        notices,
        confirm: HashSet::new(),
        heard_at: HashMap::new(),
        active: total,
        active_ids,
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

/// Every active identity with all its facts.
async fn load_book(
    tx: &mut Tx,
    book: &mut Book,
    numbers: &HashMap<SourceId, SourceNo>,
) -> Result<Vec<AlarmRow>, StoreError> {
    let mut active = Vec::new();
    rows::each_active_alarm(tx, |row| active.push(row)).await?;
    let configured: HashSet<SourceNo> = numbers.values().copied().collect();
    active.retain(|row| configured.contains(&row.source));
    for slice in active.chunks(SLICE) {
        let keys: Vec<(SourceNo, &str)> = slice.iter().map(|row| (row.source, &*row.alarm_key)).collect();
        let mut told: HashMap<(SourceNo, Arc<str>), Vec<Told>> = HashMap::new();
        for event in rows::events_of(tx, &keys).await? {
            told.entry(event.identity()).or_default().push(told_of(event));
        }
        let mut entries: HashMap<(SourceNo, Arc<str>), (SourceId, Vec<Entry>)> = HashMap::new();
        for row in rows::alarms_of(tx, &keys).await? {
            let entry = Entry { alarm: row.alarm, event_id: row.event_id };
            let source = entry.alarm.source.clone();
            entries.entry((row.source, row.alarm_key)).or_insert_with(|| (source, Vec::new())).1.push(entry);
        }
        for (stored, (source, entries)) in entries {
            let key = IdentityKey { source, alarm_key: Arc::clone(&stored.1) };
            book.load(key, told.remove(&stored).unwrap_or_default(), entries);
        }
    }
    Ok(active)
}

/// Faults that may still move, with their members; the past members themselves; what to show.
async fn load_faults(tx: &mut Tx, changes: &mut Vec<Change>) -> Result<(Vec<StoredFault>, Vec<AlarmRow>), StoreError> {
    let mut open: Vec<Fault> = Vec::new();
    fault::each_open_fault(tx, |fault| open.push(fault)).await?;
    let (mut stored, mut past) = (Vec::with_capacity(open.len()), Vec::new());
    for fault in open {
        let mut members = Vec::new();
        loop {
            let after = members.last().copied().unwrap_or(0);
            let page = fault::alarms_of_fault(tx, fault.fault_no, after, MEMBERS).await?;
            let Some(_) = page.last() else { break };
            members.extend(page.iter().map(|member| member.alarm));
        }
        let archived = load_tickets(tx, &fault, changes).await?;
        for slice in members.chunks(SLICE) {
            past.extend(rows::alarms_by_ids(tx, slice).await?.into_iter().filter(|row| row.alarm.cleared_at.is_some()));
        }
        changes.push(Change::Fault(Arc::new(fault.clone())));
        stored.push(StoredFault { fault, members, archived });
    }
    for ticket in ticket::tickets_page(tx, None, TICKETS).await? {
        changes.push(Change::Ticket(Arc::new(ticket)));
    }
    Ok((stored, past))
}

/// The tickets of a fault; is that of its present episode over?
async fn load_tickets(tx: &mut Tx, fault: &Fault, changes: &mut Vec<Change>) -> Result<bool, StoreError> {
    let tickets = ticket::tickets_of_fault(tx, fault.fault_no).await?;
    let over = |state| matches!(state, TicketState::Closed | TicketState::Cancelled | TicketState::Rejected);
    let archived = tickets.iter().any(|ticket| ticket.episode == fault.episode && over(ticket.state));
    changes.extend(tickets.into_iter().map(|ticket| Change::Ticket(Arc::new(ticket))));
    Ok(archived)
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

/// An alarm row as the live state takes it.
pub(super) fn live_alarm(row: &AlarmRow) -> LiveAlarm {
    LiveAlarm {
        id: row.alarm.id,
        source: row.alarm.source.clone(),
        alarm_key: Arc::clone(&row.alarm_key),
        record: Arc::clone(&row.alarm.record),
        raised: row.alarm.raised_at,
        cleared: row.alarm.cleared_at,
    }
}
