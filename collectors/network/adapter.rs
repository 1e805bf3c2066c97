//! `TransportNms`, `IpNms`, `AtmNms`: what we ask of a network manager. One call each; when and how often is
//! decided by whoever asks.

use model::code::ResultCode;
use model::probe::{DelayResult, DelayTest, QosClass, QosQuestion};
use model::time::Window;
use soap::{Client, ClientError, Remote, XmlWriter};

use crate::ask::{Asked, CallId};
use crate::fields::Wrong;
use crate::habits::Habits;
use crate::network::inline::ListAnswer;
use crate::network::probes::{read_classes, read_result, write_qos, write_test};
use crate::network::tasks::{
    RunningTask, Task, TaskFiles, read_files, read_tasks, write_files_of, write_history, write_task, write_task_id,
};
use crate::network::wire::{Filter, SyncRequest, read_filter, write_filter, write_filter_id, write_sync_request};

/// A network manager.
#[derive(Clone, Debug)]
pub struct NetworkManager {
    peer: Asked,
    alive_ok: Vec<String>,
}

// === impl NetworkManager ===

impl NetworkManager {
    /// The manager behind an address; `alive_ok` are its good answers to `isAlive`.
    pub fn new(client: Client, remote: Remote, alive_ok: Vec<String>) -> Self {
        NetworkManager { peer: Asked::new(client, remote), alive_ok }
    }

    /// Asks whether it is alive.
    ///
    /// # Errors
    /// [`ClientError`] if it does not say so.
    pub async fn is_alive(&self, id: CallId<'_>) -> Result<(), ClientError> {
        self.peer.is_alive(id, &self.alive_ok).await
    }

    /// Asks for its list of active alarms: the list, or `None` if it comes later as `alarmSyncNotify`.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn request_alarm_sync(
        &self,
        id: CallId<'_>,
        request: &SyncRequest,
    ) -> Result<Option<ListAnswer>, ClientError> {
        let write = |w: &mut XmlWriter| write_sync_request(w, request, &self.peer.remote.zone);
        self.peer.ask("requestAlarmSync", id, &write).await.map(ListAnswer::of)
    }

    /// Sets a filter on what it reports.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn set_filter(&self, id: CallId<'_>, filter: &Filter) -> Result<(), ClientError> {
        self.peer.ask("setFilter", id, &|w| write_filter(w, filter)).await.map(drop)
    }

    /// The filter that is set.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn filter(&self, id: CallId<'_>) -> Result<Option<Filter>, ClientError> {
        self.peer.ask("getFilter", id, &|_| ()).await.map(|answer| read_filter(answer.result()))
    }

    /// Takes a filter away.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn cancel_filter(&self, id: CallId<'_>, filter_id: &str) -> Result<(), ClientError> {
        self.peer.ask("cancelFilter", id, &|w| write_filter_id(w, filter_id)).await.map(drop)
    }
}

impl NetworkManager {
    /// The tasks that it says it runs for us.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn tasks(&self, id: CallId<'_>) -> Result<Vec<RunningTask>, ClientError> {
        let answer = self.peer.ask("queryPmTask", id, &|_| ()).await?;
        read_tasks(answer.result()).map_err(unreadable)
    }

    /// Has it measure what it does not yet.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn create_task(&self, id: CallId<'_>, task: &Task) -> Result<(), ClientError> {
        self.ask_task("createPmTask", id, task).await
    }

    /// Has it measure something else, or again.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn modify_task(&self, id: CallId<'_>, task: &Task) -> Result<(), ClientError> {
        self.ask_task("modifyPmTask", id, task).await
    }

    async fn ask_task(&self, operation: &str, id: CallId<'_>, task: &Task) -> Result<(), ClientError> {
        let write = |w: &mut XmlWriter| write_task(w, task, id.now, &self.peer.remote.zone);
        self.peer.ask(operation, id, &write).await.map(drop)
    }

    /// Has it not measure for a while.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn suspend_task(&self, id: CallId<'_>, task_id: &str) -> Result<(), ClientError> {
        self.peer.ask("suspendPmTask", id, &|w| write_task_id(w, task_id)).await.map(drop)
    }

    /// Ends a task.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn delete_task(&self, id: CallId<'_>, task_id: &str) -> Result<(), ClientError> {
        self.peer.ask("deletePmTask", id, &|w| write_task_id(w, task_id)).await.map(drop)
    }

    /// Asks for what it measured in the past; the call's id is also the number of the request.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn request_history(&self, id: CallId<'_>, task: &Task, window: Window) -> Result<(), ClientError> {
        let write = |w: &mut XmlWriter| write_history(w, id.msg_id, task, window, &self.peer.remote.zone);
        self.peer.ask("requestPmHistory", id, &write).await.map(drop)
    }

    /// Asks where the files of a stretch of time are.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn files_of(
        &self,
        id: CallId<'_>,
        (task_id, window): (&str, Window),
        habits: &Habits,
    ) -> Result<TaskFiles, ClientError> {
        let write = |w: &mut XmlWriter| write_files_of(w, task_id, window, &self.peer.remote.zone);
        match self.peer.ask("getPmFile", id, &write).await {
            Ok(answer) => read_files(answer.result(), habits).map_err(unreadable),
            Err(ClientError::Refused { code, .. }) if code == ResultCode::NotFound.to_string() => {
                Ok(TaskFiles::default())
            }
            Err(error) => Err(error),
        }
    }
}

impl NetworkManager {
    /// Asks for a delay test; `None` if its result comes later as `testResultNotify`. The call's id is also the test's.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn test_delay(&self, id: CallId<'_>, test: &DelayTest) -> Result<Option<DelayResult>, ClientError> {
        let answer = self.peer.ask("testNodeDelay", id, &|w| write_test(w, id.msg_id, test)).await?;
        let result = answer.result();
        result.value("status").map(|_| read_result(result)).transpose().map_err(unreadable)
    }

    /// What each class of a circuit carried.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn qos(&self, id: CallId<'_>, question: &QosQuestion) -> Result<Vec<QosClass>, ClientError> {
        let QosQuestion { circuit_code, direction, window, .. } = question;
        let write = |w: &mut XmlWriter| write_qos(w, circuit_code, *direction, *window, &self.peer.remote.zone);
        let answer = self.peer.ask("getVpnQosBandwidth", id, &write).await?;
        read_classes(answer.result()).map_err(unreadable)
    }
}

/// An answer that says something else than it may.
fn unreadable(wrong: Wrong) -> ClientError {
    ClientError::Refused { code: wrong.code.to_string(), message: format!("its answer: {}", wrong.reason) }
}

#[cfg(test)]
mod tests;
