//! The daemon, wired: what exists, who knows whom, in which order it starts and stops.

mod memory;
mod refusals;
mod services;
mod traps;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use engine::inventory::Inventory;
use engine::knowledge::Knowledge;
use engine::plan::PlanFile;
use figures::Figures;
use ftp::Spool;
use intake::{Clock, Doorbell, Intake};
use model::source::{SourceId, SourceKind};
use parking_lot::Mutex;
use report::Fonts;
use store::Db;
use tokio::sync::mpsc;
use web::board::Board;

use crate::config::Config;
use crate::health::Watch;
use crate::metrics::Metrics;
use crate::performance::take::Taker;
use crate::pipeline::deps::{Deps, ResourceErrand, Resync};
use crate::pipeline::late::KeptUntil;
use crate::pipeline::order::Orders;
use crate::pipeline::sources::Setup;
use crate::pipeline::writer::{self, Doors};
use crate::reports::maker::{Keeping, Maker};
use crate::supervisor::Supervisor;
use crate::tasks::aside::{Asides, Pile};
use crate::tasks::checkpoints::Checkpoints;
use crate::tasks::figures::Keeper;
use crate::tasks::mail::Mailer;
use crate::tasks::measuring::Measuring;
use crate::tasks::performance::Performance;
use crate::tasks::reports::Reporter;
use crate::tasks::rollup::Rollup;
use crate::tasks::sftp::Courier;
use crate::tasks::thresholds::Thresholds;
use crate::tasks::{self, TaskDeps, TaskPeer};

/// Errands that may wait for a task.
const ERRANDS: usize = 1024;
/// How long the writer may take to read its memory at start.
const READY: Duration = Duration::from_secs(120);

/// How long the lock of a process that died is waited for, and between two looks.
const LOCK_WAIT: Duration = Duration::from_secs(10);
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// A running daemon.
pub struct App {
    supervisor: Supervisor,
    /// The database.
    pub db: Db,
    web: SocketAddr,
    snmp: Option<SocketAddr>,
    operations: SocketAddr,
    setup_secret: Option<String>,
    /// The door to the writer.
    pub intake: Intake,
    /// What readers see.
    pub board: Board,
    /// Counters.
    pub metrics: Metrics,
}

/// What the tasks take from the writer, beside their common tools.
struct Errands {
    resyncs: (mpsc::Sender<Resync>, mpsc::Receiver<Resync>),
    resources: (mpsc::Sender<ResourceErrand>, mpsc::Receiver<ResourceErrand>),
}

impl App {
    /// Opens the database, starts the writer, the listeners and the tasks.
    ///
    /// # Errors
    /// What could not be opened, with what to do.
    pub async fn start(config: Config, clock: Clock) -> anyhow::Result<App> {
        soap::client::install_crypto();
        let db = open_store(&config).await?;
        let metrics = Metrics::new()?;
        let supervisor = Supervisor::new();
        let (intake, queue) = Intake::new(config.web.queue);
        let (orders, order_queue) = Orders::new();
        let (inventory, knowledge) = (Inventory::build([]).0, Knowledge::build([]));
        let board = Board::new(Arc::new(inventory), Arc::new(knowledge), 0);
        let client = soap::Client::new(Duration::from_secs(5)).context("cannot make the SOAP client")?;
        let peers = config.peers.iter().map(|peer| TaskPeer::new(peer, &config.sys_code, &client, &clock));
        let peers: Arc<Vec<TaskPeer>> = Arc::new(peers.collect::<Result<_, _>>()?);
        let errands = Errands { resyncs: mpsc::channel(ERRANDS), resources: mpsc::channel(ERRANDS) };
        let task_deps = TaskDeps {
            db: db.clone(),
            clock: clock.clone(),
            metrics: metrics.clone(),
            orders,
            intake: intake.clone(),
            own: SourceId::new(&config.sys_code),
            peers: Arc::clone(&peers),
            spool: Spool::open(&config.store.data.join("spool"))?,
            resources: config.resources.clone(),
            dispatch: Doorbell::default(),
            inventory: Doorbell::default(),
            performance: Doorbell::default(),
        };
        let plans = plans(&config)?;
        let ems_names = peers.iter().map(|peer| (peer.source.clone(), peer.settings.ems_names.clone()));
        let figures = Figures::new(Arc::clone(&plans), ems_names.collect(), config.performance.apart_max_s * 1000);
        let kept_until = kept_until(&db).await?;
        let deps = writer_deps(&config, &task_deps, &board, (&errands, &plans, &kept_until));
        start_writer(&supervisor, deps, Doors::new(queue, order_queue)).await?;
        let setup_secret = services::first_start_secret(&db).await?;
        let pile = Pile::new(metrics.clone());
        let endpoint = services::endpoint(&config, &task_deps, &pile)?;
        let keeper = Keeper {
            deps: task_deps.clone(),
            board: board.clone(),
            figures: figures.clone(),
            kept_until: kept_until.clone(),
            close_after_s: config.sla.close_after_h * 3600,
        };
        let reporter = reporter(&config, &task_deps, &board, (&figures, kept_until.clone()))?;
        let checkpoints = Checkpoints { deps: task_deps.clone(), path: crate::audit::checkpoint_file(&config) };
        let state = services::web_state(&config, &task_deps, &board, endpoint, figures);
        let watch = start_watch(&config, &task_deps, &supervisor).await;
        let (web, operations) = services::listen(&config, state, &supervisor, &watch).await?;
        let snmp = traps::start(&config, &task_deps, &pile, &supervisor)?;
        let asides = Arc::new(Asides { pile, orders: task_deps.orders.clone() });
        supervisor.spawn("aside", move |stop| tasks::aside::run(Arc::clone(&asides), stop));
        start_performance(&supervisor, &config, &task_deps, &board);
        start_tasks(&supervisor, task_deps, errands, kept_until);
        start_keepers(&supervisor, keeper, checkpoints);
        start_reports(&supervisor, reporter);
        Ok(App { supervisor, db, web, snmp, operations, setup_secret, intake, board, metrics })
    }

    /// Address of the web.
    pub fn web(&self) -> SocketAddr {
        self.web
    }

    /// There are users now: no secret is needed any more.
    pub fn forget_setup(&mut self) {
        self.setup_secret = None;
    }

    /// Says where it can be reached, on standard output: scripts and tests read these lines.
    pub fn announce(&self) {
        crate::cli::say(format_args!("web http://{}/", self.web));
        if let Some(secret) = &self.setup_secret {
            crate::cli::say(format_args!(
                "set-up secret for the first administrator (http://{}/login): {secret}",
                self.web
            ));
        }
        if let Some(address) = self.snmp {
            crate::cli::say(format_args!("snmp udp://{address}"));
        }
        crate::cli::say(format_args!("operations http://{}/", self.operations));
    }

    /// Finishes what is begun, at most for `grace`; `true` if all of it ended in time.
    pub async fn stop(self, grace: Duration) -> bool {
        let in_time = self.supervisor.stop(grace).await;
        if let Err(error) = self.db.close().await {
            tracing::warn!(%error, "the database did not close cleanly; its data is safe");
        }
        in_time
    }
}

/// Opens the store. After a crash PostgreSQL may hold the lock of the process that died for a moment.
async fn open_store(config: &Config) -> anyhow::Result<Db> {
    let place = place(config)?;
    let patience = if config.store.postgres_url_file.is_some() { LOCK_WAIT } else { Duration::ZERO };
    let began = Instant::now();
    loop {
        match Db::open(&place).await {
            Err(error) if error.temporary() && began.elapsed() < patience => {
                tracing::warn!(%error, "the store cannot be opened yet: {error}");
                tokio::time::sleep(LOCK_PAUSE).await;
            }
            opened => return opened.context("cannot open the store"),
        }
    }
}

/// Where the configured store is.
pub(crate) fn place(config: &Config) -> anyhow::Result<store::Settings> {
    let audit_key = crate::audit::key(config)?;
    let Some(file) = &config.store.postgres_url_file else {
        return Ok(store::Settings { audit_key, ..store::Settings::sqlite(config.store.data.clone()) });
    };
    let url = crate::config::read_capped(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(store::Settings { audit_key, ..store::Settings::postgres(url.trim()) })
}

/// The configured plans.
pub(crate) fn plans(config: &Config) -> anyhow::Result<Arc<PlanFile>> {
    let Some(path) = &config.sla.plans_file else { return Ok(Arc::default()) };
    Ok(Arc::new(crate::sla::plans(path)?))
}

fn writer_deps(
    config: &Config,
    tasks: &TaskDeps,
    board: &Board,
    (errands, plans, kept_until): (&Errands, &Arc<PlanFile>, &KeptUntil),
) -> Arc<Deps> {
    let setup = |peer: &TaskPeer| Setup {
        id: peer.source.clone(),
        kind: peer.settings.kind,
        silence_s: peer.settings.silence_s,
        ems_names: peer.settings.ems_names.clone(),
    };
    let desk = tasks.peers.iter().find(|peer| peer.settings.kind == SourceKind::Eoms);
    Arc::new(Deps {
        db: tasks.db.clone(),
        clock: tasks.clock.clone(),
        board: board.clone(),
        metrics: tasks.metrics.clone(),
        own: tasks.own.clone(),
        setups: tasks.peers.iter().map(setup).chain(traps::setups(config)).collect(),
        live: engine::live::Settings {
            window_s: config.alarms.correlation_s,
            reopen_s: config.alarms.reopen_s,
            horizon_s: config.alarms.horizon_h * 3600,
            persistence_s: config.dispatch.persistence_s,
            toggle_raises: config.alarms.toggling_raises as usize,
            toggle_s: config.alarms.toggling_s,
            has_peer: desk.is_some(),
            ..engine::live::Settings::default()
        },
        plans: Arc::clone(plans),
        kept_until: kept_until.clone(),
        eoms: desk.map(|peer| peer.habits.clone()),
        dispatch: tasks.dispatch.clone(),
        inventory: tasks.inventory.clone(),
        performance: tasks.performance.clone(),
        resyncs: errands.resyncs.0.clone(),
        resources: errands.resources.0.clone(),
    })
}

/// Starts looking whether the daemon can do its work; the first look is done when it returns.
async fn start_watch(config: &Config, deps: &TaskDeps, supervisor: &Supervisor) -> Arc<Watch> {
    let watch = Arc::new(Watch {
        db: deps.db.clone(),
        metrics: deps.metrics.clone(),
        supervisor: supervisor.clone(),
        data: config.store.data.clone(),
        seen: Arc::default(),
    });
    watch.look().await;
    let looking = Arc::clone(&watch);
    supervisor.spawn("health", move |stop| Arc::clone(&looking).run(stop));
    watch
}

/// Starts the writer and waits until it has read its memory.
async fn start_writer(supervisor: &Supervisor, deps: Arc<Deps>, doors: Doors) -> anyhow::Result<()> {
    let doors = Arc::new(doors);
    let mut ready = doors.ready();
    supervisor.spawn_apart("writer", move |stop| writer::run(Arc::clone(&deps), Arc::clone(&doors), stop));
    tokio::time::timeout(READY, ready.wait_for(|ready| *ready)).await.context("the writer did not become ready")??;
    Ok(())
}

/// Starts what keeps figures and the ends of the audit log.
fn start_keepers(supervisor: &Supervisor, keeper: Keeper, checkpoints: Checkpoints) {
    let (keeper, checkpoints) = (Arc::new(keeper), Arc::new(checkpoints));
    supervisor.spawn("figures", move |stop| tasks::figures::run(Arc::clone(&keeper), stop));
    supervisor.spawn("checkpoints", move |stop| tasks::checkpoints::run(Arc::clone(&checkpoints), stop));
}

/// Starts what has performance data measured, fetches, judges and tends it.
fn start_performance(supervisor: &Supervisor, config: &Config, deps: &TaskDeps, board: &Board) {
    let measuring = Arc::new(Measuring { deps: deps.clone(), board: board.clone() });
    supervisor.spawn("measuring", move |stop| tasks::measuring::run(Arc::clone(&measuring), stop));
    let taker = Arc::new(Taker { db: deps.db.clone(), clock: deps.clock.clone(), known: Mutex::default() });
    let task = Arc::new(Performance { deps: deps.clone(), taker });
    supervisor.spawn("performance", move |stop| tasks::performance::run(Arc::clone(&task), stop));
    let judging = Arc::new(Thresholds { deps: deps.clone(), board: board.clone() });
    supervisor.spawn("thresholds", move |stop| tasks::thresholds::run(Arc::clone(&judging), stop));
    let settings = &config.performance;
    let rollup = Arc::new(Rollup { deps: deps.clone(), zone: settings.zone.clone(), kept: settings.kept() });
    supervisor.spawn("rollup", move |stop| tasks::rollup::run(Arc::clone(&rollup), stop));
}

/// Makes the reports of customers.
fn reporter(
    config: &Config,
    deps: &TaskDeps,
    board: &Board,
    (figures, kept_until): (&Figures, KeptUntil),
) -> anyhow::Result<Arc<Reporter>> {
    let (look, keeping) = (config.reports.look(), Keeping::Keep);
    Ok(Arc::new(Reporter {
        deps: deps.clone(),
        board: board.clone(),
        maker: Maker { db: deps.db.clone(), figures: figures.clone(), kept_until, look, keeping },
        fonts: Arc::new(fonts(config)?),
        folder: reports_folder(config),
        settings: config.reports.clone(),
    }))
}

/// The fonts of reports.
pub(crate) fn fonts(config: &Config) -> anyhow::Result<Fonts> {
    let Some(file) = &config.reports.font_file else { return Ok(Fonts::new()?) };
    let font = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Fonts::with(font).with_context(|| format!("reports.font_file {}", file.display()))
}

/// Starts what makes reports and what sends them.
fn start_reports(supervisor: &Supervisor, reporter: Arc<Reporter>) {
    if let Some(settings) = reporter.settings.mail.clone() {
        let mailer = Arc::new(Mailer {
            deps: reporter.deps.clone(),
            settings,
            carrier: reporter.settings.carrier.clone(),
            folder: reporter.folder.clone(),
        });
        supervisor.spawn("mail", move |stop| tasks::mail::run(Arc::clone(&mailer), stop));
    }
    if let Some(settings) = reporter.settings.sftp.clone() {
        let (deps, folder) = (reporter.deps.clone(), reporter.folder.clone());
        let courier = Arc::new(Courier { deps, settings, folder });
        supervisor.spawn("sftp", move |stop| tasks::sftp::run(Arc::clone(&courier), stop));
    }
    let standing = Arc::clone(&reporter);
    supervisor.spawn("standing", move |stop| tasks::reports::standing::run(Arc::clone(&standing), stop));
    supervisor.spawn("reports", move |stop| tasks::reports::run(Arc::clone(&reporter), stop));
}

/// Where issued reports lie.
fn reports_folder(config: &Config) -> PathBuf {
    config.store.data.join("reports")
}

/// Up to where figures are kept already.
///
/// # Errors
/// What the database says.
pub async fn kept_until(db: &Db) -> anyhow::Result<KeptUntil> {
    let kept = KeptUntil::default();
    kept.advance(store::version::closed_until(&mut db.read().await?).await?);
    Ok(kept)
}

fn start_tasks(supervisor: &Supervisor, deps: TaskDeps, errands: Errands, kept_until: KeptUntil) {
    for listener in tasks::omc::Listener::all(&deps) {
        let (name, listener) = (listener.name(), Arc::new(listener));
        supervisor.spawn(&name, move |stop| tasks::omc::run(Arc::clone(&listener), stop));
    }
    let shared = Arc::new(deps.clone());
    let alive = Arc::new(tasks::alive::Alive { deps: deps.clone(), resyncs: errands.resyncs.0.clone() });
    supervisor.spawn("alive", move |stop| tasks::alive::run(Arc::clone(&alive), stop));
    let resyncs = Arc::new(tasks::resync::Resyncs { deps: deps.clone(), queue: errands.resyncs.1.into() });
    supervisor.spawn("resync", move |stop| tasks::resync::run(Arc::clone(&resyncs), stop));
    let queue = errands.resources.1.into();
    let resources = Arc::new(tasks::resources::Resources { deps: deps.clone(), kept_until, queue });
    supervisor.spawn("resources", move |stop| tasks::resources::run(Arc::clone(&resources), stop));
    let dispatch = Arc::new(tasks::dispatch::Dispatch::new(deps));
    supervisor.spawn("dispatch", move |stop| tasks::dispatch::run(Arc::clone(&dispatch), stop));
    let filters = Arc::clone(&shared);
    supervisor.spawn("filters", move |stop| tasks::filters::run(Arc::clone(&filters), stop));
    let delays = Arc::clone(&shared);
    supervisor.spawn("delays", move |stop| tasks::delays::run(Arc::clone(&delays), stop));
    let inventory = Arc::clone(&shared);
    supervisor.spawn("inventory", move |stop| tasks::inventory::run(Arc::clone(&inventory), stop));
    supervisor.spawn("purge", move |stop| tasks::purge::run(Arc::clone(&shared), stop));
}
