//! What is asked of a resource system, and when.

use std::collections::BTreeSet;

use collectors::CallId;
use collectors::resource::file::Mode;
use collectors::resource::wire::SyncRequest;
use model::resource::Class;
use model::source::{RunState, SourceId};
use model::time::Time;
use soap::ClientError;
use store::load::{Load, LoadProgress, add_load, loads_page};
use store::resource::count_of_class;

use super::{Desk, Open, show};
use crate::tasks::TaskDeps;
use crate::tasks::peers::TaskPeer;

/// Changes are asked for from a little before the last load: clocks differ, and a change told twice
/// changes nothing.
const OVERLAP_MS: i64 = 300_000;
/// Loads looked at for the last one of each class.
const LOOK_BACK: u32 = 1000;
/// An unreachable system is asked again after this many seconds, growing …
const AGAIN_S: i64 = 15;
/// … up to this, which is also the pause after a FULL that brought nothing and after a file that could
/// not be used.
const AGAIN_S_MAX: i64 = 600;

/// When a system is asked next.
#[derive(Debug)]
pub(super) struct Plan {
    /// Not before.
    next_at: Time,
    /// When it was asked for everything last.
    asked_at: Time,
    unreached: u32,
}

/// What became of the calls of one set.
pub(super) struct Called {
    source: SourceId,
    /// Loads that will not come, and why.
    failed: Vec<(i64, String)>,
    reached: bool,
}

/// One request of a set.
struct Request {
    load: Load,
    since: Option<Time>,
}

impl Desk<'_> {
    /// Plans the first question to every system; `interrupted` ones are asked at once.
    pub(super) async fn plan(&mut self, interrupted: &BTreeSet<SourceId>) -> anyhow::Result<()> {
        let past = loads_page(&mut self.deps.db.read().await?, i64::MAX, LOOK_BACK).await?;
        for peer in self.deps.peers.iter().filter(|peer| peer.resource_system().is_some()) {
            let last = past.iter().filter(|load| load.source == peer.source && load.state == RunState::Done);
            let last = last.map(|load| load.started_at).max().filter(|_| !interrupted.contains(&peer.source));
            let plan = Plan { next_at: Time::MIN, asked_at: last.unwrap_or(Time::MIN), unreached: 0 };
            self.plans.insert(peer.source.clone(), plan);
        }
        Ok(())
    }

    /// Asks every system whose time has come and that has nothing under way.
    pub(super) async fn ask_due(&mut self, now: Time) -> anyhow::Result<()> {
        let due: Vec<SourceId> =
            self.plans.iter().filter(|(_, plan)| plan.next_at <= now).map(|(id, _)| id.clone()).collect();
        for source in due {
            let under_way = |open: &Open| open.load.source == source && open.load.state != RunState::Waiting;
            if self.open.values().any(under_way) {
                continue;
            }
            let full = count_of_class(&mut self.deps.db.read().await?, Class::Circuit).await? == 0;
            let every = self.deps.resources.incremental_s;
            if let Some(plan) = self.plans.get_mut(&source).filter(|plan| !full && plan.asked_at.plus_s(every) > now) {
                plan.next_at = plan.asked_at.plus_s(every);
                continue;
            }
            self.ask(&source, None, full).await?;
        }
        Ok(())
    }

    /// A file could not be used: the next question does not wait for its hour. What was never loaded is
    /// then asked for as a whole.
    pub(super) fn ask_sooner(&mut self, source: &SourceId) {
        let soon = self.deps.clock.now().plus_s(AGAIN_S_MAX);
        if let Some(plan) = self.plans.get_mut(source) {
            (plan.next_at, plan.asked_at) = (plan.next_at.min(soon), Time::MIN);
        }
    }

    /// Asks for one class or all. The loads are stored before the calls: an announcement may overtake
    /// the answer.
    pub(super) async fn ask(&mut self, source: &SourceId, class: Option<Class>, full: bool) -> anyhow::Result<()> {
        let deps = self.deps;
        let Some(peer) = deps.peer(source).filter(|peer| peer.resource_system().is_some()) else {
            tracing::warn!(source.id = %source, "{source} is no resource system with a url: nothing can be asked of it");
            return Ok(());
        };
        let now = deps.clock.now();
        if let (None, Some(plan)) = (class, self.plans.get_mut(source)) {
            *plan = Plan { next_at: now.plus_s(AGAIN_S_MAX), asked_at: now, unreached: plan.unreached };
        }
        let classes = class.map_or_else(|| Class::ALL.to_vec(), |class| vec![class]);
        let mut requests = Vec::new();
        for class in classes {
            if let Some(request) = self.request(peer, class, full).await? {
                requests.push(request);
            }
        }
        let deadline = now.plus_s(peer.settings.sync_timeout_s);
        for request in &requests {
            let open = Open { load: request.load.clone(), deadline, work: None };
            self.open.insert(request.load.id, open);
        }
        self.calls.push(Box::pin(call(deps, peer, requests)));
        Ok(())
    }

    /// Stores the request of one class; `None` if a load of it is under way or waits for a person.
    async fn request(&mut self, peer: &TaskPeer, class: Class, full: bool) -> anyhow::Result<Option<Request>> {
        let held = self.open.values().find(|open| open.load.source == peer.source && open.load.class == class);
        match held.map(|open| open.load.clone()) {
            // What waits was compared with rows that a FULL will compare anew; changes must wait for it.
            Some(waiting) if full && waiting.state == RunState::Waiting => {
                self.end(waiting, RunState::Cancelled, "a newer load was asked for").await?;
            }
            Some(_) => return Ok(None),
            None => {}
        }
        let past = loads_page(&mut self.deps.db.read().await?, i64::MAX, LOOK_BACK).await?;
        let last =
            past.iter().find(|load| load.source == peer.source && load.class == class && load.state == RunState::Done);
        let since = last.filter(|_| !full).map(|load| load.started_at.plus_ms(-OVERLAP_MS));
        let mut load = Load {
            id: 0,
            source: peer.source.clone(),
            sync_req_id: self.deps.request_id("RES", &peer.settings.zone).await?,
            class,
            full: since.is_none(),
            state: RunState::Requested,
            started_at: self.deps.clock.now(),
            ended_at: None,
            progress: LoadProgress::default(),
        };
        let mut tx = self.deps.db.write().await?;
        load.id = add_load(&mut tx, &load).await?;
        tx.commit().await?;
        Ok(Some(Request { load, since }))
    }

    pub(super) async fn called(&mut self, called: Called) -> anyhow::Result<()> {
        let now = self.deps.clock.now();
        if let Some(plan) = self.plans.get_mut(&called.source) {
            if called.reached {
                plan.unreached = 0;
            } else {
                let pause = (AGAIN_S << plan.unreached.min(8)).min(AGAIN_S_MAX);
                plan.unreached = plan.unreached.saturating_add(1);
                (plan.next_at, plan.asked_at) = (now.plus_s(pause), Time::MIN);
            }
        }
        for (id, reason) in called.failed {
            let waiting =
                self.open.get(&id).filter(|open| open.load.state == RunState::Requested && open.work.is_none());
            if let Some(load) = waiting.map(|open| open.load.clone()) {
                self.end(load, RunState::Failed, &reason).await?;
            }
        }
        Ok(())
    }
}

/// Asks for each class in turn. Who cannot be reached for one is not asked for the rest.
async fn call(deps: &TaskDeps, peer: &TaskPeer, requests: Vec<Request>) -> Called {
    let mut called = Called { source: peer.source.clone(), failed: Vec::new(), reached: true };
    let Some(system) = peer.resource_system() else { return called };
    for request in &requests {
        show::give(deps, &request.load).await;
    }
    for Request { load, since } in requests {
        if !called.reached {
            called.failed.push((load.id, "the resource system could not be reached".to_owned()));
            continue;
        }
        let mode = if load.full { Mode::Full } else { Mode::Incremental };
        let wanted = SyncRequest { sync_req_id: load.sync_req_id.clone(), class: load.class, mode, since };
        let id = CallId { msg_id: &load.sync_req_id, now: deps.clock.now() };
        match system.request_sync(id, &wanted).await {
            // Asked, or perhaps: the announcement or the deadline decides.
            Ok(()) | Err(ClientError::Unknown(_)) => {}
            Err(error) => {
                called.reached = !matches!(error, ClientError::NotSent(_));
                called.failed.push((load.id, error.to_string()));
            }
        }
    }
    called
}
