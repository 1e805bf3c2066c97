//! The writer's loop: take a group, one transaction, commit, ring; `publisher` shows and answers.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use intake::{Answer, Item, Queue, Refusal, Submission};
use store::meta::{Counter, allocate};
use store::{StoreError, Tx};
use tokio::sync::{Mutex, mpsc, watch};
use tokio_util::sync::CancellationToken;
use web::board::Change;

use super::alarms;
use super::book::Origin;
use super::content::{Context, Stop, take};
use super::deps::Deps;
use super::group::{Group, next_group};
use super::notices::Notice;
use super::order::{OrderItem, OrderQueue};
#[cfg(feature = "sabotage-ack-before-commit")]
use super::publisher::answer;
use super::publisher::{Committed, Publisher};
use super::replay::{Replays, Verdict};
use super::stage::Stage;
use super::state::State;
use super::suspects::{Settled, Suspects};
use super::{effects, late, orders, snapshots, start, upkeep};

/// How often time itself is looked at: due dispatches, silence, windows.
const TICK: Duration = Duration::from_millis(250);

/// The queues that the writer serves; they outlive a restart of it.
pub struct Doors {
    queue: Mutex<Queue>,
    orders: Mutex<mpsc::Receiver<OrderItem>>,
    ready: watch::Sender<bool>,
}

// === impl Doors ===

impl Doors {
    /// The inner ends of the intake and of the orders.
    pub fn new(queue: Queue, orders: OrderQueue) -> Self {
        Doors { queue: queue.into(), orders: orders.0.into(), ready: watch::Sender::new(false) }
    }

    /// Becomes true when the writer has read its memory.
    pub fn ready(&self) -> watch::Receiver<bool> {
        self.ready.subscribe()
    }
}

/// Runs the writer until the stop; an error means that its memory is lost and it must begin anew.
///
/// # Errors
/// What the database says.
pub async fn run(deps: Arc<Deps>, doors: Arc<Doors>, stop: CancellationToken) -> anyhow::Result<()> {
    let mut suspects = Suspects::default();
    while serve(&deps, &doors, &mut suspects, &stop).await? == Ended::Refused {}
    Ok(())
}

/// Why the writer's memory is not served any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// It is time to stop.
    Stopped,
    /// The database refused a group; what was in it is tried again with a new memory.
    Refused,
}

/// Reads the memory and takes groups.
async fn serve(
    deps: &Arc<Deps>,
    doors: &Doors,
    suspects: &mut Suspects,
    stop: &CancellationToken,
) -> anyhow::Result<Ended> {
    let (mut queue, mut orders) = (doors.queue.lock().await, doors.orders.lock().await);
    deps.metrics.pulse.begins();
    let mut state = start::load(deps).await?;
    tracing::info!(alarms.active = state.book.active(), "the writer is ready: {} active alarms", state.book.active());
    doors.ready.send_replace(true);
    let publisher = Publisher::start(deps);
    let mut tick = tokio::time::interval(TICK);
    let ended = loop {
        let group = match suspects.next_group().await {
            Some(group) => Some(group),
            None => next_group(&mut queue, &mut orders, &mut tick, stop).await,
        };
        let Some(group) = group else { break Ok(Ended::Stopped) };
        match take_group(deps, &mut state, &publisher, group).await {
            Ok(None) => suspects.committed(),
            Ok(Some((group, error))) => match suspects.refused(group, &error) {
                true => break Ok(Ended::Refused),
                false => break Err(error.into()),
            },
            Err(error) => break Err(error),
        }
    };
    publisher.finish().await;
    ended
}

/// Takes a group; what of it the database refused.
async fn take_group(
    deps: &Deps,
    state: &mut State,
    publisher: &Publisher,
    mut group: Group,
) -> anyhow::Result<Option<(Group, StoreError)>> {
    let began = Instant::now();
    deps.metrics.pulse.moves();
    match commit(deps, state, &mut group).await {
        Ok(committed) => anyhow::ensure!(publisher.publish(committed), "what was committed could not be shown"),
        Err(error) => {
            deps.metrics.commit_failures.inc();
            deps.metrics.pulse.committed(Err(&error));
            return if error.is_about_rows() { Ok(Some((group, error))) } else { Err(error.into()) };
        }
    }
    deps.metrics.commit_seconds.observe(began.elapsed().as_secs_f64());
    Ok(None)
}

/// One group, one transaction.
async fn commit(deps: &Deps, state: &mut State, group: &mut Group) -> Result<Committed, StoreError> {
    let now = deps.clock.now();
    let mut stage = Stage::new(now);
    let (items, orders, settled) = (&mut group.items, std::mem::take(&mut group.orders), group.settled.take());
    if items.is_empty() && orders.is_empty() && !upkeep::is_due(state, now) {
        return Ok(Committed::default());
    }
    deps.metrics.group_size.observe(items.len() as f64);
    let mut tx = deps.db.write().await?;
    let mut cx = Context { deps, state, stage: &mut stage, tx: &mut tx };
    let outcomes = take_all(&mut cx, items, settled).await?;
    #[cfg(feature = "sabotage-ack-before-commit")]
    let outcomes = {
        answer(std::mem::take(items), outcomes);
        Vec::new()
    };
    let mut done = Vec::with_capacity(orders.len());
    for item in orders {
        orders::take(&mut cx, item.order).await?;
        done.push(item.done);
    }
    tell_book(&mut cx, items).await?;
    snapshots::close(&mut cx).await?;
    upkeep::look_at_time(&mut cx).await?;
    // Alarms of our own about what time has made due.
    tell_book(&mut cx, &[]).await?;
    let seq = reason(&mut cx).await?;
    if stage.wrote {
        tx.commit().await?;
        deps.metrics.commits.inc();
        deps.metrics.pulse.committed(Ok(()));
    } else {
        tx.rollback().await?;
    }
    let (changes, items) = (hand_on(deps, state, stage), std::mem::take(items));
    Ok(Committed { seq, changes, items, outcomes, done })
}

/// Takes every submission; refused ones do not disturb their neighbours.
async fn take_all(
    cx: &mut Context<'_>,
    items: &[Item],
    mut settled: Option<Settled>,
) -> Result<Vec<Result<Answer, Refusal>>, StoreError> {
    let submissions: Vec<_> = items.iter().map(|item| &item.submission).collect();
    let mut replays = Replays::look_up(cx.tx, &submissions).await?;
    let mut outcomes = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let outcome = match replays.judge(&item.submission) {
            Verdict::Settled(outcome) => outcome,
            Verdict::Proceed => {
                let outcome = take_new(cx, &replays, (&item.submission, settled.take()), index).await?;
                replays.remember(&item.submission, &outcome);
                outcome
            }
        };
        outcomes.push(outcome);
    }
    if replays.store(cx.tx).await? {
        cx.stage.wrote = true;
    }
    Ok(outcomes)
}

/// Takes a message that was not answered before. A notification that was told before under another
/// `msgId` is acknowledged and does nothing: since then the world may have gone on.
async fn take_new(
    cx: &mut Context<'_>,
    replays: &Replays,
    (submission, settled): (&Submission, Option<Settled>),
    raw: usize,
) -> Result<Result<Answer, Refusal>, StoreError> {
    let notice = upkeep::heard(cx, submission).await?;
    if notice == Notice::Repeat || replays.told_before(submission) {
        return Ok(Ok(Answer::default()));
    }
    upkeep::quarantine(cx, submission);
    let taken = match settled {
        Some(settled) => settled.answer(cx, submission),
        // It is kept until the commit: what the database refuses is looked at again.
        None => take(cx, submission, submission.content.clone(), u32::try_from(raw).ok()).await,
    };
    match taken {
        Ok(answer) => Ok(Ok(answer)),
        Err(Stop::Refused(refusal)) => {
            upkeep::forget_number(cx, submission);
            Ok(Err(refusal))
        }
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Facts into the book and the store; episodes that changed into the live state.
async fn tell_book(cx: &mut Context<'_>, items: &[Item]) -> Result<(), StoreError> {
    let mut tellings = std::mem::take(&mut cx.stage.tellings);
    alarms::load_missing(cx.tx, &mut cx.state.book, &tellings).await?;
    tellings.extend(alarms::refuting(&cx.state.book, std::mem::take(&mut cx.stage.listed)));
    let fresh = alarms::tell(&mut cx.state.book, &tellings);
    upkeep::count_facts(cx.deps, &tellings, &fresh);
    if fresh.is_empty() {
        return Ok(());
    }
    cx.stage.wrote = true;
    let fresh: Vec<_> = fresh.into_iter().filter_map(|(index, id)| Some((tellings.get(index)?, id))).collect();
    let packing = alarms::pack_raw(cx.tx, &fresh, items).await?;
    let raw_block = packing.as_ref().map(|packing| packing.block);
    alarms::store_facts(cx.tx, &fresh, raw_block).await?;
    late::mark_alarms(cx, &fresh).await?;
    let dirty: std::collections::BTreeSet<_> = fresh.iter().map(|(telling, _)| &telling.key).collect();
    let historic = fresh.iter().map(|(telling, _)| telling).filter(|telling| telling.origin == Origin::History);
    let historic: HashSet<_> = historic.map(|telling| &telling.key).collect();
    let listed = fresh.iter().map(|(telling, _)| telling).filter(|telling| telling.origin == Origin::Sync);
    let listed: HashSet<_> = listed.map(|telling| &telling.key).collect();
    for key in dirty {
        let change = cx.state.book.recompute(key);
        cx.state.sources.add_active(&key.source, change.active);
        if change.active > 0 && listed.contains(key) {
            snapshots::count_raised(cx.state, &key.source);
        }
        for entry in change.put {
            cx.stage.alarms.insert(entry.alarm.id);
            // What was loaded on purpose from the past and is over opens no fault.
            if entry.alarm.cleared_at.is_some() && historic.contains(key) {
                cx.state.live.remove(entry.alarm.id, cx.stage.now);
            } else {
                cx.state.live.put(start::live_alarm(&entry.alarm, &key.alarm_key), cx.stage.now);
            }
        }
        for gone in change.gone {
            cx.state.live.remove(gone, cx.stage.now);
            cx.stage.gone.push(gone);
        }
    }
    if let Some(packing) = packing {
        packing.store(cx.tx, cx.stage.now).await?;
    }
    Ok(())
}

/// Lets the live state reason, writes its effects, and gives the group its change number.
async fn reason(cx: &mut Context<'_>) -> Result<i64, StoreError> {
    cx.state.live.tick(cx.stage.now);
    let effects = cx.state.live.drain();
    let moved = !effects.circuits.is_empty() || !effects.faults.is_empty() || !effects.alarms.is_empty();
    if !moved && !cx.stage.wrote && cx.stage.changes.is_empty() && cx.stage.sources.is_empty() {
        return Ok(0);
    }
    let seq = allocate(cx.tx, Counter::ChangeSeq, 1).await?;
    cx.stage.wrote = true;
    match effects::apply(cx, effects).await {
        Err(Stop::Failed(error)) => return Err(error),
        Err(Stop::Refused(refusal)) => {
            tracing::error!(error = %refusal, "an effect could not be carried out: {refusal}")
        }
        Ok(()) => {}
    }
    keep_fault_counter(cx.tx, cx.state).await?;
    Ok(seq)
}

/// Fault numbers are given by the live state; the counter follows in the same transaction.
async fn keep_fault_counter(tx: &mut Tx, state: &mut State) -> Result<(), StoreError> {
    let next = state.live.next_fault();
    if next > state.next_fault {
        allocate(tx, Counter::Fault, next - state.next_fault).await?;
        state.next_fault = next;
    }
    Ok(())
}

/// After the commit: what is to be shown, the errands, the bells.
fn hand_on(deps: &Deps, state: &mut State, stage: Stage) -> Vec<Change> {
    let Stage { mut changes, sources, resyncs, resources, ring_dispatch, ring_inventory, ring_performance, .. } = stage;
    let views = sources.iter().filter_map(|id| state.sources.view(id));
    changes.extend(views.map(|view| Change::Source(Box::new(view))));
    for errand in resyncs {
        if deps.resyncs.try_send(errand).is_err() {
            tracing::warn!("the resync task is behind: a request was dropped, the next silence or gap asks again");
        }
    }
    for errand in resources {
        if deps.resources.try_send(errand).is_err() {
            tracing::warn!("the resource task is behind: an announcement was dropped, the next load asks again");
        }
    }
    if ring_dispatch {
        deps.dispatch.ring();
    }
    if ring_inventory {
        deps.inventory.ring();
    }
    if ring_performance {
        deps.performance.ring();
    }
    state.book.forget_quiet();
    deps.metrics.active_alarms.set(i64::try_from(state.book.active()).unwrap_or(i64::MAX));
    deps.metrics.identities.set(i64::try_from(state.book.len()).unwrap_or(i64::MAX));
    changes
}
