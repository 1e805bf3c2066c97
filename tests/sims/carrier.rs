//! The whole carrier: every system started, wired to one daemon, on one clock, with one end.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use model::source::SourceKind;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::eoms::{EomsSettings, EomsSim, KnownAlarm, Manners};
use crate::error::SimError;
use crate::history::History;
use crate::link::DaemonAddress;
use crate::manager::performance::Measured;
use crate::manager::{ManagerSettings, ManagerSim};
use crate::omc::{OmcSettings, OmcSim};
use crate::resource::{ResourceSettings, ResourceSim};
use crate::server::Caller;
use crate::site::FtpSite;
use crate::tasks::Tasks;
use crate::world::circuits::Circuit;
use crate::world::geo::MANAGERS;
use crate::world::{World, WorldSettings};

/// System code of the resource system.
pub const RESOURCE_SYSTEM: &str = "GD_RMS";
/// System codes of the managers of IP and of ATM.
pub const DATA_MANAGERS: [(&str, SourceKind); 2] = [(IP_MANAGER, SourceKind::Ip), (ATM_MANAGER, SourceKind::Atm)];
/// System code of the IP manager.
pub const IP_MANAGER: &str = "GD_IPNMS";
/// System code of the ATM manager.
pub const ATM_MANAGER: &str = "GD_ATMNMS";
/// System code of the OMC.
pub const OMC: &str = "GD_OMC";
/// System code of the e-ops desk.
pub const EOMS: &str = "GD_EOMS";

/// How to start a carrier.
#[derive(Clone, Debug)]
pub struct CarrierSettings {
    /// What world.
    pub world: WorldSettings,
    /// Days of history before the start.
    pub history_days: u16,
    /// The daemon it belongs to.
    pub daemon: DaemonAddress,
    /// The one password of everybody: the systems' at the daemon, the daemon's at theirs and at the site.
    pub password: String,
    /// An empty directory for the FTP site's files.
    pub site: PathBuf,
    /// What the desk does with a known alarm.
    pub known_alarm: KnownAlarm,
    /// How the desk's people work.
    pub manners: Option<Manners>,
    /// It has an OMC too.
    pub has_omc: bool,
    /// It has managers of IP and ATM too.
    pub has_data: bool,
    /// Managers measure what their circuits do and send files of it.
    pub measures: bool,
}

/// A running carrier.
#[derive(Debug)]
pub struct Carrier {
    /// Its customers, circuits and network.
    pub world: Arc<World>,
    /// Its past.
    pub history: History,
    /// Network managers: those of transport first, then of IP and ATM.
    pub managers: Vec<ManagerSim>,
    /// An OMC, which hears of a part of the small alarms.
    pub omc: Option<OmcSim>,
    /// Resource system.
    pub resource: ResourceSim,
    /// E-ops desk.
    pub eoms: EomsSim,
    /// FTP site.
    pub site: FtpSite,
    /// Its clock.
    pub clock: Clock,
    /// Everything that runs.
    pub tasks: Tasks,
    password: String,
    daemon: DaemonAddress,
}

/// What the daemon's configuration needs to know of a system.
#[derive(Clone, Debug)]
pub struct PeerInfo {
    /// `serCaller`.
    pub caller: String,
    /// Kind.
    pub kind: SourceKind,
    /// Address of its SOAP service.
    pub url: String,
    /// Password, in both directions.
    pub password: String,
    /// Element managers that it observes; empty for others than transport managers.
    pub ems_names: Vec<String>,
    /// Address, user and password of its file site; `None` if it has none.
    pub files: Option<(String, String, String)>,
}

// === impl CarrierSettings ===

impl CarrierSettings {
    /// A demonstration: people at the desk who take seconds where others take hours.
    pub fn demo(world: WorldSettings, daemon: DaemonAddress, password: &str, site: PathBuf) -> Self {
        CarrierSettings {
            world,
            history_days: 30,
            daemon,
            password: password.to_owned(),
            site,
            known_alarm: KnownAlarm::SecondSheet,
            manners: Some(Manners { accept_ms: 20_000, reply_ms: 25_000, archive_ms: 60_000 }),
            has_omc: true,
            has_data: true,
            measures: true,
        }
    }
}

// === impl Carrier ===

impl Carrier {
    /// Draws the world and starts every system on loopback.
    ///
    /// # Errors
    /// [`SimError`] if one of them cannot start.
    pub async fn start(settings: CarrierSettings, clock: Clock, token: CancellationToken) -> Result<Self, SimError> {
        let tasks = Tasks::new(token);
        let world = Arc::new(World::generate(settings.world));
        let history = History::generate(&world, settings.world.now, settings.history_days);
        let accounts = [MANAGERS.as_slice(), &[IP_MANAGER, ATM_MANAGER, OMC, RESOURCE_SYSTEM]].concat();
        let accounts = accounts.iter().map(|name| ((*name).to_owned(), settings.password.clone()));
        let accounts: BTreeMap<String, String> = accounts.collect();
        let site = FtpSite::start(&settings.site, anywhere(), accounts, &tasks).await?;
        let around = (&clock, &tasks);
        let mut managers = Vec::new();
        let kinds = MANAGERS.map(|sys_code| (sys_code, SourceKind::Transport));
        let data = DATA_MANAGERS.iter().filter(|_| settings.has_data);
        for (sys_code, kind) in kinds.iter().chain(data).copied() {
            let manager = settings.manager(sys_code, kind);
            let manager = ManagerSim::start(manager, &settings.daemon, site.root(), around).await?;
            if settings.measures && kind == SourceKind::Transport {
                manager.measure(measured(&world, sys_code));
            }
            managers.push(manager);
        }
        let omc = match settings.has_omc {
            true => Some(OmcSim::start(settings.omc(site.root().to_owned()), around).await?),
            false => None,
        };
        let place = (site.root(), &*world);
        let resource = ResourceSim::start(settings.resource(), &settings.daemon, place, around).await?;
        let eoms = EomsSim::start(settings.eoms(), &settings.daemon, around).await?;
        let (password, daemon) = (settings.password, settings.daemon);
        Ok(Carrier { world, history, managers, omc, resource, eoms, site, clock, tasks, password, daemon })
    }

    /// Its systems, for the daemon's configuration.
    pub fn peers(&self) -> Vec<PeerInfo> {
        let peer = |caller: &str, kind, url, ems_names| PeerInfo {
            caller: caller.to_owned(),
            kind,
            url,
            password: self.password.clone(),
            ems_names,
            files: (kind != SourceKind::Eoms).then(|| (self.site.url(), caller.to_owned(), self.password.clone())),
        };
        let managers = self.managers.iter().map(|manager| {
            let code = manager.sys_code();
            peer(code, manager.kind(), manager.server.url(), self.world.ems_names(code))
        });
        let resource = peer(RESOURCE_SYSTEM, SourceKind::Resource, self.resource.server.url(), Vec::new());
        let eoms = peer(EOMS, SourceKind::Eoms, self.eoms.server.url(), Vec::new());
        let omc = self.omc.iter().map(|omc| peer(OMC, SourceKind::Omc, omc.url(), Vec::new()));
        managers.chain(omc).chain([resource, eoms]).collect()
    }

    /// The manager of that system code.
    pub fn manager(&self, sys_code: &str) -> Option<&ManagerSim> {
        self.managers.iter().find(|manager| manager.sys_code() == sys_code)
    }

    /// The daemon it belongs to.
    pub fn daemon(&self) -> &DaemonAddress {
        &self.daemon
    }

    /// Ends everything.
    pub async fn stop(&self) {
        self.tasks.stop().await;
    }
}

impl CarrierSettings {
    fn caller(&self) -> Caller {
        Caller { name: self.daemon.sys_code.clone(), password: self.password.clone() }
    }

    fn manager(&self, sys_code: &str, kind: SourceKind) -> ManagerSettings {
        ManagerSettings {
            kind,
            sys_code: sys_code.to_owned(),
            password: self.password.clone(),
            caller: self.caller(),
            address: anywhere(),
        }
    }

    fn omc(&self, site: PathBuf) -> OmcSettings {
        OmcSettings { sys_code: OMC.to_owned(), key: self.password.clone(), address: anywhere(), site }
    }

    fn resource(&self) -> ResourceSettings {
        ResourceSettings {
            sys_code: RESOURCE_SYSTEM.to_owned(),
            password: self.password.clone(),
            caller: self.caller(),
            address: anywhere(),
        }
    }

    fn eoms(&self) -> EomsSettings {
        EomsSettings {
            sys_code: EOMS.to_owned(),
            password: self.password.clone(),
            caller: self.caller(),
            address: anywhere(),
            known_alarm: self.known_alarm,
            manners: self.manners,
        }
    }
}

/// What a manager measures: the ports at which circuits begin.
fn measured(world: &World, manager: &str) -> Vec<Measured> {
    let own = world.circuits.iter().filter(|circuit| circuit.a_port.board.ne.room.city.manager == manager);
    let of =
        |circuit: &Arc<Circuit>| Measured { circuit_code: circuit.code.clone(), object_id: circuit.a_port.id.clone() };
    own.map(of).collect()
}

fn anywhere() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}
