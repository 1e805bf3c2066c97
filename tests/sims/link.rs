//! A simulated system's calls to the daemon, signed and numbered as the interface asks.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use model::time::Zone;
use soap::client::{Answer, Request};
use soap::{Client, ClientError, Contract, Remote, Secret, XmlWriter};

use crate::clock::Clock;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// The way to the daemon.
#[derive(Clone, Debug)]
pub struct DaemonAddress {
    /// Address of its SOAP services without the service's name: `http://127.0.0.1:8080/soap`.
    pub soap_url: String,
    /// Its system code.
    pub sys_code: String,
}

/// One system's calls to one service of the daemon.
#[derive(Debug)]
pub struct Link {
    client: Client,
    remote: Remote,
    clock: Clock,
    messages: AtomicU64,
    notifications: AtomicU64,
}

// === impl Link ===

impl Link {
    /// Calls `contract` of the daemon as `sys_code`.
    ///
    /// # Errors
    /// [`ClientError`] if no client can be made on this machine.
    pub fn new(
        daemon: &DaemonAddress,
        contract: &Contract,
        (sys_code, password): (&str, &str),
        clock: &Clock,
    ) -> Result<Self, ClientError> {
        let remote = Remote {
            url: format!("{}/{}", daemon.soap_url, contract.name),
            namespace: contract.namespace.to_owned(),
            soap_action: String::new(),
            result_element: None,
            style: contract.style,
            supplier: daemon.sys_code.clone(),
            caller: sys_code.to_owned(),
            password: Secret::new(password),
            zone: Zone::china(),
            timeout: CALL_TIMEOUT,
        };
        // Numbers go on from the time of the start, so that a restart does not repeat them.
        let first = u64::try_from(clock.now().ms()).unwrap_or(0);
        Ok(Link {
            client: Client::new(CONNECT_TIMEOUT)?,
            remote,
            clock: clock.clone(),
            messages: AtomicU64::new(first),
            notifications: AtomicU64::new(first),
        })
    }

    /// The next `msgId`.
    pub fn message_id(&self) -> String {
        format!("{}-{}", self.remote.caller, self.messages.fetch_add(1, Ordering::Relaxed))
    }

    /// The next `notificationId`.
    pub fn notification_id(&self) -> u64 {
        self.notifications.fetch_add(1, Ordering::Relaxed)
    }

    /// Uses up notification numbers that the daemon never sees: a gap.
    pub fn skip_notifications(&self, count: u64) {
        self.notifications.fetch_add(count, Ordering::Relaxed);
    }

    /// System code of the caller.
    pub fn sys_code(&self) -> &str {
        &self.remote.caller
    }

    /// Zone of what it writes.
    pub fn zone(&self) -> &Zone {
        &self.remote.zone
    }

    /// Calls once.
    ///
    /// # Errors
    /// [`ClientError`] by what the failure means.
    pub async fn call(
        &self,
        operation: &str,
        message_id: &str,
        arguments: &(dyn Fn(&mut XmlWriter) + Send + Sync),
    ) -> Result<Answer, ClientError> {
        let request = Request { operation, msg_id: message_id, now: self.clock.now(), arguments };
        self.client.call(&self.remote, &request).await
    }

    /// Calls until it is answered or refused, at most `tries` times, waiting longer each time.
    ///
    /// # Errors
    /// The last [`ClientError`].
    pub async fn insist(
        &self,
        operation: &str,
        tries: u32,
        arguments: &(dyn Fn(&mut XmlWriter) + Send + Sync),
    ) -> Result<Answer, ClientError> {
        let message_id = self.message_id();
        let mut tried = 0;
        loop {
            tried += 1;
            match self.call(operation, &message_id, arguments).await {
                Err(error) if error.temporary() && tried < tries => {
                    tracing::debug!(%error, operation, tried, "the daemon did not answer; calling again");
                    tokio::time::sleep(Duration::from_millis(200 * u64::from(tried.min(10)))).await;
                }
                done => return done,
            }
        }
    }
}
