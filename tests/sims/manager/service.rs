//! What the daemon may ask of a manager.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use model::code::ResultCode;
use model::source::SourceKind;
use soap::endpoint::Call;
use soap::{Contract, Reply, Service};

use super::{Manager, SyncHabit};
use crate::server::{Fate, befall};

/// Its service.
pub(super) struct ManagerService(pub(super) Arc<Manager>, pub(super) &'static Contract);

// === impl ManagerService ===

impl Service for ManagerService {
    fn contract(&self) -> &'static Contract {
        self.1
    }

    fn call<'a>(&'a self, call: Call) -> BoxFuture<'a, Reply> {
        Box::pin(async move { self.answer(&call) })
    }
}

impl ManagerService {
    fn answer(&self, call: &Call) -> Reply {
        if self.0.state.lock().habits.silent {
            befall(Fate::HungUp);
            return Reply::ok();
        }
        match call.operation {
            "isAlive" => Reply::ok(),
            "requestAlarmSync" => self.request_sync(call),
            "setFilter" => self.set_filter(call),
            "getFilter" => self.get_filter(call),
            "cancelFilter" => self.cancel_filter(call),
            "testNodeDelay" => self.0.test_delay(call),
            "getVpnQosBandwidth" => self.0.qos(call),
            other => {
                let unknown = || Reply::coded(ResultCode::UnknownOperation, format!("{other} is not simulated"));
                self.0.answer_task(call).unwrap_or_else(unknown)
            }
        }
    }

    fn request_sync(&self, call: &Call) -> Reply {
        let Some(id) = call.arguments().value("syncReqId") else { return missing("syncReqId") };
        let habit = {
            let mut state = self.0.state.lock();
            state.counts.syncs += 1;
            state.habits.sync
        };
        if habit == SyncHabit::Refused {
            return Reply::coded(ResultCode::Busy, "another list is being written; ask again later");
        }
        if habit == SyncHabit::Inline || self.0.kind == SourceKind::Atm {
            return self.0.answer_list(habit);
        }
        let (manager, id) = (Arc::clone(&self.0), id.to_owned());
        self.0.tasks.spawn(async move { manager.sync(&id, habit).await });
        Reply::ok()
    }

    fn set_filter(&self, call: &Call) -> Reply {
        let Some(id) = call.arguments().value("filterId") else { return missing("filterId") };
        let text = call.arguments().value("filterExpr").unwrap_or_default();
        self.0.state.lock().filters.insert(id.to_owned(), text.to_owned());
        Reply::ok()
    }

    fn get_filter(&self, call: &Call) -> Reply {
        let Some(id) = call.arguments().value("filterId") else { return missing("filterId") };
        match self.0.state.lock().filters.get(id) {
            Some(text) => Reply::with(|w| {
                w.text("filterId", id).text("filterExpr", text);
            }),
            None => Reply::coded(ResultCode::NotFound, format!("there is no filter {id}")),
        }
    }

    fn cancel_filter(&self, call: &Call) -> Reply {
        let Some(id) = call.arguments().value("filterId") else { return missing("filterId") };
        match self.0.state.lock().filters.remove(id) {
            Some(_) => Reply::ok(),
            None => Reply::coded(ResultCode::NotFound, format!("there is no filter {id}")),
        }
    }
}

fn missing(field: &str) -> Reply {
    Reply::coded(ResultCode::MissingField, format!("{field} is missing"))
}
