//! The call that asks a manager for its list.

use collectors::CallId;
use collectors::network::inline::ListAnswer;
use collectors::network::wire::SyncRequest;
use model::source::SyncRun;
use soap::ClientError;

use crate::pipeline::order::Order;
use crate::tasks::TaskDeps;
use crate::tasks::peers::{Link, TaskPeer};

/// What became of the call.
#[derive(Debug)]
pub(crate) enum CallEnd {
    /// The manager said yes: the announcement or the deadline decides.
    Taken,
    /// The list is in its answer.
    Listed(ListAnswer),
    /// It may have been asked; the same decides.
    Unanswered,
    /// It cannot have been asked.
    Unreached(String),
    /// It does not want to.
    Refused(String),
}

/// Notes the request, then asks.
pub(super) async fn call(deps: &TaskDeps, peer: &TaskPeer, run: &SyncRun) -> CallEnd {
    deps.orders.give(Order::Sync(peer.source.clone(), run.clone())).await;
    if let Link::Omc(door) = &peer.link {
        return door.ask_list(&run.sync_req_id, deps.clock.real(peer.settings.alive_s.saturating_mul(1000))).await;
    }
    let Some(manager) = peer.manager() else { return CallEnd::Refused("the manager has no url".to_owned()) };
    let request = SyncRequest { sync_req_id: run.sync_req_id.clone(), filter_id: String::new(), start_time: None };
    let id = CallId { msg_id: &run.sync_req_id, now: deps.clock.now() };
    match manager.request_alarm_sync(id, &request).await {
        Ok(Some(list)) => CallEnd::Listed(list),
        Ok(None) if peer.announces_lists() => CallEnd::Taken,
        Ok(None) => {
            CallEnd::Refused("its answer holds no list: syncStart, alarmCount and alarm are missing".to_owned())
        }
        Err(ClientError::Unknown(_)) => CallEnd::Unanswered,
        Err(error @ ClientError::NotSent(_)) => CallEnd::Unreached(error.to_string()),
        Err(error @ ClientError::Refused { .. }) => CallEnd::Refused(error.to_string()),
    }
}
