//! The test stand: a carrier of the wanted size, the daemon that serves it, and what both need.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use model::alarm::AlarmRecord;
use model::source::SourceKind;
use model::time::{Time, Zone};
use sims::alarm::{Subject, raised};
use sims::carrier::{Carrier, CarrierSettings, PeerInfo};
use sims::link::{DaemonAddress, Link};
use sims::load::{LoadReport, LoadSettings, run_paced};
use sims::manager::SyncHabit;
use sims::world::WorldSettings;
use sims::world::knowledge::LOS;
use sims::world::network::Port;
use tokio_util::sync::CancellationToken;

use super::api::{Api, make_token, place};
use super::daemon::Daemon;

const OWN: &str = "GD_CNM";
const PASSWORD: &str = "bench-carrier";
/// Circuits of one customer, on average.
const CIRCUITS_EACH: usize = 15;

/// What stand.
#[derive(Clone, Debug)]
pub struct StandSettings {
    /// Circuits.
    pub circuits: usize,
    /// PostgreSQL instead of SQLite.
    pub postgres: Option<String>,
}

/// A running stand.
pub(super) struct Stand {
    pub carrier: Carrier,
    pub daemon: Daemon,
    pub api: Api,
    /// Ports that alarms are raised on; each carries a circuit.
    pub ports: Vec<Arc<Port>>,
    clock: sims::clock::Clock,
    address: SocketAddr,
    config: PathBuf,
    next: u64,
    stop: CancellationToken,
}

/// How requests are sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    pub connections: usize,
    pub alarms_per_request: u64,
    pub requests: u64,
    pub time: Duration,
    /// Between two requests of a connection.
    pub pace: Duration,
}

// === impl Stand ===

impl Stand {
    /// Starts the carrier and then the daemon, which asks it for everything.
    pub(super) async fn start(settings: &StandSettings, folder: &Path) -> anyhow::Result<Self> {
        Self::start_with(settings, folder, |_| true).await
    }

    /// The same without a resource system: alarms touch no circuit.
    pub(super) async fn start_bare(settings: &StandSettings, folder: &Path) -> anyhow::Result<Self> {
        let settings = StandSettings { circuits: 1000, ..settings.clone() };
        Self::start_with(&settings, folder, |peer| peer.kind == SourceKind::Transport).await
    }

    async fn start_with(
        settings: &StandSettings,
        folder: &Path,
        wanted: impl Fn(&PeerInfo) -> bool,
    ) -> anyhow::Result<Self> {
        let site = folder.join("site");
        std::fs::create_dir_all(&site).with_context(|| format!("cannot make {}", site.display()))?;
        let address = crate::cli::demo::free_address(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let clock = sims::clock::Clock::starting_at(intake::Clock::system().now(), 1.0);
        let stop = CancellationToken::new();
        let daemon = DaemonAddress { soap_url: format!("http://{address}/soap"), sys_code: OWN.to_owned() };
        let (circuits, now) = (settings.circuits, clock.now());
        let world = WorldSettings { seed: 42, now, customers: circuits / CIRCUITS_EACH + 10, circuits };
        let wish = CarrierSettings {
            history_days: 1,
            has_omc: false,
            has_data: false,
            measures: false,
            ..CarrierSettings::demo(world, daemon, PASSWORD, site)
        };
        let carrier = Carrier::start(wish, clock.clone(), stop.clone()).await?;
        // What the load generator reports in a manager's name is not on that manager's own list.
        if let Some(manager) = carrier.managers.first() {
            manager.set_habits(|habits| habits.sync = SyncHabit::Forgotten);
        }
        // No desk: a ticket for each of 100,000 faults would be a measurement of the desk.
        let peers: Vec<PeerInfo> =
            carrier.peers().into_iter().filter(|peer| peer.kind != SourceKind::Eoms && wanted(peer)).collect();
        crate::cli::demo::configure(folder, address, &peers)?;
        let config = folder.join("linesman.toml");
        let quiet = std::fs::read_to_string(&config)? + "[log]\nlevel = \"error\"\n";
        std::fs::write(&config, quiet)?;
        if let Some(url) = &settings.postgres {
            use_postgres(&config, folder, url)?;
        }
        make_token(&place(settings.postgres.as_deref(), folder), now).await?;
        let daemon = Daemon::start(&config)?;
        let ports = carrier.world.circuits.iter().filter(|c| c.status == "ACTIVE").map(|c| Arc::clone(&c.a_port));
        let ports = ports.collect();
        let next = u64::try_from(now.ms()).unwrap_or(0) * 1000;
        Ok(Stand { carrier, daemon, api: Api::new(address)?, ports, clock, address, config, next, stop })
    }

    pub(super) fn now(&self) -> Time {
        self.clock.now()
    }

    /// System code of the manager in whose name alarms are reported.
    pub(super) fn caller(&self) -> &str {
        self.carrier.managers.first().map_or("", |manager| manager.sys_code())
    }

    /// Calls the daemon as a manager does.
    pub(super) fn link(&self) -> anyhow::Result<Link> {
        let signed = (self.caller(), PASSWORD);
        Ok(Link::new(self.carrier.daemon(), &soap::contract::CNM_FOR_TRANSPORT, signed, &self.clock)?)
    }

    /// A loss of signal on one of the ports.
    pub(super) fn alarm(&self, port: usize) -> anyhow::Result<AlarmRecord> {
        let port = self.ports.get(port % self.ports.len().max(1)).context("the carrier has no port")?;
        Ok(raised(&LOS, &Subject::Port(Arc::clone(port)), self.now()))
    }

    /// Prepares requests; their numbers are used up.
    pub(super) fn prepare(&mut self, load: Load) -> anyhow::Result<LoadSettings> {
        let first = self.next;
        self.next += load.requests;
        let objects = self.ports.iter().map(|port| (port.board.ne.id.clone(), port.id.clone()));
        Ok(LoadSettings {
            address: self.address,
            path: "/soap/CnmForTransport".to_owned(),
            signed: (self.caller().to_owned(), PASSWORD.to_owned()),
            supplier: OWN.to_owned(),
            call_time: self.now(),
            zone: Zone::china(),
            alarm: self.alarm(0)?,
            objects: objects.collect(),
            prefix: "B".to_owned(),
            first,
            connections: load.connections,
            alarms_per_request: load.alarms_per_request,
            requests: load.requests,
            time: load.time,
        })
    }

    /// Sends; all must be acknowledged. Also the daemon's processor time in µs an alarm.
    pub(super) async fn send(&mut self, load: Load) -> anyhow::Result<(LoadReport, f64)> {
        let settings = self.prepare(load)?;
        let cpu = self.daemon.cpu_s();
        let report = run_paced(settings, load.pace, CancellationToken::new()).await;
        let cpu = self.daemon.cpu_s() - cpu;
        let (refused, broken) = (report.refused, report.broken);
        anyhow::ensure!(refused + broken == 0, "{refused} requests were refused, {broken} connections broke");
        let alarms = report.acknowledged.len() as f64 * load.alarms_per_request as f64;
        Ok((report, cpu * 1e6 / alarms.max(1.0)))
    }

    /// Stops the daemon and starts it again on its data.
    pub(super) fn restart(&mut self) -> anyhow::Result<()> {
        self.daemon.stop()?;
        self.daemon = Daemon::start(&self.config)?;
        Ok(())
    }

    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        self.daemon.stop()?;
        self.stop.cancel();
        self.carrier.stop().await;
        Ok(())
    }
}

fn use_postgres(config: &Path, folder: &Path, url: &str) -> anyhow::Result<()> {
    std::fs::write(folder.join("postgres.url"), url)?;
    let text = std::fs::read_to_string(config)?;
    let text = text.replace("[store]\n", "[store]\npostgres_url_file = \"postgres.url\"\n");
    Ok(std::fs::write(config, text)?)
}
