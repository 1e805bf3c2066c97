//! `TransportNms`, `IpNms`, `AtmNms`: what we ask of a network manager. One call each; when and how often is
//! decided by whoever asks.

use soap::{Client, ClientError, Remote, XmlWriter};

use crate::ask::{Asked, CallId};
use crate::network::inline::ListAnswer;
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

#[cfg(test)]
mod tests;
