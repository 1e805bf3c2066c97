//! The files of an announced list: fetched, read and handed to the writer.

use std::sync::Arc;

use collectors::habits::Habits;
use collectors::transport::snapshot::{Announced as Promise, Listed};
use ftp::{Checked, FtpError};
use intake::submission::RefusedRow;
use intake::{Content, Submission};

use crate::pipeline::deps::Announced;
use crate::tasks::TaskDeps;
use crate::tasks::fetch::{fetch_all, put_unread_aside};
use crate::tasks::peers::TaskPeer;

/// Rows that could not be read and are told to the writer; the count is in the refusal.
const REFUSED_MAX: usize = 1000;
/// A busy writer is asked this often …
const TRIES: u32 = 10;
/// … with this pause between.
const PAUSE_MS: i64 = 3000;

/// Takes the list; the error is a sentence.
pub(super) async fn take(deps: &TaskDeps, peer: &TaskPeer, announced: &Announced) -> Result<(), String> {
    let files = fetch_all(deps, peer, &announced.files).await.map_err(|error| error.to_string())?;
    let promise = Promise {
        sync_req_id: announced.sync_req_id.clone(),
        result: announced.result,
        alarm_count: announced.alarm_count,
        records: files.iter().map(|file| file.control.records).sum(),
        sync_start: announced.sync_start,
        partial: false,
    };
    let (files, habits) = (Arc::new(files), Arc::new(peer.habits.clone()));
    for _ in 0..TRIES {
        let (listed, refused) = match read(&files, &habits).await {
            Ok(read) => read,
            Err(reason) => {
                put_unread_aside(deps, peer, &announced.sync_req_id, &reason).await;
                return Err(reason);
            }
        };
        let submission = Submission {
            source: peer.source.clone(),
            received_at: deps.clock.now(),
            message: None,
            notification: None,
            raw: Vec::new(),
            content: Content::Snapshot(listed.into_snapshot(&promise)),
            refused,
        };
        match deps.intake.submit(submission).await {
            Ok(_) => return Ok(()),
            Err(refusal) if refusal.temporary() => deps.clock.sleep(PAUSE_MS).await,
            Err(refusal) => return Err(refusal.to_string()),
        }
    }
    Err("the writer had no room for the list".to_owned())
}

/// Reads every file, off the async threads.
async fn read(files: &Arc<Vec<Checked>>, habits: &Arc<Habits>) -> Result<(Listed, Vec<RefusedRow>), String> {
    let (files, habits) = (Arc::clone(files), Arc::clone(habits));
    let work = move || -> Result<Listed, FtpError> {
        let mut listed = Listed::default();
        for file in files.iter() {
            listed.read(file.path.name(), &mut file.table(habits.encoding)?, &habits)?;
        }
        Ok(listed)
    };
    let listed = tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?;
    let listed = listed.map_err(|error| error.to_string())?;
    let refused = listed.refused.iter().take(REFUSED_MAX).cloned().collect();
    Ok((listed, refused))
}
