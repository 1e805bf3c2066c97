//! Calls to the daemon's SOAP services as text, so that a test can also send what no client would.

use model::time::{Time, Zone};
use sims::carrier::PeerInfo;
use soap::Contract;
use soap::write::envelope;

use crate::daemon::{Daemon, OWN};

const ARGUMENTS: &str = "<arguments>@</arguments>";

/// The header of a call.
#[derive(Clone, Debug)]
pub struct Letter {
    /// `serCaller`.
    pub caller: String,
    /// `callerPwd`.
    pub password: String,
    /// `callTime`.
    pub call_time: String,
    /// `msgId`.
    pub msg_id: String,
}

impl Letter {
    /// A correct header.
    pub fn of(peer: &PeerInfo, msg_id: &str, at: Time) -> Self {
        Letter {
            caller: peer.caller.clone(),
            password: peer.password.clone(),
            call_time: Zone::china().write_local(at),
            msg_id: msg_id.to_owned(),
        }
    }

    /// The whole message, with `arguments` as they stand after the header.
    pub fn text(&self, contract: &Contract, operation: &str, arguments: &str) -> String {
        let text = envelope(|w| {
            w.nest_in(operation, contract.namespace, |w| {
                w.nest("header", |w| {
                    w.text("serSupplier", OWN).text("serCaller", &self.caller).text("callerPwd", &self.password);
                    w.text("callTime", &self.call_time).text("msgId", &self.msg_id);
                });
                w.text("arguments", "@");
            });
        });
        assert!(text.contains(ARGUMENTS));
        text.replace(ARGUMENTS, arguments)
    }
}

/// An answer: HTTP status and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub text: String,
}

impl Answer {
    /// The result code that it carries first.
    pub fn code(&self) -> &str {
        let after = self.text.split_once("resultCode>").map_or("", |(_, after)| after);
        after.split('<').next().unwrap_or_default()
    }
}

/// Posts a message.
pub async fn post(daemon: &Daemon, contract: &Contract, body: impl Into<reqwest::Body>) -> Answer {
    soap::client::install_crypto();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.post(format!("{}/soap/{}", daemon.url, contract.name));
    let answer = request.header("content-type", "text/xml; charset=utf-8").body(body).send().await.unwrap();
    Answer { status: answer.status().as_u16(), text: answer.text().await.unwrap() }
}

/// The machine's time.
pub fn now() -> Time {
    Time::from_ms(i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap())
}
