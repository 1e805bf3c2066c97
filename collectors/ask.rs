//! One call to a peer. No loops and no waits here: when, how often and what after a failure is
//! decided by whoever asks.

use model::time::Time;
use soap::client::{Answer, Request};
use soap::{Client, ClientError, Remote, XmlWriter};

/// Identifies one call: the same `msg_id` for a repetition. Positional peers take no `msg_id`.
#[derive(Clone, Copy, Debug)]
pub struct CallId<'a> {
    /// `msgId`.
    pub msg_id: &'a str,
    /// Our clock.
    pub now: Time,
}

/// A peer that can be asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    client: Client,
    pub(crate) remote: Remote,
}

// === impl Asked ===

impl Asked {
    pub(crate) fn new(client: Client, remote: Remote) -> Self {
        Asked { client, remote }
    }

    pub(crate) async fn ask(
        &self,
        operation: &str,
        id: CallId<'_>,
        arguments: &(dyn Fn(&mut XmlWriter) + Send + Sync),
    ) -> Result<Answer, ClientError> {
        let request = Request { operation, msg_id: id.msg_id, now: id.now, arguments };
        self.client.call(&self.remote, &request).await
    }
}
