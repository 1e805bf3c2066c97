//! A small carrier for the wire tests: the three services of the daemon, which read their
//! arguments and answer, behind a real listener and the real gate.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use model::code::ResultCode;
use model::source::SourceId;
use model::time::Time;
use soap::contract::{CNM_FOR_ATM, CNM_FOR_EOMS, CNM_FOR_IP, CNM_FOR_RESOURCE, CNM_FOR_TRANSPORT};
use soap::{Call, Contract, Endpoint, Gate, MessageKey, Peer, Recall, ReplayMemory, Reply, Secret, Service, Style};

pub const PASSWORD: &str = "pass<word>&";

/// The carrier's clock stands still.
pub fn now() -> Time {
    Time::parse("2026-11-07T02:28:12Z").expect("a time")
}

/// Starts the carrier on a free port of loopback.
pub async fn start() -> SocketAddr {
    let contracts = [&CNM_FOR_TRANSPORT, &CNM_FOR_IP, &CNM_FOR_ATM, &CNM_FOR_RESOURCE, &CNM_FOR_EOMS];
    let mut peer = Peer::new("GD_TNMS", Secret::new(PASSWORD));
    peer.allow = vec!["127.0.0.0/8".parse().expect("a network")];
    peer.services = contracts.iter().map(|contract| contract.name.to_owned()).collect();
    let messages = Arc::new(Messages::default());
    let endpoint =
        contracts.into_iter().fold(Endpoint::new(Gate::new([peer]), messages.clone()), |endpoint, contract| {
            endpoint.service(Arc::new(Reader { contract, messages: messages.clone() }))
        });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = axum::Router::new().fallback(answer).with_state(Arc::new(endpoint));
    task(async move {
        let _ = axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await;
    });
    address
}

#[expect(clippy::disallowed_methods, reason = "the test's runtime is the task's owner and its end")]
pub fn task(future: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(future);
}

/// A python that can import zeep: the one of the environment, or one in `target/foreign`.
pub fn python_with_zeep() -> PathBuf {
    let own = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/foreign/bin/python3"));
    let found = [own, PathBuf::from("python3")].into_iter().find(|python| {
        Command::new(python).args(["-c", "import zeep"]).output().is_ok_and(|output| output.status.success())
    });
    found.expect("python3 with zeep: run `python3 -m venv target/foreign && target/foreign/bin/pip install zeep`")
}

async fn answer(
    State(endpoint): State<Arc<Endpoint>>,
    ConnectInfo(remote): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, soap::BODY_LIMIT + 1).await.expect("a body");
    let remote: IpAddr = remote.ip();
    endpoint.handle(http::Request::from_parts(parts, body), remote, now()).await.map(axum::body::Body::from)
}

/// First answers, remembered as the writer remembers them.
#[derive(Default)]
struct Messages(Mutex<HashMap<(SourceId, String), Known>>);

/// Digest of a message's arguments and its first answer.
type Known = ([u8; 32], Reply);

impl ReplayMemory for Messages {
    fn recall<'a>(&'a self, source: &'a SourceId, key: &'a MessageKey) -> BoxFuture<'a, Recall> {
        let known = self.0.lock().expect("no panic").get(&(source.clone(), key.msg_id.clone())).cloned();
        Box::pin(std::future::ready(match known {
            None => Recall::Unknown,
            Some((body, reply)) if body == key.body_sha256 => Recall::Answered(reply),
            Some(_) => Recall::OtherBody,
        }))
    }
}

/// Reads the arguments of every operation and answers its name.
struct Reader {
    contract: &'static Contract,
    messages: Arc<Messages>,
}

impl Service for Reader {
    fn contract(&self) -> &'static Contract {
        self.contract
    }

    fn call<'a>(&'a self, call: Call) -> BoxFuture<'a, Reply> {
        let reply = reply(self.contract, &call);
        if let Some(key) = &call.message {
            let known = (key.body_sha256, reply.clone());
            self.messages.0.lock().expect("no panic").insert((call.source.clone(), key.msg_id.clone()), known);
        }
        Box::pin(std::future::ready(reply))
    }
}

fn reply(contract: &Contract, call: &Call) -> Reply {
    let arguments = call.arguments();
    let missing = |name: &str| Reply::coded(ResultCode::MissingField, format!("{name} is missing"));
    match (call.operation, arguments.value("reason")) {
        (_, Some("busy")) => return Reply::Busy("too many requests are waiting".to_owned()),
        (_, Some("bad")) => return Reply::coded(ResultCode::BadValue, "reason: bad"),
        ("isAlive", _) => return Reply::ok(),
        ("reportAlarm", _) => {
            let alarms: Vec<_> = arguments.children_named("alarm").collect();
            let complete = alarms.iter().all(|alarm| {
                alarm.values("circuitCodes") == ["北京天津ANE0365NP", "GD-ZEEP-2"]
                    && alarm.value("alarmTitle") == Some("R_LOS <光缆> & more")
                    && alarm.value("vendor").is_none()
            });
            if alarms.len() != 2 || !complete {
                return missing("alarm");
            }
        }
        ("alarmSyncNotify" | "resourceFileReadyNotify", _) if arguments.values("fileList").len() != 1 => {
            return missing("fileList");
        }
        ("resourceChangeNotify", _) if arguments.children_named("fields").count() != 2 => return missing("fields"),
        _ => {}
    }
    if contract.style == Style::Typed {
        return Reply::coded(ResultCode::Ok, call.operation);
    }
    match soap::eoms::Arguments::read(arguments) {
        Ok(read) if read.person == "李四" && read.records.len() == 1 => Reply::ok(),
        Ok(_) => missing("opPerson"),
        Err(error) => Reply::coded(error.code(), error.to_string()),
    }
}
