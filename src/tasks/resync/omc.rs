//! The list of an OMC: one file without a control file, each line an alarm. Neither a count nor a control file
//! says how many there should be, so only a packed list, whose checksums agree, may clear.

use collectors::network::snapshot::{Announced as Promise, Listed};
use collectors::omc::list;
use ftp::{FtpError, Proof, RemotePath, Stored, each_part};
use intake::submission::Snapshot;

use collectors::habits::Habits;

use crate::pipeline::alarm_key;
use crate::pipeline::deps::Announced;
use crate::tasks::TaskDeps;
use crate::tasks::fetch::{fetch_bare, put_unread_aside};
use crate::tasks::peers::TaskPeer;

/// Why a list that is not packed clears nothing.
const UNPROVED: &str = "nothing proves that the list is whole: let the OMC pack it as .zip or .gz";

/// Fetches and reads the list; the error is a sentence.
pub(super) async fn list_of(
    deps: &TaskDeps,
    peer: &TaskPeer,
    announced: &Announced,
) -> Result<(Listed, Snapshot), String> {
    if announced.result != 0 {
        return Err("the OMC could not make its list".to_owned());
    }
    let file = announced.files.first().ok_or("the OMC named no file")?;
    let (path, stored) = fetch_bare(deps, peer, file).await.map_err(|error| error.to_string())?;
    let habits = peer.habits.clone();
    let read = tokio::task::spawn_blocking(move || read(&path, &stored, &habits)).await;
    let read = read.map_err(|error| error.to_string())?.map_err(|error| error.to_string());
    let (listed, proof) = match read {
        Ok(read) => read,
        Err(reason) => {
            put_unread_aside(deps, peer, file, &reason).await;
            return Err(reason);
        }
    };
    let promise = Promise {
        sync_req_id: announced.sync_req_id.clone(),
        result: 0,
        alarm_count: listed.rows,
        records: listed.rows,
        sync_start: announced.sync_start,
        partial: false,
    };
    let mut snapshot = listed.snapshot(&promise, listed.alarms.iter().map(alarm_key).collect());
    if proof == Proof::Nothing && snapshot.may_clear {
        (snapshot.may_clear, snapshot.refusal) = (false, UNPROVED.to_owned());
    }
    Ok((listed, snapshot))
}

fn read(path: &RemotePath, stored: &Stored, habits: &Habits) -> Result<(Listed, Proof), FtpError> {
    let mut listed = Listed::default();
    let proof = each_part(path, stored, |part| list::read(path.name(), part, habits, &mut listed))?;
    Ok((listed, proof))
}
