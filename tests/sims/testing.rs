//! What the simulators' own tests share: a listener in the daemon's place that takes every call and
//! remembers it, and a caller in the daemon's name.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use model::time::{Time, Zone};
use parking_lot::Mutex;
use soap::client::{Answer, Request};
use soap::contract::{CNM_FOR_ATM, CNM_FOR_EOMS, CNM_FOR_IP, CNM_FOR_RESOURCE, CNM_FOR_TRANSPORT};
use soap::endpoint::Call;
use soap::{Client, ClientError, Contract, Remote, Reply, Secret, Service, XmlWriter};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::link::DaemonAddress;
use crate::server::{Caller, SoapServer};
use crate::site::FtpSite;
use crate::tasks::Tasks;

pub(crate) const PASSWORD: &str = "secret-of-a-sim";

/// A call that arrived: operation and message.
pub(crate) type Heard = (String, Bytes);

/// Takes every call of the daemon's contracts.
#[derive(Default)]
pub(crate) struct Ear {
    heard: Mutex<Vec<Heard>>,
}

/// The ear at one service.
struct Listener(&'static Contract, Arc<Ear>);

impl Ear {
    pub(crate) fn heard(&self, operation: &str) -> Vec<String> {
        let heard = self.heard.lock();
        let texts = heard.iter().filter(|(name, _)| name == operation);
        texts.map(|(_, raw)| String::from_utf8_lossy(raw).into_owned()).collect()
    }
}

impl Service for Listener {
    fn contract(&self) -> &'static Contract {
        self.0
    }

    fn call<'a>(&'a self, call: Call) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            self.1.heard.lock().push((call.operation.to_owned(), call.raw.clone()));
            Reply::ok()
        })
    }
}

/// A place for one test: clock, tasks, FTP site, and somebody who listens.
pub(crate) struct Place {
    pub(crate) clock: Clock,
    pub(crate) tasks: Tasks,
    pub(crate) site: FtpSite,
    pub(crate) ear: Arc<Ear>,
    pub(crate) daemon: DaemonAddress,
    _directory: tempfile::TempDir,
}

impl Place {
    pub(crate) async fn new() -> Self {
        Self::at_speed(100.0).await
    }

    pub(crate) async fn at_speed(speed: f64) -> Self {
        let start = Time::parse("2026-11-22T01:00:00Z").unwrap();
        let clock = Clock::starting_at(start, speed);
        let tasks = Tasks::new(CancellationToken::new());
        let directory = tempfile::tempdir().unwrap();
        let accounts = BTreeMap::from([("cnm".to_owned(), PASSWORD.to_owned())]);
        let site = FtpSite::start(directory.path(), anywhere(), accounts, &tasks).await.unwrap();
        let ear = Arc::new(Ear::default());
        let server = listen(&ear, (&clock, &tasks)).await;
        let soap_url = format!("http://{}/soap", server.address);
        let daemon = DaemonAddress { soap_url, sys_code: "GD_CNM".to_owned() };
        Place { clock, tasks, site, ear, daemon, _directory: directory }
    }

    /// Calls a simulator as the daemon would.
    pub(crate) async fn call(
        &self,
        (url, contract): (&str, &Contract),
        operation: &str,
        arguments: &(dyn Fn(&mut XmlWriter) + Send + Sync),
    ) -> Result<Answer, ClientError> {
        let remote = Remote {
            url: url.to_owned(),
            namespace: contract.namespace.to_owned(),
            soap_action: String::new(),
            result_element: None,
            style: contract.style,
            supplier: "SIM".to_owned(),
            caller: "GD_CNM".to_owned(),
            password: Secret::new(PASSWORD),
            zone: Zone::china(),
            timeout: Duration::from_secs(2),
        };
        let request = Request { operation, msg_id: "m1", now: self.clock.now(), arguments };
        Client::new(Duration::from_secs(1)).unwrap().call(&remote, &request).await
    }

    /// Fetches a file from the site as the daemon would, checked against its control file, and
    /// counts its rows.
    pub(crate) async fn fetch(&self, path: &str) -> Result<u64, ftp::FtpError> {
        let site = ftp::Site::new(&self.site.url(), "cnm", PASSWORD)?;
        let spool = tempfile::tempdir().unwrap();
        let spool = ftp::Spool::open(spool.path())?;
        let mut session = ftp::Session::open(&site, ftp::Limits::default()).await?;
        let path = site.path(path)?;
        let checked = session.fetch_checked(&path, &spool).await?;
        let mut table = checked.table(ftp::Encoding::Utf8)?;
        let mut rows = 0;
        while table.next_line()?.is_some() {
            rows += 1;
        }
        checked.control.verify_records(&path, rows)?;
        Ok(rows)
    }
}

/// The daemon's services, open to every system of the carrier.
async fn listen(ear: &Arc<Ear>, around: (&Clock, &Tasks)) -> SoapServer {
    let contracts = [&CNM_FOR_TRANSPORT, &CNM_FOR_IP, &CNM_FOR_ATM, &CNM_FOR_RESOURCE, &CNM_FOR_EOMS];
    let services = contracts.map(|contract| Arc::new(Listener(contract, Arc::clone(ear))) as Arc<dyn Service>);
    let callers = ["GD_TNMS", "SH_TNMS", "GD_IPNMS", "GD_ATMNMS", "GD_RMS", "GD_EOMS"].map(named);
    SoapServer::start_all(&services, &callers, anywhere(), around).await.unwrap()
}

pub(crate) fn caller() -> Caller {
    named("GD_CNM")
}

fn named(name: &str) -> Caller {
    Caller { name: name.to_owned(), password: PASSWORD.to_owned() }
}

pub(crate) fn anywhere() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// Waits until `condition` holds; real time, because real sockets are waited for.
pub(crate) async fn wait_for(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..500 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("waited 10 s for {what}");
}

/// What stands between the first `<name>` and `</name>` of a message.
pub(crate) fn inner<'a>(message: &'a str, name: &str) -> &'a str {
    let after = message.split_once(&format!("<{name}>")).map_or("", |(_, after)| after);
    after.split_once(&format!("</{name}>")).map_or("", |(inner, _)| inner)
}
