//! A manager's list of active alarms: it raises what it names and clears what it does not
//! (semantics §1, "Sync").

use std::collections::HashSet;

use intake::submission::{Snapshot, SnapshotPart};
use intake::{Refusal, Submission};
use model::alarm::{AlarmEnd, AlarmFact, AlarmListed, AlarmStatus, ClearType};
use model::source::{RunState, SourceId, SourceKind, SyncRun};
use model::time::Time;
use store::StoreError;
use store::quarantine::{Kind, Quarantined};

use super::alarms::Telling;
use super::book::{IdentityKey, Origin};
use super::content::{Context, Stop, tell};
use super::deps::Resync;
use super::resync::{Confirmed, Held, Verdict, judge};
use super::state::State;
use super::{alarms, changes, own, upkeep};

/// A list of which parts are still to come. It is judged against what was active before its first
/// part; what it clears ends with the last one, so that an alarm under a new id takes over without a gap.
pub(super) struct Listing {
    run: SyncRun,
    sync_start: Time,
    ends: Vec<AlarmFact>,
    /// Its last part is told.
    over: bool,
}

/// Decides what a snapshot clears; its parts follow.
pub(super) async fn take(cx: &mut Context<'_>, submission: &Submission, snapshot: Snapshot) -> Result<(), Stop> {
    let source = submission.source.clone();
    let mut run = cx.state.sources.sync(&source).cloned().unwrap_or_else(|| SyncRun {
        sync_req_id: snapshot.sync_req_id.clone(),
        reason: String::new(),
        state: RunState::Loading,
        requested_at: cx.stage.now,
        ended_at: None,
        raised: 0,
        cleared: 0,
        error: String::new(),
        confirms: false,
    });
    let gone = if snapshot.may_clear { judge_snapshot(cx, submission, &snapshot, &mut run).await? } else { Vec::new() };
    run.error.clone_from(&snapshot.refusal);
    if !snapshot.may_clear {
        own::raise(cx, "SYNC_REFUSED", &source, Some(&snapshot.refusal))?;
        put_list_aside(cx, submission, &snapshot, snapshot.refusal.clone());
    }
    run.raised = 0;
    run.cleared = u32::try_from(gone.len()).unwrap_or(u32::MAX);
    let end = |alarm_id| {
        AlarmFact::End(AlarmEnd {
            alarm_id,
            clear_time: Some(snapshot.sync_start),
            clear_type: ClearType::Sync,
            clear_user: String::new(),
        })
    };
    let ends = gone.into_iter().map(end).collect();
    let listing = Listing { run: run.clone(), sync_start: snapshot.sync_start, ends, over: false };
    cx.state.listings.insert(source.clone(), listing);
    Ok(changes::put_sync(cx, &source, run).await?)
}

/// Raises what a part lists; the last one clears.
pub(super) async fn take_part(
    cx: &mut Context<'_>,
    submission: &Submission,
    part: SnapshotPart,
    raw: Option<u32>,
) -> Result<(), Stop> {
    let source = &submission.source;
    let listing = cx.state.listings.get_mut(source).filter(|listing| listing.run.sync_req_id == part.sync_req_id);
    let (Some(listing), Some(number)) = (listing, cx.state.numbers.get(source).copied()) else {
        // The writer began anew meanwhile: what the list clears is not known any more.
        return Err(Refusal::StateForbids(format!("the list {} is not being read", part.sync_req_id)).into());
    };
    listing.over = part.last;
    let is_done = part.last && state_after(&listing.run) == RunState::Done;
    let ends = if part.last { std::mem::take(&mut listing.ends) } else { Vec::new() };
    let listed = part.alarms.iter().filter_map(|fact| listed(fact, listing.sync_start));
    let tellings = listed.map(|fact| Telling::new(source, number, fact, submission.received_at, Origin::Sync, raw));
    cx.stage.listed.extend(tellings);
    tell(cx, submission, part.alarms.into_iter().chain(ends).collect(), Origin::Sync, raw)?;
    if is_done {
        own::raise(cx, "SYNC_REFUSED", source, None)?;
    }
    Ok(())
}

/// How a resync stands when its list is read.
fn state_after(run: &SyncRun) -> RunState {
    match (run.error.is_empty(), run.confirms) {
        (false, _) => RunState::Failed,
        (true, true) => RunState::Waiting,
        (true, false) => RunState::Done,
    }
}

/// That a list names this alarm.
fn listed(fact: &AlarmFact, sync_start: Time) -> Option<AlarmFact> {
    let AlarmFact::Record(record) = fact else { return None };
    (record.alarm_status != Some(AlarmStatus::Cleared)).then(|| {
        AlarmFact::Listed(AlarmListed {
            alarm_key: alarms::alarm_key(fact),
            ne_time: record.ne_time,
            ems_time: record.ems_time,
            listed_at: sync_start,
        })
    })
}

/// An alarm became active by the list that is being read.
pub(super) fn count_raised(state: &mut State, source: &SourceId) {
    if let Some(listing) = state.listings.get_mut(source) {
        listing.run.raised = listing.run.raised.saturating_add(1);
    }
}

/// Ends the resyncs whose last part is told.
pub(super) async fn close(cx: &mut Context<'_>) -> Result<(), StoreError> {
    let over: Vec<_> = cx.state.listings.extract_if(|_, listing| listing.over).collect();
    for (source, Listing { mut run, .. }) in over {
        run.ended_at = Some(cx.stage.now);
        run.state = state_after(&run);
        changes::put_sync(cx, &source, run).await?;
    }
    Ok(())
}

/// Alarm ids that the snapshot clears; none while it must be confirmed.
async fn judge_snapshot(
    cx: &mut Context<'_>,
    submission: &Submission,
    snapshot: &Snapshot,
    run: &mut SyncRun,
) -> Result<Vec<String>, Stop> {
    let source = &submission.source;
    let Some(number) = cx.state.number(source) else {
        return Err(Refusal::NotFound(format!("source {source}")).into());
    };
    let listed: HashSet<&str> = snapshot.listed.iter().map(|key| &**key).collect();
    let active: Vec<IdentityKey> = cx.state.book.active_of(source).cloned().collect();
    // When those were last told of that the list lacks decides; their facts may be in the store only.
    let unlisted = active.iter().filter(|key| !listed.contains(&*key.alarm_key));
    alarms::load(cx.tx, &mut cx.state.book, unlisted.map(|key| (key, number))).await?;
    // An OMC tells only times of the element, whose clock may be behind: what it told since the list was asked for
    // came after the list began.
    let is_omc = cx.state.sources.setup(source).is_some_and(|setup| setup.kind == SourceKind::Omc);
    let is_newer = |key: &&IdentityKey| is_omc && cx.state.book.was_told_since(key, run.requested_at);
    let held = |key: &IdentityKey| {
        let last_told_at = cx.state.book.last_told_at(key)?;
        Some(Held { alarm_id: key.alarm_key.to_string(), last_told_at })
    };
    let held: Vec<Held> = active.iter().filter(|key| !is_newer(key)).filter_map(held).collect();
    let confirmed = if run.confirms { Confirmed::Yes } else { Confirmed::No };
    match judge(&held, &listed, snapshot.sync_start, confirmed) {
        Verdict::Clear(gone) => {
            run.confirms = false;
            Ok(gone)
        }
        Verdict::Confirm { clears, active } => {
            tracing::warn!(source.id = %source, clears, active, "the resync of {source} would clear {clears} of {active} alarms: asking again");
            let reason = format!("it would clear {clears} of {active} active alarms: a second list must confirm it");
            put_list_aside(cx, submission, snapshot, reason);
            run.confirms = true;
            cx.stage.resyncs.push(Resync::Ask { source: source.clone(), reason: "confirm" });
            Ok(Vec::new())
        }
    }
}

/// Notes that a list was not believed; its files are gone by now.
fn put_list_aside(cx: &mut Context<'_>, submission: &Submission, snapshot: &Snapshot, reason: String) {
    let once = Quarantined::once(Kind::File, &submission.source, submission.received_at);
    upkeep::put_aside(cx, Quarantined { name: snapshot.sync_req_id.clone(), reason, ..once }, &[]);
}
