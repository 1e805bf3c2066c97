//! Says to the e-ops system what the outbox holds, one ticket at a time in order, a few tickets at once.
//!
//! A dispatch is marked *unknown* in the database before it leaves us, so that whatever happens between
//! the call and its answer, a restart included, it is settled by asking and never sent blindly again.

mod call;
mod plan;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use collectors::eoms::adapter::Eoms;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use model::ticket::OutboxRow;
use model::time::Time;
use parking_lot::Mutex;
use store::outbox::due_outbox;
use tokio_util::sync::CancellationToken;

use self::plan::ticket_of;
use super::TaskDeps;
use super::peers::Link;

/// Tickets that are spoken about at once.
const AT_ONCE: usize = 4;
/// Rows looked at at once.
const PAGE: u32 = 1000;
/// It looks at least this often, by the clock.
const LOOK_MS: i64 = 5000;

/// The task and what it needs.
pub struct Dispatch {
    /// What every task needs.
    pub deps: TaskDeps,
    /// Since when the peer says "no such ticket", by outbox row. Lost at a restart: then it is asked longer.
    none_since: Mutex<HashMap<i64, Time>>,
}

/// The peer as this task needs it.
struct Desk<'a> {
    deps: &'a TaskDeps,
    eoms: &'a Eoms,
    settings: &'a collectors::Peer,
    none_since: &'a Mutex<HashMap<i64, Time>>,
}

// === impl Dispatch ===

impl Dispatch {
    /// The task.
    pub fn new(deps: TaskDeps) -> Self {
        Dispatch { deps, none_since: Mutex::default() }
    }
}

/// Dispatches until the stop; calls that are under way are finished.
///
/// # Errors
/// What the database says.
pub async fn run(dispatch: Arc<Dispatch>, stop: CancellationToken) -> anyhow::Result<()> {
    let deps = &dispatch.deps;
    let found = deps.peers.iter().find_map(|peer| match &peer.link {
        Link::Eoms(eoms) => Some((eoms, &peer.settings)),
        _ => None,
    });
    let Some((eoms, settings)) = found else { return Ok(()) };
    let desk = Desk { deps, eoms, settings, none_since: &dispatch.none_since };
    let (mut busy, mut waits) = (HashSet::new(), HashMap::new());
    let mut calls: FuturesUnordered<BoxFuture<'_, String>> = FuturesUnordered::new();
    while !stop.is_cancelled() {
        for row in next_rows(deps, &busy, &mut waits, AT_ONCE.saturating_sub(calls.len())).await? {
            let ticket = ticket_of(&row);
            busy.insert(ticket.clone());
            let desk = &desk;
            calls.push(Box::pin(async move {
                desk.handle(row).await;
                ticket
            }));
        }
        tokio::select! {
            () = stop.cancelled() => break,
            Some(ticket) = calls.next(), if !calls.is_empty() => drop(busy.remove(&ticket)),
            () = deps.dispatch.wait() => {}
            () = deps.clock.sleep(LOOK_MS) => {}
        }
    }
    while calls.next().await.is_some() {}
    Ok(())
}

/// The first due row of each ticket that nobody speaks about, at most `room`. Rows that wait for their
/// ticket's dispatch are passed over for a while.
async fn next_rows(
    deps: &TaskDeps,
    busy: &HashSet<String>,
    waits: &mut HashMap<i64, Time>,
    room: usize,
) -> anyhow::Result<Vec<OutboxRow>> {
    if room == 0 {
        return Ok(Vec::new());
    }
    let now = deps.clock.now();
    waits.retain(|_, until| *until > now);
    let mut tx = deps.db.read().await?;
    let due = due_outbox(&mut tx, now, PAGE).await?;
    let mut chosen = Vec::new();
    for row in plan::first_of_each(due, busy) {
        if chosen.len() == room {
            break;
        }
        if waits.contains_key(&row.id) {
            continue;
        }
        if plan::is_ready(&mut tx, &row).await? {
            chosen.push(row);
        } else {
            waits.insert(row.id, now.plus_ms(LOOK_MS));
        }
    }
    Ok(chosen)
}
