//! What an IP manager finds out on demand: delay tests, at once or later, and what the classes of a circuit carried.

use model::code::ResultCode;
use soap::endpoint::Call;
use soap::{Reply, XmlWriter};

use super::{Manager, ManagerSim};
use crate::error::SimError;

const TRIES: u32 = 20;

/// What a manager does when asked for a delay test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DelayHabit {
    /// The result is in the answer.
    #[default]
    Inline,
    /// It is told later; the test says when.
    Later,
    /// It says no.
    Refused,
}

// === impl ManagerSim ===

impl ManagerSim {
    /// Tests that it was asked for.
    pub fn delay_tests(&self) -> Vec<String> {
        self.manager.state.lock().delay_tests.clone()
    }

    /// Tells the result of a test: a mean round trip in milliseconds; the daemon's result code.
    ///
    /// # Errors
    /// [`SimError`] if the daemon does not answer.
    pub async fn tell_result(&self, test_id: &str, rtt_ms: &str) -> Result<String, SimError> {
        let link = &self.manager.link;
        let number = link.notification_id();
        let write = |w: &mut XmlWriter| {
            w.value("notificationId", number).text("testId", test_id);
            write_result(w, rtt_ms);
        };
        match link.insist("testResultNotify", TRIES, &write).await {
            Ok(answer) => Ok(answer.code().to_owned()),
            Err(soap::ClientError::Refused { code, .. }) => Ok(code),
            Err(source) => Err(SimError::Call { operation: "testResultNotify".to_owned(), source }),
        }
    }
}

// === impl Manager ===

impl Manager {
    /// Takes a delay test.
    pub(super) fn test_delay(&self, call: &Call) -> Reply {
        let arguments = call.arguments();
        let Some(id) = arguments.value("testId") else {
            return Reply::coded(ResultCode::MissingField, "testId is missing");
        };
        let mut state = self.state.lock();
        state.delay_tests.push(id.to_owned());
        match state.habits.delay {
            DelayHabit::Inline => Reply::with(|w| write_result(w, "12.5")),
            DelayHabit::Later => Reply::ok(),
            DelayHabit::Refused => Reply::coded(ResultCode::ObjectUnsupported, "srcNode cannot send such packets"),
        }
    }

    /// What the classes of a circuit carried.
    pub(super) fn qos(&self, call: &Call) -> Reply {
        let Some(code) = call.arguments().value("circuitCode") else {
            return Reply::coded(ResultCode::MissingField, "circuitCode is missing");
        };
        if code.ends_with("0000NP") {
            return Reply::coded(ResultCode::NotFound, format!("{code} is not of a VPN"));
        }
        let direction = call.arguments().value("direction").unwrap_or_default();
        Reply::with(|w| {
            for (name, kbps, octets, share) in [("EF", "2000", "1800000", "80.5"), ("BE", "1000", "9000000", "120")] {
                w.nest("class", |w| {
                    w.text("className", format!("{name}-{direction}")).text("committedKbps", kbps);
                    w.text("octets", octets).text("sharePct", share);
                });
            }
        })
    }
}

fn write_result(w: &mut XmlWriter, rtt_ms: &str) {
    w.text("status", "partial").text("sent", "10").text("received", "9").text("lossRatio", "0.1");
    w.text("rttMin", "1").text("rttAvg", rtt_ms).text("rttMax", "30").text("jitterAvg", "0.5");
}
