//! How others ask an OMC for its list: the session takes it when there is one.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot};

use crate::tasks::resync::CallEnd;

/// Requests that may wait for a session; the resync task makes one at a time.
const WAITING: usize = 4;

/// An OMC's settings, and the way to its session. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Door {
    /// Where it is.
    pub(super) settings: omc::Settings,
    asks: mpsc::Sender<Ask>,
    pub(super) queue: Arc<Mutex<mpsc::Receiver<Ask>>>,
}

/// A request for the list.
#[derive(Debug)]
pub(super) struct Ask {
    /// Number of the resync.
    pub(super) sync_req_id: String,
    /// Where the OMC's answer goes.
    pub(super) answer: oneshot::Sender<Result<(), String>>,
}

// === impl Door ===

impl Door {
    /// A door without a session.
    pub fn new(settings: omc::Settings) -> Self {
        let (asks, queue) = mpsc::channel(WAITING);
        Door { settings, asks, queue: Arc::new(Mutex::new(queue)) }
    }

    /// Asks for the list and waits for the answer, at most `limit`.
    pub(crate) async fn ask_list(&self, sync_req_id: &str, limit: Duration) -> CallEnd {
        let (answer, answered) = oneshot::channel();
        if self.asks.try_send(Ask { sync_req_id: sync_req_id.to_owned(), answer }).is_err() {
            return CallEnd::Unreached("other requests wait for the OMC".to_owned());
        }
        match tokio::time::timeout(limit, answered).await {
            Ok(Ok(Ok(()))) => CallEnd::Taken,
            Ok(Ok(Err(said))) => CallEnd::Refused(format!("the OMC makes no list: {said}")),
            Ok(Err(_)) => CallEnd::Unreached("the session ended before the OMC answered".to_owned()),
            Err(_) => CallEnd::Unreached("there is no session with the OMC".to_owned()),
        }
    }
}
