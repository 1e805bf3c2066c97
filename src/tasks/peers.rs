//! The configured peers as the tasks call them.

use collectors::eoms::adapter::Eoms;
use collectors::habits::Habits;
use collectors::network::adapter::NetworkManager;
use collectors::peer::{Peer, PeerError};
use collectors::pm::Manner;
use collectors::resource::adapter::ResourceManager;
use intake::Clock;
use model::source::{SourceId, SourceKind};

use super::omc::Door;

/// A configured peer with its door.
#[derive(Clone, Debug)]
pub struct TaskPeer {
    /// Its settings.
    pub settings: Peer,
    /// Its system code.
    pub source: SourceId,
    /// What decoding needs of its settings, and its file site.
    pub habits: Habits,
    /// How it writes performance files.
    pub manner: Manner,
    /// How it is called.
    pub link: Link,
}

/// How a peer is called.
#[derive(Clone, Debug)]
pub enum Link {
    /// It has no address: it only calls us.
    None,
    /// A network manager.
    Network(NetworkManager),
    /// A resource management system.
    Resource(ResourceManager),
    /// An e-ops system.
    Eoms(Eoms),
    /// An OMC.
    Omc(Door),
}

// === impl TaskPeer ===

impl TaskPeer {
    /// Reads the peer's passwords and prepares its door; we sign as `sys_code`, by `clock`.
    ///
    /// # Errors
    /// [`PeerError`] with what is wrong.
    pub fn new(settings: &Peer, sys_code: &str, client: &soap::Client, clock: &Clock) -> Result<Self, PeerError> {
        let secrets = settings.secrets()?;
        let habits = Habits::new(settings, settings.site(&secrets)?);
        let link = match (settings.remote(&secrets, sys_code), settings.kind) {
            (None, _) => settings.omc(&secrets, clock)?.map_or(Link::None, |omc| Link::Omc(Door::new(omc))),
            (Some(remote), SourceKind::Transport | SourceKind::Ip | SourceKind::Atm) => {
                Link::Network(NetworkManager::new(client.clone(), remote, settings.alive_ok.clone()))
            }
            (Some(remote), SourceKind::Resource) => Link::Resource(ResourceManager::new(client.clone(), remote)),
            (Some(remote), SourceKind::Eoms) => {
                let (operator, good) = (settings.operator.clone(), settings.alive_ok.clone());
                Link::Eoms(Eoms::new(client.clone(), remote, operator, good))
            }
            // They have no contract, so they are never called by SOAP.
            (Some(_), SourceKind::Omc | SourceKind::Snmp) => Link::None,
        };
        let manner = settings.manner().map_err(PeerError::Pm)?;
        Ok(TaskPeer { settings: settings.clone(), source: settings.source(), habits, manner, link })
    }

    /// The manager behind it, if it is one that can be called.
    pub(crate) fn manager(&self) -> Option<&NetworkManager> {
        if let Link::Network(manager) = &self.link { Some(manager) } else { None }
    }

    /// It can be asked for its list of active alarms.
    pub(crate) fn has_list(&self) -> bool {
        matches!(self.link, Link::Network(_) | Link::Omc(_))
    }

    /// It must be asked where the files of its performance tasks are.
    pub(crate) fn must_be_asked_for_files(&self) -> bool {
        self.settings.contracts().is_some_and(|(_, theirs)| theirs.operation("getPmFile").is_some())
    }

    /// A list that is not in its answer is announced later.
    pub(crate) fn announces_lists(&self) -> bool {
        self.settings.contracts().is_some_and(|(ours, _)| ours.operation("alarmSyncNotify").is_some())
    }

    /// The resource system behind it, if it is one that can be called.
    pub(crate) fn resource_system(&self) -> Option<&ResourceManager> {
        if let Link::Resource(system) = &self.link { Some(system) } else { None }
    }
}
