//! What each kind of submission does. Facts are only gathered here; they are reasoned about for the
//! whole group at once.

use std::collections::HashSet;

use intake::submission::{RefusedRow, Snapshot};
use intake::{Answer, Command, Content, Refusal, Submission};
use model::alarm::{AlarmEnd, AlarmFact, ClearType};
use model::source::{RunState, SyncRun};
use model::text::Text;
use store::quarantine::{Kind, Quarantined};
use store::{StoreError, Tx};

use super::alarms::Telling;
use super::book::{IdentityKey, Origin};
use super::deps::{Announced, Deps, ResourceErrand, Resync};
use super::resync::{Confirmed, Held, Verdict, judge};
use super::stage::Stage;
use super::state::State;
use super::{acknowledge, alarms, changes, full, own, sheets, tickets, unknown, upkeep, works};

/// Why a submission ended without an answer.
pub(super) enum Stop {
    /// The peer is told this; the group goes on.
    Refused(Refusal),
    /// The database failed; the group is lost.
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Stop::Failed(error)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Stop::Refused(refusal)
    }
}

/// The parts that every kind of content may need.
pub(super) struct Context<'a> {
    pub deps: &'a Deps,
    pub state: &'a mut State,
    pub stage: &'a mut Stage,
    pub tx: &'a mut Tx,
}

/// Takes one submission into the group. `raw` is its place among the group's raw messages.
pub(super) async fn take(
    cx: &mut Context<'_>,
    submission: &Submission,
    content: Content,
    raw: Option<u32>,
) -> Result<Answer, Stop> {
    let source = &submission.source;
    match content {
        Content::Heard => {}
        Content::Alarms(facts) => return answer(tell(cx, submission, facts, Origin::Live, raw)?),
        Content::History(facts) => return answer(tell(cx, submission, facts, Origin::History, raw)?),
        Content::AlarmListRebuilt { reason } => {
            tracing::info!(source.id = %source, %reason, "{source} rebuilt its alarm list: asking for a resync");
            cx.stage.resyncs.push(Resync::Ask { source: source.clone(), reason: "rebuilt" });
        }
        Content::SyncReady { sync_req_id, result, files, alarm_count, sync_start, sync_end } => {
            let announced = Announced { sync_req_id, result, files, alarm_count, sync_start, sync_end };
            cx.stage.resyncs.push(Resync::Ready { source: source.clone(), announced: Box::new(announced) });
        }
        Content::Snapshot(snapshot) => take_snapshot(cx, submission, snapshot, raw).await?,
        Content::Cutovers(cutovers) => works::take(cx, submission, cutovers).await?,
        Content::ResourceReady { sync_req_id, class, full, files } => {
            let at = submission.received_at;
            let source = source.clone();
            cx.stage.resources.push(ResourceErrand::Ready { source, sync_req_id, class, full, files, at });
        }
        Content::ResourceAbort { sync_req_id, reason } => {
            cx.stage.resources.push(ResourceErrand::Abort { sync_req_id, reason });
        }
        Content::ResourceChange(change) => changes::take(cx, submission, change).await?,
        Content::Sheet(event) => sheets::take(cx, event).await?,
        Content::Acknowledge { alarm, by, note } => acknowledge::take(cx, alarm, by, note).await?,
        Content::Command { by, command } => obey(cx, &by, command).await?,
    }
    Ok(Answer::default())
}

fn answer(refused: Vec<RefusedRow>) -> Result<Answer, Stop> {
    Ok(Answer { refused })
}

/// Takes alarm facts; those that cannot be kept, by their place.
fn tell(
    cx: &mut Context<'_>,
    submission: &Submission,
    facts: Vec<AlarmFact>,
    origin: Origin,
    raw: Option<u32>,
) -> Result<Vec<RefusedRow>, Stop> {
    let source = &submission.source;
    let Some(number) = cx.state.number(source) else {
        return Err(Refusal::NotFound(format!("source {source}")).into());
    };
    let told_at = facts.iter().rev().find_map(|fact| match fact {
        AlarmFact::Record(record) => record.ems_time.or(record.ne_time),
        AlarmFact::End(end) => end.clear_time,
    });
    let count = u32::try_from(facts.len()).unwrap_or(u32::MAX);
    if origin == Origin::Live {
        cx.state.sources.count(source, count, told_at, cx.stage.now);
        unknown::note(cx, submission, &facts);
    }
    let tellings =
        facts.into_iter().map(|fact| Telling::new(source, number, fact, submission.received_at, origin, raw));
    let (kept, refused) = full::sift(&cx.state.book, tellings);
    cx.stage.tellings.extend(kept);
    full::note(cx, submission, &refused);
    Ok(refused)
}

/// A snapshot raises what it lists and clears what it does not (semantics §1).
async fn take_snapshot(
    cx: &mut Context<'_>,
    submission: &Submission,
    snapshot: Snapshot,
    raw: Option<u32>,
) -> Result<(), Stop> {
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
        run.state = RunState::Failed;
        own::raise(cx, "SYNC_REFUSED", &source, Some(&snapshot.refusal))?;
        put_list_aside(cx, submission, &snapshot, snapshot.refusal.clone());
    } else if run.state != RunState::Waiting {
        run.state = RunState::Done;
        own::raise(cx, "SYNC_REFUSED", &source, None)?;
    }
    let known: HashSet<&str> = cx.state.book.active_of(&source).map(|key| &*key.alarm_key).collect();
    let new = snapshot.alarms.iter().filter(|fact| !known.contains(&*alarms::alarm_key(fact)));
    run.raised = u32::try_from(new.count()).unwrap_or(u32::MAX);
    run.cleared = u32::try_from(gone.len()).unwrap_or(u32::MAX);
    run.ended_at = Some(cx.stage.now);
    let ends = gone.into_iter().map(|alarm_id| {
        AlarmFact::End(AlarmEnd {
            alarm_id,
            clear_time: Some(snapshot.sync_start),
            clear_type: ClearType::Sync,
            clear_user: String::new(),
        })
    });
    let facts = snapshot.alarms.into_iter().chain(ends).collect();
    tell(cx, submission, facts, Origin::Sync, raw)?;
    changes::put_sync(cx, &source, run).await?;
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
    let listed: Vec<Text> = snapshot.alarms.iter().map(alarms::alarm_key).collect();
    let listed: HashSet<&str> = listed.iter().map(|key| &**key).collect();
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
            (run.state, run.confirms) = (RunState::Waiting, true);
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

async fn obey(cx: &mut Context<'_>, by: &str, command: Command) -> Result<(), Stop> {
    tracing::info!(user.login = %by, "{by} asks for {command:?}");
    match command {
        Command::Resync(source) => {
            if cx.state.sources.setup(&source).is_none() {
                return Err(Refusal::NotFound(format!("source {source}")).into());
            }
            cx.stage.resyncs.push(Resync::Ask { source, reason: "command" });
        }
        Command::Load { source, class, full } => cx.stage.resources.push(ResourceErrand::Ask { source, class, full }),
        Command::ApproveLoad(id) => cx.stage.resources.push(ResourceErrand::Approve { id, by: by.to_owned() }),
        Command::CancelLoad(id) => cx.stage.resources.push(ResourceErrand::Cancel { id, by: by.to_owned() }),
        Command::Dispatch(fault) => {
            if !cx.state.live.dispatch(fault, cx.stage.now) {
                return Err(Refusal::StateForbids(format!("{fault} has a ticket, or is over")).into());
            }
        }
        Command::Settle { alarm_id, sheet_no } => tickets::settle(cx, by, &alarm_id, sheet_no).await?,
    }
    Ok(())
}
