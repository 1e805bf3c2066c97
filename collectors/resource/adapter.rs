//! `ResourceManager`: what we ask of a resource management system.

use soap::{Client, ClientError, Remote};

use crate::ask::{Asked, CallId};
use crate::resource::wire::{SyncRequest, write_sync_request};

/// A resource management system.
#[derive(Clone, Debug)]
pub struct ResourceManager {
    peer: Asked,
}

// === impl ResourceManager ===

impl ResourceManager {
    /// The system behind an address.
    pub fn new(client: Client, remote: Remote) -> Self {
        ResourceManager { peer: Asked::new(client, remote) }
    }

    /// Asks for the rows of a class; the answer comes later as `resourceFileReadyNotify`.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn request_sync(&self, id: CallId<'_>, request: &SyncRequest) -> Result<(), ClientError> {
        let zone = &self.peer.remote.zone;
        self.peer.ask("requestResourceSync", id, &|w| write_sync_request(w, request, zone)).await.map(drop)
    }
}

#[cfg(test)]
mod tests;
