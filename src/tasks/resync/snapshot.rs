//! A list, out of the files that were announced or out of the answer: read and handed to the writer.

use collectors::habits::Habits;
use collectors::network::inline::{Inline, ListAnswer};
use collectors::network::snapshot::{Announced as Promise, Listed};
use ftp::{Checked, FtpError};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use intake::submission::{RefusedRow, Snapshot, SnapshotPart};
use intake::{Content, Submission};
use model::alarm::AlarmFact;
use model::text::Text;
use model::time::Time;

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

/// How a list came.
pub(super) enum Given {
    /// In files.
    Announced(Announced),
    /// With the answer to our request.
    Answered {
        /// Our number of the request.
        sync_req_id: String,
        /// When we asked.
        asked_at: Time,
        /// The answer.
        answer: ListAnswer,
    },
}

// === impl Given ===

impl Given {
    /// Our number of the request.
    pub(super) fn sync_req_id(&self) -> &str {
        match self {
            Given::Announced(announced) => &announced.sync_req_id,
            Given::Answered { sync_req_id, .. } => sync_req_id,
        }
    }
}

/// Takes the list; the error is a sentence.
pub(super) async fn take(deps: &TaskDeps, peer: &TaskPeer, given: Given) -> Result<(), String> {
    let (listed, snapshot) = match (given, &peer.link) {
        (Given::Announced(announced), Link::Omc(_)) => omc::list_of(deps, peer, &announced).await?,
        (Given::Announced(announced), _) => list_of(deps, peer, &announced).await?,
        (Given::Answered { sync_req_id, asked_at, answer }, _) => {
            let habits = peer.habits.clone();
            let read = move || inline(answer.read(&sync_req_id, asked_at, &habits));
            tokio::task::spawn_blocking(read).await.map_err(|error| error.to_string())?
        }
    };
    let request = snapshot.sync_req_id.clone();
    let refused: Vec<RefusedRow> = listed.refused.iter().take(REFUSED_MAX).cloned().collect();
    tell(deps, peer, &refused, || Content::Snapshot(snapshot.clone())).await?;
    tell_parts(deps, peer, &request, &listed.alarms).await
}

/// The list of a network manager.
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

/// A list that came with the answer.
fn inline(Inline { listed, announced, lacking }: Inline) -> (Listed, Snapshot) {
    let keys = listed.alarms.iter().map(alarm_key).collect();
    let mut snapshot = listed.snapshot(&announced, keys);
    if let Some(lacking) = lacking {
        (snapshot.may_clear, snapshot.refusal) = (false, lacking);
    }
    (listed, snapshot)
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
