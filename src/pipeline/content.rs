//! What each kind of submission does. Facts are only gathered here; they are reasoned about for the
//! whole group at once.

use intake::submission::{PerformanceReady, RefusedRow};
use intake::{Answer, Command, Content, Refusal, Submission};
use model::alarm::AlarmFact;
use model::pm::{TaskStatus, task_number};
use model::probe::{DelayResult, test_number};
use model::source::{SourceId, SourceKind};
use model::time::Window;
use store::delay::put_result;
use store::performance::file::{PmFile, add_files};
use store::performance::task::{ask_history, task_told, tasks_of_source};
use store::{StoreError, Tx};

use super::alarms::Telling;
use super::book::Origin;
use super::deps::{Announced, Deps, ResourceErrand, Resync};
use super::stage::Stage;
use super::state::State;
use super::{acknowledge, changes, full, protections, sheets, snapshots, tickets, unknown, works};

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
        Content::Snapshot(snapshot) => snapshots::take(cx, submission, snapshot).await?,
        Content::SnapshotPart(part) => snapshots::take_part(cx, submission, part, raw).await?,
        Content::Cutovers(cutovers) => works::take(cx, submission, cutovers).await?,
        Content::KeyProtections(told) => protections::take(cx, submission, told).await?,
        Content::ResourceReady { sync_req_id, class, full, files } => {
            let at = submission.received_at;
            let source = source.clone();
            cx.stage.resources.push(ResourceErrand::Ready { source, sync_req_id, class, full, files, at });
        }
        Content::ResourceAbort { sync_req_id, reason } => {
            cx.stage.resources.push(ResourceErrand::Abort { sync_req_id, reason });
        }
        Content::PerformanceReady(ready) => announced(cx, submission, ready).await?,
        Content::TaskStatus { task_id, status, reason } => {
            task_status(cx, submission, &task_id, (status, &reason)).await?;
        }
        Content::TestResult { test_id, result } => test_result(cx, submission, &test_id, &result).await?,
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
pub(super) fn tell(
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
        AlarmFact::Listed(listed) => Some(listed.listed_at),
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

/// Notes announced performance files: whoever fetches them reads of them in the database.
async fn announced(cx: &mut Context<'_>, submission: &Submission, ready: PerformanceReady) -> Result<(), Stop> {
    let source = &submission.source;
    let Some(number) = cx.state.number(source) else {
        return Err(Refusal::NotFound(format!("source {source}")).into());
    };
    let file = |path: String| PmFile {
        id: 0,
        source: number,
        path,
        task_id: ready.task_id.clone(),
        period: ready.period,
        announced_at: submission.received_at,
        expires_at: None,
        tries: 0,
    };
    let files: Vec<PmFile> = ready.files.into_iter().map(file).collect();
    add_files(cx.tx, &files).await?;
    cx.stage.wrote = true;
    cx.stage.ring_performance = true;
    Ok(())
}

/// How a performance task stands; whoever keeps the tasks reads of it in the database.
async fn task_status(
    cx: &mut Context<'_>,
    submission: &Submission,
    id: &str,
    standing: (TaskStatus, &str),
) -> Result<(), Stop> {
    let unknown = || Refusal::UnknownTask(id.to_owned());
    let source = cx.state.number(&submission.source).ok_or_else(unknown)?;
    let number = task_number(&cx.deps.own, id).ok_or_else(unknown)?;
    if !task_told(cx.tx, (source, number), standing, submission.received_at).await? {
        return Err(unknown().into());
    }
    cx.stage.wrote = true;
    Ok(())
}

/// The result of a delay test that somebody asked for.
async fn test_result(
    cx: &mut Context<'_>,
    submission: &Submission,
    id: &str,
    result: &DelayResult,
) -> Result<(), Stop> {
    let unknown = || Refusal::NotFound(format!("delay test {id}"));
    let source = cx.state.number(&submission.source).ok_or_else(unknown)?;
    let number = test_number(&cx.deps.own, id).ok_or_else(unknown)?;
    if !put_result(cx.tx, (source, number), result, submission.received_at).await? {
        return Err(unknown().into());
    }
    cx.stage.wrote = true;
    Ok(())
}

/// Notes a stretch of the past that is to be asked for again, for each task of a manager.
async fn ask_past(cx: &mut Context<'_>, by: &str, source: &SourceId, window: Window) -> Result<(), Stop> {
    let number = cx.state.number(source).ok_or_else(|| Refusal::NotFound(format!("source {source}")))?;
    let tasks = tasks_of_source(cx.tx, number).await?;
    if tasks.is_empty() {
        let reason = format!("{source} measures nothing for us: pm_task of its settings says what is wanted");
        return Err(Refusal::StateForbids(reason).into());
    }
    for task in tasks {
        ask_history(cx.tx, (number, task.id), window, (by, cx.stage.now)).await?;
    }
    cx.stage.wrote = true;
    Ok(())
}

async fn obey(cx: &mut Context<'_>, by: &str, command: Command) -> Result<(), Stop> {
    tracing::info!(user.login = %by, "{by} asks for {command:?}");
    match command {
        Command::Resync(source) => {
            match cx.state.sources.setup(&source) {
                None => return Err(Refusal::NotFound(format!("source {source}")).into()),
                Some(setup) if setup.kind == SourceKind::Snmp => {
                    let reason = format!("{source} is devices that send notifications: they have no list to ask for");
                    return Err(Refusal::StateForbids(reason).into());
                }
                Some(_) => {}
            }
            cx.stage.resyncs.push(Resync::Ask { source, reason: "command" });
        }
        Command::PmHistory { source, window } => ask_past(cx, by, &source, window).await?,
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
