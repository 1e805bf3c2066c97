//! The resource system's words: the arguments of what we ask.

use model::resource::Class;
use model::time::{Time, Zone};
use soap::XmlWriter;

use crate::resource::file::Mode;

/// What a sync asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncRequest {
    /// Our number of the request.
    pub sync_req_id: String,
    /// Class.
    pub class: Class,
    /// All rows, or changes.
    pub mode: Mode,
    /// Changes since then.
    pub since: Option<Time>,
}

/// Arguments of `requestResourceSync`.
pub fn write_sync_request(w: &mut XmlWriter, request: &SyncRequest, zone: &Zone) {
    let since = request.since.map(|at| zone.write_local(at));
    w.text("syncReqId", &request.sync_req_id).value("class", request.class).text("mode", request.mode.word());
    w.optional("sinceTime", since.as_deref());
}
