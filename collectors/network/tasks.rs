//! Performance tasks: as we ask a manager for them, as it says that they run, and where their files are.

use std::collections::BTreeSet;

use model::pm::{Granularity, TaskStatus};
use model::time::{Time, Window, Zone};
use soap::{Element, XmlWriter};

use crate::fields::{Wrong, required, time_of};
use crate::habits::Habits;

/// What a manager is to measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// `pmTaskId`.
    pub id: String,
    /// Ids of objects.
    pub objects: BTreeSet<String>,
    /// Parameters.
    pub params: BTreeSet<String>,
    /// Length of the periods.
    pub granularity: Granularity,
}

/// A task as it runs at a manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningTask {
    /// What it measures.
    pub task: Task,
    /// How it stands.
    pub status: TaskStatus,
    /// Why; may be empty.
    pub reason: String,
}

/// Where the files of a task are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskFiles {
    /// Paths on the manager's site; none if there are none yet.
    pub paths: Vec<String>,
    /// When they go away.
    pub expires_at: Option<Time>,
}

/// Arguments of `createPmTask` and `modifyPmTask`; it measures from `start` on.
pub fn write_task(w: &mut XmlWriter, task: &Task, start: Time, zone: &Zone) {
    write_task_id(w, &task.id);
    write_what(w, task);
    w.text("granularity", task.granularity.word()).text("startTime", zone.write_local(start));
}

/// Argument of `suspendPmTask` and `deletePmTask`.
pub fn write_task_id(w: &mut XmlWriter, id: &str) {
    w.text("pmTaskId", id);
}

/// Arguments of `requestPmHistory`.
pub fn write_history(w: &mut XmlWriter, sync_req_id: &str, task: &Task, window: Window, zone: &Zone) {
    w.text("syncReqId", sync_req_id);
    write_what(w, task);
    write_window(w, window, zone);
}

/// Arguments of `getPmFile`.
pub fn write_files_of(w: &mut XmlWriter, id: &str, window: Window, zone: &Zone) {
    write_task_id(w, id);
    write_window(w, window, zone);
}

fn write_what(w: &mut XmlWriter, task: &Task) {
    for object in &task.objects {
        w.text("objects", object);
    }
    for param in &task.params {
        w.text("params", param);
    }
}

fn write_window(w: &mut XmlWriter, window: Window, zone: &Zone) {
    w.text("startTime", zone.write_local(window.start)).text("endTime", zone.write_local(window.end));
}

/// The answer of `queryPmTask`.
///
/// # Errors
/// [`Wrong`] with the field of the first task that cannot be read: what runs is not known then.
pub fn read_tasks(result: Element<'_>) -> Result<Vec<RunningTask>, Wrong> {
    let inner = result.child("tasks").unwrap_or(result);
    inner.children_named("task").map(read_task).collect()
}

fn read_task(element: Element<'_>) -> Result<RunningTask, Wrong> {
    let granularity = required(element, "granularity")?;
    let status = required(element, "status")?;
    let set = |name| element.values(name).into_iter().map(str::to_owned).collect();
    Ok(RunningTask {
        task: Task {
            id: required(element, "pmTaskId")?.to_owned(),
            objects: set("objects"),
            params: set("params"),
            granularity: Granularity::from_word(granularity)
                .ok_or_else(|| Wrong::bad("granularity", granularity, "it must be 15M or 24H"))?,
        },
        status: read_status(status)?,
        reason: short(element.value("reason")),
    })
}

/// How a task stands, in a manager's word.
///
/// # Errors
/// [`Wrong`] if it is none of ours.
pub fn read_status(word: &str) -> Result<TaskStatus, Wrong> {
    let expected = "it must be ACTIVE, SUSPENDED, FAILED or DELETED";
    TaskStatus::from_word(&word.to_ascii_uppercase()).ok_or_else(|| Wrong::bad("status", word, expected))
}

/// A reason, cut to what a person reads.
pub fn short(reason: Option<&str>) -> String {
    reason.unwrap_or_default().chars().take(400).collect()
}

/// The answer of `getPmFile`.
///
/// # Errors
/// [`Wrong`] if a file is on another host than the manager's site, or the time is none.
pub fn read_files(result: Element<'_>, habits: &Habits) -> Result<TaskFiles, Wrong> {
    Ok(TaskFiles {
        paths: crate::fields::paths("fileUrl", result, habits.site.as_ref())?,
        expires_at: time_of(result, "expireTime", &habits.zone)?,
    })
}
