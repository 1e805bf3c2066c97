//! The files of an announced list: fetched, read and handed to the writer.

use collectors::habits::Habits;
use collectors::transport::snapshot::{Announced as Promise, Listed};
use ftp::{Checked, FtpError};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use intake::submission::{RefusedRow, Snapshot, SnapshotPart};
use intake::{Content, Submission};
use model::alarm::AlarmFact;
use model::text::Text;

use super::omc;
use crate::pipeline::alarm_key;
use crate::pipeline::deps::Announced;
use crate::tasks::TaskDeps;
use crate::tasks::fetch::{fetch_all, put_unread_aside};
use crate::tasks::peers::{Link, TaskPeer};

/// Rows that could not be read and are told to the writer; the count is in the refusal.
const REFUSED_MAX: usize = 1000;
/// Alarms that the writer takes at once: live ones wait for no more.
const PART: usize = 1000;
/// Parts that it is given before the first is committed: enough that it never waits.
const PARTS_ON_THEIR_WAY: usize = 3;
/// A busy writer is asked this often …
const TRIES: u32 = 10;
/// … with this pause between.
const PAUSE_MS: i64 = 3000;

/// Takes the list; the error is a sentence.
pub(super) async fn take(deps: &TaskDeps, peer: &TaskPeer, announced: &Announced) -> Result<(), String> {
    let (listed, snapshot) = match &peer.link {
        Link::Omc(_) => omc::list_of(deps, peer, announced).await?,
        _ => list_of(deps, peer, announced).await?,
    };
    let refused: Vec<RefusedRow> = listed.refused.iter().take(REFUSED_MAX).cloned().collect();
    tell(deps, peer, &refused, || Content::Snapshot(snapshot.clone())).await?;
    tell_parts(deps, peer, &announced.sync_req_id, &listed.alarms).await
}

/// The list of a transport manager.
async fn list_of(deps: &TaskDeps, peer: &TaskPeer, announced: &Announced) -> Result<(Listed, Snapshot), String> {
    let files = fetch_all(deps, peer, &announced.files).await.map_err(|error| error.to_string())?;
    let promise = Promise {
        sync_req_id: announced.sync_req_id.clone(),
        result: announced.result,
        alarm_count: announced.alarm_count,
        records: files.iter().map(|file| file.control.records).sum(),
        sync_start: announced.sync_start,
        partial: false,
    };
    let (listed, keys) = match read(files, peer.habits.clone()).await {
        Ok(read) => read,
        Err(reason) => {
            put_unread_aside(deps, peer, &announced.sync_req_id, &reason).await;
            return Err(reason);
        }
    };
    let snapshot = listed.snapshot(&promise, keys);
    Ok((listed, snapshot))
}

/// Tells what the list says, a few parts at a time; the last one when all others are committed.
async fn tell_parts(deps: &TaskDeps, peer: &TaskPeer, request: &str, alarms: &[AlarmFact]) -> Result<(), String> {
    let part = |alarms: &[AlarmFact], last| {
        Content::SnapshotPart(SnapshotPart { sync_req_id: request.to_owned(), alarms: alarms.to_vec(), last })
    };
    let (parts, rest) = alarms.as_chunks::<PART>();
    let tell_part = |alarms| tell(deps, peer, &[], move || part(alarms, false)).boxed();
    let parts: Vec<BoxFuture<'_, Result<(), String>>> = parts.iter().map(|alarms| tell_part(alarms)).collect();
    stream::iter(parts).buffered(PARTS_ON_THEIR_WAY).try_collect::<()>().await?;
    tell(deps, peer, &[], || part(rest, true)).await
}

/// Hands content to the writer, again while it has no room.
async fn tell(
    deps: &TaskDeps,
    peer: &TaskPeer,
    refused: &[RefusedRow],
    content: impl Fn() -> Content,
) -> Result<(), String> {
    for _ in 0..TRIES {
        let submission = Submission {
            source: peer.source.clone(),
            received_at: deps.clock.now(),
            message: None,
            notification: None,
            raw: Vec::new(),
            content: content(),
            refused: refused.to_vec(),
        };
        match deps.intake.submit(submission).await {
            Ok(_) => return Ok(()),
            Err(refusal) if refusal.temporary() => deps.clock.sleep(PAUSE_MS).await,
            Err(refusal) => return Err(refusal.to_string()),
        }
    }
    Err("the writer had no room for the list".to_owned())
}

/// Reads every file, off the async threads; also what each alarm is known by.
async fn read(files: Vec<Checked>, habits: Habits) -> Result<(Listed, Vec<Text>), String> {
    let work = move || -> Result<(Listed, Vec<Text>), FtpError> {
        let mut listed = Listed::default();
        for file in &files {
            listed.read(file.path.name(), &mut file.table(habits.encoding)?, &habits)?;
        }
        let keys = listed.alarms.iter().map(alarm_key).collect();
        Ok((listed, keys))
    };
    let read = tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?;
    read.map_err(|error| error.to_string())
}
