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
use model::work::{Cutover, KeyProtection};
use store::alarm::{self as rows, AlarmRow, IdentityNo};
use store::meta::{Counter, last_of};
use store::peer::{self, NotificationState, PeerState, SourceNo};
use store::{StoreError, Tx, fault, ticket, work};
use web::board::Change;

use super::alarms::entry_of;
use super::book::{Book, IdentityKey};
use super::deps::Deps;
use super::notices::{Kept as Numbers, Notices};
use super::sources::Sources;
use super::state::State;
use crate::aside::Heap;

mod recent;

/// Planned work that may still matter began at most this long ago.
const WORK_BACK_S: i64 = 40 * 86_400;
const TICKETS: u32 = 1000;
const PROTECTIONS: u32 = 1000;

/// What is read beside the inventory.
struct Kept {
    book: Book,
    active: Vec<AlarmRow>,
    past: Vec<AlarmRow>,
    faults: Vec<StoredFault>,
    cutovers: Vec<Cutover>,
    protections: Vec<KeyProtection>,
    states: Vec<PeerState>,
    notices: HashMap<(SourceId, &'static str), Notices>,
    next_fault: i64,
    /// The last change that was shown.
    seq: u64,
    /// Tickets to show.
    tickets: Vec<Change>,
}

/// Reads everything, and shows it on the board.
pub(super) async fn load(deps: &Deps) -> Result<State, StoreError> {
    let now = deps.clock.now();
    let numbers = register(deps).await?;
    // The two take about as long as each other, and each has a thread and a connection of its own.
    let built = crate::tasks::inventory::build(&deps.db);
    let ((inventory, knowledge, _), kept) = tokio::try_join!(built, Kept::read(deps, now, &numbers))?;
    let Kept { book, active, past, faults, cutovers, protections, states, notices, next_fault, seq, tickets } = kept;
    let mut shown: Vec<Change> =
        cutovers.iter().map(|cutover| Change::Cutover(Arc::new(cutover.clone()))).chain(tickets).collect();
    shown.extend(active.iter().map(|row| Change::Alarm(Arc::clone(&row.alarm))));
    let settings = engine::live::Settings { next_fault, ..deps.live.clone() };
    let mut live = Live::new(Arc::clone(&inventory), Arc::clone(&knowledge), settings);
    // The board lists the alarms while they are reasoned about.
    let prepared = std::thread::scope(|scope| {
        let over = (Arc::clone(&inventory), Arc::clone(&knowledge));
        let listing = scope.spawn(|| deps.board.prepare(seq, over, shown));
        cutovers.into_iter().for_each(|cutover| live.put_cutover(cutover, now));
        protections.into_iter().for_each(|task| live.put_key_protect(task, now));
        let held = active.iter().chain(&past).map(|row| live_alarm(&row.alarm, &row.alarm_key));
        live.restore(faults, held, now);
        listing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    let mut sources = known_sources(deps, states);
    for ((source, _), notices) in &notices {
        sources.numbered(source, notices.kept().last);
    }
    for row in &active {
        sources.add_active(&row.alarm.source, 1);
    }
    let mut rest: Vec<Change> =
        live.faults().into_iter().map(|change| Change::Fault(change.fault, change.impact)).collect();
    rest.push(Change::Circuits(live.not_up()));
    for id in sources.ids() {
        let circuits = observed(&inventory, &sources, &id);
        sources.put_circuits(&id, u32::try_from(circuits.len()).unwrap_or(u32::MAX));
        rest.extend(sources.view(&id).map(|view| Change::Source(Box::new(view))));
    }
    deps.board.publish_prepared(seq, prepared, rest);
    Ok(State {
        book,
        live,
        sources,
        numbers,
        notices,
        listings: HashMap::new(),
        heap: Heap::default(),
        heard_at: HashMap::new(),
        next_fault,
        looked_at: Time::MIN,
        inventory,
        knowledge,
    })
}

// === impl Kept ===

impl Kept {
    async fn read(deps: &Deps, now: Time, numbers: &HashMap<SourceId, SourceNo>) -> Result<Self, StoreError> {
        let mut tx = deps.db.read().await?;
        let states = peer::peer_states(&mut tx).await?;
        let notices = notices(numbers, &mut tx).await?;
        let next_fault = last_of(&mut tx, Counter::Fault).await? + 1;
        let seq = u64::try_from(last_of(&mut tx, Counter::ChangeSeq).await?).unwrap_or(0);
        let window = Window::new(now.plus_s(-WORK_BACK_S), Time::MAX);
        let mut cutovers = Vec::new();
        work::each_cutover(&mut tx, window, |cutover| cutovers.push(cutover)).await?;
        let protections = load_protections(&mut tx, now).await?;
        let mut book = Book::default();
        let active = load_active(&mut tx, &mut book, numbers).await?;
        let (mut past, mut tickets) = (Vec::new(), Vec::new());
        rows::each_past_alarm_of_open_faults(&mut tx, |row| past.push(row)).await?;
        let mut faults = load_faults(&mut tx, active.iter().chain(&past), &mut tickets).await?;
        recent::load(&mut tx, (&deps.live, now), (&mut faults, &mut past), &mut tickets).await?;
        Ok(Kept { book, active, past, faults, cutovers, protections, states, notices, next_fault, seq, tickets })
    }
}

/// The protection tasks that are not over.
async fn load_protections(tx: &mut Tx, now: Time) -> Result<Vec<KeyProtection>, StoreError> {
    let mut found: Vec<KeyProtection> = Vec::new();
    loop {
        let after = found.last().map_or(String::new(), |task| task.task_no.clone());
        let page = work::key_protections_page(tx, now, &after, PROTECTIONS).await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
    }
}

/// The configured sources, with what was last heard of each.
fn known_sources(deps: &Deps, states: Vec<PeerState>) -> Sources {
    let heard: HashMap<SourceId, Option<Time>> = states.iter().map(|s| (s.source.clone(), s.last_heard)).collect();
    let setups = deps.setups.iter().map(|setup| (setup.clone(), heard.get(&setup.id).copied().flatten()));
    let mut sources = Sources::new(setups);
    for state in states {
        if let Some(run) = state.last_sync {
            sources.put_sync(&state.source, run);
        }
    }
    sources
}

/// Circuits with a hop that a source observes.
pub(super) fn observed(
    inventory: &engine::inventory::Inventory,
    sources: &Sources,
    id: &SourceId,
) -> Vec<engine::inventory::CircuitIx> {
    let names = sources.setup(id).map(|setup| setup.ems_names.as_slice()).unwrap_or_default();
    let mut circuits: Vec<_> = names.iter().flat_map(|name| inventory.observed_by(name)).copied().collect();
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
            let NotificationState { last_id: last, gaps, gap_since, recent, .. } = state;
            notices.insert((source.clone(), interface), Notices::after(Numbers { last, gaps, gap_since, recent }));
        }
    }
    Ok(notices)
}

/// The interface's name as the services spell it.
fn interface(name: &str) -> Option<&'static str> {
    let services = soap::contract::ALL.iter().map(|contract| contract.name);
    services.chain([collectors::omc::INTERFACE]).find(|known| *known == name)
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
