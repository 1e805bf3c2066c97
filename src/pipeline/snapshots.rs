//! A manager's list of active alarms: it raises what it names and clears what it does not
//! (semantics §1, "Sync").

use std::collections::HashSet;

use intake::submission::{Snapshot, SnapshotPart};
use intake::{Refusal, Submission};
use model::alarm::{AlarmEnd, AlarmFact, ClearType};
use model::source::{RunState, SyncRun};
use store::quarantine::{Kind, Quarantined};

use super::book::{IdentityKey, Origin};
use super::content::{Context, Stop, tell};
use super::deps::Resync;
use super::resync::{Confirmed, Held, Verdict, judge};
use super::{alarms, changes, own, upkeep};

/// A list of which parts are still to come. It is judged against what was active before its first
/// part; what it clears ends with the last one, so that an alarm under a new id takes over without a gap.
pub(super) struct Listing {
    run: SyncRun,
    ends: Vec<AlarmFact>,
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
    let known: HashSet<&str> = cx.state.book.active_of(&source).map(|key| &*key.alarm_key).collect();
    let new = snapshot.listed.iter().filter(|key| !known.contains(&***key));
    run.raised = u32::try_from(new.count()).unwrap_or(u32::MAX);
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
    cx.state.listings.insert(source.clone(), Listing { run: run.clone(), ends });
    changes::put_sync(cx, &source, run).await
}

/// Raises what a part lists; the last one clears, and ends the resync.
pub(super) async fn take_part(
    cx: &mut Context<'_>,
    submission: &Submission,
    part: SnapshotPart,
    raw: Option<u32>,
) -> Result<(), Stop> {
    let source = &submission.source;
    if cx.state.listings.get(source).is_none_or(|listing| listing.run.sync_req_id != part.sync_req_id) {
        // The writer began anew meanwhile: what the list clears is not known any more.
        return Err(Refusal::StateForbids(format!("the list {} is not being read", part.sync_req_id)).into());
    }
    if !part.last {
        return tell(cx, submission, part.alarms, Origin::Sync, raw).map(drop);
    }
    let Some(Listing { mut run, ends }) = cx.state.listings.remove(source) else { return Ok(()) };
    tell(cx, submission, part.alarms.into_iter().chain(ends).collect(), Origin::Sync, raw)?;
    run.ended_at = Some(cx.stage.now);
    run.state = match (run.error.is_empty(), run.confirms) {
        (false, _) => RunState::Failed,
        (true, true) => RunState::Waiting,
        (true, false) => RunState::Done,
    };
    if run.state == RunState::Done {
        own::raise(cx, "SYNC_REFUSED", source, None)?;
    }
    changes::put_sync(cx, source, run).await
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
    let held = |key: &IdentityKey| {
        let last_told_at = cx.state.book.last_told_at(key)?;
        Some(Held { alarm_id: key.alarm_key.to_string(), last_told_at })
    };
    let held: Vec<Held> = active.iter().filter_map(held).collect();
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
