//! The SOAP services before the writer, the web, and the listener of the operator.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use collectors::CallId;
use collectors::answer::Desk;
use collectors::eoms::service::CnmForEoms;
use collectors::network::service::CnmForNetwork;
use collectors::resource::service::CnmForResource;
use figures::Figures;
use model::probe::QosQuestion;
use rand::Rng;
use sha2::{Digest, Sha256};
use soap::contract::{CNM_FOR_ATM, CNM_FOR_IP, CNM_FOR_TRANSPORT};
use soap::{ClientError, Endpoint, Gate};
use store::{Db, user};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use web::board::Board;
use web::operations::Operations;
use web::{AppState, AskQos, Limits, QosFailure, Settings};

use super::memory::Memory;
use super::refusals::Refusals;
use crate::config::Config;
use crate::health::Watch;
use crate::supervisor::Supervisor;
use crate::tasks::TaskDeps;
use crate::tasks::aside::Pile;

/// The services that peers call, behind the gate.
pub(super) fn endpoint(config: &Config, deps: &TaskDeps, pile: &Arc<Pile>) -> anyhow::Result<Arc<Endpoint>> {
    let habits = deps.peers.iter().map(|peer| (peer.source.clone(), peer.habits.clone()));
    let desk = Desk::new(deps.intake.clone(), habits);
    let mut at_gate = Vec::with_capacity(config.peers.len());
    for peer in config.peers.iter().filter(|peer| peer.contracts().is_some()) {
        at_gate.push(peer.at_gate(&peer.secrets()?));
    }
    let endpoint = Endpoint::new(Gate::new(at_gate), Arc::new(Memory(deps.db.clone())))
        .telling(Arc::new(Refusals(Arc::clone(pile))))
        .service(Arc::new(CnmForNetwork::new(&CNM_FOR_TRANSPORT, desk.clone())))
        .service(Arc::new(CnmForNetwork::new(&CNM_FOR_IP, desk.clone())))
        .service(Arc::new(CnmForNetwork::new(&CNM_FOR_ATM, desk.clone())))
        .service(Arc::new(CnmForResource::new(desk.clone())))
        .service(Arc::new(CnmForEoms::new(desk)));
    // Behind a proxy that speaks TLS, that is how we were asked.
    Ok(Arc::new(if config.web.tls { endpoint.over_tls() } else { endpoint }))
}

/// Asks an IP manager what the classes of a circuit carried.
fn ask_qos(deps: &TaskDeps) -> AskQos {
    let deps = deps.clone();
    Arc::new(move |question: QosQuestion| {
        let deps = deps.clone();
        Box::pin(async move {
            let peer = deps.peer(&question.source);
            let Some(manager) = peer.and_then(|peer| peer.manager()) else {
                return Err(QosFailure::Refused("it has no url, so it cannot be asked".to_owned()));
            };
            let now = deps.clock.now();
            let msg_id = format!("{}-B-{}", deps.own, now.ms());
            let answer = manager.qos(CallId { msg_id: &msg_id, now }, &question).await;
            answer.map_err(|error| match error {
                ClientError::Refused { .. } => QosFailure::Refused(error.to_string()),
                error => QosFailure::Silent(error.to_string()),
            })
        })
    })
}

/// What the web works with.
pub(super) fn web_state(
    config: &Config,
    deps: &TaskDeps,
    board: &Board,
    soap: Arc<Endpoint>,
    figures: Figures,
) -> AppState {
    let checkpoints = crate::audit::checkpoint_file(config);
    AppState {
        kept_ends: Arc::new(move || crate::audit::kept(&checkpoints).map_err(|error| format!("{error:#}"))),
        db: deps.db.clone(),
        board: board.clone(),
        intake: deps.intake.clone(),
        clock: deps.clock.clone(),
        figures,
        soap,
        ask_qos: ask_qos(deps),
        registry: deps.metrics.registry().clone(),
        settings: Settings {
            sys_code: deps.own.clone(),
            tls: config.web.tls,
            performance_zone: config.performance.zone.clone(),
            reports: super::reports_folder(config),
            ..Settings::default()
        },
    }
}

/// Opens both listeners; the addresses that they got.
pub(super) async fn listen(
    config: &Config,
    state: AppState,
    supervisor: &Supervisor,
    watch: &Arc<Watch>,
) -> anyhow::Result<(SocketAddr, SocketAddr)> {
    let bind = async |address: SocketAddr, what: &str| {
        TcpListener::bind(address)
            .await
            .with_context(|| format!("cannot listen on {address} for {what}: is it in use?"))
    };
    let web = bind(config.web.listen, "the web").await?;
    let operations = bind(config.operations.listen, "operations").await?;
    let addresses = (web.local_addr()?, operations.local_addr()?);
    let seen = Arc::clone(watch);
    let shown = Operations { registry: state.registry.clone(), report: Arc::new(move || seen.report()) };
    let limits = Limits { connections: config.web.connections, ..Limits::default() };
    let door = std::sync::Mutex::new(Some((web, state)));
    supervisor.spawn("web", move |stop: CancellationToken| {
        let taken = door.lock().ok().and_then(|mut door| door.take());
        let limits = limits.clone();
        async move {
            let (listener, state) =
                taken.context("the listener ended and cannot be opened again; restart the daemon")?;
            web::serve(listener, limits, state, stop).await?;
            Ok(())
        }
    });
    serve_operations(operations, shown, supervisor.soft())?;
    Ok(addresses)
}

/// The operator's listener has a runtime of its own, so that it answers when all else is busy.
fn serve_operations(listener: TcpListener, shown: Operations, stop: CancellationToken) -> anyhow::Result<()> {
    let listener = listener.into_std()?;
    let body = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = TcpListener::from_std(listener)?;
            web::listener::run(listener, web::operations::router(shown), Limits::default(), stop).await;
            Ok::<_, std::io::Error>(())
        })
    };
    std::thread::Builder::new().name("operations".to_owned()).spawn(body)?;
    Ok(())
}

/// At the first start: a secret with which the first administrator is made; only its digest is kept.
pub(super) async fn first_start_secret(db: &Db) -> anyhow::Result<Option<String>> {
    let mut tx = db.write().await?;
    if user::count_users(&mut tx).await? > 0 {
        return Ok(None);
    }
    let bytes: [u8; 16] = rand::rng().random();
    let secret = hex::encode(bytes);
    user::put_setup(&mut tx, &Sha256::digest(secret.as_bytes()).into()).await?;
    tx.commit().await?;
    Ok(Some(secret))
}
