//! SNMP notifications: the listener before the writer, and what is noted of what it does not take.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use collectors::snmp::rules::Rules;
use collectors::snmp::service::{Ended, Notes, TrapService};
use collectors::snmp::settings::Snmp;
use model::source::{SourceId, SourceKind};
use parking_lot::Mutex;
use snmp::{Dropped, Drops, Engine, Gate, Listener, Reason, Settings};
use store::quarantine::{Kind, Quarantined};

use crate::aside::Hand;
use crate::config::Config;
use crate::metrics::Metrics;
use crate::pipeline::sources::Setup;
use crate::supervisor::Supervisor;
use crate::tasks::TaskDeps;
use crate::tasks::aside::Pile;

/// Between two lines of the log about what found no room.
const QUIET: Duration = Duration::from_secs(10);
/// Our engine, in the data folder.
const ENGINE_FILE: &str = "snmp.engine";

/// Starts to listen, if it is configured; the address that it got.
pub(super) fn start(
    config: &Config,
    deps: &TaskDeps,
    pile: &Arc<Pile>,
    supervisor: &Supervisor,
) -> anyhow::Result<Option<SocketAddr>> {
    let Some(snmp) = &config.snmp else { return Ok(None) };
    let service = Arc::new(service(snmp, config, deps, pile)?);
    let address = service.listener().address();
    supervisor.spawn_apart("snmp", move |stop| {
        let service = Arc::clone(&service);
        async move {
            service.run(stop).await;
            Ok(())
        }
    });
    Ok(Some(address))
}

/// The groups of devices as sources.
pub(super) fn setups(config: &Config) -> impl Iterator<Item = Setup> {
    config.snmp.iter().flat_map(|snmp| &snmp.groups).map(|group| Setup {
        id: group.source(),
        kind: SourceKind::Snmp,
        silence_s: group.silence_s,
        ems_names: vec![group.ems_name().to_owned()],
    })
}

fn service(snmp: &Snmp, config: &Config, deps: &TaskDeps, pile: &Arc<Pile>) -> anyhow::Result<TrapService> {
    let rules = Arc::new(snmp.rules());
    let engine = Engine::open(&config.store.data.join(ENGINE_FILE))?;
    let (communities, users) = (snmp.communities().map_err(|e| anyhow!(e))?, snmp.users().map_err(|e| anyhow!(e))?);
    let gate = Gate::new(rules.addresses(), &communities, users, engine)?;
    let notes = Arc::new(TrapNotes {
        metrics: deps.metrics.clone(),
        pile: Arc::clone(pile),
        rules: Arc::clone(&rules),
        said: Mutex::default(),
    });
    let settings =
        Settings { listen: snmp.listen, receive_buffer: snmp.receive_buffer_mib << 20, queue: snmp.queue_mib << 20 };
    let clock = deps.clock.clone();
    let drops: Arc<dyn Drops> = Arc::<TrapNotes>::clone(&notes);
    let listener = Listener::start(settings, gate, drops, move || clock.now())?;
    if listener.receive_buffer() < settings.receive_buffer {
        let (got, wanted) = (listener.receive_buffer() >> 10, settings.receive_buffer >> 10);
        tracing::warn!(
            "the system holds {got} KiB for SNMP instead of {wanted}: raise net.core.rmem_max, else bursts are lost"
        );
    }
    Ok(TrapService::new(listener, rules, deps.intake.clone(), notes))
}

/// Counts, and puts aside what people should see.
struct TrapNotes {
    metrics: Metrics,
    pile: Arc<Pile>,
    rules: Arc<Rules>,
    /// When it was said last that there is no room.
    said: Mutex<Option<Instant>>,
}

// === impl TrapNotes ===

impl TrapNotes {
    fn source(&self, address: Option<IpAddr>) -> Option<&SourceId> {
        let (_, group) = self.rules.device(address?.to_canonical())?;
        Some(&group.source)
    }

    fn say_full(&self, dropped: &Dropped<'_>) {
        let mut said = self.said.lock();
        if said.is_some_and(|at| at.elapsed() < QUIET) {
            return;
        }
        *said = Some(Instant::now());
        let from = dropped.from.map_or_else(|| "anybody".to_owned(), |from| from.to_string());
        tracing::warn!(
            snmp.reason = dropped.reason.word(),
            "SNMP notifications are lost, now of {from}: more come than can be kept"
        );
    }

    fn put_aside(&self, kind: Kind, address: IpAddr, dropped: &Dropped<'_>) {
        let source = self.source(dropped.from).cloned().unwrap_or_else(|| SourceId::new(""));
        let what = Quarantined {
            address: address.to_string(),
            name: "SNMP".to_owned(),
            reason: sentence(dropped.reason).to_owned(),
            size: dropped.bytes.len() as u64,
            ..Quarantined::once(kind, &source, dropped.at)
        };
        // Its bytes may hold a community: they are not kept.
        self.pile.put(Hand::of_address(address), what, Vec::new);
    }
}

impl Drops for TrapNotes {
    fn note(&self, dropped: &Dropped<'_>) {
        self.metrics.count_snmp_dropped(self.source(dropped.from), dropped.reason, dropped.count);
        match (dropped.reason, dropped.from) {
            (Reason::QueueFull | Reason::SocketFull, _) => self.say_full(dropped),
            // Every conversation of version 3 begins with these.
            (Reason::Discovery, _) | (_, None) => {}
            (Reason::Malformed | Reason::NoNotification, Some(from)) => self.put_aside(Kind::Message, from, dropped),
            (_, Some(from)) => self.put_aside(Kind::Caller, from, dropped),
        }
    }
}

impl Notes for TrapNotes {
    fn ended(&self, source: &SourceId, ended: Ended, count: u64) {
        self.metrics.count_snmp(source, ended, count);
    }

    fn answered(&self, source: &SourceId) {
        self.metrics.count_snmp_answered(source);
    }
}

/// Why a datagram was not taken, for people, with what to do.
const fn sentence(reason: Reason) -> &'static str {
    match reason {
        Reason::Address => "no device is configured at this address: add it to a [[snmp.group]]",
        Reason::Device => "a forwarder names a device that is not configured: add it to a [[snmp.group]]",
        Reason::Malformed => "this is no SNMP message",
        Reason::NoNotification => "this is neither a trap nor an inform: we answer no requests",
        Reason::Community => "the community is none of ours: compare it with snmp.communities_file",
        Reason::User => "the user is none of ours: add it as [[snmp.user]], or change it on the device",
        Reason::SecurityLevel => "the user must prove and encrypt what [[snmp.user]] says, no more and no less",
        Reason::Digest => "the digest is wrong: compare the user's auth and secret with those of the device",
        Reason::TimeWindow => {
            "it is older than its sender's clock allows: a recording, or a device that forgot its starts"
        }
        Reason::Decryption => "it cannot be decrypted: compare the user's privacy and secret with those of the device",
        Reason::Discovery => "the sender does not know our engine yet",
        Reason::QueueFull | Reason::SocketFull => "more came than could be kept",
    }
}
