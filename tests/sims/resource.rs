//! The resource management system: holds the carrier's tables, writes them as files when asked, and
//! tells of single changes.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use model::code::ResultCode;
use model::resource::{Class, Row};
use model::time::Time;
use model::work::OpType;
use parking_lot::Mutex;
use soap::endpoint::Call;
use soap::{ClientError, Contract, Reply, Service, XmlWriter};

use crate::clock::Clock;
use crate::error::SimError;
use crate::files::{self, FileFault, Publisher, Table};
use crate::link::{DaemonAddress, Link};
use crate::server::{Caller, SoapServer};
use crate::tasks::Tasks;
use crate::world::World;

/// Rows of one file; a class with more has several.
const ROWS_PER_FILE: usize = 10_000;
/// Changes remembered for INC files.
const CHANGES_LIMIT: usize = 100_000;
const TRIES: u32 = 20;

/// Who a resource system is.
#[derive(Clone, Debug)]
pub struct ResourceSettings {
    /// System code.
    pub sys_code: String,
    /// Its password at the daemon.
    pub password: String,
    /// The daemon as its caller.
    pub caller: Caller,
    /// Where to listen; port 0 = any.
    pub address: SocketAddr,
}

/// A running resource management system. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ResourceSim {
    /// Its SOAP server (`ResourceManager`).
    pub server: SoapServer,
    system: Arc<System>,
}

/// What it does with the next request for files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoadHabit {
    /// Files as they should be.
    #[default]
    Honest,
    /// Something is wrong with every file.
    Fault(FileFault),
    /// It says yes and then gives up.
    Aborted,
    /// It tells twice that the files are ready.
    Twice,
}

#[derive(Debug)]
struct System {
    link: Link,
    publisher: Publisher,
    clock: Clock,
    tasks: Tasks,
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    rows: BTreeMap<Class, BTreeMap<String, Row>>,
    changes: Vec<(Time, OpType, Row)>,
    habit: LoadHabit,
    loads: u64,
}

/// One accepted request.
#[derive(Debug)]
struct Request {
    sync_req_id: String,
    class: Class,
    /// `Some`: only what changed since.
    since: Option<Time>,
}

/// The service `ResourceManager`.
struct ResourceManager(Arc<System>);

// === impl ResourceSim ===

impl ResourceSim {
    /// Starts the system with the tables of `world`.
    ///
    /// # Errors
    /// [`SimError`] if it cannot listen or call.
    pub async fn start(
        settings: ResourceSettings,
        daemon: &DaemonAddress,
        (site, world): (&Path, &World),
        (clock, tasks): (&Clock, &Tasks),
    ) -> Result<Self, SimError> {
        let signed = (settings.sys_code.as_str(), settings.password.as_str());
        let link = Link::new(daemon, &soap::contract::CNM_FOR_RESOURCE, signed, clock)
            .map_err(|source| SimError::Call { operation: "start".to_owned(), source })?;
        let keyed = |class: Class| world.rows(class).into_iter().map(|row| (row.key(), row)).collect();
        let rows = Class::ALL.iter().map(|class| (*class, keyed(*class))).collect();
        let system = Arc::new(System {
            link,
            publisher: Publisher::new(site),
            clock: clock.clone(),
            tasks: tasks.clone(),
            tables: Mutex::new(Tables { rows, ..Tables::default() }),
        });
        let service = Arc::new(ResourceManager(Arc::clone(&system)));
        let server = SoapServer::start(service, settings.caller, settings.address, (clock, tasks)).await?;
        Ok(ResourceSim { server, system })
    }

    /// Its rows of a class.
    pub fn rows(&self, class: Class) -> Vec<Row> {
        self.system.tables.lock().rows.get(&class).into_iter().flat_map(BTreeMap::values).cloned().collect()
    }

    /// Changes a row without telling: the next INC or FULL file has it.
    pub fn change(&self, op: OpType, row: Row) {
        let at = self.system.clock.now();
        self.system.tables.lock().change(at, op, row);
    }

    /// Changes a row and tells at once.
    ///
    /// # Errors
    /// [`ClientError`] if the daemon does not take the notice.
    pub async fn change_and_tell(&self, op: OpType, row: Row) -> Result<(), ClientError> {
        self.change(op, row.clone());
        let link = &self.system.link;
        let id = link.notification_id();
        let fields = Table::of_class(row.class, std::slice::from_ref(&row), link.zone());
        let write = |w: &mut XmlWriter| {
            w.value("notificationId", id).text("class", row.class.word());
            w.text("opType", op.word()).text("key", row.key());
            let cells = fields.rows.iter().flatten();
            for (name, value) in fields.columns.iter().zip(cells).filter(|(_, value)| !value.is_empty()) {
                w.nest("fields", |w| {
                    w.text("name", name).text("value", value);
                });
            }
        };
        link.insist("resourceChangeNotify", TRIES, &write).await.map(drop)
    }

    /// How it answers requests from now on.
    pub fn set_habit(&self, habit: LoadHabit) {
        self.system.tables.lock().habit = habit;
    }

    /// Requests it accepted.
    pub fn loads(&self) -> u64 {
        self.system.tables.lock().loads
    }
}

// === impl Tables ===

impl Tables {
    fn change(&mut self, at: Time, op: OpType, row: Row) {
        let table = self.rows.entry(row.class).or_default();
        match op {
            OpType::Del | OpType::Cancel => drop(table.remove(&row.key())),
            OpType::Add | OpType::Mod => drop(table.insert(row.key(), row.clone())),
        }
        if self.changes.len() < CHANGES_LIMIT {
            self.changes.push((at, op, row));
        }
    }
}

// === impl ResourceManager ===

impl Service for ResourceManager {
    fn contract(&self) -> &'static Contract {
        &soap::contract::RESOURCE_MANAGER
    }

    fn call<'a>(&'a self, call: Call) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            match call.operation {
                "requestResourceSync" => self.request_sync(&call),
                other => Reply::coded(ResultCode::UnknownOperation, format!("{other} is not simulated")),
            }
        })
    }
}

impl ResourceManager {
    fn request_sync(&self, call: &Call) -> Reply {
        let arguments = call.arguments();
        let Some(sync_req_id) = arguments.value("syncReqId") else {
            return Reply::coded(ResultCode::MissingField, "syncReqId is missing");
        };
        let Some(class) = arguments.value("class").and_then(Class::from_word) else {
            return Reply::coded(ResultCode::BadValue, "class is not a class of resources");
        };
        let since = match arguments.value("mode") {
            Some("FULL") => None,
            Some("INC") => {
                let text = arguments.value("sinceTime").unwrap_or_default();
                Some(call.zone.read_local(text).unwrap_or(Time::MIN))
            }
            _ => return Reply::coded(ResultCode::BadValue, "mode is neither FULL nor INC"),
        };
        self.0.tables.lock().loads += 1;
        let request = Request { sync_req_id: sync_req_id.to_owned(), class, since };
        let system = Arc::clone(&self.0);
        self.0.tasks.spawn(async move { system.load(request).await });
        Reply::ok()
    }
}

// === impl System ===

impl System {
    /// Writes the files of a request and tells that they are ready.
    async fn load(&self, request: Request) {
        let habit = self.tables.lock().habit;
        let id = self.link.notification_id();
        let files = match habit {
            LoadHabit::Aborted => Err("the export was stopped by an operator".to_owned()),
            _ => self.write_files(&request, habit).map_err(|error| error.to_string()),
        };
        let tells = if habit == LoadHabit::Twice { 2 } else { 1 };
        for _ in 0..tells {
            if let Err(error) = self.tell(&request, id, &files).await {
                tracing::warn!(%error, class = %request.class, "the daemon did not take a resource notice");
            }
        }
    }

    fn write_files(&self, request: &Request, habit: LoadHabit) -> Result<Vec<String>, SimError> {
        let zone = self.link.zone();
        let now = self.clock.now();
        let tables = self.parts(request);
        let directory = files::directory(self.link.sys_code(), "RES", now, zone);
        let stamp = zone.civil(now).strftime("%Y%m%d%H%M%S");
        let fault = if let LoadHabit::Fault(fault) = habit { fault } else { FileFault::None };
        let total = tables.len();
        let mut paths = Vec::with_capacity(total);
        for (number, table) in tables.iter().enumerate() {
            let (sys_code, class, mode) = (self.link.sys_code(), request.class, request.mode());
            let name = format!("RES-{sys_code}-{class}-{mode}-{stamp}-{:03}of{total:03}.csv.gz", number + 1);
            let path = format!("{directory}/{name}");
            self.publisher.publish(&path, table, fault)?;
            paths.push(path);
        }
        Ok(paths)
    }

    /// What a request is answered with, in files of bounded size; at least one, if without rows.
    fn parts(&self, request: &Request) -> Vec<Table> {
        let zone = self.link.zone();
        let tables = self.tables.lock();
        if let Some(since) = request.since {
            let changes = tables.changes.iter().filter(|(at, _, row)| *at >= since && row.class == request.class);
            let changes: Vec<(OpType, Row)> = changes.map(|(_, op, row)| (*op, row.clone())).collect();
            return vec![Table::of_changes(request.class, &changes, zone)];
        }
        let rows: Vec<Row> = tables.rows.get(&request.class).into_iter().flat_map(BTreeMap::values).cloned().collect();
        if rows.is_empty() {
            return vec![Table::of_class(request.class, &[], zone)];
        }
        rows.chunks(ROWS_PER_FILE).map(|rows| Table::of_class(request.class, rows, zone)).collect()
    }

    async fn tell(&self, request: &Request, id: u64, files: &Result<Vec<String>, String>) -> Result<(), ClientError> {
        let operation = if files.is_ok() { "resourceFileReadyNotify" } else { "resourceSyncAbort" };
        let write = |w: &mut XmlWriter| {
            w.value("notificationId", id).text("syncReqId", &request.sync_req_id);
            match files {
                Ok(files) => {
                    w.text("class", request.class.word()).text("mode", request.mode());
                    for file in files {
                        w.text("fileList", file);
                    }
                }
                Err(reason) => {
                    w.text("reason", reason);
                }
            }
        };
        self.link.insist(operation, TRIES, &write).await.map(drop)
    }
}

// === impl Request ===

impl Request {
    fn mode(&self) -> &'static str {
        if self.since.is_some() { "INC" } else { "FULL" }
    }
}

#[cfg(test)]
mod tests;
