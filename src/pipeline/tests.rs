//! The whole writer over a real database, told by tests instead of peers.

mod lists;
mod poison;
mod protections;
mod sheets;

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::inventory::Inventory;
use engine::knowledge::Knowledge;
use intake::submission::{Snapshot, SnapshotPart};
use intake::{Answer, Clock, Content, Doorbell, Intake, Refusal, Submission};
use model::alarm::{Alarm, AlarmFact, AlarmRecord};
use model::source::{RunState, SourceId, SourceKind, SyncRun};
use model::time::Time;
use store::alarm::{AlarmFilter, alarms_page};
use store::peer::peer_states;
use store::testing::TestDb;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use web::board::Board;

use super::deps::{Deps, ResourceErrand, Resync};
use super::order::{Order, Orders};
use super::sources::Setup;
use super::writer::{Doors, run};
use crate::metrics::Metrics;

const START: Time = Time::from_ms(1_793_000_000_000);
/// Seconds of the writer's clock in one of ours.
const SPEED: f64 = 1000.0;
const ALARMS: u32 = 1000;

/// A writer with one manager.
pub(super) struct Desk {
    pub(super) test: TestDb,
    deps: Arc<Deps>,
    doors: Arc<Doors>,
    orders: Orders,
    intake: Intake,
    running: Option<(CancellationToken, JoinHandle<anyhow::Result<()>>)>,
    last: Time,
    lists: u32,
    /// Ends that the writer must not see closed.
    _errands: (mpsc::Receiver<Resync>, mpsc::Receiver<ResourceErrand>),
}

/// System code of the manager.
fn manager() -> SourceId {
    SourceId::new("GD_TNMS")
}

impl Desk {
    pub(super) fn start(test: TestDb) -> Self {
        Self::of(test, SourceKind::Transport)
    }

    /// With a manager of this kind.
    pub(super) fn of(test: TestDb, kind: SourceKind) -> Self {
        let (intake, queue) = Intake::new(100);
        let (orders, order_queue) = Orders::new();
        let (resyncs, resources) = (mpsc::channel(1000), mpsc::channel(1000));
        let setup = Setup { id: manager(), kind, silence_s: 1 << 40, ems_names: Vec::new() };
        let deps = Deps {
            db: test.db.clone(),
            clock: Clock::starting_at(START, SPEED),
            board: Board::new(Arc::new(Inventory::build([]).0), Arc::new(Knowledge::build([])), 0),
            metrics: Metrics::new().unwrap(),
            own: SourceId::new("GD_CNM"),
            setups: vec![setup],
            live: engine::live::Settings::default(),
            plans: Arc::default(),
            kept_until: super::late::KeptUntil::default(),
            eoms: None,
            dispatch: Doorbell::default(),
            inventory: Doorbell::default(),
            performance: Doorbell::default(),
            resyncs: resyncs.0,
            resources: resources.0,
        };
        let doors = Arc::new(Doors::new(queue, order_queue));
        let errands = (resyncs.1, resources.1);
        let mut desk = Desk {
            test,
            deps: Arc::new(deps),
            doors,
            orders,
            intake,
            running: None,
            last: START,
            lists: 0,
            _errands: errands,
        };
        desk.begin();
        desk
    }

    #[expect(clippy::disallowed_methods, reason = "the test is its supervisor")]
    fn begin(&mut self) {
        let stop = CancellationToken::new();
        let running = run(Arc::clone(&self.deps), Arc::clone(&self.doors), stop.clone());
        self.running = Some((stop, tokio::spawn(running)));
    }

    pub(super) async fn stop(&mut self) {
        let Some((stop, running)) = self.running.take() else { return };
        stop.cancel();
        running.await.unwrap().unwrap();
    }

    /// The writer forgets everything and reads the database again.
    pub(super) async fn restart(&mut self) {
        self.stop().await;
        self.begin();
    }

    /// An instant later than every one before it.
    pub(super) async fn now(&mut self) -> Time {
        while self.deps.clock.now() <= self.last {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        self.last = self.deps.clock.now();
        self.last
    }

    async fn submit(&mut self, content: Content) {
        self.attempt(content).await.unwrap();
    }

    /// Hands something over that may be refused.
    pub(super) async fn attempt(&mut self, content: Content) -> Result<Answer, Refusal> {
        let submission = Submission {
            source: manager(),
            received_at: self.now().await,
            message: None,
            notification: None,
            raw: Vec::new(),
            content,
            refused: Vec::new(),
        };
        self.intake.submit(submission).await
    }

    /// Reports something live.
    pub(super) async fn tell(&mut self, fact: AlarmFact) {
        self.submit(Content::Alarms(vec![fact])).await;
    }

    /// Hands over a whole list of that instant, in parts of so many; what became of it.
    pub(super) async fn list(&mut self, alarms: &[AlarmRecord], sync_start: Time, part: usize) -> SyncRun {
        self.lists += 1;
        let sync_req_id = format!("LIST-{}", self.lists);
        let asked = SyncRun {
            sync_req_id: sync_req_id.clone(),
            reason: "command".to_owned(),
            state: RunState::Loading,
            requested_at: sync_start,
            ended_at: None,
            raised: 0,
            cleared: 0,
            error: String::new(),
            confirms: false,
        };
        self.orders.give(Order::Sync(manager(), asked)).await;
        let facts: Vec<AlarmFact> = alarms.iter().map(|record| AlarmFact::Record(Arc::new(record.clone()))).collect();
        self.submit(Content::Snapshot(Snapshot {
            sync_req_id: sync_req_id.clone(),
            sync_start,
            listed: facts.iter().map(super::alarm_key).collect(),
            may_clear: true,
            refusal: String::new(),
        }))
        .await;
        let mut parts: Vec<&[AlarmFact]> = facts.chunks(part).collect();
        let last = parts.pop().unwrap_or_default();
        for (alarms, last) in parts.into_iter().map(|part| (part, false)).chain([(last, true)]) {
            let part = SnapshotPart { sync_req_id: sync_req_id.clone(), alarms: alarms.to_vec(), last };
            self.submit(Content::SnapshotPart(part)).await;
        }
        let mut tx = self.test.db.read().await.unwrap();
        let states = peer_states(&mut tx).await.unwrap();
        let run = states.into_iter().find(|state| state.source == manager()).unwrap().last_sync.unwrap();
        assert_eq!(run.sync_req_id, sync_req_id);
        run
    }

    /// Every alarm of the manager as it is stored, oldest first.
    pub(super) async fn alarms(&self) -> Vec<Arc<Alarm>> {
        let mut tx = self.test.db.read().await.unwrap();
        let rows = alarms_page(&mut tx, &AlarmFilter::default(), None, ALARMS).await.unwrap();
        assert!(rows.len() < ALARMS as usize, "more alarms than this test reads");
        let mut alarms: Vec<_> = rows.into_iter().map(|row| row.alarm).filter(|a| a.source == manager()).collect();
        alarms.sort_by_key(|alarm| alarm.raised_at);
        alarms
    }

    /// Those that are active, by id.
    pub(super) async fn active(&self) -> BTreeMap<String, Arc<Alarm>> {
        let alarms = self.alarms().await;
        let active = alarms.into_iter().filter(|alarm| alarm.cleared_at.is_none());
        active.map(|alarm| (alarm.record.alarm_id.to_string(), alarm)).collect()
    }
}
