//! What the configuration comes to: which address is which device, and by which maps its words are read.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use model::alarm::{ObjectType, Specialty};
use model::source::SourceId;
use snmp::{Notification, Oid};

use crate::snmp::map::{Map, Rule};
use crate::snmp::terms::Names;

/// How an object of a device is called in the inventory, unless its group says otherwise.
const OBJECT_ID: &str = "{ne}/{object}";

/// Everything that is needed to read notifications.
#[derive(Debug, Default)]
pub struct Rules {
    devices: HashMap<IpAddr, Device>,
    forwarders: HashSet<IpAddr>,
    groups: Vec<Group>,
}

/// A device.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its element.
    pub ne: String,
    group: usize,
}

/// Devices that are one source and speak alike.
#[derive(Clone, Debug)]
pub struct Group {
    /// The source.
    pub source: SourceId,
    /// Network.
    pub specialty: Specialty,
    /// Maker.
    pub vendor: String,
    /// `emsName` of its elements.
    pub ems_name: String,
    /// Names of values, for people.
    pub names: Names,
    object_ids: HashMap<ObjectType, String>,
    rules: Vec<Rule>,
    by_raise: HashMap<Oid, Vec<usize>>,
    by_clear: HashMap<Oid, Vec<usize>>,
    ignore: HashSet<Oid>,
}

/// What of a group is not its maps.
#[derive(Clone, Debug)]
pub struct GroupSetup {
    /// The source.
    pub source: SourceId,
    /// Network.
    pub specialty: Specialty,
    /// Maker.
    pub vendor: String,
    /// `emsName` of its elements.
    pub ems_name: String,
    /// How its objects are called, by type.
    pub object_ids: HashMap<ObjectType, String>,
    /// Its devices: address and element.
    pub devices: BTreeMap<IpAddr, String>,
}

// === impl Rules ===

impl Rules {
    /// With nobody in it; these may speak for others.
    pub fn new(forwarders: impl IntoIterator<Item = IpAddr>) -> Self {
        Rules { forwarders: forwarders.into_iter().collect(), ..Rules::default() }
    }

    /// Adds a group that is read by these maps.
    pub fn add<'a>(&mut self, setup: GroupSetup, maps: impl IntoIterator<Item = &'a Map>) {
        let number = self.groups.len();
        let GroupSetup { source, specialty, vendor, ems_name, object_ids, devices } = setup;
        let mut group = Group {
            source,
            specialty,
            vendor,
            ems_name,
            object_ids,
            names: Names::new(),
            rules: Vec::new(),
            by_raise: HashMap::new(),
            by_clear: HashMap::new(),
            ignore: HashSet::new(),
        };
        maps.into_iter().for_each(|map| group.learn(map));
        self.groups.push(group);
        let device = |(address, ne): (IpAddr, String)| (address.to_canonical(), Device { ne, group: number });
        self.devices.extend(devices.into_iter().map(device));
    }

    /// Addresses that may send.
    pub fn addresses(&self) -> HashSet<IpAddr> {
        self.devices.keys().chain(&self.forwarders).map(IpAddr::to_canonical).collect()
    }

    /// Whose words a notification is: its sender's, or those of the device that a forwarder names.
    pub fn address_of(&self, notification: &Notification) -> IpAddr {
        let from = notification.from.ip().to_canonical();
        match notification.agent {
            Some(agent) if self.forwarders.contains(&from) => agent,
            _ => from,
        }
    }

    /// The device at an address, and its group.
    pub fn device(&self, address: IpAddr) -> Option<(&Device, &Group)> {
        let device = self.devices.get(&address)?;
        Some((device, self.groups.get(device.group)?))
    }
}

// === impl Group ===

impl Group {
    fn learn(&mut self, map: &Map) {
        self.names.extend(map.names.clone());
        self.ignore.extend(map.ignore.iter().cloned());
        for rule in &map.alarms {
            let number = self.rules.len();
            self.by_raise.entry(rule.raise.clone()).or_default().push(number);
            if let Some(clear) = &rule.clear {
                self.by_clear.entry(clear.clone()).or_default().push(number);
            }
            self.rules.push(rule.clone());
        }
    }

    /// Is it heard and says nothing about an alarm?
    pub fn ignores(&self, trap: &Oid) -> bool {
        self.ignore.contains(trap)
    }

    /// Rules that a notification raises.
    pub fn raised_by(&self, trap: &Oid) -> impl Iterator<Item = &Rule> {
        self.by_raise.get(trap).into_iter().flatten().filter_map(|number| self.rules.get(*number))
    }

    /// Rules that a notification ends.
    pub fn cleared_by(&self, trap: &Oid) -> impl Iterator<Item = &Rule> {
        self.by_clear.get(trap).into_iter().flatten().filter_map(|number| self.rules.get(*number))
    }

    /// How an object of a device is called in the inventory. An element without a part is itself.
    pub fn object_id(&self, kind: ObjectType, ne: &str, object: &str) -> String {
        if object.is_empty() {
            return ne.to_owned();
        }
        let form = self.object_ids.get(&kind).map_or(OBJECT_ID, String::as_str);
        // What a device says is put in last, so that it is not taken for a placeholder.
        form.replace("{ne}", ne).replace("{object}", object)
    }
}
