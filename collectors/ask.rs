//! One call to a peer. No loops and no waits here: when, how often and what after a failure is
//! decided by whoever asks.

use model::time::Time;
use soap::client::{Answer, Request};
use soap::{Client, ClientError, Remote, Style, XmlWriter};

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

    /// Asks whether it is alive; `healthy` are the answers by which this peer says so.
    pub(crate) async fn is_alive(&self, id: CallId<'_>, healthy: &[String]) -> Result<(), ClientError> {
        let request = Request { operation: "isAlive", msg_id: id.msg_id, now: id.now, arguments: &|_| () };
        let answer = self.client.ask(&self.remote, &request).await?;
        let said = match self.remote.style {
            Style::Typed => answer.code(),
            Style::Positional => answer.text(),
        };
        if healthy.iter().any(|good| good == said) {
            return Ok(());
        }
        let words = [said, answer.result().value("resultDesc").unwrap_or_default()].join(" ");
        Err(ClientError::Refused { code: "isAlive".to_owned(), message: words.trim().chars().take(300).collect() })
    }
}
