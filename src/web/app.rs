//! What the handlers work with: the doors that the root opens ([`AppState`]), and what this room
//! keeps beside them.

use std::path::PathBuf;
use std::sync::Arc;

use figures::Figures;
use intake::{Clock, Intake};
use model::source::SourceId;
use model::time::Zone;
use prometheus::Registry;
use soap::Endpoint;
use store::Db;
use store::audit::Checkpoint;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::Auth;
use crate::board::Board;
use crate::events::Streams;
use crate::figure::RibbonShelf;
use crate::metrics::Metrics;
use crate::noc::qos::AskQos;

/// The ends of the audit log's chain that were kept outside the database, or why they cannot be read.
pub type KeptEnds = Arc<dyn Fn() -> Result<Vec<Checkpoint>, String> + Send + Sync>;

/// The doors to the rest of the house, filled by the root.
pub struct AppState {
    /// The store.
    pub db: Db,
    /// The board; the pipeline publishes to it.
    pub board: Board,
    /// The door to the writer.
    pub intake: Intake,
    /// The clock.
    pub clock: Clock,
    /// Where figures are asked for.
    pub figures: Figures,
    /// SOAP services, mounted at `/soap/<Service>`.
    pub soap: Arc<Endpoint>,
    /// How an IP manager is asked what the classes of a circuit carried.
    pub ask_qos: AskQos,
    /// Where the ends of the audit log are asked for.
    pub kept_ends: KeptEnds,
    /// Where our metrics are registered, as `web_…` behind its own prefix.
    pub registry: Registry,
    /// Settings.
    pub settings: Settings,
}

/// Settings of this room.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Our own system code; signs what operators submit.
    pub sys_code: SourceId,
    /// The listener speaks TLS, or a proxy before it does: cookies are `Secure`.
    pub tls: bool,
    /// A session ends when it was not used for this many seconds; default 12 h.
    pub session_idle_s: i64,
    /// A session ends after this many seconds whatever happens; default 7 d.
    pub session_max_s: i64,
    /// Live streams of one user at the same time; default 16.
    pub streams_per_user: usize,
    /// Live streams in all; default 2,000.
    pub streams: usize,
    /// Zone of the days and months of performance data.
    pub performance_zone: Zone,
    /// Folder of the issued reports.
    pub reports: PathBuf,
    /// Our own reverse proxies: their `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<ipnet::IpNet>,
}

/// The doors and what this room keeps.
pub(crate) struct App {
    pub(crate) db: Db,
    pub(crate) board: Board,
    pub(crate) intake: Intake,
    pub(crate) clock: Clock,
    pub(crate) figures: Figures,
    pub(crate) soap: Arc<Endpoint>,
    pub(crate) ask_qos: AskQos,
    pub(crate) kept_ends: KeptEnds,
    pub(crate) settings: Settings,
    pub(crate) auth: Auth,
    pub(crate) ribbons: RibbonShelf,
    /// Held while a correction is approved.
    pub(crate) approvals: tokio::sync::Mutex<()>,
    /// Held while the audit log is looked at.
    pub(crate) audit_looks: tokio::sync::Mutex<()>,
    pub(crate) streams: Streams,
    pub(crate) metrics: Metrics,
    /// Work that goes on when its client goes away.
    pub(crate) tasks: TaskTracker,
    pub(crate) shutdown: CancellationToken,
}

// === impl Settings ===

impl Default for Settings {
    fn default() -> Self {
        Settings {
            sys_code: SourceId::new("CNM"),
            tls: false,
            session_idle_s: 12 * 3600,
            session_max_s: 7 * 24 * 3600,
            streams_per_user: 16,
            streams: 2_000,
            performance_zone: Zone::china(),
            reports: PathBuf::new(),
            trusted_proxies: Vec::new(),
        }
    }
}

// === impl App ===

impl App {
    pub(crate) fn new(state: AppState, shutdown: CancellationToken) -> Result<Arc<Self>, prometheus::Error> {
        Ok(Arc::new(App {
            metrics: Metrics::register(&state.registry)?,
            db: state.db,
            board: state.board,
            intake: state.intake,
            clock: state.clock,
            figures: state.figures,
            soap: state.soap,
            ask_qos: state.ask_qos,
            kept_ends: state.kept_ends,
            settings: state.settings,
            auth: Auth::default(),
            ribbons: RibbonShelf::default(),
            approvals: tokio::sync::Mutex::default(),
            audit_looks: tokio::sync::Mutex::default(),
            streams: Streams::default(),
            tasks: TaskTracker::new(),
            shutdown,
        }))
    }

    /// A span of real seconds on our clock, which may run faster.
    pub(crate) fn span_ms(&self, seconds: i64) -> i64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a session is far shorter")]
        let ms = (seconds as f64 * 1000.0 * self.clock.speed()) as i64;
        ms
    }
}
