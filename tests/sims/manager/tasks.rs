//! Performance tasks: what the daemon has a manager measure. A file for each task and period, announced or, at an
//! ATM manager, asked for. It can lose them all, stop one, or have files that go away.

use std::collections::BTreeMap;

use model::code::ResultCode;
use model::pm::{Granularity, TaskStatus};
use model::source::SourceKind;
use model::time::{Time, Window};
use soap::endpoint::Call;
use soap::{Element, Reply, XmlWriter};

use super::performance::{PERIOD_MS, columns};
use super::{Manager, ManagerSim};
use crate::error::SimError;
use crate::files::{FileFault, Table};

const TRIES: u32 = 20;

/// A task as it runs here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningTask {
    /// Objects, as they were given.
    pub objects: Vec<String>,
    /// Parameters.
    pub params: Vec<String>,
    /// Length of the periods.
    pub granularity: Granularity,
    /// How it stands.
    pub status: TaskStatus,
}

/// The tasks of a manager, and what it was asked of them.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    running: BTreeMap<String, RunningTask>,
    asked: Vec<String>,
}

// === impl ManagerSim ===

impl ManagerSim {
    /// The tasks that run.
    pub fn tasks(&self) -> BTreeMap<String, RunningTask> {
        self.manager.state.lock().tasks.running.clone()
    }

    /// Operations on tasks that it was asked for, in order, without questions.
    pub fn asked_of_tasks(&self) -> Vec<String> {
        self.manager.state.lock().tasks.asked.clone()
    }

    /// Changes its tasks behind the daemon's back.
    pub fn change_tasks(&self, change: impl FnOnce(&mut BTreeMap<String, RunningTask>)) {
        change(&mut self.manager.state.lock().tasks.running);
    }

    /// Tells the daemon how a task stands; its result code.
    ///
    /// # Errors
    /// [`SimError`] if the daemon does not answer.
    pub async fn tell_task(&self, id: &str, status: &str, reason: &str) -> Result<String, SimError> {
        let link = &self.manager.link;
        let number = link.notification_id();
        let write = |w: &mut XmlWriter| {
            w.value("notificationId", number).text("pmTaskId", id).text("status", status).text("reason", reason);
        };
        match link.insist("pmTaskStatusNotify", TRIES, &write).await {
            Ok(answer) => Ok(answer.code().to_owned()),
            Err(soap::ClientError::Refused { code, .. }) => Ok(code),
            Err(source) => Err(SimError::Call { operation: "pmTaskStatusNotify".to_owned(), source }),
        }
    }
}

// === impl Manager ===

impl Manager {
    /// Answers what is asked of tasks; `None` if it is something else.
    pub(super) fn answer_task(&self, call: &Call) -> Option<Reply> {
        let arguments = call.arguments();
        let id = arguments.value("pmTaskId").unwrap_or_default();
        if call.operation == "queryPmTask" {
            return Some(self.query_tasks());
        }
        if call.operation == "getPmFile" {
            return Some(self.files_of(id, arguments));
        }
        if call.operation == "requestPmHistory" {
            return Some(self.request_history(arguments));
        }
        let mut state = self.state.lock();
        let known = state.tasks.running.contains_key(id);
        let reply = match (call.operation, known) {
            ("createPmTask", true) => Reply::coded(ResultCode::TaskExists, format!("there is a task {id}")),
            ("createPmTask", false) | ("modifyPmTask", true) => match read_task(arguments) {
                Some(task) => {
                    state.tasks.running.insert(id.to_owned(), task);
                    Reply::ok()
                }
                None => Reply::coded(ResultCode::MissingField, "objects, params or granularity are missing"),
            },
            ("suspendPmTask", true) => {
                if let Some(task) = state.tasks.running.get_mut(id) {
                    task.status = TaskStatus::Suspended;
                }
                Reply::ok()
            }
            ("deletePmTask", true) => {
                state.tasks.running.remove(id);
                Reply::ok()
            }
            ("modifyPmTask" | "suspendPmTask" | "deletePmTask", false) => unknown(id),
            _ => return None,
        };
        state.tasks.asked.push(format!("{} {id}", call.operation));
        Some(reply)
    }

    fn query_tasks(&self) -> Reply {
        let state = self.state.lock();
        Reply::with(|w| {
            for (id, task) in &state.tasks.running {
                w.nest("task", |w| {
                    w.text("pmTaskId", id);
                    for object in &task.objects {
                        w.text("objects", object);
                    }
                    for param in &task.params {
                        w.text("params", param);
                    }
                    w.text("granularity", task.granularity.word()).value("status", task.status);
                });
            }
        })
    }

    /// Writes the file of a stretch and says where it is.
    fn files_of(&self, id: &str, arguments: Element<'_>) -> Reply {
        let Some(task) = self.state.lock().tasks.running.get(id).cloned() else { return unknown(id) };
        let Some(window) = self.window_of(arguments) else {
            return Reply::coded(ResultCode::MissingField, "startTime or endTime is missing");
        };
        if window.end > self.clock.now() {
            return Reply::coded(ResultCode::NotFound, "the period is not over");
        }
        let lives_ms = self.state.lock().habits.files_live_ms;
        let fault = if lives_ms == Some(0) { FileFault::NoControl } else { FileFault::None };
        if lives_ms == Some(0) {
            self.state.lock().habits.files_live_ms = None;
        }
        match self.write_task(id, &task, window, fault) {
            Ok(path) => Reply::with(|w| {
                let expires = lives_ms.map(|ms| self.link.zone().write_local(self.clock.now().plus_ms(ms)));
                w.text("fileUrl", path).optional("expireTime", expires.as_deref());
            }),
            Err(error) => Reply::coded(ResultCode::Internal, error.to_string()),
        }
    }

    /// Takes a question for the past; the file is told of later.
    fn request_history(&self, arguments: Element<'_>) -> Reply {
        let (Some(id), Some(window)) = (arguments.value("syncReqId"), self.window_of(arguments)) else {
            return Reply::coded(ResultCode::MissingField, "syncReqId, startTime or endTime is missing");
        };
        self.state.lock().tasks.asked.push(format!("requestPmHistory {id}"));
        let set = |name| arguments.values(name).into_iter().map(str::to_owned).collect();
        let granularity = Granularity::M15;
        let task =
            RunningTask { objects: set("objects"), params: set("params"), granularity, status: TaskStatus::Active };
        let path = match self.write_task(id, &task, window, FileFault::None) {
            Ok(path) => path,
            Err(error) => return Reply::coded(ResultCode::Internal, error.to_string()),
        };
        let (manager, id) = (self.own.clone(), id.to_owned());
        self.tasks.spawn(async move {
            let Some(manager) = manager.upgrade() else { return };
            let number = manager.link.notification_id();
            if let Err(error) = manager.tell_file(number, (&id, &path), window).await {
                tracing::warn!(%error, "the daemon was not told of a file of the past");
            }
        });
        Reply::ok()
    }

    fn window_of(&self, arguments: Element<'_>) -> Option<Window> {
        let time = |name| self.link.zone().read_local(arguments.value(name)?).ok();
        Some(Window::new(time("startTime")?, time("endTime")?))
    }

    /// Measures what its tasks say, every quarter of an hour of the clock. An ATM manager is asked for its files.
    pub(super) async fn run_tasks(&self) {
        loop {
            let now = self.clock.now();
            let end = Time::from_ms((now.ms().div_euclid(PERIOD_MS) + 1) * PERIOD_MS);
            self.clock.sleep(end.since(now) + 5_000).await;
            if self.kind == SourceKind::Atm {
                continue;
            }
            let tasks = self.state.lock().tasks.running.clone();
            for (id, task) in tasks.iter().filter(|(_, task)| task.status == TaskStatus::Active) {
                let period = Window::new(end.plus_ms(-PERIOD_MS), end);
                let told = match self.write_task(id, task, period, FileFault::None) {
                    Ok(path) => self.tell_file(self.link.notification_id(), (id, &path), period).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = told {
                    tracing::warn!(%error, "the daemon was not told of the file of a task");
                }
            }
        }
    }

    /// Writes the file of a task: a row for each object and quarter of an hour.
    fn write_task(&self, id: &str, task: &RunningTask, window: Window, fault: FileFault) -> Result<String, SimError> {
        let zone = self.link.zone();
        let params: Vec<&str> = task.params.iter().map(String::as_str).collect();
        let (mut rows, mut start) = (Vec::new(), window.start);
        while start < window.end {
            let local = zone.write_local(start);
            rows.extend(task.objects.iter().map(|object| row(object, &params, (start, &local))));
            start = start.plus_ms(PERIOD_MS);
        }
        let at = zone.civil(window.start).strftime("%Y%m%d%H%M");
        let number = self.link.message_id();
        let number = number.rsplit('-').next().unwrap_or_default();
        let name = format!("PM-{id}-15M-{at}-{number}.csv.gz");
        self.write_performance(&name, &Table { columns: columns(&params), rows }, fault)
    }
}

fn read_task(arguments: Element<'_>) -> Option<RunningTask> {
    let set = |name| arguments.values(name).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let (objects, params) = (set("objects"), set("params"));
    let granularity = Granularity::from_word(arguments.value("granularity")?)?;
    let is_whole = !objects.is_empty() && !params.is_empty();
    is_whole.then_some(RunningTask { objects, params, granularity, status: TaskStatus::Active })
}

fn unknown(id: &str) -> Reply {
    Reply::coded(ResultCode::UnknownTask, format!("there is no task {id}"))
}

fn row(object: &str, params: &[&str], (start, local): (Time, &str)) -> Vec<String> {
    let head = [object, object, "CIRCUIT", "", "BIDIR", "15M", local, "900", "VALID"];
    let values = params.iter().map(|param| value(param, start).to_string());
    head.into_iter().map(str::to_owned).chain(values).collect()
}

/// What is measured: for a test to know it beforehand.
pub fn value(param: &str, start: Time) -> i64 {
    start.ms().div_euclid(PERIOD_MS) % 100 + i64::try_from(param.len()).unwrap_or(0)
}
